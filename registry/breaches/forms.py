"""Forms of breach cards."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.widgets import DateField, StepForm

from .enums import BreachData, Noticed
from .models import Breach
from .rules import MAX_TEXT


def _words(label: Any, help_text: Any = "", *, required: bool = False, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea({"rows": rows, "maxlength": MAX_TEXT})
    return forms.CharField(label=label, help_text=help_text, widget=widget, required=required)


def _time(label: Any, *, required: bool = True) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"class": "input-short", "placeholder": _("HH:MM")})
    return forms.TimeField(label=label, required=required, widget=widget)


def _moment(day: dt.date | None, time: dt.time | None) -> dt.datetime | None:
    """Return the moment in the current time zone, which is the organisation's; None without a day."""
    return timezone.make_aware(dt.datetime.combine(day, time or dt.time())) if day is not None else None


class BreachForm(forms.Form):
    """The facts of a breach; days and times are those of the organisation."""

    what = _words(_("What happened"), required=True, rows=4)
    noticed_on = DateField(label=_("Day on which it was noticed"), past=True)
    noticed_time = _time(_("Time at which it was noticed"))
    noticed_by = forms.ChoiceField(label=_("How it was noticed"), choices=Noticed.choices)
    happened_on = DateField(label=_("Day on which it happened, if known"), past=True, required=False)
    happened_time = _time(_("Time at which it happened"), required=False)
    classes = forms.MultipleChoiceField(
        label=_("Which data it concerns"), choices=BreachData.choices, widget=forms.CheckboxSelectMultiple
    )
    people = forms.IntegerField(
        label=_("Number of people, about"),
        min_value=1,
        max_value=10_000_000,
        widget=forms.NumberInput({"class": "input-short"}),
    )
    places = _words(_("Organisations concerned"))
    causes = _words(_("Presumed causes"), _("The first notice needs them."))
    harm = _words(_("Presumed harm to the people"), _("The first notice needs it."))
    measures = _words(_("Measures taken"), _("The first notice needs them."))
    responsible = _words(
        _("Who speaks with Roskomnadzor"), _("Surname, name, patronymic, post, telephone, e-mail."), required=True
    )
    results = _words(_("Results of the investigation"), _("The second notice needs them."))
    culprits = _words(_("People whose acts were the cause"), _("If the investigation found them."))

    @property
    def facts(self) -> dict[str, Any]:
        """Return the values as the transitions take them."""
        values = dict(self.cleaned_data)
        values["data"] = values.pop("classes")
        for name in ("noticed", "happened"):
            values[f"{name}_at"] = _moment(values.pop(f"{name}_on"), values.pop(f"{name}_time"))
        return values


def initial_of(breach: Breach) -> dict[str, Any]:
    """Return the values of the card for its form."""
    values: dict[str, Any] = {name: getattr(breach, name) for name in BreachForm.base_fields if hasattr(breach, name)}
    values["classes"] = breach.data
    for name in ("noticed", "happened"):
        at = getattr(breach, f"{name}_at")
        local = timezone.localtime(at) if at is not None else None
        values[f"{name}_on"] = local.date() if local else None
        values[f"{name}_time"] = local.time() if local else None
    return values


class SentForm(StepForm):
    """The time when a notice was sent, and the number given by the authority."""

    step = "sent"
    sent_on = DateField(label=pgettext_lazy("notice", "Sent on"), past=True)
    sent_time = _time(_("Time"))
    number = forms.CharField(label=_("Incoming number, if there is one"), max_length=60, required=False)

    @property
    def facts(self) -> dict[str, Any]:
        """Return the values for the transitions."""
        values = self.cleaned_data
        return {"sent_at": _moment(values["sent_on"], values["sent_time"]), "number": values["number"]}


class ToldForm(StepForm):
    """The day on which people were informed."""

    step = "told"
    told_on = DateField(label=_("Told on"), past=True)


class PeopleForm(forms.Form):
    """The search for members."""

    q = forms.CharField(
        label=_("Surname, ticket № or SNILS"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
