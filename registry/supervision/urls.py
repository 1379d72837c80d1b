"""URLs of supervision."""

from django.urls import path

from . import views

app_name = "supervision"
urlpatterns = [
    path("", views.own, name="own"),
    path("<id:pk>/", views.overview, name="overview"),
    path("<id:pk>/<slug:figure>/", views.behind, name="behind"),
]
