"""Pages of the Django admin: federations and the values of their charters (U-5a, practice 3.1)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.people.rules.fields import label_of as label_of_field
from registry.charters.base import Charter
from registry.organizations.models import Federation
from registry.organizations.rules.charters import NUMBERS
from registry.organizations.transitions.charters import change_charter

from ..admin_site import actor_of
from .base import ReadOnlyAdmin


class CharterForm(forms.ModelForm):
    """The values of a federation's charter that an administrator may change."""

    required = forms.MultipleChoiceField(
        label=_("Required fields of the card"), widget=forms.CheckboxSelectMultiple, required=False
    )
    minimum_age = forms.IntegerField(label=_("Minimum age of members, years"))
    retention_years = forms.IntegerField(label=_("Years for which closed cards and ended applications are kept"))

    class Meta:
        model = Federation
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        charter: Charter = self.instance.charter
        choices = [(name, capfirst(str(label_of_field(name, charter)))) for name in charter.fields]
        self.fields["required"].choices = choices  # type: ignore[attr-defined]
        self.initial["required"] = sorted(charter.required)
        for name, (least, most) in NUMBERS.items():
            self.fields[name].min_value, self.fields[name].max_value = least, most  # type: ignore[attr-defined]
            self.initial[name] = getattr(charter, name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, (least, most) in NUMBERS.items():
            if cleaned.get(name) is not None and not least <= cleaned[name] <= most:
                bounds = {"least": least, "most": most}
                self.add_error(name, _("A number from %(least)s to %(most)s is expected.") % bounds)
        return cleaned


@admin.register(Federation)
class FederationAdmin(ReadOnlyAdmin):
    """Federations and the changes made to their charters."""

    federation = "pk"
    form = CharterForm
    list_display = ("name", "code", "charter_title")
    fields = ("name", "code", "charter_title", "required", "minimum_age", "retention_years")
    readonly_fields = ("name", "code", "charter_title")

    def counted(self, count: int) -> str:
        return ngettext("%(n)s federation", "%(n)s federations", count) % {"n": count}

    @admin.display(description=_("charter"))
    def charter_title(self, federation: Federation) -> str:
        return capfirst(str(federation.charter.title))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Federation, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in ("required", *NUMBERS)}
        change_charter(obj.pk, values=values, by=actor_of(request))
