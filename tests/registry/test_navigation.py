"""The navigation: groups by task, entries by role, groups stay folded as they were left (N-S2)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from registry.enums import Role
from registry.menu import GROUPS, NAVIGATION
from tests.members import places
from tests.registry import trees

pytestmark = pytest.mark.django_db


def groups(client: Client, name: str = "start") -> dict[str, tuple[list[str], bool]]:
    """Return the entries of each group, and whether it is unfolded."""
    entries: Any = client.get(reverse(name)).context["nav"]
    with translation.override("ru"):
        return {
            key: ([str(entry["label"]) for entry in found], found[0]["open"])
            for key, found in ((k, list(g)) for k, g in groupby(entries, lambda entry: entry["group"]))
            if key
        }


def test_n_s2_entries_of_a_group_stand_together_in_the_order_of_the_groups() -> None:
    keys = [key for key, _found in groupby(entry.group for entry in NAVIGATION)]
    assert keys == ["", *GROUPS]


def test_n_s2_a_chair_of_a_local_organisation_has_everything_folded_but_people() -> None:
    found = groups(places.signed_in(places.voi().chair))
    assert {key: unfolded for key, (_labels, unfolded) in found.items()} == {
        "people": True,
        "decisions": False,
        "papers": False,
        "dues": False,
        "supervision": False,
        "organization": False,
    }
    assert found["decisions"][0] == ["Заявления", "Заседания"]


def test_n_s2_the_group_of_the_page_is_unfolded() -> None:
    found = groups(places.signed_in(places.voi().chair), "meetings:list")
    assert [key for key, (_labels, unfolded) in found.items() if unfolded] == ["people", "decisions"]


@pytest.mark.parametrize(
    ("kept", "unfolded"),
    [
        ("people-0.papers-1", ["papers"]),
        ("papers-1", ["people", "papers"]),
        ("strange-1.people-0.papers", []),
        ("decisions-0", ["people"]),
        ("-.-.%00", ["people"]),
    ],
)
def test_n_s2_groups_are_folded_as_they_were_left(kept: str, unfolded: list[str]) -> None:
    client = places.signed_in(places.voi().chair)
    client.cookies["navigation"] = kept
    assert [key for key, (_labels, shown) in groups(client).items() if shown] == unfolded


def test_n_s2_the_group_of_the_page_is_unfolded_even_if_it_was_left_folded() -> None:
    client = places.signed_in(places.voi().chair)
    client.cookies["navigation"] = "decisions-0"
    assert groups(client, "meetings:list")["decisions"][1] is True


def test_n_s2_who_has_few_entries_has_nothing_folded() -> None:
    place = places.voi()
    found = groups(places.signed_in(trees.officer(place.head, Role.ADMINISTRATOR)))
    assert {unfolded for _labels, unfolded in found.values()} == {True}
    assert "people" not in found
