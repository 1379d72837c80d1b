"""The form of a card, built from the charter's sections: for registering by hand and for editing (U-5, U-5a)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from documents.papers.card import name_in
from documents.printing.declension import Case
from registry.access import Actor
from registry.charters.base import Section
from registry.enums import DataClass
from registry.organizations.models import Organization
from registry.text import proper_case

from ..models import Member
from ..queries.history import CLOSED
from ..queries.showing import in_words
from ..rules.completeness import is_answered, missing_fields, required_fields
from ..rules.decided import fixed_fields, ticket_is_in_ledger
from ..rules.duplicates import Duplicate, confirmation
from ..rules.fields import NAMES, card_values, is_empty, label_of
from ..rules.person import cell_names, person_violations
from .fields import YearOnly, build

#: Fields shown side by side if there is room.
_ROWS = (
    ("surname", "given_name", "patronymic"),
    ("birth_date", "snils"),
    ("birth_place", "citizenship"),
    ("category", "marital_status"),
    ("region", "postcode"),
    ("city", "street"),
    ("house", "flat"),
    ("phone_mobile", "phone_home", "email"),
    ("position", "worker_category"),
    ("hired_on", "experience", "teaching_experience"),
    ("faculty", "course", "study_group"),
    ("study_form", "study_until"),
    ("institution", "speciality", "graduated"),
    ("degree", "academic_title"),
    ("education", "profession"),
    ("joined_on", "registered_on"),
    ("ticket_number", "cell"),
    ("minutes_number", "minutes_date"),
    ("dues_form", "dues_percent", "dues_statement_on"),
    ("paper_series", "paper_number", "paper_issued_on"),
    ("paper_issued_by", "paper_code"),
    ("disability_group", "disability_cause"),
    ("certificate_series", "certificate_number"),
    ("certificate_issued_on", "certificate_expires_on"),
    ("family_working", "dependents"),
    ("name_genitive", "name_dative"),
    ("name_accusative",),
)
ROW_OF = {name: row for row in _ROWS for name in row}
#: Inflected names for papers can be corrected on every card, under every charter.
_PAPER_NAMES = Section("paper_names", _("Names on papers"), ("name_genitive", "name_dative", "name_accusative"))
#: Fields shown with separators between groups of digits.
_GROUPED = {"snils", "phone_mobile", "phone_home"}
#: Fields without their own input: a year entered as the date of joining sets this one.
_DERIVED = {"joined_year_only"}


@dataclass(frozen=True)
class Row:
    """Fields that are shown side by side."""

    fields: list[forms.BoundField]


@dataclass(frozen=True)
class Part:
    """A section of the form; a closed one shows nothing until it is opened."""

    section: Section
    rows: list[Row]
    closed: bool = False
    #: Attributes of a closed section without values that only some categories have.
    condition: Mapping[str, str] = field(default_factory=dict)


class CardForm(forms.Form):
    """Fields of the charter's sections on the given tabs that the actor may read."""

    confirmed_duplicate = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    #: Fields of the form that are not card fields, and card fields that this form leaves out.
    extra_fields: frozenset[str] = frozenset({"version", "confirmed_duplicate"})
    left_out: frozenset[str] = frozenset()

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        actor: Actor,
        tabs: Iterable[str] = ("general",),
        member: Member | None = None,
        opened: Iterable[DataClass] | None = None,
        before: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organization, self.charter, self.member, self.actor = organization, organization.charter, member, actor
        #: The data classes that are open; None opens all, because a new card has nothing to hide.
        self.opened = None if opened is None else frozenset(opened)
        #: Possible duplicates reported by the transition (N-A1).
        self.duplicates: list[Duplicate] = []
        sections = [s for s in self.charter.sections if s.tab in tabs and actor.reads(s.data_class)]
        if member is not None and "general" in tabs:
            sections.append(_PAPER_NAMES)
        self.sections = sections
        #: Current values of the card; for an applicant, of the application.
        self.before = dict(before or {}) if member is None else card_values(member)
        #: Required fields with their alternatives, one of which is enough.
        self.one_of: dict[str, tuple[str, ...]] = {}
        self._add_fields()
        self._mark_required()

    def focus_missing(self) -> None:
        """Let the page open with the focus in the first empty required field."""
        for name in missing_fields(self.before, self.charter):
            if name in self.fields:
                self.fields[name].widget.attrs["autofocus"] = True
                return

    def is_open(self, section: Section) -> bool:
        """Return whether the section's fields are in the form."""
        return section.data_class not in CLOSED or self.opened is None or section.data_class in self.opened

    def _add_fields(self) -> None:
        needs_cells = any("cell" in s.fields for s in self.sections)
        cells = cell_names(self.organization) if needs_cells else []
        fixed = fixed_fields(self.member) if self.member is not None else frozenset()
        for section in self.sections:
            if not self.is_open(section):
                continue
            for name in section.fields:
                if name in _DERIVED or name in self.left_out or (name == "cell" and not cells):
                    continue
                self.fields[name] = build(name, self.charter, cells, self.before.get(name))
                self.fields[name].condition = self._condition([name])  # type: ignore[attr-defined]
                if self.before:
                    self.initial.setdefault(name, self._shown(name))
                if name in fixed:
                    self.fields[name].disabled = True
                    self.fields[name].help_text = _("Fixed by a decision. It is corrected on the tab of registrations.")
        if self.member is not None and "ticket_number" in self.fields and ticket_is_in_ledger(self.member):
            self.fields["ticket_number"].disabled = True
            self.fields["ticket_number"].help_text = _(
                "From the ticket journal. A new one is issued by an issue sheet."
            )
        if self.member is not None:
            self._preview_names(self.member)
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=self.member.version)

    def _preview_names(self, member: Member) -> None:
        """Set the help texts of the declined names to the forms that papers print now."""
        cases = {
            "name_genitive": Case.GENITIVE,
            "name_dative": Case.DATIVE,
            "name_accusative": Case.ACCUSATIVE,
        }
        for name, case in cases.items():
            if name in self.fields:
                said = _("Papers now print: %(name)s.") % {"name": name_in(member, case)}
                self.fields[name].help_text = f"{self.fields[name].help_text} {said}"

    def _condition(self, names: Iterable[str]) -> dict[str, str]:
        """Return the attributes by which a script hides these fields while they are empty and their category, possibly
        on another tab, does not have them.
        """
        concerned = [self.charter.only_for.get(name, frozenset()) for name in names]
        if not all(concerned):
            return {}
        found = {"data-only-for": " ".join(sorted(frozenset().union(*concerned)))}
        own = any("category" in section.fields for section in self.sections)
        return found if own else {**found, "data-category": str(self.before.get("category") or "")}

    def _shown(self, name: str) -> Any:
        value = self.before.get(name)
        if name == "joined_on" and value is not None and self.before.get("joined_year_only"):
            return YearOnly(value.year, 1, 1)
        return in_words(name, value, self.charter) if value and name in _GROUPED else value

    def _mark_required(self) -> None:
        """Mark required fields; one that was empty before gets a hint but does not block other changes (R2)."""
        category = self.data.get("category", "") if self.is_bound else self.before.get("category", "")
        for name in required_fields({"category": category}, self.charter):
            if name not in self.fields:
                continue
            field = self.fields[name]
            others = self.charter.stand_ins.get(name, ())
            if self.member is not None and not is_answered(name, self.before, self.charter):
                field.help_text = _("The card is not complete without it.")
            elif others:
                field.marked = True  # type: ignore[attr-defined]
                self.one_of[name] = others
            else:
                field.required = True
                field.error_messages["required"] = _("Fill it in.")

    def clean(self) -> dict[str, Any]:
        values = {n: v for n, v in self.cleaned_data.items() if n not in self.extra_fields}
        for name in NAMES:
            if values.get(name):
                values[name] = proper_case(values[name].strip())
        if "joined_on" in values:
            joined = values["joined_on"]
            values["joined_year_only"] = isinstance(joined, YearOnly)
            values["joined_on"] = joined and dt.date(joined.year, joined.month, joined.day)
        whole = {**self.before, **values}
        for name, others in self.one_of.items():
            if not is_answered(name, whole, self.charter):
                instead = ", ".join(f"«{capfirst(str(label_of(other, self.charter)))}»" for other in others)
                self.add_error(name, _("Fill it in, or %(instead)s instead of it.") % {"instead": instead})
        done, wrong = person_violations(whole, self.charter, timezone.localdate())
        self._add_wrong(wrong, values)
        # The error summary lists errors in the order of the fields.
        found = dict(self.errors)
        self.errors.clear()
        self.errors.update({name: found[name] for name in (*self.fields, *found) if name in found})
        self.values = {name: done.get(name, values[name]) for name in values}
        return self.cleaned_data

    def _add_wrong(self, wrong: Iterable[Any], values: Mapping[str, Any]) -> None:
        old: set[tuple[str, str]] = set()
        if self.before:
            found = person_violations(self.before, self.charter, timezone.localdate())[1]
            old = {(v.field, str(v.message)) for v in found}
        for violation in wrong:
            if violation.field in self.errors or (violation.field in NAMES and is_empty(values.get(violation.field))):
                continue
            changed = values.get(violation.field) != self.before.get(violation.field)
            if not changed and (violation.field, str(violation.message)) in old:
                continue
            if violation.field in self.fields:
                self.add_error(violation.field, violation.message)
            else:
                label = capfirst(str(label_of(violation.field, self.charter)))
                self.add_error(None, _("%(field)s: %(message)s") % {"field": label, "message": violation.message})

    def submitted(self) -> dict[str, Any]:
        """Return the values for the transition, with the confirmation that the person is no duplicate."""
        return {**self.values, "confirmed_duplicate": self.cleaned_data.get("confirmed_duplicate", "")}

    @property
    def confirmation(self) -> str:
        """Return the value of the checkbox «This is somebody else».

        Empty if a number is identical, which cannot be confirmed.
        """
        return "" if any(d.certain for d in self.duplicates) else confirmation(self.duplicates)

    @cached_property
    def parts(self) -> list[Part]:
        """Return the sections in order, with their fields in rows."""
        return self.sections_in_rows()

    def sections_in_rows(self) -> list[Part]:
        """Return the charter's sections, without sections that a subclass adds."""
        found = []
        for section in self.sections:
            rows: list[Row] = []
            done: set[str] = set()
            names = [name for name in section.fields if name in self.fields]
            for name in names:
                if name in done:
                    continue
                row = [n for n in ROW_OF.get(name, (name,)) if n in names]
                done |= set(row)
                rows.append(Row([self[n] for n in row]))
            closed = not self.is_open(section)
            if rows or closed:
                empty = closed and all(is_empty(self.before.get(name)) for name in section.fields)
                found.append(Part(section, rows, closed, self._condition(section.fields) if empty else {}))
        return found


class NewCardForm(CardForm):
    """The form of a new card, which also asks for the proof of membership and the previous organisation (V-B1,
    V-B9).
    """

    extra_fields = CardForm.extra_fields | {"arrived_from", "ground"}

    ground = forms.CharField(
        label=_("Document that proves the membership"),
        required=False,
        max_length=200,
        help_text=_("Needed if neither the ticket № nor the minutes are entered. For example: member card of 2011."),
    )
    arrived_from = forms.CharField(
        label=_("Arrived from an organisation that is not in the registry"),
        required=False,
        max_length=200,
        help_text=_(
            "The name of the organisation, if the member brought a ticket and card from there. Otherwise leave it "
            "empty."
        ),
    )
