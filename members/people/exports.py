"""Export of the member list to a workbook that can be imported again: it uses headings and values of the import."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from documents.papers.screen_list import Listed
from members.book.models import BookLine, Registration
from members.book.queries.on_day import stands_in
from members.lists.reading.fields import FIELDS
from registry.access import Actor
from registry.charters.base import Charter
from registry.checks import format_phone, format_snils
from registry.enums import DataClass, Permission
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from registry.spreadsheets.writing import Workbook

from .columns import Column, cells_by_member
from .filters import MemberFilter
from .models import Member
from .rules.fields import PARTS, choices_of, is_list, known_choices, label_of, values_of

#: Maximum number of rows exported within a request; larger exports run as a job.
MAX_ROWS_AT_ONCE = 2_000

#: Card fields whose column in a list has another key; several fields may share a column.
_LISTED = {
    "phone_mobile": "phone",
    "phone_home": "phone",
    "paper_series": "passport_series",
    "paper_number": "passport_number",
    "paper_issued_on": "passport_issued_on",
    "paper_issued_by": "passport_issued_by",
    "paper_code": "passport_code",
    "certificate_indefinite": "certificate_expires_on",
}
#: Fields expressed by another column: «no patronymic» by «нет», «year only» by a year instead of a date.
_TOLD_ELSEWHERE = {"no_patronymic": "patronymic", "joined_year_only": "joined_on"}
#: Columns that identify the card of a row when the workbook is uploaded as changes.
CARD, VERSION = "card", "card_version"
IDENTIFYING = {
    CARD: ("Номер карточки в реестре (не менять)", itemgetter(CARD)),
    VERSION: ("Версия карточки (не менять)", itemgetter(VERSION)),
}
#: Maximum width in characters of a column of a list as shown on the screen.
MAX_WIDTH = 50
_MEMBERS, _VALUES = "Члены", "Значения"
_WIDTHS = {
    "address": 40,
    "workplace": 40,
    "email": 28,
    "phone": 32,
    "surname": 20,
    "full_name": 40,
    "unit": 40,
    "given_name": 16,
    "patronymic": 20,
}

Values = dict[str, Any]
Show = Callable[[Values], Any]


@dataclass(frozen=True)
class Sheet:
    """Columns of the workbook: keys, headings and functions that return the value of a cell."""

    keys: tuple[str, ...]
    headings: tuple[str, ...]
    shows: tuple[Show, ...]
    #: Related records of the member that the columns need.
    parts: tuple[str, ...]
    #: Allowed values by heading, written to the second sheet.
    options: tuple[tuple[str, tuple[str, ...]], ...]


def classes_offered(actor: Actor) -> list[DataClass]:
    """Return the special data classes that the actor may read and the charter's card contains."""
    if actor.organization is None:
        return []
    present = {section.data_class for section in actor.organization.charter.sections}
    return [c for c in (DataClass.IDENTITY, DataClass.HEALTH) if c in present and actor.reads(c)]


def sheet_for(actor: Actor, classes: Iterable[DataClass] = (), *, identified: bool = False) -> Sheet:
    """Return the charter's columns of the general class and of those `classes` that the actor may read.

    `identified` adds number and version of the card, so that the workbook can be uploaded as changes. Raises
    `NotAllowed` if the actor has no organisation.
    """
    if actor.organization is None:
        raise NotAllowed
    charter = actor.organization.charter
    wanted = {DataClass.GENERAL, *(c for c in classes if actor.reads(c))}
    columns: dict[str, tuple[str, Show]] = {}
    options = []
    with override("ru"):
        if not actor.organization.keeps_cards and actor.organization.level != charter.cell:
            columns["unit"] = ("Числится в организации", lambda values: values["unit"])
        for section in charter.sections:
            if section.data_class not in wanted:
                continue
            for name in section.fields:
                key = _LISTED.get(name, name)
                if name in _TOLD_ELSEWHERE or key in columns:
                    continue
                heading = _heading(key, name, charter)
                columns[key] = (heading, _SHOWN.get(key) or _plain(name, charter))
                if labels := tuple(str(label) for _key, label in choices_of(name, charter)):
                    options.append((heading, labels))
        if charter.charges_dues and actor.reads(DataClass.MONEY) and actor.may(Permission.VIEW_DUES):
            columns |= _DUES
        if identified:
            columns |= IDENTIFYING
    return Sheet(
        keys=tuple(columns),
        headings=tuple(heading for heading, _show in columns.values()),
        shows=tuple(show for _heading_, show in columns.values()),
        parts=tuple(part for part, model in PARTS.items() if model.DATA_CLASS in wanted),  # type: ignore[attr-defined]
        options=tuple(options),
    )


def fields_of(key: str, charter: Charter) -> list[str]:
    """Return the fields of the card in a column."""
    return [name for name in charter.fields if _LISTED.get(name, name) == key or _TOLD_ELSEWHERE.get(name) == key]


def _heading(key: str, name: str, charter: Charter) -> str:
    text = str(FIELDS[key].label if key in FIELDS else label_of(name, charter))
    return text[:1].upper() + text[1:]


def _plain(name: str, charter: Charter) -> Show:
    labels = {str(key): str(label) for key, label in known_choices(name, charter)}

    def show(values: Values) -> Any:
        value = values.get(name)
        if is_list(name):
            return "; ".join(labels.get(str(one), str(one)) for one in value or [])
        if isinstance(value, bool):
            return "да" if value else ""
        return labels.get(str(value), value) if labels else value

    return show


def _phones(values: Values) -> str:
    mobile = [format_phone(part.strip()) for part in values.get("phone_mobile", "").split(",") if part.strip()]
    home = [f"дом. {format_phone(part.strip())}" for part in values.get("phone_home", "").split(",") if part.strip()]
    return ", ".join(mobile + home)


def _joined(values: Values) -> Any:
    joined = values.get("joined_on")
    return joined.year if joined and values.get("joined_year_only") else joined


def _patronymic(values: Values) -> str:
    return values.get("patronymic") or ("нет" if values.get("no_patronymic") else "")


def _expires(values: Values) -> Any:
    return "бессрочно" if values.get("certificate_indefinite") else values.get("certificate_expires_on")


_SHOWN: dict[str, Show] = {
    "patronymic": _patronymic,
    "snils": lambda values: format_snils(values.get("snils") or ""),
    "phone": _phones,
    "joined_on": _joined,
    "certificate_expires_on": _expires,
    "cell": lambda values: values["cell"],
}


def _paid_to(values: Values) -> Any:
    return values["dues"].paid_to if values["dues"] is not None else None


def _owes(values: Values) -> Any:
    return values["dues"].unpaid or None if values["dues"] is not None else None


def _owes_since(values: Values) -> Any:
    """Return the first day after the due date of the oldest uncovered charge."""
    since = values["dues"].unpaid_since if values["dues"] is not None else None
    return since + dt.timedelta(days=1) if since is not None and since < timezone.localdate() else None


#: Columns from the ledger; the import recognises their headings and ignores them.
_DUES: dict[str, tuple[str, Show]] = {
    "dues_paid_to": ("Взносы уплачены по год", _paid_to),
    "dues_owed": ("Не уплачено, руб.", _owes),
    "dues_since": ("Задолженность с", _owes_since),
}


def rows_of(ids: Sequence[int], sheet: Sheet, actor: Actor) -> list[list[Any]]:
    """Return the rows of the registered members visible to the actor, in the order of `ids`.

    Uses a constant number of queries.
    """
    return [cells_of_card(member, values, sheet) for member, values in cards_of(ids, sheet, actor)]


def cells_of_card(member: Member, values: Values, sheet: Sheet) -> list[Any]:
    """Return the cells of a card; `values` are those of `cards_of`."""
    told = {
        **values,
        "unit": member.organization.short_name if member.organization else "",
        "dues": getattr(member, "dues", None) if "dues_owed" in sheet.keys else None,
        "cell": member.cell.short_name if member.cell else "",
        CARD: member.pk,
        VERSION: member.version,
    }
    return [show(told) for show in sheet.shows]


def cards_of(ids: Sequence[int], sheet: Sheet, actor: Actor) -> Iterator[tuple[Member, Values]]:
    """Yield the registered members visible to the actor with their values, in the order of `ids`."""
    found = Member.objects.visible_to(actor).registered().filter(pk__in=ids)
    # Records that are not exported are not decrypted.
    dues = ("dues",) if "dues_owed" in sheet.keys else ()
    members = found.select_related("organization", "cell", "federation", *dues, *sheet.parts).in_bulk()
    open_ones = Registration.objects.visible_to(actor).filter(member__in=list(members), ended_on__isnull=True)
    registrations = {row.member_id: row for row in open_ones}
    for member in (members[pk] for pk in ids if pk in members):
        records = {part: getattr(member, part, None) for part in sheet.parts}
        yield member, values_of(member, {**records, "registration": registrations.get(member.pk)})


def sheet_of_day(*, units: bool) -> Sheet:
    """Return the columns of the list of people registered on a day; `units` adds their organisation."""
    columns = {
        "number": "№ п/п", "full_name": "ФИО", **({"unit": "Организация"} if units else {}),
        "ticket_number": "№ билета", "entered_on": "На учёте с", "left_on": "Снятие с учёта",
    }  # fmt: skip
    shows: tuple[Show, ...] = tuple(itemgetter(name) for name in columns)
    return Sheet(tuple(columns), tuple(columns.values()), shows, (), ())


def rows_of_day(
    ids: Sequence[int], place: Organization, sheet: Sheet, actor: Actor, *, first: int = 1
) -> list[list[Any]]:
    """Return the rows of these book lines in the order of `ids`, numbered from `first`."""
    found = BookLine.objects.visible_to(actor).select_related("unit__parent").in_bulk(ids)
    rows = []
    for number, line in enumerate((found[pk] for pk in ids if pk in found), start=first):
        values = {
            "number": number, "full_name": line.full_name, "unit": stands_in(line, place),
            "ticket_number": line.ticket_number, "entered_on": line.entered_on, "left_on": line.left_on,
        }  # fmt: skip
        rows.append([show(values) for show in sheet.shows])
    return rows


def name_of_day(day: dt.date) -> str:
    """Return a file name without personal data for the export of a day."""
    return _("registered-members") + f"-{day:%Y-%m-%d}.xlsx"


def file_name() -> str:
    """Return a file name without personal data for the export of the list."""
    return _("members") + f"-{timezone.localdate():%Y-%m-%d}.xlsx"


def list_name() -> str:
    """Return a file name without personal data for a list as shown on the screen."""
    return _("list-of-members") + f"-{timezone.localdate():%Y-%m-%d}.xlsx"


def list_as_shown(ids: Sequence[int], columns: Sequence[Column], actor: Actor) -> bytes:
    """Return a workbook with exactly these columns; dates and numbers are typed, and no cell is a formula."""
    headings = [_("Surname, name, patronymic"), *(str(capfirst(column.label)) for column in columns)]
    rows: list[list[Any]] = [
        [member.full_name, *(cell.in_file for cell in cells)]
        for member, cells in cells_by_member(ids, columns, Member.objects.visible_to(actor))
    ]
    longest = [max((len(str(row[at])) for row in rows), default=0) for at in range(len(headings))]
    widths = [
        min(max(length + 2, len(heading), 12), MAX_WIDTH) for heading, length in zip(headings, longest, strict=True)
    ]
    with Workbook(constant_memory=True) as book:
        page = book.add_page(_("Members"), list(zip(headings, widths, strict=True)), frozen=1)
        for number, row in enumerate(rows, start=1):
            for at, value in enumerate(row):
                book.write(page, number, at, value)
        page.autofilter(0, 0, len(rows), len(headings) - 1)
    return book.data


def paper_list(ids: Sequence[int], columns: Sequence[Column], listing: MemberFilter) -> Listed:
    """Return the list for a paper, in Russian, with the filters and order of the screen."""
    actor = listing.actor
    with override("ru"):
        notes = [f"{label}: {value}" for _name, label, value in listing.told]
        if listing.searches:
            notes.append("найденные поиском")
        if order := order_in_words(listing.sort, columns):
            notes.append(order)
        headings = ["Фамилия, имя, отчество", *(str(capfirst(column.label)) for column in columns)]
        rows = [
            [member.full_name, *(cell.on_paper for cell in cells)]
            for member, cells in cells_by_member(ids, columns, Member.objects.visible_to(actor))
        ]
        whose = actor.organization.charter.wording["of_members"] if actor.organization is not None else ""
        return Listed(f"Список {whose}".strip(), notes, headings, rows)


def order_in_words(sort: str, columns: Sequence[Column]) -> str:
    """Return the order of the list in Russian; empty for the order of names."""
    label = next((str(column.label) for column in columns if column.key == sort.removeprefix("-")), "")
    if sort == "-name":
        return "порядок: фамилия, обратный"
    return f"порядок: {label}{', обратный' if sort.startswith('-') else ''}" if label else ""


def pack(rows: list[list[Any]]) -> bytes:
    """Serialise rows to bytes for `unpack`; dates and decimals are preserved."""
    return json.dumps([[_packed(value) for value in row] for row in rows], ensure_ascii=False).encode()


def unpack(data: bytes) -> list[list[Any]]:
    return [[_unpacked(value) for value in row] for row in json.loads(data)]


def _packed(value: Any) -> Any:
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    return str(value) if isinstance(value, Decimal) else value


def _unpacked(value: Any) -> Any:
    return dt.date.fromisoformat(value["date"]) if isinstance(value, dict) else value


def workbook(sheet: Sheet, rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the workbook: people on the first sheet, allowed values on the second; no cell is a formula or a link."""
    with Workbook(constant_memory=True) as book:
        headings = [(heading, _WIDTHS.get(key, 18)) for key, heading in zip(sheet.keys, sheet.headings, strict=True)]
        people = book.add_page(_MEMBERS, headings, frozen=1)
        last = 0
        for last, row in enumerate(rows, start=1):
            for at, value in enumerate(row):
                book.write(people, last, at, value)
        if last:
            people.autofilter(0, 0, last, len(sheet.headings) - 1)
        if sheet.options:
            _write_options(book, sheet)
    return book.data


def _write_options(book: Workbook, sheet: Sheet) -> None:
    page = book.add_page(_VALUES, [(heading, 30) for heading, _labels in sheet.options])
    columns = [labels for _title, labels in sheet.options]
    for row in range(max(map(len, columns), default=0)):
        for at, labels in enumerate(columns):
            if row < len(labels):
                book.write(page, row + 1, at, labels[row])


CLASS_LABELS = {
    DataClass.IDENTITY: gettext_lazy("identity papers"),
    DataClass.HEALTH: gettext_lazy("disability and health"),
}
