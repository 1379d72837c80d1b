"""A person works while a node is killed and the database is restarted: nothing is lost, and pages stay fast.

Two nodes, each with a web server and a worker, behind nginx and PgBouncer, with PostgreSQL and its replica, a bucket
and Redis: real processes on this computer, with the files of deploy/.
"""

from __future__ import annotations

import http.client
import json
import secrets
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Page, Request, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.steps import fill, message, press, sign_in
from tests.house.following import Pair, pair
from tests.house.grid import HOST, Grid
from tests.house.test_commands import free_port
from tests.house.test_database_restarts import until
from tests.installation import ROOT, bare_environment
from tests.registry.files.bucket import made, s3_server
from tests.registry.redis import redis_server

__all__ = ["redis_server", "s3_server"]

pytestmark = pytest.mark.postgresql

#: Maximum seconds of a page, and until everything works as before after a restart of the database.
LONGEST, CALM = 5.0, 2.0


@dataclass(frozen=True)
class Seen:
    """A page that was opened; status 0 means that there was no response."""

    path: str
    status: int
    begun: float
    ended: float


@dataclass
class Visitor(threading.Thread):
    """Another person, who opens pages all the time."""

    port: int
    session: str
    pages: list[str]
    seen: list[Seen] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """Open one page after another, each over a new connection, until `ended` is set."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        while not self.ended.is_set():
            path, begun = self.pages[len(self.seen) % len(self.pages)], time.monotonic()
            asking = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=trusting)
            try:
                asking.request("GET", path, headers={"Host": HOST, "Cookie": f"__Host-sessionid={self.session}"})
                answer = asking.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                status = 0
            finally:
                asking.close()
            self.seen.append(Seen(path, status, begun, time.monotonic()))
            self.ended.wait(0.15)


@dataclass
class World:
    """The running servers and the records created in them."""

    grid: Grid
    servers: Pair
    port: int
    env: dict[str, str]
    told: dict[str, Any]

    def ask(self, sql: str, *values: object) -> list[Any]:
        """Query the primary server directly."""
        with self.servers.primary.connect() as looking:
            return looking.execute(sql, values).fetchall()  # type: ignore[arg-type]

    def job(self) -> tuple[str, int, int]:
        """Return state, number of people done and attempts of the print."""
        found: list[tuple[str, int, int]] = self.ask(
            "SELECT state, done, attempts FROM registry_job WHERE id = %s", self.told["job"]
        )
        return found[0]


@pytest.fixture
def world(migrated: str, s3_server: str, redis_server: str) -> Iterator[World]:
    """Yield the running world with its records."""
    root = Path(tempfile.mkdtemp(prefix="registry-grid-"))
    root.chmod(0o755)
    grid, port = Grid(root), free_port()
    with pair(migrated) as servers:
        try:
            with servers.primary.connect() as admin:
                admin.execute("ALTER ROLE CURRENT_USER SET timezone = 'UTC'")
            pooler = grid.pgbouncer(servers.primary)
            pooled = servers.url(servers.primary).replace(f":{servers.primary.port}/postgres", f":{pooler}/registry")
            env = bare_environment(root) | {
                "DJANGO_SETTINGS_MODULE": "tests.house.node_settings", "PROXY_COUNT": "1", "NODES": "2",
                "DATABASE_URL": pooled,
                "DATABASE_POOLER": "transaction", "REPLICA_URL": servers.url(servers.replica),
                "SECRET_KEY": secrets.token_urlsafe(60), "FIELD_KEYS": Fernet.generate_key().decode(),
                "EVIDENCE_KEYS": Fernet.generate_key().decode(), "ALLOWED_HOSTS": HOST, "SECOND_FACTOR_REQUIRED": "",
                "SITE_ADDRESS": f"https://{HOST}:{port}", "FILES_URL": made(s3_server), "CACHE_URL": redis_server,
                "PRINT_PROCESSES": "1",
            }  # fmt: skip
            nodes = [grid.node(name, free_port(), env) for name in ("first", "second")]
            grid.nginx(port, [node.port for node in nodes])
            done = subprocess.run(
                [sys.executable, "-m", "tests.house.grid_world"], cwd=ROOT, env=env, capture_output=True, text=True,
                timeout=120, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            for node in nodes:
                assert until(lambda node=node: ready(node.port)["ok"]), ready(node.port)  # type: ignore[misc]
            yield World(grid, servers, port, env, json.loads(done.stdout.splitlines()[-1]))
        finally:
            grid.end()
            shutil.rmtree(root)


def ready(port: int) -> dict[str, Any]:
    """Return what a node reports to the balancer."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asking.request("GET", "/readyz", headers={"Host": HOST})
        found: dict[str, Any] = json.loads(asking.getresponse().read())
    except OSError:
        return {"ok": False}
    finally:
        asking.close()
    return found


@pytest.fixture
def page(world: World) -> Iterator[Page]:
    """Yield the chair's browser page."""
    resolved = f"--host-resolver-rules=MAP {HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with sync_playwright() as driver:
        arguments = [one for one in ARGUMENTS if "host-resolver" not in one]
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=[*arguments, resolved])
        context = chromium.new_context(
            base_url=f"https://{HOST}:{world.port}", ignore_https_errors=True, locale="ru-RU"
        )
        context.set_default_timeout(20_000)
        yield context.new_page()
        chromium.close()


def change(page: Page, card: int, position: str) -> None:
    """Change a card and save it."""
    page.goto(f"/members/{card}/edit/")
    fill(page, position=position)
    press(page, "Save")
    message(page, "The card is saved.")


def watched(page: Page) -> list[Seen]:
    """Record the pages that the browser opens from now on; of redirects, the last page."""
    seen: list[Seen] = []

    def finished(request: Request) -> None:
        answer = request.response() if request.is_navigation_request() else None
        if answer is not None and answer.status != 302:
            now = time.monotonic()
            seen.append(Seen(request.url, answer.status, now - request.timing["responseEnd"] / 1000, now))

    page.on("requestfinished", finished)
    return seen


def fetched(page: Page, path: str) -> list[Any]:
    """Return the status and the first five characters of a file fetched by the browser."""
    ask = "path => fetch(path).then(async got => [got.status, (await got.text()).slice(0, 5)])"
    found: list[Any] = page.evaluate(ask, path)
    return found


def test_nothing_is_lost_while_a_node_is_killed_and_the_database_restarted(world: World, page: Page) -> None:
    told = world.told
    statistics = f"/statistics/{told['keeper']}/"
    visitor = Visitor(world.port, told["session"], ["/", "/members/", f"/members/{told['cards'][0]}/", statistics])
    visitor.start()
    first, second = world.grid.nodes
    opened = watched(page)
    sign_in(page, told["login"], "correct horse battery")
    change(page, told["cards"][0], "директор")

    # The whole node is killed after its worker has begun the print.
    first.let_go()
    assert until(lambda: world.job()[1] > 0, between=0.02)
    second.let_go()
    first.end(signal.SIGKILL)
    killed = world.job()
    change(page, told["cards"][0], "завуч")
    change(page, told["cards"][1], "учитель")
    world.ask("UPDATE registry_job SET heartbeat_at = heartbeat_at - interval '60 s' RETURNING 1")
    assert until(lambda: world.job()[0] == "done"), world.job()
    assert fetched(page, f"/jobs/{told['job']}/result/") == [200, "%PDF-"]

    stopped = time.monotonic()
    world.servers.primary.stop()
    world.servers.primary.start()
    started = time.monotonic()
    assert until(lambda: (answer := page.goto(statistics)) is not None and answer.status == 200, LONGEST)
    change(page, told["cards"][2], "методист")
    page.goto(statistics)
    visitor.ended.set()
    visitor.join(60)

    # The print continued with the parts in the bucket.
    people = told["people"]
    assert (killed[0], 0 < killed[1] < people, killed[2], world.job()) == ("running", True, 1, ("done", people, 2))
    # All changes are stored, in the replica too, and the chains of the journal are intact.
    positions = "SELECT position FROM members_member WHERE id = ANY(%s) ORDER BY id"
    assert world.ask(positions, told["cards"]) == [("завуч",), ("учитель",), ("методист",)]
    world.servers.catch_up()
    with world.servers.replica.connect() as looking:
        assert looking.execute(positions, [told["cards"]]).fetchall() == [("завуч",), ("учитель",), ("методист",)]
        # The replica answered the pages of statistics.
        read = "SELECT sum(seq_scan + idx_scan) > 0 FROM pg_stat_user_tables WHERE relname = 'members_member'"
        assert looking.execute(read).fetchall() == [(True,)]
    assert until(lambda: ready(second.port).items() >= {"ok": True, "replica": True}.items(), 20), ready(second.port)
    done = subprocess.run(
        [sys.executable, "manage.py", "check_integrity"], cwd=ROOT, env=world.env, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout

    # No page took long, and pages failed only while the database was restarted.
    failed = [
        seen
        for seen in [*visitor.seen, *opened]
        if seen.status != 200 and not (seen.status == 503 and seen.ended > stopped and seen.begun < started + CALM)
    ]
    assert (failed, len(visitor.seen) > 20, len(opened) > 8) == ([], True, True)
    assert [seen for seen in [*visitor.seen, *opened] if seen.ended - seen.begun > LONGEST] == []
