"""E-mails: sender, return address, number per minute, and the report of a test of the server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from registry import posting
from registry.enums import MailFailure
from registry.management.commands import send_test_email
from tests.documents.exchange.post_office import PostOffice, mail_server

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    settings.DEFAULT_FROM_EMAIL = "Реестр <registry@example.org>"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    with mail_server(settings) as found:
        yield found


def test_an_e_mail_is_from_the_registry_and_returns_to_the_mailbox_for_that(office: PostOffice, settings: Any) -> None:
    assert posting.send_text("a@example.org", subject="S", text="T") is None
    settings.EMAIL_BOUNCES = "bounces@example.org"
    assert posting.send_pdf("b@example.org", subject="S", text="T", pdf=b"%PDF", name="x.pdf") is None
    assert office.senders == ["registry@example.org", "bounces@example.org"]
    letters = [letter for _to, letter in office.letters]
    assert [letter["From"] for letter in letters] == ["Реестр <registry@example.org>"] * 2
    assert [letter["Auto-Submitted"] for letter in letters] == ["auto-generated"] * 2


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> list[float]:
    """Return the list of seconds for which a sender waited; the clock advances by them."""
    now, waits = [1_000_000.0], []
    settings.MAIL_TURNS = tmp_path / "var" / "turns"

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(posting.time, "time", lambda: now[0])
    monkeypatch.setattr(posting.time, "sleep", sleep)
    return waits


def test_more_than_the_server_takes_in_a_minute_wait_their_turn(slept: list[float], settings: Any) -> None:
    settings.EMAIL_PER_MINUTE = 2
    for _number in range(2):
        posting.wait_for_turn()
    assert slept == []
    posting.wait_for_turn()
    assert slept == [60.0]
    posting.wait_for_turn()
    assert slept == [60.0]
    posting.wait_for_turn()
    assert slept == [60.0, 60.0]


def test_without_a_limit_nothing_is_counted(slept: list[float], settings: Any) -> None:
    settings.EMAIL_PER_MINUTE = 0
    for _number in range(5):
        posting.wait_for_turn()
    assert (slept, settings.MAIL_TURNS.exists()) == ([], False)


def test_a_clock_that_was_set_back_holds_nothing_up(slept: list[float], settings: Any) -> None:
    settings.EMAIL_PER_MINUTE = 1
    settings.MAIL_TURNS.parent.mkdir()
    settings.MAIL_TURNS.write_text("9000000.0 9000001.0")
    posting.wait_for_turn()
    assert slept == []


def test_several_at_once_share_the_limit(tmp_path: Path) -> None:
    found = [0.0] * 20

    def take(number: int) -> None:
        found[number] = posting._seconds_to_wait(5, tmp_path / "turns")

    threads = [threading.Thread(target=take, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(seconds == 0 for seconds in found) == 5


def test_sending_waits_for_its_turn(office: PostOffice, slept: list[float], settings: Any) -> None:
    settings.EMAIL_PER_MINUTE = 1
    assert posting.send_text("a@example.org", subject="S", text="T") is None
    assert posting.send_text("b@example.org", subject="S", text="T") is None
    assert (slept, len(office.letters)) == ([60.0], 2)


def test_a_refused_address_is_told_from_a_server_that_is_gone(office: PostOffice, settings: Any) -> None:
    office.refused = {"a@example.org"}
    assert posting.send_text("a@example.org", subject="S", text="T") == MailFailure.ADDRESS
    settings.EMAIL_PORT = 9
    assert posting.send_text("b@example.org", subject="S", text="T") == MailFailure.SERVER


def test_the_command_says_that_the_server_took_it(office: PostOffice, capsys: Any, settings: Any) -> None:
    settings.EMAIL_BOUNCES = "bounces@example.org"
    call_command("send_test_email", "a@example.org")
    assert capsys.readouterr().out == (
        "From Реестр <registry@example.org>, returned to bounces@example.org.\n"
        "The mail server took the e-mail for a@example.org. Look whether it arrives.\n"
    )
    ((to, letter),) = office.letters
    assert (to, letter.get_content().strip()) == ("a@example.org", "The registry can send e-mails.")


def refusal() -> str:
    with pytest.raises(CommandError) as raised:
        call_command("send_test_email", "a@example.org")
    return str(raised.value)


def test_the_command_says_why_the_server_did_not_take_it(office: PostOffice, settings: Any) -> None:
    office.refused = {"a@example.org"}
    assert refusal() == "The mail server refuses a@example.org: 550 no such person"
    settings.EMAIL_PORT = 9
    words = "The mail server of EMAIL_URL cannot be used: ConnectionRefusedError (Connection refused)"
    assert refusal() == words
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert refusal() == "There is no mail server: set EMAIL_URL. E-mails are written to the log."


def one_sided(settings: Any, *lines: bytes) -> socket.socket:
    """Start a server that sends these lines, one for each of ours, and then nothing."""
    listening = socket.create_server(("127.0.0.1", 0))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "registry", "very-secret"

    def serve() -> None:
        peer, _address = listening.accept()
        for line in lines:
            peer.sendall(line + b"\r\n")
            peer.recv(1000)
        threading.Event().wait(3)

    threading.Thread(target=serve, daemon=True).start()
    return listening


def test_the_command_ends_when_the_server_says_nothing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_test_email, "TIMEOUT", 0.3)
    with one_sided(settings):
        assert refusal() == "The mail server of EMAIL_URL has not answered for 0.3 s."


def test_the_command_shows_no_password(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_test_email, "TIMEOUT", 3)
    with one_sided(settings, b"220 hello", b"250-hello\r\n250 AUTH PLAIN", b"535 very-secret is wrong for registry"):
        assert refusal() == "The mail server refuses the user or password of EMAIL_URL: 535"
    with one_sided(settings, b"554 go away, registry with very-secret"):
        assert refusal() == "The mail server refuses: 554 go away, … with …"
