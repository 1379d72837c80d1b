"""Known state of a replica, and the choice of the database to read; `tests/house/test_replica.py` uses real servers."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.test import Client

from members.people.models import Member
from registry import replicas
from registry.environment import replica_of
from registry.jobs.models import Job
from registry.management import archive
from registry.replicas import Router, Standing
from registry.statistics.models import KeptCount
from registry.upkeep import doctor

POSTGRES: dict[str, Any] = {
    "ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "NAME": "registry",
}  # fmt: skip


def test_what_is_set_about_the_replica() -> None:
    made = replica_of(
        {"ENGINE": POSTGRES["ENGINE"], "HOST": "b", "OPTIONS": {"sslmode": "require"}}, POSTGRES, pooler=""
    )
    options = {
        "connect_timeout": 2, "tcp_user_timeout": 5000, "sslmode": "require",
        "options": "-c random_page_cost=1.1 -c default_transaction_read_only=on",
    }  # fmt: skip
    assert made == {
        "ENGINE": POSTGRES["ENGINE"], "HOST": "b", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options,
        "TEST": {"MIRROR": "default"},
    }  # fmt: skip
    pooled = replica_of({"ENGINE": POSTGRES["ENGINE"]}, POSTGRES, pooler="transaction")
    assert pooled["OPTIONS"] == {"connect_timeout": 2, "tcp_user_timeout": 5000}
    sqlite = {"ENGINE": "django.db.backends.sqlite3"}
    for one, other in ((POSTGRES, sqlite), (sqlite, POSTGRES)):
        with pytest.raises(ImproperlyConfigured, match=r"^REPLICA_URL needs PostgreSQL, as does DATABASE_URL then"):
            replica_of(one, other, pooler="")


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> replicas._Known:
    """Start without any known state."""
    made = replicas._Known()
    monkeypatch.setattr(replicas, "_known", made)
    monkeypatch.setattr(replicas, "is_there", lambda: True)
    return made


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch, known: replicas._Known) -> dict[str, Any]:
    """Return the answers of both servers, the number of queries to the replica, and the time."""
    answers: dict[str, Any] = {
        "default": (100, 7, "registry"), "replica": (True, 100, 5.0, 7, "registry"), "asked": 0, "now": 1000.0,
    }  # fmt: skip

    def row(alias: str, sql: str) -> Any:
        answers["asked"] += alias == "replica"
        if isinstance(answers[alias], Exception):
            raise answers[alias]
        return answers[alias]

    monkeypatch.setattr(replicas, "_row", row)
    monkeypatch.setattr(replicas.time, "monotonic", lambda: answers["now"])
    monkeypatch.setattr(replicas, "connections", {"replica": type("Closed", (), {"close": lambda self: None})()})
    return answers


def test_the_lag_is_nothing_when_all_is_replayed_and_at_most_the_time_since(servers: dict[str, Any]) -> None:
    # Never level since the process started: the replica's newest transaction determines the lag.
    servers["replica"] = (True, 99, 5.0, 7, "registry")
    assert replicas.standing(now=True) == Standing(99, 5.0)
    servers["replica"] = (True, 99, None, 7, "registry")
    assert replicas.standing(now=True) == Standing(99, None)
    servers["replica"] = (True, 100, 3600.0, 7, "registry")
    assert replicas.standing(now=True) == Standing(100, 0.0)
    # After an hour without changes, there was one this second.
    servers["now"] += 2
    servers["replica"] = (True, 99, 3602.0, 7, "registry")
    assert replicas.standing(now=True) == Standing(99, 2.0)


@pytest.mark.parametrize(("lag", "used"), [(None, False), (0.0, True), (10.0, True), (10.1, False)])
def test_a_replica_is_used_up_to_the_limit_of_the_lag(lag: float | None, used: bool, settings: Any) -> None:
    settings.REPLICA_MAX_LAG = 10
    assert Standing(1, lag).is_used is used
    assert not Standing(1, 0.0, "fault").is_used


def test_the_servers_are_asked_every_few_seconds_and_one_that_fails_is_left_alone(servers: dict[str, Any]) -> None:
    asked = []
    for seconds in (0, 2.9, 0.2):
        servers["now"] += seconds
        replicas.standing()
        asked.append(servers["asked"])
    assert asked == [1, 1, 2]
    servers["replica"] = OperationalError()
    asked = []
    for seconds in (3, 14.9, 0.2):
        servers["now"] += seconds
        found = replicas.standing()
        asked.append(servers["asked"])
    assert (asked, found) == (
        [3, 3, 4],
        Standing(fault="The server of REPLICA_URL does not answer (OperationalError)."),
    )


def test_another_database_and_a_server_that_follows_none_are_foreign(servers: dict[str, Any]) -> None:
    other = "REPLICA_URL names another database than DATABASE_URL."
    for whose in ((8, "registry"), (7, "other")):
        servers["replica"] = (True, 100, 0.0, *whose)
        assert replicas.standing(now=True) == Standing(fault=other, foreign=True)
    servers["replica"] = (False, None, None, 7, "registry")
    none = "REPLICA_URL names a server that follows none: it is no replica."
    assert replicas.standing(now=True) == Standing(fault=none, foreign=True)


def test_a_primary_server_that_does_not_answer_is_no_fault_of_the_replica(servers: dict[str, Any]) -> None:
    servers["default"] = OperationalError()
    with pytest.raises(OperationalError):
        replicas.standing(now=True)


class Free:
    """A connection outside of transactions."""

    in_atomic_block = False
    settings_dict: dict[str, Any] = {}

    def close(self) -> None:
        """Do nothing, because no connection is open."""


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch, known: replicas._Known) -> Callable[..., None]:
    """Return a function that sets the known state of the replica without a query."""
    primary = Free()
    monkeypatch.setattr(replicas, "connections", {"default": primary, "replica": Free()})

    def stands(found: Standing, *, inside: bool = False) -> None:
        known.learn(found, 1000)
        primary.in_atomic_block = inside

    return stands


def test_models_that_a_page_waits_for_and_those_of_others_are_read_from_the_primary_server(
    reading: Callable[..., None],
) -> None:
    reading(Standing(5, 0.0))
    router = Router()

    def read() -> list[str]:
        django = type(
            "Session", (), {"_meta": type("Meta", (), {"app_label": "sessions", "label_lower": "sessions.session"})}
        )
        return [router.db_for_read(model) for model in (Member, Job, KeptCount, django)]

    assert replicas.read(read) == ["replica", "default", "default", "default"]
    assert read() == ["default"] * 4
    assert replicas.read(lambda: router.db_for_write(Member)) == "default"
    assert router.allow_relation(Member(), Member())
    assert [router.allow_migrate(name, "members") for name in ("default", "replica")] == [True, False]


@pytest.mark.parametrize(
    ("found", "after", "inside", "where"),
    [
        (Standing(5, 0.0), 5, False, "replica"),
        (Standing(5, 0.0), 6, False, "default"),
        (Standing(5, 0.0), 5, True, "default"),
        (Standing(5, 11.0), 5, False, "default"),
        (Standing(fault="gone"), 0, False, "default"),
    ],
)
def test_where_reading_goes(
    found: Standing, after: int, inside: bool, where: str, reading: Callable[..., None], settings: Any
) -> None:
    settings.REPLICA_MAX_LAG = 10
    reading(found, inside=inside)
    assert replicas.read(replicas.alias, after=after) == where
    # Outside of the reading function, and nested in it, a thread uses the same database as before.
    assert replicas.alias() == "default"


def test_a_transaction_within_what_reads_is_of_the_primary_server_and_one_around_it_asks_no_replica(
    reading: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading(Standing(5, 0.0))

    def changes() -> list[str]:
        before = replicas.alias()
        reading(Standing(5, 0.0), inside=True)
        return [before, replicas.alias(), Router().db_for_read(Member)]

    assert replicas.read(changes) == ["replica", "default", "default"]
    monkeypatch.setattr(replicas, "standing", lambda now=False: pytest.fail("the servers were asked"))
    assert replicas.read(replicas.alias) == "default"


def test_what_failed_is_read_once_more_and_other_errors_are_not(
    reading: Callable[..., None], known: replicas._Known
) -> None:
    reading(Standing(5, 0.0))
    called = []

    def fails(error: Exception) -> Callable[[], str]:
        def work() -> str:
            called.append(replicas.alias())
            if called[-1] == "replica":
                raise error
            return "read"

        return work

    with pytest.raises(KeyError):
        replicas.read(fails(KeyError()))
    assert replicas.read(fails(KeyError()), again=(KeyError,)) == "read"
    assert (known.standing, called) == (Standing(5, 0.0), ["replica", "replica", "default"])
    assert replicas.read(fails(OperationalError())) == "read"
    assert known.standing == Standing(fault="The replica failed (OperationalError).")


@pytest.mark.django_db
def test_without_a_replica_nothing_is_said_of_one() -> None:
    assert (replicas.standing(), replicas.position(), replicas.alias()) == (None, 0, "default")
    assert [one.words for one in doctor.run_preflight("replica")] == [""]
    assert [name for name in Client().get("/readyz").json() if "replica" in name] == []
    assert b"replica" not in Client().get("/metrics").content


def test_programs_of_postgresql_look_for_the_server_that_can_be_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgres://registry:word@10.0.0.21:5432,10.0.0.22:5433/registry?target_session_attrs=read-write&sslmode=require"
    values = environ.Env.db_url_config(url)
    monkeypatch.setattr(archive, "connection", SimpleNamespace(settings_dict=values))
    monkeypatch.setattr("os.environ", {})
    assert archive.environment() == {
        "PGHOST": "10.0.0.21,10.0.0.22", "PGPORT": "5432,5433", "PGUSER": "registry", "PGPASSWORD": "word",
        "PGDATABASE": "registry", "PGSSLMODE": "require", "PGTARGETSESSIONATTRS": "read-write",
    }  # fmt: skip
