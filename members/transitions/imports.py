"""What happens to a list on its way onto account (U-5); screens and commands go through `members.imports.batches`."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry import states, storage
from registry.access import Actor, require
from registry.enums import FilePurpose, Permission
from registry.errors import RuleViolation
from registry.models import Organization
from registry.transitions.base import Act, change

from ..enums import EDITABLE_BATCHES, OPEN_BATCHES, BatchState, RegistrationReason, RowVerdict
from ..errors import SomeRefused
from ..models import ColumnMapping, ImportBatch, ImportRow
from ..models.imports import encode
from ..rules.person import cells_of, check_keeps_cards
from .accounting import put_many_on_account
from .taking_back import take_back

#: The uploaded file is kept so long, in case another sheet of it is wanted.
SOURCE_KEPT = dt.timedelta(days=30)
#: More rows changed at once are written anew in bulk, under their own ids.
_MANY = 50
_AT_ONCE = 500
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
    """An uploaded list begins as a batch whose columns are to be checked; the file is kept encrypted (U-5).

    `found` holds what reading told: sheet, sheets, headings, guesses, samples, dropped; `rows` their fields.
    Raises `NotAllowed`, `RuleViolation`.
    """
    with change(by=by, rule="U-5", event="import.uploaded") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization.pk)
        require(by, Permission.IMPORT_MEMBERS, organization)
        check_keeps_cards(organization)
        source = storage.keep(
            data, purpose=FilePurpose.IMPORT_SOURCE, name="list", content_type=content_type, organization=organization,
            owner=by.account, expires_at=act.now + SOURCE_KEPT,
        )  # fmt: skip
        batch = ImportBatch(
            organization=organization,
            source=source,
            sha256=hashlib.sha256(data).hexdigest(),
            uploaded_by=by.account,
            uploaded_at=act.now,
            counts={"rows": len(rows)},
            name=name[:200],
            **found,
        )
        act.save(batch)
        _write_rows(batch, rows)
        act.about(batch, organization=organization, rows=len(rows))
    return batch


def keep_sheet(batch_id: int, *, found: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], by: Actor) -> ImportBatch:
    """Another sheet of the same file is taken instead; what was corrected on the first one goes."""
    with change(by=by, rule="U-5", event="import.sheet_chosen") as act:
        batch = _batch(act, batch_id, by)
        if batch.state not in OPEN_BATCHES:
            raise RuleViolation(
                "U-5", _("This list has been put on account already; upload the file anew for another sheet.")
            )
        for name, value in found.items():
            setattr(batch, name, value)
        batch.state, batch.counts, batch.accepted = BatchState.UPLOADED, {"rows": len(rows)}, []
        ImportRow.objects.filter(batch=batch).delete()
        _write_rows(batch, rows)
        act.save(batch)
        act.about(batch, organization=batch.organization, rows=len(rows))
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
    """What the columns mean is settled; `remembered` of it goes for the organisation's next list of such headings."""
    with change(by=by, rule="U-5", event="import.columns_settled") as act:
        batch = _batch(act, batch_id, by)
        if batch.state not in EDITABLE_BATCHES:
            raise RuleViolation("U-5", _("This list is closed. Upload the file anew."))
        if batch.mapping != dict(mapping):
            # What was looked at was another reading of the columns.
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


def keep_check(batch_id: int, changed: Sequence[ImportRow], *, by: Actor) -> ImportBatch:
    """What was found out about the rows is written down; the people themselves are not touched."""
    with change(by=by, rule="U-5", event="import.checked") as act:
        batch = _batch(act, batch_id, by)
        if len(changed) > _MANY:
            ImportRow.objects.filter(pk__in=[row.pk for row in changed]).delete()
            ImportRow.objects.bulk_create(changed, batch_size=200)
        elif changed:
            ImportRow.objects.bulk_update(changed, _ROW_FIELDS, batch_size=_MANY)
        if batch.state == BatchState.UPLOADED:
            states.check(batch, BatchState.CHECKED, "U-5")
            batch.state = BatchState.CHECKED
        batch.counts = count(batch)
        act.save(batch)
        act.about(batch, organization=batch.organization, **batch.counts)
    return batch


def keep_accepted(batch_id: int, kinds: Sequence[str], changed: Sequence[ImportRow], *, by: Actor) -> ImportBatch:
    """Kinds of remarks that the chair has looked at and agrees with, and the rows that are settled by it or no more."""
    with change(by=by, rule="U-5", event="import.accepted") as act:
        batch = _batch(act, batch_id, by)
        batch.accepted = list(kinds)
        by_verdict: dict[str, list[int]] = {}
        for row in changed:
            by_verdict.setdefault(row.verdict, []).append(row.pk)
        for verdict, ids in by_verdict.items():
            # A row that has gone in meanwhile stays there.
            open_ones = ImportRow.objects.filter(batch=batch, verdict__in=[RowVerdict.UNSURE, RowVerdict.READY])
            for start in range(0, len(ids), _AT_ONCE):
                open_ones.filter(pk__in=ids[start : start + _AT_ONCE]).update(verdict=verdict)
        batch.counts = count(batch)
        act.save(batch)
        act.about(batch, organization=batch.organization, **batch.counts)
    return batch


def keep_cells(batch_id: int, cells: Mapping[str, int | None], *, by: Actor) -> ImportBatch:
    """What is meant by names of cells that the registry does not know; the rows are checked after it."""
    with change(by=by, rule="V-H1", event="import.cells_named") as act:
        batch = _batch(act, batch_id, by)
        own = {cell.pk for cell in cells_of(batch.organization)}
        if not {pk for pk in cells.values() if pk is not None} <= own:
            raise RuleViolation("V-H1", _("Choose a primary cell of this organisation."), field="cell")
        batch.cells = {**batch.cells, **cells}
        act.save(batch)
        act.about(batch, organization=batch.organization, names=len(cells))
    return batch


def forget_answers(batch_id: int, row_id: int | None = None, *, by: Actor) -> ImportBatch:
    """What was answered when the list was loaded before counts no more, in one row or in all; a check follows."""
    with change(by=by, rule="U-5", event="import.answers_taken_back") as act:
        batch = _batch(act, batch_id, by)
        rows = ImportRow.objects.filter(batch=batch).exclude(verdict=RowVerdict.DONE)
        if row_id is not None:
            rows = rows.filter(pk=row_id)
        act.about(batch, organization=batch.organization, rows=rows.exclude(carried=[]).update(carried=[]))
    return batch


def apply_batch(batch_id: int, *, by: Actor) -> ImportBatch:
    """Every row that is right goes on account, all in one; the rest stays to be corrected (U-5, N-A1).

    The content of the rows that went in is emptied: the card holds it now. Raises `RuleViolation` where there is
    nothing to put on account, `SomeRefused` by row number where somebody else was quicker.
    """
    with change(by=by, rule="U-5", event="import.applied") as act:
        batch = _batch(act, batch_id, by)
        states.check(batch, BatchState.APPLIED, "U-5")
        batch.state = BatchState.APPLIED
        rows = list(ImportRow.objects.filter(batch=batch, verdict=RowVerdict.READY).order_by("number"))
        if not rows:
            raise RuleViolation("U-5", _("There is no row that can be put on account. Correct the rows first."))
        try:
            # One decision that is named for the whole list admitted everybody on it (U-5, V-B1).
            decided = {"minutes_number", "minutes_date"} <= batch.defaults.keys()
            members = put_many_on_account(
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
        ImportRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
        ImportRow.objects.bulk_create(rows, batch_size=200)
        batch.applied_at, batch.samples = act.now, {}
        batch.counts = count(batch)
        act.save(batch)
        act.about(batch, organization=batch.organization, put=len(rows))
    return batch


def undo_batch(batch_id: int, *, by: Actor) -> ImportBatch:
    """The whole list is taken back while nothing depends on it; raises `Blocked`, which names what does."""
    with change(by=by, rule="U-5", event="import.undone") as act:
        batch = _batch(act, batch_id, by)
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
    """A list that is not wanted any more is thrown away with its file; nobody of it came on account."""
    with change(by=by, rule="U-5", event="import.discarded") as act:
        batch = _batch(act, batch_id, by)
        states.check(batch, BatchState.DISCARDED, "U-5")
        batch.state = BatchState.DISCARDED
        ImportRow.objects.filter(batch=batch).delete()
        _drop_source(batch)
        act.save(batch)
        act.about(batch, organization=batch.organization)
    return batch


def count(batch: ImportBatch) -> dict[str, int]:
    """Rows of the batch by verdict, and all of them."""
    verdicts = Counter(ImportRow.objects.filter(batch=batch).values_list("verdict", flat=True))
    return {"rows": sum(verdicts.values()), **{verdict: verdicts.get(verdict, 0) for verdict in RowVerdict.values}}


def _batch(act: Act, batch_id: int, by: Actor) -> ImportBatch:
    batch = act.lock(ImportBatch.objects.visible_to(by), batch_id)
    batch.organization = Organization.objects.select_related("federation").get(pk=batch.organization_id)
    require(by, Permission.IMPORT_MEMBERS, batch.organization)
    return batch


def _write_rows(batch: ImportBatch, rows: Sequence[Mapping[str, Any]]) -> None:
    ImportRow.objects.bulk_create(
        [ImportRow(batch=batch, verdict=RowVerdict.WRONG, **row) for row in rows], batch_size=200
    )


def _drop_source(batch: ImportBatch) -> None:
    batch.samples = {}
    source, batch.source = batch.source, None
    if source is not None:
        storage.drop(source)
