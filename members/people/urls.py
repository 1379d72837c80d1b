"""URLs of the list of members and of their cards; `mark_urlpatterns` are those of marks."""

from django.urls import path

from .views import (
    access,
    bulk,
    cards,
    corrections,
    editing,
    entries,
    marks,
    member_list,
    photos,
    remarks,
    saved,
    screen_copies,
    searches,
)

app_name = "members"

urlpatterns = [
    path("", member_list.member_list, name="list"),
    path("suggest/", member_list.suggest, name="suggest"),
    path("columns/", member_list.columns, name="columns"),
    path("places/", member_list.places, name="places"),
    path("filters/", saved.saved_filters, name="saved_filters"),
    path("filters/save/", saved.save_filter, name="save_filter"),
    path("filters/<id:pk>/delete/", saved.delete_filter, name="delete_filter"),
    path("cell/", bulk.file_under_cell, name="assign_cell"),
    path("export/", bulk.export, name="export"),
    path("remark/", remarks.remark, name="remark"),
    path("list.xlsx", screen_copies.export_list, name="export_list"),
    path("list.pdf", screen_copies.print_list, name="print_list"),
    path("searches/", searches.searches, name="searches"),
    path("searches/<id:pk>/allow/", searches.allow, name="allow_searches"),
    path("add/", editing.add, name="add"),
    path("<id:pk>/", cards.detail, name="detail"),
    path("<id:pk>/questionnaire/", cards.questionnaire, name="questionnaire"),
    path("<id:pk>/accounting/", cards.accounting, name="accounting"),
    path("<id:pk>/dues/", cards.dues, name="dues"),
    path("<id:pk>/papers/", cards.papers, name="papers"),
    path("<id:pk>/history/", cards.history, name="history"),
    path("<id:pk>/access/", access.access, name="access"),
    path("<id:pk>/reason/", access.reason, name="reason"),
    path("<id:pk>/<slug:tab>/show/<slug:part>/", cards.show_closed, name="show"),
    path("<id:pk>/edit/", editing.edit, name="edit"),
    path("<id:pk>/correct/", corrections.correct, name="correct"),
    path("<id:pk>/questionnaire/edit/", editing.edit, {"tab": "questionnaire"}, name="edit_questionnaire"),
    path("<id:pk>/entries/add/<slug:kind>/", entries.add, name="add_entry"),
    path("<id:pk>/entries/<id:entry_pk>/edit/", entries.edit, name="edit_entry"),
    path("<id:pk>/entries/<id:entry_pk>/delete/", entries.delete, name="delete_entry"),
    path("<id:pk>/photo/", photos.photo, name="photo"),
    path("<id:pk>/photo/change/", photos.change_photo, name="change_photo"),
    path("<id:pk>/photo/delete/", photos.delete_photo, name="delete_photo"),
]

#: Below `cells/` (members/urls.py).
mark_urlpatterns = [
    path("marks/add/<id:pk>/", marks.add, name="add_mark"),
    path("marks/<id:pk>/back/", marks.back, name="end_absence"),
    path("marks/<id:pk>/take-back/", marks.take_back, name="take_back_mark"),
    path("reminders/", marks.reminders, name="reminders"),
]
