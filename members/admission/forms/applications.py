"""Forms of applications: filing, editing, and the later steps (V-A2 to V-A5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.people.forms.cards import CardForm, Part, Row
from members.people.rules.fields import card_fields, label_of
from registry.access import Actor
from registry.charters.base import Section
from registry.organizations.models import Organization
from registry.widgets import DateField, UploadInput

from ..enums import CopyKind, NoticeWay
from ..models import Application
from ..rules.applications import OF_THE_DECISION, values_of_application
from ..rules.routing import Suggestion
from ..rules.scans import class_of_scan

#: Fields needed to decide about eligibility.
_NEEDED = ("surname", "given_name", "birth_date", "citizenship", "category")
_FACTS = frozenset({"filed_on", "copies", "acquainted_on", "acquainted_by", "consent_signed_on"})
_PAPERS = Section("application", _("Application and papers"), ())


class ApplicationForm(CardForm):
    """The fields of the future card, and those of the application itself on its first tab."""

    left_out = OF_THE_DECISION
    extra_fields = CardForm.extra_fields | _FACTS

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        actor: Actor,
        application: Application | None = None,
        **kwargs: Any,
    ) -> None:
        self.application = application
        before = {}
        if application is not None:
            before = {**dict.fromkeys(card_fields()), **values_of_application(application)}
        super().__init__(*args, organization=organization, actor=actor, before=before, **kwargs)
        self.with_facts = "general" in (kwargs.get("tabs") or ("general",))
        if self.with_facts:
            self._add_facts()
        if application is not None:
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=application.version)

    def _add_facts(self) -> None:
        admission = self.charter.admission
        self.fields["filed_on"] = DateField(label=_("Filed on"), past=True, initial=timezone.localdate)
        if admission.statutes:
            statutes = ", ".join(str(statute) for statute in admission.statutes)
            self.fields["acquainted_on"] = DateField(
                label=_("Acquainted with the statutes on"), past=True, required=False, help_text=capfirst(statutes)
            )
            self.fields["acquainted_by"] = forms.CharField(
                label=_("Who acquainted the applicant"), required=False, max_length=200
            )
        self.fields["consent_signed_on"] = DateField(
            label=_("Consent signed on"), past=True, required=False, help_text=_("The date on the paper.")
        )
        wanted = {
            *admission.papers,
            *admission.later,
            *(p for papers in admission.representing.values() for p in papers),
        }
        kinds = [(k, capfirst(str(label))) for k, label in CopyKind.choices if k in wanted]
        self.fields["copies"] = forms.MultipleChoiceField(
            label=_("Papers seen"), required=False, choices=kinds, widget=forms.CheckboxSelectMultiple
        )
        if self.application is not None:
            for name in _FACTS & self.fields.keys():
                self.initial.setdefault(name, getattr(self.application, name))

    def _mark_required(self) -> None:
        """Require only the fields that identify the person; others can be filled in later, even after the meeting."""
        for name in _NEEDED:
            if name in self.fields and name in self.charter.required | {"birth_date"}:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = _("Fill it in.")

    def facts(self) -> dict[str, Any]:
        """Return the values of the application that are not card fields."""
        return {name: self.cleaned_data.get(name) for name in _FACTS if name in self.fields}

    @cached_property
    def parts(self) -> list[Part]:
        """Return the papers first, then the sections of the card."""
        sections = self.sections_in_rows()
        names = [("filed_on", "consent_signed_on"), ("acquainted_on", "acquainted_by"), ("copies",)]
        rows = [Row([self[n] for n in row if n in self.fields]) for row in names]
        rows = [row for row in rows if row.fields]
        return [Part(_PAPERS, rows), *sections] if rows else sections


class RouteForm(forms.Form):
    """The organisation that the application is forwarded to, and the reason."""

    organization = forms.TypedChoiceField(label=_("Organisation"), coerce=int)
    reason = forms.CharField(
        label=_("Why this organisation decides"),
        max_length=200,
        help_text=_("For example: serves the address; the nearest one, because the town has none."),
    )

    def __init__(self, *args: Any, suggestions: Iterable[Suggestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = list(suggestions)
        serving = [(s.organization.pk, s.organization.short_name) for s in known if s.serves]
        others = [(s.organization.pk, s.organization.short_name) for s in known if not s.serves]
        groups: list[Any] = [("", _("— not chosen —"))]
        if serving:
            groups.append((_("Serve the address"), serving))
        if others:
            groups.append((_("Others in the region"), others))
        field = self.fields["organization"]
        field.choices = groups  # type: ignore[attr-defined]
        if len(serving) == 1:
            field.initial = serving[0][0]


class StayForm(forms.Form):
    """The reason for deciding here although the address is elsewhere (V-A2)."""

    why = forms.CharField(
        label=_("Why this organisation decides"),
        max_length=200,
        error_messages={"required": _("Enter why this organisation decides.")},
    )


class InvitedForm(forms.Form):
    """The notice of the meeting (V-A5)."""

    on = DateField(label=_("Notified on"), past=True, initial=timezone.localdate)
    way = forms.ChoiceField(label=_("Method of notice"), choices=NoticeWay.choices)


class NotifiedForm(InvitedForm):
    """The notice of the decision, with the day and place of the ticket for admitted applicants (V-A5)."""

    pickup_on = DateField(label=_("Ticket can be collected on"), required=False)
    pickup_at = forms.TimeField(
        label=_("At"), required=False, input_formats=["%H:%M", "%H.%M", "%H"],
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "input-short", "placeholder": _("HH:MM")}),
        error_messages={"invalid": _("Enter the time as hours and minutes: 15:30.")},
    )  # fmt: skip
    pickup_place = forms.CharField(label=_("Place where the ticket is collected"), required=False, max_length=300)

    def __init__(self, *args: Any, admitted: Application | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = ("pickup_on", "pickup_at", "pickup_place")
        if admitted is None:
            for name in names:
                del self.fields[name]
            return
        self.initial = {**{name: getattr(admitted, name) for name in names}, **self.initial}
        self.initial["pickup_place"] = admitted.pickup_place or admitted.organization.postal_address

    def pickup(self) -> dict[str, Any]:
        """Return when and where the ticket is handed out."""
        given = {name: self.cleaned_data.get(f"pickup_{name}") for name in ("on", "at")}
        return {**given, "place": self.cleaned_data.get("pickup_place", "")}


class AttachmentForm(forms.Form):
    """A scan and its kind."""

    kind = forms.ChoiceField(label=_("Paper"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, JPEG or PNG, not more than 10 MB."),
        widget=UploadInput(accept="application/pdf,image/jpeg,image/png"),
        error_messages={
            "required": _("Choose the file with the scan."),
            "empty": _("The file is empty. Choose another one."),
        },
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(k, capfirst(str(label))) for k, label in CopyKind.choices if actor.reads(class_of_scan(k))]
        self.fields["kind"].choices = [("", _("— not chosen —")), *kinds]  # type: ignore[attr-defined]


def label(name: str, organization: Organization) -> str:
    """Return the label of a card field."""
    return capfirst(str(label_of(name, organization.charter)))
