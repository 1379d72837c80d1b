"""Searches among many people read few cards; PostgreSQL only, by its query plans."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.people.models import Member
from members.people.search import matching
from registry import operations
from registry.enums import Level, Role
from registry.indexes import READ_BY_ORGANIZATION, first_by_name, lookup_among
from registry.organizations.models import Organization
from registry.text import sort_prefix
from tests.registry import trees
from tests.registry.plans import plans

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
#: Number of copies of one person.
MANY = 8_000
COPIES = """
INSERT INTO members_member
SELECT made.* FROM members_member AS one, generate_series(1, %s) AS n,
LATERAL jsonb_populate_record(one, jsonb_build_object('id', one.id + n, 'ticket_number', 'N' || n,
    'sort_key', '28' || lpad(n::text, 8, '0'), 'search_key',
    CASE WHEN n %% 2 = 0 THEN ' петрова елена' ELSE ' сидорова мария' END
    || CASE WHEN n %% 4 < 2 THEN ' ивановна' ELSE ' львовна' END || CASE WHEN n = 7 THEN ' ольга' ELSE '' END)) AS made
"""


@pytest.fixture
def school() -> Organization:
    """Return the school of all the people, after creating the indexes of the migration."""
    with connection.schema_editor(atomic=False) as editor:
        for index in (
            operations.BeginningsIndex("member_beginnings", "members_member"),
            operations.CoveringIndex(
                "member_words_of_unit",
                "members_member",
                ["unit_id", "sort_key", "id"],
                ["search_key", "state", "blocked_on", "federation_id"],
            ),
        ):
            index.database_forwards("members", editor, None, None)  # type: ignore[arg-type]
    head = trees.head()
    school = trees.below(trees.below(trees.below(head, Level.REGIONAL), Level.LOCAL))
    trees.members(school, 1)
    with connection.cursor() as cursor:
        cursor.execute(COPIES, [MANY])
        cursor.execute("ANALYZE members_member, registry_organization")
        # VACUUM is not possible in a transaction.
        cursor.execute("UPDATE pg_class SET relallvisible = relpages WHERE relname = 'members_member'")
    return school


def nodes_of(work: Callable[[], object]) -> list[dict[str, object]]:
    """Return the plan nodes of all queries that the function sends."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [node for plan in plans([one["sql"] for one in captured.captured_queries]) for node in plan]


def cards_read(nodes: list[dict[str, object]]) -> int:
    """Return the number of cards that were read, including those that did not match."""
    return sum(
        int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])  # type: ignore[operator]
        for node in nodes
        if node.get("Relation Name") == "members_member"
    )


def test_two_words_that_many_have_are_compared_in_the_index(school: Organization) -> None:
    head = trees.officer(school.ancestors()[0], Role.CHAIR)
    visible = Member.objects.visible_to(head).registered()

    def found(lookup: str) -> list[int]:
        return first_by_name(visible.filter(matching("мар ольг", lookup)), "мар ольг", 1001)

    assert found("begins") == found("contains")
    assert len(found("begins")) == 1
    assert cards_read(nodes_of(lambda: found("begins"))) == 1
    # Control: without the index, all of them are read.
    assert cards_read(nodes_of(lambda: found("holds"))) > MANY


def test_a_search_below_an_organisation_reads_the_index_of_its_units_alone(school: Organization) -> None:
    region = trees.officer(school.ancestors()[1], Role.CHAIR)
    visible = Member.objects.visible_to(region).registered()
    found = visible.filter(matching("елена львовн", "holds"))
    scans = [
        (node["Node Type"], node["Index Name"])
        for node in nodes_of(lambda: first_by_name(found, "елена львовн", 10_000))
        if node.get("Relation Name") == "members_member"
    ]
    assert set(scans) == {("Index Only Scan", "member_words_of_unit")}


def test_the_first_by_name_are_read_in_their_order(school: Organization) -> None:
    """With a frequent surname, only its first people are read, instead of sorting all of them."""
    with connection.cursor() as cursor:
        begins = sort_prefix("петрова")
        cursor.execute("UPDATE members_member SET sort_key = %s || id WHERE search_key LIKE ' петрова%%'", [begins])
        cursor.execute("ANALYZE members_member")
    head = trees.officer(school.ancestors()[0], Role.CHAIR)
    visible = Member.objects.visible_to(head).registered()
    named = visible.filter(matching("петрова", "holds"))
    nodes = nodes_of(
        lambda: first_by_name(visible.filter(matching("петрова", "begins")), "петрова", 50, beginning=named)
    )
    assert cards_read(nodes) == 50


def test_the_head_reads_no_organisations_for_its_cards(school: Organization) -> None:
    head = trees.officer(school.ancestors()[0], Role.CHAIR)
    visible = Member.objects.visible_to(head)
    assert "registry_organization" not in str(visible.query)
    assert visible.count() == MANY + 1
    # A later page reads no cards of earlier pages.
    page = visible.alphabetical().values_list("pk", flat=True)[5000:5050]
    scans = [(node["Node Type"], node["Index Name"]) for node in nodes_of(lambda: list(page)) if "Index Name" in node]
    assert scans == [("Index Only Scan", "member_by_name")]


def test_the_way_of_a_search_depends_on_how_many_people_there_are() -> None:
    assert lookup_among(READ_BY_ORGANIZATION) == "holds"
    assert lookup_among(READ_BY_ORGANIZATION + 1) == "begins"


def test_a_frequent_name_within_few_organisations_is_read_there_alone(school: Organization) -> None:
    assert school.parent is not None
    few = trees.below(school.parent, name="Школа № 2")
    with connection.cursor() as cursor:
        # The copies were inserted with explicit ids.
        cursor.execute("SELECT setval(pg_get_serial_sequence('members_member', 'id'), max(id)) FROM members_member")
    ids = trees.members(few, 5)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE members_member SET search_key = ' петрова елена ', sort_key = %s || id", [sort_prefix("петрова")]
        )
        cursor.execute("ANALYZE members_member")
        cursor.execute("UPDATE pg_class SET relallvisible = relpages WHERE relname = 'members_member'")
    head = trees.officer(school.ancestors()[0], Role.CHAIR)
    visible = Member.objects.visible_to(head).registered()
    found = visible.filter(matching("петрова", "holds"), unit__among=[few.pk])

    def search() -> list[int]:
        return first_by_name(found, "петрова", 1001, beginning=found, near=True)

    assert search() == sorted(member.pk for member in ids)
    assert cards_read(nodes_of(search)) <= 10
