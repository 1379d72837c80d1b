"""URLs of meetings, agenda items, decisions and appeals."""

from django.urls import path

from .views import agenda, appeals, arrears, at_once, meetings, reversing
from .views import prints as meeting_prints

app_name = "meetings"

urlpatterns = [
    path("", meetings.meeting_list, name="list"),
    path("waiting/", agenda.queue, name="queue"),
    path("arrears/", arrears.arrears, name="arrears"),
    path("arrears/propose/", arrears.propose_many, name="propose_exclusions"),
    path("plan/", meetings.plan, name="plan"),
    path("<id:pk>/", meetings.detail, name="detail"),
    path("<id:pk>/edit/", meetings.edit, name="edit"),
    path("<id:pk>/agenda/", agenda.extend, name="agenda"),
    path("<id:pk>/attendance/", meetings.attendance, name="attendance"),
    path("<id:pk>/decide/", agenda.decide_many, name="decide_many"),
    path("<id:pk>/minutes/", meetings.minutes, name="minutes"),
    path("<id:pk>/step/<slug:step>/", meetings.step, name="step"),
    path("<id:pk>/print/<slug:form>/", meeting_prints.print_meeting, name="print"),
    path("items/add/", agenda.propose, name="propose"),
    path("items/add/<id:pk>/", agenda.propose_member, name="propose_member"),
    path("items/<id:pk>/decide/", agenda.decide, name="decide"),
    path("items/<id:pk>/spoken/", agenda.spoken, name="spoken"),
    path("items/<id:pk>/notice/", agenda.notify, name="notify"),
    path("items/<id:pk>/notice/print/", meeting_prints.print_notice, name="print_notice"),
    path("items/<id:pk>/step/<slug:step>/", agenda.step, name="item_step"),
    path("items/<id:pk>/reverse/", reversing.reverse_decision, name="reverse"),
    path("items/<id:pk>/extract/", meeting_prints.print_extract, name="extract"),
    path("applications/<id:pk>/admit/", at_once.admit, name="admit"),
    path("applications/<id:pk>/split/", agenda.split, name="split"),
    path("applications/<id:pk>/print/<slug:form>/", meeting_prints.print_applicant, name="print_applicant"),
    path("appeals/", appeals.appeal_list, name="appeals"),
    path("appeals/<id:pk>/", appeals.detail, name="appeal"),
    path("appeals/<id:pk>/withdraw/", appeals.withdraw, name="withdraw_appeal"),
    path("appeals/<id:pk>/restore/", appeals.restore, name="restore_appeal"),
    path("appeals/against/<id:pk>/", appeals.receive, name="receive_appeal"),
    path("appeals/refused/<id:pk>/", appeals.receive_of_applicant, name="receive_of_applicant"),
]
