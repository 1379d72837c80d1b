"""Forms of the papers of an organisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from documents.printing.models import MAX_SHIFT, SHIFTS, PrinterCalibration
from registry.organizations.models import Organization
from registry.widgets import DateField

#: Number of years for which a report is offered, the present one included.
YEARS = 6


class PaperForm(forms.Form):
    """A paper of the organisation as it is today."""

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization


class PeriodForm(PaperForm):
    """The period of a register, from the beginning of this year until today at first."""

    first = DateField(label=pgettext_lazy("period", "From"), past=True)
    last = DateField(label=pgettext_lazy("period", "To"), past=True)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(organization, *args, **kwargs)
        today = organization.today
        self.initial = {"first": today.replace(month=1, day=1), "last": today, **self.initial}


class YearForm(PaperForm):
    """The year of a report."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(organization, *args, **kwargs)
        this = organization.today.year
        self.fields["year"].choices = [(year, str(year)) for year in range(this, this - YEARS, -1)]  # type: ignore[attr-defined]


class PrinterForm(forms.ModelForm[PrinterCalibration]):
    """A printer and its shifts; whether the name is free is for the rules."""

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
        """Leave it to the rule, which knows the organisation."""
