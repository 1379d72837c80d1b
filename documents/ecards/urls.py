"""The public address in the QR of an electronic card: short, so that the QR is coarse enough to be read."""

from django.urls import path

from .views.verify import verify

urlpatterns = [path("c/<slug:code>/", verify, name="verify_card")]
