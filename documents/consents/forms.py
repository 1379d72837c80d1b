"""Forms for marking consents, one or many, and for a new version of the text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.people.models import Member
from registry.checks import MAX_UPLOAD_BYTES
from registry.widgets import DateField, UploadInput

from .enums import Carrier, Channel, ConsentPurpose, Way
from .rules import MAX_CARRIER, MAX_SHEETS

#: The way of processing as worded by an administrator.
OWN = "own"


class ByHandField(forms.BooleanField):
    """Confirms that missing data of the cards were written on the signed papers."""

    def __init__(self) -> None:
        super().__init__(label=_("What the card lacks is written on the signed paper by hand"), required=False)


class SignForm(forms.Form):
    """Form to mark a consent as signed, with the date on the paper (U-7); `tick` is the label of the box."""

    given = forms.BooleanField(error_messages={"required": _("Tick the box: without it nothing is marked.")})
    signed_on = DateField(
        label=_("Date of the signature"),
        past=True,
        help_text=_("As written on the signed paper."),
        error_messages={"required": _("Enter the date of the signature as written on the paper.")},
    )
    by_hand = ByHandField()
    scan = forms.FileField(
        label=_("Scan of the signed paper"),
        required=False,
        help_text=_(
            "If you have one: PDF, JPEG or PNG, not more than 10 MB. The paper itself stays with the organisation."
        ),
        widget=UploadInput(accept="application/pdf,image/jpeg,image/png"),
    )

    def __init__(self, *args: Any, tick: Any, lacking: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given"].label = tick
        self.lacking = lacking
        if not lacking:
            del self.fields["by_hand"]

    @property
    def scan_bytes(self) -> bytes | None:
        """Return the uploaded scan; a file that is too large is not read completely."""
        file = self.cleaned_data.get("scan")
        return file.read(MAX_UPLOAD_BYTES + 1) if file else None


class ScanForm(forms.Form):
    """Adds a scan to a consent that is marked already."""

    scan = forms.FileField(
        label=_("Scan of the signed paper"),
        help_text=_("PDF, JPEG or PNG, not more than 10 MB."),
        widget=UploadInput(accept="application/pdf,image/jpeg,image/png"),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose another one.")},
    )

    @property
    def scan_bytes(self) -> bytes:
        """Return the uploaded scan; a file that is too large is not read completely."""
        data: bytes = self.cleaned_data["scan"].read(MAX_UPLOAD_BYTES + 1)
        return data


class MarkManyForm(forms.Form):
    """Marks many consents with one date, or with a separate date for each person."""

    by_hand = ByHandField()
    signed_on = DateField(
        label=_("Date of the signature on all the papers"),
        past=True,
        required=False,
        help_text=_("If the dates differ, write each one beside the name; this date is for the rest."),
    )

    def __init__(
        self,
        *args: Any,
        members: Sequence[Member],
        chosen: set[int],
        lacking: Mapping[int, Sequence[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        self.chosen = chosen
        self.lacking = lacking
        if not lacking:
            del self.fields["by_hand"]
        for member in members:
            label = _("Date of the signature of %(name)s") % {"name": member.full_name}
            self.fields[f"date_{member.pk}"] = DateField(label=label, past=True, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.members and not self.chosen:
            self.add_error(None, _("Nobody is selected. Tick the people first."))
        if "signed_on" in self.errors or values.get("signed_on"):
            return values
        without = [m for m in self.members if m.pk in self.chosen and not self.errors.get(f"date_{m.pk}")]
        if not self.members or any(values.get(f"date_{m.pk}") is None for m in without):
            self.add_error("signed_on", _("Enter the date of the signature: for all, or beside each name."))
        return values

    @property
    def dates(self) -> Mapping[int, dt.date | None]:
        """Dates by the id of each selected member."""
        common = self.cleaned_data["signed_on"]
        return {m.pk: self.cleaned_data[f"date_{m.pk}"] or common for m in self.members if m.pk in self.chosen}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Rows of the table, one per person."""
        return [
            {
                "member": m,
                "chosen": m.pk in self.chosen,
                "date": self[f"date_{m.pk}"],
                "lacking": ", ".join(self.lacking.get(m.pk, ())),
            }
            for m in self.members
        ]


class WithdrawForm(forms.Form):
    """A statement by which a member withdraws consents; only open consents can be chosen (N-C1)."""

    purposes = forms.MultipleChoiceField(
        label=_("Which consents the statement withdraws"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick the consents that the statement withdraws.")},
    )
    received_on = DateField(
        label=_("Date on which the statement was received"),
        past=True,
        help_text=_("The terms run from this day."),
    )
    channel = forms.ChoiceField(label=_("How it was received"), choices=Channel.choices, widget=forms.RadioSelect)
    scan = forms.FileField(
        label=_("Scan of the statement"),
        required=False,
        help_text=_("If you have one: PDF, JPEG or PNG, not more than 10 MB."),
        widget=UploadInput(accept="application/pdf,image/jpeg,image/png"),
    )

    def __init__(self, *args: Any, purposes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(purpose, ConsentPurpose(purpose).label) for purpose in purposes]
        self.fields["purposes"].choices = choices  # type: ignore[attr-defined]

    @property
    def scan_bytes(self) -> bytes | None:
        """Return the uploaded scan; a file that is too large is not read completely."""
        file = self.cleaned_data.get("scan")
        return file.read(MAX_UPLOAD_BYTES + 1) if file else None


class ToldForm(forms.Form):
    """Day on which the person was notified in writing."""

    told_on = DateField(label=_("Date of the notice"), past=True)


class DestroyForm(forms.Form):
    """Day of the destruction, the destroyed papers, and the members of the commission, who sign the act."""

    destroyed_on = DateField(
        label=_("Date of the destruction"),
        past=True,
        help_text=_("The day on which the paper copies were destroyed. The registry deletes its own now."),
    )
    other_carrier = forms.CharField(
        label=_("Which other papers"), max_length=MAX_CARRIER, required=False, help_text=_("For example, a notebook.")
    )
    way = forms.ChoiceField(
        label=_("How the papers were destroyed"),
        required=False,
        choices=[("", "—"), *((one.value, capfirst(str(one.label))) for one in Way)],
    )
    commission = forms.CharField(
        label=_("Members of the commission"),
        widget=forms.Textarea({"rows": 3}),
        max_length=1200,
        required=False,
        help_text=_("Full name and office of each, one a line. Leave it empty if you destroy the data alone."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for carrier in Carrier:
            self.fields[f"sheets_{carrier}"] = forms.IntegerField(
                label=carrier.label, min_value=0, max_value=MAX_SHEETS, required=False,
                widget=forms.NumberInput({"class": "input-short", "inputmode": "numeric"}),
            )  # fmt: skip

    @property
    def sheets(self) -> list[forms.BoundField]:
        """Return the fields for the numbers of sheets, in the order of `Carrier`."""
        return [self[f"sheets_{carrier}"] for carrier in Carrier]

    @property
    def carriers(self) -> dict[str, int | None]:
        """Return the entered numbers of sheets by `Carrier`."""
        return {carrier.value: self.cleaned_data[f"sheets_{carrier}"] for carrier in Carrier}


class ReleaseForm(forms.Form):
    """A new consent to the processing, which unblocks the card."""

    signed_on = DateField(label=_("Date of the signature"), past=True, help_text=_("As written on the signed paper."))


class TextForm(forms.Form):
    """A new version of the consent's text: the parts that an administrator may change (K1)."""

    method = forms.ChoiceField(
        label=_("How the data are processed"),
        widget=forms.RadioSelect,
        help_text=_(
            "The registry is an electronic system, so «mixed» is true; choose the other only for papers alone."
        ),
    )
    own_method = forms.CharField(
        label=_("In own words: processed by means of …"),
        widget=forms.Textarea({"rows": 2}),
        max_length=300,
        required=False,
        help_text=_("It follows the words «will be carried out by means of»."),
    )
    actions = forms.CharField(
        label=_("Actions with the data"),
        widget=forms.Textarea({"rows": 4}),
        max_length=1500,
        help_text=_(
            "Only those that are really used. Distribution, to an unlimited circle of people, needs a consent of "
            "its own."
        ),
    )
    purposes = forms.CharField(label=_("Purposes, one a line"), widget=forms.Textarea({"rows": 8}), max_length=3000)
    processor = forms.CharField(
        label=_("Who processes the data on the operator's behalf"),
        widget=forms.Textarea({"rows": 2}),
        max_length=500,
        required=False,
        help_text=_("The full name. Leave it empty if there is nobody: the consent then says so."),
    )
    processor_address = forms.CharField(
        label=_("Their address"), widget=forms.Textarea({"rows": 2}), max_length=500, required=False
    )
    third_parties = forms.CharField(
        label=_("Who receives the data"),
        widget=forms.Textarea({"rows": 2}),
        max_length=500,
        required=False,
        help_text=_("Besides the superior organisations."),
    )
    superiors_are_third_parties = forms.BooleanField(
        label=_("Name the superior organisations: they see the cards of those below"), required=False
    )
    transfer_way = forms.CharField(label=_("How they receive the data: by means of …"), max_length=150)
    term = forms.CharField(label=_("Term and way of withdrawal"), widget=forms.Textarea({"rows": 4}), max_length=1500)
    storage = forms.CharField(label=_("Keeping and destruction"), widget=forms.Textarea({"rows": 9}), max_length=3000)
    valid_from = DateField(label=_("Valid from"), coming=True)

    def __init__(self, data: Any = None, *, wording: Mapping[str, Any], valid_from: dt.date) -> None:
        self.wording = wording
        initial = {name: wording[name] for name in self.base_fields if name in wording}
        initial |= {"purposes": "\n".join(wording["purposes"]), "valid_from": valid_from}
        super().__init__(data, initial=initial)
        known = dict(wording["methods"])
        self.fields["own_method"].initial = known.pop(OWN, "")
        choices = [*known.items(), (OWN, _("in own words"))]
        self.fields["method"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("method") == OWN and not values.get("own_method"):
            self.add_error("own_method", _("Fill it in."))
        return values

    @property
    def new_wording(self) -> dict[str, Any]:
        """The changed wording; the list of data is unchanged because it follows the fields of the card (K2)."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "valid_from"}
        purposes = [line.strip() for line in values["purposes"].splitlines() if line.strip()]
        own = {OWN: values.pop("own_method")} if values["method"] == OWN else {}
        values.pop("own_method", None)
        methods = {name: text for name, text in self.wording["methods"].items() if name != OWN} | own
        return {**self.wording, **values, "purposes": purposes, "methods": methods}
