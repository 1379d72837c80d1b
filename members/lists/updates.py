"""Previews of changes of many cards, by a workbook or by one value for chosen members (U-5).

Nothing here writes; `members.lists.transitions.updates` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from members.people import exports
from members.people.models import Member
from members.people.queries.history import values_at
from members.people.rules.decided import check_not_fixed
from members.people.rules.duplicates import DuplicateFound, name_key
from members.people.rules.editing import checked_changes
from members.people.rules.fields import is_empty
from members.people.rules.person import cells_of
from registry.access import Actor, require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Organization
from registry.requests import number_in

from .batches import cell_key
from .enums import UpdateVerdict
from .loading import read_file
from .models import CardUpdate, CardUpdateRow, encode
from .reading.columns import normalise_heading
from .reading.fields import FIELDS
from .reading.issues import Issue, Kind
from .reading.reader import Row, Table
from .reading.records import SECONDARY_VALUES
from .reading.source import as_text, is_blank
from .reading.values import parse
from .rules import check_changes_something, check_leads_to_cards
from .transitions import updates as transitions
from .verdicts import awaits_a_word

#: Maximum number of cards in one change.
MAX_CARDS = 2000
#: More cards are changed by a job.
MAX_CARDS_AT_ONCE = 200
#: Fields that may have the same value for many members.
BULK_FIELDS = (
    "category", "education", "profession", "workplace", "position", "worker_category", "hired_on", "faculty",
    "course", "study_group", "study_form", "study_until", "institution", "speciality", "graduated", "dues_form",
    "dues_percent", "dues_statement_on", "division", "citizenship", "region", "postcode", "city", "contact_channel",
)  # fmt: skip


@dataclass
class Proposed:
    """Changes of one row: values by field, with remarks."""

    number: int
    member: Member | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    #: Field → why its value is not taken.
    problems: dict[str, str] = field(default_factory=dict)
    #: Field → text in the file that is not a valid value.
    unread: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    doubtful: bool = False

    def doubt(self, sentence: str) -> None:
        """Add a remark; rows with remarks have to be chosen by an officer."""
        self.remarks.append(sentence)
        self.doubtful = True


@dataclass(frozen=True, slots=True)
class Compared:
    """Changes by a workbook, or by one value for chosen members: the rows and the number of compared cards."""

    organization: Organization
    rows: list[CardUpdateRow]
    #: Name of the workbook, and headings of columns that are not read.
    name: str
    ignored: list[str]
    read: int


def keeper_of(by: Actor) -> Organization:
    """Return the actor's organisation, whose cards they may change. Raises `NotAllowed`."""
    own = by.organization
    if own is None or not own.keeps_cards:
        raise NotAllowed
    require(by, Permission.EDIT_MEMBERS, own)
    return own


def update_chosen(ids: Sequence[int], *, name: str, value: Any, by: Actor) -> CardUpdate:
    """Prepare the same value of a field for chosen members. Raises `RuleViolation` if no card would change."""
    organization = keeper_of(by)
    sheet = exports.sheet_for(by, exports.classes_offered(by))
    rows = []
    for number, (member, card) in enumerate(exports.cards_of(ids, sheet, by), start=1):
        row = Proposed(number, member, before=card, after={name: value})
        if member.organization_id != organization.pk:
            row.after = {}
            row.remarks.append(_("This card is kept by another organisation."))
        rows.append(row)
    return store_update(Compared(organization, _changing(rows, organization, by), "", [], len(rows)), by=by)


def leads_to_cards(table: Table, by: Actor) -> bool:
    """Return whether the file is a downloaded list whose rows name cards of the actor's organisation."""
    headings = [normalise_heading(heading) for heading in table.headings]
    wanted = normalise_heading(exports.IDENTIFYING[exports.CARD][0])
    if wanted not in headings:
        return False
    at = headings.index(wanted)
    texts = [as_text(row.cells[at]) for row in table.rows if at < len(row.cells)]
    numbers = [number for text in texts if (number := number_in(text)) is not None]
    own = Member.objects.visible_to(by).filter(organization=by.organization)
    return own.filter(pk__in=numbers).exists()


def update_from_workbook(data: bytes, name: str, *, sheet: str | None = None, by: Actor) -> CardUpdate:
    """Compare a downloaded and edited list with the cards that its rows name, and prepare the changes.

    Raises `RuleViolation` if the file cannot be read or names no cards, `NothingDiffers` if it changes nothing.
    """
    keeper_of(by)
    return store_update(compare(read_file(data, name, sheet), name, by=by), by=by)


def compare(table: Table, name: str, *, by: Actor) -> Compared:
    """Return the changes in a downloaded and edited list, without storing them. Raises as `update_from_workbook`."""
    organization = keeper_of(by)
    workbook = Workbook(table, organization, by)
    rows = _changing(workbook.rows(), organization, by)
    return Compared(organization, rows, name, workbook.ignored, len(table.rows))


def store_update(compared: Compared, *, by: Actor) -> CardUpdate:
    """Store the proposed changes, to be confirmed."""
    return transitions.keep_update(
        organization=compared.organization, rows=compared.rows, name=compared.name, ignored=compared.ignored,
        read=compared.read, by=by,
    )  # fmt: skip


class Workbook:
    """An uploaded workbook that was downloaded as a list before."""

    def __init__(self, table: Table, organization: Organization, by: Actor) -> None:
        self.table, self.organization, self.by = table, organization, by
        self.charter, self.today = organization.charter, timezone.localdate()
        self.sheet = exports.sheet_for(by, exports.classes_offered(by), identified=True)
        keys = {normalise_heading(h): key for key, h in zip(self.sheet.keys, self.sheet.headings, strict=True)}
        found = [keys.get(normalise_heading(heading), "") for heading in table.headings]
        #: Column → key, for columns of the download.
        self.columns = {at: key for at, key in enumerate(found) if key and found.index(key) == at}
        self.ignored = [h for at, h in enumerate(table.headings) if h and at not in self.columns]
        check_leads_to_cards(exports.CARD in self.columns.values())
        self.cells: dict[str, int | None] = {cell_key(c.short_name): c.pk for c in cells_of(organization)}

    def rows(self) -> list[Proposed]:
        """Return the changes of each row; rows without changes are omitted."""
        numbers = {row.number: number_in(as_text(self._cell(row, exports.CARD))) for row in self.table.rows}
        times = Counter(numbers.values())
        ids = [pk for pk in numbers.values() if pk is not None]
        own = Member.objects.visible_to(self.by).filter(organization=self.organization)
        known = set(own.filter(pk__in=ids).values_list("pk", flat=True))
        cards = {member.pk: (member, card) for member, card in exports.cards_of(sorted(known), self.sheet, self.by)}
        rows = []
        for row in self.table.rows:
            pk = numbers[row.number]
            if pk is None or pk not in cards:
                rows.append(Proposed(row.number, remarks=[_("The number of the card leads to no card of yours.")]))
            elif times[pk] > 1:
                rows.append(Proposed(row.number, remarks=[_("The number of this card stands in several rows.")]))
            else:
                rows.append(self._compared(row, *cards[pk]))
        return [row for row in rows if row.after or row.problems or row.member is None]

    def _cell(self, row: Row, key: str) -> Any:
        at = next((at for at, name in self.columns.items() if name == key), len(row.cells))
        return row.cells[at] if at < len(row.cells) else None

    def _compared(self, row: Row, member: Member, card: dict[str, Any]) -> Proposed:
        """Return the row's changes: cells that differ from the download, except those that others changed since."""
        proposed = Proposed(row.number, member, before=card)
        version = number_in(as_text(self._cell(row, exports.VERSION)))
        downloaded = card
        if version is None or version > member.version:
            proposed.doubt(_("The version of the card is missing: changes by others cannot be told."))
        elif version < member.version:
            downloaded = values_at(member, version) or card
        told = dict(zip(self.sheet.keys, exports.cells_of_card(member, downloaded, self.sheet), strict=True))
        for at, key in self.columns.items():
            cell = row.cells[at] if at < len(row.cells) else None
            names = [name for name in exports.fields_of(key, self.charter) if name in card]
            if key not in FIELDS or not names or _same_cell(cell, told[key]):
                continue
            self._read(proposed, key, cell, names, downloaded, since_1904=row.since_1904)
        if name_key(*_named(proposed.before)) != name_key(*_named({**proposed.before, **proposed.after})) and (
            {"surname", "given_name"} <= proposed.after.keys() or {"surname", "birth_date"} <= proposed.after.keys()
        ):
            proposed.doubt(_("Names differ so much that the number may stand beside another person."))
        return proposed

    def _read(
        self,
        row: Proposed,
        key: str,
        cell: Any,
        names: list[str],
        downloaded: Mapping[str, Any],
        *,
        since_1904: bool,
    ) -> None:
        """Add the values of a changed cell, and its additional ones if the card lacks them."""
        parsed = parse(
            key, cell, today=self.today, minimum_age=self.charter.minimum_age, since_1904=since_1904,
            passport=row.before.get("paper_kind") in {"", None, "passport"},
        )  # fmt: skip
        values = {name: value for name, value in parsed.values.items() if name in names}
        if key == "cell" and values:
            found = self.cells.get(cell_key(str(values["cell"])))
            if found is None:
                row.problems["cell"] = _("There is no primary cell of this name.")
                row.unread["cell"] = as_text(cell)[:200]
                return
            values = {"cell": found}
        if not values and not is_blank(cell):
            sentences = [str(issue.message) for issue in parsed.issues]
            row.problems[names[0]] = " ".join(sentences) or _("The value cannot be read.")
            row.unread[names[0]] = as_text(cell)[:200]
            return
        wanted = {name: values.get(name, _nothing(row.before[name])) for name in names}
        wanted |= {
            name: parsed.values[name]
            for name in SECONDARY_VALUES.get(key, ())
            if name in parsed.values and name in row.before and is_empty(row.before[name]) and name not in row.after
        }
        changed = {name: value for name, value in wanted.items() if not _same(value, row.before[name])}
        if not changed:
            return
        row.after |= changed
        for issue in parsed.issues:
            # An additional value of the cell that is not used has no remark.
            if issue.field == key or issue.field in changed:
                self._tell(row, issue)
        if any(not _same(downloaded.get(name), row.before[name]) for name in names):
            row.doubt(_("Somebody else has changed this value since the list was downloaded."))
        if any(is_empty(value) and not is_empty(row.before[name]) for name, value in changed.items()):
            row.doubt(_("A value is deleted."))

    def _tell(self, row: Proposed, issue: Issue) -> None:
        """Add remarks on how the cell was read; doubtful values have to be confirmed, as in a list."""
        if issue.kind is Kind.ERROR:
            return
        sentence = f"{capfirst(str(FIELDS[issue.field].label))}: {issue.message}"
        if awaits_a_word(issue):
            row.doubt(sentence)
        else:
            row.remarks.append(sentence)


def _named(card: Mapping[str, Any]) -> tuple[Any, Any]:
    return card.get("surname"), card.get("given_name")


def _same_cell(cell: Any, shown: Any) -> bool:
    return as_text(cell).strip() == as_text(shown).strip()


def _same(one: Any, other: Any) -> bool:
    return one == other or (is_empty(one) and is_empty(other)) or (not one and not other and False in (one, other))


def _nothing(before: Any) -> Any:
    """Return the empty value of the same type."""
    if isinstance(before, bool):
        return False
    if isinstance(before, str):
        return ""
    return [] if isinstance(before, list) else None


def _changing(proposed: Sequence[Proposed], organization: Organization, by: Actor) -> list[CardUpdateRow]:
    """Return the rows to be stored, checked against the rules of the card. Raises `RuleViolation`."""
    check_changes_something(proposed, MAX_CARDS)
    changing = [row for row in (_row(row, organization, by) for row in proposed) if row is not None]
    check_changes_something(changing, MAX_CARDS)
    return changing


def _row(row: Proposed, organization: Organization, by: Actor) -> CardUpdateRow | None:
    """Return the row to be stored; None if it does not differ from the card."""
    after = dict(row.after)
    changed: dict[str, Any] = {}
    while after and row.member is not None:
        try:
            changed = checked_changes(row.member, organization, row.before, after, by=by, today=timezone.localdate())[0]
            check_not_fixed(row.member, changed)
            break
        except RuleViolation as violation:
            field_of_it = violation.field if violation.field in after else next(iter(after))
            row.problems[field_of_it] = _sentence(violation)
            for name in _together(field_of_it):
                after.pop(name, None)
            changed = {}
    if row.member is not None and not (changed or row.problems or row.remarks):
        return None
    changes = {
        **{
            name: _change(row, name, row.unread.get(name, row.after.get(name)), problem)
            for name, problem in row.problems.items()
        },
        **{name: _change(row, name, value) for name, value in changed.items()},
    }
    if "joined_year_only" in changes and "joined_on" not in changes:
        changes["joined_on"] = _change(row, "joined_on", row.before["joined_on"])
    verdict = UpdateVerdict.DOUBTFUL if row.doubtful else UpdateVerdict.READY
    if not changed:
        verdict = UpdateVerdict.REFUSED
    return CardUpdateRow(
        member=row.member,
        number=row.number,
        seen=row.member.version if row.member is not None else 0,
        verdict=verdict,
        chosen=verdict == UpdateVerdict.READY,
        changes=changes,
        remarks=list(dict.fromkeys(row.remarks)),
    )


def _sentence(violation: RuleViolation) -> str:
    if isinstance(violation, DuplicateFound):
        return " ".join([str(violation.message), *(str(twin.sentence) for twin in violation.duplicates)])
    return str(violation.message)


def _together(name: str) -> set[str]:
    """Return the fields that are applied or left out together with the field."""
    pairs = ({"joined_on", "joined_year_only"}, {"patronymic", "no_patronymic"})
    return next((pair for pair in pairs if name in pair), {name})


def _change(row: Proposed, name: str, after: Any, problem: str = "") -> dict[str, Any]:
    found = {"before": encode(row.before.get(name)), "after": encode(after)}
    return {**found, "problem": problem} if problem else found
