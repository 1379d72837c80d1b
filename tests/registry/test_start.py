"""The start page: tasks grouped by term, and the first steps of a chair (N-S2, U-1 to U-11)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from registry.access import Actor
from registry.accounts.models import Account
from registry.accounts.transitions import screens
from registry.start import steps
from registry.start.steps import PUT_AWAY, Steps, steps_for
from registry.tasks import Task, group_by_term
from tests.members import places

pytestmark = pytest.mark.django_db


def grouped(today: dt.date, *due: dt.date | None) -> list[tuple[str, list[dt.date | None], bool]]:
    tasks = [Task("", due=day) for day in due]
    return [(group.key, [task.due for task in group.tasks], group.open) for group in group_by_term(tasks, today)]


def test_n_s2_tasks_are_grouped_at_the_edges_of_day_and_month() -> None:
    days = [dt.date(2021, 11, 28), dt.date(2021, 11, 29), dt.date(2021, 11, 30), dt.date(2021, 12, 1), None]
    assert grouped(dt.date(2021, 11, 29), *days) == [
        ("overdue", [days[0]], True),
        ("month", [days[1], days[2]], True),
        ("later", [days[3]], False),
        ("undated", [None], False),
    ]


def test_n_s2_the_same_month_of_the_next_year_is_later_and_the_first_group_is_unfolded() -> None:
    later = dt.date(2022, 11, 29)
    assert grouped(dt.date(2021, 11, 29), later, None) == [("later", [later], True), ("undated", [None], False)]
    assert grouped(dt.date(2021, 11, 29), None) == [("undated", [None], True)]
    assert grouped(dt.date(2021, 11, 29)) == []


def states(found: Steps | None) -> list[str]:
    assert found is not None
    return [step.state for step in found.counted]


@pytest.mark.parametrize("charter", ["voi", "union"])
def test_u1_where_nobody_is_registered_the_steps_are_the_page(charter: str) -> None:
    chair = getattr(places, charter)().chair
    began = steps_for(chair)
    assert began is not None and began.current is not None
    assert (began.beginning, began.finished, began.current.url) == (
        True,
        False,
        reverse("organizations:passport", args=[chair.organization.pk]),
    )
    page = places.signed_in(chair).get(reverse("start")).content.decode()
    assert ("Сейчас дел нет" in page, 'class="next-step"' in page) == (False, True)


def test_u1_with_people_registered_the_steps_stand_beside_the_tasks() -> None:
    place = places.voi()
    place.put()
    page = places.signed_in(place.chair).get(reverse("start")).content.decode()
    assert ('class="next-step"' in page, 'class="columns"' in page) == (False, True)


def test_u8_steps_outside_the_registry_are_not_counted() -> None:
    found = steps_for(places.union().chair)
    assert found is not None
    with translation.override("ru"):
        outside = [str(step.label) for step in found.outside]
        assert outside == [str(words.label) for key, words in steps.WORDS.items() if key in steps.OUTSIDE]
    assert ({step.state for step in found.outside}, len(found.counted)) == ({"outside"}, 9)


def finish(chair: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_state", lambda *_: (set(steps.WORDS), {}))


def test_u1_finished_steps_are_put_away_for_this_organisation_only(monkeypatch: pytest.MonkeyPatch) -> None:
    place = places.voi()
    place.put()
    client = places.signed_in(place.chair)
    finish(place.chair, monkeypatch)
    before = client.get(reverse("start")).content.decode()
    assert client.post(reverse("put-steps-away")).url == reverse("start")
    after = client.get(reverse("start")).content.decode()
    assert ("Все шаги пройдены" in before, "Все шаги пройдены" in after) == (True, False)
    kept = Account.objects.get(pk=place.chair.account.pk).preferences  # type: ignore[union-attr]
    assert kept == {PUT_AWAY: [place.keeper.pk]}
    monkeypatch.undo()
    # If a step is open again, the panel is shown again.
    assert "Начало работы" in client.get(reverse("start")).content.decode()


def test_u1_putting_away_keeps_other_preferences_and_is_counted_once() -> None:
    place = places.voi()
    screens.choose_columns("members", ["sex"], by=place.chair)
    for number in (7, 3, 7):
        screens.put_away(PUT_AWAY, number, by=place.chair)
    kept = Account.objects.get(pk=place.chair.account.pk).preferences  # type: ignore[union-attr]
    assert kept == {"members.columns": ["sex"], PUT_AWAY: [3, 7]}
