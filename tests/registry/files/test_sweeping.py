"""The sweep finds and deletes contents without a row, and rows whose contents are lost."""

from __future__ import annotations

import datetime as dt
import os
import time
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from documents.rights.models import SubjectRequest
from registry import integrity
from registry.access import Actor
from registry.errors import NotAllowed
from registry.files import queries, storage, transitions
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.journal.models import Event
from tests.registry import trees

pytestmark = pytest.mark.usefixtures("several_connections")
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=30)


def kept(age: dt.timedelta = 2 * DAY, text: bytes = b"scan") -> StoredFile:
    """Store a file as if this long ago."""
    row = storage.store_file(text, purpose=FilePurpose.JOB_RESULT, name="a.pdf", content_type="application/pdf")
    StoredFile.objects.filter(pk=row.pk).update(created_at=timezone.now() - age)
    aged(storage.path_of(row.pk), age)
    return row


def aged(path: Path, age: dt.timedelta) -> Path:
    moment = time.time() - age.total_seconds()
    os.utime(path, (moment, moment))
    return path


def stray(age: dt.timedelta) -> Path:
    """Store contents whose row is deleted."""
    row = kept(age)
    StoredFile.objects.filter(pk=row.pk).delete()
    return storage.path_of(row.pk)


def sweep(**options: bool) -> list[str]:
    out = StringIO()
    call_command("sweep_files", stdout=out, **options)
    return out.getvalue().splitlines()


@pytest.mark.parametrize(("age", "swept"), [(DAY - SECOND, False), (DAY + SECOND, True)])
def test_contents_without_a_row_are_swept_after_a_day(age: dt.timedelta, swept: bool) -> None:
    path, fine = stray(age), kept()
    assert sweep() == [f"Files without a row deleted: {int(swept)}. Rows without a file deleted: 0."]
    assert (path.exists(), storage.read(fine)) == (not swept, b"scan")


@pytest.mark.parametrize(("age", "swept"), [(DAY - SECOND, False), (DAY + SECOND, True)])
def test_rows_without_contents_are_swept_after_a_day(age: dt.timedelta, swept: bool) -> None:
    row, fine = kept(age), kept()
    storage.path_of(row.pk).unlink()
    assert sweep() == [f"Files without a row deleted: 0. Rows without a file deleted: {int(swept)}."]
    assert set(StoredFile.objects.values_list("pk", flat=True)) == {fine.pk} | (set() if swept else {row.pk})


def test_uploads_in_flight_and_parts_of_running_jobs_stay(own_files: Path) -> None:
    with transaction.atomic():
        row = storage.store_file(b"now", purpose=FilePurpose.PHOTO, name="a.jpg", content_type="image/jpeg")
        part = own_files / "new" / f"{uuid.uuid4()}.part"
        part.write_bytes(b"part")
        assert (storage.contents_without_rows(), storage.files_without_contents()) == ([], [])
    assert storage.read(row) == b"now"
    aged(part, 2 * DAY)
    assert storage.contents_without_rows() == [f"new/{part.name}"]


def test_a_dry_run_says_the_same_and_deletes_nothing() -> None:
    path, row = stray(2 * DAY), kept()
    storage.path_of(row.pk).unlink()
    assert sweep(dry_run=True) == [
        "Files without a row would be deleted: 1. Rows without a file would be deleted: 1.",
    ]
    assert (path.exists(), StoredFile.objects.count(), Event.objects.filter(action="job.files_swept").count()) == (
        True,
        1,
        0,
    )


def test_the_event_has_numbers_and_no_names() -> None:
    stray(2 * DAY)
    stray(2 * DAY)
    storage.path_of(kept().pk).unlink()
    sweep()
    (event,) = Event.objects.filter(action="job.files_swept")
    assert (event.facts, event.rule, event.organization, event.object_id, event.acting) == (
        {"contents": 2, "rows": 1},
        "N-S1",
        None,
        "",
        "sweep_files",
    )
    assert {title: found for title, found in integrity.run() if found} == {}
    # Nothing is left to delete, and nothing else is reported.
    assert sweep() == ["Files without a row deleted: 0. Rows without a file deleted: 0."]
    assert Event.objects.filter(action="job.files_swept").count() == 1


def test_a_row_that_a_record_refers_to_stays_and_is_named() -> None:
    row, place, today = kept(), trees.head(), timezone.localdate()
    request = SubjectRequest.objects.create(
        organization=place, received_by=place, number=1, kind="access", received_on=today, answer_by=today,
        channel="person", scan=row,
    )  # fmt: skip
    storage.path_of(row.pk).unlink()
    assert queries.referring([row.pk]) == {row.pk: [f"documents.SubjectRequest {request.pk}"]}
    assert sweep() == [
        "Files without a row deleted: 0. Rows without a file deleted: 0.",
        f"file {row.pk} is missing, and stays, because records refer to it: documents.SubjectRequest {request.pk}. "
        "Bring it back from a backup, or enter it there again.",
    ]
    assert StoredFile.objects.filter(pk=row.pk).exists()


def test_contents_stay_for_a_backup_that_reads_them() -> None:
    path = stray(2 * DAY)
    with storage.dropped_files_kept():
        sweep()
        assert not path.exists()
        with storage.open_file(uuid.UUID(path.name)) as file:
            assert file.read()
    with pytest.raises(FileNotFoundError):
        storage.open_file(uuid.UUID(path.name))


def test_contents_that_got_their_row_meanwhile_stay() -> None:
    row = kept()
    transitions.sweep_files([storage.place_of(row.pk)], [], by=Actor.system("sweep_files"))
    assert storage.read(row) == b"scan"


def test_a_row_of_a_moment_ago_is_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[StoredFile] = []
    listed = Path.glob

    def then_stored(self: Path, pattern: str) -> object:
        found = list(listed(self, pattern))
        if pattern == "??/*":
            made.append(kept())
        return found

    monkeypatch.setattr(Path, "glob", then_stored)
    assert (storage.orphans(), len(made)) == (([], []), 1)


def test_only_the_installation_sweeps() -> None:
    place = trees.head()
    for by in (Actor.system("sweep", organization=place), trees.officer(place)):
        with pytest.raises(NotAllowed):
            transitions.sweep_files([], [], by=by)
