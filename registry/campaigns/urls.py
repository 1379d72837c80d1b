"""URLs of report forms and reporting campaigns."""

from django.urls import path

from .views import campaigns, definitions, editing, files, forms, opening, reports, tables

app_name = "campaigns"
urlpatterns = [
    path("", campaigns.campaigns, name="list"),
    path("open/", opening.choose, name="open"),
    path("open/<id:pk>/", opening.open_by, name="open_by"),
    path("<id:pk>/", campaigns.show, name="detail"),
    path("<id:pk>/chosen/", campaigns.chosen, name="chosen"),
    path("<id:pk>/term/", campaigns.term, name="term"),
    path("<id:pk>/close/", campaigns.close, name="close"),
    path("<id:pk>/cancel/", campaigns.cancel, name="cancel"),
    path("reports/<id:pk>/", reports.show, name="report"),
    path("reports/<id:pk>/take-back/", reports.take_back, name="take_back"),
    path("reports/<id:pk>/accept/", reports.accept, name="accept"),
    path("reports/<id:pk>/return/", reports.return_it, name="return"),
    path("reports/<id:pk>/release/", reports.release, name="release"),
    path("reports/<id:pk>/form/", definitions.definition, name="definition"),
    path("reports/<id:pk>/form/checks/", definitions.definition_checks, name="definition_checks"),
    path("reports/<id:pk>/table/", tables.table, name="table"),
    path("reports/<id:pk>/table.xlsx", files.table_xlsx, name="table_xlsx"),
    path("reports/<id:pk>/report.xlsx", files.report_xlsx, name="report_xlsx"),
    path("reports/<id:pk>/report.pdf", files.report_pdf, name="report_pdf"),
    path("forms/", forms.report_forms, name="forms"),
    path("forms/new/", forms.add_form, name="add_form"),
    path("forms/examples/<slug:key>/", forms.take_example, name="take_example"),
    path("forms/<id:pk>/", forms.report_form, name="form"),
    path("forms/<id:pk>/checks/", forms.checks, name="checks"),
    path("forms/<id:pk>/preview/", forms.preview, name="preview"),
    path("forms/<id:pk>/change/", editing.change_form, name="change_form"),
    path("forms/<id:pk>/issue/", forms.issue_form, name="issue_form"),
    path("forms/<id:pk>/retire/", forms.retire_form, name="retire_form"),
    path("forms/<id:pk>/edition/", forms.make_edition, name="make_edition"),
    path("forms/<id:pk>/delete/", forms.delete_form, name="delete_form"),
    path("forms/<id:pk>/lines/new/", editing.add_line, name="add_line"),
    path("forms/<id:pk>/lines/<id:line_id>/", editing.line, name="line"),
    path("forms/<id:pk>/lines/<id:line_id>/move/<slug:way>/", editing.move_line, name="move_line"),
    path("forms/<id:pk>/lines/<id:line_id>/delete/", editing.delete_line, name="delete_line"),
    path("forms/<id:pk>/checks/new/", editing.add_check, name="add_check"),
    path("forms/<id:pk>/checks/<id:check_id>/", editing.check, name="check"),
    path("forms/<id:pk>/checks/<id:check_id>/delete/", editing.delete_check, name="delete_check"),
]
