"""People in governing bodies are chosen from the cards; others are entered deliberately (U-4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from registry.organizations.models import BodySeat, GoverningBody
from registry.organizations.transitions.passports import add_body, edit_seat, seat_person
from tests.members import places
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.once]

_SINCE = dt.date(2024, 2, 1)


@pytest.fixture(params=["voi", "union"])
def place(request: pytest.FixtureRequest) -> places.Place:
    found: places.Place = getattr(places, request.param)()
    found.put(surname="О’Коннор", given_name="Вера", patronymic="Ильинична")
    return found


def body_of(place: places.Place, kind: str = "audit") -> GoverningBody:
    return add_body(place.keeper.pk, kind=kind, name=f"Орган: {kind}", by=place.chair)


def seat(body: GoverningBody, name: str, place: places.Place, **values: Any) -> BodySeat:
    return seat_person(body.pk, full_name=name, since=_SINCE, without_card=False, by=place.chair, **values)


@pytest.mark.both
def test_u4_members_sit_by_their_card_and_others_when_it_is_said_that_they_have_none(place: places.Place) -> None:
    body = body_of(place)
    assert seat(body, "о'коннор вера ильинична", place).full_name == "о'коннор вера ильинична"
    for name in ("О’Коннор Вера", "Нездешняя Вера Ильинична", "—"):
        with refused("U-4", field="full_name"):
            seat(body, name, place)
    assert seat_person(body.pk, full_name="Нездешняя Вера", since=_SINCE, without_card=True, by=place.chair).pk


def test_u4_a_card_elsewhere_is_none_of_this_organisation(place: places.Place) -> None:
    above = add_body(place.region.pk, kind="audit", name="Ревизионная комиссия", by=place.region_chair)
    seat_person(above.pk, full_name="О’Коннор Вера Ильинична", since=_SINCE, without_card=False, by=place.region_chair)
    with refused("U-4", field="full_name"):
        seat_person(above.pk, full_name="Ким Вера", since=_SINCE, without_card=False, by=place.region_chair)


def test_u4_commissions_take_people_who_are_no_members(place: places.Place) -> None:
    assert seat(body_of(place, "commission"), "Нездешняя Вера", place).pk


@pytest.mark.both
def test_u4_a_seat_entered_before_is_ended_without_a_card_but_takes_no_other_name(place: places.Place) -> None:
    body = body_of(place)
    old = seat_person(body.pk, full_name="Прежняя А. А.", since=_SINCE, by=place.chair)
    facts = {"since": _SINCE, "until": dt.date(2024, 5, 1), "duty": "", "minutes": "", "without_card": False}
    assert edit_seat(old.pk, full_name="Прежняя А. А.", by=place.chair, **facts).until == dt.date(2024, 5, 1)
    with refused("U-4", field="full_name"):
        edit_seat(old.pk, full_name="Прежняя Б. Б.", by=place.chair, **facts)


@pytest.mark.both
def test_u4_the_page_asks_for_the_tick_and_keeps_what_was_typed(place: places.Place) -> None:
    body, client = body_of(place), places.signed_in(place.chair)
    url = reverse("organizations:seat_add", args=[body.pk])
    typed = {"full_name": "Нездешняя Вера", "since": "01.02.2024"}
    page = client.post(url, typed)
    assert [*page.context["form"].errors] == ["full_name"]
    assert "Нездешняя Вера" in page.content.decode()
    assert client.post(url, {**typed, "without_card": "on"}).status_code == 302
    assert [seat.full_name for seat in body.seats.all()] == ["Нездешняя Вера"]
    commission = reverse("organizations:seat_add", args=[body_of(place, "commission").pk])
    assert "without_card" not in client.get(commission).context["form"].fields


@pytest.mark.both
def test_u4_names_are_suggested_from_the_cards_of_the_organisation_alone(place: places.Place) -> None:
    client, url = places.signed_in(place.region_chair), reverse("members:suggest")

    def suggested(within: int, typed: str) -> list[str]:
        page = client.get(url, {"within": within, "full_name": typed})
        return [card.full_name for card in page.context["found"]]

    assert suggested(place.keeper.pk, "оконн") == ["О’Коннор Вера Ильинична"]
    assert (suggested(place.keeper.pk, ""), suggested(place.keeper.pk, "ким")) == ([], [])
    cells = place.cells or []
    assert [suggested(cell.pk, "оконн") for cell in cells] == [[]] * len(cells)
    assert client.get(url, {"within": place.head.pk, "full_name": "оконн"}).status_code == 404
