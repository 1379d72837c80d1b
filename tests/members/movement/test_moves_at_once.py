"""Twenty officers press at once: one arrival, answer, leaving or decision takes effect (N-D2, U-5, V-B9, V-B10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from members.book.enums import EndReason
from members.book.models import BookLine, Registration
from members.movement.enums import PaperCard
from members.movement.models import Transfer
from members.movement.transitions import leaving, transfers
from members.people.enums import MemberState
from members.people.models import Member
from registry import integrity
from registry.access import Actor
from registry.enums import Level, Role
from registry.errors import RuleViolation
from registry.journal.models import Event
from registry.organizations.models import Figures, Organization
from registry.transitions import Act
from tests.members import places
from tests.registry import trees

pytestmark = pytest.mark.usefixtures("several_connections")
TODAY = timezone.localdate()


def pressed(step: Callable[[], Any], times: int = 20) -> Counter[str]:
    """Run the step `times` times at the same moment; return the counts of the outcomes."""

    def press(_number: int) -> str:
        try:
            step()
        except (RuleViolation, Member.DoesNotExist, Registration.DoesNotExist):
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(10) as pool:
        return Counter(pool.map(press, range(times)))


def neighbour(place: places.Place) -> tuple[Organization, Actor]:
    """Create another organisation of the region that keeps cards; return it and its chair."""
    keeper = trees.below(place.region, Level.LOCAL, "Боровская МО ВОИ")
    return trees.again(keeper), trees.officer(keeper, Role.CHAIR, "Сомов")


def leave(place: places.Place, member: Member) -> leaving.Departure:
    return leaving.deregister(
        member.pk, reason=EndReason.DEPARTURE, on=TODAY, paper_card=PaperCard.HANDED, by=place.chair
    )


def figures(*organizations: Organization) -> list[tuple[int, int]]:
    """Return members and cards in transit of each organisation."""
    found = {f.pk: (f.members, f.in_transit) for f in Figures.objects.all()}
    return [found.get(o.pk, (0, 0)) for o in organizations]


def wrong() -> dict[str, list[str]]:
    return {title: found for title, found in integrity.run() if found}


def test_v_b9_twenty_arrivals_with_the_same_code_open_the_card_once() -> None:
    place = places.voi()
    other, chair = neighbour(place)
    member = place.put()
    code = leave(place, member).code

    def arrive() -> Member:
        return transfers.arrive(organization=other, ticket_number=member.ticket_number, code=code, on=TODAY, by=chair)

    answers = pressed(arrive)
    assert answers == {"done": 1, "refused": 19}
    assert Event.objects.filter(action="member.arrived").count() == 1
    assert list(Registration.objects.filter(member=member, ended_on=None).values_list("organization", flat=True)) == [
        other.pk
    ]
    assert (figures(place.keeper, other), wrong()) == ([(0, 0), (1, 0)], {})


def test_v_b10_twenty_simultaneous_departures_end_one_registration() -> None:
    place = places.voi()
    member = place.put()
    assert pressed(lambda: leave(place, member)) == {"done": 1, "refused": 19}
    assert (Transfer.objects.count(), BookLine.objects.exclude(left_on=None).count()) == (1, 1)
    assert Event.objects.filter(action="member.deregistered").count() == 1
    assert (figures(place.keeper), wrong()) == ([(0, 1)], {})


@pytest.mark.postgresql
def test_v_b10_without_the_locks_two_departures_would_end_one_registration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = places.voi()
    member = place.put()
    found: list[str] = []
    check = leaving.rules.check_day

    def noted(of: Member, *rest: Any) -> None:
        found.append(of.state)
        check(of, *rest)

    monkeypatch.setattr(Act, "lock", lambda act, queryset, pk, **_version: queryset.get(pk=pk))
    monkeypatch.setattr(leaving.rules, "check_day", noted)

    def step() -> None:
        try:
            leave(place, member)
        except Exception as stopped:
            # Constraints of the database still prevent a second leaving.
            raise RuleViolation("V-B10", "stopped") from stopped

    pressed(step)
    assert found.count(MemberState.REGISTERED) > 1


def test_u5_twenty_confirmations_at_once_move_the_member_once() -> None:
    place = places.voi()
    other, chair = neighbour(place)
    member = place.put()
    asked = transfers.request_departure(member.pk, target=other, by=place.chair)
    assert pressed(lambda: transfers.confirm(asked.pk, by=chair)) == {"done": 1, "refused": 19}
    assert Event.objects.filter(action="transfer.confirmed").count() == 1
    assert Registration.objects.filter(member=member).count() == 2
    assert (figures(place.keeper, other), wrong()) == ([(0, 0), (1, 0)], {})


def test_u5_of_simultaneous_answers_only_one_takes_effect() -> None:
    place = places.voi()
    other, chair = neighbour(place)
    asked = transfers.request_departure(place.put().pk, target=other, by=place.chair)
    answers: list[Callable[[], Any]] = [
        lambda: transfers.confirm(asked.pk, by=chair),
        lambda: transfers.decline(asked.pk, answer="Не живёт здесь", by=chair),
    ]
    assert pressed(lambda: answers.pop()(), times=2) == {"done": 1, "refused": 1}
    moved = Transfer.objects.get().state == "arrived"
    assert (figures(place.keeper, other), wrong()) == ([(0, 0), (1, 0)] if moved else [(1, 0), (0, 0)], {})
