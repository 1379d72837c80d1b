"""Addresses of people: the list and what is done with it, then the cards."""

from django.urls import path

from .views import bulk, lists, saved

app_name = "members"

urlpatterns = [
    path("", lists.member_list, name="list"),
    path("columns/", lists.columns, name="columns"),
    path("places/", lists.places, name="places"),
    path("filters/", saved.saved_filters, name="saved_filters"),
    path("filters/save/", saved.save_filter, name="save_filter"),
    path("filters/<id:pk>/delete/", saved.delete_filter, name="delete_filter"),
    path("cell/", bulk.file_under_cell, name="assign_cell"),
    path("export/", bulk.export, name="export"),
]
