"""Tallies: the single statement gives the same counts as each query by itself, for everybody and on every day."""

from __future__ import annotations

import datetime as dt
import inspect
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Min, Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.people.models import Member
from registry import tallies, tasks
from registry.access import Actor
from registry.enums import Role
from registry.organizations.models import Figures, Organization
from registry.tallies import Scope, Tally, count_all, tally
from tests.members import places
from tests.registry import trees

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Known(Scope):
    """A scope with a known organisation and day, as in an ordinary query."""

    def day(self, days: int) -> Any:
        return timezone.localdate() + dt.timedelta(days=days)

    def moment(self, days: int) -> Any:
        return timezone.now() + dt.timedelta(days=days)


def asked_alone(actor: Actor, tallying: tallies.Tallying) -> Tally:
    [*rows] = tallying(Known(actor, actor.organization))
    return tallies._tally(*rows[0].values()) if rows else Tally()


@pytest.fixture
def place() -> places.Place:
    found = places.voi()
    found.put(ticket_number="")
    return found


def test_every_tally_of_a_task_gives_the_same_in_one_statement_as_alone(place: places.Place) -> None:
    other = places.union()
    other.put()
    offices = [place.chair, other.chair, *(trees.officer(place.head, role) for role in Role)]
    seen = set()
    for actor in offices:
        for one in tasks._PROVIDERS:
            if one.concerns(actor):
                counted = count_all(actor, one.tallies)
                assert counted == {name: asked_alone(actor, t) for name, t in one.tallies.items()}
                seen |= {name for name, found in counted.items() if found.count}
    assert {"without", "without_chair"} <= seen


def test_tallies_of_many_actors_are_those_of_each_alone(place: places.Place) -> None:
    """For chairs at all levels of two federations, in another order, on each one's day; with subtrees."""
    other = places.union()
    other.put()
    cell = place.cells[0]
    place.put(surname="Ильина", snils="", ticket_number="", cell=cell)
    today = timezone.localdate()
    offices = [
        (place.chair, today), (other.chair, today + dt.timedelta(days=3)), (trees.officer(cell, Role.CHAIR), today),
        (trees.officer(place.head, Role.REVIEWER), today), (place.region_chair, today + dt.timedelta(days=400)),
        (trees.officer(place.cells[1], Role.CHAIR, "Громов"), today - dt.timedelta(days=40)),
    ]  # fmt: skip
    asking = [
        tallies.Asking(actor, day, list(Organization.objects.visible_to(actor).values_list("pk", flat=True)))
        for actor, day in offices
    ]
    wanted = {f"{n}.{name}": t for n, one in enumerate(tasks._PROVIDERS) for name, t in one.tallies.items()}
    found = tallies.count_for_each(asking, wanted)
    assert found == [count_all(one.actor, wanted, one.today) for one in asking]
    assert len({str(one) for one in found}) > 2
    assert tallies.count_for_each([], wanted) == tallies.count_for_each(asking[:0], {}) == []
    assert tallies.count_for_each(asking[:1], {}) == [{}]


def test_providers_that_are_never_late_name_no_term() -> None:
    """Only the dues of the next month have a term, which is searched for from today on."""
    never = {one.provide.__name__: one.provide for one in tasks._PROVIDERS if one.never_late}
    assert len(never) > 15
    naming = {name for name, provide in never.items() if "due=" in inspect.getsource(provide)}
    assert naming == {"due_soon"}


def test_all_tallies_of_an_actor_take_one_query(place: places.Place) -> None:
    wanted = {f"{n}.{name}": t for n, one in enumerate(tasks._PROVIDERS) for name, t in one.tallies.items()}
    count_all(place.chair, wanted)
    with CaptureQueriesContext(connection) as queries:
        count_all(place.chair, wanted)
    assert (len(wanted) > 20, len(queries)) == (True, 1)


def test_the_compiled_statement_serves_another_organisation_and_another_day() -> None:
    def joined(scope: Scope) -> Any:
        members = Member.objects.visible_to(scope.actor).filter(organization=scope.own, joined_on__gte=scope.day(-10))
        return tally(members, first=Min("joined_on"), one=Min("pk"))

    place, other = places.voi(), places.union()
    today = timezone.localdate()
    first = place.put(joined_on=today - dt.timedelta(days=10))
    second = other.put(joined_on=today - dt.timedelta(days=9))
    other.put(surname="Ильина", snils="", ticket_number="", joined_on=today - dt.timedelta(days=11))
    for actor, member in ((place.chair, first), (other.chair, second), (place.chair, first)):
        expected = Tally(1, member.joined_on, member.pk)
        assert count_all(actor, {"joined": joined}) == {"joined": expected}


def test_a_tally_sums_roubles_and_kopecks_and_is_empty_without_rows(place: places.Place) -> None:
    def figures(scope: Scope) -> Any:
        return tally(Figures.objects.filter(organization=scope.own), total=Sum("members"))

    def nothing(scope: Scope) -> Any:
        return tally(Organization.objects.none())

    found = count_all(place.chair, {"figures": figures, "nothing": nothing})
    assert found == {"figures": Tally(1, total=Decimal("0.01")), "nothing": Tally()}


def test_n_h1_a_tally_counts_nothing_outside_the_scope(place: places.Place) -> None:
    def everybody(scope: Scope) -> Any:
        return tally(Member.objects.visible_to(scope.actor))

    other = places.union()
    assert count_all(place.chair, {"people": everybody})["people"].count == 1
    assert count_all(other.chair, {"people": everybody})["people"].count == 0
    # An administrator sees no people, even if the statement was compiled for others.
    assert count_all(trees.officer(place.head, Role.ADMINISTRATOR), {"people": everybody}) == {"people": Tally()}
