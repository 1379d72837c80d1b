"""A minimal HTTP client with cookies, forms and files."""

from __future__ import annotations

import http.client
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

#: Any value works: the server only compares the cookie with the header.
KEY = "floods" + "0" * 26


@dataclass(frozen=True)
class Answer:
    """The response to a request and its duration in seconds; status 0 if there was no response."""

    status: int
    text: str
    location: str
    seconds: float


class Browser:
    """Requests of one person; may be used by several threads, because each request has its own connection."""

    def __init__(self, port: int, session: str = "", address: str = "") -> None:
        self._port = port
        cookies = {"csrftoken": KEY} | ({"sessionid": session} if session else {})
        self._headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": KEY,
        } | ({"X-Forwarded-For": address} if address else {})

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, b"", "")

    def post(
        self, path: str, fields: Mapping[str, Any], files: Mapping[str, tuple[str, bytes]] | None = None
    ) -> Answer:
        """Send a form; `files` are names and contents by field."""
        if not files:
            return self._ask("POST", path, urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded")
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()
        ]
        for field, (name, data) in files.items():
            head = f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n")
        return self._ask(
            "POST", path, b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"
        )

    def fill(self, path: str, changed: Mapping[str, Any]) -> Answer:
        """Open the page and send its form with these values changed."""
        return self.post(path, fields_of(self.get(path).text) | changed)

    def _ask(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        begun = time.monotonic()
        asking = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            asking.request(method, path, body or None, self._headers | ({"Content-Type": kind} if kind else {}))
            answer = asking.getresponse()
            text = answer.read().decode("utf-8", "replace")
            return Answer(answer.status, text, answer.getheader("Location") or "", time.monotonic() - begun)
        except (OSError, http.client.HTTPException):
            return Answer(0, "", "", time.monotonic() - begun)
        finally:
            asking.close()


class _Form(HTMLParser):
    """Collects the fields of each form on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = [{}]
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append({})
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
        elif tag == "option" and self._select and "selected" in given:
            self.forms[-1][self._select] = given.get("value", "")
        elif tag == "input" and name:
            ticked = given.get("type") not in {"checkbox", "radio"} or "checked" in given
            if ticked and given.get("type") not in {"file", "submit"}:
                self.forms[-1][name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][self._area] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "form":
            self.forms.append({})


def fields_of(page: str) -> dict[str, str]:
    """Return the fields of the page's longest form with their values."""
    parser = _Form()
    parser.feed(page)
    return max(parser.forms, key=len)
