"""The Django admin's read-only lists of papers."""

from django.contrib import admin

from documents.consents.models import ConsentText
from registry.admin import ReadOnlyAdmin


@admin.register(ConsentText)
class ConsentTextAdmin(ReadOnlyAdmin):
    """Versions of the consent's text; new ones are issued on their own page."""

    list_display = ("federation", "purpose", "version", "valid_from")
    list_filter = ("federation", "purpose")
    list_select_related = ("federation",)
