"""A row of a list as a person: all its values, and the issues of the whole row."""

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from members.people.rules.duplicates import have_other_papers
from members.people.rules.person import outlived_at
from registry.days import FULL_AGE, PASSPORT_AGE, whole_years
from registry.text import clean, name_letters

from . import names
from .disability import other_category
from .issues import Issue, Kind, left_out
from .options import COARSER
from .reader import Row
from .source import as_text
from .values import Parsed, parse

ALWAYS_REQUIRED = frozenset({"surname", "given_name", "birth_date"})
_NAMES = ("surname", "given_name", "patronymic")
#: Identifying fields: a row with an error in one of them is excluded until it is corrected.
ESSENTIAL = frozenset({*_NAMES, "full_name", "birth_date", ""})
#: Errors that may instead be an error of the date of birth.
_ABOUT_BIRTH = frozenset({"joined_before_birth"})
_REPRESENTATIVES = frozenset({"legal_representative", "guardian", "trustee"})
#: The answer «not their own» to the question about the group, for all rows of a list.
NOT_THEIRS = "disability_group:group_left"
_OF_DISABILITY = (
    "disability_group", "disability_cause", "certificate_series", "certificate_number", "certificate_issued_on",
    "certificate_expires_on", "certificate_indefinite", "group_since",
)  # fmt: skip
PASSPORT = "passport"
#: Values that a cell may contain in addition to its own; a separate column takes precedence.
SECONDARY_VALUES = {
    "address": ("phone_mobile", "phone_home"),
    "category": ("disability_group", "disability_cause", "certificate_indefinite", "certificate_expires_on"),
    "disability_group": ("disability_cause", "certificate_indefinite", "certificate_expires_on"),
    "passport": ("paper_issued_by", "paper_issued_on", "paper_code"),
    "passport_issue": ("paper_code",),
    "phone": ("email",),
    "street": ("house", "flat"),
    "certificate": ("certificate_issued_on",),
    "minutes_date": ("minutes_number",),
    "minutes_number": ("minutes_date",),
}
#: Those of them that are compared with separate columns.
_COMPARED = ("disability_group", "disability_cause", "certificate_expires_on")
#: Words that indicate the end of membership.
_GONE = re.compile(
    r"\b(?:умер(?:ла|ший|шая)?|скончал\w+|смерт[ьи]|выбыл\w*|снят\w*\s+с\s+уч[её]та|исключ[её]н\w*|выш(?:ел|ла)\s+из"
    r"|пере(?:ехал\w*|вед[её]н\w*)|уволен\w*|уволил\w*)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Record:
    """The result of a row: values by card field (`cell` as text), and issues."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    #: Texts in the file by field of the list.
    originals: dict[str, str] = field(default_factory=dict)

    def say(self, name: str, code: str, **params: Any) -> None:
        """Add an issue about a value of the record."""
        self.issues.append(Issue(name, code, self.originals.get(name, ""), params))

    def of_kind(self, kind: Kind) -> list[Issue]:
        """Return the issues of one kind."""
        return [issue for issue in self.issues if issue.kind == kind]

    @property
    def right(self) -> bool:
        """Return whether there are no errors."""
        return not self.of_kind(Kind.ERROR)


def build_record(
    row: Row,
    mapping: Mapping[int, str],
    *,
    today: datetime.date,
    minimum_age: int,
    required: Collection[str] = ALWAYS_REQUIRED,
    options: Mapping[str, Collection[str]] | None = None,
    offered: Collection[str] | None = None,
    typed: Collection[str] = (),
    not_theirs: bool = False,
) -> Record:
    """Parse the cells of a row by the mapping column → field, and check them against each other.

    A row without a `required` field is excluded, and so is one with an unreadable name or date of birth. Other
    unreadable values are left out with a warning, unless they were `typed` on the screen.

    `options` are the options that the federation offers, if fewer than all; `offered` the fields of its card.
    `not_theirs` is whether the groups of representatives are those of the people they represent. Never raises.
    """
    record = Record(row.number)
    cells = dict(_cells(row, mapping))
    _take_birth_date_from_name(record, cells)
    paper = parse("paper_kind", cells.get("paper_kind"), today=today).values.get("paper_kind", PASSPORT)
    beside: dict[str, dict[str, Any]] = {}
    for name, raw in cells.items():
        parsed = parse(
            name, raw, today=today, minimum_age=minimum_age, passport=paper == PASSPORT, since_1904=row.since_1904
        )
        beside[name] = _take(record, name, parsed, offered)
        record.originals[name] = clean(as_text(raw), 200).strip()
    if record.values.keys() & {"paper_series", "paper_number"}:
        record.values["paper_kind"] = paper
    for name, told in beside.items():
        _compare(record, name, told)
    _narrow(record, options or {})
    _divide_given_name(record)
    _tell_gone(record, row, mapping)
    _tell_look(record, row, mapping)
    _complete_name(record, mapping)
    _tell_name(record)
    _tell_sex(record)
    _check_required(record, required)
    _check_dates(record, minimum_age)
    _check_group(record, today, not_theirs=not_theirs)
    let_in(record, typed)
    return record


def _take(record: Record, name: str, parsed: Parsed, offered: Collection[str] | None) -> dict[str, Any]:
    """Add the values of a cell and return its additional ones; a separate column takes precedence over them."""
    beside = SECONDARY_VALUES.get(name, ())
    strange = {key for key in beside if offered is not None and key not in offered}
    told = {key: value for key, value in parsed.values.items() if key in beside and key not in strange}
    record.values.update({key: value for key, value in parsed.values.items() if key not in beside})
    for key, value in told.items():
        record.values.setdefault(key, value)
    record.issues += [issue for issue in parsed.issues if issue.field not in strange]
    return told


def _compare(record: Record, name: str, told: Mapping[str, Any]) -> None:
    """Ask about values of a disability on which two cells disagree."""
    if record.originals.get("disability_group") and name == "category":
        record.issues = [issue for issue in record.issues if issue.code != "group_in_category"]
    for key in _COMPARED:
        if key in told and record.values.get(key) != told[key]:
            record.say(key, "values_differ", text=record.originals[name][:60])


def let_in(record: Record, typed: Collection[str] = ()) -> None:
    """Turn errors about optional values into warnings; the values are left out."""
    for at, issue in enumerate(record.issues):
        optional = issue.field not in ESSENTIAL and issue.field not in typed and issue.code not in _ABOUT_BIRTH
        if optional and issue.kind is Kind.ERROR and issue.code != "required":
            record.values.pop(issue.field, None)
            record.issues[at] = replace(issue, code=left_out(issue.code))


def _cells(row: Row, mapping: Mapping[int, str]) -> list[tuple[str, Any]]:
    """Return fields and cells; several columns of one field are joined."""
    found: dict[str, Any] = {}
    for index, name in sorted(mapping.items()):
        raw = row.cells[index] if index < len(row.cells) else None
        if name in found and raw is not None and found[name] is not None:
            raw = f"{as_text(found[name])}, {as_text(raw)}"
        if raw is not None or name not in found:
            found[name] = raw
    return list(found.items())


def _take_birth_date_from_name(record: Record, cells: dict[str, Any]) -> None:
    """Take the date of birth from the name's column if no other has it: «Иванов Иван Иванович, 05.11.1958 г.р.»."""
    name, birth = names.split_birth_date(as_text(cells.get("full_name")))
    if birth:
        cells["full_name"] = name
        if cells.get("birth_date") is None:
            cells["birth_date"] = birth
            record.say("birth_date", "birth_beside_name", value=birth)


def _divide_given_name(record: Record) -> None:
    """Split «Анна Ивановна» in the column of given names."""
    given, _space, patronymic = record.values.get("given_name", "").partition(" ")
    if patronymic and not record.values.get("patronymic") and names.is_patronymic(patronymic):
        record.values["given_name"], record.values["patronymic"] = given, patronymic


def _tell_gone(record: Record, row: Row, mapping: Mapping[int, str]) -> None:
    """Warn if an ignored column or the name's column says that the person died or left (V-B10, V-B14)."""
    beside = {index for index, name in mapping.items() if name not in {"full_name", *_NAMES}}
    for index, cell in enumerate(row.cells):
        if index not in beside and isinstance(cell, str) and _GONE.search(cell):
            record.say("", "gone_mark", text=" ".join(clean(cell, 80).split()))
            return


def _tell_look(record: Record, row: Row, mapping: Mapping[int, str]) -> None:
    """Warn about struck-through names or rows, which usually mean that the person left, and about hidden rows."""
    if row.hidden:
        record.say("", "row_hidden")
    for index in row.merged:
        if index in mapping:
            record.say(mapping[index], "merged", value=clean(as_text(row.cells[index]), 60).strip())
    struck = set(row.struck)
    filled = {index for index, cell in enumerate(row.cells) if cell is not None}
    named = {index for index, name in mapping.items() if name in {"full_name", "surname"}}
    if struck and (struck & named or filled <= struck):
        record.say("", "struck_out")
        return
    for index in sorted(struck & mapping.keys()):
        record.say(mapping[index], "struck_value")


def _narrow(record: Record, options: Mapping[str, Collection[str]]) -> None:
    for name, offered in options.items():
        value = record.values.get(name)
        if value is None or value in offered:
            continue
        coarser = COARSER.get(name, {}).get(value)
        if name == "category":
            coarser = other_category(record.originals.get(name, ""), offered)
        if coarser in offered:
            record.values[name] = coarser
        else:
            record.say(name, "unknown_option", text=record.originals.get(name, value))
            del record.values[name]


def _tell_name(record: Record) -> None:
    """Warn about names of one letter, and about parts that seem to be exchanged."""
    values = record.values
    for name in _NAMES:
        if len(values.get(name) or "") == 1:
            record.say(name, "name_letter", text=values[name])
    surname, given = values.get("surname", ""), values.get("given_name", "")
    if names.is_sure_patronymic(given) and not names.is_given_name(given):
        record.say("given_name", "name_parts", text=given)
    elif surname and given and names.is_given_name(surname) and names.looks_like_surname(given):
        record.say("surname", "name_places")


def _complete_name(record: Record, mapping: Mapping[int, str]) -> None:
    values = record.values
    asked = {"patronymic", "full_name"} & set(mapping.values())
    wrong = any(issue.field in ("patronymic", "full_name") for issue in record.of_kind(Kind.ERROR))
    if values.get("patronymic") or values.get("no_patronymic") or not asked or wrong or "given_name" not in values:
        return
    values["patronymic"] = ""
    values["no_patronymic"] = True
    record.say("patronymic", "no_patronymic")


def _tell_sex(record: Record) -> None:
    values = record.values
    by_patronymic = names.sex_by_patronymic(values.get("patronymic", ""))
    if "sex" in values:
        if by_patronymic and by_patronymic != values["sex"]:
            record.say("sex", "sex_conflict")
        return
    if "given_name" not in values:
        return
    sex = by_patronymic or names.sex_by_given_name(values["given_name"])
    if not sex:
        record.say("sex", "sex_unknown")
        return
    record.say("sex", f"{sex}_by_{'patronymic' if by_patronymic else 'name'}")
    values["sex"] = sex


def _check_required(record: Record, required: Collection[str]) -> None:
    told = {issue.field for issue in record.of_kind(Kind.ERROR)}
    for name in sorted(required):
        covering = {name, "full_name"} if name in _NAMES else {name}
        if not record.values.get(name) and not covering & told:
            record.say(name, "required")


def _check_dates(record: Record, minimum_age: int) -> None:
    values = record.values
    birth, joined = values.get("birth_date"), values.get("joined_on")
    if birth and joined:
        year_only = values.get("joined_year_only")
        age = joined.year - birth.year if year_only else whole_years(birth, joined)
        if age < 0 or (not year_only and joined < birth):
            record.say("joined_on", "joined_before_birth")
        elif age < minimum_age:
            record.say("joined_on", "joined_too_young", age=age, minimum=minimum_age)
    registered = values.get("registered_on")
    if (
        registered
        and joined
        and (registered.year < joined.year if values.get("joined_year_only") else registered < joined)
    ):
        record.say("registered_on", "registered_before_joined")
    issued, expires = values.get("certificate_issued_on"), values.get("certificate_expires_on")
    if expires and values.pop("certificate_indefinite", False):
        record.say("certificate_expires_on", "terms_differ")
    if issued and expires and expires < issued:
        record.say("certificate_expires_on", "expires_before_issued")
    paper = values.get("paper_issued_on")
    if paper and birth and whole_years(birth, paper) < PASSPORT_AGE:
        record.say("passport_issued_on", "passport_too_early")


def tell_passport_outlived(record: Record, today: datetime.date) -> None:
    """Add a warning about an outdated passport; only for those who may read identity papers."""
    age = outlived_at(record.values, today)
    if age is not None:
        record.say("passport_issued_on", "passport_outlived", age=age)


def _check_group(record: Record, today: datetime.date, *, not_theirs: bool) -> None:
    """Ask about a group of disability that is hardly the member's own."""
    values = record.values
    group, birth = values.get("disability_group"), values.get("birth_date")
    if not group:
        return
    if values.get("category") in _REPRESENTATIVES:
        if not_theirs:
            record.say("disability_group", "group_left")
            for name in _OF_DISABILITY:
                values.pop(name, None)
        elif group != "child":
            record.say("disability_group", "group_of_represented", group=group)
    age = whole_years(birth, today) if birth else 0
    if values.get("disability_group") == "child" and age >= FULL_AGE:
        record.say("disability_group", "child_group_adult", age=age)


def full_name_key(values: Mapping[str, Any]) -> str:
    """Return the full name in a form that is equal for two spellings: lower case, ё as е, without hyphens, apostrophes
    and spaces.
    """
    return name_letters(*(values.get(name, "") for name in _NAMES))


def mark_repeats(records: Sequence[Record]) -> None:
    """Add issues to records that share a person, СНИЛС or ticket number with other rows (N-A1).

    The first row of a repeated person stays and later ones get errors; with other papers they become a question
    instead. A number used by two people is an error for both.
    """
    repeated: set[int] = set()
    for group in _groups(records, lambda values: (full_name_key(values), values.get("birth_date"))):
        kept: list[Record] = []
        for record in group:
            same = [one for one in kept if not have_other_papers(one.values, record.values)]
            if same:
                repeated.add(record.number)
                record.issues.append(Issue("", "duplicate_person", "", {"rows": str(same[0].number)}))
            elif kept:
                record.issues.append(Issue("", "namesake", "", {"rows": _numbers(kept)}))
            if not same:
                kept.append(record)
        for first in kept:
            later = [one for one in group if _is_repeated(one, first)]
            if later:
                first.issues.append(Issue("", "repeated_below", "", {"rows": _numbers(later)}))
    others = [record for record in records if record.number not in repeated]
    for name, code in (("snils", "duplicate_snils"), ("ticket_number", "duplicate_ticket")):
        for group in _groups(others, lambda values, name=name: (values.get(name),)):  # type: ignore[misc]
            for record in group:
                record.say(name, code, rows=_numbers([other for other in group if other is not record]))


def _is_repeated(record: Record, first: Record) -> bool:
    told = Issue("", "duplicate_person", "", {"rows": str(first.number)})
    return told in record.issues


def _groups(records: Sequence[Record], key: Callable[[Mapping[str, Any]], tuple[Any, ...]]) -> list[list[Record]]:
    found: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    for record in records:
        parts = key(record.values)
        if all(parts):
            found[parts].append(record)
    return [group for group in found.values() if len(group) > 1]


def _numbers(records: Sequence[Record]) -> str:
    return ", ".join(str(record.number) for record in records[:10])
