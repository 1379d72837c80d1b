"""Forms of the import: the file, the meaning of columns, corrections of a row (U-5, U-5a)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.people.forms.fields import build
from members.people.rules.fields import card_fields, choices_of, is_empty, label_of
from members.people.rules.person import cell_names, person_violations, usual_values
from registry.checks import MAX_UPLOAD_BYTES
from registry.organizations.models import Organization
from registry.spreadsheets.files import ACCEPTED, EMPTY, Unreadable
from registry.widgets import DateField, UploadInput

from .batches import cell_key
from .enums import BatchState
from .models import ImportBatch, decode
from .reading.fields import FIELDS, IGNORE, SHARED
from .reading.reader import names_a_cell
from .updates import BULK_FIELDS

#: Maximum length of a corrected text.
_MAX_LENGTH = 1000


class ListForm(forms.Form):
    """The uploaded list."""

    file = forms.FileField(
        label=_("File with the list"),
        widget=UploadInput(accept=ACCEPTED),
        error_messages={"empty": EMPTY},
        help_text=_("Excel (.xlsx, .xls), LibreOffice (.ods) or .csv, up to 10 MB and 5,000 people."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD_BYTES:
            raise ValidationError(str(Unreadable("too_big")))
        return file


def most_open(columns: int) -> int:
    """Return the maximum number of doubtful columns with open selects, each of which has three kilobytes of options."""
    return max(1, 11 - columns // 4)


class _FieldSelect(forms.Select):
    """A select that renders without a template per option and omits optional end tags."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = str(value or "")
        marks = {True: mark_safe(" selected"), False: ""}
        options = format_html_join(
            "", '<option value="{}"{}>{}', ((key, marks[key == chosen], label) for key, label in self.choices)
        )
        return format_html("<select{}>{}</select>", flatatt({**self.attrs, **(attrs or {}), "name": name}), options)


class ColumnsForm(forms.Form):
    """The meaning of each column, and default values for all rows.

    Each select has an option for every field of a card, so only some are open: the first doubtful columns, the one
    named by `opened`, and those with errors. The others show what was chosen.
    """

    registered_on = DateField(
        label=_("Registered since"),
        past=True,
        required=False,
        help_text=_("For rows without it. If empty, the day of the decision or today."),
    )
    minutes_number = forms.CharField(label=_("Minutes № of the decision"), required=False, max_length=30)
    minutes_date = DateField(label=_("Minutes of"), past=True, required=False)
    cell = forms.ChoiceField(label=_("Primary cell"), required=False)

    def __init__(self, batch: ImportBatch, *args: Any, opened: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opened = opened
        offered = set(batch.organization.charter.fields)
        named = [
            (key, capfirst(str(field.label)))
            for key, field in FIELDS.items()
            if key != IGNORE and offered & set(field.fills)
        ]
        self.choices = [(IGNORE, _("— leave out —")), *named]
        for index, heading in enumerate(batch.headings):
            name = f"column_{index}"
            self.fields[name] = forms.ChoiceField(
                label=heading or _("Column %(n)s") % {"n": index + 1},
                choices=self.choices,
                initial=batch.mapping.get(str(index), IGNORE),
                widget=_FieldSelect(attrs={"autofocus": True} if name == opened else None),
            )
        cells = [(str(pk), name) for pk, name in cell_names(batch.organization)]
        if cells:
            self.fields["cell"].choices = [("", _("without a cell")), *cells]  # type: ignore[attr-defined]
            self.fields["cell"].help_text = _("For rows that do not name a cell.")
        else:
            del self.fields["cell"]
        if batch.state == BatchState.UPLOADED and "cell" not in batch.mapping.values() and names_a_cell(batch.sheet):
            # In a workbook with a sheet for each cell, the sheet's name is that of the cell.
            meant = [pk for pk, name in cells if cell_key(name) == cell_key(batch.sheet)]
            if len(meant) == 1:
                self.initial.setdefault("cell", meant[0])
        self.shared = [name for name in SHARED if name in offered]
        for name in self.shared:
            self.fields[name] = build(name, batch.organization.charter, [])
            self.fields[name].help_text = _("For rows without it.")
        if batch.state == BatchState.UPLOADED:
            usual = usual_values(batch.organization)
            for name in self.shared:
                if name in usual:
                    self.initial.setdefault(name, usual[name])
        for name in ("registered_on", "minutes_number", "minutes_date", "cell", *self.shared):
            if name in self.fields:
                self.initial.setdefault(name, decode(batch.defaults.get(name)))
        self.batch = batch

    @property
    def mapping(self) -> dict[str, str]:
        """Return column number → field, as stored in the batch."""
        return {str(index): self.cleaned_data[f"column_{index}"] for index in range(len(self.batch.headings))}

    @property
    def defaults(self) -> dict[str, Any]:
        """Return the default values for all rows."""
        given = {n: self.cleaned_data.get(n) for n in ("registered_on", "minutes_number", "minutes_date")}
        given["registered_on"] = given["registered_on"] or given["minutes_date"]
        cell = self.cleaned_data.get("cell")
        return {**given, **self._shared_values(), "cell": int(cell) if cell else None}

    def _shared_values(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in self.shared}

    @property
    def shared_fields(self) -> list[forms.BoundField]:
        """Return the fields of the card that are the same for all rows."""
        return [self[name] for name in self.shared]

    @property
    def rows(self) -> list[tuple[dict[str, Any], forms.BoundField]]:
        """Return each column with the result of recognition and its form field.

        `open` says whether its select is shown, `read_as` is the label of what was chosen.
        """
        guesses = {guess["column"]: guess for guess in self.batch.guesses}
        samples, labels = self.batch.samples, {key: str(label) for key, label in self.choices}
        most = most_open(len(self.batch.headings))
        found, doubtful = [], 0
        for index in range(len(self.batch.headings)):
            field = self[f"column_{index}"]
            row = {"reason": "", "sure": False, **guesses.get(index, {}), "samples": samples.get(str(index), [])}
            doubtful += not row["sure"]
            read_as = labels.get(str(field.value()))
            first = not row["sure"] and doubtful <= most
            row["open"] = first or field.name == self.opened or read_as is None
            found.append(({**row, "read_as": read_as}, field))
        return found

    def clean(self) -> dict[str, Any]:
        charter = self.batch.organization.charter
        for violation in person_violations(self._shared_values(), charter, timezone.localdate())[1]:
            if violation.field in self.shared:
                self.add_error(violation.field, violation.message)
        return self.cleaned_data

    def clean_registered_on(self) -> Any:
        day = self.cleaned_data["registered_on"]
        if day is not None and day > timezone.localdate():
            raise ValidationError(_("The date is in the future."))
        return day


class RowForm(forms.Form):
    """The texts of one row to be corrected; `notes` is HTML shown beside the fields."""

    word = forms.ChoiceField(
        label=_("What to do with the row"),
        widget=forms.RadioSelect,
        choices=[
            ("take", _("register with the values shown here")),
            ("skip", _("leave out")),
        ],
        initial="take",
    )

    def __init__(
        self,
        texts: Mapping[str, str],
        organization: Organization,
        *args: Any,
        duplicate: bool = False,
        notes: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if duplicate:
            self.fields["confirm_duplicate"] = forms.BooleanField(
                label=_("This is another person than the one named above"), required=False
            )
        for name, text in texts.items():
            label = capfirst(str(FIELDS[name].label)) if name in FIELDS else name
            self.fields[f"text_{name}"] = forms.CharField(
                label=label,
                required=False,
                max_length=_MAX_LENGTH,
                initial=text,
                strip=True,
                help_text=(notes or {}).get(name, ""),
                widget=self._widget(name, organization),
            )
        self.names = list(texts)

    def _widget(self, name: str, organization: Organization) -> forms.Widget:
        attrs = {"autocomplete": "off"}
        if values_offered(name, organization):
            attrs["list"] = f"options-{name}"
        return forms.TextInput(attrs)

    @property
    def texts(self) -> list[forms.BoundField]:
        """Return the fields of the row."""
        return [self[f"text_{name}"] for name in self.names]

    @property
    def values(self) -> dict[str, str]:
        """Return the texts by field."""
        return {name: self.cleaned_data[f"text_{name}"] for name in self.names}


def values_offered(name: str, organization: Organization) -> list[str]:
    """Return the choices offered for a field of a row; empty for free text."""
    if name == "cell":
        return [name for _pk, name in cell_names(organization)]
    if name not in card_fields():
        return []
    return [capfirst(str(label)) for _key, label in choices_of(name, organization.charter)]


class BulkForm(forms.Form):
    """One field of the card and its value for chosen members; without JavaScript the value follows on a second page."""

    field = forms.ChoiceField(label=_("Field"))
    empty = forms.BooleanField(
        label=_("Delete the value"), required=False, help_text=_("The field is left empty on all these cards.")
    )

    def __init__(self, organization: Organization, data: QueryDict) -> None:
        charter = organization.charter
        offered = [name for name in BULK_FIELDS if name in charter.fields]
        asked = data.get("field", "")
        self.field_name = asked if asked in offered else ""
        #: Whether the value was asked for, and not only the field.
        self.is_complete = bool(self.field_name) and data.get("asked") == self.field_name
        super().__init__(data if self.is_complete else None, initial={"field": self.field_name})
        choices = [("", _("— not chosen —")), *((n, capfirst(str(label_of(n, charter)))) for n in offered)]
        self.fields["field"].choices = choices  # type: ignore[attr-defined]
        if self.field_name:
            self.fields["value"] = build(self.field_name, charter, [])
            self.fields["value"].initial = usual_values(organization).get(self.field_name)
        else:
            del self.fields["empty"]

    @property
    def value(self) -> Any:
        """Return the new value; the empty one if it is deleted."""
        return self.cleaned_data["value"]

    def clean(self) -> dict[str, Any]:
        value, empty = self.cleaned_data.get("value"), self.cleaned_data.get("empty")
        if "value" not in self.errors and is_empty(value) != bool(empty):
            message = _("Keep one of the two.") if empty else _("Fill it in, or tick «Delete the value».")
            self.add_error("value", message)
        return self.cleaned_data
