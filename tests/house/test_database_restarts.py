"""PostgreSQL is restarted while the registry runs: pages work again, and jobs continue (real processes)."""

import datetime as dt
import http.client
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError, OperationalError
from django.test import Client, RequestFactory
from django.utils import timezone

from registry import error_pages
from registry.errors import lost_database
from registry.jobs import kinds, queue
from registry.jobs.work import Work
from tests.house.test_commands import children, free_port, serving
from tests.installation import Installation, bare_environment, ready
from tests.postgres import Server, find, server
from tests.registry import trees

START = """
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from registry.enums import Level
from tests.registry import trees
chair = trees.officer(trees.head("voi"))
session = SessionStore()
session[SESSION_KEY] = str(chair.account.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = chair.account.get_session_auth_hash()
session.create()
print(session.session_key)
"""
JOB = """
from registry.accounts.models import Appointment
from registry.access import Actor
from registry.jobs.queue import start_job
appointment = Appointment.objects.select_related("account", "organization__federation").get()
by = Actor(account=appointment.account, appointment=appointment)
start_job("documents.mark_consents", {"ids": [], "signed_on": "2020-01-01"}, by=by)
"""


def do(installation: Installation, script: str) -> str:
    return installation.do("shell", "--no-imports", "--verbosity", "0", "-c", script).strip()


def until(true: Callable[[], bool], seconds: float = 60, between: float = 0.2) -> bool:
    """Return whether it becomes true within this number of seconds."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(between)
    return True


def copy_database(name: str, database: Server) -> None:
    """Copy a database of the suite's server, which takes a fraction of the time of the migrations."""
    dump = [find("pg_dump"), f"--host={settings.DATABASES['default']['HOST']}", name]
    sql = subprocess.run(dump, check=True, capture_output=True).stdout
    load = [
        find("psql"),
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        f"--host={database.root}",
        f"--port={database.port}",
        "postgres",
    ]
    subprocess.run(load, input=sql, check=True, stdout=subprocess.DEVNULL)


@pytest.mark.postgresql
def test_a_restart_of_the_database_costs_no_page_and_ends_neither_server_nor_worker(
    migrated: str, tmp_path: Path
) -> None:
    with (
        server() as database,
        ready(
            tmp_path, bare_environment(tmp_path) | {"DATABASE_URL": database.url, "WEB_WORKERS": "2"}
        ) as installation,
    ):
        copy_database(migrated, database)
        key = do(installation, START)
        port = free_port()

        def status(path: str = "/") -> int:
            asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            asking.request("GET", path, headers={"Cookie": f"sessionid={key}"})
            answer = asking.getresponse()
            answer.read()
            asking.close()
            return answer.status

        def pages() -> list[int]:
            # Several at once, so that every thread of every process opens a connection.
            with ThreadPoolExecutor(8) as asking:
                return list(asking.map(status, ["/"] * 32))

        def state() -> list[str]:
            with psycopg.connect(host=str(database.root), dbname="postgres") as looking:
                return [row[0] for row in looking.execute("SELECT state FROM registry_job")]

        with serving(installation, port) as supervisor:
            own = children(supervisor.pid)
            assert pages() == [200] * 32
            database.stop()
            assert [status(), status("/healthz")] == [503, 503]
            # Long enough for the worker to try a query while there is no database.
            time.sleep(5)
            database.start()
            assert pages() == [200] * 32
            do(installation, JOB)
            assert until(lambda: state() == ["done"]), state()
            assert (supervisor.poll(), children(supervisor.pid)) == (None, own)


class Lost(psycopg.Error):
    """An error as psycopg raises it, with this SQLSTATE."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__()
        self.sqlstate = sqlstate


def caused(error: Exception, cause: Exception | None) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (caused(OperationalError("the connection is closed"), Lost(None)), True),
        (caused(InterfaceError("the cursor is closed"), Lost(None)), True),
        (caused(OperationalError("terminating connection"), Lost("57P01")), True),
        (caused(OperationalError("the database system is starting up"), Lost("57P03")), True),
        (caused(OperationalError("connection failure"), Lost("08006")), True),
        (caused(OperationalError("deadlock detected"), Lost("40P01")), False),
        (caused(OperationalError("statement timeout"), Lost("57014")), False),
        (caused(OperationalError("database is locked"), Exception()), False),
        (caused(OperationalError("no cause"), None), False),
        (caused(ValueError(), Lost(None)), False),
    ],
)
def test_a_lost_database_is_told_from_other_errors_of_the_database(error: Exception, lost: bool) -> None:
    assert lost_database(error) is lost
    try:
        raise error
    except Exception:  # noqa: BLE001
        assert error_pages.server_error(RequestFactory().get("/")).status_code == (503 if lost else 500)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status"),
    [(caused(OperationalError("terminating connection"), Lost("57P01")), 503), (DatabaseError("no such row"), 400)],
)
def test_a_page_whose_session_is_not_saved_because_the_database_is_lost_says_so(
    error: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(trees.officer(trees.head()).account)  # type: ignore[arg-type]

    def fail(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(Session, "save", fail)
    assert client.get("/help/").status_code == status


@pytest.mark.django_db
def test_a_job_whose_database_was_lost_goes_on_from_its_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    lost, seen = [caused(OperationalError(), Lost("57P01"))], []

    def run(work: Work) -> None:
        def step(items: list[int]) -> None:
            if items == [2] and lost:
                raise lost.pop()
            seen.extend(items)

        work.each([1, 2, 3], 1, step)

    monkeypatch.setitem(kinds._KINDS, "test.lost", kinds.Kind(run, "test"))
    row = queue.start_job("test.lost", {}, by=trees.officer(trees.head()))
    queue.run_job.call(str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.checkpoint["at"]) == ("running", 1)
    type(row).objects.update(heartbeat_at=timezone.now() - queue.STALE_AFTER - dt.timedelta(seconds=1))
    queue.sweep()
    queue.run_job.call(str(row.pk))
    row.refresh_from_db()
    assert (row.state, seen) == ("done", [1, 2, 3])


def test_daily_work_whose_database_was_lost_is_repeated_on_the_same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    errors: list[Any] = [caused(OperationalError(), Lost(None)), ValueError()]
    called = []

    def work(today: dt.date) -> None:
        called.append(today)
        raise errors.pop(0)

    monkeypatch.setattr(kinds, "_DAILY", {work: dt.date.min})
    day = dt.date(2020, 1, 1)
    for _ in range(3):
        kinds.run_daily(day)
    assert called == [day, day]
