"""Withdrawn consents: the statement and its due dates, the blocked card, the notice, a new consent (N-C1)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.consents.models import Consent, Withdrawal
from documents.consents.queries import signed_for
from documents.consents.transitions.consents import mark_many_signed, mark_signed, take_back_tick
from documents.consents.transitions.withdrawals import (
    block_card,
    note_blocked_opened,
    note_told,
    register_withdrawal,
    release_card,
)
from documents.printing.models import PrintRecord
from members.book.models import BookLine
from members.movement.transitions.leaving import deregister
from members.movement.transitions.transfers import request_departure
from members.people.models import Member
from members.people.rules.duplicates import find_duplicates
from registry import integrity
from registry.access import Actor
from registry.enums import Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.queries import totals_under
from registry.organizations.transitions.charters import change_charter
from registry.tasks import tasks_for
from tests.clock import at
from tests.documents import samples
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

SURNAME = "Щукарёва-Планова"


@pytest.fixture(params=["voi", "education_union"])
def place(request: pytest.FixtureRequest) -> places.Place:
    return places.of(request.param)


@pytest.fixture
def union() -> places.Place:
    return places.union()


def today() -> dt.date:
    return timezone.localdate()


def signed(place: places.Place, *purposes: str, **values: Any) -> Member:
    member = place.put(surname=SURNAME, **values)
    for purpose in purposes or ("processing",):
        mark_signed(member.pk, purpose=purpose, signed_on=today(), by_hand=True, by=place.chair)
    return member


def withdrawn(place: places.Place, member: Member, *purposes: str, **changed: Any) -> Withdrawal:
    given: dict[str, Any] = {"received_on": today(), "channel": "hand", "by": place.chair, **changed}
    return register_withdrawal(member.pk, purposes=purposes or ["processing"], **given)


def blocked(place: places.Place, **values: Any) -> Withdrawal:
    return block_card(withdrawn(place, signed(place, **values)).pk, by=place.chair)


def wrong() -> list[str]:
    return [line for _title, found in integrity.run() for line in found]


def test_n_c1_the_statement_ends_the_consents_that_it_names_and_no_other(union: places.Place) -> None:
    member = signed(union, "processing", "transfer", "publication")
    withdrawal = withdrawn(union, member, "transfer", "publication")
    states = {one.purpose: (one.state, one.withdrawn_on) for one in Consent.objects.filter(member=member)}
    gone = ("withdrawn", today())
    assert states == {"processing": ("signed", None), "transfer": gone, "publication": gone}
    assert (withdrawal.purposes, withdrawal.stops_processing) == (["transfer", "publication"], False)
    # The card does not depend on these consents.
    found = Member.objects.visible_to(union.chair).get()
    assert (found.consent_state, found.blocked_on) == ("signed", None)
    assert list(signed_for(Member.objects.all(), "transfer")) == []
    with refused("N-C1"):
        block_card(withdrawal.pk, by=union.chair)
    event = Event.objects.get(action="consent.withdrawn")
    assert event.facts == {"withdrawal": withdrawal.pk, "purposes": ["transfer", "publication"]}


def test_n_c1_terms_are_working_days_of_the_calendar_and_of_the_administrator(place: places.Place) -> None:
    with at("2040-04-27"):
        member = signed(place)
        # Friday; 30 April, 1 and 9 May are days off, and Saturday 28 April is worked here.
        admin = trees.officer(place.head, Role.ADMINISTRATOR)
        days = {"days_off": ["2040-04-30"], "days_worked": ["2040-04-28"]}
        change_charter(place.head.federation_id, values=days, by=admin)
        found = withdrawn(place, member)
        assert (found.stop_by, found.tell_by, found.destroy_by) == (
            dt.date(2040, 5, 3), dt.date(2040, 5, 15), dt.date(2040, 5, 27),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("purposes", "days", "field"),
    [([], 0, "purposes"), (["transfer"], 0, "purposes"), (["processing"], 1, "received_on")],
)
def test_n_c1_a_statement_about_no_consent_or_of_a_day_to_come_is_refused(
    place: places.Place, purposes: list[str], days: int, field: str
) -> None:
    member = signed(place)
    with refused("N-C1", field=field):
        register_withdrawal(
            member.pk, purposes=purposes, received_on=today() + dt.timedelta(days), channel="hand", by=place.chair
        )
    assert (Withdrawal.objects.count(), Consent.objects.get().state) == (0, "signed")


def test_n_c1_a_second_statement_about_the_same_consent_is_refused(place: places.Place) -> None:
    member = signed(place)
    withdrawn(place, member)
    with refused("N-C1", field="purposes"):
        withdrawn(place, member)


@pytest.mark.both
def test_n_c1_a_blocked_card_counts_nowhere_and_is_in_nobodys_scope(place: places.Place) -> None:
    before = totals_under(place.keeper)
    withdrawal = blocked(place)
    assert totals_under(place.keeper) == before
    member = Member.objects.get()
    assert (member.blocked_on, member.consent_state) == (today(), "withdrawn")
    for actor in (place.chair, place.region_chair, place.reviewer, Actor.system("job")):
        assert list(Member.objects.visible_to(actor)) == list(BookLine.objects.visible_to(actor)) == []
    assert list(Member.objects.registered()) == []
    assert wrong() == []
    with refused("N-C1"):
        block_card(withdrawal.pk, by=place.chair)
    same = {"surname": SURNAME, "given_name": member.given_name, "birth_date": member.birth_date}
    assert find_duplicates(place.head.federation, same, actor=place.chair) == []


@pytest.mark.both
def test_n_c1_a_card_that_is_blocked_without_a_withdrawal_or_the_other_way_round_is_found(place: places.Place) -> None:
    withdrawal = blocked(place)
    member = withdrawal.member_id
    Member.objects.filter(pk=member).update(blocked_on=None)
    assert f"member {member} is not blocked after a withdrawal" in wrong()
    Member.objects.filter(pk=member).update(blocked_on=today())
    Consent.objects.filter(member=member).update(state="signed")
    assert f"withdrawal {withdrawal.pk}: a consent to the processing is in force" in wrong()
    Consent.objects.filter(member=member).update(state="withdrawn")
    Withdrawal.objects.filter(pk=withdrawal.pk).update(blocked_at=None)
    assert wrong() == [
        f"member {member} is blocked without a withdrawal",
        f"withdrawal {withdrawal.pk} is not as its history says",
    ]


@pytest.mark.both
def test_n_c1_the_two_chairs_alone_read_a_blocked_card(place: places.Place) -> None:
    withdrawal = blocked(place)
    readers = {
        "chair": place.chair,
        "region": place.region_chair,
        "deputy": trees.officer(place.keeper, Role.DEPUTY),
        "registrar": trees.officer(place.keeper, Role.REGISTRAR),
        "region's registrar": trees.officer(place.region, Role.REGISTRAR),
        "head": trees.officer(place.head, Role.CHAIR),
    }
    found = {
        name: (Withdrawal.objects.visible_to(actor).exists(), Member.objects.opened_to(actor).exists())
        for name, actor in readers.items()
    }
    assert found == {name: (name in ("chair", "region"),) * 2 for name in readers}
    note_blocked_opened(withdrawal, by=place.region_chair)
    with pytest.raises(NotAllowed):
        note_blocked_opened(withdrawal, by=readers["deputy"])
    assert Event.objects.filter(action="member.blocked_opened").count() == 1
    other = trees.officer(trees.below(place.region, place.keeper.level, "Соседи"), Role.CHAIR)
    assert not Withdrawal.objects.visible_to(other).exists()


def test_n_c1_a_new_consent_makes_the_card_usable_again(place: places.Place) -> None:
    withdrawal = blocked(place)
    with refused("N-C1", field="signed_on"):
        release_card(withdrawal.pk, signed_on=today() - dt.timedelta(days=1), by=place.chair)
    released = release_card(withdrawal.pk, signed_on=today(), by=place.chair)
    member = Member.objects.visible_to(place.chair).get()
    assert (released.ended_on, member.blocked_on, member.consent_state) == (today(), None, "signed")
    assert totals_under(place.keeper)["members"] == totals_under(place.keeper)["consents_signed"] == 1
    with refused("N-C1"):
        release_card(withdrawal.pk, signed_on=today(), by=place.chair)
    assert wrong() == []


@pytest.mark.both
def test_n_c1_a_new_consent_before_the_card_is_blocked_ends_the_withdrawal(place: places.Place) -> None:
    member = signed(place)
    withdrawal = withdrawn(place, member)
    for sign in (
        lambda day: mark_signed(member.pk, signed_on=day, by_hand=True, by=place.chair),
        lambda day: mark_many_signed({member.pk: day}, by_hand=True, by=place.chair),
    ):
        with refused("N-C1", match="старше отзыва"):
            sign(today() - dt.timedelta(days=1))
        sign(today())
        with refused("N-C1", match="уже заблокирована"):
            block_card(withdrawal.pk, by=place.chair)
        withdrawal.refresh_from_db()
        assert (withdrawal.ended_on, withdrawal.blocked_at) == (today(), None)
        # Marked by mistake: the card has to be blocked after all.
        take_back_tick(member.pk, by=place.chair)
        withdrawal.refresh_from_db()
        assert withdrawal.ended_on is None
    block_card(withdrawal.pk, by=place.chair)
    assert wrong() == []


@pytest.mark.both
def test_n_c1_undoing_the_consent_of_a_released_card_requires_blocking_it_again(place: places.Place) -> None:
    withdrawal = blocked(place)
    release_card(withdrawal.pk, signed_on=today(), by=place.chair)
    take_back_tick(withdrawal.member_id, by=place.chair)
    assert list(Withdrawal.objects.to_block()) == [withdrawal]
    assert wrong() == []
    block_card(withdrawal.pk, by=place.chair)
    assert Member.objects.get().blocked_on == today()


def test_n_c1_a_new_consent_for_another_purpose_is_not_older_than_its_withdrawal(union: places.Place) -> None:
    member = signed(union, "processing", "transfer")
    withdrawal = withdrawn(union, member, "processing", "transfer")
    with refused("N-C1", field="signed_on"):
        mark_signed(
            member.pk, purpose="transfer", signed_on=today() - dt.timedelta(days=1), by_hand=True, by=union.chair
        )
    mark_signed(member.pk, purpose="transfer", signed_on=today(), by_hand=True, by=union.chair)
    assert list(Withdrawal.objects.to_block()) == [withdrawal]


def test_n_c1_the_notice_is_recorded_once_and_not_before_the_statement(place: places.Place) -> None:
    withdrawal = withdrawn(place, signed(place))
    for day in (None, today() - dt.timedelta(days=1), today() + dt.timedelta(days=1)):
        with refused("N-C1", field="told_on"):
            note_told(withdrawal.pk, told_on=day, by=place.chair)
    assert note_told(withdrawal.pk, told_on=today(), by=place.chair).told_on == today()
    with refused("N-C1"):
        note_told(withdrawal.pk, told_on=today(), by=place.chair)


@pytest.mark.both
def test_n_c1_blocking_and_telling_are_tasks_with_their_terms(place: places.Place) -> None:
    withdrawal = withdrawn(place, signed(place))

    def waiting() -> list[tuple[dt.date | None, str]]:
        mine = reverse("documents:withdrawals")
        return [(task.due, task.action_url) for task in tasks_for(place.chair) if task.action_url.startswith(mine)]

    page = reverse("documents:withdrawal", args=[withdrawal.pk])
    assert waiting() == [(withdrawal.stop_by, page), (withdrawal.tell_by, page)]
    block_card(withdrawal.pk, by=place.chair)
    assert waiting() == [(withdrawal.tell_by, page), (withdrawal.destroy_by, page)]
    note_told(withdrawal.pk, told_on=today(), by=place.chair)
    assert waiting() == [(withdrawal.destroy_by, page)]


def test_n_c1_the_screens_lead_from_the_statement_to_the_notice_and_the_new_consent(union: places.Place) -> None:
    client, member = places.signed_in(union.chair), signed(union, "processing", "transfer", snils=places.SNILS[0])
    page = client.get(reverse("documents:withdraw_consent", args=[member.pk]))
    assert [key for key, _label in page.context["form"].fields["purposes"].choices] == ["processing", "transfer"]
    day = f"{today():%d.%m.%Y}"
    answer = client.post(
        reverse("documents:withdraw_consent", args=[member.pk]),
        {"purposes": ["processing"], "received_on": day, "channel": "post"},
    )
    withdrawal = Withdrawal.objects.get()
    mine = reverse("documents:withdrawal", args=[withdrawal.pk])
    assert (answer.status_code, answer["Location"]) == (302, mine)
    printed = reverse("documents:print_withdrawal_notice", args=[withdrawal.pk])
    early = samples.text_of(client.post(printed).content)
    assert f"будет заблокирована не позднее {withdrawal.stop_by:%d.%m.%Y}" in early
    assert client.post(reverse("documents:block_member", args=[withdrawal.pk]))["Location"] == mine
    shown = client.get(mine)
    assert (shown.context["blocked"], member.snils[:3] in shown.content.decode()) == (True, True)
    assert [str(one) for one in shown.context["messages"]][-1] == "Карточка заблокирована."
    text = samples.text_of(client.post(printed).content)
    assert ("карточка заблокирована" in text, "будет заблокирована" in text) == (True, False)
    assert "отзыве согласия на обработку персональных данных" in text
    # Only existing data are listed as kept: nothing was paid yet.
    assert ("книга регистрации" in text, "ведомости" in text) == (True, False)
    told = PrintRecord.objects.filter(about="withdrawal").values_list("form", flat=True)
    assert [*told] == ["withdrawal_notice", "withdrawal_notice"]
    assert client.post(reverse("documents:withdrawal_told", args=[withdrawal.pk]), {"told_on": day}).status_code == 302
    answer = client.post(reverse("documents:release_card", args=[withdrawal.pk]), {"signed_on": "x"})
    assert (answer.status_code, Member.objects.get().blocked_on) == (200, today())
    client.post(reverse("documents:release_card", args=[withdrawal.pk]), {"signed_on": day})
    assert Member.objects.get().blocked_on is None


def _links(client: Client, start: list[str], limit: int = 90) -> Iterator[tuple[str, str]]:
    """Yield the pages linked from these, each with its text."""
    seen, waiting = set(start), list(start)
    while waiting and len(seen) <= limit:
        address = waiting.pop(0)
        answer = client.get(address)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        text = unescape(answer.content.decode())
        yield address, text
        for found in re.findall(r'href="(/[^"#]*)', text):
            if found not in seen and "logout" not in found:
                seen.add(found)
                waiting.append(found)


def _naming(client: Client, start: list[str]) -> set[str]:
    """Return the addresses of the pages that show the person's name, not counting the search field."""
    shown = re.compile(rf"[>\s]{SURNAME}\s")
    return {address.partition("?")[0] for address, text in _links(client, start) if shown.search(text)}


@pytest.mark.parametrize("charter", ["voi", "education_union"])
def test_n_c1_a_blocked_member_appears_on_no_page_of_any_role_but_on_that_of_the_withdrawal(charter: str) -> None:
    place = places.of(charter)
    withdrawal = withdrawn(place, signed(place))
    member = withdrawal.member
    searches = [
        f"{reverse('members:list')}?q={SURNAME}",
        f"{reverse('members:list')}?q={member.ticket_number}",
        f"{reverse('documents:consents')}?q={SURNAME}",
        reverse("documents:consents") + "?consent=withdrawn",
        reverse("organizations:journal"),
        reverse("documents:print"),
        reverse("start"),
    ]
    direct = [reverse(name, args=[member.pk]) for name in ("members:detail", "members:dues", "members:edit")]
    roles = {
        "chair": place.chair,
        "deputy": trees.officer(place.keeper, Role.DEPUTY),
        "registrar": trees.officer(place.keeper, Role.REGISTRAR),
        "collector": trees.officer(place.keeper, Role.COLLECTOR),
        "reviewer": place.reviewer,
        "region": place.region_chair,
        "head": trees.officer(place.head, Role.CHAIR),
        "administrator": trees.officer(place.head, Role.ADMINISTRATOR),
    }
    # Control: before the card is blocked the name is found.
    assert reverse("members:list") in _naming(places.signed_in(place.chair), searches[:1])
    block_card(withdrawal.pk, by=place.chair)
    allowed = {reverse("documents:withdrawals"), reverse("documents:withdrawal", args=[withdrawal.pk])}
    for name, actor in roles.items():
        client = places.signed_in(actor)
        assert [address for address in direct if client.get(address).status_code == 200] == []
        named = _naming(client, searches) - (allowed if name in ("chair", "region") else set())
        assert (name, named) == (name, set())


@pytest.mark.both
@pytest.mark.parametrize("reason", ["own_wish", "death"])
def test_n_c1_a_member_who_leaves_is_deregistered_before_the_card_is_blocked(reason: str) -> None:
    place, today = places.voi(), timezone.localdate()
    member = place.put()
    mark_signed(member.pk, signed_on=today, by_hand=True, by=place.chair)
    register_withdrawal(member.pk, purposes=["processing"], received_on=today, channel="hand", by=place.chair)
    deregister(member.pk, reason=reason, on=today, paper="Заявление", by=place.chair)
    member.refresh_from_db()
    assert member.organization is None


@pytest.mark.both
def test_n_c1_no_page_offers_a_transfer_before_the_card_is_blocked() -> None:
    place, today = places.union(), timezone.localdate()
    other = trees.again(trees.below(place.region, place.keeper.level, "Соседняя ППО"))
    member, neighbour = place.put(), trees.officer(other)
    asked = request_departure(member.pk, target=other, by=place.chair)
    answer, offer = reverse("moves:detail", args=[asked.pk]), reverse("moves:offer", args=[member.pk])
    shown = places.signed_in(neighbour).get(answer).context
    assert (shown["may_confirm"], shown["stays"]) == (True, False)
    mark_signed(member.pk, signed_on=today, by_hand=True, by=place.chair)
    register_withdrawal(member.pk, purposes=["processing"], received_on=today, channel="hand", by=place.chair)
    shown = places.signed_in(neighbour).get(answer).context
    assert (shown["may_confirm"], shown["stays"]) == (False, True)
    assert "Сначала исполните отзыв" in places.signed_in(place.chair).get(offer).content.decode()
