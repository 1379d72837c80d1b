"""Forms for papers about an organisation, and for printers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from documents.printing.models import MAX_SHIFT, SHIFTS, PrinterCalibration
from registry.organizations.models import Organization
from registry.widgets import DateField

#: Number of years in the choices of a report, including the current one.
YEARS = 6


class PaperForm(forms.Form):
    """Form of a paper that shows the state of today: no fields."""

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization


class PeriodForm(PaperForm):
    """Period of a register; the default is from the beginning of this year until today."""

    first = DateField(label=pgettext_lazy("period", "From"), past=True)
    last = DateField(label=pgettext_lazy("period", "To"), past=True)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(organization, *args, **kwargs)
        today = organization.today
        self.initial = {"first": today.replace(month=1, day=1), "last": today, **self.initial}


class YearForm(PaperForm):
    """Year of a report."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(organization, *args, **kwargs)
        this = organization.today.year
        self.fields["year"].choices = [(year, str(year)) for year in range(this, this - YEARS, -1)]  # type: ignore[attr-defined]


class PrinterForm(forms.ModelForm[PrinterCalibration]):
    """Name and shifts of a printer; the rules check that the name is unique."""

    class Meta:
        model = PrinterCalibration
        fields = ("name", *SHIFTS)

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SHIFTS:
            self.fields[name] = forms.DecimalField(
                label=self.fields[name].label,
                min_value=-MAX_SHIFT,
                max_value=MAX_SHIFT,
                decimal_places=1,
                localize=True,
            )
        self.fields["name"].help_text = _("For example: the printer in the accounts office.")
        self.initial["version"] = self.instance.version

    def validate_unique(self) -> None:
        """Skip the check: the rule does it, because the form does not have the organisation."""
