"""Reference lists and journals of papers for the installation's administrator."""

from django.contrib import admin

from documents.consents.models import ConsentText
from registry.admin import ReadOnlyAdmin


@admin.register(ConsentText)
class ConsentTextAdmin(ReadOnlyAdmin):
    """Versions of the consent's text; a new one is issued on the page of texts."""

    list_display = ("federation", "purpose", "version", "valid_from")
    list_filter = ("federation", "purpose")
    list_select_related = ("federation",)
