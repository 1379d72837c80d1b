"""URLs of supervision."""

from django.urls import path

from . import views

app_name = "supervision"
urlpatterns = [
    path("", views.own, name="own"),
    path("<id:pk>/", views.overview, name="overview"),
    path("<id:pk>/overview.xlsx", views.download, name="download"),
    path("<id:pk>/overview.pdf", views.print_overview, name="print"),
    path("<id:pk>/<slug:figure>/", views.behind, name="behind"),
]
