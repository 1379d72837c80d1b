"""The import of a list: reading, recognising columns, checking rows, registering people (U-5).

Called by screens, jobs and the command line; `members.lists.transitions.batches` writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from members.people.rules.duplicates import find_many_duplicates
from members.people.rules.person import cells_of
from members.people.rules.searches import is_foreign
from members.people.transitions.searches import hold_back
from registry.access import Actor
from registry.enums import DataClass
from registry.text import search_key

from .enums import BatchState, RowVerdict
from .loading import DROPPED, HIDDEN_SHEETS, REMARKS, choose_sheet, own_columns, signature_of, upload_list
from .models import SKIPPED, ImportBatch, ImportRow, decode, encode
from .reading.fields import FIELDS, IGNORE, SHARED
from .reading.issues import Issue, Kind
from .reading.reader import Row
from .reading.records import NOT_THEIRS, Record, build_record, mark_repeats, tell_passport_outlived
from .reading.source import as_text
from .rules import (
    check_has_name,
    check_not_registered,
)
from .transitions import batches as transitions
from .transitions.batches import apply_batch, discard_batch, finish_batch, undo_batch
from .verdicts import CONFIRMED, accept, add_rules, store, stored_issues, verdict

__all__ = [
    "DROPPED", "HIDDEN_SHEETS", "MAX_ROWS_AT_ONCE", "REMARKS", "accept", "apply_batch", "ask_again",
    "birth_date_from_name", "cell_key", "check_batch", "choose_sheet", "correct_row", "discard_batch",
    "finish_batch", "issues_of", "leave_groups_out", "name_cells", "own_columns", "row_texts",
    "same_file_before", "set_columns", "texts_of", "undo_batch", "upload_list",
]  # fmt: skip

#: Longer lists are checked, and their people registered, by a job.
MAX_ROWS_AT_ONCE = 1000
_SEX = {"male": "мужской", "female": "женский"}
_NAMES = ("surname", "given_name", "patronymic")


def set_columns(batch_id: int, *, mapping: Mapping[str, str], defaults: Mapping[str, Any], by: Actor) -> ImportBatch:
    """Set the meaning of the columns and check the list; more than `MAX_ROWS_AT_ONCE` rows are checked by a job."""
    batch = ImportBatch.objects.visible_to(by).get(pk=batch_id)
    named = [name for name in mapping.values() if name != IGNORE]
    check_has_name(named)
    # An empty column was ignored; in the next list it may have content.
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
        signature=signature_of(batch.headings),
        by=by,
    )
    return batch if batch.counts["rows"] > MAX_ROWS_AT_ONCE else check_batch(batch_id, by=by)


def check_batch(batch_id: int, *, by: Actor) -> ImportBatch:
    """Check all rows whose people are not registered yet, and save what changed."""
    batch = ImportBatch.objects.visible_to(by).select_related("organization__federation").get(pk=batch_id)
    return transitions.keep_check(batch_id, *_check(batch, by), by=by)


def name_cells(batch_id: int, cells: Mapping[str, int | None], *, by: Actor) -> ImportBatch:
    """Set the cells meant by unknown names, None for no cell, and check the rows again (V-H1)."""
    transitions.keep_cells(batch_id, {cell_key(text): pk for text, pk in cells.items()}, by=by)
    return check_batch(batch_id, by=by)


def leave_groups_out(batch_id: int, *, taken_back: bool = False, by: Actor) -> ImportBatch:
    """Record that the groups of representatives are those of the people they represent, or undo that.

    A check of the rows has to follow.
    """
    batch = ImportBatch.objects.visible_to(by).get(pk=batch_id)
    accepted = set(batch.accepted) - {NOT_THEIRS} if taken_back else {*batch.accepted, NOT_THEIRS}
    return transitions.keep_accepted(batch_id, sorted(accepted), [], by=by)


def ask_again(batch_id: int, row_id: int | None = None, *, by: Actor) -> ImportBatch:
    """Discard earlier answers of one row or of all; more than `MAX_ROWS_AT_ONCE` rows are then checked by a job."""
    batch = transitions.forget_answers(batch_id, row_id, by=by)
    return batch if row_id is None and batch.counts["rows"] > MAX_ROWS_AT_ONCE else check_batch(batch_id, by=by)


def correct_row(
    row_id: int,
    *,
    values: Mapping[str, str],
    accepted: bool = False,
    skip: bool = False,
    confirm_duplicate: bool = False,
    by: Actor,
) -> ImportRow:
    """Save the chair's corrections of a row: texts by field, «this is right», «leave out», «another person»."""
    row = ImportRow.objects.visible_to(by).get(pk=row_id)
    check_not_registered(row)
    batch = ImportBatch.objects.visible_to(by).select_related("organization__federation").get(pk=row.batch_id)
    shown = row_texts(row, batch)
    changed_texts = {name: text for name, text in values.items() if text.strip() != shown.get(name, "").strip()}
    if "full_name" in batch.mapping.values() and changed_texts.keys() & set(_NAMES):
        # The cell of the full name is replaced, so its unreadable parts would be lost.
        unread = [name for name in _NAMES if not row.person.get(name) and name not in row.corrections]
        changed_texts |= {name: text for name in unread if (text := values.get(name, shown.get(name, "")))}
    row.corrections = {
        **texts_of(row),
        **changed_texts,
        **({SKIPPED: "yes"} if skip else {}),
        **({CONFIRMED: "asked"} if confirm_duplicate else {}),
    }
    row.accepted = accepted
    transitions.keep_check(batch.pk, *_check(batch, by, corrected=row), by=by)
    return ImportRow.objects.visible_to(by).get(pk=row_id)


def same_file_before(batch: ImportBatch) -> ImportBatch | None:
    """Return the organisation's earlier batch with registered people from the same sheet of the same file."""
    same = ImportBatch.objects.filter(organization=batch.organization_id, sha256=batch.sha256, state=BatchState.APPLIED)
    same = same.filter(sheet=batch.sheet)
    return same.exclude(pk=batch.pk).order_by("-uploaded_at").first()


def issues_of(row: ImportRow) -> list[Issue]:
    """Return the remarks on the row in the current language: errors, warnings, assumptions."""
    order = {Kind.ERROR: 0, Kind.WARNING: 1, Kind.ASSUMPTION: 2}
    return sorted(stored_issues(row), key=lambda issue: order[issue.kind])


def row_texts(row: ImportRow, batch: ImportBatch | None = None) -> dict[str, str]:
    """Return the texts for the form of corrections by field, with the name in three parts."""
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
        # In the spelling of a list, so that it can be read again.
        texts["sex"] = _SEX[person["sex"]]
    for issue in row.issues:
        # Fields that the list lacks and the card requires can be entered on the screen.
        if issue["field"] in FIELDS and issue["field"] not in {"full_name", IGNORE}:
            texts.setdefault(issue["field"], "")
    return {**texts, **texts_of(row)}


def texts_of(row: ImportRow) -> dict[str, str]:
    """Return the texts corrected on the screen, by field of the list."""
    return {name: text for name, text in row.corrections.items() if name not in {CONFIRMED, SKIPPED}}


def _check(batch: ImportBatch, by: Actor, corrected: ImportRow | None = None) -> tuple[list[ImportRow], int]:
    """Return the rows whose verdict, values or remarks changed, and the number of people found elsewhere.

    `corrected` replaces the stored row. If more people are found elsewhere than may be shown in a day, no row says
    whether its person was found: all of them wait for the superior.
    """
    charter, today = batch.organization.charter, batch.organization.today
    rows = list(ImportRow.objects.filter(batch=batch).exclude(verdict=RowVerdict.DONE).order_by("number"))
    if corrected is not None:
        rows = [corrected if row.pk == corrected.pk else row for row in rows]
    mapping = {int(index): name for index, name in batch.mapping.items() if name != IGNORE}
    defaults = {name: decode(value) for name, value in batch.defaults.items()}
    own = {cell.pk: cell_key(cell.short_name) for cell in cells_of(batch.organization)}
    cells: dict[str, int | None] = {key: pk for pk, key in own.items()}
    # Cells that the chair assigned to unknown names: a cell, or none.
    cells |= {key: pk for key, pk in batch.cells.items() if pk is None or pk in own}
    records = []
    for row in rows:
        source, columns = _corrected(row, mapping)
        record = build_record(
            source, columns, today=today, minimum_age=charter.minimum_age, options=charter.options,
            offered=charter.fields, typed=texts_of(row).keys(), not_theirs=NOT_THEIRS in batch.accepted,
        )  # fmt: skip
        _settle(record, defaults, cells)
        if by.reads(DataClass.IDENTITY):
            tell_passport_outlived(record, today)
        records.append(record)
    wanted = [record for record, row in zip(records, rows, strict=True) if SKIPPED not in row.corrections]
    mark_repeats(wanted)
    for row, record in zip(rows, records, strict=True):
        add_rules(record, batch.organization, today, typed=texts_of(row).keys())
    people = [record.values for record in records]
    duplicates = find_many_duplicates(batch.organization.federation, people, actor=by, organization=batch.organization)
    everybody = [twin for twins in duplicates for twin in twins]
    foreign = sum(is_foreign(twin, batch.organization) for twin in everybody)
    if hold_back(everybody, batch.organization, by=by):
        duplicates = [[twin for twin in twins if not is_foreign(twin, batch.organization)] for twins in duplicates]
        for record in records:
            record.issues.append(Issue("", "search_waits"))
    changed = []
    for row, record, twins in zip(rows, records, duplicates, strict=True):
        before = (row.verdict, row.values, row.issues)
        found = verdict(row, record, twins, batch.accepted)
        row.values = {name: encode(value) for name, value in record.values.items()}
        row.issues = store(record.issues)
        row.verdict = found
        if row is corrected or before != (row.verdict, row.values, row.issues):
            changed.append(row)
    return changed, foreign


def _corrected(row: ImportRow, mapping: Mapping[int, str]) -> tuple[Row, dict[int, str]]:
    """Return the row with the chair's texts instead of the cells of the same fields."""
    texts = texts_of(row)
    replaced = set(texts)
    if replaced & set(_NAMES):
        replaced.add("full_name")
        # A corrected part of the name is combined with the other parts as read.
        texts = {**{name: str(row.person.get(name) or "") for name in _NAMES}, **texts}
        if birth := birth_date_from_name(row, mapping):
            texts = {"birth_date": birth, **texts}
    columns = {index: name for index, name in mapping.items() if name not in replaced}
    cells = [decode(cell) for cell in row.cells]
    struck = row.look.get("struck", [])
    # A corrected name does not remove the strike-through of the person.
    out = any(mapping.get(index) in {"full_name", "surname"} for index in struck)
    for name, text in texts.items():
        if name == "surname" and out:
            struck = [*struck, len(cells)]
        columns[len(cells)] = name
        cells.append(text or None)
    look = row.look
    merged, since_1904 = tuple(look.get("merged", ())), look.get("since_1904", False)
    return Row(row.number, tuple(cells), tuple(struck), look.get("hidden", False), merged, since_1904), columns


def birth_date_from_name(row: ImportRow, mapping: Mapping[int, str]) -> str:
    """Return the date of birth found next to the name.

    Without its own column it would be lost with a corrected name.
    """
    own = [index for index, name in mapping.items() if name == "birth_date" and index < len(row.cells)]
    return as_text(row.person.get("birth_date")) if all(decode(row.cells[index]) is None for index in own) else ""


def _settle(record: Record, defaults: Mapping[str, Any], cells: Mapping[str, int | None]) -> None:
    """Set default values where the row has none, and find the cell by its name."""
    text = record.values.pop("cell", None)
    # Omitted text that could not be read leads to a question and is not replaced.
    unread = {issue.field for issue in record.issues}
    for name, value in defaults.items():
        if name not in SHARED or name not in unread:
            record.values.setdefault(name, value)
    if text:
        key = cell_key(str(text))
        if cells.get(key) is not None:
            record.values["cell"] = cells[key]
        elif key not in cells:
            record.say("cell", "unknown_cell", text=str(text)[:60])


def cell_key(name: str) -> str:
    """Return a key equal for «ПО № 6», «по №6» and «ячейка 6»: the number, or the letters if there is none."""
    number = re.search(r"\d+", name)
    return number.group().lstrip("0") if number else search_key(name).strip()
