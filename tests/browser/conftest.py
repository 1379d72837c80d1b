"""A real browser and a real server: Debian's Chromium, the registry on loopback, and the job worker on demand.

The database of this directory is committed, not rolled back: every test creates its own federation.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, sync_playwright

from registry.access import Actor
from registry.accounts.models import Account
from registry.jobs import queue as jobs
from registry.jobs.models import Job
from tests import emptying

from . import world
from .world import World

#: Maximum milliseconds of a page; generous, because a busy machine is not a failure.
PATIENCE = 20_000
#: Debian's headless Chromium: the same engine with a quarter less processor time.
CHROMIUM = "/usr/bin/chromium-headless-shell"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Other hosts are not even resolved.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this directory to run separately."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Replace the suite's own database: committed data, visible to the server's threads, deleted after this
    directory.
    """
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        # Playwright's event loop runs in this thread; the tests' own queries are few.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield
        emptying.empty()


@pytest.fixture(autouse=True)
def own_files(settings: Any) -> Path:
    """Keep stored files as long as the rows that name them."""
    return Path(settings.FILES_ROOT)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="package")
def site(db: None) -> Iterator[str]:
    """Return the address of the running registry."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.daemon_threads = True
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def shown(db: None) -> Iterator[World]:
    """Load the demonstration for the pages, alone in the database; it is removed before the next tests."""
    emptying.empty()
    yield world.laid()
    emptying.empty()
    shutil.rmtree(settings.FILES_ROOT, ignore_errors=True)


@pytest.fixture(scope="package")
def playwright(db: None) -> Iterator[Playwright]:
    """Yield the driver, one for each process of the suite."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Yield one browser for each process of the suite; every window has separate cookies."""
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield chromium
    chromium.close()


@dataclass
class Watch:
    """Forbidden behaviour of pages: calls to other hosts and errors in the console."""

    site: str
    faults: list[str] = field(default_factory=list)
    #: Error statuses that the test expects.
    expected: set[int] = field(default_factory=set)

    def over(self, page: Page) -> None:
        """Watch a window."""
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.site}/", "data:", "blob:")):
            self.faults.append(f"a page called {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if any(f"status of {status} " in message.text for status in self.expected):
            return
        self.faults.append(f"{message.location.get('url', '')}: {message.text}")


@pytest.fixture
def watch(site: str) -> Iterator[Watch]:
    """Fail the test if its pages called other hosts or wrote errors into the console."""
    kept = Watch(site)
    yield kept
    assert kept.faults == []


OpenWindow = Callable[..., Page]


@pytest.fixture
def window(browser: Browser, site: str, watch: Watch) -> Iterator[OpenWindow]:
    """Return a function that opens a window with separate cookies, signed in if an actor is given; `page.goto("/…")`
    opens pages of the registry.
    """
    contexts = []

    def opened(who: Actor | Account | None = None, width: int = 1360, **options: Any) -> Page:
        shape = {"viewport": {"width": width, "height": 900}, "locale": "ru-RU", "base_url": site, **options}
        context = browser.new_context(**shape)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if who is not None:
            context.add_cookies([{"name": "sessionid", "value": session_of(who), "url": site}])
        page = context.new_page()
        watch.over(page)
        return page

    yield opened
    for context in contexts:
        with suppress(Exception):
            context.close()


def session_of(who: Actor | Account) -> str:
    """Return the key of a new session, as if the person had just signed in."""
    client = Client()
    account = who.account if isinstance(who, Actor) else who
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def run_jobs(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Run the waiting jobs as the worker would; an error in a job fails the test."""
    monkeypatch.setattr(jobs, "_RAISE", True)

    def run() -> None:
        for job in Job.objects.filter(state="queued").order_by("created_at"):
            jobs.run_job.call(str(job.pk))

    return run
