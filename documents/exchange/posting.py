"""Sends one message to an address outside: a checked one, no redirects, everything bounded in time and size."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from django.utils import timezone

from .enums import Answer, Outcome

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Seconds for one step of the connection, and for the whole request.
STEP_SECONDS, WHOLE_SECONDS = 10.0, 25.0
MAX_ANSWER_BYTES = 64 * 1024
#: Translated IPv4 addresses, which lead wherever the IPv4 address inside leads.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_CUT_OFF = (http.client.HTTPException, ConnectionResetError, BrokenPipeError)


class _Refused(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def is_internal(address: Address, networks: Collection[Network]) -> bool:
    """Return whether the address lies in an allowed internal network."""
    return any(address in network for network in networks if network.version == address.version)


def is_allowed(address: Address, networks: Collection[Network] = ()) -> bool:
    """Return whether a connection to the address may be made: a public one, or one in the allowed networks."""
    if is_internal(address, networks):
        return True
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_allowed(inner, networks)
    return address.is_global and not address.is_multicast


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    networks: Collection[Network] = (),
    ca_file: str = "",
    step_seconds: float = STEP_SECONDS,
    whole_seconds: float = WHOLE_SECONDS,
) -> Answer:
    """Send the body by POST and return what came of it; never raises for what the other side does.

    The host is resolved once and the connection goes to the address that was checked, so that a second answer of the
    name server cannot lead elsewhere. `networks` are internal ones that are allowed; `ca_file` holds certificates that
    are trusted besides those of the system. Plain http is for allowed internal addresses only.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    try:
        address = _resolved(parts.hostname or "", parts.port or (443 if secure else 80), networks, secure=secure)
    except _Refused as refusal:
        return Answer(refusal.outcome)
    connection = _Connection(parts.hostname or "", parts.port, address, ca_file if secure else None, step_seconds)
    # The time-out of a socket is that of one step: a byte from time to time would keep the request going for ever.
    alarm = threading.Timer(whole_seconds, connection.hang_up)
    alarm.daemon = True
    alarm.start()
    try:
        return _exchange(connection, f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", body, headers)
    finally:
        alarm.cancel()
        connection.close()


def _resolved(host: str, port: int, networks: Collection[Network], *, secure: bool) -> tuple[str, int]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _Refused(Outcome.NO_HOST) from error
    addresses = [str(info[4][0]).partition("%")[0] for info in found]
    # All of them: whoever controls the name would otherwise add an internal address beside a public one.
    for address in addresses:
        checked = ipaddress.ip_address(address)
        if not is_allowed(checked, networks) or (not secure and not is_internal(checked, networks)):
            raise _Refused(Outcome.PRIVATE)
    return addresses[0], port


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was checked before; the name is used for certificate and `Host` only."""

    def __init__(
        self, host: str, port: int | None, address: tuple[str, int], ca_file: str | None, seconds: float
    ) -> None:
        super().__init__(host, port or (443 if ca_file is not None else 80), timeout=seconds)
        self._address, self._ca_file = address, ca_file
        self.default_port = 443 if ca_file is not None else 80
        self.hung_up = False

    def connect(self) -> None:
        sock: socket.socket = socket.create_connection(self._address, self.timeout)
        self.sock = sock
        if self._ca_file is not None:
            context = ssl.create_default_context()
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if self._ca_file:
                context.load_verify_locations(self._ca_file)
            self.sock = context.wrap_socket(sock, server_hostname=self.host)

    def hang_up(self) -> None:
        """End the request from another thread."""
        self.hung_up = True
        sock = self.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _exchange(connection: _Connection, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        connection.request("POST", path, body, {**headers, "Connection": "close"})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        received = response.read(MAX_ANSWER_BYTES + 1)
        if connection.hung_up:
            return Answer(Outcome.SILENT, response.status)
        # A bounded read of a shorter answer says nothing of what is missing.
        if response.length:
            cut_off = len(received) <= MAX_ANSWER_BYTES
            return Answer(Outcome.CUT_OFF if cut_off else Outcome.TOO_LARGE, response.status)
    except ssl.SSLCertVerificationError:
        return Answer(Outcome.CERTIFICATE)
    except Exception as error:  # noqa: BLE001 - whatever the other side sends ends as an outcome
        return Answer(_outcome_of(error, connection))
    if len(received) > MAX_ANSWER_BYTES:
        return Answer(Outcome.TOO_LARGE, response.status)
    return Answer(judge(response.status), response.status, retry_after(found.get("retry-after", "")), found, received)


def _outcome_of(error: Exception, connection: _Connection) -> Outcome:
    if connection.hung_up or isinstance(error, TimeoutError):
        return Outcome.SILENT
    if isinstance(error, _CUT_OFF):
        return Outcome.CUT_OFF
    return Outcome.UNREACHABLE


def judge(status: int) -> Outcome:
    """Return what a status means: only 2xx is a confirmation, a redirect is none and is not followed."""
    if 200 <= status < 300:
        return Outcome.DONE
    if 300 <= status < 400:
        return Outcome.REDIRECTED
    if status == http.HTTPStatus.GONE:
        return Outcome.GONE
    if status in (429, 502, 503, 504):
        return Outcome.BUSY
    return Outcome.BROKEN if status >= 500 else Outcome.REFUSED


def retry_after(value: str) -> dt.timedelta | None:
    """Return the wait that `Retry-After` asks for, in seconds or until a date; None if it says neither."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return dt.timedelta(seconds=min(int(value[:9]), 10**8))
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=dt.UTC)
    return max(until - timezone.now(), dt.timedelta())
