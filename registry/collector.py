"""Reports errors to a collector (Sentry, GlitchTip or a custom function) without personal data.

A report has classes of errors, files, functions and lines, the name of the URL route, the request number and the
version. It has nothing that anybody typed or that a row contains: no error messages, no local variables, no address and
no names (V-C5).
"""

from __future__ import annotations

import atexit
import datetime as dt
import http.client
import json
import logging
import os
import queue
import re
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from django.utils.module_loading import import_string
from django_guid import get_guid

from .versions import VERSION

logger = logging.getLogger(__name__)
Report = dict[str, Any]
Send = Callable[[Report], None]

#: Timeout of the collector in seconds.
TIMEOUT = 5
#: Maximum number of waiting reports, and of reports sent in a minute by one process; more say nothing new.
MAX_WAITING, MAX_A_MINUTE = 50, 30
#: Seconds that a terminating process waits for its reports to be sent.
LAST_SECONDS = 2.0
_OURS = ("registry", "members", "dues", "documents")
_ROOT = Path(__file__).resolve().parent.parent
_PROJECT = re.compile(r"/(?:[^/]+/)*\d+")


@dataclass(frozen=True)
class Address:
    """The DSN of a collector, `https://KEY@HOST/PROJECT`, in Sentry's format."""

    secure: bool
    host: str
    port: int
    path: str
    key: str

    @classmethod
    def of(cls, dsn: str) -> Address:
        """Parse the DSN. Raises `ValueError`, which does not quote it."""
        try:
            parts = urlsplit(dsn)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in {"http", "https"} or not (parts.hostname and parts.username):
            raise ValueError("is not https://KEY@HOST/PROJECT")
        if not _PROJECT.fullmatch(parts.path.rstrip("/")):
            raise ValueError("does not end with the number of a project")
        before, _slash, project = parts.path.rstrip("/").rpartition("/")
        secure = parts.scheme == "https"
        path = f"{before}/api/{project}/envelope/"
        return cls(secure, parts.hostname, port or (443 if secure else 80), path, parts.username)

    def connect(self) -> http.client.HTTPConnection:
        """Return an unopened connection; it does not follow redirects."""
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        return kind(self.host, self.port, timeout=TIMEOUT)

    def send(self, report: Report) -> None:
        """Send the report as an «envelope». Raises `OSError` or `http.client.HTTPException` if it is refused."""
        event = json.dumps(report).encode()
        head = {"event_id": report["event_id"], "sent_at": report["timestamp"]}
        body = b"\n".join(
            (json.dumps(head).encode(), json.dumps({"type": "event", "length": len(event)}).encode(), event)
        )
        name = f"registry/{VERSION}"
        headers = {
            "Content-Type": "application/x-sentry-envelope",
            "User-Agent": name,
            "X-Sentry-Auth": f"Sentry sentry_version=7, sentry_client={name}, sentry_key={self.key}",
        }
        connection = self.connect()
        try:
            connection.request("POST", self.path, body, headers)
            status = connection.getresponse().status
        finally:
            connection.close()
        if status >= 300:
            raise http.client.HTTPException(f"answered {status}")


def report_of(record: logging.LogRecord) -> Report:
    """Return the part of a log record's error that may leave the server."""
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    route = match.view_name if match is not None else ""
    return {
        "event_id": uuid.uuid4().hex,
        "timestamp": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
        "platform": "python",
        "level": "error",
        "logger": record.name,
        "release": f"registry@{VERSION}",
        "transaction": route,
        "tags": {"request": get_guid() or "", "route": route},
        # The cause comes first, as collectors expect.
        "exception": {"values": [_described(one) for one in reversed(list(_chain(error)))]},
    }


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and its causes."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _described(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    frames = [*_frames(error.__traceback__)]
    return {"type": kind.__qualname__, "module": kind.__module__, "stacktrace": {"frames": frames}}


def _frames(step: TracebackType | None) -> Iterator[dict[str, Any]]:
    while step is not None:
        code = step.tb_frame.f_code
        name = _short(code.co_filename)
        yield {
            "filename": name,
            "function": code.co_qualname,
            "lineno": step.tb_lineno,
            "in_app": name.startswith(tuple(f"{one}/" for one in _OURS)),
        }
        step = step.tb_next


def _short(filename: str) -> str:
    """Return the path of the file relative to the project or the libraries, without directories of this computer."""
    path = Path(filename)
    parts = path.parts
    for folder in ("site-packages", "dist-packages"):
        if folder in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(folder) :])
    if path.is_relative_to(_ROOT):
        return path.relative_to(_ROOT).as_posix()
    return "/".join(parts[-2:])


class Handler(logging.Handler):
    """A logging handler that reports errors with a traceback. It blocks nobody, and ignores its own failures."""

    def __init__(self, *, dsn: str = "", function: str = "") -> None:
        super().__init__(logging.ERROR)
        self._function = function
        self._address = Address.of(dsn) if dsn else None
        self._pid = 0
        self._waiting: queue.Queue[Report] = queue.Queue(MAX_WAITING)
        self._given: deque[float] = deque(maxlen=MAX_A_MINUTE)

    def emit(self, record: logging.LogRecord) -> None:
        """Put the report into the queue; discard it if there are too many."""
        if not (isinstance(record.exc_info, tuple) and record.exc_info[1] is not None):
            return
        try:
            self._begin()
            now = time.monotonic()
            if len(self._given) == MAX_A_MINUTE and now - self._given[0] < 60:
                return
            self._given.append(now)
            self._waiting.put_nowait(report_of(record))
        except queue.Full:
            return
        except Exception:  # noqa: BLE001 - whatever happens here, the page that failed has its answer
            logger.warning("an error was not reported to the collector")

    def _begin(self) -> None:
        """Start the sending thread in this process, because threads do not survive a fork."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._waiting = queue.Queue(MAX_WAITING)
            threading.Thread(target=self._send_all, daemon=True, name="error collector").start()
            atexit.register(self.wait)

    def wait(self, seconds: float = LAST_SECONDS) -> None:
        """Wait until everything is sent, or at most this many seconds."""
        until = time.monotonic() + seconds
        while self._waiting.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.02)

    def _send_all(self) -> None:
        while True:
            report = self._waiting.get()
            for send in self._ways():
                try:
                    send(report)
                except Exception as error:  # noqa: BLE001 - the collector's own troubles are no failure of the registry
                    logger.warning("the collector of errors did not take a report: %s", type(error).__name__)
            self._waiting.task_done()

    def _ways(self) -> Iterator[Send]:
        if self._address is not None:
            yield self._address.send
        if self._function:
            try:
                yield import_string(self._function)
            except ImportError:
                logger.warning("ERROR_COLLECTOR_FUNCTION cannot be imported")
