"""Sums of large subtrees are computed by a worker and read by pages (invariant 9)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.access import Actor
from registry.enums import Level
from registry.indexes import READ_BY_ORGANIZATION
from registry.organizations import jobs, queries
from registry.organizations.models import Figures, Organization, OrganizationPassport, SubtreeFigures
from registry.supervision.jobs import count_months
from tests.registry import trees

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(monkeypatch: pytest.MonkeyPatch) -> Organization:
    """Create a head with two regions, one with three schools; more than two organisations count as many."""
    monkeypatch.setattr(queries, "MANY_ORGANIZATIONS", 2)
    head = trees.head()
    large, small = (trees.below(head, Level.REGIONAL, name) for name in ("Тульская РО", "Калужская РО"))
    for number in range(3):
        school = trees.below(large, Level.PRIMARY, f"Школа № {number}")
        Figures.objects.filter(pk=school.pk).update(members=10, consents_signed=4)
        OrganizationPassport.objects.filter(organization=school).update(employees=20)
    Figures.objects.filter(pk=small.pk).update(members=7)
    jobs.find_large_subtrees(timezone.localdate())
    return head


def regions(head: Organization) -> list[Organization]:
    return list(Organization.objects.filter(parent=head).order_by("pk"))


def counted(at: dt.datetime | None = None) -> None:
    jobs.count_sums(at or timezone.now())


def test_rows_are_made_for_large_subtrees_and_deleted_when_they_are_small(
    head: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, _small = regions(head)
    assert set(SubtreeFigures.objects.values_list("pk", flat=True)) == {head.pk, large.pk}
    monkeypatch.setattr(queries, "MANY_ORGANIZATIONS", 3)
    jobs.find_large_subtrees(timezone.localdate())
    assert set(SubtreeFigures.objects.values_list("pk", flat=True)) == {head.pk}
    monkeypatch.setattr(queries, "MANY_ORGANIZATIONS", 5)
    jobs.find_large_subtrees(timezone.localdate())
    assert not SubtreeFigures.objects.exists()


def test_sums_are_those_of_the_figures(head: Organization) -> None:
    large, small = regions(head)
    counted()
    row = SubtreeFigures.objects.get(pk=head.pk)
    assert (row.totals["members"], row.totals["consents_signed"]) == (37, 12)
    assert (row.totals["employees"], row.totals["organizations"]) == (60, 6)
    assert {pk: sums["members"] for pk, sums in row.children.items()} == {str(large.pk): 30, str(small.pk): 7}
    assert row.children == {str(pk): sums for pk, sums in queries.totals_of_children(head, [large, small]).items()}


ASKS: list[Callable[[Organization], Any]] = [
    lambda head: queries.recent_totals(Actor.system("test", head))["members"],
    lambda head: queries.recent_totals_of_children(head, regions(head))[regions(head)[1].pk]["members"] + 30,
    lambda head: queries.recent_employees(Actor.system("test", head)) - 23,
]


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize(
    ("seconds", "known"), [(queries.COUNTED_SECONDS - 1, True), (queries.COUNTED_SECONDS + 1, False)]
)
def test_pages_read_what_was_counted_in_the_last_minutes(
    head: Organization, ask: Callable[[Organization], Any], seconds: int, *, known: bool
) -> None:
    counted(timezone.now() - dt.timedelta(seconds=seconds))
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert ask(head) == 37
    summed = [one["sql"] for one in captured if "SUM(" in one["sql"]]
    assert bool(summed) is not known


def test_an_organisation_founded_since_then_is_counted_by_the_page(head: Organization) -> None:
    counted()
    new = trees.below(head, Level.REGIONAL, "Орловская РО")
    Figures.objects.filter(pk=new.pk).update(members=3)
    found = queries.recent_totals_of_children(head, [*regions(head)])
    assert {pk: sums["members"] for pk, sums in found.items()} == {
        pk: sums["members"] for pk, sums in queries.totals_of_children(head, regions(head)).items()
    }
    assert found[new.pk]["members"] == 3


def test_primary_organisations_ask_for_no_kept_sums(head: Organization) -> None:
    school = Organization.objects.filter(level=Level.PRIMARY)[0]
    with CaptureQueriesContext(connection) as captured:
        assert queries.recent_totals_under(school)["members"] == 10
    assert not [one for one in captured if "registry_subtreefigures" in one["sql"]]


@pytest.mark.parametrize(("seconds", "again"), [(queries.KEPT_SECONDS - 1, False), (queries.KEPT_SECONDS, True)])
def test_sums_of_a_minute_are_counted_again(head: Organization, seconds: int, *, again: bool) -> None:
    begin = timezone.now() - dt.timedelta(seconds=120)
    counted(begin)
    Figures.objects.filter(pk=head.pk).update(members=100)
    counted(begin + dt.timedelta(seconds=seconds))
    row = SubtreeFigures.objects.get(pk=head.pk)
    assert (row.totals["members"], row.counted_at == begin) == ((137, False) if again else (37, True))


def test_a_large_region_reads_its_kept_sums_too(head: Organization) -> None:
    large, _small = regions(head)
    counted()
    Figures.objects.filter(pk=large.pk).update(members=100)
    assert queries.recent_totals_under(large)["members"] == 30


@pytest.mark.parametrize(("people", "named"), [(READ_BY_ORGANIZATION, True), (READ_BY_ORGANIZATION + 1, False)])
def test_organisations_with_few_people_are_named_by_id_within_the_scope(
    head: Organization, people: int, *, named: bool
) -> None:
    large, small = regions(head)
    below = set(Organization.objects.filter(path__startswith=large.path).values_list("pk", flat=True))
    own = Actor.system("test", large)
    for place in (None, large, head):
        found = queries.ids_of_few(place, own, people)
        assert (None if found is None else set(found)) == (below if named else None)
    assert queries.ids_of_few(small, own, 1) == []


@pytest.mark.postgresql
@pytest.mark.usefixtures("several_connections")
@pytest.mark.parametrize(("work", "column"), [(jobs.count_sums, "counted_at"), (count_months, "months_counted_at")])
def test_what_another_worker_counts_is_left_to_it(
    monkeypatch: pytest.MonkeyPatch, work: Callable[[dt.datetime], None], column: str
) -> None:
    monkeypatch.setattr(queries, "MANY_ORGANIZATIONS", 0)
    region = trees.below(trees.head(), Level.REGIONAL)
    jobs.find_large_subtrees(timezone.localdate())
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            SubtreeFigures.objects.select_for_update().get(pk=region.parent_id)
            held.set()
            done.wait(10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(10)
    try:
        with connection.cursor() as cursor:
            # A worker that waits for a lock would fail.
            cursor.execute("SET lock_timeout = '1s'")
        work(timezone.now())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        done.set()
        other.join()
    row = SubtreeFigures.objects.filter(pk=region.parent_id)
    assert list(row.values_list(column, flat=True)) == [None]
    work(timezone.now())
    assert row.filter(**{f"{column}__isnull": False}).count() == 1
