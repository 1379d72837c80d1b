"""Connections to PostgreSQL: shared by a web process's threads, limited, and compared with the server's limit."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.db.backends.postgresql.base import DatabaseWrapper

from registry.environment import POOL_SECONDS, pooled
from registry.errors import lost_database
from registry.upkeep import doctor, queries
from registry.upkeep.transitions import sign_of_worker

DATABASE: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 60, "OPTIONS": {"a": 1}}


def test_what_is_set_about_connections() -> None:
    assert pooled(DATABASE, most=0, pooler="") == DATABASE
    pool = {"min_size": 1, "max_size": 3, "timeout": POOL_SECONDS}
    assert pooled(DATABASE, most=3, pooler="") == DATABASE | {"CONN_MAX_AGE": 0, "OPTIONS": {"a": 1, "pool": pool}}
    assert pooled(DATABASE, most=0, pooler="session") == DATABASE | {"CONN_MAX_AGE": 0}
    assert pooled(DATABASE, most=0, pooler="transaction") == DATABASE | {
        "CONN_MAX_AGE": 0, "DISABLE_SERVER_SIDE_CURSORS": True,
    }  # fmt: skip
    assert DATABASE["OPTIONS"] == {"a": 1}
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_POOLER must be session or transaction\.$"):
        pooled(DATABASE, most=0, pooler="statement")
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_POOL must be a number of connections\.$"):
        pooled(DATABASE, most=-1, pooler="")


@pytest.mark.postgresql
@pytest.mark.django_db
def test_threads_share_a_pool_and_one_too_many_waits_and_is_told_that_the_database_is_lost() -> None:
    made = pooled(connection.settings_dict, most=2, pooler="")
    made["OPTIONS"]["pool"]["timeout"] = 1
    held = [DatabaseWrapper(made, alias="pooled") for _ in range(3)]
    found: list[Any] = []

    def count() -> None:
        with held[2].cursor() as cursor:
            cursor.execute("SELECT 1")
            found.append(cursor.fetchone()[0])
        held[2].close()

    try:
        for one in held[:2]:
            one.ensure_connection()
        with pytest.raises(OperationalError) as lost:
            held[2].ensure_connection()
        assert lost_database(lost.value)
        held[0].close()
        held[2].inc_thread_sharing()
        thread = threading.Thread(target=count)
        thread.start()
        thread.join(10)
        assert found == [1]
    finally:
        for one in held:
            one.close()
        held[0].close_pool()


@pytest.mark.django_db
@pytest.mark.both
@pytest.mark.parametrize(
    ("nodes", "processes", "pool", "workers", "needed"),
    [(1, 2, 0, 0, 18), (1, 2, 0, 1, 18), (1, 2, 0, 3, 28), (4, 5, 0, 1, 90), (4, 5, 2, 1, 50)],
)
def test_what_all_nodes_may_open_is_compared_with_what_postgresql_allows(
    nodes: int, processes: int, pool: int, workers: int, needed: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NODES, settings.DATABASE_POOL = nodes, pool
    monkeypatch.setenv("WEB_WORKERS", str(processes))
    monkeypatch.delenv("WEB_THREADS", raising=False)
    for number in range(workers):
        sign_of_worker(str(number))

    said = []
    for allowed in (needed, needed - 1):
        monkeypatch.setattr(doctor, "connections_allowed", lambda allowed=allowed: allowed)
        said.append([one.words for one in doctor.run_preflight("connections")])
    words = f"{needed} connections may be open at once and PostgreSQL allows {needed - 1}: "
    assert said == [[""], [words + "lower WEB_WORKERS, WEB_THREADS or DATABASE_POOL, or raise max_connections."]]
    settings.DATABASE_POOLER = "transaction"
    assert [one.words for one in doctor.run_preflight("connections")] == [""]


@pytest.mark.django_db
def test_several_nodes_are_told_to_share_files_and_counts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(os.environ, "FILES_URL", raising=False)

    def said() -> list[str]:
        return [one.words for one in doctor.run_preflight("nodes")]

    assert said() == [""]
    settings.NODES = 2
    files = "NODES says that there are several; they have to share their files (FILES_URL)."
    counts = "Each process counts for itself; several nodes share counts by CACHE_URL."
    assert said() == [files, counts]
    monkeypatch.setenv("FILES_URL", "file:///srv/files")
    assert said() == [counts]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_postgresql_says_how_many_connections_it_allows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        assert 0 < (queries.connections_allowed() or 0) <= int(cursor.fetchone()[0])
