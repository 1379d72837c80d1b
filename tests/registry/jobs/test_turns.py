"""The number of jobs of a person is limited, and organisations take turns (N-S2)."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from registry.access import Actor
from registry.enums import Role
from registry.jobs import kinds, queries, queue, work
from registry.jobs.enums import JobState, Lane
from registry.jobs.models import Job
from registry.jobs.work import Work
from registry.journal.models import Event
from tests.clock import at
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

NOW = dt.datetime(2040, 2, 15, 12, tzinfo=dt.UTC)
LONG, SHORT = "test.long", "test.short"


@pytest.fixture(autouse=True)
def two_kinds(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Register kinds of jobs that record which of them ran; return the list."""
    ran: list[Any] = []

    def run(job: Work) -> None:
        ran.append(job.params.get("name"))

    monkeypatch.setitem(kinds._KINDS, LONG, kinds.Kind(run, "Long"))
    monkeypatch.setitem(kinds._KINDS, SHORT, kinds.Kind(run, "Short", short=kinds.of_few))
    monkeypatch.setattr(queue, "_RAISE", True)
    return ran


@pytest.fixture
def chair(db: None) -> Actor:
    return trees.officer(trees.head())


def started(by: Actor, name: str = "", kind: str = LONG, **values: Any) -> Job:
    row = queue.start_job(kind, {"name": name}, by=by)
    if values:
        Job.objects.filter(pk=row.pk).update(**values)
    return row


@pytest.mark.django_db
def test_n_s2_six_jobs_of_an_account_may_be_open_and_no_seventh(chair: Actor) -> None:
    rows = [started(chair, str(number)) for number in range(6)]
    with refused("N-S2", match="^Сейчас ничего не запущено: у вас ждут или выполняются 6 заданий"):
        started(chair, "seventh")
    assert Job.objects.count() == 6
    started(trees.officer(chair.organization, Role.DEPUTY), "of somebody else")  # type: ignore[arg-type]
    # A running job counts, an ended one does not.
    Job.objects.filter(pk=rows[0].pk).update(state=JobState.RUNNING)
    with refused("N-S2"):
        started(chair, "seventh")
    queue.cancel_job(rows[1].pk, by=chair)
    started(chair, "seventh")


@pytest.mark.django_db
def test_n_s2_the_same_job_asked_for_twelve_times_is_one_job(chair: Actor) -> None:
    rows = {queue.start_job(LONG, {"ids": [1, 2], "code": uuid.uuid4().hex}, by=chair).pk for _number in range(12)}
    assert len(rows) == 1
    row = Job.objects.get()
    assert (row.asked, Event.objects.filter(action="job.asked").count(), DBTaskResult.objects.count()) == (12, 1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "values", "same"),
    [
        (JobState.QUEUED, {}, True),
        (JobState.RUNNING, {}, True),
        (JobState.RUNNING, {"cancel_asked": True}, False),
        (JobState.DONE, {}, False),
        (JobState.FAILED, {}, False),
        (JobState.CANCELLED, {}, False),
    ],
)
def test_n_s2_only_an_open_job_is_the_same(chair: Actor, state: str, values: dict[str, Any], same: bool) -> None:
    row = started(chair, state=state, **values)
    assert (started(chair).pk == row.pk) == same


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "same"), [(JobState.QUEUED, True), (JobState.RUNNING, False)])
def test_n_s2_what_has_read_already_is_read_again(
    chair: Actor, state: str, same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kinds._KINDS, LONG, kinds.Kind(lambda job: None, "Long", rereads=True))
    row = started(chair, state=state)
    assert (started(chair).pk == row.pk) == same


@pytest.mark.django_db
def test_n_s2_other_values_another_organisation_or_another_office_make_another_job(chair: Actor) -> None:
    below = trees.below(chair.organization)  # type: ignore[arg-type]
    other_office = Actor(account=chair.account, appointment=trees.officer(below).appointment)
    row = started(chair, "one")
    others = [
        started(chair, "two"),
        started(chair, "one", kind=SHORT),
        started(other_office, "one"),
        queue.start_job(LONG, {"name": "one"}, by=chair, organization=below),
    ]
    assert len({row.pk, *(other.pk for other in others)}) == 5


@pytest.mark.django_db
def test_n_s2_jobs_of_the_installation_are_not_counted(chair: Actor) -> None:
    system = Actor.system("test", chair.organization)
    assert len({queue.start_job(LONG, {}, by=system).pk for _number in range(8)}) == 8


@pytest.mark.parametrize(
    ("params", "lane"),
    [
        ({"ids": [1] * 100}, Lane.SHORT),
        ({"ids": [1] * 101}, Lane.LONG),
        ({"lines": [1] * 101, "name": "x"}, Lane.LONG),
        ({"ids": [1] * 60, "applications": [1] * 41}, Lane.LONG),
        ({"name": "x" * 500}, Lane.SHORT),
    ],
)
def test_n_s2_a_job_about_a_hundred_people_is_short(params: dict[str, Any], lane: Lane) -> None:
    assert kinds.lane_of(SHORT, params) == lane
    assert kinds.lane_of(LONG, params) == Lane.LONG


@pytest.mark.django_db
def test_n_s2_short_work_has_a_place_of_its_own(chair: Actor, two_kinds: list[Any]) -> None:
    started(chair, "long"), started(chair, "short", kind=SHORT)
    assert list(DBTaskResult.objects.order_by("queue_name").values_list("queue_name", flat=True)) == [
        "default",
        "short",
    ]
    queue.run_next.call(Lane.SHORT)
    assert two_kinds == ["short"]
    queue.run_next.call(Lane.SHORT)
    assert two_kinds == ["short"]
    queue.run_next.call(Lane.LONG)
    assert two_kinds == ["short", "long"]


def chairs() -> dict[str, Actor]:
    """Create two organisations of one federation, the first with two officers, and the head of another federation."""
    head = trees.head()
    first, second = trees.below(head), trees.below(head)
    return {
        "a": trees.officer(first), "b": trees.officer(first, Role.DEPUTY), "c": trees.officer(second),
        "other": trees.officer(trees.head("voi")),
    }  # fmt: skip


@pytest.mark.django_db
def test_n_s2_federations_organisations_and_accounts_take_turns(two_kinds: list[Any]) -> None:
    by = chairs()
    with at(NOW):
        for name, count in (("a", 5), ("b", 2), ("c", 2), ("other", 2)):
            for number in range(count):
                started(by[name], f"{name}{number}")
    for minute in range(11):
        with at(NOW + dt.timedelta(minutes=minute)):
            queue.run_next.call(Lane.LONG)
    assert two_kinds == ["a0", "other0", "c0", "other1", "b0", "c1", "a1", "b1", "a2", "a3", "a4"]


@pytest.mark.django_db
def test_n_s2_who_has_nothing_running_comes_first() -> None:
    by = chairs()
    hour = dt.timedelta(hours=1)
    with at(NOW - 2 * hour):
        running = {"state": JobState.RUNNING, "heartbeat_at": NOW}
        started(by["other"], "runs", **running)
        waiting = [started(by[name], name) for name in ("other", "a", "c")]
        started(by["a"], "short", kind=SHORT)
    other, a, c = (row.pk for row in waiting)
    assert queries.in_turn(Lane.LONG, NOW) == [a, c, other]
    started(by["c"], "runs", **running)
    assert queries.in_turn(Lane.LONG, NOW) == [a, other, c]
    Job.objects.filter(state=JobState.RUNNING).update(state=JobState.DONE)
    # Past work counts for an hour.
    for ago, first in ((hour, a), (hour + dt.timedelta(microseconds=1), other)):
        Job.objects.filter(state=JobState.DONE).update(heartbeat_at=NOW - ago)
        assert queries.in_turn(Lane.LONG, NOW)[0] == first


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "others", "turns"), [(30.0, True, 3), (29.9, True, 1), (30.0, False, 1)])
def test_n_s2_a_long_job_lets_others_go_first_between_two_chunks(
    seconds: float, others: bool, turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, done = chairs(), []

    def run(job: Work) -> None:
        # A clock that stands still except for the duration of the turn.
        times = itertools.chain([0.0], itertools.repeat(seconds))
        monkeypatch.setattr(work.time, "monotonic", lambda: next(times))
        job._begun = work.time.monotonic()
        job.each([1, 2, 3], 1, done.append)

    monkeypatch.setitem(kinds._KINDS, LONG, kinds.Kind(run, "Long"))
    row = started(by["a"])
    started(by["c"] if others else by["b"], "waits")
    for turn in range(1, turns + 1):
        queue.run_job.call(str(row.pk))
        row.refresh_from_db()
        ended = turn == turns
        assert (row.state, row.attempts) == ((JobState.DONE, 1) if ended else (JobState.QUEUED, 0))
        assert len(done) == (3 if ended else turn)
    assert done == [[1], [2], [3]]
    # One more task for each time that the job was put back.
    assert DBTaskResult.objects.count() == 2 + turns - 1


@pytest.mark.django_db
def test_n_s2_a_lost_task_is_replaced_in_its_lane(chair: Actor) -> None:
    with at(NOW, tick=False):
        started(chair, "long"), started(chair, "short", kind=SHORT)
    DBTaskResult.objects.filter(queue_name=Lane.SHORT).delete()
    with at(NOW + queue.STALE_AFTER + dt.timedelta(seconds=1), tick=False):
        assert (queue.sweep(), queue.sweep()) == (1, 0)
    assert DBTaskResult.objects.filter(queue_name=Lane.SHORT).count() == 1


@pytest.mark.usefixtures("several_connections")
def test_n_s2_two_workers_at_once_take_two_jobs(two_kinds: list[Any]) -> None:
    by = chairs()
    for name in ("a", "other", "c"):
        started(by[name], name)

    def work_on() -> None:
        try:
            queue.run_next.call(Lane.LONG)
        finally:
            connection.close()

    threads = [threading.Thread(target=work_on) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(two_kinds) == ["a", "c", "other"]
    assert list(Job.objects.values_list("state", "attempts")) == [(JobState.DONE, 1)] * 3


@pytest.mark.usefixtures("several_connections")
def test_n_s2_requests_at_once_do_not_start_one_job_too_many(chair: Actor) -> None:
    def ask(number: int) -> None:
        try:
            started(chair, str(number % 8))
        except Exception:  # noqa: BLE001 - refused, which the count shows
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[number]) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Job.objects.count() == 6


@pytest.mark.django_db
def test_n_s2_a_page_leads_to_the_open_jobs_where_there_are_too_many() -> None:
    place = places.voi()
    for member in trees.members(place.keeper, 6, city="Тула"):
        assert member.pk
    for number in range(6):
        started(place.chair, str(number))
    client = places.signed_in(place.chair)
    address = reverse("documents:print_many", args=["consent"])
    answer = client.post(address, {"all": "1", "confirmed": "1"}, follow=True)
    assert answer.redirect_chain == [(reverse("jobs:list"), 302)]
    assert "у вас ждут или выполняются 6 заданий" in answer.content.decode()
    assert Job.objects.count() == 6


@pytest.mark.django_db
def test_n_s2_the_page_of_a_job_says_that_it_was_asked_for_again(chair: Actor) -> None:
    row, client, said = started(chair), places.signed_in(chair), "Вы уже запрашивали это"
    assert said not in client.get(reverse("jobs:detail", args=[row.pk])).content.decode()
    started(chair)
    assert said in client.get(reverse("jobs:detail", args=[row.pk])).content.decode()
