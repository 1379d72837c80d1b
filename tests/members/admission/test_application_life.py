"""After any sequence of steps with applications, counts and cards agree (V-A4 to V-A6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from members.admission.models import Application
from members.admission.transitions.applications import (
    note_invited,
    note_notified,
    restore_application,
    take_off_agenda,
    withdraw_application,
)
from registry import integrity
from registry.errors import RuleViolation
from registry.transitions import change
from tests.conftest import examples
from tests.members import applicants, places

Step = Callable[[places.Place, Application], object]


def off_agenda(place: places.Place, application: Application) -> None:
    if application.item is not None:
        with change(by=place.chair, rule="V-A5", event="test.taken_off") as act:
            take_off_agenda(act, application.item)
            act.about(application, organization=place.keeper)


def decided(effect: Callable[..., object]) -> Step:
    return lambda place, a: effect(a.item, place.chair) if a.item is not None else None


STEPS: dict[str, Step] = {
    "agenda": lambda place, a: applicants.scheduled(place.keeper, [a]),
    "off": off_agenda,
    "withdraw": lambda place, a: withdraw_application(a.pk, by=place.chair),
    "restore": lambda place, a: restore_application(a.pk, by=place.chair),
    "invite": lambda place, a: note_invited([a.pk], on=applicants.days(3), way="phone", by=place.chair),
    "admit": decided(applicants.admitted),
    "refuse": decided(applicants.turned_down),
    "undo": decided(applicants.undone),
    "notify": lambda place, a: note_notified([a.pk], on=applicants.days(1), way="post", by=place.chair),
    "unnotify": lambda place, a: note_notified([a.pk], on=None, by=place.chair),
}


@pytest.mark.django_db
@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(sorted(STEPS))), min_size=6, max_size=18))
# A decided application cannot be put on an agenda again.
@example([(1, "admit"), (1, "admit"), (1, "admit"), (1, "agenda"), (1, "refuse"), (1, "agenda")])
@example([(1, "agenda"), (1, "refuse"), (1, "agenda"), (1, "admit"), (1, "undo"), (1, "agenda")])
def test_v_a5_any_order_of_steps_leaves_counts_and_cards_in_agreement(steps: list[tuple[int, str]]) -> None:
    place = places.voi()
    first = applicants.apply(place)
    second = applicants.apply(place, category="legal_representative")
    applicants.ward_of(second)
    for index, name in steps:
        application = Application.objects.select_related("item__meeting", "item__organization__federation").get(
            pk=(first, second)[index].pk
        )
        try:
            STEPS[name](place, application)
        except RuleViolation:
            continue
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}
