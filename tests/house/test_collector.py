"""The error collector learns where the program failed, but nothing about any person (V-C5)."""

from __future__ import annotations

import http.client
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from registry import collector
from registry.collector import Address, Handler, report_of
from registry.logs import OneLineRefusals
from registry.upkeep import doctor
from registry.versions import VERSION
from tests.installation import ROOT, bare_environment

#: A person in the texts of errors, in local variables and in the address of the page.
SURNAME, NUMBER = "Иванов", "112-233-445 95"
SECRETS = (SURNAME, NUMBER, "Петров", "%D0", "Сидорова", "voi-chair", str(ROOT))


def breaks(request: HttpRequest, pk: int) -> HttpResponse:
    """Raise an error that contains a person in every possible way."""
    local = {"surname": SURNAME, "login": "voi-chair"}
    try:
        raise ValueError(f"Key (snils)=({NUMBER}) {local}")
    except ValueError as error:
        raise RuntimeError(f"row of {local['surname']}") from error


def refuses(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(SURNAME)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(status=403)


breaks.login_required = refuses.login_required = False  # type: ignore[attr-defined]
urlpatterns = [path("breaks/<int:pk>/", breaks, name="breaking"), path("refuses/", refuses)]
handler403 = f"{__name__}.refused"
handler500 = "registry.error_pages.server_error"


@dataclass
class Office:
    """Requests that a collector on this computer received, and the status that it returns."""

    dsn: str = ""
    status: int = 200
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    #: While it is cleared, requests have to wait.
    open: threading.Event = field(default_factory=threading.Event)


@contextmanager
def office() -> Iterator[Office]:
    """Run a collector on loopback."""
    made = Office()
    made.open.set()

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.open.wait(20)
            made.received.append((self.path, dict(self.headers), body))
            self.send_response(made.status)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    made.dsn = f"http://key@127.0.0.1:{server.server_port}/below/42"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.open.set()
        server.shutdown()
        server.server_close()


@contextmanager
def listening(handler: Handler) -> Iterator[Handler]:
    """Add the handler to the installation's log, as the settings do."""
    handler.addFilter(OneLineRefusals())
    logging.getLogger().handlers.insert(0, handler)
    try:
        yield handler
    finally:
        logging.getLogger().removeHandler(handler)


def events(made: Office) -> list[dict[str, Any]]:
    return [json.loads(body.split(b"\n")[2]) for _path, _headers, body in made.received]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_v_c5_a_failing_page_tells_the_collector_where_and_nothing_else() -> None:
    with office() as made, listening(Handler(dsn=made.dsn)) as handler:
        answer = Client(raise_request_exception=False).post("/breaks/7/?q=Петров", {"surname": "Сидорова"})
        handler.wait(10)
    assert answer.status_code == 500
    ((where, headers, body),) = made.received
    assert where == "/below/api/42/envelope/"
    assert "sentry_key=key" in headers["X-Sentry-Auth"]
    everything = where + str(headers) + body.decode() + body.decode().encode().decode("unicode_escape", "replace")
    assert [secret for secret in SECRETS if secret in everything] == []
    (event,) = events(made)
    assert set(event) == {
        "event_id", "timestamp", "platform", "level", "logger", "release", "transaction", "tags", "exception",
    }  # fmt: skip
    assert (event["transaction"], event["release"]) == ("breaking", f"registry@{VERSION}")
    assert event["tags"]["route"] == "breaking" and len(event["tags"]["request"]) == 32
    first, last = event["exception"]["values"]
    assert [(one["module"], one["type"]) for one in (first, last)] == [
        ("builtins", "ValueError"),
        ("builtins", "RuntimeError"),
    ]
    assert [set(one) for one in (first, last)] == [{"module", "type", "stacktrace"}] * 2
    frame = last["stacktrace"]["frames"][-1]
    line = breaks.__code__.co_firstlineno + 6
    assert frame == {"filename": "tests/house/test_collector.py", "function": "breaks", "lineno": line, "in_app": False}
    libraries = last["stacktrace"]["frames"][0]["filename"]
    assert libraries.startswith("django/core/handlers/")
    ours = [one["filename"] for one in last["stacktrace"]["frames"] if one["in_app"]]
    assert all(name.startswith("registry/") for name in ours)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_refusals_and_lines_without_an_error_are_not_reported() -> None:
    with office() as made, listening(Handler(dsn=made.dsn)) as handler:
        assert Client().get("/refuses/").status_code == 403
        logging.getLogger("registry").error("%s has no error", SURNAME)
        logging.getLogger("registry").warning("a warning", exc_info=ValueError(SURNAME))
        handler.wait(10)
    assert made.received == []


def fail(number: int = 0) -> None:
    try:
        raise LookupError(f"{SURNAME} {number}")
    except LookupError as error:
        logging.getLogger("registry.jobs").error("%s failed", SURNAME, exc_info=error)


def test_nobody_waits_for_a_collector_and_too_many_reports_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "MAX_A_MINUTE", 5)
    with office() as made, listening(Handler(dsn=made.dsn)) as handler:
        made.open.clear()
        for number in range(9):
            fail(number)
        assert made.received == []
        made.open.set()
        handler.wait(10)
    assert len(made.received) == 5


@pytest.mark.parametrize("status", [302, 403, 500])
def test_a_collector_that_takes_nothing_is_one_line_of_the_log(status: int, caplog: pytest.LogCaptureFixture) -> None:
    with office() as made, listening(Handler(dsn=made.dsn)) as handler:
        made.status = status
        fail()
        handler.wait(10)
    said = [record.getMessage() for record in caplog.records if record.name == "registry.collector"]
    assert (said, len(made.received)) == (["the collector of errors did not take a report: HTTPException"], 1)


def test_a_collector_that_is_not_there_is_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with listening(Handler(dsn="http://key@127.0.0.1:9/1")) as handler:
        fail()
        handler.wait(10)
    said = [record.getMessage() for record in caplog.records if record.name == "registry.collector"]
    assert said == ["the collector of errors did not take a report: ConnectionRefusedError"]


TAKEN: list[dict[str, Any]] = []


def take(report: dict[str, Any]) -> None:
    TAKEN.append(report)


def test_a_function_of_the_installation_takes_the_same_report(caplog: pytest.LogCaptureFixture) -> None:
    TAKEN.clear()
    with listening(Handler(function=f"{__name__}.take")) as handler:
        fail()
        handler.wait(10)
    (report,) = TAKEN
    assert SURNAME not in json.dumps(report, ensure_ascii=False)
    assert report["exception"]["values"][0]["type"] == "LookupError"
    with listening(Handler(function=f"{__name__}.missing")) as handler:
        fail()
        handler.wait(10)
    assert "ERROR_COLLECTOR_FUNCTION cannot be imported" in caplog.messages


@pytest.mark.parametrize(
    ("dsn", "address"),
    [
        ("https://key@errors.example.org/3", Address(True, "errors.example.org", 443, "/api/3/envelope/", "key")),
        ("http://k:s@10.0.0.1:9000/a/b/12", Address(False, "10.0.0.1", 9000, "/a/b/api/12/envelope/", "k")),
    ],
)
def test_a_dsn_is_read_as_sentry_gives_it_out(dsn: str, address: Address) -> None:
    assert Address.of(dsn) == address


@pytest.mark.parametrize(
    ("dsn", "words"),
    [
        ("ftp://key@host/1", "is not https://KEY@HOST/PROJECT"),
        ("https://host/1", "is not https://KEY@HOST/PROJECT"),
        ("https://key@host:port/1", "is not https://KEY@HOST/PROJECT"),
        ("https://key@host/", "does not end with the number of a project"),
        ("https://key@host/name", "does not end with the number of a project"),
    ],
)
def test_a_wrong_dsn_is_refused_without_quoting_it(dsn: str, words: str) -> None:
    with pytest.raises(ValueError) as raised:
        Address.of(dsn)
    assert raised.value.args == (words,)


def test_a_report_has_no_route_and_no_request_outside_of_one() -> None:
    try:
        raise KeyError(SURNAME)
    except KeyError as error:
        record = logging.LogRecord("registry", logging.ERROR, "", 0, "", (), (KeyError, error, error.__traceback__))
    report = report_of(record)
    assert (report["transaction"], report["tags"]["route"]) == ("", "")
    assert len(report["exception"]["values"]) == 1


def test_an_endless_chain_of_causes_is_told_once() -> None:
    one, other = ValueError(SURNAME), TypeError(SURNAME)
    one.__cause__, other.__cause__ = other, one
    record = logging.LogRecord("registry", logging.ERROR, "", 0, "", (), (ValueError, one, None))
    assert [value["type"] for value in report_of(record)["exception"]["values"]] == ["TypeError", "ValueError"]


def test_the_settings_join_it_and_a_command_reports_its_end(tmp_path: Path) -> None:
    """Uses a separate process that ends with the error, as a worker might."""
    script = (
        "import django, logging; django.setup()\n"
        f"try:\n    raise OSError('{SURNAME}')\n"
        "except OSError as error:\n"
        "    class Page:\n        class resolver_match:\n            view_name = 'members:list'\n"
        "    logging.getLogger('registry').error('x', exc_info=error, extra={'request': Page})\n"
    )
    with office() as made:
        env = bare_environment(tmp_path) | {"ERROR_COLLECTOR_DSN": made.dsn}
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, check=True, timeout=60)
        (event,) = events(made)
        assert (event["exception"]["values"][0]["type"], event["transaction"]) == ("OSError", "members:list")
        env["ERROR_COLLECTOR_DSN"] = "https://secret-key@host/name"
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
        )
    assert "ERROR_COLLECTOR_DSN does not end with the number of a project." in done.stderr
    assert "secret-key" not in done.stderr


def test_a_copy_of_a_process_sends_its_own_reports() -> None:
    """gunicorn forks a process that may have sent reports before."""
    with office() as made, listening(Handler(dsn=made.dsn)) as handler:
        fail()
        handler.wait(10)
        copy = os.fork()
        if copy == 0:
            fail()
            handler.wait(10)
            os._exit(0)
        os.waitpid(copy, 0)
    assert len(made.received) == 2


@pytest.mark.django_db
def test_the_preflight_looks_at_the_collector(settings: Any) -> None:
    def found() -> list[tuple[str, bool]]:
        return [(one.words, one.stops) for one in doctor.run_preflight("collector")]

    assert found() == [("", False)]
    with office() as made:
        settings.ERROR_COLLECTOR_DSN = made.dsn
        assert found() == [("", False)]
    words = "The collector of ERROR_COLLECTOR_DSN does not answer (ConnectionRefusedError)."
    assert found() == [(words, False)]
    settings.ERROR_COLLECTOR_DSN, settings.ERROR_COLLECTOR_FUNCTION = "", f"{__name__}.missing"
    assert found() == [("ERROR_COLLECTOR_FUNCTION cannot be imported.", False)]
    settings.ERROR_COLLECTOR_FUNCTION = f"{__name__}.take"
    assert found() == [("", False)]


def test_an_answer_without_end_does_not_hold_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "TIMEOUT", 0.2)
    with office() as made:
        made.open.clear()
        with pytest.raises((OSError, http.client.HTTPException)):
            Address.of(made.dsn).send({"event_id": "1", "timestamp": "", "exception": {}})
