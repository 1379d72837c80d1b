"""Answers to remarks on a list, carried by the workbook of remarks into the list that is uploaded again (U-5).

Each row of the workbook contains its answers as keyed digests of the questions, signed for the organisation. An answer
is valid only for the same question: the same remark on the same text, derived from the same values.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing
from django.utils.crypto import salted_hmac

from registry.organizations.models import Organization
from registry.text import search_key

from .models import ImportRow
from .reading.issues import Issue
from .reading.reader import Row, Table
from .reading.source import as_text

#: Heading of the column with answers; it is removed before columns are recognised.
COLUMN = "Ответы реестра"
_SALT = "members.imports.answers"
_PERSON = ("surname", "given_name", "patronymic", "birth_date")
#: Values that a remark is derived from in addition to the text of its own cell.
_DRAWN_FROM: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("male_by_name", "female_by_name", "sex_unknown"), ("given_name", "patronymic")),
    "sex_conflict": ("sex", "patronymic"),
    "joined_too_young": ("birth_date", "joined_on"),
    "registered_before_joined": ("joined_on", "registered_on"),
    "child_group_adult": ("disability_group", "birth_date"),
    "group_of_represented": ("category", "disability_group"),
    "name_places": _PERSON[:3],
    "namesake": (*_PERSON, "snils"),
    "passport_too_early": ("birth_date", "paper_issued_on"),
    **dict.fromkeys(("gone_mark", "struck_out", "row_hidden"), _PERSON),
    "on_account": (*_PERSON, "snils", "ticket_number"),
}


@dataclass(frozen=True, slots=True)
class Brought:
    """Information in a row of a workbook in addition to its cells."""

    answers: tuple[str, ...] = ()
    #: The row was hidden in the list from which the workbook was made.
    hidden: bool = False


def question(issue: Issue, values: Mapping[str, Any]) -> str:
    """Return the digest of a remark with everything that it depends on."""
    drawn = [as_text(values.get(name)) for name in _DRAWN_FROM.get(issue.code, ())]
    params = {name: str(value) for name, value in issue.params.items()}
    told = [issue.field, issue.code, issue.original, params, drawn]
    return _digest(json.dumps(told, ensure_ascii=False, sort_keys=True))


def question_of_twins(ref: str, values: Mapping[str, Any]) -> str:
    """Return the digest of the question about duplicates; `ref` is the `confirmation` of those shown."""
    drawn = [search_key(as_text(values.get(name))) for name in _DRAWN_FROM["on_account"]]
    return _digest(json.dumps([ref, drawn], ensure_ascii=False))


def _digest(told: str) -> str:
    return salted_hmac(_SALT, told).hexdigest()[:20]


def packed_answers(row: ImportRow, answers: Collection[str], organization: Organization) -> str:
    """Return the signed text for the column of answers; empty if there are none."""
    hidden = bool(row.look.get("hidden"))
    if not answers and not hidden:
        return ""
    told = [organization.pk, row.batch_id, row.number, sorted(answers), hidden]
    return signing.dumps(told, salt=_SALT, compress=True)


def extract_answers(table: Table, organization: Organization) -> tuple[Table, dict[int, Brought]]:
    """Return the table without the column of answers, and the content of that column by row number.

    Texts signed for another organisation, changed, or repeated in two rows are ignored.
    """
    if COLUMN not in table.headings:
        return table, {}
    at = table.headings.index(COLUMN)
    told = {row.number: _read(row.cells[at], organization) for row in table.rows if at < len(row.cells)}
    times = Counter(tuple(words[1:3]) for words in told.values() if words)
    brought = {
        number: Brought(tuple(words[3]), words[4])
        for number, words in told.items()
        if words and times[tuple(words[1:3])] == 1
    }
    headings = (*table.headings[:at], *table.headings[at + 1 :])
    rows = [_without(row, at) for row in table.rows]
    return replace(table, headings=headings, rows=rows, hidden=frozenset(_moved(table.hidden, at))), brought


def _read(cell: Any, organization: Organization) -> list[Any]:
    try:
        words: list[Any] = signing.loads(str(cell or ""), salt=_SALT)
    except signing.BadSignature:
        return []
    return words if words[0] == organization.pk else []


def _without(row: Row, at: int) -> Row:
    return replace(
        row,
        cells=(*row.cells[:at], *row.cells[at + 1 :]),
        struck=tuple(_moved(row.struck, at)),
        merged=tuple(_moved(row.merged, at)),
    )


def _moved(columns: Collection[int], at: int) -> Sequence[int]:
    return [column - (column > at) for column in columns if column != at]
