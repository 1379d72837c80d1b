"""The outbox holds the newest message about each person, written in the transaction of its cause (U-7, N-C1)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents.consents.enums import ConsentPurpose
from documents.consents.models import Consent
from documents.consents.transitions.consents import mark_many_signed, mark_signed, take_back_tick
from documents.exchange import book
from documents.exchange.enums import SEND_WITHIN, SENT_FIELDS, MessageKind, OutboxState, Outcome
from documents.exchange.models import OutboxEntry
from documents.exchange.queries import body_of, fields_of, message_id_of
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.people.enums import ConsentState
from members.people.models import Member
from members.people.transitions.cards import edit_card, put_ticket_numbers
from registry import charters
from registry.transitions import quietly
from tests.members import places
from tests.members.places import Place

from .consenting import consent, entry_of, update_outbox, withdraw

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate


@pytest.fixture
def member(union: Place) -> Member:
    """A member with a consent and a waiting message."""
    found = union.put(email="marfa@example.org", phone_mobile="+79105550117", ticket_number="0101")
    consent(found, union)
    return found


def edit(member: Member, place: Place, **values: object) -> None:
    edit_card(member.pk, values=values, version=None, by=place.chair)


def confirmed(member: Member) -> OutboxEntry:
    """Confirm the newest message about the member."""
    entry = entry_of(member)
    OutboxEntry.objects.filter(pk=entry.pk).update(
        state=OutboxState.CONFIRMED, next_at=None, offered_version=entry.version, confirmed_version=entry.version,
        confirmed_at=timezone.now(), outcome=Outcome.DONE,
    )  # fmt: skip
    return entry_of(member)


def message_of(member: Member) -> tuple[str, int, str]:
    entry = entry_of(member)
    return entry.kind, entry.version, entry.state


def test_u7_a_signed_consent_writes_the_first_message(union: Place, member: Member) -> None:
    entry = entry_of(member)
    assert message_of(member) == (MessageKind.MEMBER, 1, OutboxState.WAITING)
    assert (entry.organization, entry.federation) == (union.keeper, union.keeper.federation)
    assert (entry.offered_version, entry.confirmed_version, entry.attempts, entry.outcome) == (0, 0, 0, "")
    assert entry.next_at == entry.since


def test_u7_without_the_consent_to_the_transfer_nothing_is_written(union: Place) -> None:
    member = union.put()
    update_outbox(member, union)
    for purpose, state in (("processing", ConsentState.SIGNED), (ConsentPurpose.TRANSFER, ConsentState.PRINTED)):
        given = consent(member, union)
        OutboxEntry.objects.all().delete()
        Consent.objects.filter(pk=given.pk).update(
            purpose=purpose, state=state, signed_on=given.signed_on if state == ConsentState.SIGNED else None,
            ticked_at=given.ticked_at if state == ConsentState.SIGNED else None,
        )  # fmt: skip
        update_outbox(member, union)
        assert OutboxEntry.objects.count() == 0


@pytest.mark.both
def test_u7_a_federation_without_a_programme_has_no_outbox() -> None:
    place = places.voi()
    member = place.put()
    consent(member, place)
    with quietly(place.chair) as act, CaptureQueriesContext(connection) as queries:
        assert book.update_outbox(act, [member]) == 0
    assert (OutboxEntry.objects.count(), len(queries)) == (0, 1)


@pytest.mark.both
@pytest.mark.parametrize(
    ("field", "value"),
    [("surname", "Белова"), ("birth_date", dt.date(1979, 1, 2)), ("phone_mobile", ""), ("email", "other@example.org")],
)
def test_u7_a_change_of_a_sent_field_is_a_new_message(union: Place, member: Member, field: str, value: object) -> None:
    confirmed(member)
    edit(member, union, **{field: value})
    assert message_of(member) == (MessageKind.MEMBER, 2, OutboxState.WAITING)


def test_u7_a_new_ticket_number_is_a_new_message(union: Place, member: Member) -> None:
    confirmed(member)
    with quietly(union.chair) as act:
        put_ticket_numbers(act, [(act.lock(Member, member.pk), "0202")], union.keeper.charter)
    assert message_of(member) == (MessageKind.MEMBER, 2, OutboxState.WAITING)


def test_u7_a_change_of_another_field_writes_nothing(union: Place, member: Member) -> None:
    confirmed(member)
    edit(member, union, position="директор", city="Тула", snils="")
    assert message_of(member) == (MessageKind.MEMBER, 1, OutboxState.CONFIRMED)


def test_u7_the_term_runs_from_the_first_unconfirmed_message(union: Place, member: Member) -> None:
    began = timezone.now() - dt.timedelta(hours=20)
    OutboxEntry.objects.update(since=began)
    edit(member, union, surname="Белова")
    assert (entry_of(member).since, entry_of(member).version) == (began, 2)
    confirmed(member)
    edit(member, union, surname="Чернова")
    assert entry_of(member).since > began


@pytest.mark.parametrize(("seconds", "overdue"), [(-1, False), (0, True), (1, True)])
def test_u7_after_24_hours_a_message_is_overdue(member: Member, seconds: int, overdue: bool) -> None:
    now = timezone.now()
    OutboxEntry.objects.update(since=now - SEND_WITHIN - dt.timedelta(seconds=seconds))
    assert dt.timedelta(hours=24) == SEND_WITHIN
    assert OutboxEntry.objects.overdue(now).exists() is overdue
    assert entry_of(member).due_at == now - dt.timedelta(seconds=seconds)
    confirmed(member)
    assert (OutboxEntry.objects.overdue(now).exists(), entry_of(member).is_overdue) == (False, False)


def test_n_c1_a_withdrawal_is_a_revocation_without_a_value_of_the_card(union: Place, member: Member) -> None:
    confirmed(member)
    withdraw(member, union)
    entry = entry_of(member)
    assert (entry.kind, entry.version, entry.state, entry.digest) == (MessageKind.REVOKED, 2, OutboxState.WAITING, "")
    body = body_of(entry, Member.objects.get(pk=member.pk), timezone.now()).decode()
    assert (member.surname in body, "member.revoked" in body, "person" in body) == (False, True, False)


@pytest.mark.both
def test_n_c1_a_card_whose_processing_is_blocked_is_revoked(union: Place, member: Member) -> None:
    confirmed(member)
    Member.objects.filter(pk=member.pk).update(blocked_on=TODAY())
    update_outbox(member, union)
    assert message_of(member) == (MessageKind.REVOKED, 2, OutboxState.WAITING)


def test_u7_marking_the_consent_writes_a_message_and_taking_it_back_revokes(union: Place) -> None:
    one, other = union.put(), union.put(surname="Белова")
    for member in (one, other):
        mark_signed(member.pk, signed_on=TODAY(), by_hand=True, by=union.chair)
    assert OutboxEntry.objects.count() == 0
    given = {"purpose": ConsentPurpose.TRANSFER, "by_hand": True, "by": union.chair}
    mark_signed(one.pk, signed_on=TODAY(), **given)
    mark_many_signed({other.pk: TODAY()}, **given)
    assert [message_of(member) for member in (one, other)] == [(MessageKind.MEMBER, 1, OutboxState.WAITING)] * 2
    confirmed(one)
    take_back_tick(one.pk, by=union.chair)
    assert message_of(one) == (MessageKind.MEMBER, 1, OutboxState.CONFIRMED)
    take_back_tick(one.pk, purpose=ConsentPurpose.TRANSFER, by=union.chair)
    assert message_of(one) == (MessageKind.REVOKED, 2, OutboxState.WAITING)


def test_u7_the_consent_names_every_field_that_is_sent() -> None:
    wording = charters.get("education_union").consent_for(ConsentPurpose.TRANSFER)
    named = {name for category in wording["data"] for name in category["fields"]}
    assert set(SENT_FIELDS) <= named


def test_n_c1_a_message_that_was_never_sent_needs_no_revocation(union: Place, member: Member) -> None:
    withdraw(member, union)
    assert OutboxEntry.objects.count() == 0


def test_n_c1_a_message_that_may_have_been_sent_needs_a_revocation(union: Place, member: Member) -> None:
    """The message of an interrupted attempt may have arrived."""
    with quietly(union.chair) as act:
        book.claim(act, entry_of(member))
    withdraw(member, union)
    assert message_of(member) == (MessageKind.REVOKED, 2, OutboxState.WAITING)


def test_n_c1_a_new_consent_after_a_withdrawal_is_a_new_message(union: Place, member: Member) -> None:
    confirmed(member)
    subject = entry_of(member).subject
    withdraw(member, union)
    confirmed(member)
    consent(member, union)
    assert message_of(member) == (MessageKind.MEMBER, 3, OutboxState.WAITING)
    assert entry_of(member).subject == subject


def leave(member: Member, place: Place) -> None:
    deregister(member.pk, reason="own_wish", on=TODAY(), paper="заявление", by=place.chair)


def test_n_c1_leaving_revokes_and_taking_it_back_writes_a_new_message(union: Place, member: Member) -> None:
    confirmed(member)
    leave(member, union)
    assert message_of(member) == (MessageKind.REVOKED, 2, OutboxState.WAITING)
    assert entry_of(member).organization == union.keeper
    line = Member.objects.get(pk=member.pk).book_lines.latest("pk")
    take_back_leaving(line.pk, by=union.chair)
    assert message_of(member) == (MessageKind.MEMBER, 3, OutboxState.WAITING)


def test_n_c1_destroying_leaves_ids_and_versions_only(union: Place, member: Member) -> None:
    confirmed(member)
    leave(member, union)
    Member.objects.filter(pk=member.pk).update(erase_after=TODAY())
    erase(member.pk, by=union.chair)
    entry = OutboxEntry.objects.get()
    assert (entry.member, entry.kind, entry.version, entry.digest) == (None, MessageKind.REVOKED, 2, "")
    assert member.surname not in "".join(str(value) for value in vars(entry).values())
    assert (book.delete_erased(), OutboxEntry.objects.count()) == (0, 1)
    OutboxEntry.objects.update(state=OutboxState.CONFIRMED, next_at=None)
    assert (book.delete_erased(), OutboxEntry.objects.count()) == (1, 0)


def test_u7_the_message_holds_the_sent_fields_and_no_other(union: Place, member: Member) -> None:
    entry = entry_of(member)
    assert fields_of(member) == {
        "surname": "Абрамова", "given_name": "Марфа", "patronymic": "Никифоровна", "birth_date": "1978-09-22",
        "ticket_number": "0101", "phone_mobile": "+79105550117", "email": "marfa@example.org",
    }  # fmt: skip
    assert set(fields_of(member)) == set(SENT_FIELDS)
    assert len(body_of(entry, member, timezone.now())) < 20_000
    assert message_id_of(entry) == f"{entry.subject.hex}.1"


def test_u7_the_message_of_the_longest_card_is_below_the_limit(union: Place, member: Member) -> None:
    for name in SENT_FIELDS:
        longest = Member._meta.get_field(name).max_length
        if longest:
            setattr(member, name, "Щ" * longest)
    assert len(body_of(entry_of(member), member, timezone.now())) < 20_000


@pytest.mark.both
def test_u7_many_messages_need_as_many_queries_as_one(union: Place) -> None:
    members = [union.put(surname=f"Абрамова{letter}") for letter in "абвгде"]
    for member in members:
        consent(member, union)
    OutboxEntry.objects.all().delete()
    counts = []
    for some in (members[:1], members[1:]):
        with quietly(union.chair) as act, CaptureQueriesContext(connection) as queries:
            assert book.update_outbox(act, some) == len(some)
        counts.append(len(queries))
    assert counts[0] == counts[1]
