"""The Django admin's list of rates."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dues.ledger.enums import Fee
from dues.ledger.queries.showing import amount_of, term_of
from dues.rates.forms import RateForm
from dues.rates.models import Rate
from dues.rates.transitions import set_rate
from registry.access import Actor
from registry.admin import AddingAdmin, ReadOnlyAdmin, ScopedFilter
from registry.admin_site import is_installation
from registry.days import day_text
from registry.organizations.models import Federation


class AddRateForm(RateForm):
    """A new rate of the chosen federation; the rules determine the kinds of dues that its charter has."""

    federation = forms.ModelChoiceField(queryset=Federation.objects.all(), label=gettext_lazy("Federation"))
    field_order = ["federation"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, fees=Fee.values, **kwargs)


@admin.register(Rate)
class RateAdmin(AddingAdmin, ReadOnlyAdmin):
    """Rates with the papers that set them; new ones are set on their own page (V-D1)."""

    list_display = ("fee", "amount_text", "begins", "paper", "federation")
    list_filter = (ScopedFilter, "fee")
    list_select_related = ("federation",)
    fields = ("federation", "fee", "amount_text", "begins", "paper", "term")
    readonly_fields = ("amount_text", "begins", "term")

    def counted(self, count: int) -> str:
        return ngettext("%(n)s rate", "%(n)s rates", count) % {"n": count}

    def links_of_list(self, request: HttpRequest) -> list[tuple[str, str]]:
        if is_installation(request):
            return []
        return [(_("Set a rate"), reverse("dues:add_rate")), (_("Rates in the registry"), reverse("dues:rates"))]

    def adding_form(self, data: QueryDict | None, actor: Actor) -> AddRateForm:
        return AddRateForm(data)

    def add(self, request: HttpRequest, form: Any, actor: Actor) -> HttpResponse:
        set_rate(by=actor, **form.cleaned_data)
        self.message_user(request, _("The rate is set."), messages.SUCCESS)
        return redirect("admin:dues_rate_changelist")

    def links_of(self, obj: Any, request: HttpRequest) -> list[tuple[str, str]]:
        return [] if is_installation(request) else [(_("Rates in the registry"), reverse("dues:rates"))]

    @admin.display(description=gettext_lazy("valid from"), ordering="valid_from")
    def begins(self, rate: Rate) -> str:
        return day_text(rate.valid_from)

    @admin.display(description=gettext_lazy("due by"))
    def term(self, rate: Rate) -> str:
        return term_of(rate)

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def amount_text(self, rate: Rate) -> str:
        return amount_of(rate)
