"""Reading a file into a batch: recognised columns, rows, sheets (U-5)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.access import Actor
from registry.files import storage
from registry.organizations.models import Organization

from . import answers
from .enums import BatchState
from .models import ColumnMapping, ImportBatch, encode
from .reading.columns import normalise_heading, recognise
from .reading.reader import Table, Unreadable, read_table
from .rules import check_file_is_stored, check_has_people, check_sheet, refuse_file
from .transitions import batches as transitions

#: Heading of the column of remarks, which recognition ignores, so that remarks are not read as data.
REMARKS = "Замечания реестра"
#: Key in a batch's samples for the texts of rows that are not people, by number.
DROPPED = "dropped"
#: Key there for the names of hidden sheets.
HIDDEN_SHEETS = "hidden_sheets"
_CONTENT_TYPES = {
    b"PK": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"\xd0\xcf": "application/vnd.ms-excel",
}


@dataclass(frozen=True, slots=True)
class ListRead:
    """Contents of a file: the result of recognition, and the rows as they are stored."""

    found: dict[str, Any]
    rows: list[dict[str, Any]]


def upload_list(
    *, organization: Organization, data: bytes, name: str, by: Actor, sheet: str | None = None
) -> ImportBatch:
    """Read an uploaded file and store it as a batch whose columns have to be checked.

    Raises `RuleViolation` with the reason if the file cannot be read, `NotAllowed`.
    """
    read = read_people(read_file(data, name, sheet), organization)
    return store_list(data, name, read, organization=organization, by=by)


def read_file(data: bytes, name: str = "", sheet: str | None = None) -> Table:
    """Return the list in a file. Raises `RuleViolation` with the reason if it cannot be read."""
    try:
        return read_table(data, name, sheet=sheet)
    except Unreadable as unreadable:
        refuse_file(unreadable.message)


def read_people(table: Table, organization: Organization) -> ListRead:
    """Return the recognised contents of a list without writing anything. Raises `RuleViolation` if it has no people."""
    check_has_people(table.rows)
    table, brought = answers.extract_answers(table, organization)
    return ListRead(_found(table, organization), _kept(table, brought))


def store_list(data: bytes, name: str, read: ListRead, *, organization: Organization, by: Actor) -> ImportBatch:
    """Store a list that was read as a batch whose columns have to be checked. Raises `NotAllowed`."""
    return transitions.keep_list(
        organization=organization, data=data, content_type=_content_type(data), name=name, found=read.found,
        rows=read.rows, by=by,
    )  # fmt: skip


def store_unread_list(data: bytes, name: str, *, organization: Organization, by: Actor) -> ImportBatch:
    """Store a list that a job has to read. Raises `NotAllowed`."""
    return transitions.keep_unread(
        organization=organization, data=data, content_type=_content_type(data), name=name, by=by
    )


def _content_type(data: bytes) -> str:
    return _CONTENT_TYPES.get(data[:2], "text/csv")


def choose_sheet(batch_id: int, *, sheet: str, by: Actor) -> ImportBatch:
    """Switch to another sheet of the workbook; once the people of the first one are registered, as a new list.

    Raises `RuleViolation` if there is no such sheet, it cannot be read or the file is deleted.
    """
    batch = ImportBatch.objects.visible_to(by).get(pk=batch_id)
    check_file_is_stored(batch)
    check_sheet(batch, sheet)
    return store_sheet(batch_id, read_sheet(batch_id, batch.sheets.index(sheet), by=by), by=by)


def read_sheet(batch_id: int, at: int, *, by: Actor) -> ListRead:
    """Return the contents of the sheet at this position of the workbook; nothing is stored. Raises `RuleViolation`."""
    batch = ImportBatch.objects.visible_to(by).select_related("source", "organization__federation").get(pk=batch_id)
    data, sheet = storage.read(check_file_is_stored(batch)), batch.sheets[at]
    if batch.state == BatchState.APPLIED:
        return read_people(read_file(data, batch.name, sheet), batch.organization)
    table, brought = answers.extract_answers(read_file(data, "", sheet), batch.organization)
    return ListRead(_found(table, batch.organization), _kept(table, brought))


def store_sheet(batch_id: int, read: ListRead, *, by: Actor) -> ImportBatch:
    """Store the contents of another sheet. Raises `RuleViolation` if the list was closed in the meantime."""
    batch = ImportBatch.objects.visible_to(by).select_related("source", "organization__federation").get(pk=batch_id)
    if batch.state == BatchState.APPLIED:
        # The people of the first sheet stay with their batch; those of the next one get their own.
        data = storage.read(check_file_is_stored(batch))
        return store_list(data, batch.name, read, organization=batch.organization, by=by)
    return transitions.keep_sheet(batch_id, found=read.found, rows=read.rows, by=by)


def _kept(table: Table, brought: Mapping[int, answers.Brought]) -> list[dict[str, Any]]:
    """Return the rows in their stored form: cells, formatting, earlier answers."""
    rows = []
    for row in table.rows:
        told = brought.get(row.number, answers.Brought())
        look: dict[str, Any] = {"struck": list(row.struck)} if row.struck else {}
        if row.hidden or told.hidden:
            look["hidden"] = True
        if row.merged:
            look["merged"] = list(row.merged)
        if row.since_1904:
            look["since_1904"] = True
        cells = [encode(cell) for cell in row.cells]
        rows.append({"number": row.number, "cells": cells, "look": look, "carried": list(told.answers)})
    return rows


def _found(table: Table, organization: Organization) -> dict[str, Any]:
    """Return the result of reading and recognition in its stored form."""
    remembered = ColumnMapping.objects.filter(organization=organization, signature=signature_of(table.headings)).first()
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
            # A person among these rows would be lost, so they are shown; encrypted like the samples.
            **({HIDDEN_SHEETS: list(table.hidden_sheets)} if table.hidden_sheets else {}),
            DROPPED: {str(dropped.number): dropped.text for dropped in table.dropped if dropped.text},
        },
        "dropped": [{"number": dropped.number, "reason": dropped.reason} for dropped in table.dropped],
        "mapping": {str(index): name for index, name in recognition.mapping.items()},
    }


def signature_of(headings: Sequence[str]) -> str:
    """Return a signature that is equal for a list and its workbook of remarks, which adds columns at the end."""
    headings = headings[: own_columns(headings)]
    return hashlib.sha256("\x1f".join(normalise_heading(heading) for heading in headings).encode()).hexdigest()


def own_columns(headings: Sequence[str]) -> int:
    """Return the number of the list's own columns, before those added by the registry."""
    return headings.index(REMARKS) if REMARKS in headings else len(headings)
