"""A receiver of messages for development, which stands in for the bonus programme (U-7)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from . import signing

MAX_BODY_BYTES = 20_000


@dataclass(frozen=True)
class Verdict:
    """The HTTP status of the answer, with a line for the console."""

    status: HTTPStatus
    text: str


@dataclass
class Receiver:
    """Keeps the newest version of every person; older and repeated messages change nothing."""

    secrets: Collection[str]
    #: Subject → its newest message.
    known: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def receive(self, headers: Mapping[str, str], body: bytes, now: float) -> Verdict:
        """Verify the signature and time of a message, and keep it if it is newer; `headers` have lower-case names."""
        if len(body) > MAX_BODY_BYTES:
            return Verdict(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "refused: too long")
        message_id, signature = headers.get("webhook-id", ""), headers.get("webhook-signature", "")
        timestamp = headers.get("webhook-timestamp", "")
        if not signing.is_signed(
            self.secrets, signature, message_id=message_id, timestamp=timestamp, body=body, now=now
        ):
            return Verdict(HTTPStatus.UNAUTHORIZED, "refused: the signature is wrong or too old")
        try:
            data = json.loads(body)["data"]
            subject, version = str(data["subject"]), int(data["version"])
        except (ValueError, KeyError, TypeError):
            return Verdict(HTTPStatus.BAD_REQUEST, "refused: not a message")
        newest = int(self.known[subject]["version"]) if subject in self.known else 0
        if version <= newest:
            change = "repeated" if version == newest else f"older than version {newest}"
            return Verdict(HTTPStatus.OK, f"{message_id}: {change}, nothing changes")
        self.known[subject] = data
        person = data.get("person")
        return Verdict(
            HTTPStatus.OK, f"{message_id}: {json.dumps(person, ensure_ascii=False) if person else 'revoked'}"
        )
