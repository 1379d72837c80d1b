"""Sending to a real server on loopback: failures, checks of addresses, certificates (U-7)."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone
from django.utils.http import http_date

from documents.exchange import posting
from documents.exchange.enums import Answer, Outcome

from . import programme as other
from .programme import Programme, running

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture(scope="module")
def server() -> Iterator[Programme]:
    with running() as found:
        yield found


def post(url: str, **options: Any) -> Answer:
    return posting.post(url, b"{}", {"webhook-id": "m.1"}, **{"networks": LOOPBACK, **options})


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (200, "done"), (204, "done"), (299, "done"), (300, "redirected"), (399, "redirected"), (400, "refused"),
        (404, "refused"), (409, "refused"), (410, "gone"), (429, "busy"), (499, "refused"), (500, "broken"),
        (501, "broken"), (502, "busy"), (503, "busy"), (504, "busy"), (599, "broken"),
    ],
)  # fmt: skip
def test_u7_only_2xx_is_a_confirmation(code: int, outcome: str) -> None:
    assert posting.outcome_of_status(code) == outcome


def test_u7_what_is_sent_arrives_as_it_is(server: Programme) -> None:
    server.answers_with(other.status(200, b"thanks"))
    answer = post(server.url + "?a=1")
    got = server.received[-1]
    assert (answer.outcome, answer.status, answer.body) == (Outcome.DONE, 200, b"thanks")
    assert (got.path, got.headers["webhook-id"], got.body) == ("/members?a=1", "m.1", b"{}")


@pytest.mark.parametrize(
    ("say", "outcome", "status"),
    [
        (other.status(500), Outcome.BROKEN, 500),
        (other.half, Outcome.CUT_OFF, 200),
        (other.silent, Outcome.CUT_OFF, None),
        (other.endless, Outcome.TOO_LARGE, 200),
        (other.slow(0.5), Outcome.SILENT, None),
    ],
    ids=["500", "half", "silent", "endless", "slow"],
)
def test_u7_a_failure_of_the_other_side_is_an_outcome(
    server: Programme, say: other.Say, outcome: Outcome, status: int | None
) -> None:
    server.answers_with(say)
    answer = post(server.url, step_seconds=0.2)
    assert (answer.outcome, answer.status, answer.body) == (outcome, status, b"")


def test_u7_an_answer_that_drips_ends_in_time(server: Programme) -> None:
    server.answers_with(other.dripping)
    assert post(server.url, whole_seconds=0.3).outcome == Outcome.SILENT


def test_u7_an_answer_as_long_as_allowed_is_read(server: Programme) -> None:
    server.answers_with(other.status(200, b"x" * posting.MAX_ANSWER_BYTES))
    assert len(post(server.url).body) == posting.MAX_ANSWER_BYTES
    server.answers_with(other.status(200, b"x" * (posting.MAX_ANSWER_BYTES + 1)))
    assert post(server.url).outcome == Outcome.TOO_LARGE


def test_u7_a_redirect_is_not_followed(server: Programme) -> None:
    server.answers_with(other.status(307, Location=server.url + "/elsewhere"))
    before = len(server.received)
    assert (post(server.url).outcome, len(server.received) - before) == (Outcome.REDIRECTED, 1)


def test_u7_nobody_listens_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert post(f"http://127.0.0.1:{taken.getsockname()[1]}/").outcome == Outcome.UNREACHABLE


def test_u7_a_host_that_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **kwargs: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert post("https://programme.example/").outcome == Outcome.NO_HOST


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False), ("10.0.0.1", False), ("172.16.0.1", False), ("192.168.1.1", False),
        ("169.254.169.254", False), ("0.0.0.0", False), ("100.64.0.1", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("::1", False), ("::", False), ("fe80::1", False), ("fd00::1", False),
        ("ff02::1", False), ("::ffff:10.0.0.1", False), ("::ffff:93.184.215.14", True), ("2002:a00:1::", False),
        ("64:ff9b::a00:1", False), ("64:ff9b::5db8:d70e", True),
    ],
)  # fmt: skip
def test_u7_internal_addresses_are_refused_in_every_notation(address: str, allowed: bool) -> None:
    assert posting.is_allowed(ipaddress.ip_address(address)) is allowed


@pytest.mark.parametrize(
    ("address", "allowed"), [("10.1.255.255", True), ("10.2.0.0", False), ("::ffff:10.1.0.1", True), ("::1", False)]
)
def test_u7_an_installation_allows_networks_of_its_own(address: str, allowed: bool) -> None:
    networks = [ipaddress.ip_network("10.1.0.0/16")]
    assert posting.is_allowed(ipaddress.ip_address(address), networks) is allowed


def test_u7_an_internal_address_gets_nothing(server: Programme) -> None:
    before = len(server.received)
    assert (post(server.url, networks=[]).outcome, len(server.received)) == (Outcome.PRIVATE, before)


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[int]:
    """Let name resolution return each answer once; return a list with one entry for each query."""
    asked: list[int] = []
    own = socket.getaddrinfo

    def answer(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host != "programme.example":
            return own(host, port, *args, **kwargs)
        asked.append(1)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers[len(asked) - 1]]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_u7_one_internal_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    assert post("https://programme.example/").outcome == Outcome.PRIVATE


def test_u7_the_connection_uses_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, server: Programme
) -> None:
    """A different answer to a second query has no effect (DNS rebinding)."""
    server.answers_with(other.status(200))
    asked = names(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    port = server.url.rpartition(":")[2]
    assert post(f"http://programme.example:{port}").outcome == Outcome.DONE
    assert (len(asked), server.received[-1].headers["host"]) == (1, f"programme.example:{port.partition('/')[0]}")


def test_u7_plain_http_goes_to_allowed_internal_addresses_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["93.184.215.14"])
    assert post("http://programme.example/").outcome == Outcome.PRIVATE


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `programme.example` that no system trusts, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "programme.example")])
    now = timezone.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("programme.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "site.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Programme]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running(lambda sock: context.wrap_socket(sock, server_side=True)) as found:
        yield found


@pytest.mark.parametrize(
    ("host", "trusted", "outcome"),
    [
        ("programme.example", True, Outcome.DONE),
        ("programme.example", False, Outcome.CERTIFICATE),
        ("127.0.0.1", True, Outcome.CERTIFICATE),
    ],
    ids=["trusted", "unknown", "another name"],
)
def test_u7_a_certificate_is_checked_against_the_name(
    monkeypatch: pytest.MonkeyPatch, secure: Programme, certificate: Path, host: str, trusted: bool, outcome: Outcome
) -> None:
    names(monkeypatch, ["127.0.0.1"])
    url = secure.url.replace("127.0.0.1", host)
    assert post(url, ca_file=str(certificate) if trusted else "").outcome == outcome
    assert len(secure.received) == (outcome == Outcome.DONE)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), ("120", 120), (" 5 ", 5), ("-5", None), ("", None), ("soon", None), ("1.5", None), ("9" * 30, 10**8)],
)
def test_u7_retry_after_is_seconds(value: str, seconds: int | None) -> None:
    found = posting.retry_after(value)
    assert (found.total_seconds() if found is not None else None) == seconds


@pytest.mark.parametrize(("later", "expected"), [(3600, 3600), (-3600, 0)])
def test_u7_retry_after_is_a_date(later: int, expected: int) -> None:
    found = posting.retry_after(http_date(timezone.now().timestamp() + later))
    assert found is not None and abs(found.total_seconds() - expected) <= 2
