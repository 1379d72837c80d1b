"""The Django admin's read-only lists of dues."""

from django.contrib import admin

from dues.rates.models import Rate
from registry.admin import ReadOnlyAdmin


@admin.register(Rate)
class RateAdmin(ReadOnlyAdmin):
    """Rates with the papers that set them; new ones are set by the federal organisation (V-D1)."""

    list_display = ("fee", "amount", "valid_from", "paper", "federation")
    list_filter = ("federation", "fee")
    list_select_related = ("federation",)
