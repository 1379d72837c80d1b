"""Large tables of five kinds are read by a job, whose page leads to the result; unread files are deleted (N-S2)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from documents.ecards import forms as card_forms
from documents.ecards.models import CardAnswer
from dues.bank.models import BankLine
from dues.ledger.models import LedgerEntry
from dues.payroll.models import PayrollList
from registry import integrity
from registry.access import Actor
from registry.enums import Level
from registry.files.enums import SHEETS
from registry.files.models import StoredFile
from registry.jobs import uploads
from registry.jobs.enums import JobState
from registry.jobs.models import Job
from registry.jobs.queue import cancel_job
from registry.spreadsheets import files
from tests.documents.ecards.cards_world import cards_world, requests_of
from tests.dues.bank.test_table_pages import row as bank_row
from tests.dues.bank.test_table_pages import table
from tests.dues.bank.world import bank
from tests.dues.payroll.world import month, payroll
from tests.dues.test_opening_list import HEAD, YEAR, society
from tests.dues.test_opening_list import book as opening_book
from tests.members.places import signed_in
from tests.registry.trees import below, head, officer

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("own_files")]


def left() -> Any:
    """Return the uploaded files that are stored."""
    return StoredFile.objects.filter(purpose="import_source")


@dataclass
class Upload:
    """A file with the page where it is chosen, and the result of reading it."""

    client: Client
    page: str
    data: bytes
    fields: dict[str, Any]
    #: The beginning of the address of the page that follows.
    leads: str
    done: Callable[[], Any]
    expected: Any

    def send(self, data: bytes | None = None) -> Any:
        file = SimpleUploadedFile("Список.csv", self.data if data is None else data)
        return self.client.post(self.page, {**self.fields, "file": file})


def organizations() -> Upload:
    region = below(head(), Level.REGIONAL)
    data = "Наименование;Уровень\nТульская городская организация;местная\n".encode()

    def rows() -> Any:
        (file,) = left()
        shown = client.get(f"{reverse('organizations:check_list', args=[region.pk, file.pk])}?level=local")
        return file.content_type, [(row.number, row.ready, row.level) for row in shown.context["rows"]]

    client = signed_in(officer(region))
    page = reverse("organizations:load_list", args=[region.pk])
    leads = f"/organizations/{region.pk}/"
    return Upload(client, page, data, {"level": "local"}, leads, rows, (SHEETS, [(2, True, "local")]))


def openings() -> Upload:
    place, _members = society()
    data = opening_book([1, None, "770", YEAR - 1, None], [2, None, "999", YEAR, None])
    client = signed_in(place.chair)

    def rows() -> Any:
        (file,) = left()
        page = client.get(reverse("dues:check_openings", args=[file.pk]))
        return [(row.number, row.ready) for row, _member in page.context["shown"]], LedgerEntry.objects.count()

    return Upload(client, reverse("dues:load_openings"), data, {}, "/dues/", rows, ([(4, False), (3, True)], 0))


def bank_table() -> Upload:
    w = bank()
    client = signed_in(w.chair)

    def rows() -> Any:
        (file,) = left()
        page = client.get(reverse("dues:check_statement", args=[file.pk]))
        return file.content_type, page.context["count"], BankLine.objects.count()

    return Upload(client, reverse("dues:load_statement"), table(bank_row()), {}, "/dues/bank/", rows, (SHEETS, 1, 0))


def payroll_list() -> Upload:
    w = payroll()
    data = "Таб. №;Сотрудник;Удержано\n1;Абрамова Марфа Никифоровна;100,00\n".encode()
    fields = {"employer": str(w.employer.pk), "month": month(1).isoformat()}

    def rows() -> Any:
        found = PayrollList.objects.get()
        return found.employer_id, found.month, len(found.table), left().count()

    expected = (w.employer.pk, month(1), 2, 0)
    page = reverse("dues:load_payroll_list")
    return Upload(signed_in(w.chair), page, data, fields, "/dues/payroll/", rows, expected)


def answer() -> Upload:
    held = cards_world()
    batch = held.sent("Абрамова")
    (request,) = requests_of(batch)
    data = f"id;number;result;note\n{request.pk};;брак;нет фото\n".encode()

    def rows() -> Any:
        (found,) = CardAnswer.objects.all()
        request.refresh_from_db()
        return found.batch_id, request.state, left().count()

    page = reverse("documents:load_card_answer", args=[batch.pk])
    return Upload(signed_in(held.region), page, data, {}, "/papers/cards/", rows, (batch.pk, "failed", 0))


KINDS = {
    "organisations": organizations,
    "opening balances": openings,
    "a table of a bank": bank_table,
    "a payroll list": payroll_list,
    "an answer of a producer": answer,
}


@pytest.fixture
def all_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every file as a long one."""
    monkeypatch.setattr(uploads, "is_long", lambda data: bool(data))
    monkeypatch.setattr(card_forms, "is_long", bool)


def began(sent: Any) -> Job:
    job = Job.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, reverse("jobs:detail", args=[job.pk]))
    return job


@pytest.mark.usefixtures("all_long")
@pytest.mark.parametrize("kind", KINDS)
def test_n_s2_a_large_table_is_read_by_a_job_whose_page_leads_on(kind: str, run_jobs: Callable[[], None]) -> None:
    upload = KINDS[kind]()
    job = began(upload.send())
    assert (job.state, left().count()) == (JobState.QUEUED, 1)
    assert job.params.keys() - {"file"} <= {"parent", "level", "place", "employer", "month", "batch"}
    waiting = upload.client.get(reverse("jobs:detail", args=[job.pk])).content.decode()
    assert "Можно уйти с этой страницы" in waiting
    source = left().get().pk
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")
    page = job.summary["page"]
    assert page.startswith(upload.leads)
    assert not StoredFile.objects.filter(pk=source).exists()
    assert page.split("?")[0] in upload.client.get(reverse("jobs:detail", args=[job.pk])).content.decode()
    assert upload.client.get(page).status_code == 200
    # The next steps do not read the workbook.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(files, "_read", None)
        assert upload.done() == upload.expected
    assert [wrong for _title, wrong in integrity.run() if wrong] == []


@pytest.mark.usefixtures("all_long")
@pytest.mark.parametrize("kind", KINDS)
def test_n_s2_a_table_that_cannot_be_read_is_said_to_its_owner_and_deleted(
    kind: str, run_jobs: Callable[[], None]
) -> None:
    upload = KINDS[kind]()
    job = began(upload.send(b"PK\x03\x04" + b"a" * 99))
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.error, left().count()) == (JobState.FAILED, str(files.Unreadable("damaged")), 0)
    page = upload.client.get(reverse("jobs:detail", args=[job.pk])).content.decode()
    assert ("Файл повреждён" in page, upload.page in page) == (True, True)


@pytest.mark.usefixtures("all_long")
@pytest.mark.parametrize("kind", KINDS)
def test_n_s2_a_table_without_what_it_should_have_is_refused_by_its_own_rule(
    kind: str, run_jobs: Callable[[], None]
) -> None:
    upload = KINDS[kind]()
    job = began(upload.send("Что-то;Другое\nодин;два\n".encode()))
    run_jobs()
    job.refresh_from_db()
    if kind in {"a table of a bank", "a payroll list"}:
        # The user is asked for the meaning of their columns.
        assert job.state == JobState.DONE
    else:
        assert (job.state, bool(job.error), left().count()) == (JobState.FAILED, True, 0)


@pytest.mark.usefixtures("all_long")
@pytest.mark.parametrize("kind", KINDS)
def test_n_s2_a_cancelled_reading_leaves_no_file(kind: str, run_jobs: Callable[[], None]) -> None:
    upload = KINDS[kind]()
    job = began(upload.send())
    cancel_job(job.pk, by=Actor(account=job.account, appointment=job.appointment))
    assert left().count() == 0
    run_jobs()
    job.refresh_from_db()
    assert (job.state, left().count()) == (JobState.CANCELLED, 0)


@pytest.mark.usefixtures("all_long")
def test_n_s2_a_file_that_waited_too_long_is_asked_for_again(run_jobs: Callable[[], None]) -> None:
    upload = payroll_list()
    job = began(upload.send())
    left().delete()
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "Файл больше не хранится. Загрузите его заново.")


def test_n_s2_of_these_tables_a_job_reads_what_unpacks_to_more_than_six_megabytes() -> None:
    edge = files.MAX_SMALL
    assert [files.is_long(b"a" * size) for size in (edge, edge + 1)] == [False, True]


def test_n_s2_four_thousand_wide_rows_are_read_by_the_job_as_they_are(run_jobs: Callable[[], None]) -> None:
    """The workbook is larger than six megabytes, so the page does not read it."""
    place, _members = society()
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([*HEAD, *(f"Прочее {at}" for at in range(25))])
    for number in range(4_000):
        sheet.append([number, None, "770" if number == 7 else f"9{number:05}", YEAR - 1, None, *["прочее" * 3] * 25])
    data = io.BytesIO()
    book.save(data)
    assert files.is_long(data.getvalue())
    client = signed_in(place.chair)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(files, "_read", None)
        job = began(client.post(reverse("dues:load_openings"), {"file": SimpleUploadedFile("a.xlsx", data.getvalue())}))
    run_jobs()
    job.refresh_from_db()
    page = client.get(job.summary["page"])
    assert (page.context["ready"], page.context["wrong"]) == (1, 3_999)


def test_n_s2_the_time_of_a_job_is_given_where_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []

    def read(kind: str, data: bytes, *, seconds: int) -> list[files.Sheet]:
        begun.append(seconds)
        return [files.Sheet("a", [files.Row(1, ("x",))])]

    monkeypatch.setattr(files, "read_apart", read)
    data = b"a;b\n" * (files.MAX_SMALL // 4 + 1)
    with pytest.raises(files.Unreadable):
        files.read_at_once(data)
    with files.by_a_job():
        files.read_at_once(data)
    found = files.read_by_a_job(data)
    assert begun == [files.SECONDS_IN_JOB] * 2
    assert files.ReadBefore.unpacked(found.packed) == found


def test_n_s2_kept_sheets_hold_days_and_numbers_as_they_were() -> None:
    cells = (None, "а", 1, 2.5, True, dt.date(2020, 2, 29), dt.datetime(2020, 2, 29, 12, 30))
    sheet = files.Sheet("Лист", [files.Row(3, cells, (1,), hidden=True)], frozenset({2}))
    kept = files.ReadBefore([sheet], "digest")
    assert files.ReadBefore.unpacked(kept.packed) == kept
