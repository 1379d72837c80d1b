"""Import of subordinate organisations from a spreadsheet: a plan for every row with all its errors."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registry.access import Actor
from registry.checks import CheckFailed
from registry.days import DAY_FORMAT, day_text
from registry.enums import Level
from registry.errors import RuleViolation
from registry.spreadsheets.files import Cell, ReadBefore, Row, Sheet, Unreadable, check_sheet, read_at_once, visible
from registry.text import clean, search_key, sort_key
from registry.widgets import normalise_date

from .models import Organization
from .rules import names, passports
from .rules import tree as rules
from .rules.lists import MAX_ROWS, check_has_headings, check_number_of_rows

#: Kind of the job that reads large lists.
READ_LIST = "organizations.read_list"
#: The heading row is searched among the first rows, below titles.
_MAX_HEADING_ROW = 30

#: Field → headings in lower case without punctuation; the first that matches a column is used.
HEADINGS: dict[str, tuple[str, ...]] = {
    "short_name": ("краткое наименование", "сокращенное наименование", "краткое название", "краткое", "short name"),
    "parent": (
        "вышестоящая организация",
        "вышестоящая",
        "код вышестоящей организации",
        "наименование вышестоящей организации",
        "superior organisation",
    ),
    "full_name": (
        "полное наименование",
        "наименование организации",
        "наименование",
        "полное название",
        "название",
        "организация",
        "full name",
        "name",
    ),
    "level": ("уровень", "уровень организации", "вид", "вид организации", "тип", "тип организации", "level"),
    "code": ("код", "код инпо", "инпо", "code"),
    "inn": ("инн", "inn"),
    "ogrn": ("огрн", "ogrn"),
    "chair_name": ("председатель", "фио председателя", "ф и о председателя", "руководитель", "chair"),
    "phone": ("телефон", "контактный телефон", "контакты", "контактные данные", "telephone"),
    "email": (
        "e mail",
        "email",
        "эл почта",
        "электронная почта",
        "почта",
        "адрес электронной почты",
        "электронный адрес",
        "эл адрес",
    ),
    "postal_address": ("почтовый адрес", "адрес", "postal address"),
    "founded_on": ("дата создания", "создана", "дата основания", "founded on"),
}
_LENGTHS = {
    "full_name": 300,
    "short_name": 150,
    "chair_name": 200,
    "postal_address": 300,
    "email": 254,
    "phone": 60,
    "code": 20,
}
_LEVEL_WORDS = {
    Level.REGIONAL: ("региональ", "межрегиональ", "областн", "краев", "республик", "regional"),
    Level.LOCAL: ("местн", "территориальн", "районн", "городск", "local"),
    Level.PRIMARY: ("первич", "ячейк", "ппо", "профгрупп", "primary"),
}
#: Abbreviated levels, matched as whole words because names of other levels begin alike.
_LEVEL_INITIALS = {
    Level.REGIONAL: ("ро", "регион", "обком", "крайком", "рк"),
    Level.LOCAL: ("мо", "то", "райком", "горком"),
    Level.PRIMARY: ("по", "пп", "профком"),
}
_EMAIL = re.compile(r"(?:(?:эл\.? ?)?(?:почта|адрес)|e-?mail)?[: ]*([\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+)", re.IGNORECASE)
#: A signature line below the table.
_SIGNATURE = re.compile(r"_{3,}|/[^/]*[А-ЯЁ]\.[^/]*/")


@dataclass
class Planned:
    """A row of the list with its number in the file and the organisation planned from it."""

    number: int
    values: dict[str, Any]
    #: An existing organisation, or the index of an earlier row of the list.
    parent: Organization | int | None = None
    level: str = ""
    wrong: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    #: The existing organisation with this name or code.
    present: Organization | None = None
    level_title: Any = ""
    parent_name: str = ""

    @property
    def ready(self) -> bool:
        return not self.wrong and self.present is None


def read_list(data: bytes | ReadBefore, parent: Organization, default_level: str = "") -> list[Planned]:
    """Plan every row of the list without writing anything. `default_level` is for rows without a level.

    Raises `Unreadable`, `RuleViolation`.
    """
    columns, rows = check_has_headings(_table(visible(read_at_once(data))))
    check_number_of_rows(len(rows))
    plan = _Plan(parent, default_level)
    for row in rows:
        plan.add(row, columns)
    return plan.rows


def _table(sheets: Sequence[Sheet]) -> tuple[dict[str, int], list[Row]] | None:
    """Return the columns by field and the rows below the heading, from the first sheet that has one, or None."""
    for sheet in sheets:
        for index, row in enumerate(sheet.rows[:_MAX_HEADING_ROW]):
            columns = recognise(row.cells)
            if "full_name" in columns or "short_name" in columns:
                return columns, [r for r in check_sheet(sheet).rows[index + 1 :] if _is_organization(r, columns)]
    return None


def recognise(cells: Sequence[Cell]) -> dict[str, int]:
    """Return the column of each field, found by its heading."""
    headings = [search_key(cell).strip() if cell is not None else "" for cell in cells]
    columns: dict[str, int] = {}
    for name, known in HEADINGS.items():
        for text in known:
            at = next((i for i, heading in enumerate(headings) if heading == text and i not in columns.values()), None)
            if at is not None:
                columns[name] = at
                break
    # Longer headings that begin with a known one, such as «Телефон (с кодом)».
    for name, known in HEADINGS.items():
        begins = tuple(f"{text} " for text in known)
        spare = (i for i, heading in enumerate(headings) if heading.startswith(begins) and i not in columns.values())
        if name not in columns and (at := next(spare, None)) is not None:
            columns[name] = at
    return columns


def _is_organization(row: Row, columns: Mapping[str, int]) -> bool:
    """Return whether the row is an organisation, as opposed to totals, column numbers or a single word."""
    filled = [cell for cell in row.cells if cell is not None]
    first = search_key(filled[0]).strip() if filled else ""
    if first.startswith(("итого", "всего")) or all(isinstance(cell, int) for cell in filled):
        return False
    if len(filled) <= 3 and any(isinstance(cell, str) and _SIGNATURE.search(cell) for cell in filled):
        return False
    given = {name for name, at in columns.items() if at < len(row.cells) and row.cells[at] is not None}
    # A row with several values but no name is reported as an error, never skipped.
    return bool(given & {"full_name", "short_name"}) or len(given) >= 2


class _Plan:
    """The rows planned so far and the names and codes that later rows may refer to."""

    def __init__(self, parent: Organization, default_level: str) -> None:
        self.parent, self.default_level = parent, default_level
        self.federation = parent.federation
        self.titles = parent.charter.levels
        self.rows: list[Planned] = []
        existing = list(Organization.objects.visible_to(Actor.system("list", parent)))
        self.by_code = {o.code.casefold(): o for o in existing}
        self.by_name: dict[str, Organization] = {}
        for organization in existing:
            for name in (organization.short_name, organization.full_name):
                self.by_name.setdefault(search_key(name), organization)
        self.siblings = {(o.parent_id, o.sort_key): o for o in existing if o.status != "ended"}
        self.planned_codes: dict[str, int] = {}
        self.planned_names: dict[str, int] = {}
        self.taken: set[tuple[Any, str]] = set()

    def add(self, line: Row, columns: Mapping[str, int]) -> None:
        row = Planned(line.number, {})
        cells = {name: line.cells[at] for name, at in columns.items() if at < len(line.cells)}
        _note_formatting(row, line, columns)
        for name, cell in _split_contacts(cells).items():
            row.values[name] = _text(cell, _LENGTHS.get(name, 300), row, name)
        self._set_names(row)
        self._set_parent(row, row.values.pop("parent", ""))
        self._set_level(row, row.values.pop("level", ""))
        self._set_requisites(row)
        self._find_existing(row)
        self.rows.append(row)
        position = len(self.rows) - 1
        if row.values.get("code"):
            self.planned_codes.setdefault(row.values["code"].casefold(), position)
        for name in (row.values["short_name"], row.values["full_name"]):
            self.planned_names.setdefault(search_key(name), position)

    def _set_names(self, row: Planned) -> None:
        full, short = row.values.get("full_name", ""), row.values.get("short_name", "")
        if not short and full:
            short = full[:150]
            row.assumed.append(_("No short name is given: the full name is taken."))
        if not full:
            full = short
            row.assumed.append(_("No full name is given: the short name is taken."))
        row.values["full_name"], row.values["short_name"] = full, short
        try:
            names.check_named(Organization(full_name=full, short_name=short))
        except RuleViolation as violation:
            row.wrong.append(str(violation.message))

    def _set_parent(self, row: Planned, text: str) -> None:
        row.parent, row.parent_name = self.parent, self.parent.short_name
        if not text:
            return
        code, name = text.casefold(), search_key(text)
        found: Organization | int | None = self.by_code.get(code) or self.by_name.get(name)
        if found is None:
            found = self.planned_codes.get(code, self.planned_names.get(name))
        if found is None:
            row.wrong.append(
                _(
                    "The superior organisation «%(name)s» is neither below «%(parent)s» nor above in this list. "
                    "Write its code."
                )
                % {"name": text[:100], "parent": self.parent.short_name}
            )
            return
        row.parent = found
        if isinstance(found, int):
            earlier = self.rows[found]
            row.parent_name = earlier.values["short_name"]
            if earlier.present is not None:
                row.parent = earlier.present
            elif earlier.wrong:
                row.wrong.append(_("Its superior organisation in row %(row)s has mistakes.") % {"row": earlier.number})
        else:
            row.parent_name = found.short_name

    def _set_level(self, row: Planned, text: str) -> None:
        level = self._level_named(text) if text else self.default_level
        if text and not level:
            row.wrong.append(
                _("The level «%(level)s» is not known. Write one of: %(known)s.")
                % {
                    "level": text[:60],
                    "known": ", ".join(str(self.titles[at]) for at in rules.levels_below(self.parent)),
                }
            )
            return
        if not level:
            row.wrong.append(_("No level is given."))
            return
        row.level, row.level_title = level, self.titles[Level(level)]
        if not text:
            row.assumed.append(_("No level is given: %(level)s is taken.") % {"level": row.level_title})
        above = self.rows[row.parent].level if isinstance(row.parent, int) else row.parent.level if row.parent else ""
        if above and Level(level).depth <= Level(above).depth:
            row.wrong.append(
                _("A %(level)s cannot be placed below a %(above)s.")
                % {"level": row.level_title, "above": self.titles[Level(above)]}
            )
        elif isinstance(row.parent, Organization):
            try:
                rules.check_takes_subordinates(row.parent)
            except RuleViolation as violation:
                row.wrong.append(str(violation.message))

    def _level_named(self, text: str) -> str:
        words = search_key(text).strip()
        for level, title in self.titles.items():
            if words in {search_key(title).strip(), search_key(level.label).strip(), level.value}:
                return level.value
        for level, stems in _LEVEL_WORDS.items():
            if words in _LEVEL_INITIALS[level] or words.startswith(stems):
                return level.value
        return ""

    def _set_requisites(self, row: Planned) -> None:
        for name in ("inn", "ogrn", "phone", "email"):
            try:
                row.values[name] = passports.normalise(name, row.values.get(name, ""))
            except CheckFailed as error:
                row.wrong.append(_("%(field)s: %(message)s") % {"field": _label(name), "message": error.message})
        day = row.values.get("founded_on")
        if isinstance(day, str):
            row.values["founded_on"] = _date(day, row)
        if not row.wrong:
            try:
                passports.check_requisites({name: row.values.get(name, "") for name in ("inn", "ogrn", "founded_on")})
            except RuleViolation as violation:
                row.wrong.append(str(violation.message))

    def _find_existing(self, row: Planned) -> None:
        """Find the organisation in the registry, or a duplicate in the list."""
        code = row.values.get("code", "")
        key = sort_key(row.values["short_name"])
        place = row.parent.pk if isinstance(row.parent, Organization) else ("row", row.parent)
        present = self.by_code.get(code.casefold()) if code else None
        present = present or self.siblings.get((place, key))  # type: ignore[arg-type]
        if present is not None:
            row.present = present
            return
        if code:
            try:
                rules.check_code(self.federation, code)
            except RuleViolation as violation:
                row.wrong.append(str(violation.message))
            if code.casefold() in self.planned_codes:
                row.wrong.append(_("The code %(code)s is in the list twice.") % {"code": code})
        if (place, key) in self.taken:
            row.wrong.append(_("«%(name)s» is in the list twice.") % {"name": row.values["short_name"]})
        self.taken.add((place, key))


def _note_formatting(row: Planned, line: Row, columns: Mapping[str, int]) -> None:
    """Take formatting into account: a struck-through name is an error, other strokes and hidden rows are reported."""
    struck = [name for name, at in columns.items() if at in line.struck]
    if {"full_name", "short_name"} & set(struck):
        row.wrong.append(
            _("The name is struck through in the file. Take the row out of the list, or remove the stroke.")
        )
    else:
        row.assumed += [_("%(field)s: struck through in the file.") % {"field": _label(name)} for name in struck]
    if line.hidden:
        row.assumed.append(_("The row is hidden in the file."))


def _split_contacts(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Separate «8 (495) 123-45-67, school@example.org» in one cell, whichever of the two columns it is in."""
    given = [str(cells[name]) for name in ("phone", "email") if cells.get(name) is not None]
    if any(len(text) > 300 for text in given):
        return dict(cells)
    found = list(dict.fromkeys(_EMAIL.findall(" ".join(given))))
    if not found and len(given) == 1 and "@" not in given[0] and sum(map(str.isdigit, given[0])) >= 6:
        return {**cells, "phone": cells.get("phone") or given[0], "email": None}
    if len(found) != 1:
        return dict(cells)
    rest = [part for text in given if (part := _EMAIL.sub(" ", text).strip(" ,;/|"))]
    return {**cells, "phone": ", ".join(rest) or None, "email": found[0]}


def _text(cell: Cell, limit: int, row: Planned, name: str) -> Any:
    if isinstance(cell, dt.date):
        return cell if name == "founded_on" else day_text(cell)
    if cell is None:
        return ""
    text = " ".join(clean(cell, 2000).split())
    if len(text) > limit:
        row.wrong.append(_("%(field)s: at most %(limit)s characters.") % {"field": _label(name), "limit": limit})
    return text[:limit]


def _label(name: str) -> Any:
    return capfirst(Organization._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _date(text: str, row: Planned) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.datetime.strptime(normalise_date(text), DAY_FORMAT).date()
    except ValueError:
        row.wrong.append(_("«%(text)s» is not a valid founding date. Write it as 27.04.2026.") % {"text": text[:40]})
        return None


__all__ = ["MAX_ROWS", "Planned", "Unreadable", "read_list", "recognise"]
