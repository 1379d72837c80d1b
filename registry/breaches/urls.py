"""URLs of breach cards."""

from django.urls import path

from . import views

app_name = "breaches"
urlpatterns = [
    path("", views.breaches, name="list"),
    path("new/", views.add, name="add"),
    path("<id:pk>/", views.show, name="detail"),
    path("<id:pk>/change/", views.edit, name="edit"),
    path("<id:pk>/people/", views.people, name="people"),
    path("<id:pk>/unname/", views.unname, name="unname"),
    path("<id:pk>/told/", views.told, name="told"),
    path("<id:pk>/first/", views.first, name="first"),
    path("<id:pk>/second/", views.second, name="second"),
    path("<id:pk>/close/", views.close, name="close"),
    path("<id:pk>/dismiss/", views.dismiss, name="dismiss"),
    path("<id:pk>/print/<slug:paper>/", views.print_paper, name="print"),
]
