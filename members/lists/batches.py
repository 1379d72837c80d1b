"""A list from its bytes to people on account: reading, recognising, checking every row, then the transitions (U-5).

Screens, jobs and the command line call these; what is written stands in `members.lists.transitions.batches`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.people.rules.duplicates import find_many_duplicates
from members.people.rules.person import cells_of, person_violations, undecided_joining
from registry.access import Actor
from registry.enums import DataClass
from registry.errors import RuleViolation
from registry.files import storage
from registry.organizations.models import Organization
from registry.text import search_key

from . import answers
from .enums import BatchState, RowVerdict
from .models import ColumnMapping, ImportBatch, ImportRow, decode, encode
from .reading.columns import normalise_heading, recognise
from .reading.fields import FIELDS, IGNORE
from .reading.issues import Issue, Kind
from .reading.reader import Row, Table, Unreadable, read_table
from .reading.records import Record, build_record, mark_repeats, tell_passport_outlived
from .reading.source import as_text
from .transitions import batches as transitions
from .transitions.batches import apply_batch, discard_batch, undo_batch
from .verdicts import CONFIRMED, SKIPPED, accept, store, stored_issues, verdict

__all__ = [
    "MANY_ROWS", "accept", "apply_batch", "ask_again", "birth_beside_name", "cell_key", "check_batch", "choose_sheet",
    "correct_row", "discard_batch", "issues_of", "name_cells", "row_texts", "same_file_before", "set_columns",
    "texts_of", "undo_batch", "upload_list",
]  # fmt: skip

#: Longer lists are checked and put on account by a job.
MANY_ROWS = 1000
#: A heading that recognition leaves out; the words of the remarks never come back as data.
REMARKS = "Замечания реестра"
#: Key among a list's samples: the texts of the rows that are no people, by number.
DROPPED = "dropped"
_SEX = {"male": "мужской", "female": "женский"}
_NAMES = ("surname", "given_name", "patronymic")
_CONTENT_TYPES = {
    b"PK": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"\xd0\xcf": "application/vnd.ms-excel",
}


def upload_list(
    *, organization: Organization, data: bytes, name: str, by: Actor, sheet: str | None = None
) -> ImportBatch:
    """Read an uploaded file and keep it as a batch whose columns are to be looked at.

    Raises `RuleViolation` with the sentence that says why a file cannot be read, `NotAllowed`.
    """
    table = _read(data, name, sheet)
    if not table.rows:
        raise RuleViolation(
            "U-5",
            _("No row with a person is found in the file. Check whether it is the right file and sheet."),
            field="file",
        )
    table, brought = answers.take(table, organization)
    return transitions.keep_list(
        organization=organization,
        data=data,
        content_type=_CONTENT_TYPES.get(data[:2], "text/csv"),
        name=name,
        found=_found(table, organization),
        rows=_kept(table, brought),
        by=by,
    )


def choose_sheet(batch_id: int, *, sheet: str, by: Actor) -> ImportBatch:
    """Take another sheet of the same workbook; after the first one is on account, as a new list. Raises `RuleViolation` where it cannot be read or the file is gone."""
    batch = ImportBatch.objects.visible_to(by).select_related("source", "organization__federation").get(pk=batch_id)
    if batch.source is None or sheet not in batch.sheets:
        raise RuleViolation("U-5", _("The file is no longer stored. Upload it again."))
    data = storage.read(batch.source)
    if batch.state == BatchState.APPLIED:
        # The people of the first sheet stay with their list; those of the next one are a list of their own.
        return upload_list(organization=batch.organization, data=data, name=batch.name, sheet=sheet, by=by)
    table, brought = answers.take(_read(data, "", sheet), batch.organization)
    rows = _kept(table, brought)
    return transitions.keep_sheet(batch_id, found=_found(table, batch.organization), rows=rows, by=by)


def set_columns(batch_id: int, *, mapping: Mapping[str, str], defaults: Mapping[str, Any], by: Actor) -> ImportBatch:
    """Settle what the columns mean; a list of up to `MANY_ROWS` is checked at once, a longer one by a job."""
    batch = ImportBatch.objects.visible_to(by).get(pk=batch_id)
    named = [name for name in mapping.values() if name != IGNORE]
    if not ({"full_name"} & set(named) or {"surname", "given_name"} <= set(named)):
        raise RuleViolation(
            "U-5a", _("No column contains the name. Choose one: the full name, or surname and given name.")
        )
    # That nothing was taken from an empty column says nothing of the next list, where it may be filled.
    empty = {str(guess["column"]) for guess in batch.guesses if not guess["filled"]}
    own = own_columns(batch.headings)
    remembered = {
        index: name for index, name in mapping.items() if int(index) < own and (name != IGNORE or index not in empty)
    }
    batch = transitions.keep_columns(
        batch_id,
        mapping=mapping,
        remembered=remembered,
        defaults=defaults,
        signature=_signature(batch.headings),
        by=by,
    )
    return batch if batch.counts["rows"] > MANY_ROWS else check_batch(batch_id, by=by)


def check_batch(batch_id: int, *, by: Actor) -> ImportBatch:
    """Check every row that is not on account yet, and write down what changed."""
    batch = ImportBatch.objects.visible_to(by).select_related("organization__federation").get(pk=batch_id)
    return transitions.keep_check(batch_id, _check(batch, by), by=by)


def name_cells(batch_id: int, cells: Mapping[str, int | None], *, by: Actor) -> ImportBatch:
    """Which cell is meant by a name that no cell has, None where the cards are to stand without one (V-H1)."""
    transitions.keep_cells(batch_id, {cell_key(text): pk for text, pk in cells.items()}, by=by)
    return check_batch(batch_id, by=by)


def ask_again(batch_id: int, row_id: int | None = None, *, by: Actor) -> ImportBatch:
    """What was answered before is asked anew, for one row or for all; a list of more than `MANY_ROWS` is then checked by a job."""
    batch = transitions.forget_answers(batch_id, row_id, by=by)
    return batch if row_id is None and batch.counts["rows"] > MANY_ROWS else check_batch(batch_id, by=by)


def correct_row(
    row_id: int,
    *,
    values: Mapping[str, str],
    accepted: bool = False,
    skip: bool = False,
    confirm_duplicate: bool = False,
    by: Actor,
) -> ImportRow:
    """Take the chair's word on a row: corrected texts by field, «this is right», «leave out», «another person»."""
    row = ImportRow.objects.visible_to(by).get(pk=row_id)
    if row.verdict == RowVerdict.DONE:
        raise RuleViolation("U-5", _("This person is on account already. Change the card itself."))
    batch = ImportBatch.objects.visible_to(by).select_related("organization__federation").get(pk=row.batch_id)
    shown = row_texts(row, batch)
    changed_texts = {name: text for name, text in values.items() if text.strip() != shown.get(name, "").strip()}
    if "full_name" in batch.mapping.values() and changed_texts.keys() & set(_NAMES):
        # The cell of the whole name is replaced, and the parts that could not be read would be lost with it.
        unread = [name for name in _NAMES if not row.person.get(name) and name not in row.corrections]
        changed_texts |= {name: text for name in unread if (text := values.get(name, shown.get(name, "")))}
    row.corrections = {
        **texts_of(row),
        **changed_texts,
        **({SKIPPED: "yes"} if skip else {}),
        **({CONFIRMED: "asked"} if confirm_duplicate else {}),
    }
    row.accepted = accepted
    changed = _check(batch, by, corrected=row)
    transitions.keep_check(batch.pk, changed, by=by)
    return ImportRow.objects.visible_to(by).get(pk=row_id)


def same_file_before(batch: ImportBatch) -> ImportBatch | None:
    """The earlier batch of the same organisation that was made from this sheet of the very file and put on account."""
    same = ImportBatch.objects.filter(organization=batch.organization_id, sha256=batch.sha256, state=BatchState.APPLIED)
    same = same.filter(sheet=batch.sheet)
    return same.exclude(pk=batch.pk).order_by("-uploaded_at").first()


def issues_of(row: ImportRow) -> list[Issue]:
    """Remarks on the row, in the reader's language: errors first, then what to check, then what was assumed."""
    order = {Kind.ERROR: 0, Kind.WARNING: 1, Kind.ASSUMPTION: 2}
    return sorted(stored_issues(row), key=lambda issue: order[issue.kind])


def row_texts(row: ImportRow, batch: ImportBatch | None = None) -> dict[str, str]:
    """What the form of corrections shows: text by field, the name in its three parts."""
    mapping = (batch or row.batch).mapping
    texts: dict[str, str] = {}
    for index, name in mapping.items():
        if name != IGNORE:
            cell = decode(row.cells[int(index)]) if int(index) < len(row.cells) else None
            texts[name] = ", ".join(part for part in (texts.get(name, ""), as_text(cell)) if part)
    person = row.person
    if "full_name" in texts:
        whole = texts.pop("full_name")
        parts = {name: str(person.get(name) or "") for name in _NAMES}
        if not any(parts.values()):
            words = whole.split(maxsplit=2)
            parts = dict(zip(_NAMES, [*words, "", "", ""], strict=False))
        texts = {**parts, **texts}
    texts.setdefault("birth_date", as_text(person.get("birth_date")))
    texts.setdefault("sex", "")
    if not texts["sex"] and person.get("sex"):
        # In the words of a list, which are read back.
        texts["sex"] = _SEX[person["sex"]]
    for issue in row.issues:
        # What the list lacks and the card asks for can be given on the screen.
        if issue["field"] in FIELDS and issue["field"] not in {"full_name", IGNORE}:
            texts.setdefault(issue["field"], "")
    return {**texts, **texts_of(row)}


def texts_of(row: ImportRow) -> dict[str, str]:
    """What the chair has corrected on the screen, by field of the list."""
    return {name: text for name, text in row.corrections.items() if name not in {CONFIRMED, SKIPPED}}


def _read(data: bytes, name: str, sheet: str | None) -> Table:
    try:
        return read_table(data, name, sheet=sheet)
    except Unreadable as refusal:
        raise RuleViolation("U-5", refusal.message, field="file") from refusal


def _kept(table: Table, brought: Mapping[int, answers.Brought]) -> list[dict[str, Any]]:
    """The rows as the batch keeps them: cells, what the file's look says, what was answered before."""
    rows = []
    for row in table.rows:
        told = brought.get(row.number, answers.Brought())
        look: dict[str, Any] = {"struck": list(row.struck)} if row.struck else {}
        if row.hidden or told.hidden:
            look["hidden"] = True
        cells = [encode(cell) for cell in row.cells]
        rows.append({"number": row.number, "cells": cells, "look": look, "carried": list(told.answers)})
    return rows


def _found(table: Table, organization: Organization) -> dict[str, Any]:
    """What reading and recognition tell of a table, as the batch keeps it."""
    remembered = ColumnMapping.objects.filter(organization=organization, signature=_signature(table.headings)).first()
    known = {int(index): name for index, name in remembered.mapping.items()} if remembered is not None else {}
    recognition = recognise(table, offered=organization.charter.fields, remembered=known)
    return {
        "sheet": table.sheet,
        "sheets": list(table.sheets),
        "headings": list(table.headings),
        "guesses": [
            {
                "column": guess.index,
                "heading": guess.heading,
                "field": guess.field,
                "sure": guess.sure,
                "reason": guess.message,
                "filled": bool(guess.samples),
                "hidden": guess.index in table.hidden,
            }
            for guess in recognition.guesses
        ],
        "samples": {
            **{str(guess.index): list(guess.samples[:3]) for guess in recognition.guesses},
            # A person among these would be lost: they are shown as they stand, encrypted as the samples are.
            DROPPED: {str(dropped.number): dropped.text for dropped in table.dropped if dropped.text},
        },
        "dropped": [{"number": dropped.number, "reason": dropped.reason} for dropped in table.dropped],
        "mapping": {str(index): name for index, name in recognition.mapping.items()},
    }


def _signature(headings: Sequence[str]) -> str:
    """The same for a list and for the workbook of remarks on it, whose own columns stand behind the list's."""
    headings = headings[: own_columns(headings)]
    return hashlib.sha256("\x1f".join(normalise_heading(heading) for heading in headings).encode()).hexdigest()


def own_columns(headings: Sequence[str]) -> int:
    """How many columns are the list's own, without the remarks of the registry and what it added behind them."""
    return headings.index(REMARKS) if REMARKS in headings else len(headings)


def _check(batch: ImportBatch, by: Actor, corrected: ImportRow | None = None) -> list[ImportRow]:
    """Rows whose verdict, values or remarks are others than they were; `corrected` replaces its stored self."""
    charter, today = batch.organization.charter, timezone.localdate()
    rows = list(ImportRow.objects.filter(batch=batch).exclude(verdict=RowVerdict.DONE).order_by("number"))
    if corrected is not None:
        rows = [corrected if row.pk == corrected.pk else row for row in rows]
    mapping = {int(index): name for index, name in batch.mapping.items() if name != IGNORE}
    defaults = {name: decode(value) for name, value in batch.defaults.items()}
    own = {cell.pk: cell_key(cell.short_name) for cell in cells_of(batch.organization)}
    cells: dict[str, int | None] = {key: pk for pk, key in own.items()}
    # What the chair has said of a name that is no cell's: a cell, or none.
    cells |= {key: pk for key, pk in batch.cells.items() if pk is None or pk in own}
    records = []
    for row in rows:
        source, columns = _corrected(row, mapping)
        record = build_record(source, columns, today=today, minimum_age=charter.minimum_age, options=charter.options)
        _settle(record, defaults, cells)
        if by.reads(DataClass.IDENTITY):
            tell_passport_outlived(record, today)
        records.append(record)
    wanted = [record for record, row in zip(records, rows, strict=True) if SKIPPED not in row.corrections]
    mark_repeats(wanted)
    for record in records:
        _add_rules(record, batch.organization, today)
    people = [record.values for record in records]
    duplicates = find_many_duplicates(batch.organization.federation, people, actor=by, organization=batch.organization)
    changed = []
    for row, record, twins in zip(rows, records, duplicates, strict=True):
        before = (row.verdict, row.values, row.issues)
        found = verdict(row, record, twins, batch.accepted)
        row.values = {name: encode(value) for name, value in record.values.items()}
        row.issues = store(record.issues)
        row.verdict = found
        if row is corrected or before != (row.verdict, row.values, row.issues):
            changed.append(row)
    return changed


def _corrected(row: ImportRow, mapping: Mapping[int, str]) -> tuple[Row, dict[int, str]]:
    """The row with the chair's texts in place of the cells of the same field."""
    texts = texts_of(row)
    replaced = set(texts)
    if replaced & set(_NAMES):
        replaced.add("full_name")
        # A corrected part of the name stands beside the parts as they were read.
        texts = {**{name: str(row.person.get(name) or "") for name in _NAMES}, **texts}
        if birth := birth_beside_name(row, mapping):
            texts = {"birth_date": birth, **texts}
    columns = {index: name for index, name in mapping.items() if name not in replaced}
    cells = [decode(cell) for cell in row.cells]
    struck = row.look.get("struck", [])
    # A name that is corrected is still that of somebody who was struck out.
    out = any(mapping.get(index) in {"full_name", "surname"} for index in struck)
    for name, text in texts.items():
        if name == "surname" and out:
            struck = [*struck, len(cells)]
        columns[len(cells)] = name
        cells.append(text or None)
    return Row(row.number, tuple(cells), tuple(struck), row.look.get("hidden", False)), columns


def birth_beside_name(row: ImportRow, mapping: Mapping[int, str]) -> str:
    """The date of birth that no column of its own tells: it stood beside the name and goes with it when that is replaced."""
    own = [index for index, name in mapping.items() if name == "birth_date" and index < len(row.cells)]
    return as_text(row.person.get("birth_date")) if all(decode(row.cells[index]) is None for index in own) else ""


def _settle(record: Record, defaults: Mapping[str, Any], cells: Mapping[str, int | None]) -> None:
    """Values for all rows where the row has none of its own; the cell by its name."""
    text = record.values.pop("cell", None)
    for name, value in defaults.items():
        record.values.setdefault(name, value)
    if text:
        key = cell_key(str(text))
        if cells.get(key) is not None:
            record.values["cell"] = cells[key]
        elif key not in cells:
            record.say("cell", "unknown_cell", text=str(text)[:60])


def cell_key(name: str) -> str:
    """Equal for «ПО № 6», «по №6» and «ячейка 6» as far as number and letters tell."""
    number = re.search(r"\d+", name)
    return number.group().lstrip("0") if number else search_key(name).strip()


def _add_rules(record: Record, organization: Organization, today: Any) -> None:
    """What the rules of a card say beyond the parsing; one error a field is enough."""
    told = {issue.field for issue in record.of_kind(Kind.ERROR)}
    known = {name: value for name, value in record.values.items() if name != "cell"}
    known.setdefault("registered_on", today)
    wrong = [*person_violations(known, organization.charter, today)[1], *undecided_joining(known, organization)]
    for violation in wrong:
        if violation.field not in told and not (violation.field in _NAMES and told & {"full_name", *_NAMES}):
            record.say(violation.field, "rule", text=str(violation.message))
