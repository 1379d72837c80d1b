"""URLs of the registration book, marks, proposals and reconciliations."""

from django.urls import path

from members.people.views import marks
from members.reconciliation.views import prints as report_prints
from members.reconciliation.views import proposals, reconciliations

from .views import book, day_copies
from .views import prints as unit_prints

app_name = "cells"

urlpatterns = [
    path("book/", book.own_book, name="own_book"),
    path("<id:pk>/book/", book.book, name="book"),
    path("<id:pk>/book/print/", unit_prints.print_book, name="print_book"),
    path("<id:pk>/on-day/", book.on_day, name="on_day"),
    path("<id:pk>/on-day/download/", day_copies.export_day, name="export_day"),
    path("<id:pk>/on-day/print/", day_copies.print_day, name="print_day"),
    path("marks/add/<id:pk>/", marks.add, name="add_mark"),
    path("marks/<id:pk>/back/", marks.back, name="end_absence"),
    path("marks/<id:pk>/take-back/", marks.take_back, name="take_back_mark"),
    path("reminders/", marks.reminders, name="reminders"),
    path("changes/", proposals.queue, name="proposals"),
    path("changes/settled/", proposals.settled, name="settled_proposals"),
    path("changes/<id:pk>/", proposals.propose, name="propose"),
    path("changes/<id:pk>/withdraw/", proposals.withdraw, name="withdraw_proposal"),
    path("reconciliations/", reconciliations.reconciliation_list, name="reconciliations"),
    path("reconciliations/<id:pk>/", reconciliations.check, name="reconcile"),
    path("reconciliations/<id:pk>/report/", reconciliations.report, name="report"),
    path("reconciliations/<id:pk>/take-back/", reconciliations.take_back, name="take_back_report"),
    path("reconciliations/<id:pk>/print/", report_prints.print_report, name="print_report"),
]
