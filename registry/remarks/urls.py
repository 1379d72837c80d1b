"""URLs of remarks."""

from django.urls import path

from . import views

app_name = "remarks"
urlpatterns = [
    path("", views.remarks, name="list"),
    path("about/<slug:kind>/<id:pk>/", views.add, name="add"),
    path("below/<id:pk>/<slug:figure>/", views.add_many, name="add_many"),
    path("<id:pk>/", views.show, name="detail"),
    path("<id:pk>/answer/", views.answer, name="answer"),
    path("<id:pk>/accept/", views.accept, name="accept"),
    path("<id:pk>/return/", views.return_it, name="return"),
    path("<id:pk>/withdraw/", views.withdraw, name="withdraw"),
]
