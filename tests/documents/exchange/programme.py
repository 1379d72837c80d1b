"""The bonus programme for tests: a real server on loopback with responses chosen by the test."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from documents.exchange import signing

SECRET = signing.PREFIX + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
OTHER_SECRET = signing.PREFIX + "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="

#: Writes the response to the last request.
Say = Callable[["Handler"], None]


@dataclass
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.message["data"])

    def is_signed_by(self, secret: str) -> bool:
        return signing.is_signed(
            [secret],
            self.headers["webhook-signature"],
            message_id=self.headers["webhook-id"],
            timestamp=self.headers["webhook-timestamp"],
            body=self.body,
            now=time.time(),
        )


@dataclass
class Programme:
    """The requests received by the server; it sends `answers` in order, and then repeats the last one."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[Say] = field(default_factory=list)

    def answers_with(self, *answers: Say) -> None:
        self.answers = list(answers)

    @property
    def versions(self) -> list[int]:
        return [one.data["version"] for one in self.received]


class Handler(BaseHTTPRequestHandler):
    programme: Programme

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        got = Received(self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length))
        self.programme.received.append(got)
        answers = self.programme.answers
        say = answers.pop(0) if len(answers) > 1 else answers[0] if answers else status(200)
        say(self)

    def log_message(self, *args: Any) -> None:
        """Log nothing."""


def status(code: int, body: bytes = b"", **headers: str) -> Say:
    """Respond with the status; `Retry_After="5"` is a header."""

    def say(to: Handler) -> None:
        to.send_response(code)
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.send_header("Content-Length", str(len(body)))
        to.end_headers()
        to.wfile.write(body)

    return say


def half(to: Handler) -> None:
    """Announce a longer response than is sent."""
    to.send_response(200)
    to.send_header("Content-Length", "1000")
    to.end_headers()
    to.wfile.write(b"{")


def silent(to: Handler) -> None:
    """Close the connection without a response."""
    to.connection.shutdown(socket.SHUT_RDWR)


def slow(seconds: float) -> Say:
    """Close the connection after these seconds, when the client has timed out."""

    def say(to: Handler) -> None:
        time.sleep(seconds)
        silent(to)

    return say


def dripping(to: Handler) -> None:
    """Send one byte at a time, each within the time-out of a socket operation."""
    to.send_response(200)
    to.send_header("Content-Length", "1000")
    to.end_headers()
    try:
        for _number in range(50):
            to.wfile.write(b".")
            time.sleep(0.05)
    except OSError:
        return


def endless(to: Handler) -> None:
    """Send a response longer than the client accepts."""
    try:
        status(200, b"x" * 300_000)(to)
    except OSError:
        return


def signed(secret: str = SECRET, *, message_id: str = "", at: float | None = None) -> Say:
    """Respond with the programme's signature, by default for the last received message."""

    def say(to: Handler) -> None:
        own = message_id or to.programme.received[-1].headers["webhook-id"]
        seconds, body = int(time.time() if at is None else at), b'{"ok":true}'
        signature = signing.signatures([secret], own, seconds, body)
        values = {"webhook_id": own, "webhook_timestamp": str(seconds), "webhook_signature": signature}
        status(200, body, **values)(to)

    return say


@contextmanager
def running(wrap: Callable[[socket.socket], socket.socket] | None = None) -> Iterator[Programme]:
    """Run a server on loopback; `wrap` adds TLS."""
    programme = Programme()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"programme": programme}))
    server.daemon_threads = True
    if wrap is not None:
        server.socket = wrap(server.socket)
    programme.url = f"{'http' if wrap is None else 'https'}://127.0.0.1:{server.server_port}/members"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield programme
    finally:
        server.shutdown()
        server.server_close()
