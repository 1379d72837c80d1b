"""The counts in the navigation: pages show known counts and never compute them (N-S2)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from registry.enums import Role
from registry.tasks import tasks_for
from tests.members import places
from tests.registry import trees

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> places.Place:
    found = places.voi()
    found.put()
    return found


def shown(answer: Any) -> dict[str, str]:
    return {entry["counts"]: entry["count"] for entry in answer.context["nav"] if entry["counts"]}


def asks(answer: Any) -> bool:
    """Return whether the page requests new counts after it is loaded."""
    return f'hx-get="{reverse("counts")}"' in answer.content.decode()


def test_a_page_waits_for_no_count_and_asks_for_them_afterwards(place: places.Place) -> None:
    client = places.signed_in(place.chair)
    first = client.get(reverse("help"))
    assert (set(shown(first).values()), asks(first)) == ({""}, True)
    client.get(reverse("counts"))
    again = client.get(reverse("help"))
    expected = {"tasks": str(len(tasks_for(place.chair))), "members": "1", "applications": ""}
    assert (shown(again), asks(again)) == (expected, False)


def test_the_answer_goes_to_both_menus_of_the_page(place: places.Place) -> None:
    text = places.signed_in(place.chair).get(reverse("counts")).content.decode()
    assert '<span hx-swap-oob="innerHTML:[data-count=members]">1</span>' in text


def test_asking_for_them_neither_prolongs_the_session_nor_writes_it(place: places.Place) -> None:
    client = places.signed_in(place.chair)
    asked, page = client.get(reverse("counts")), client.get(reverse("help"))
    assert [settings.SESSION_COOKIE_NAME in answer.cookies for answer in (asked, page)] == [False, True]


def test_only_entries_of_the_own_navigation_are_answered(place: places.Place) -> None:
    admin = trees.officer(place.head, Role.ADMINISTRATOR)
    text = places.signed_in(admin).get(reverse("counts")).content.decode()
    assert re.findall(r"data-count=(\w+)", text) == ["tasks"]


def test_the_start_page_computes_them(place: places.Place) -> None:
    client = places.signed_in(place.chair)
    answer = client.get(reverse("start"))
    assert (shown(answer)["tasks"], asks(answer)) == (
        str(sum(len(group.tasks) for group in answer.context["groups"])),
        False,
    )


def test_after_an_action_old_counts_are_shown_until_new_ones_arrive(place: places.Place) -> None:
    client = places.signed_in(place.chair)
    client.get(reverse("counts"))
    place.put(surname="Ильина", snils="", ticket_number="")
    client.post(reverse("preferences"), {})
    after = client.get(reverse("help"))
    assert (shown(after)["members"], asks(after)) == ("1", True)
    assert 'innerHTML:[data-count=members]">2<' in client.get(reverse("counts")).content.decode()


def test_n_h1_counts_are_those_of_the_appointment(place: places.Place) -> None:
    places.signed_in(place.chair).get(reverse("counts"))
    other = places.union()
    answer = places.signed_in(other.chair).get(reverse("help"))
    assert set(shown(answer).values()) == {""}
