"""Access to cards of breaches and to the people on them; tasks about them (V-C5)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils.translation import override

from registry.access import Actor
from registry.breaches import queries, transitions
from registry.breaches.enums import BreachData
from registry.breaches.models import Breach, BreachPerson
from registry.enums import Role
from registry.tasks import tasks_for
from tests.documents.papers.breaches import breach_of, facts
from tests.members import places
from tests.registry import trees

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def test_cards_and_their_people_are_those_of_the_own_organisation(place: places.Place) -> None:
    other = trees.below(place.region, "local", "Привокзальная МО ВОИ")
    chair = trees.officer(other, Role.CHAIR, "Другая")
    mine, theirs = breach_of(place), transitions.open_breach(values=facts(), by=chair)
    transitions.name_people(mine.pk, [place.put().pk], by=place.chair)
    transitions.name_people(theirs.pk, [one.pk for one in trees.members(trees.again(other), 2)], by=chair)
    seen = {
        actor: (list(Breach.objects.visible_to(actor)), BreachPerson.objects.visible_to(actor).count())
        for actor in (place.chair, chair, Actor.system("x", other), place.region_chair)
    }
    assert list(seen.values()) == [([mine], 1), ([theirs], 2), ([theirs], 2), ([], 0)]
    assert (queries.named(mine).count(), queries.named(theirs).count()) == (1, 2)


def test_settled_cards_are_not_open(place: places.Place) -> None:
    open_one, settled = breach_of(place), breach_of(place)
    transitions.dismiss_breach(settled.pk, by=place.chair)
    assert list(Breach.objects.open()) == [open_one]


def test_a_card_names_the_data_that_it_concerns_and_no_other(place: places.Place) -> None:
    with override("en"):
        breach = breach_of(place, data=["contacts", "names"])
        assert breach.data_labels == [BreachData("names").label, BreachData("contacts").label]


@pytest.mark.parametrize(("late", "tone"), [(dt.timedelta(0), "ok"), (dt.timedelta(microseconds=1), "warn")])
def test_a_notice_of_the_last_moment_is_in_time(place: places.Place, late: dt.timedelta, tone: str) -> None:
    breach = breach_of(place)
    breach.first_at, breach.second_at = breach.first_due + late, breach.second_due + late
    assert [clock.tone for clock in queries.clocks(breach, breach.second_at)] == [tone, tone]


def test_six_open_cards_are_five_tasks_and_one_for_the_rest(place: places.Place) -> None:
    def told(actor: Actor) -> list[str]:
        return [task.action_url for task in tasks_for(actor) if task.action_url.startswith("/breaches/")]

    cards = [breach_of(place) for _each in range(5)]
    each = [reverse("breaches:detail", args=[card.pk]) for card in cards]
    assert told(place.chair) == each
    breach_of(place)
    assert told(place.chair) == [*each, reverse("breaches:list")]
    texts = [task.text for task in tasks_for(place.chair)]
    assert "Открыта ещё 1 карточка утечки персональных данных" in texts
    # Neither the organisation above nor the registrar is responsible for them.
    for actor in (place.region_chair, trees.officer(place.keeper, Role.REGISTRAR, "Учётова")):
        assert told(actor) == []
