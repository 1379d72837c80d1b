"""Queries that use an index on PostgreSQL, the setting that is restored after them, and hints for SQLite."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from members.people.models import Reminder
from members.people.transitions.registration import register_many
from registry import indexes
from registry.indexes import BY_INDEX, by_index, have_grown, learn_sizes
from registry.upkeep.jobs import look_at_grown_tables, look_at_tables
from tests.members import places

pytestmark = pytest.mark.django_db


def settings() -> dict[str, str]:
    with connection.cursor() as cursor:
        found = {}
        for name in BY_INDEX:
            cursor.execute(f"SHOW {name}")
            found[name] = str(cursor.fetchone()[0])
    return found


USUAL = {
    "enable_seqscan": "on", "enable_hashjoin": "on", "enable_mergejoin": "on", "random_page_cost": "1.1",
    "work_mem": "4MB", "max_parallel_workers_per_gather": "2",
}  # fmt: skip


def test_sequential_scans_are_off_within_the_block_only() -> None:
    if connection.vendor != "postgresql":
        with by_index():
            assert not connection.needs_rollback
        return
    with by_index():
        assert settings() == BY_INDEX
    assert settings() == USUAL


def test_a_failed_query_restores_the_setting() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), by_index():
        raise ZeroDivisionError
    if connection.vendor == "postgresql":
        assert settings() == USUAL


def goes_by_id(rows: QuerySet[Any], table: str) -> bool:
    """Return whether SQLite reads only the rows of the table whose ids are in another table."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        (step,) = (step for *_ids, step in cursor.fetchall() if step.split()[1] == table)
    return str(step).endswith("rowid=?)")


@pytest.fixture
def nothing_looked_at(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Clear the known ids, as in a process that has just started."""
    last_ids: dict[str, int] = {}
    monkeypatch.setattr(indexes, "_LAST_IDS", last_ids)
    return last_ids


@pytest.mark.usefixtures("nothing_looked_at")
def test_sqlite_reads_the_members_who_have_a_reminder_and_no_others() -> None:
    if connection.vendor != "sqlite":
        learn_sizes()
        assert not have_grown()
        return
    place = places.voi()
    same = {**places.VOI_PERSON, "snils": "", "confirmed_duplicate": True}
    people = [same | {"ticket_number": f"{number:07}"} for number in range(60)]
    members = register_many(organization=place.keeper, people=people, by=place.chair)
    due = Reminder.objects.visible_to(place.chair).filter(member__organization=place.keeper, due_on__lte="2025-01-01")
    assert not goes_by_id(due, "members_member")
    learn_sizes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'members_reminder'")
        assert cursor.fetchall() == [("10",)]
    Reminder.objects.create(member=members[0], kind="mandate", due_on="2024-03-01")
    learn_sizes()
    assert goes_by_id(due, "members_member")


def test_sqlite_looks_again_once_a_table_has_grown(nothing_looked_at: dict[str, int]) -> None:
    grown = "registry_account"
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:

        def grow_to(last: int) -> bool:
            if sqlite:
                cursor.execute("UPDATE sqlite_sequence SET seq = 1")
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [grown])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [grown, last])
            return have_grown()

        assert (grow_to(1_000), grow_to(1_001)) == (False, sqlite)
        look_at_grown_tables(timezone.now())
        assert nothing_looked_at.get(grown) == (1_001 if sqlite else None)
        assert (grow_to(4_004), grow_to(4_005)) == (False, sqlite)
        look_at_tables(timezone.localdate())
        assert nothing_looked_at.get(grown) == (4_005 if sqlite else None)
