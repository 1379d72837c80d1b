"""The start page reminds of mandates that end and of wards who come of age, early enough and until the matter is
settled (practice 4.7).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from members.admission.transitions.representations import add_representation, end_representation
from members.reconciliation.tasks import days_ahead
from tests.members import places

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def born(of_age_in: int) -> dt.date:
    """Return the birthday of a person who turns 18 in this number of days."""
    day = TODAY + dt.timedelta(days=of_age_in)
    # Nobody comes of age on a 29 February, because eighteen years before a leap year is not a leap year.
    return day.replace(year=day.year - 18, day=28 if (day.month, day.day) == (2, 29) else day.day)


def ward(place: places.Place, surname: str, *, of_age_in: int, mandate_in: int) -> int:
    number = "абвгд"[len(surname) % 5]
    member = place.put(
        surname=f"{surname}{number}", snils="", ticket_number=surname, category="legal_representative",
        disability_group="", disability_cause="",
    )  # fmt: skip
    values = {
        "surname": "Ромашкин", "given_name": "Тимофей", "birth_date": born(of_age_in), "mandate_kind": "guardianship",
        "mandate_number": "12", "mandate_until": TODAY + dt.timedelta(days=mandate_in),
        "consent_signed_on": TODAY - dt.timedelta(days=9),
    }  # fmt: skip
    return add_representation(member_id=member.pk, values=values, by=place.chair).pk


def told(place: places.Place) -> list[tuple[str, str, dt.date | None]]:
    return [(task.text, (task.link or task.detail).split()[0], task.due) for task in days_ahead(place.chair, TODAY)]


def test_n_s2_mandates_and_wards_are_announced_sixty_days_ahead_until_settled(place: places.Place) -> None:
    ending = ward(place, "Осина", of_age_in=900, mandate_in=30)
    ward(place, "Береза", of_age_in=55, mandate_in=61)
    ward(place, "Липа", of_age_in=62, mandate_in=90)
    assert told(place) == [
        ("The mandate of the representative ends:", "Осинаа", TODAY + dt.timedelta(days=30)),
        (
            "A person represented by the member comes of age:",
            "Березаб",
            born(55).replace(year=born(55).year + 18),
        ),
    ]
    # If nothing was decided, the task stays after the day, as overdue.
    later = [(task.text, task.due) for task in days_ahead(place.chair, TODAY + dt.timedelta(days=31))]
    assert sorted(later, key=str) == [
        ("A person represented by the member comes of age:", born(55).replace(year=born(55).year + 18)),
        ("A person represented by the member comes of age:", born(62).replace(year=born(62).year + 18)),
        ("The mandate of the representative ends:", TODAY + dt.timedelta(days=61)),
        ("The mandate of the representative ends:", TODAY + dt.timedelta(days=90)),
        ("The mandate of the representative has ended:", TODAY + dt.timedelta(days=30)),
    ]
    end_representation(ending, on=TODAY, note="Срок полномочий истёк", by=place.chair)
    assert [text for text, _who, _day in told(place)] == ["A person represented by the member comes of age:"]
    assert list(days_ahead(place.region_chair, TODAY)) == []


@pytest.mark.parametrize(("count", "queries"), [(1, 2), (2, 1), (3, 1)])
def test_n_s2_upcoming_dates_take_a_constant_number_of_queries(
    place: places.Place, count: int, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        ward(place, ("Осина", "Береза", "Липа")[number], of_age_in=20, mandate_in=20)
    with django_assert_num_queries(queries):
        assert [who for _text, who, _day in told(place)] == ["Осинаа" if count == 1 else str(count)] * 2
