"""Addresses of people: the list and what is done with it, then the cards."""

from django.urls import path

from .views import access, bulk, cards, editing, entries, photos, saved
from .views import member_list as lists

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
    path("add/", editing.add, name="add"),
    path("<id:pk>/", cards.detail, name="detail"),
    path("<id:pk>/questionnaire/", cards.questionnaire, name="questionnaire"),
    path("<id:pk>/accounting/", cards.accounting, name="accounting"),
    path("<id:pk>/dues/", cards.dues, name="dues"),
    path("<id:pk>/papers/", cards.papers, name="papers"),
    path("<id:pk>/history/", cards.history, name="history"),
    path("<id:pk>/access/", access.access, name="access"),
    path("<id:pk>/<slug:tab>/show/<slug:part>/", cards.show_closed, name="show"),
    path("<id:pk>/edit/", editing.edit, name="edit"),
    path("<id:pk>/questionnaire/edit/", editing.edit, {"tab": "questionnaire"}, name="edit_questionnaire"),
    path("<id:pk>/entries/add/<slug:kind>/", entries.add, name="add_entry"),
    path("<id:pk>/entries/<id:entry_pk>/edit/", entries.edit, name="edit_entry"),
    path("<id:pk>/entries/<id:entry_pk>/delete/", entries.delete, name="delete_entry"),
    path("<id:pk>/photo/", photos.photo, name="photo"),
    path("<id:pk>/photo/change/", photos.change_photo, name="change_photo"),
    path("<id:pk>/photo/delete/", photos.delete_photo, name="delete_photo"),
]
