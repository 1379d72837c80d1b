"""Large files are read by a job, small ones at once; nothing is kept of a file that is not read (U-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from members.lists import batches, loading, uploads
from members.lists.enums import BatchState
from members.lists.models import CardUpdate, ImportBatch, ImportRow
from members.people.models import Member
from registry import integrity
from registry.enums import Role
from registry.files.models import StoredFile
from registry.jobs import queue
from registry.jobs.enums import JobState
from registry.jobs.models import Job
from registry.jobs.queue import cancel_job, sweep
from registry.jobs.work import Work
from registry.spreadsheets import files
from tests.members.lists.test_batches import DATA, sheet
from tests.members.lists.test_updates import Book, school
from tests.members.places import Place, signed_in, union, voi
from tests.registry import trees

pytestmark = pytest.mark.django_db
UPLOAD = reverse("imports:upload")


@pytest.fixture
def all_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every file as large."""
    monkeypatch.setattr(uploads, "is_large", lambda data: True)


def upload(place: Place, data: bytes, name: str = "Список.xlsx") -> Any:
    return signed_in(place.chair).post(UPLOAD, {"file": SimpleUploadedFile(name, data)})


def job_of(answer: Any) -> Job:
    """Return the job whose page the response redirects to."""
    job = Job.objects.latest("created_at")
    assert (answer.status_code, answer["Location"]) == (302, reverse("jobs:detail", args=[job.pk]))
    return job


def faults() -> dict[str, list[str]]:
    return {title: wrong for title, wrong in integrity.run() if wrong}


def people(number: int, wide: int = 0) -> bytes:
    """Return a workbook with this number of people, each with notes of this length."""
    letters = "абвгдежзик"
    rows = [
        (f"Петров{''.join(letters[int(digit)] for digit in str(n))} Пётр Петрович", "01.02.1980", "м", "о" * wide)
        for n in range(number)
    ]
    return sheet(*rows)


def test_u_5_what_is_large_is_told_by_the_unpacked_size() -> None:
    at_most = files.MAX_AT_ONCE
    assert [files.is_large(b"a" * size) for size in (at_most, at_most + 1)] == [False, True]
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    assert [files.is_large(old + b"a" * (at_most // 2 - 8 + more)) for more in (0, 1)] == [False, True]
    packed = people(1000, 1000)
    assert (len(packed) < at_most, files.is_large(packed), files.is_large(people(1000))) == (True, True, False)
    # Refused files are refused at once.
    assert not files.is_large(b"PK\x03\x04" + b"a" * 2_000_000)
    assert not any(files.is_large(path.read_bytes()) for path in DATA.glob("*list*"))


@pytest.mark.usefixtures("all_large")
def test_u_5_a_large_list_is_read_by_a_job_whose_page_leads_on(run_jobs: Callable[[], None]) -> None:
    place = union()
    client = signed_in(place.chair)
    answer = upload(place, people(3), "Список Липовой.xlsx")
    job = job_of(answer)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.name, batch.counts, job.params) == (
        BatchState.READING, "Список Липовой.xlsx", {"rows": 0}, {"batch": batch.pk},
    )  # fmt: skip
    page = client.get(answer["Location"]).content.decode()
    assert "Можно уйти с этой страницы и работать дальше: список появится в разделе «Загруженные списки»." in page
    # Meanwhile the pages of the list redirect to the job; another chair gets a page that says so.
    for name in ("detail", "rows", "columns"):
        shown = client.get(reverse(f"imports:{name}", args=[batch.pk]), follow=True)
        assert shown.redirect_chain[-1][0] == reverse("jobs:detail", args=[job.pk])
    other = signed_in(trees.officer(place.keeper, Role.DEPUTY, "Львова")).get(
        reverse("imports:detail", args=[batch.pk])
    )
    assert "Файл большой и ещё читается." in other.content.decode()
    assert faults() == {}
    run_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.counts["rows"], ImportRow.objects.filter(batch=batch).count()) == ("uploaded", 3, 3)
    page = client.get(answer["Location"]).content.decode()
    assert ("Прочитано 3 строки." in page, reverse("imports:detail", args=[batch.pk]) in page) == (True, True)
    shown = client.get(reverse("imports:detail", args=[batch.pk]))
    assert shown["Location"] == reverse("imports:columns", args=[batch.pk])
    # From here on, everything is as with a small file.
    batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=place.chair)
    batches.apply_batch(batch.pk, by=place.chair)
    assert Member.objects.count() == 3
    assert faults() == {}


@pytest.mark.usefixtures("all_large")
def test_u_5_a_large_downloaded_list_comes_back_as_changes(run_jobs: Callable[[], None]) -> None:
    place, members = school()
    answer = upload(place, Book(members, place.chair).fill(0, position="завуч").data)
    job = job_of(answer)
    run_jobs()
    update, batch = CardUpdate.objects.get(), ImportBatch.objects.get()
    assert (update.name, update.counts["ready"], batch.state, batch.source) == (
        "Список.xlsx", 1, BatchState.DISCARDED, None,
    )  # fmt: skip
    page = signed_in(place.chair).get(answer["Location"]).content.decode()
    assert reverse("imports:update", args=[update.pk]) in page
    assert "В файле изменения карточек: подтвердите их." in page
    job.refresh_from_db()
    assert job.summary == {"update": update.pk, "file": False}
    assert (StoredFile.objects.count(), faults()) == (0, {})


@pytest.mark.usefixtures("all_large")
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04 broken", "Файл повреждён или это не таблица."),
        ("ФИО;Дата рождения\n".encode(), "Строк с людьми в файле не нашлось."),
    ],
)
def test_u_5_a_large_file_that_cannot_be_read_is_deleted_and_says_why(
    data: bytes, said: str, run_jobs: Callable[[], None]
) -> None:
    place = union()
    answer = upload(place, data)
    job = job_of(answer)
    assert StoredFile.objects.count() == 1
    run_jobs()
    job.refresh_from_db()
    page = signed_in(place.chair).get(answer["Location"]).content.decode()
    assert (job.state, said in page, UPLOAD in page) == (JobState.FAILED, True, True)
    assert (ImportBatch.objects.get().state, StoredFile.objects.count(), faults()) == ("discarded", 0, {})


@pytest.mark.usefixtures("all_large")
def test_u_5_a_reading_that_is_cancelled_or_fails_by_a_fault_leaves_no_file(
    run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = union()
    cancel_job(job_of(upload(place, people(3))).pk, by=place.chair)
    assert (ImportBatch.objects.latest("pk").state, StoredFile.objects.count(), faults()) == ("discarded", 0, {})
    run_jobs()
    # The chair was replaced before the worker started.
    job = job_of(upload(place, people(3)))
    Job.objects.filter(pk=job.pk).update(appointment=None)
    run_jobs()
    assert (Job.objects.get(pk=job.pk).state, StoredFile.objects.count(), faults()) == (JobState.FAILED, 0, {})
    # The worker dies every time.
    job = job_of(upload(place, people(3)))
    long_ago = timezone.now() - dt.timedelta(days=1)
    died = {"state": JobState.RUNNING, "heartbeat_at": long_ago, "attempts": queue.MAX_ATTEMPTS}
    Job.objects.filter(pk=job.pk).update(**died)
    sweep()
    assert (Job.objects.get(pk=job.pk).state, StoredFile.objects.count(), faults()) == (JobState.FAILED, 0, {})
    # An error in the program.
    monkeypatch.setattr(queue, "_RAISE", False)
    monkeypatch.setattr(uploads, "read_stored", lambda batch, by: 1 / 0)
    job = job_of(upload(place, people(3)))
    run_jobs()
    assert (Job.objects.get(pk=job.pk).state, StoredFile.objects.count(), faults()) == (JobState.FAILED, 0, {})
    page = signed_in(place.chair).get(reverse("jobs:detail", args=[job.pk])).content.decode()
    assert "Файл удалён, ничего не изменено." in page


@pytest.mark.usefixtures("all_large")
def test_u_5_a_worker_that_dies_after_the_reading_does_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    place = union()
    job = job_of(upload(place, people(3)))

    def die(work: Work, *args: object, **summary: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(Work, "finish", die)
        with pytest.raises(KeyboardInterrupt):
            queue.run_job.call(str(job.pk))
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - dt.timedelta(days=1))
    sweep()
    queue.run_job.call(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.summary) == (JobState.DONE, {"rows": 3, "file": False})
    assert (ImportRow.objects.count(), StoredFile.objects.count(), faults()) == (3, 1, {})


def test_u_5_a_sheet_of_a_large_workbook_is_read_by_a_job(
    run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = union()
    [path] = (DATA / "cases").glob("c13-*")
    batch = batches.upload_list(organization=place.keeper, data=path.read_bytes(), name=path.name, by=place.chair)
    first, second = batch.sheets
    monkeypatch.setattr(uploads, "is_large", lambda data: True)
    client, address = signed_in(place.chair), reverse("imports:sheet", args=[batch.pk])
    answer = client.post(address, {"sheet": "Лист 17"})
    assert (answer["Location"], Job.objects.count()) == (reverse("imports:columns", args=[batch.pk]), 0)
    job = job_of(client.post(address, {"sheet": second}))
    assert job.params == {"batch": batch.pk, "sheet": 1}
    run_jobs()
    batch.refresh_from_db()
    assert (batch.sheet, batch.counts["rows"], batch.source is not None) == (second, 1, True)
    # After the registration, the other sheet becomes a separate list.
    batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=place.chair)
    batches.accept(batch.pk, by=place.chair)
    batches.apply_batch(batch.pk, by=place.chair)
    answer = client.post(address, {"sheet": first})
    run_jobs()
    new = ImportBatch.objects.latest("pk")
    assert (new.pk != batch.pk, new.sheet, new.counts["rows"]) == (True, first, 3)
    assert reverse("imports:detail", args=[new.pk]) in client.get(answer["Location"]).content.decode()
    assert faults() == {}


def test_u_5_a_list_that_nobody_reads_is_found() -> None:
    place = voi()
    batch = loading.store_unread_list(b"1", "a.csv", organization=place.keeper, by=place.chair)
    title = "A list that is being read has its file and an open job"
    assert faults() == {title: [f"list {batch.pk} is being read by no job"]}
    StoredFile.objects.all().delete()
    assert faults()[title] == [
        f"list {batch.pk} is being read and has no file", f"list {batch.pk} is being read by no job"
    ]  # fmt: skip
