"""Reading returned e-mails: delivery reports (RFC 3464), and the free text of old servers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import getaddresses
from typing import NamedTuple

#: Mark in the Message-ID of the registry's e-mails (`queries.new_mark`).
_MARK = re.compile(r"<([0-9a-f]{16}\.[0-9a-f]{32})@")
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
#: Maximum number of addresses read from one letter.
_MOST = 20


class Bounce(NamedTuple):
    """A refused address in one letter, with the status of RFC 3463."""

    address: str
    status: str


class Returned(NamedTuple):
    """The contents of a letter: refused addresses, and the marks of the returned e-mails."""

    bounces: list[Bounce]
    marks: list[str]


def returned_by(letter: bytes) -> Returned:
    """Return what the letter reports about e-mails that were not delivered."""
    message = message_from_bytes(letter)
    texts = [letter.decode(errors="replace"), *_texts(message)]
    marks = list(dict.fromkeys(mark for text in texts for mark in _MARK.findall(text)))
    return Returned(list(dict.fromkeys(_bounces(message)))[:_MOST], marks[:_MOST])


def _texts(message: Message) -> Iterator[str]:
    """Yield the headers and the decoded texts of all parts."""
    for part in message.walk():
        yield "\n".join(f"{name}: {value}" for name, value in part.items())
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and part.get_content_maintype() == "text":
            yield data.decode(errors="replace")


def _bounces(message: Message) -> Iterator[Bounce]:
    reports = [part for part in message.walk() if part.get_content_type() in _REPORTS]
    sent_to = list(_recipients(message))
    for report in reports:
        blocks = report.get_payload()
        for block in blocks if isinstance(blocks, list) else ():
            if not isinstance(block, Message) or str(block.get("Action", "")).strip().lower() != "failed":
                continue
            found = _STATUS.match(str(block.get("Status", "")))
            status = found[1] if found else "5.0.0"
            for name in ("Original-Recipient", "Final-Recipient"):
                if address := _address(str(block.get(name, ""))):
                    yield Bounce(address, status)
            # The address may have been forwarded; each e-mail of the registry has one recipient.
            yield from (Bounce(address, status) for address in sent_to)
    if not reports:
        for address in str(message.get("X-Failed-Recipients", "")).split(","):
            if "@" in address:
                yield Bounce(address.strip(), "5.0.0")


_REPORTS = {"message/delivery-status", "message/global-delivery-status"}


def _recipients(message: Message) -> Iterator[str]:
    """Yield the recipients of the e-mails attached to the letter, whole or as headers."""
    for part in message.walk():
        kind, payload = part.get_content_type(), part.get_payload()
        if kind in {"text/rfc822-headers", "message/global-headers"}:
            data = part.get_payload(decode=True)
            text = data.decode(errors="replace") if isinstance(data, bytes) else str(payload)
            yield from _to(message_from_string(text))
        elif kind in {"message/rfc822", "message/global"} and isinstance(payload, list):
            yield from (address for one in payload if isinstance(one, Message) for address in _to(one))


def _to(message: Message) -> list[str]:
    return [address for _name, address in getaddresses([str(value) for value in message.get_all("To", [])]) if address]


def _address(field: str) -> str:
    """Return the address in «rfc822; name@host»."""
    _kind, _semicolon, address = field.partition(";")
    return address.strip().strip("<>")
