"""URLs of administrators' requests."""

from django.urls import path

from . import views

app_name = "granting"

urlpatterns = [
    path("", views.grant_list, name="list"),
    path("confirm/", views.confirm_many, name="confirm_many"),
    path("<id:pk>/", views.detail, name="detail"),
    path("<id:pk>/confirm/", views.confirm, name="confirm"),
    path("<id:pk>/refuse/", views.refuse, name="refuse"),
    path("<id:pk>/withdraw/", views.withdraw, name="withdraw"),
]
