"""A mail server on loopback for tests: accepts e-mails by SMTP, refuses addresses, or disconnects."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass
class PostOffice:
    """The e-mails that the server has accepted, and how it reacts to the next ones."""

    port: int = 0
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    #: Envelope senders, to which undeliverable e-mails would return.
    senders: list[str] = field(default_factory=list)
    #: Addresses that are refused permanently.
    refused: set[str] = field(default_factory=set)
    #: Addresses that are refused temporarily.
    later: set[str] = field(default_factory=set)
    #: Number of e-mails after which it disconnects every client.
    closes_after: int = 1000


class Counter(socketserver.StreamRequestHandler):
    office: PostOffice

    def handle(self) -> None:
        if len(self.office.letters) >= self.office.closes_after:
            return
        to, body = "", b""
        self._say("220 post office")
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if word.startswith(("EHLO", "HELO")):
                self._say("250 post office")
            elif word.startswith("MAIL"):
                self.office.senders.append(line.partition("<")[2].partition(">")[0])
                self._say("250 ok")
            elif word.startswith("RCPT"):
                to = line.partition("<")[2].partition(">")[0]
                self._say(self._answer(to))
            elif word == "DATA":
                self._say("354 go on")
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                letter = message_from_bytes(body, policy=policy.default)
                assert isinstance(letter, EmailMessage)
                self.office.letters.append((to, letter))
                self._say("250 taken")
            else:
                self._say("221 bye" if word == "QUIT" else "250 ok")

    def _answer(self, to: str) -> str:
        if to in self.office.refused:
            return "550 no such person"
        return "451 4.7.1 try again later" if to in self.office.later else "250 ok"

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server(settings: Any) -> Iterator[PostOffice]:
    """Run a mail server and let the registry use it."""
    with open_office() as found:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        settings.EMAIL_TIMEOUT = 5
        yield found


@contextmanager
def open_office() -> Iterator[PostOffice]:
    office = PostOffice()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Own", (Counter,), {"office": office})) as server:
        server.daemon_threads = True
        office.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield office
        finally:
            server.shutdown()
