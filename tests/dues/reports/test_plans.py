"""The report of dues reads tables as a whole, not entry by entry, by the plans of PostgreSQL (N-D1)."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dues.ledger.models import LedgerEntry
from dues.ledger.transitions import charge_new_year
from dues.reports.enums import By, Figure
from members.people.models import Member
from registry.access import Actor
from registry.enums import Level, Role
from registry.organizations.models import Figures
from tests.benchmarks.reports import pay
from tests.dues.collecting.world import YEAR
from tests.members.places import signed_in
from tests.registry import trees
from tests.registry.plans import plans

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
#: People in each of the two organisations, charged for two years; 80 % have paid.
PEOPLE = 1_000
#: How often a statement may search a table: once for each line of a page.
MOST_TIMES = 100


def region() -> Actor:
    """Create a region with its people and their money, and return its chair."""
    head = trees.head("voi")
    place = trees.below(head, Level.REGIONAL)
    keepers = [trees.below(place, Level.LOCAL) for _number in range(2)]
    for keeper in keepers:
        Member.objects.bulk_create(
            Member(
                federation_id=keeper.federation_id, organization=keeper, unit=keeper, surname="Иванова",
                given_name="Анна", birth_date=dt.date(1970, 1, 1), joined_on=dt.date(2005, 3, 1),
                ticket_number=f"{keeper.pk}{number:04}",
            )
            for number in range(PEOPLE)
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for keeper, year in product(keepers, (YEAR - 1, YEAR)):
        assert charge_new_year(keeper.pk, year, by=trees.INSTALLATION) == PEOPLE
    pay(keepers)
    return trees.officer(place, Role.CHAIR)


def times(statements: list[str]) -> int:
    """Return how often a node of the plans searches a table at most.

    Searches by the index `entry_of_account` are excluded: they find all entries of an account at once.
    """
    found = [node for nodes in plans(statements) for node in nodes if "Relation Name" in node]
    return int(max(node["Actual Loops"] for node in found if node.get("Index Name") != "entry_of_account"))


def test_n_d1_no_page_of_the_report_looks_entries_up_one_by_one() -> None:
    client, found = signed_in(region()), {}
    report, lines = reverse("dues:reports"), reverse("dues:report_lines")
    pages: dict[str, str] = {}
    for year in (YEAR, YEAR - 1):
        days = f"first={year}-01-01&last={year}-12-31"
        pages |= {f"by {by} {year}": f"{report}?part=year&year={year}&by={by}" for by in By.values}
        pages |= {f"lines {figure} {year}": f"{lines}?{days}&figure={figure}" for figure in Figure.values}
    for name, url in pages.items():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        found[name] = times([query["sql"] for query in captured.captured_queries])
    assert {name: count for name, count in found.items() if count > MOST_TIMES} == {}
    # Control: an outer join for which the planner expects hardly any rows.
    entries = LedgerEntry.objects.filter(reversed_by__isnull=True, account__member__organization__status="active")
    with CaptureQueriesContext(connection) as captured:
        assert entries.count() == 2 * 2 * PEOPLE * 9 / 5
    assert times([query["sql"] for query in captured.captured_queries]) > MOST_TIMES


def test_n_d1_the_report_of_a_small_part_of_the_federation_reads_its_own_entries_alone() -> None:
    chair = region()
    place = chair.organization
    assert place is not None
    Figures.objects.filter(organization=place).update(members=2 * PEOPLE)
    head = place.parent
    small = trees.below(head, Level.REGIONAL, "Орловская РО ВОИ")
    trees.members(trees.below(small, Level.LOCAL, "Мценская МО ВОИ"), 2)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    officer = trees.officer(small, Role.CHAIR, "Громов")
    for page in ("dues:reports", "dues:report_lines"):
        address = f"{reverse(page)}?first={YEAR}-01-01&last={YEAR}-12-31&figure=paid"
        client = signed_in(officer)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        statements = [query["sql"] for query in queries.captured_queries]
        asked = [sql for sql in statements if sql.startswith("SET LOCAL") and "DEFAULT" not in sql]
        asked += [sql for sql in statements if 'FROM "dues_ledgerentry"' in sql]
        read = [node for nodes in plans(asked) for node in nodes if node.get("Relation Name") == "dues_ledgerentry"]
        assert read
        assert {node["Node Type"] for node in read} & {"Seq Scan"} == set()
