"""URLs of supervision."""

from django.urls import path

from .views import decisions, grants, overview

app_name = "supervision"
urlpatterns = [
    path("", overview.own, name="own"),
    path("decisions/", decisions.queue, name="decisions"),
    path("rights/", grants.grants, name="grants"),
    path("<id:pk>/", overview.overview, name="overview"),
    path("<id:pk>/overview.xlsx", overview.download, name="download"),
    path("<id:pk>/overview.pdf", overview.print_overview, name="print"),
    path("<id:pk>/<slug:figure>/", overview.behind, name="behind"),
]
