"""URLs of applications, represented people and scans."""

from django.urls import path

from members.meetings.views import notices as meeting_notices

from .views import application_list, applications, attachments, representations
from .views import prints as application_prints
from .views import steps as application_steps

app_name = "applications"

urlpatterns = [
    path("", application_list.queue, name="list"),
    path("add/", applications.add, name="add"),
    path("notices/<slug:kind>/", meeting_notices.notices, name="notices"),
    path("<id:pk>/", applications.detail, name="detail"),
    path("<id:pk>/show/<slug:part>/", applications.show_closed, name="show"),
    path("<id:pk>/edit/", applications.edit, name="edit"),
    path("<id:pk>/questionnaire/", applications.edit, {"tab": "questionnaire"}, name="edit_questionnaire"),
    path("<id:pk>/pass-on/", application_steps.route, name="route"),
    path("<id:pk>/withdraw/", application_steps.withdraw, name="withdraw"),
    path("<id:pk>/restore/", application_steps.restore, name="restore"),
    path("<id:pk>/attended/", application_steps.attended, name="attended"),
    path("<id:pk>/print/<slug:form>/", application_prints.print_paper, name="print"),
    path("<id:pk>/represented/add/", representations.add, name="add_ward"),
    path("<id:pk>/scans/add/", attachments.add, name="attach"),
    path("members/<id:pk>/represented/add/", representations.add_to_member, name="add_ward_to_member"),
    path("members/<id:pk>/scans/add/", attachments.add_to_member, name="attach_to_member"),
    path("represented/<id:pk>/", representations.detail, name="ward"),
    path("represented/<id:pk>/edit/", representations.edit, name="edit_ward"),
    path("represented/<id:pk>/end/", representations.end, name="end_ward"),
    path("represented/<id:pk>/reopen/", representations.reopen, name="reopen_ward"),
    path("represented/<id:pk>/remove/", representations.remove, name="remove_ward"),
    path("represented/<id:pk>/consent/", application_prints.print_ward_consent, name="ward_consent"),
    path(
        "represented/<id:pk>/questionnaire/",
        application_prints.print_ward_questionnaire,
        name="ward_questionnaire",
    ),
    path("scans/<id:pk>/", attachments.show, name="scan"),
    path("scans/<id:pk>/delete/", attachments.delete, name="delete_scan"),
]
