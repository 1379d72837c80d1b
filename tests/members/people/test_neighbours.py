"""Previous and next card, the next incomplete one, and suggestions during the typing of a search (N-S2, N-A1)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from members.people.models import Member
from members.people.queries.neighbours import Neighbours, neighbours, next_incomplete
from members.people.views.member_list import MAX_SUGGESTED
from registry.enums import Level, Role
from registry.organizations.models import Organization
from tests.members import places
from tests.registry import trees

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> places.Place:
    return places.voi()


@pytest.fixture
def row(place: places.Place) -> list[Member]:
    """Return four people of one organisation sorted by name; the first two have the same name."""
    made = []
    for year, (surname, missing) in enumerate((("Абрамова", 1), ("Абрамова", 0), ("Ёлкина", 2), ("Яшина", 0)), 1950):
        born = dt.date(year, 1, 1)
        [member] = trees.members(place.keeper, surname=surname, given_name="Анна", birth_date=born)
        Member.objects.filter(pk=member.pk).update(missing=missing)
        made.append(member)
    return made


def test_n_s2_cards_stand_beside_each_other_in_the_order_of_names(place: places.Place, row: list[Member]) -> None:
    ids = [member.pk for member in row]
    assert [neighbours(member, place.chair) for member in row] == [
        Neighbours(None, ids[1]),
        Neighbours(ids[0], ids[2]),
        Neighbours(ids[1], ids[3]),
        Neighbours(ids[2], None),
    ]


def test_n_s2_the_next_incomplete_card_follows_and_after_the_last_one_the_first(
    place: places.Place, row: list[Member]
) -> None:
    ids = [member.pk for member in row]
    assert [next_incomplete(member, place.chair) for member in row] == [ids[2], ids[2], ids[0], ids[0]]
    Member.objects.filter(pk=ids[2]).update(missing=0)
    assert next_incomplete(row[0], place.chair) is None


def test_n_s2_cards_of_other_organisations_are_beside_nobody(place: places.Place, row: list[Member]) -> None:
    other: Organization = trees.below(place.region, Level.LOCAL)
    trees.members(other, surname="Бобров", missing=3)
    above = trees.officer(place.region, Role.REVIEWER)
    assert neighbours(row[1], above) == Neighbours(row[0].pk, row[2].pk)
    assert next_incomplete(row[1], above) == row[2].pk


def test_n_s2_saving_leads_to_the_next_incomplete_card_with_the_focus_in_what_is_missing(place: places.Place) -> None:
    first = place.put(surname="Абрамова", snils="", ticket_number="0104510")
    second = place.put(
        surname="Яшина", snils="", ticket_number="0104511", birth_date=dt.date(1950, 1, 1), citizenship=""
    )
    client = places.signed_in(place.chair)
    page = client.get(reverse("members:edit", args=[first.pk]))
    assert page.context["incomplete"] is True
    form = page.context["form"]
    values = {name: form.initial.get(name) or form.fields[name].initial or "" for name in form.fields}
    answer = client.post(
        reverse("members:edit", args=[first.pk]),
        {**{n: str(form[n].value() or "") for n in values}, "version": first.version, "next": "1"},
    )
    address = f"{reverse('members:edit', args=[second.pk])}?missing"
    assert (answer.status_code, answer.url) == (302, address), answer.context and answer.context["form"].errors
    opened = client.get(address).context["form"]
    assert [name for name, field in opened.fields.items() if field.widget.attrs.get("autofocus")] == ["citizenship"]


def suggested(client: object, typed: str) -> list[str]:
    answer = client.get(reverse("members:suggest"), {"q": typed})  # type: ignore[attr-defined]
    return [member.full_name for member in answer.context["found"]]


def test_n_a1_suggestions_are_the_first_by_name_within_the_scope(place: places.Place) -> None:
    names = [f"Иванова {letter}" for letter in "АБВГДЕЖЗИК"]
    for name in names:
        trees.members(place.keeper, surname="Иванова", given_name=name[-1])
    trees.members(places.union().keeper, surname="Иванова", given_name="А")
    client = places.signed_in(place.chair)
    assert suggested(client, "ивано") == names[:MAX_SUGGESTED]
    assert (suggested(client, ""), suggested(client, "   "), suggested(client, "нет таких")) == ([], [], [])
