"""The Django admin's list of rates."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dues.ledger.queries.showing import amount_of
from dues.rates.models import Rate
from registry.admin import ReadOnlyAdmin, ScopedFilter
from registry.admin_site import is_installation
from registry.days import day_text


@admin.register(Rate)
class RateAdmin(ReadOnlyAdmin):
    """Rates with the papers that set them; new ones are set on their own page (V-D1)."""

    list_display = ("fee", "amount_text", "begins", "paper", "federation")
    list_filter = (ScopedFilter, "fee")
    list_select_related = ("federation",)
    fields = ("federation", "fee", "amount_text", "valid_from", "paper", "due_day", "due_month", "days_after_decision")
    readonly_fields = ("amount_text",)

    def counted(self, count: int) -> str:
        return ngettext("%(n)s rate", "%(n)s rates", count) % {"n": count}

    def links_of_list(self, request: HttpRequest) -> list[tuple[str, str]]:
        if is_installation(request):
            return []
        return [(_("Set a rate"), reverse("dues:add_rate")), (_("Rates in the registry"), reverse("dues:rates"))]

    def links_of(self, obj: Any, request: HttpRequest) -> list[tuple[str, str]]:
        return [] if is_installation(request) else [(_("Rates in the registry"), reverse("dues:rates"))]

    @admin.display(description=gettext_lazy("valid from"), ordering="valid_from")
    def begins(self, rate: Rate) -> str:
        return day_text(rate.valid_from)

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def amount_text(self, rate: Rate) -> str:
        return amount_of(rate)
