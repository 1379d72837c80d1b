"""Sums over many organisations are cached for a minute; sums over few are always read from the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.access import Actor
from registry.enums import Level
from registry.organizations import queries
from registry.organizations.models import Figures, Organization
from tests.registry import trees

pytestmark = pytest.mark.django_db

ASKS: list[Callable[[Organization, list[Organization]], Any]] = [
    lambda head, _below: queries.recent_totals(Actor.system("test", head))["members"],
    lambda head, _below: queries.recent_totals_under(head)["members"],
    lambda head, below: queries.recent_totals_of_children(head, below)[below[0].pk]["members"],
]


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize(("many", "shown"), [(1, 5), (2, 5), (3, 7), (4, 7)])
def test_sums_over_more_organizations_than_that_are_kept(
    monkeypatch: pytest.MonkeyPatch, ask: Callable[..., Any], many: int, shown: int
) -> None:
    # Sums over three organisations.
    head = trees.head()
    below = [trees.below(head, Level.REGIONAL, name) for name in ("Тульская РО", "Калужская РО")]
    if ask is ASKS[2]:
        trees.below(below[0], Level.PRIMARY, "Школа № 1")
    monkeypatch.setattr(queries, "MANY_ORGANIZATIONS", many)
    Figures.objects.filter(organization=below[0]).update(members=5)
    assert ask(head, below) == 5
    Figures.objects.filter(organization=below[0]).update(members=7)
    with CaptureQueriesContext(connection) as captured:
        answer = ask(head, below)
    summed = [one for one in captured if "registry_figures" in one["sql"]]
    assert (answer, len(summed)) == (shown, int(shown == 7))


def test_the_head_of_the_only_federation_reads_no_organizations_for_its_sums() -> None:
    head = trees.head()
    region = trees.below(head, Level.REGIONAL, "Тульская РО")
    Figures.objects.filter(organization=region).update(members=5)

    def read(organization: Organization) -> tuple[int, bool]:
        with CaptureQueriesContext(connection) as captured:
            found = queries.totals_under(organization)["members"]
        sql = next(one["sql"] for one in captured if "SUM" in one["sql"])
        return found, "registry_organization" in sql

    assert read(head) == (5, False)
    assert read(region) == (5, True)
    other = trees.head("voi", "ВОИ")
    Figures.objects.filter(organization=other).update(members=3)
    assert read(head) == (5, True)
    assert read(other) == (3, True)
