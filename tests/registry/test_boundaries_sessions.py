"""Terms of sign-in, sessions, drafts and jobs: the last allowed moment and the next one (U-2, N-S2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from documents.printing.models import PrintRecord
from registry.access import Actor
from registry.accounts.rules.accounts import check_one_time_password
from registry.accounts.transitions import accounts
from registry.drafts.models import Draft
from registry.drafts.tokens import ticket
from registry.drafts.transitions import MAX_DRAFTS, save_draft, sweep_drafts
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.files.models import StoredFile
from registry.jobs import kinds
from registry.jobs import queue as jobs
from registry.jobs.models import Job
from registry.jobs.work import Work
from tests.clock import at, moment
from tests.refusals import refused
from tests.registry import trees

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
#: Later than the real date of any run of the suite.
START = moment("2040-02-20T10:00")
PASSWORD = "correct horse battery"


@pytest.fixture
def chair() -> Actor:
    with at(START):
        return trees.officer(trees.below(trees.below(trees.head(), Level.REGIONAL), Level.PRIMARY))


def sign_in(client: Client, login: str, password: str = PASSWORD) -> int:
    return client.post(reverse("login"), {"username": login, "password": password}).status_code


# Passwords and sessions


def test_u2_a_one_time_password_is_valid_for_exactly_fourteen_days(chair: Actor) -> None:
    with at(START, tick=False):
        superior = trees.officer(trees.again(chair.organization).parent)  # type: ignore[arg-type]
        account, _first = accounts.create_account(
            organization_id=chair.organization.pk,  # type: ignore[union-attr]
            person={"surname": "Новиков", "given_name": "Пётр"}, role=Role.REGISTRAR, starts_on=START.date(),
            by=superior,
        )  # fmt: skip
    with at(START + 13 * DAY, tick=False):
        # A new password starts a new term.
        account, password = accounts.reissue_password(account.pk, by=superior)
    ends = START + 27 * DAY
    with at(ends, tick=False):
        check_one_time_password(account)
        assert sign_in(Client(), account.login, password) == 302
    with at(ends + dt.timedelta(microseconds=1), tick=False):
        with refused("U-2"):
            check_one_time_password(account)
        assert sign_in(Client(), account.login, password) == 200
    with at(ends + 400 * DAY, tick=False):
        account.must_change_password = False
        check_one_time_password(account)


def test_u2_an_idle_session_ends_after_half_an_hour_without_a_page(chair: Actor) -> None:
    client = Client()

    def page() -> int:
        return client.get(reverse("profile")).status_code

    with at(START, tick=False):
        assert sign_in(client, chair.account.login) == 302  # type: ignore[union-attr]
    idle = dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    assert idle == 30 * MINUTE
    with at(START + idle - SECOND, tick=False):
        assert page() == 200
    with at(START + 2 * idle - 2 * SECOND, tick=False):
        assert page() == 200
        # Automatic requests of the page do not extend the session.
    with at(START + 2 * idle, tick=False):
        assert client.get(reverse("counts")).status_code == 200
    with at(START + 3 * idle - 2 * SECOND, tick=False):
        assert page() == 302


def test_u2_a_session_ends_twelve_hours_after_the_sign_in_and_keeps_what_is_typed(chair: Actor) -> None:
    client, key = Client(), "account-new"
    with at(START, tick=False):
        sign_in(client, chair.account.login)  # type: ignore[union-attr]
        assert client.post(reverse("session-ping")).json() == {"seconds": 30 * 60}
        typed = {"surname": "Заметная", "draft_of": ticket(chair.account, key)}  # type: ignore[arg-type]
    # Work all day, a page every twenty minutes.
    for number in range(1, 36):
        with at(START + number * 20 * MINUTE, tick=False):
            assert client.get(reverse("profile")).status_code == 200
    with at(START + 12 * HOUR - SECOND, tick=False):
        page = client.get(reverse("profile")).content.decode()
        assert 'data-ends-in="1"' in page
        assert client.post(reverse("session-ping")).json() == {"seconds": 1}
    with at(START + 12 * HOUR, tick=False):
        assert client.post(reverse("accounts:add"), typed).status_code == 401
        assert client.get(reverse("profile")).status_code == 302
        assert sign_in(client, chair.account.login) == 302  # type: ignore[union-attr]
        assert client.get(reverse("profile")).status_code == 200
    with at(START + 12 * HOUR + 25 * MINUTE, tick=False):
        assert client.get(reverse("profile")).status_code == 200


def test_u2_a_closed_sign_in_opens_after_a_quarter_of_an_hour(chair: Actor) -> None:
    login = chair.account.login  # type: ignore[union-attr]
    with at(START, tick=False):
        assert [sign_in(Client(), login, "wrong") for _ in range(5)] == [200, 200, 200, 200, 429]
    with at(START + 15 * MINUTE - SECOND, tick=False):
        assert sign_in(Client(), login) == 429
    with at(START + 15 * MINUTE + SECOND, tick=False):
        assert sign_in(Client(), login) == 302


# Drafts


def test_a_draft_is_kept_for_thirty_days(chair: Actor) -> None:
    with at(START, tick=False):
        save_draft(chair.account, "member-1", {"surname": ["Ким"]})  # type: ignore[arg-type]
    for later, swept in ((30 * DAY - SECOND, 0), (30 * DAY, 0), (30 * DAY + SECOND, 1)):
        with at(START + later, tick=False):
            assert sweep_drafts() == swept


def test_a_hundred_drafts_are_kept_and_the_next_replaces_the_oldest(chair: Actor) -> None:
    assert MAX_DRAFTS == 100
    for number in range(MAX_DRAFTS + 1):
        with at(START + number * SECOND, tick=False):
            save_draft(chair.account, f"member-{number}", {})  # type: ignore[arg-type]
        if number == MAX_DRAFTS - 1:
            assert Draft.objects.count() == MAX_DRAFTS
    assert Draft.objects.count() == MAX_DRAFTS
    assert not Draft.objects.filter(key="member-0").exists()


# Jobs


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> str:
    """Register a kind of job whose result is one small file."""

    def run(work: Work) -> None:
        work.finish(b"%PDF-", name="result.pdf")

    monkeypatch.setitem(kinds._KINDS, "boundary", kinds.Kind(run, "Boundary"))
    monkeypatch.setattr(jobs, "_RAISE", True)
    monkeypatch.setattr(kinds, "_DAILY", {})
    return "boundary"


def begun(chair: Actor, kind: str, **values: Any) -> Job:
    """Return a job that a worker has begun at `START`."""
    row = jobs.start_job(kind, {}, by=chair)
    Job.objects.filter(pk=row.pk).update(state="running", heartbeat_at=START, attempts=1, **values)
    return row


def test_the_result_of_a_job_is_kept_for_seven_days(chair: Actor, kind: str) -> None:
    with at(START, tick=False):
        row = jobs.start_job(kind, {}, by=chair)
        jobs.run_job.call(str(row.pk))
    with at(START + 7 * DAY, tick=False):
        jobs.sweep()
        assert jobs.fetch_result(row.pk, by=chair)[1] == b"%PDF-"
    with at(START + 7 * DAY + dt.timedelta(microseconds=1), tick=False):
        with pytest.raises(StoredFile.DoesNotExist):
            jobs.fetch_result(row.pk, by=chair)
        assert StoredFile.objects.count() == 1
        jobs.sweep()
        assert StoredFile.objects.count() == 0


def test_an_ended_job_is_listed_for_ninety_days_and_an_open_one_for_ever(chair: Actor, kind: str) -> None:
    with at(START, tick=False):
        ended, waiting = (jobs.start_job(kind, {"number": number}, by=chair) for number in range(2))
        jobs.run_job.call(str(ended.pk))
        stored = PrintRecord.objects.create(
            form="card", job=ended, organization=chair.organization, printed_at=START, printed_by=chair.account
        )
    for later, left in ((90 * DAY, {ended.pk, waiting.pk}), (90 * DAY + SECOND, {waiting.pk})):
        with at(START + later, tick=False):
            jobs.forget_jobs((START + later).date())
            assert set(Job.objects.values_list("pk", flat=True)) == left
    stored.refresh_from_db()
    assert stored.job is None


def test_the_result_of_a_job_is_available_until_the_last_day_of_its_appointment(chair: Actor, kind: str) -> None:
    with at(START, tick=False):
        row = jobs.start_job(kind, {}, by=chair)
        jobs.run_job.call(str(row.pk))
        superior = trees.officer(trees.again(chair.organization).parent)  # type: ignore[arg-type]
        accounts.dismiss(chair.appointment.pk, last_day=dt.date(2040, 2, 22), by=superior)  # type: ignore[union-attr]
    with at("2040-02-22T23:59"):
        jobs.fetch_result(row.pk, by=chair)
    with at("2040-02-23T00:00"), pytest.raises(NotAllowed):
        jobs.fetch_result(row.pk, by=chair)


@pytest.mark.parametrize(
    ("silent", "attempts", "state"),
    [
        (60 * SECOND, 1, "running"),
        (60 * SECOND + dt.timedelta(microseconds=1), 1, "queued"),
        (61 * SECOND, 3, "queued"),
        (61 * SECOND, 4, "failed"),
    ],
)
def test_a_silent_job_is_put_back_after_a_minute_and_given_up_after_four_attempts(
    chair: Actor, kind: str, silent: dt.timedelta, attempts: int, state: str
) -> None:
    with at(START, tick=False):
        row = begun(chair, kind)
        Job.objects.filter(pk=row.pk).update(attempts=attempts)
    with at(START + silent, tick=False):
        assert jobs.sweep() == (state == "queued")
    row.refresh_from_db()
    assert row.state == state


@pytest.mark.parametrize(("waited", "lost"), [(60 * SECOND, 0), (60 * SECOND + dt.timedelta(microseconds=1), 1)])
@pytest.mark.parametrize("taken", [False, True])
def test_a_waiting_job_that_the_queue_has_lost_is_queued_again(
    chair: Actor, kind: str, waited: dt.timedelta, lost: int, taken: bool
) -> None:
    with at(START, tick=False):
        row = jobs.start_job(kind, {}, by=chair)
        if not taken:
            DBTaskResult.objects.all().delete()
    if taken:
        # The worker took it from the queue later and died before it began.
        with at(START + 300 * SECOND, tick=False):
            DBTaskResult.objects.update(status="RUNNING", started_at=START + 300 * SECOND)
    with at(START + (300 * SECOND if taken else 0 * SECOND) + waited, tick=False):
        assert jobs.sweep() == lost
    row.refresh_from_db()
    assert row.state == "queued"


def test_finished_tasks_of_the_queue_are_kept_as_long_as_results(chair: Actor, kind: str) -> None:
    with at(START, tick=False):
        row = jobs.start_job(kind, {}, by=chair)
        jobs.run_job.call(str(row.pk))
        DBTaskResult.objects.update(status="SUCCESSFUL", started_at=START, finished_at=START)
    for later, count in ((7 * DAY, 1), (7 * DAY + SECOND, 0)):
        with at(START + later, tick=False):
            jobs.sweep()
            assert DBTaskResult.objects.count() == count


def test_daily_work_runs_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[dt.date] = []
    monkeypatch.setattr(kinds, "_DAILY", {})
    kinds.daily(done.append)
    days = [dt.date(2040, 2, 28), dt.date(2040, 2, 28), dt.date(2040, 2, 29), dt.date(2040, 2, 28), dt.date(2040, 3, 1)]
    for day in days:
        kinds.run_daily(day)
    assert done == [days[0], days[2], days[4]]
