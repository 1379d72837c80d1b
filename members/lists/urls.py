"""URLs of the import of lists (U-5)."""

from django.urls import path

from .views import rows as import_rows
from .views import steps as import_steps
from .views import updates
from .views import upload as imports

app_name = "imports"

urlpatterns = [
    path("", imports.batch_list, name="list"),
    path("upload/", imports.upload, name="upload"),
    path("template/", imports.template, name="template"),
    path("updates/", updates.update_list, name="updates"),
    path("updates/value/", updates.choose_value, name="update_value"),
    path("updates/<id:pk>/", updates.detail, name="update"),
    path("updates/<id:pk>/undo/", updates.undo, name="undo_update"),
    path("updates/<id:pk>/discard/", updates.discard, name="discard_update"),
    path("<id:pk>/", imports.detail, name="detail"),
    path("<id:pk>/columns/", imports.columns, name="columns"),
    path("<id:pk>/sheet/", imports.sheet, name="sheet"),
    path("<id:pk>/rows/", import_rows.rows, name="rows"),
    path("<id:pk>/rows/<id:row_pk>/", import_rows.row, name="row"),
    path("<id:pk>/remarks/", import_rows.remarks, name="remarks"),
    path("<id:pk>/check/", import_steps.check, name="check"),
    path("<id:pk>/accept/", import_steps.accept, name="accept"),
    path("<id:pk>/ask-again/", import_steps.ask_again, name="ask_again"),
    path("<id:pk>/apply/", import_steps.apply, name="apply"),
    path("<id:pk>/finish/", import_steps.finish, name="finish"),
    path("<id:pk>/undo/", import_steps.undo, name="undo"),
    path("<id:pk>/discard/", import_steps.discard, name="discard"),
]
