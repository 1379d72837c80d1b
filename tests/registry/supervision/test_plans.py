"""Rows that PostgreSQL reads for the tasks of many chairs, and for statistics of many people (N-S1, N-S3)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.people.models import Member
from registry.enums import Level, Role
from registry.organizations.models import Organization
from registry.statistics.columns import offered
from registry.statistics.counting import Asked, by_each, by_organization, first_days, trend
from registry.supervision.jobs import overdue_tasks
from tests.registry import trees
from tests.registry.plans import plans

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
#: Number of organisations that keep cards, and of people in each.
PLACES, PEOPLE = 40, 50
#: Tables that have rows for each person.
GROWING = {"members_member", "members_bookline", "dues_duesaccount", "dues_ledgerentry", "documents_blank"}


def society() -> Organization:
    """Make a region with local organisations, their chairs and people."""
    region = trees.below(trees.head("voi"), Level.REGIONAL)
    for number in range(PLACES):
        place = trees.below(region, Level.LOCAL, f"МО № {number}")
        trees.officer(place, Role.CHAIR, f"Петров{number}")
        Member.objects.bulk_create(
            Member(
                federation_id=place.federation_id, organization=place, unit=place, surname="Иванова",
                given_name="Анна", birth_date=dt.date(1970, 1, 1), joined_on=dt.date(2005, 3, 1),
                ticket_number=f"{number:02}{person:05}",
            )
            for person in range(PEOPLE)
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return region


def test_n_s1_tasks_of_more_chairs_take_no_more_queries_and_read_no_table_through() -> None:
    places = list(society().children.order_by("pk").values_list("pk", flat=True))
    overdue_tasks(places)
    taken = {}
    for count in (2, PLACES):
        with CaptureQueriesContext(connection) as queries:
            overdue_tasks(places[:count])
        taken[count] = [query["sql"] for query in queries.captured_queries]
    assert len(taken[2]) == len(taken[PLACES])
    (joint,) = [sql for sql in taken[PLACES] if "LATERAL" in sql]
    settings = [sql for sql in taken[PLACES] if sql.startswith("SET LOCAL") and "DEFAULT" not in sql]
    (nodes,) = plans([*settings, joint])
    read = {node["Relation Name"] for node in nodes if "Relation Name" in node}
    assert "members_member" in read
    through = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
    assert through & GROWING == set()


def test_n_s3_statistics_of_today_read_no_lines_and_a_trend_no_cards() -> None:
    region = society()
    chair = trees.officer(region, Role.CHAIR, "Главная")
    today = timezone.localdate()
    asked = Asked(region, today, chair)
    fields = [one for one in offered(chair, region.charter).values() if not one.of_health]
    with CaptureQueriesContext(connection) as of_today:
        assert by_each(asked, fields)["sex"].total() == PLACES * PEOPLE
        by_organization(asked)
    with CaptureQueriesContext(connection) as of_years:
        trend(region, first_days(today, 10))
    assert [query["sql"] for query in of_today if "members_bookline" in query["sql"]] == []
    joined = [query["sql"] for query in of_years if 'JOIN "members_member"' in query["sql"]]
    assert len(of_years) > 1
    assert joined == []
