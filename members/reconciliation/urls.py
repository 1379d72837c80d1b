"""URLs of proposed changes and of the year-end reconciliation, below `cells/` (members/urls.py)."""

from django.urls import path

from .views import prints, proposals, reconciliations

urlpatterns = [
    path("changes/", proposals.queue, name="proposals"),
    path("changes/settled/", proposals.settled, name="settled_proposals"),
    path("changes/<id:pk>/", proposals.propose, name="propose"),
    path("changes/<id:pk>/withdraw/", proposals.withdraw, name="withdraw_proposal"),
    path("reconciliations/", reconciliations.reconciliation_list, name="reconciliations"),
    path("reconciliations/<id:pk>/", reconciliations.check, name="reconcile"),
    path("reconciliations/<id:pk>/report/", reconciliations.report, name="report"),
    path("reconciliations/<id:pk>/take-back/", reconciliations.take_back, name="take_back_report"),
    path("reconciliations/<id:pk>/print/", prints.print_report, name="print_report"),
]
