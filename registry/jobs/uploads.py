"""Large uploaded tables: stored, read by a job, and deleted once they are read or the job is given up (N-S2).

A package has one kind of job for its files: it calls `read`, has `forget` as its clean-up and `leads_to` as its page.
Later check pages read the sheets that are stored instead of the file (`contents`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.access import Actor
from registry.enums import Permission
from registry.files import storage
from registry.files.enums import SHEETS, FilePurpose
from registry.files.models import StoredFile
from registry.organizations.models import Organization
from registry.organizations.transitions.founding import keep_list
from registry.spreadsheets.files import ReadBefore, Unreadable, is_long, read_by_a_job

from .models import Job
from .queue import start_job
from .rules import check_is_stored, refuse_unreadable
from .work import Work

Found = TypeVar("Found")

#: Texts of such kinds of jobs.
MEANWHILE = _("You may leave this page and go on working: this page stays among your jobs and leads on.")
REMAINS = _("The file is deleted, nothing was changed.")


def begin(
    kind: str,
    data: bytes,
    params: Mapping[str, Any],
    *,
    place: Organization,
    name: str,
    permission: Permission,
    by: Actor,
) -> Job | None:
    """Store a file and start the job that reads it; return None if it is small enough to read at once.

    `params` are ids and codes that the job needs besides the file. Raises `NotAllowed`, `TooManyJobs`.
    """
    if not is_long(data):
        return None
    with transaction.atomic():
        file = keep_list(place, data, name=name, permission=permission, by=by)
        return start_job(kind, {**params, "file": str(file.pk)}, by=by, organization=place)


def read(work: Work, look: Callable[[ReadBefore], Found], keep: Callable[[Found], str]) -> None:
    """Read the file of the job and delete it; `keep` writes the result of `look` and returns the next page.

    `look` writes nothing, so that it blocks nobody. Raises `RuleViolation` with the reason if the file cannot be read.
    """

    def found(chunks: Iterator[list[str]]) -> Generator[Found, None, None]:
        for (file,) in chunks:
            data = storage.read(_file(work.row, file))
            try:
                sheets = read_by_a_job(data)
            except Unreadable as unreadable:
                refuse_unreadable(unreadable.message)
            yield look(sheets)

    def put(ready: Found) -> None:
        work.note(page=keep(ready))
        storage.delete_file(_file(work.row, work.params["file"]))

    work.each([work.params["file"]], 1, put, prepare=found)


def keep_sheets(sheets: ReadBefore, *, place: Organization, name: str, permission: Permission, by: Actor) -> StoredFile:
    """Store the sheets instead of their file for a day, until they are checked. Raises `NotAllowed`."""
    return keep_list(place, sheets.packed, name=name, permission=permission, content_type=SHEETS, by=by)


def contents(file: StoredFile) -> bytes | ReadBefore:
    """Return what was uploaded: the sheets if a job has read them, otherwise the file."""
    data = storage.read(file)
    return ReadBefore.unpacked(data) if file.content_type == SHEETS else data


def leads_to(upload: str, *names: str) -> Callable[[Job], str]:
    """Return the page of such a job: the next page, or before that the page `upload` where the file was chosen.

    `names` are the job parameters in its address.
    """

    def page(row: Job) -> str:
        return str(row.summary.get("page") or reverse(upload, args=[row.params[name] for name in names]))

    return page


def forget(row: Job) -> None:
    """Delete the file of a job that was cancelled or failed."""
    storage.delete_files(list(_files(row, row.params["file"]).values_list("pk", flat=True)))


def _file(row: Job, pk: str) -> StoredFile:
    return check_is_stored(_files(row, pk).first())


def _files(row: Job, pk: str) -> Any:
    found = StoredFile.objects.visible_to(Actor.system("uploads", row.organization))
    return found.filter(pk=uuid.UUID(pk), owner=row.account, purpose=FilePurpose.IMPORT_SOURCE)
