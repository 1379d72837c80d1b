"""A replica of the database: which pages read it and when (ADR 24; real servers with streaming replication)."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house.following import Pair, pair
from tests.house.test_commands import free_port, serving
from tests.house.test_database_restarts import JOB, START, do, until
from tests.installation import ROOT, bare_environment, ready

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def servers(migrated: str) -> Iterator[Pair]:
    with pair(migrated) as made:
        yield made


@pytest.fixture(scope="module")
def told(servers: Pair, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    env = bare_environment(tmp_path_factory.mktemp("looks")) | {
        "DATABASE_URL": servers.url(servers.primary), "REPLICA_URL": servers.url(servers.replica),
        "REPLICA_MAX_LAG": "60",
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.house.replica_looks", str(servers.replica.root), servers.replica.port]
    done = subprocess.run(
        [*command, servers.primary.port], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_what_only_reads_is_read_from_the_replica_and_other_pages_are_not(told: dict[str, Any]) -> None:
    assert told["level"] == [200, "3", "replica"]
    assert told["a page that changes"] == [200, "", "primary"]
    # Control: the replica shows what it has applied, and nothing newer.
    assert told["held, somebody else changed"] == [200, "3", "replica"]
    assert told["level again"] == [200, "4", "replica"]


def test_who_changed_something_sees_it_at_once(told: dict[str, Any]) -> None:
    assert told["held, the person changed"] == [200, "4", "primary"]
    assert told["a job of the person ended now"] == "primary"
    assert told["a job of the person ended before"] == "replica"
    assert told["held, an organisation that is new"] == [200, "replica"]


def test_a_job_reads_what_was_there_when_it_began(told: dict[str, Any]) -> None:
    assert told["a job waits"] == [5, True, True]
    assert told["a job does not wait for ever"] == [6, 0]


def test_changes_read_and_write_the_primary_server_alone(told: dict[str, Any]) -> None:
    assert told["in a transaction"] == ["default", "default", 0]
    assert told["a record of the replica is saved"] == "in the primary"


def test_a_replica_that_is_too_far_behind_is_left_and_named(told: dict[str, Any]) -> None:
    assert told["behind"] == [False, True, "primary"]
    assert told["behind, doctor"] == ["The replica is behind by 1 s. Everything is read from the primary server."]
    assert told["behind, readyz"] == [True, False, False]
    assert told["behind, metrics"] == ["0.0", "behind"]
    assert (told["level, readyz"], told["level, metrics"], told["level, doctor"]) == (
        [True, True, True], ["1.0", "level"], [""],
    )  # fmt: skip


def test_pages_do_without_a_replica_that_fails(told: dict[str, Any]) -> None:
    assert told["cut"] == [200, "7", "replica", "The replica failed (OperationalError)."]
    assert told["after the cut"] == [200, "7", "replica"]
    fault = "The server of REPLICA_URL does not answer (OperationalError)."
    assert told["gone"] == [fault, False, 200, "7", "primary", [True, False, False]]
    assert told["gone, doctor"] == [[f"{fault} Everything is read from the primary server.", False]]
    assert told["gone, check"] == []
    assert told["there again"] == [200, "7", "replica"]


def test_a_server_that_is_no_replica_of_this_database_is_not_read(told: dict[str, Any]) -> None:
    fault = "REPLICA_URL names a server that follows none: it is no replica."
    assert told["the primary"] == [fault, True, 200, "7", "primary", [True, False, False]]
    assert told["the primary, doctor"] == [[f"{fault} Everything is read from the primary server.", False]]
    assert told["the primary, check"] == ["registry.W003"]
    assert told["another database"] == "REPLICA_URL names another database than DATABASE_URL."


def test_after_a_crash_the_promoted_replica_is_found_by_the_second_address(servers: Pair, tmp_path: Path) -> None:
    both = servers.primary, servers.replica
    env = bare_environment(tmp_path) | {
        "DATABASE_URL": servers.url(*both, target_session_attrs="read-write"), "WEB_WORKERS": "2",
        "REPLICA_URL": servers.url(*both, target_session_attrs="standby"),
    }  # fmt: skip
    with ready(tmp_path, env) as installation:
        key = do(installation, START.replace('trees.head("voi")', 'trees.head("education_union", code="second")'))
        port = free_port()

        def status(path: str = "/") -> int:
            asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            asking.request("GET", path, headers={"Cookie": f"sessionid={key}"})
            answer = asking.getresponse()
            answer.read()
            asking.close()
            return answer.status

        with serving(installation, port):
            assert [status() for _ in range(8)] == [200] * 8
            servers.catch_up()
            servers.primary.stop(signal.SIGQUIT)
            assert [status(), status("/readyz")] == [503, 503]
            servers.promote()
            # Neither process is restarted: connections find the server that accepts writes.
            assert until(lambda: status() == 200, 20)
            assert [status() for _ in range(8)] == [200] * 8
            do(installation, JOB.replace(".get()", ".last()"))
            with servers.replica.connect() as looking:

                def states() -> list[tuple[str]]:
                    return looking.execute("SELECT state FROM registry_job WHERE kind LIKE 'documents%'").fetchall()

                assert until(lambda: states() == [("done",)]), states()
        said = [line for line in installation.run("doctor").stdout.splitlines() if " replica: " in line]
        assert said == [
            "look   replica: The server of REPLICA_URL does not answer (OperationalError). "
            "Everything is read from the primary server."
        ]
