"""URLs of statistics."""

from django.urls import path

from .views import files, pages, people, places

app_name = "statistics"
urlpatterns = [
    path("", pages.own, name="own"),
    path("<id:pk>/", pages.composition, name="composition"),
    path("<id:pk>/health/", pages.health, name="health"),
    path("<id:pk>/movement/", pages.movement, name="movement"),
    path("<id:pk>/charts/", pages.charts, name="charts"),
    path("<id:pk>/cross/", pages.cross, name="cross"),
    path("<id:pk>/people/", people.people, name="people"),
    path("<id:pk>/organizations/", places.organizations, name="organizations"),
    path("<id:pk>/moves/", people.moves, name="moves"),
    path("<id:pk>/<slug:report>/count/", pages.count, name="count"),
    path("<id:pk>/<slug:report>.xlsx", files.download, name="download"),
    path("<id:pk>/<slug:report>.pdf", files.print_report, name="print"),
]
