"""An uploaded file: a list of new people, or an edited download with changes of cards (U-5).

Small files are read at once, large ones by a job.
"""

from __future__ import annotations

import uuid

from django.db import transaction

from registry.access import Actor
from registry.files import storage
from registry.jobs.models import Job
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.spreadsheets.files import is_large

from . import loading, updates
from .models import CardUpdate, ImportBatch
from .rules import check_file_is_stored, check_sheet
from .transitions import batches as transitions

#: Kinds of the jobs that read files.
READ, READ_SHEET = "import.read", "import.read_sheet"
#: The result of reading a file: a list, or changes of cards.
FileRead = loading.ListRead | updates.Compared


def store_upload(data: bytes, name: str, *, organization: Organization, by: Actor) -> ImportBatch | CardUpdate | Job:
    """Store an uploaded file as a list whose columns have to be checked, as changes, or for a large file as a job.

    Raises `RuleViolation` with the reason if the file cannot be read, `NotAllowed`.
    """
    if not is_large(data):
        read = _read(data, name, organization, by)
        if isinstance(read, updates.Compared):
            return updates.store_update(read, by=by)
        return loading.store_list(data, name, read, organization=organization, by=by)
    with transaction.atomic():
        batch = loading.store_unread_list(data, name, organization=organization, by=by)
        return start_job(READ, {"batch": batch.pk}, by=by, organization=organization)


def read_stored(batch_id: int, *, by: Actor) -> FileRead:
    """Read the file of a list for a job, without writing anything. Raises `RuleViolation`."""
    batch = _batch(batch_id, by)
    return _read(storage.read(check_file_is_stored(batch)), batch.name, batch.organization, by)


def fill_list(batch_id: int, read: FileRead, *, by: Actor) -> CardUpdate | None:
    """Fill the list with the contents of the file; if it changes cards, delete the list and return the change
    instead.
    """
    if not isinstance(read, updates.Compared):
        transitions.keep_read(batch_id, found=read.found, rows=read.rows, by=by)
        return None
    with transaction.atomic():
        update = updates.store_update(read, by=by)
        transitions.discard_batch(batch_id, by=by)
    return update


def switch_sheet(batch_id: int, sheet: str, *, by: Actor) -> ImportBatch | Job:
    """Switch to another sheet of the same workbook, see `loading.choose_sheet`; a job reads large ones."""
    batch = _batch(batch_id, by)
    check_sheet(batch, sheet)
    if not is_large(storage.read(check_file_is_stored(batch))):
        return loading.choose_sheet(batch_id, sheet=sheet, by=by)
    params = {"batch": batch_id, "sheet": batch.sheets.index(sheet)}
    return start_job(READ_SHEET, params, by=by, organization=batch.organization)


def reading_job(batch: ImportBatch, by: Actor) -> uuid.UUID | None:
    """Return the id of the actor's job that reads the file of the list; None if it is somebody else's."""
    found = Job.objects.visible_to(by).filter(kind=READ, params__batch=batch.pk)
    return found.values_list("pk", flat=True).first()


def _batch(batch_id: int, by: Actor) -> ImportBatch:
    return ImportBatch.objects.visible_to(by).select_related("source", "organization__federation").get(pk=batch_id)


def _read(data: bytes, name: str, organization: Organization, by: Actor) -> FileRead:
    table = loading.read_file(data, name)
    if updates.leads_to_cards(table, by):
        # An uploaded download is not a list of new people.
        return updates.compare(table, name, by=by)
    return loading.read_people(table, organization)
