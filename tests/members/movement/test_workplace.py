"""After a transfer the place of work or study is asked for, instead of silently keeping the former one (U-5)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from members.movement.models import Transfer
from members.movement.tasks import places_of_work
from members.movement.transitions.arrivals import take_back_arrival
from members.movement.transitions.transfers import confirm, request_departure
from members.people.models import Member
from members.people.rules.completeness import missing_fields
from members.people.rules.fields import card_values
from registry import integrity
from registry.access import Actor
from registry.enums import Level
from registry.organizations.models import OrganizationPassport
from tests.members.places import Place, signed_in, union
from tests.refusals import refused
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def school() -> Place:
    return union()


@pytest.fixture
def other(school: Place) -> Actor:
    """Create another school whose passport names the employer; return its chair."""
    keeper = trees.below(school.region, Level.PRIMARY, "ППО лицея № 2")
    OrganizationPassport.objects.filter(organization=keeper).update(employer_name="МБОУ «Лицей № 2»")
    return trees.officer(trees.again(keeper))


def asked(school: Place, other: Actor, **values: str) -> tuple[Member, Transfer]:
    member = school.put(**values)
    assert other.organization is not None
    return member, request_departure(member.pk, target=other.organization, by=school.chair)


def shown(member: Member) -> tuple[str, int]:
    member.refresh_from_db()
    assert member.missing == len(missing_fields(card_values(member), member.federation.charter))
    return member.workplace, member.missing


def test_u5_the_receiving_chair_is_asked_and_the_place_is_offered_from_the_passport(
    school: Place, other: Actor
) -> None:
    member, transfer = asked(school, other)
    page = signed_in(other).get(reverse("moves:detail", args=[transfer.pk]))
    assert page.context["confirm_form"]["workplace"].value() == "МБОУ «Лицей № 2»"
    assert "Школа № 15" not in page.content.decode()
    signed_in(other).post(reverse("moves:confirm", args=[transfer.pk]), {"workplace": " МБОУ «Лицей № 2» "})
    assert shown(member) == ("МБОУ «Лицей № 2»", 0)
    assert list(places_of_work(other, timezone.localdate())) == []
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def test_u5_without_an_answer_the_card_has_a_gap_and_the_chair_a_task(school: Place, other: Actor) -> None:
    member, transfer = asked(school, other)
    confirm(transfer.pk, by=other)
    assert shown(member) == ("", 1)
    [task] = places_of_work(other, timezone.localdate())
    assert (task.link, task.action_url) == (member.full_name, reverse("members:edit", args=[member.pk]) + "?missing")
    assert list(places_of_work(school.chair, timezone.localdate())) == []
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


@pytest.mark.both
def test_u5_a_pensioner_keeps_the_place_where_they_worked(school: Place, other: Actor) -> None:
    member, transfer = asked(school, other, category="pensioner")
    confirm(transfer.pk, by=other)
    assert shown(member) == ("Школа № 15", 0)
    assert list(places_of_work(other, timezone.localdate())) == []


def test_u5_a_place_that_is_too_long_is_refused_and_nobody_moves(school: Place, other: Actor) -> None:
    member, transfer = asked(school, other)
    with refused("U-5a", field="workplace"):
        confirm(transfer.pk, workplace="ш" * 301, by=other)
    assert shown(member) == ("Школа № 15", 0)
    answer = signed_in(other).post(reverse("moves:confirm", args=[transfer.pk]), {"workplace": "ш" * 301})
    assert [*answer.context["confirm_form"].errors] == ["workplace"]
    assert shown(member) == ("Школа № 15", 0)


@pytest.mark.parametrize("workplace", ["", "МБОУ «Лицей № 2»"])
def test_v_b9_an_arrival_that_is_taken_back_restores_the_former_place(
    school: Place, other: Actor, workplace: str
) -> None:
    member, transfer = asked(school, other)
    confirm(transfer.pk, workplace=workplace, by=other)
    take_back_arrival(transfer.pk, by=other)
    assert shown(member) == ("Школа № 15", 0)
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}
