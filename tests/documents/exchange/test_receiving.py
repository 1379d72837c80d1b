"""The receiver for development: checks signatures, keeps the newest version, accepts only local connections (U-7)."""

from __future__ import annotations

import json
import threading
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from documents.exchange import jobs, signing
from documents.exchange.enums import Outcome
from documents.exchange.receiving import MAX_BODY_BYTES, Receiver, Verdict
from documents.exchange.transitions.sending import claim_next
from documents.management.commands.receive_messages import Command
from tests.members.places import Place

from .consenting import consent, entry_of, switched_on, withdraw
from .programme import OTHER_SECRET, SECRET

NOW = 1_700_000_000


def message(version: int = 1, subject: str = "a", **data: Any) -> bytes:
    return json.dumps({"data": {"subject": subject, "version": version, **data}}).encode()


def sent(receiver: Receiver, body: bytes, *, secret: str = SECRET, at: int = NOW) -> Verdict:
    signature = signing.signatures([secret], "m", at, body)
    headers = {"webhook-id": "m", "webhook-timestamp": str(at), "webhook-signature": signature}
    return receiver.receive(headers, body, NOW)


def test_u7_the_newest_version_wins_in_any_order() -> None:
    receiver = Receiver([SECRET])
    for version in (2, 1, 2, 3):
        assert sent(receiver, message(version, person={"surname": f"v{version}"})).status == 200
    assert receiver.known["a"]["version"] == 3
    assert sent(receiver, message(1, subject="b")).text == "m: revoked"


@pytest.mark.parametrize(("version", "said"), [(1, "older than version 2"), (2, "repeated")])
def test_u7_what_is_known_changes_nothing(version: int, said: str) -> None:
    receiver = Receiver([SECRET])
    sent(receiver, message(2))
    assert sent(receiver, message(version)).text == f"m: {said}, nothing changes"


@pytest.mark.parametrize(
    ("body", "changed", "status"),
    [
        (message(), {"secret": OTHER_SECRET}, 401),
        (message(), {"at": NOW - 301}, 401),
        (b"{}", {}, 400),
        (b"[1]", {}, 400),
        (b"no", {}, 400),
        (b"x" * (MAX_BODY_BYTES + 1), {}, 413),
    ],
    ids=["forged", "played back", "no data", "a list", "no JSON", "too long"],
)
def test_u7_what_is_no_message_is_refused(body: bytes, changed: dict[str, Any], status: int) -> None:
    receiver = Receiver([SECRET])
    assert (sent(receiver, body, **changed).status, receiver.known) == (status, {})


@pytest.mark.django_db
def test_u7_both_sides_understand_each_other(union: Place) -> None:
    member = union.put()
    consent(member, union)
    switched_on(union, "http://127.0.0.1/", signed_answers=True)
    shown = StringIO()
    server = Command(stdout=shown).server(union.head.federation.code, 0, None)
    assert server.server_address[0] == "127.0.0.1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        switched_on(union, f"http://127.0.0.1:{server.server_port}/", signed_answers=True)
        for step in (lambda: None, lambda: withdraw(member, union)):
            step()
            found = claim_next(union.head.federation_id)
            assert found is not None and jobs.send(found) == Outcome.DONE
    finally:
        server.shutdown()
        server.server_close()
    assert entry_of(member).confirmed_version == 2
    lines = shown.getvalue().splitlines()
    assert ("Абрамова" in lines[0], lines[1].endswith(".2: revoked")) == (True, True)


@pytest.mark.django_db
def test_u7_the_receiver_needs_a_secret_and_a_demonstration(union: Place, settings: Any) -> None:
    with pytest.raises(CommandError, match="no secret"):
        call_command("receive_messages", "--federation", union.head.federation.code, "--port", "0")
    settings.DEMO = False
    with pytest.raises(CommandError, match="demonstration"):
        call_command("receive_messages", "--federation", union.head.federation.code)
