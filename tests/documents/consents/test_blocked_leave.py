"""People whose cards are blocked can die and leave like others; nothing else is done with their cards (N-C1, V-B10)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.consents.models import Withdrawal
from documents.consents.transitions.destroying import destroy_data
from documents.consents.transitions.withdrawals import block_card, release_card
from documents.printing.transitions import record_prints
from dues.ledger.transitions import charge_new_year
from members.book.models import BookLine
from members.movement.enums import PaperCard
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.people.models import Member
from registry import integrity
from registry.enums import Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.models import Figures
from registry.organizations.transitions.lifecycle import begin_liquidation
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

from .test_withdrawals import SURNAME, blocked, signed, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture(params=["voi", "education_union"])
def place(request: pytest.FixtureRequest) -> places.Place:
    return places.of(request.param)


def leave(place: places.Place, withdrawal: Withdrawal, reason: str = "own_wish", **changed: Any) -> None:
    given = {"on": today(), "paper": "свидетельство", "paper_card": PaperCard.TAKEN, "by": place.chair, **changed}
    deregister(withdrawal.member_id, reason=reason, **given)


def wrong() -> list[str]:
    return [sentence for _title, found in integrity.run() for sentence in found]


@pytest.mark.both
@pytest.mark.parametrize(("reason", "state"), [("own_wish", "left"), ("death", "deceased")])
def test_n_c1_the_membership_of_a_blocked_person_ends_and_goes_on(place: places.Place, reason: str, state: str) -> None:
    withdrawal = blocked(place)
    leave(place, withdrawal, reason)
    member = Member.objects.get()
    assert (member.state, member.ended_on, member.organization, member.blocked_on) == (state, today(), None, today())
    line = BookLine.objects.get()
    assert (line.left_on, line.reason) == (today(), reason)
    assert wrong() == []
    take_back_leaving(line.pk, by=place.chair)
    member.refresh_from_db()
    assert (member.state, member.organization, member.blocked_on) == ("on_account", place.keeper, today())
    assert Figures.objects.get(organization=place.keeper).members == 0
    assert wrong() == []


def test_n_c1_what_no_ground_keeps_is_destroyed_after_the_leaving_too(place: places.Place) -> None:
    withdrawal = blocked(place)
    leave(place, withdrawal)
    assert list(Withdrawal.objects.visible_to(place.chair).to_destroy()) == [withdrawal]
    with refused("N-C1"):
        release_card(withdrawal.pk, signed_on=today(), by=place.chair)
    destroy_data(withdrawal.pk, destroyed_on=today(), carriers={}, by=place.chair)
    assert wrong() == []


def test_n_c1_a_debt_keeps_no_blocked_card_for_nobody_can_pay_on_it() -> None:
    place = places.voi()
    withdrawal = blocked(place, joined_on=dt.date(2019, 3, 12))
    Member.objects.update(blocked_on=None)
    charge_new_year(place.keeper.pk, today().year - 1, by=place.chair)
    with refused("V-B10"):
        leave(place, withdrawal)
    Member.objects.update(blocked_on=today())
    leave(place, withdrawal)


def test_n_c1_a_blocked_card_goes_to_no_other_organisation() -> None:
    place = places.voi()
    with refused("N-C1", field="reason"):
        leave(place, blocked(place), "departure")
    assert Member.objects.get().organization == place.keeper


def test_n_c1_those_who_do_not_read_the_card_do_not_end_it_either() -> None:
    place = places.voi()
    withdrawal = blocked(place)
    for role in (Role.REGISTRAR, Role.DEPUTY):
        officer = trees.officer(place.keeper, role)
        with pytest.raises(Member.DoesNotExist):
            leave(place, withdrawal, by=officer)
        assert places.signed_in(officer).get(reverse("moves:leave", args=[withdrawal.member_id])).status_code == 404
    with pytest.raises(NotAllowed):
        leave(place, withdrawal, by=place.region_chair)
    leave(place, withdrawal)
    with pytest.raises(BookLine.DoesNotExist):
        take_back_leaving(BookLine.objects.get().pk, by=trees.officer(place.keeper, Role.REGISTRAR))


def test_n_c1_the_page_of_the_withdrawal_leads_to_the_end_and_back(place: places.Place) -> None:
    withdrawal = blocked(place)
    chair, member = places.signed_in(place.chair), withdrawal.member_id
    page, form = reverse("documents:withdrawal", args=[withdrawal.pk]), reverse("moves:leave", args=[member])
    assert form in chair.get(page).content.decode()
    assert form not in places.signed_in(place.region_chair).get(page).content.decode()
    opened = Event.objects.filter(action="member.blocked_opened").count()
    shown = chair.get(form).content.decode()
    assert SURNAME in shown
    assert ('value="departure"' in shown, reverse("members:accounting", args=[member]) in shown) == (False, False)
    assert Event.objects.filter(action="member.blocked_opened").count() == opened + 1
    sent = {"reason": "own_wish", "on": today().isoformat(), "paper_card": "none"}
    assert chair.post(form, sent).status_code == 302
    back = reverse("moves:take_back", args=[BookLine.objects.get().pk])
    shown = chair.get(page).content.decode()
    assert (form in shown, back in shown) == (False, True)
    assert chair.get(back).status_code == 200
    assert chair.post(back).status_code == 302
    assert Member.objects.get().organization == place.keeper
    shown = chair.get(page).content.decode()
    assert (form in shown, back in shown) == (True, False)


def test_n_h3_a_blocked_member_does_not_keep_an_organisation_for_ever() -> None:
    place = places.union()
    withdrawal = blocked(place)
    begin_liquidation(place.keeper.pk, by=place.region_chair)
    leave(place, withdrawal, "own_wish")
    assert Member.objects.get().state == "left"


@pytest.mark.both
def test_n_c1_the_numbers_of_a_blocked_card_are_taken_and_it_is_not_said_whose_they_are() -> None:
    place = places.voi()
    blocked(place)
    given = {"surname": "Сомова", "ticket_number": "", "snils": ""}
    for taken in ({"snils": places.SNILS[0]}, {"ticket_number": places.VOI_PERSON["ticket_number"]}):
        with refused("N-A1", field=next(iter(taken)), match="карточка, которая для вас закрыта") as refusal:
            place.put(**{**given, **taken})
        (twin,) = refusal.value.duplicates  # type: ignore[attr-defined]
        assert (twin.member_id, twin.organization_id, twin.same) == (None, None, False)
    assert Member.objects.count() == 1


def test_n_c1_one_new_consent_ends_every_statement_of_the_person() -> None:
    place = places.union()
    member = signed(place)
    first = withdrawn(place, member)
    # The chair prints another sheet, and the person sends another statement.
    record_prints("consent", [member.pk], data_classes=(), by=place.chair)
    second = withdrawn(place, member)
    for statement in (first, second):
        block_card(statement.pk, by=place.chair)
    release_card(first.pk, signed_on=today(), by=place.chair)
    assert set(Withdrawal.objects.values_list("ended_on", flat=True)) == {today()}
    assert Member.objects.get().blocked_on is None
    assert wrong() == []
