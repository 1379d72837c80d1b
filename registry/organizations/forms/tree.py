"""Forms of the tree: search, founding, names, and the life cycle of an organisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.checks import MAX_UPLOAD_BYTES
from registry.enums import Level
from registry.errors import RuleViolation
from registry.spreadsheets.files import ACCEPTED, EMPTY, Unreadable
from registry.widgets import DateField, DigitsInput, RadioRow, UploadInput

from ..enums import FOUNDING_STATUSES, OrganizationStatus, TimeZone
from ..models import Organization
from ..rules import passports
from ..rules import tree as rules
from ..rules.zones import of_region

#: Maximum length of a search; browsers cut longer ones and the server refuses them.
QUERY_LENGTH = 200
ANY = ("", _("any"))


class SearchForm(forms.Form):
    """Search and filters of the tree; invalid input finds nothing rather than everything."""

    q = forms.CharField(
        label=_("Name, code, INN or chair"),
        required=False,
        max_length=QUERY_LENGTH,
        widget=forms.TextInput({"type": "search", "autocomplete": "off", "class": "input-wide"}),
    )
    level = forms.ChoiceField(label=_("Level"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("working")), *OrganizationStatus.choices, ("all", _("any"))]
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = organization.charter.levels
        below = [(level.value, capfirst(str(titles[level]))) for level in rules.levels_below(organization)]
        self.fields["level"].choices = [ANY, *below]  # type: ignore[attr-defined]

    @property
    def is_search(self) -> bool:
        """Return whether the form searches or filters; invalid input counts as a search without results."""
        return bool(self.errors) or any(self.cleaned_data.get(name) for name in ("q", "level", "status"))


class AddForm(forms.ModelForm):
    """Founds an organisation below the given one."""

    status = forms.ChoiceField(
        label=_("Status"),
        choices=[(s.value, s.label) for s in FOUNDING_STATUSES],
        widget=RadioRow(),
        initial=OrganizationStatus.ACTIVE,
    )
    founded_on = DateField(label=_("Founded on"), required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=[("", _("by the name of the region, otherwise the superior's")), *TimeZone.choices],
        help_text=_("Its days and terms go by it."),
    )

    class Meta:
        model = Organization
        fields = (
            "level", "full_name", "short_name", "code", "inn", "chair_name", "status", "founded_on", "time_zone",
        )  # fmt: skip
        widgets = {
            "full_name": forms.Textarea({"rows": 3, "class": "input-wide"}),
            "short_name": forms.TextInput({"class": "input-wide"}),
            "chair_name": forms.TextInput({"class": "input-wide"}),
            "code": forms.TextInput({"class": "input-medium"}),
            "inn": DigitsInput(10),
        }
        help_texts = {
            "full_name": _("As in the statute or the decision on founding."),
            "short_name": _("Shown in lists and on the screen; different from its neighbours'."),
            "code": _("Leave it empty: the next free code is given. Codes are never used twice."),
            "chair_name": _("Surname, name, patronymic in full. The chair will fill in the rest of the passport."),
        }

    def __init__(self, parent: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parent = parent
        titles = parent.charter.levels
        levels = [(level.value, capfirst(str(titles[level]))) for level in rules.levels_below(parent)]
        self.fields["level"] = forms.ChoiceField(
            label=_("Level"), choices=levels, initial=levels[0][0] if levels else ""
        )
        self.fields["code"].required = False

    def clean(self) -> dict[str, Any]:
        try:
            self.cleaned_data |= passports.check_requisites({"inn": self.cleaned_data.get("inn", "")})
        except RuleViolation as violation:
            self.add_error(violation.field, str(violation.message))
        return self.cleaned_data

    def validate_unique(self) -> None:
        """Do nothing: the transition checks codes, under the lock of the federation."""

    def validate_constraints(self) -> None:
        """Do nothing: the rules check level and superior, with messages for users."""


class RenameForm(forms.ModelForm):
    """The superior changes the names of an organisation."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Organization
        fields = ("full_name", "short_name", "genitive_name")
        widgets = {
            "full_name": forms.Textarea({"rows": 3, "class": "input-wide"}),
            "short_name": forms.TextInput({"class": "input-wide"}),
            "genitive_name": forms.Textarea({"rows": 3, "class": "input-wide"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    def validate_constraints(self) -> None:
        """Do nothing: only names are changed."""


class TimeZoneForm(forms.Form):
    """The superior chooses the time zone of an organisation."""

    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = organization.parent
        inherited = (
            _("the superior's: %(zone)s") % {"zone": parent.time_zone_name}
            if parent is not None
            else _("the installation's: %(zone)s") % {"zone": Organization().time_zone_name}
        )
        self.fields["time_zone"].choices = [("", inherited), *TimeZone.choices]  # type: ignore[attr-defined]
        self.initial["time_zone"] = organization.time_zone
        if not organization.time_zone and organization.level == Level.REGIONAL:
            self.initial["time_zone"] = of_region(organization.short_name, organization.full_name)


class DecideForm(forms.Form):
    """The superior's decision on a rename request (U-3)."""

    accept = forms.ChoiceField(
        label=_("Decision"),
        choices=[("yes", _("accept: the organisation gets the new name")), ("no", _("decline"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3, "class": "input-wide"}),
        help_text=_("Needed when you decline: the chair will read it."),
    )

    def clean(self) -> dict[str, Any]:
        declined = self.cleaned_data.get("accept") == "no"
        if declined and not self.cleaned_data.get("reason"):
            self.add_error("reason", _("Say why you decline: the chair will read it."))
        return self.cleaned_data


class DayForm(forms.Form):
    """The date of an event in an organisation's life cycle."""

    on = DateField(label=_("Date of the decision"), past=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())


class TargetForm(forms.Form):
    """Search for the new superior or the successor."""

    q = forms.CharField(
        label=_("Name, code or INN"),
        required=False,
        max_length=QUERY_LENGTH,
        widget=forms.TextInput({"type": "search", "autocomplete": "off", "class": "input-wide"}),
    )


class UploadForm(forms.Form):
    """Upload of a list of organisations."""

    file = forms.FileField(
        label=_("File with the list"),
        widget=UploadInput(accept=ACCEPTED),
        help_text=_("Excel (.xlsx, .xls), LibreOffice (.ods) or .csv, up to 1,000 organisations."),
        error_messages={"empty": EMPTY},
    )
    level = forms.ChoiceField(label=_("Level for rows without one"), required=False)

    def __init__(self, parent: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = parent.charter.levels
        below = [(level.value, capfirst(str(titles[level]))) for level in rules.levels_below(parent)]
        self.fields["level"].choices = [("", _("such rows are mistakes")), *below]  # type: ignore[attr-defined]
        if len(below) == 1:
            self.initial.setdefault("level", below[0][0])

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(str(Unreadable("too_big")))
        return file
