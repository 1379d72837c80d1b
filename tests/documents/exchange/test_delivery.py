"""Delivery of messages to a real server: retries after failures, responses in any order, signatures, jobs (U-7)."""

from __future__ import annotations

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from documents.exchange import book, integrity, jobs
from documents.exchange.enums import (
    CLAIM_TIMEOUT,
    MAX_PAUSE,
    MAX_RETRY_AFTER,
    MIN_PAUSE,
    RETRY_SCHEDULE,
    Answer,
    Channel,
    MessageKind,
    OutboxState,
    Outcome,
)
from documents.exchange.models import ExchangeSettings, OutboxEntry
from documents.exchange.queries import exchange_of, exchange_status, heads_to_deliver, heads_to_write
from documents.exchange.rules import MAX_JITTER, next_attempt
from documents.exchange.transitions import files
from documents.exchange.transitions.sending import Message, claim_next, reconcile, record_outcome, replay
from members.people.models import Member
from registry.jobs import queue
from registry.jobs.models import Job
from registry.journal.models import Event
from registry.transitions import Act, quietly
from tests.clock import at
from tests.members import places
from tests.members.places import Place
from tests.refusals import refused

from . import programme as other
from .consenting import consent, entry_of, switched_on, update_outbox, withdraw
from .programme import OTHER_SECRET, SECRET, Programme

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def member(union: Place, programme: Programme) -> Member:
    """A member with a waiting message, with the exchange switched on."""
    found = union.put()
    consent(found, union)
    switched_on(union, programme.url)
    return found


def attempt(place: Place) -> Outcome | None:
    """Send the first due message now."""
    ExchangeSettings.objects.update(paused_until=None)
    message = claim_next(place.head.federation_id)
    return jobs.send(message) if message is not None else None


def again(place: Place) -> Outcome | None:
    """Send again, ignoring the schedule of retries."""
    OutboxEntry.objects.filter(state=OutboxState.WAITING).update(next_at=timezone.now())
    return attempt(place)


def taken(place: Place) -> Message:
    message = claim_next(place.head.federation_id)
    assert message is not None
    return message


def test_u7_what_waits_is_sent_signed_and_confirmed(union: Place, member: Member, programme: Programme) -> None:
    assert attempt(union) == Outcome.DONE
    (got,) = programme.received
    entry = entry_of(member)
    assert got.data == {
        "subject": str(entry.subject), "version": 1,
        "person": {
            "surname": "Абрамова", "given_name": "Марфа", "patronymic": "Никифоровна", "birth_date": "1978-09-22",
        },
    }  # fmt: skip
    assert (got.message["type"], got.headers["webhook-id"]) == ("member.updated", f"{entry.subject.hex}.1")
    assert (got.is_signed_by(SECRET), got.is_signed_by(OTHER_SECRET)) == (True, False)
    assert (entry.state, entry.next_at, entry.confirmed_version, entry.outcome) == (
        OutboxState.CONFIRMED,
        None,
        1,
        Outcome.DONE,
    )
    assert attempt(union) is None


def test_u7_a_confirmed_message_is_in_the_journal_without_a_value(union: Place, member: Member) -> None:
    attempt(union)
    event = Event.objects.get(action="exchange.told")
    assert (event.object_id, event.organization, event.rule) == (str(member.pk), union.keeper, "U-7")
    assert event.facts == {"entry": entry_of(member).pk, "version": 1, "kind": "member", "outcome": "done"}


@pytest.mark.parametrize("channel", [Channel.OFF, None])
def test_u7_nothing_is_sent_until_it_is_switched_on(union: Place, member: Member, channel: str | None) -> None:
    if channel is None:
        ExchangeSettings.objects.all().delete()
    else:
        ExchangeSettings.objects.update(channel=channel)
    assert claim_next(union.head.federation_id) is None
    jobs.start_deliveries(timezone.now())
    assert Job.objects.filter(kind=jobs.DELIVER).count() == 0


def test_u7_a_withdrawal_is_sent_as_revocation(union: Place, member: Member, programme: Programme) -> None:
    attempt(union)
    withdraw(member, union)
    assert attempt(union) == Outcome.DONE
    assert [one.message["type"] for one in programme.received] == ["member.updated", "member.revoked"]
    assert programme.versions == [1, 2]
    assert programme.received[1].data == {"subject": str(entry_of(member).subject), "version": 2}


def test_u7_data_are_not_sent_after_a_withdrawal_without_an_update(
    union: Place, member: Member, programme: Programme
) -> None:
    member.consents.update(state="withdrawn")
    assert attempt(union) is None
    assert (programme.received, OutboxEntry.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("say", "outcome", "status"),
    [
        (other.status(500), Outcome.BROKEN, 500),
        (other.half, Outcome.CUT_OFF, 200),
        (other.silent, Outcome.CUT_OFF, None),
        (other.status(302, Location="/"), Outcome.REDIRECTED, 302),
        (other.status(400), Outcome.REFUSED, 400),
    ],
    ids=["500", "half", "silent", "302", "400"],
)
def test_u7_after_a_failure_the_same_message_is_sent_again(
    union: Place, member: Member, programme: Programme, say: other.Say, outcome: Outcome, status: int | None
) -> None:
    programme.answers_with(say, other.status(200))
    assert attempt(union) == outcome
    entry = entry_of(member)
    assert (entry.state, entry.outcome, entry.code, entry.attempts) == (OutboxState.WAITING, outcome, status, 1)
    assert attempt(union) is None
    assert again(union) == Outcome.DONE
    assert len({one.headers["webhook-id"] for one in programme.received}) == 1
    assert entry_of(member).state == OutboxState.CONFIRMED


@pytest.mark.parametrize("attempts", range(1, 10))
def test_u7_the_waits_are_those_of_the_schedule_and_a_part_by_chance(attempts: int) -> None:
    now = timezone.now()
    assert next_attempt(attempts, now, chance=0) == now + RETRY_SCHEDULE[attempts]
    assert next_attempt(attempts, now, chance=1) == now + RETRY_SCHEDULE[attempts] * (1 + MAX_JITTER)
    assert (
        now + RETRY_SCHEDULE[attempts] <= (next_attempt(attempts, now) or now) <= now + RETRY_SCHEDULE[attempts] * 1.2
    )


def test_u7_the_schedule_is_the_published_one() -> None:
    minutes = [0, 5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]
    assert [wait.total_seconds() / 60 for wait in RETRY_SCHEDULE] == minutes
    assert next_attempt(len(RETRY_SCHEDULE), timezone.now()) is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (dt.timedelta(minutes=5) - dt.timedelta(seconds=1), dt.timedelta(minutes=5)),
        (dt.timedelta(minutes=5) + dt.timedelta(seconds=1), dt.timedelta(minutes=5, seconds=1)),
        (MAX_RETRY_AFTER, MAX_RETRY_AFTER),
        (MAX_RETRY_AFTER + dt.timedelta(seconds=1), MAX_RETRY_AFTER),
    ],
)
def test_u7_retry_after_prolongs_the_wait_and_is_bounded(asked: dt.timedelta, expected: dt.timedelta) -> None:
    now = timezone.now()
    assert next_attempt(2, now, asked=asked, chance=0) == now + expected


def test_u7_a_busy_programme_is_left_alone_as_long_as_it_asks(
    union: Place, member: Member, programme: Programme
) -> None:
    programme.answers_with(other.status(429, Retry_After="3600"))
    assert attempt(union) == Outcome.BUSY
    now, exchange = timezone.now(), ExchangeSettings.objects.get()
    assert exchange.paused_until is not None
    for moment in (exchange.paused_until, entry_of(member).next_at):
        assert abs((moment - now).total_seconds() - 3600) < 5
    assert list(ExchangeSettings.objects.sending(now)) == []
    assert list(ExchangeSettings.objects.sending(exchange.paused_until)) == [exchange]


def test_u7_a_pause_is_bounded_and_makes_no_history(union: Place, member: Member, programme: Programme) -> None:
    programme.answers_with(other.status(503, Retry_After="9999999"))
    attempt(union)
    exchange = ExchangeSettings.objects.get()
    assert exchange.paused_until is not None
    assert abs((exchange.paused_until - timezone.now() - MAX_RETRY_AFTER).total_seconds()) < 5
    assert (exchange.version, ExchangeSettings.history.count()) == (1, 1)
    programme.answers_with(other.status(503))
    again(union)
    exchange.refresh_from_db()
    assert abs((exchange.paused_until - timezone.now() - MIN_PAUSE).total_seconds()) < 5


@pytest.mark.parametrize(
    ("away", "pause"), [(dt.timedelta(minutes=10), dt.timedelta(minutes=10)), (dt.timedelta(hours=5), MAX_PAUSE)]
)
def test_u7_the_longer_a_site_is_away_the_longer_it_is_left_alone(
    union: Place, member: Member, programme: Programme, away: dt.timedelta, pause: dt.timedelta
) -> None:
    since = timezone.now() - away
    switched_on(union, programme.url, away_since=since)
    programme.answers_with(other.status(503), other.status(200))
    attempt(union)
    exchange = ExchangeSettings.objects.get()
    assert exchange.away_since == since and exchange.paused_until is not None
    assert abs((exchange.paused_until - timezone.now() - pause).total_seconds()) < 5
    assert again(union) == Outcome.DONE
    exchange = ExchangeSettings.objects.get()
    assert (exchange.away_since, exchange.paused_until) == (None, None)


def test_u7_a_refusal_of_one_person_pauses_nobody(union: Place, member: Member, programme: Programme) -> None:
    programme.answers_with(other.status(400, Retry_After="3600"))
    attempt(union)
    assert ExchangeSettings.objects.get().paused_until is None


@pytest.mark.both
def test_u7_410_switches_the_exchange_off(union: Place, member: Member, programme: Programme) -> None:
    programme.answers_with(other.status(410))
    assert attempt(union) == Outcome.GONE
    exchange = ExchangeSettings.objects.get()
    assert (exchange.channel, exchange.sends, exchange.gone_at is not None) == (Channel.OFF, False, True)
    event = Event.objects.get(action="exchange.gone")
    assert (event.organization, event.rule) == (union.head, "U-7")
    assert (entry_of(member).state, again(union)) == (OutboxState.WAITING, None)


def test_u7_after_the_last_attempt_it_has_failed_and_is_sent_again_by_hand(
    union: Place, member: Member, programme: Programme
) -> None:
    programme.answers_with(other.status(500))
    for _number in RETRY_SCHEDULE:
        assert again(union) == Outcome.BROKEN
    entry = entry_of(member)
    assert (entry.state, entry.next_at, entry.attempts) == (OutboxState.FAILED, None, len(RETRY_SCHEDULE))
    assert Event.objects.filter(action="exchange.failed", object_id=str(member.pk)).count() == 1
    assert again(union) is None
    programme.answers_with(other.status(200))
    assert replay([entry.pk], by=union.chair) == 1
    assert (entry_of(member).attempts, attempt(union)) == (0, Outcome.DONE)
    with refused("U-7"):
        replay([entry.pk], by=union.chair)


def test_u7_a_replay_is_refused_while_the_exchange_is_off(union: Place, member: Member) -> None:
    ExchangeSettings.objects.update(channel=Channel.OFF)
    with refused("U-7"):
        replay([entry_of(member).pk], by=union.chair)


def test_u7_of_many_those_that_are_confirmed_are_left_out(union: Place, member: Member) -> None:
    attempt(union)
    second = union.put(surname="Белова")
    consent(second, union)
    assert replay([entry_of(member).pk, entry_of(second).pk], by=union.chair) == 1
    assert entry_of(member).state == OutboxState.CONFIRMED


# Responses that come late, twice or in another order.


def test_u7_answers_in_another_order_confirm_the_newest_message(union: Place, member: Member) -> None:
    first = taken(union)
    Member.objects.filter(pk=member.pk).update(surname="Белова")
    update_outbox(member, union)
    second = taken(union)
    assert (first.version, second.version) == (1, 2)
    record_outcome(second, Answer(Outcome.DONE, 200))
    for late in (Answer(Outcome.DONE, 200), Answer(Outcome.BROKEN, 500)):
        record_outcome(first, late)
        entry = entry_of(member)
        assert (entry.state, entry.confirmed_version, entry.outcome) == (OutboxState.CONFIRMED, 2, Outcome.DONE)


def test_u7_confirming_a_former_message_does_not_confirm_the_newer_one(union: Place, member: Member) -> None:
    first = taken(union)
    withdraw(member, union)
    record_outcome(first, Answer(Outcome.DONE, 200))
    entry = entry_of(member)
    assert (entry.state, entry.kind, entry.confirmed_version, entry.version) == (
        OutboxState.WAITING,
        MessageKind.REVOKED,
        1,
        2,
    )
    assert Event.objects.filter(action="exchange.told").count() == 0
    assert attempt(union) == Outcome.DONE


def test_u7_the_same_answer_twice_changes_nothing(union: Place, member: Member) -> None:
    message = taken(union)
    record_outcome(message, Answer(Outcome.DONE, 200))
    before = OutboxEntry.objects.values().get()
    record_outcome(message, Answer(Outcome.DONE, 200))
    assert OutboxEntry.objects.values().get() == {**before, "confirmed_at": before["confirmed_at"]}


def test_u7_a_late_failure_of_a_former_attempt_does_not_count(union: Place, member: Member) -> None:
    first = taken(union)
    OutboxEntry.objects.update(next_at=timezone.now())
    second = taken(union)
    record_outcome(first, Answer(Outcome.BROKEN, 500))
    assert entry_of(member).outcome == Outcome.LOST
    record_outcome(second, Answer(Outcome.BROKEN, 500))
    assert entry_of(member).outcome == Outcome.BROKEN


def test_u7_another_worker_sends_the_message_of_a_dead_one(union: Place, member: Member, programme: Programme) -> None:
    message = taken(union)
    now = timezone.now()
    assert claim_next(union.head.federation_id) is None
    with at((now + CLAIM_TIMEOUT - dt.timedelta(seconds=5)).isoformat()):
        assert claim_next(union.head.federation_id) is None
    with at((now + CLAIM_TIMEOUT + dt.timedelta(seconds=5)).isoformat()):
        found = taken(union)
    assert found.headers["webhook-id"] == message.headers["webhook-id"]
    assert (found.attempt, entry_of(member).outcome) == (2, Outcome.LOST)


# Signed responses.


@pytest.mark.parametrize(
    ("say", "required", "outcome"),
    [
        (other.status(200), False, Outcome.DONE),
        (other.status(200), True, Outcome.FORGED),
        (other.signed(), True, Outcome.DONE),
        (other.signed(), False, Outcome.DONE),
        (other.signed(OTHER_SECRET), True, Outcome.FORGED),
        (other.signed(OTHER_SECRET), False, Outcome.FORGED),
        (other.signed(message_id="0" * 32 + ".1"), True, Outcome.FORGED),
        (other.signed(at=time.time() - 301), True, Outcome.FORGED),
    ],
    ids=["plain", "unsigned", "signed", "signed unasked", "forged", "forged unasked", "of another", "played back"],
)
def test_u7_a_forged_or_replayed_answer_confirms_nothing(
    union: Place, member: Member, programme: Programme, say: other.Say, required: bool, outcome: Outcome
) -> None:
    switched_on(union, programme.url, signed_answers=required)
    programme.answers_with(say)
    assert attempt(union) == outcome
    assert entry_of(member).confirmed_version == (outcome == Outcome.DONE)


def test_u7_while_a_secret_is_replaced_both_sign(union: Place, member: Member, programme: Programme) -> None:
    until = timezone.now() + dt.timedelta(hours=1)
    switched_on(union, programme.url, secret=OTHER_SECRET, former_secret=SECRET, former_until=until)
    attempt(union)
    (got,) = programme.received
    assert (got.is_signed_by(SECRET), got.is_signed_by(OTHER_SECRET)) == (True, True)
    exchange = ExchangeSettings.objects.get()
    assert exchange.secrets_at(until - dt.timedelta(seconds=1)) == [OTHER_SECRET, SECRET]
    assert exchange.secrets_at(until) == [OTHER_SECRET]


# Jobs.


def run_jobs() -> list[Job]:
    """Start the due deliveries and run them; return their jobs."""
    jobs.start_deliveries(timezone.now())
    found = open_deliveries()
    for row in found:
        queue.run_job.call(str(row.pk))
        row.refresh_from_db()
    return found


def test_u7_a_job_sends_everything_that_is_due(union: Place, member: Member, programme: Programme) -> None:
    for letter in "аб":
        consent(union.put(surname=f"Белов{letter}"), union)
    (row,) = run_jobs()
    assert (row.state, row.summary["confirmed"], len(programme.received)) == ("done", 3, 3)
    assert run_jobs() == []


def open_deliveries() -> list[Job]:
    return list(Job.objects.open().filter(kind=jobs.DELIVER))


def test_u7_deliveries_follow_each_other_until_nothing_is_due(
    union: Place, member: Member, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MAX_DELIVERY_SECONDS", 0)
    for letter in "аб":
        consent(union.put(surname=f"Белов{letter}"), union)
    jobs.start_deliveries(timezone.now())
    sent = []
    while rows := open_deliveries():
        assert len(rows) == 1
        queue.run_job.call(str(rows[0].pk))
        sent.append(len(programme.received))
    assert (sent, Job.objects.filter(kind=jobs.DELIVER).count()) == ([1, 2, 3], 3)
    assert set(OutboxEntry.objects.values_list("state", flat=True)) == {OutboxState.CONFIRMED}


def test_u7_no_delivery_follows_while_another_one_waits_or_the_site_is_away(
    union: Place, member: Member, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MAX_DELIVERY_SECONDS", 0)
    for letter in "аб":
        consent(union.put(surname=f"Белов{letter}"), union)
    # Two workers have started a delivery at the same moment; only the last one continues.
    jobs.start_deliveries(timezone.now())
    with monkeypatch.context() as moment:
        moment.setattr(jobs, "heads_to_deliver", lambda now, kind: [union.head])
        jobs.start_deliveries(timezone.now())
    first, second = open_deliveries()
    queue.run_job.call(str(first.pk))
    assert open_deliveries() == [second]
    programme.answers_with(other.status(503))
    queue.run_job.call(str(second.pk))
    assert (open_deliveries(), OutboxEntry.objects.unconfirmed().count()) == ([], 2)


def test_u7_one_delivery_at_a_time_is_started(union: Place, member: Member) -> None:
    for _number in range(2):
        jobs.start_deliveries(timezone.now())
    assert Job.objects.filter(kind=jobs.DELIVER).count() == 1


def test_u7_a_site_that_is_away_ends_the_job(union: Place, member: Member, programme: Programme) -> None:
    consent(union.put(surname="Белова"), union)
    programme.answers_with(other.status(503))
    (row,) = run_jobs()
    assert (row.state, row.summary["confirmed"], len(programme.received)) == ("done", 0, 1)
    assert run_jobs() == []


@pytest.mark.both
def test_u7_the_worker_looks_for_what_is_due(union: Place, member: Member) -> None:
    queue.sweep()
    assert Job.objects.filter(kind=jobs.DELIVER).count() == 1


def test_u7_the_daily_reconciliation_finds_missing_messages(union: Place, member: Member) -> None:
    silent = union.put(surname="Белова")
    consent(silent, union)
    entry_of(silent).delete()
    attempt(union)
    Member.objects.filter(pk=member.pk).update(surname="Чернова")
    withdrawn = union.put(surname="Дымова")
    consent(withdrawn, union)
    withdrawn.consents.update(state="withdrawn")
    assert list(integrity.entries_agree_with_consents()) == [
        f"member {silent.pk} consented and has no entry in the outbox",
        f"outbox {entry_of(withdrawn).pk} is about a person without consent",
    ]
    jobs.reconcile_all(timezone.localdate())
    assert list(integrity.entries_agree_with_consents()) == []
    found = OutboxEntry.objects.order_by("member__surname").values_list("member__surname", "version")
    assert list(found) == [("Белова", 1), ("Чернова", 2)]


def test_u7_the_reconciliation_continues_in_portions(union: Place, member: Member) -> None:
    assert reconcile(union.head.federation_id, 0) == member.pk
    assert reconcile(union.head.federation_id, member.pk) is None


# Another federation with its own programme.


@pytest.fixture
def far(member: Member) -> Place:
    """Another federation with its own programme, whose message has waited longer."""
    place = places.union()
    switched_on(place, "https://other.example/", channel=Channel.OFF)
    stranger = place.put()
    consent(stranger, place)
    OutboxEntry.objects.filter(member=stranger).update(next_at=timezone.now() - dt.timedelta(days=1))
    return place


def test_u7_only_federations_with_due_messages_and_a_way_for_them_have_something_to_do(
    union: Place, member: Member, far: Place
) -> None:
    now = timezone.now()
    assert (heads_to_deliver(now, "k"), heads_to_write(now, "k"), files.write_file(far.head.federation_id)) == (
        [union.head], [], None,
    )  # fmt: skip
    ExchangeSettings.objects.filter(federation=far.head.federation_id).update(channel=Channel.FILE)
    assert (heads_to_deliver(now, "k"), heads_to_write(now, "k")) == ([union.head], [far.head])
    OutboxEntry.objects.filter(federation=far.head.federation_id).update(next_at=now + dt.timedelta(days=1))
    assert (heads_to_deliver(now, "k"), heads_to_write(now, "k")) == ([union.head], [])
    ExchangeSettings.objects.filter(federation=far.head.federation_id).update(channel=Channel.WEB)
    assert heads_to_deliver(now, "k") == [union.head]
    assert (claim_next(far.head.federation_id), files.write_file(union.head.federation_id)) == (None, None)


def test_u7_each_federation_is_asked_for_its_own_settings(union: Place, member: Member, far: Place) -> None:
    (stranger,) = Member.objects.filter(federation=far.head.federation_id)
    assert [exchange_status(one).sends for one in (member, stranger)] == [True, False]
    for place in (union, far):
        exchange = exchange_of(place.keeper)
        assert exchange is not None and exchange.federation_id == place.head.federation_id
    with refused("U-7"):
        replay([entry_of(stranger).pk], by=far.chair)


@pytest.mark.parametrize("answer", [Answer(Outcome.GONE, 410), Answer(Outcome.DONE, 200)])
def test_u7_what_one_programme_answers_concerns_its_federation_alone(
    union: Place, member: Member, far: Place, answer: Answer
) -> None:
    past = timezone.now() - dt.timedelta(hours=2)
    ExchangeSettings.objects.filter(federation=far.head.federation_id).update(channel=Channel.WEB, away_since=past)
    message = taken(union)
    record_outcome(message, answer)
    exchange = ExchangeSettings.objects.get(federation=far.head.federation_id)
    assert (exchange.channel, exchange.away_since, exchange.paused_until) == (Channel.WEB, past, None)
    gone = Event.objects.filter(action="exchange.gone").values_list("organization", flat=True)
    assert list(gone) == ([union.head.pk] if answer.outcome == Outcome.GONE else [])


def test_u7_each_federation_is_reconciled_alone(union: Place, member: Member, far: Place) -> None:
    (stranger,) = Member.objects.filter(federation=far.head.federation_id)
    assert [reconcile(place.head.federation_id, 0) for place in (union, far)] == [member.pk, stranger.pk]


# Two workers, on PostgreSQL.


def both_take(place: Place) -> list[int]:
    """Let two workers claim due entries at the same moment; return the ids of the claimed entries."""

    def take(_number: int) -> int:
        try:
            message = claim_next(place.head.federation_id)
            return message.entry_id if message is not None else 0
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(take, range(2)))


@pytest.fixture
def two_waiting(several_connections: None, programme: Programme) -> Place:
    place = places.union()
    for surname in ("Абрамова", "Белова"):
        consent(place.put(surname=surname), place)
    switched_on(place, programme.url)
    return place


@pytest.mark.both
@pytest.mark.postgresql
@pytest.mark.parametrize("locked", [True, False])
def test_u7_two_workers_never_take_the_same_entry(
    two_waiting: Place, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """Control: without the lock both claim the same entry."""
    claim = book.claim

    def slowly(act: Act, entry: OutboxEntry) -> None:
        time.sleep(0.3)
        claim(act, entry)

    monkeypatch.setattr(book, "claim", slowly)
    if not locked:
        monkeypatch.setattr(Act, "lock_many", lambda act, rows: list(rows.order_by("pk")))
    ids = sorted(OutboxEntry.objects.values_list("pk", flat=True))
    assert both_take(two_waiting) == (ids if locked else [ids[0], ids[0]])


@pytest.mark.both
def test_u7_nothing_is_open_in_the_database_while_it_is_sent(union: Place, member: Member, monkeypatch: Any) -> None:
    seen: list[bool] = []
    outer = len(connection.savepoint_ids)

    def post(*args: Any, **options: Any) -> Answer:
        seen.append(len(connection.savepoint_ids) == outer)
        return Answer(Outcome.DONE, 200)

    monkeypatch.setattr(jobs, "post", post)
    with transaction.atomic():
        outer = len(connection.savepoint_ids)
        assert attempt(union) == Outcome.DONE
    assert seen == [True]


def test_u7_a_message_is_rolled_back_with_its_change(union: Place, programme: Programme) -> None:
    member = union.put()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        consent(member, union)
        raise ZeroDivisionError
    assert OutboxEntry.objects.count() == 0
    with quietly(union.chair) as act:
        assert book.update_outbox(act, [member]) == 0
