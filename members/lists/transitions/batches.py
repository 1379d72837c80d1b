"""State changes of an import batch (U-5); screens and commands call them through `members.lists.batches`."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.book.enums import RegistrationReason
from members.people.errors import SomeRefused
from members.people.rules.person import check_keeps_cards
from members.people.transitions.registration import register_many
from members.people.transitions.taking_back import take_back
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.organizations.models import Organization
from registry.sizes import CHUNK
from registry.transitions import Act, change, quietly
from registry.wal import empty_log

from ..enums import LEFT_OVER, OPEN_BATCHES, BatchState, RowVerdict
from ..models import SKIPPED, ColumnMapping, ImportBatch, ImportRow, encode
from ..rules import (
    check_can_be_finished,
    check_cells,
    check_columns_can_change,
    check_rows_are_ready,
    check_sheet_can_change,
)

#: Time for which the uploaded file (in case another of its sheets is needed) and the rows of unregistered people are
#: kept.
SOURCE_KEPT = dt.timedelta(days=30)
#: If more rows change at once, they are deleted and inserted again in bulk with the same ids.
_MAX_UPDATED = 50
#: Fields with text of the file, and their values after it is deleted.
_OF_THE_FILE: dict[str, Callable[[], Any]] = {
    "name": str, "sheet": str, "sheets": list, "headings": list, "guesses": list, "samples": dict, "dropped": list,
    "cells": dict,
}  # fmt: skip
_ROW_FIELDS = ["cells", "corrections", "values", "issues", "verdict", "accepted", "member"]


def keep_list(
    *,
    organization: Organization,
    data: bytes,
    content_type: str,
    name: str,
    found: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    by: Actor,
) -> ImportBatch:
    """Store an uploaded list as a batch whose columns have to be checked; the file is encrypted (U-5).

    `found` is the result of reading: sheet, sheets, headings, guesses, samples, dropped; `rows` are fields of rows.
    Raises `NotAllowed`, `RuleViolation`.
    """
    with change(by=by, rule="U-5", event="import.uploaded") as act:
        batch = _stored(act, organization, data, content_type, name)
        batch.counts = {"rows": len(rows)}
        for field, value in found.items():
            setattr(batch, field, value)
        act.save(batch)
        _write_rows(batch, rows)
        act.about(batch, organization=batch.organization, rows=len(rows))
    return batch


def keep_unread(*, organization: Organization, data: bytes, content_type: str, name: str, by: Actor) -> ImportBatch:
    """Store an uploaded list that a job has to read; the file is encrypted (U-5). Raises `NotAllowed`."""
    with change(by=by, rule="U-5", event="import.received") as act:
        batch = _stored(act, organization, data, content_type, name)
        batch.state, batch.counts = BatchState.READING, {"rows": 0}
        act.save(batch)
        act.about(batch, organization=batch.organization)
    return batch


def keep_read(batch_id: int, *, found: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], by: Actor) -> ImportBatch:
    """Fill a list with the contents of its file, read by a job; its columns have to be checked."""
    with change(by=by, rule="U-5", event="import.uploaded") as act:
        batch = _batch(act, batch_id, by)
        states.check(batch, BatchState.UPLOADED, "U-5")
        _fill(act, batch, found, rows)
    return batch


def keep_sheet(batch_id: int, *, found: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], by: Actor) -> ImportBatch:
    """Switch to another sheet of the same file; corrections made for the first one are lost."""
    with change(by=by, rule="U-5", event="import.sheet_chosen") as act:
        batch = _batch(act, batch_id, by)
        check_sheet_can_change(batch)
        _fill(act, batch, found, rows)
    return batch


def keep_columns(
    batch_id: int,
    *,
    mapping: Mapping[str, str],
    remembered: Mapping[str, str],
    defaults: Mapping[str, Any],
    signature: str,
    by: Actor,
) -> ImportBatch:
    """Set the meaning of the columns; `remembered` is stored for the organisation's next list with these headings."""
    with change(by=by, rule="U-5", event="import.columns_settled") as act:
        batch = _batch(act, batch_id, by)
        check_columns_can_change(batch)
        if batch.mapping != dict(mapping):
            # The accepted remarks were based on other columns.
            batch.accepted = []
        batch.mapping = dict(mapping)
        batch.defaults = {name: encode(value) for name, value in defaults.items() if value not in (None, "")}
        act.save(batch)
        ColumnMapping.objects.update_or_create(
            organization=batch.organization,
            signature=signature,
            defaults={"mapping": dict(remembered), "used_at": act.now},
        )
        act.about(batch, organization=batch.organization)
    return batch


def keep_check(batch_id: int, changed: Sequence[ImportRow], foreign: int = 0, *, by: Actor) -> ImportBatch:
    """Save the results of a check; no people are changed. The event has the number of people found elsewhere."""
    with change(by=by, rule="U-5", event="import.checked") as act:
        batch = _batch(act, batch_id, by)
        if len(changed) > _MAX_UPDATED:
            _replace_rows(changed)
        elif changed:
            ImportRow.objects.bulk_update(changed, _ROW_FIELDS, batch_size=_MAX_UPDATED)
        if batch.state == BatchState.UPLOADED:
            states.check(batch, BatchState.CHECKED, "U-5")
            batch.state = BatchState.CHECKED
        batch.counts = count(batch)
        act.save(batch)
        act.about(batch, organization=batch.organization, **batch.counts, foreign=foreign)
    return batch


def keep_accepted(batch_id: int, kinds: Sequence[str], changed: Sequence[ImportRow], *, by: Actor) -> ImportBatch:
    """Save the accepted kinds of remarks, and the rows whose verdict changes."""
    with change(by=by, rule="U-5", event="import.accepted") as act:
        batch = _batch(act, batch_id, by)
        batch.accepted = list(kinds)
        by_verdict: dict[str, list[int]] = {}
        for row in changed:
            by_verdict.setdefault(row.verdict, []).append(row.pk)
        for verdict, ids in by_verdict.items():
            # Rows whose people were registered in the meantime stay as they are.
            open_ones = ImportRow.objects.filter(batch=batch, verdict__in=[RowVerdict.UNSURE, RowVerdict.READY])
            for start in range(0, len(ids), CHUNK):
                open_ones.filter(pk__in=ids[start : start + CHUNK]).update(verdict=verdict)
        batch.counts = count(batch)
        act.save(batch)
        act.about(batch, organization=batch.organization, **batch.counts)
    return batch


def keep_cells(batch_id: int, cells: Mapping[str, int | None], *, by: Actor) -> ImportBatch:
    """Set the cells meant by unknown names; a check of the rows has to follow."""
    with change(by=by, rule="V-H1", event="import.cells_named") as act:
        batch = _batch(act, batch_id, by)
        check_cells(batch, cells.values())
        batch.cells = {**batch.cells, **cells}
        act.save(batch)
        act.about(batch, organization=batch.organization, names=len(cells))
    return batch


def forget_answers(batch_id: int, row_id: int | None = None, *, by: Actor) -> ImportBatch:
    """Discard earlier answers of one row or of all; a check has to follow."""
    with change(by=by, rule="U-5", event="import.answers_taken_back") as act:
        batch = _batch(act, batch_id, by)
        rows = ImportRow.objects.filter(batch=batch).exclude(verdict=RowVerdict.DONE)
        if row_id is not None:
            rows = rows.filter(pk=row_id)
        act.about(batch, organization=batch.organization, rows=rows.exclude(carried=[]).update(carried=[]))
    return batch


def apply_batch(batch_id: int, *, by: Actor) -> ImportBatch:
    """Register the people of all correct rows, all or none; the others remain to be corrected (U-5, N-A1).

    Empties the content of these rows, because the cards have it now. Raises `RuleViolation` if no row is correct,
    `SomeRefused` by row number if somebody was registered elsewhere in the meantime.
    """
    with change(by=by, rule="U-5", event="import.applied") as act:
        batch = _batch_of_people(act, batch_id, by)
        states.check(batch, BatchState.APPLIED, "U-5")
        batch.state = BatchState.APPLIED
        rows = list(ImportRow.objects.filter(batch=batch, verdict=RowVerdict.READY).order_by("number"))
        check_rows_are_ready(rows)
        try:
            # If a decision is given for the whole list, it admitted everybody on it (U-5, V-B1).
            decided = {"minutes_number", "minutes_date"} <= batch.defaults.keys()
            members = register_many(
                organization=batch.organization, people=[row.person for row in rows], batch=batch, by=by,
                start_reason=RegistrationReason.ADMISSION if decided else RegistrationReason.EXISTING,
            )  # fmt: skip
        except SomeRefused as refusal:
            by_number = {rows[position].number: wrong for position, wrong in refusal.refused.items()}
            raise SomeRefused(
                _("Some rows have become wrong since they were checked. Check the list again."), by_number
            ) from refusal
        for row, member in zip(rows, members, strict=True):
            row.cells, row.values, row.corrections, row.issues, row.look, row.carried = [], {}, {}, [], {}, []
            row.member, row.verdict = member, RowVerdict.DONE
        _replace_rows(rows)
        batch.applied_at, batch.samples = act.now, {}
        batch.counts = count(batch)
        act.save(batch)
        act.about(batch, organization=batch.organization, put=len(rows))
    return batch


def finish_batch(batch_id: int, *, by: Actor) -> ImportBatch:
    """Leave out the remaining rows of a partly registered list. Each of them can still be included again (U-5)."""
    with change(by=by, rule="U-5", event="import.finished") as act:
        batch = _batch(act, batch_id, by)
        rows = list(ImportRow.objects.filter(batch=batch, verdict__in=LEFT_OVER).order_by("number"))
        check_can_be_finished(batch, rows)
        for row in rows:
            row.corrections = {**row.corrections, SKIPPED: "yes"}
            row.verdict = RowVerdict.SKIPPED
        _replace_rows(rows)
        batch.counts = count(batch)
        act.save(batch)
        act.about(batch, organization=batch.organization, rows=len(rows))
    return batch


def undo_batch(batch_id: int, *, by: Actor) -> ImportBatch:
    """Undo the whole list. Raises `Blocked`, which lists what depends on it."""
    with change(by=by, rule="U-5", event="import.undone") as act:
        batch = _batch_of_people(act, batch_id, by)
        states.check(batch, BatchState.UNDONE, "U-5")
        batch.state = BatchState.UNDONE
        taken = take_back(batch, by=by)
        ImportRow.objects.filter(batch=batch).delete()
        _drop_source(batch)
        batch.counts = {**batch.counts, RowVerdict.DONE: 0}
        act.save(batch)
        act.about(batch, organization=batch.organization, taken=taken)
    return batch


def discard_batch(batch_id: int, *, by: Actor) -> ImportBatch:
    """Discard a list with its file before anybody in it is registered, even if it was not read yet."""
    with change(by=by, rule="U-5", event="import.discarded") as act:
        batch = _batch(act, batch_id, by)
        states.check(batch, BatchState.DISCARDED, "U-5")
        batch.state = BatchState.DISCARDED
        ImportRow.objects.filter(batch=batch).delete()
        _drop_source(batch)
        act.save(batch)
        act.about(batch, organization=batch.organization)
    return batch


def forget_batches() -> None:
    """Discard lists older than `SOURCE_KEPT` without registered people; delete the remaining rows of others."""
    old = ImportBatch.objects.filter(uploaded_at__lt=timezone.now() - SOURCE_KEPT)
    for batch in old.open().select_related("organization"):
        discard_batch(batch.pk, by=Actor.system("lists", batch.organization))
    left = ImportRow.objects.filter(batch=OuterRef("pk")).exclude(verdict=RowVerdict.DONE)
    texts = Q(named__gt=0) | ~Q(headings=[]) | Q(source__isnull=False)
    closed = old.exclude(state__in={BatchState.READING, *OPEN_BATCHES}).annotate(named=Length("name"))
    for pk in closed.filter(Exists(left) | texts).values_list("pk", flat=True):
        with quietly(Actor.system("lists")) as act:
            batch = act.lock(ImportBatch, pk)
            ImportRow.objects.filter(batch=batch).exclude(verdict=RowVerdict.DONE).delete()
            batch.counts = count(batch) if batch.is_applied else batch.counts
            _drop_source(batch)
            act.save(batch)


def count(batch: ImportBatch) -> dict[str, int]:
    """Return the number of rows by verdict and in total."""
    verdicts = Counter(ImportRow.objects.filter(batch=batch).values_list("verdict", flat=True))
    return {"rows": sum(verdicts.values()), **{verdict: verdicts.get(verdict, 0) for verdict in RowVerdict.values}}


def _stored(act: Act, organization: Organization, data: bytes, content_type: str, name: str) -> ImportBatch:
    """Return an unsaved batch, with its file."""
    organization = act.lock(Organization.objects.visible_to(act.by), organization.pk)
    act.require(Permission.IMPORT_MEMBERS, organization)
    check_keeps_cards(organization)
    source = storage.store_file(
        data, purpose=FilePurpose.IMPORT_SOURCE, name="list", content_type=content_type, organization=organization,
        owner=act.by.account, expires_at=act.now + SOURCE_KEPT,
    )  # fmt: skip
    return ImportBatch(
        organization=organization,
        source=source,
        sha256=hashlib.sha256(data).hexdigest(),
        uploaded_by=act.by.account,
        uploaded_at=act.now,
        name=name[:200],
    )


def _fill(act: Act, batch: ImportBatch, found: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    for name, value in found.items():
        setattr(batch, name, value)
    batch.state, batch.counts, batch.accepted = BatchState.UPLOADED, {"rows": len(rows)}, []
    ImportRow.objects.filter(batch=batch).delete()
    _write_rows(batch, rows)
    act.save(batch)
    act.about(batch, organization=batch.organization, rows=len(rows))


def _batch_of_people(act: Act, batch_id: int, by: Actor) -> ImportBatch:
    """Return the list whose people change with it, locked after its organisation."""
    found = ImportBatch.objects.visible_to(by).values_list("organization", flat=True).get(pk=batch_id)
    act.lock(Organization, found)
    return _batch(act, batch_id, by)


def _batch(act: Act, batch_id: int, by: Actor) -> ImportBatch:
    batch = act.lock(ImportBatch.objects.visible_to(by), batch_id)
    batch.organization = Organization.objects.select_related("federation").get(pk=batch.organization_id)
    act.require(Permission.IMPORT_MEMBERS, batch.organization)
    return batch


def _replace_rows(rows: Sequence[ImportRow]) -> None:
    """Delete the rows and insert them again under their ids, which is faster than updates."""
    ImportRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
    ImportRow.objects.bulk_create(rows, batch_size=CHUNK)


def _write_rows(batch: ImportBatch, rows: Sequence[Mapping[str, Any]]) -> None:
    ImportRow.objects.bulk_create(
        [ImportRow(batch=batch, verdict=RowVerdict.WRONG, **row) for row in rows], batch_size=CHUNK
    )


def _drop_source(batch: ImportBatch) -> None:
    """Delete the file and the texts copied from it: its name and headings may name a person."""
    for name, empty in _OF_THE_FILE.items():
        setattr(batch, name, empty())
    ImportBatch.history.filter(id=batch.pk).update(name="", sheet="", sheets=[], cells={})
    source, batch.source = batch.source, None
    if source is not None:
        storage.delete_file(source)
    transaction.on_commit(empty_log)
