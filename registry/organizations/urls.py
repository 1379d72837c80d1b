"""URLs of the tree of organisations, passports, names, life cycle and journal."""

from django.urls import path

from registry.journal import views as journal

from .views import lifecycle, passports, renames
from .views import lists as organization_lists
from .views import tree as organizations

app_name = "organizations"

urlpatterns = [
    path("", organizations.tree, name="tree"),
    path("structure.xlsx", organization_lists.structure, name="structure"),
    path("journal/", journal.journal, name="journal"),
    path("journal/check/", journal.check, name="check_journal"),
    path("journal/journal.xlsx", journal.download, name="download_journal"),
    path("names/", renames.rename_list, name="renames"),
    path("names/<id:pk>/", renames.rename_decide, name="rename_decide"),
    path("names/<id:pk>/read/", renames.rename_seen, name="rename_seen"),
    path("list-template.xlsx", organization_lists.template, name="list_template"),
    path("<id:pk>/", organizations.detail, name="detail"),
    path("<id:pk>/below/", organizations.branch, name="branch"),
    path("<id:pk>/add/", organizations.add, name="add"),
    path("<id:pk>/load/", organization_lists.load_list, name="load_list"),
    path("<id:pk>/load/<uuid:file>/", organization_lists.check_list, name="check_list"),
    path("<id:pk>/history/", journal.history, name="history"),
    path("<id:pk>/passport/", passports.passport, name="passport"),
    path("<id:pk>/passport/<slug:tab>/", passports.passport_tab, name="passport_tab"),
    path("<id:pk>/bodies/add/", passports.body_add, name="body_add"),
    path("bodies/<id:pk>/", passports.body_edit, name="body_edit"),
    path("bodies/<id:pk>/remove/", passports.body_remove, name="body_remove"),
    path("bodies/<id:pk>/seats/add/", passports.seat_add, name="seat_add"),
    path("seats/<id:pk>/", passports.seat_edit, name="seat_edit"),
    path("<id:pk>/name/", renames.name, name="name"),
    path("<id:pk>/rename/", renames.rename, name="rename"),
    path("<id:pk>/time-zone/", lifecycle.time_zone, name="time_zone"),
    path("<id:pk>/open/", lifecycle.open_view, name="open"),
    path("<id:pk>/move/", lifecycle.move, name="move"),
    path("<id:pk>/merge/", lifecycle.merge, name="merge"),
    path("<id:pk>/liquidation/begin/", lifecycle.begin_liquidation, name="begin_liquidation"),
    path("<id:pk>/liquidation/stop/", lifecycle.stop_liquidation, name="stop_liquidation"),
    path("<id:pk>/liquidate/", lifecycle.liquidate, name="liquidate"),
]
