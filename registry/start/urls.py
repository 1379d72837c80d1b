"""URLs of the start page and of the navigation's counts."""

from django.urls import path

from . import views as start

urlpatterns = [
    path("", start.start, name="start"),
    path("counts", start.counts, name="counts"),
    path("first-steps/put-away/", start.put_steps_away, name="put-steps-away"),
]
