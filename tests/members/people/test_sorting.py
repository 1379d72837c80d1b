"""The list of members can be sorted by any of its columns, with empty values last in both directions (N-A1)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import QueryDict

from members.people.columns import offered
from members.people.filters import MemberFilter
from members.people.models import Member
from members.people.sorting import order_by
from tests.members import places
from tests.registry import trees

pytestmark = pytest.mark.django_db


def names(place: places.Place, sort: str) -> list[str]:
    found = MemberFilter(QueryDict(f"sort={sort}"), actor=place.chair).found
    return [member.surname for member in found]


@pytest.fixture
def place() -> places.Place:
    """Return a place with three people whose order differs by column."""
    found = places.union()
    for surname, year, values in (
        ("Абрамова", 1990, {"position": "учитель", "category": "student"}),
        ("Белова", 1950, {"position": "", "category": "employed"}),
        ("Волкова", 1970, {"position": "Воспитатель", "category": "pensioner"}),
    ):
        [member] = trees.members(found.keeper, surname=surname, birth_date=dt.date(year, 1, 1))
        Member.objects.filter(pk=member.pk).update(**values)
    return found


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", "АБВ"),
        ("-name", "ВБА"),
        ("birth_date", "БВА"),
        ("-birth_date", "АВБ"),
        ("age", "АВБ"),
        ("-age", "БВА"),
        # Capital letters sort like small ones, and people without a position come last.
        ("position", "ВАБ"),
        ("-position", "АВБ"),
        ("surname; drop table", "АБВ"),
        ("paper_number", "АБВ"),
    ],
)
def test_n_a1_every_order_has_its_people(place: places.Place, sort: str, expected: str) -> None:
    assert "".join(surname[0] for surname in names(place, sort)) == expected


def test_n_a1_choices_are_sorted_by_the_words_that_are_shown(place: places.Place) -> None:
    labels = {m.surname: m.get_category_display() for m in Member.objects.all()}
    assert names(place, "category") == sorted(labels, key=lambda surname: labels[surname].lower())


@pytest.mark.parametrize("charter", ["voi", "union"])
def test_n_a1_every_column_that_can_be_chosen_can_be_sorted_by(charter: str) -> None:
    found = getattr(places, charter)()
    found.put()
    for column in offered(found.chair):
        for sort in (column.key, f"-{column.key}"):
            assert order_by(sort, found.keeper.charter) is not None, sort
            assert len(names(found, sort)) == 1
