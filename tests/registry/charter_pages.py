"""Fixtures and steps of tests of the charter's page in the Django admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry.access import Actor
from registry.enums import Role
from tests.members import places
from tests.members.places import Place, signed_in
from tests.registry import trees

PLACES = {"voi": places.voi, "education_union": places.union}


@pytest.fixture(params=sorted(PLACES))
def place(request: pytest.FixtureRequest) -> Place:
    return PLACES[request.param]()


@pytest.fixture
def admin(place: Place) -> Actor:
    return trees.officer(place.head, Role.ADMINISTRATOR, "Наладова")


@pytest.fixture
def client(admin: Actor) -> Client:
    return signed_in(admin)


def url_of(place: Place) -> str:
    return reverse("admin:registry_federation_change", args=[place.head.federation_id])


def shown(client: Client, place: Place) -> dict[str, Any]:
    """Return the values of the form as a browser would send them back."""
    initial = client.get(url_of(place)).context["adminform"].form.initial
    return {name: value for name, value in initial.items() if name != "id"}
