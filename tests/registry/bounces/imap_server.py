"""A mailbox on loopback with the part of IMAP that the registry uses."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class ImapBox:
    """Messages and their flags by number, and the user who may read them."""

    letters: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    user: str = "bounces@example.org"
    password: str = "p@ss/word"
    folder: str = "INBOX"
    port: int = 0

    def put(self, *letters: bytes) -> None:
        for letter in letters:
            number = len(self.flags) + 1
            self.letters[number], self.flags[number] = letter, set()

    @property
    def url(self) -> str:
        return f"imap://bounces%40example.org:p%40ss%2Fword@127.0.0.1:{self.port}/{self.folder}"


class _Session(socketserver.StreamRequestHandler):
    box: ImapBox

    def handle(self) -> None:
        self._say(b"* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, command, *rest = line.split(" ", 2)
            command, said = command.upper(), rest[0] if rest else ""
            if command == "UID":
                command, _space, said = said.partition(" ")
            answer = getattr(self, f"_{command.lower()}", self._other)(said)
            self._say(f"{tag} {answer}".encode())
            if command == "LOGOUT":
                return

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def _other(self, _said: str) -> str:
        return "OK done"

    def _capability(self, _said: str) -> str:
        self._say(b"* CAPABILITY IMAP4rev1")
        return "OK done"

    def _login(self, said: str) -> str:
        user, _space, password = said.partition(" ")
        right = (self.box.user, self.box.password)
        return "OK in" if (user.strip('"'), password.strip('"')) == right else "NO wrong"

    def _select(self, said: str) -> str:
        self._say(b"* %d EXISTS" % len(self.box.letters))
        return "OK there" if said.strip('"') == self.box.folder else "NO not there"

    def _search(self, _said: str) -> str:
        unseen = [number for number in self.box.letters if r"\Seen" not in self.box.flags[number]]
        self._say(f"* SEARCH {' '.join(map(str, unseen))}".encode())
        return "OK done"

    def _fetch(self, said: str) -> str:
        found = re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", said)
        assert found is not None, said
        letter = self.box.letters[int(found[1])][: int(found[2])]
        self._say(b"* 1 FETCH (UID %b BODY[]<0> {%d}\r\n%b)" % (found[1].encode(), len(letter), letter))
        return "OK done"

    def _store(self, said: str) -> str:
        number, _space, flags = said.partition(" ")
        self.box.flags[int(number)] |= set(re.findall(r"\\\w+", flags))
        return "OK done"

    def _expunge(self, _said: str) -> str:
        for number in [one for one in self.box.letters if r"\Deleted" in self.box.flags[one]]:
            del self.box.letters[number]
        return "OK done"


@contextmanager
def imap_server() -> Iterator[ImapBox]:
    box = ImapBox()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Own", (_Session,), {"box": box})) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()
