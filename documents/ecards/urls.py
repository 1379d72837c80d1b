"""The public address in the QR code of an electronic card: short, so that the QR code is easy to read."""

from django.urls import path

from .views.verify import verify

urlpatterns = [path("c/<slug:code>/", verify, name="verify_card")]
