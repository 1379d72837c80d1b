"""Send one message to an external address: the address is checked, redirects are refused, time and size are limited."""

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

#: Time limits in seconds: for one socket operation, and for the whole request.
STEP_SECONDS, WHOLE_SECONDS = 10.0, 25.0
MAX_ANSWER_BYTES = 64 * 1024
#: IPv6 addresses that contain an IPv4 address and are routed to it.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_CUT_OFF = (http.client.HTTPException, ConnectionResetError, BrokenPipeError)


class _Refused(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def is_internal(address: Address, networks: Collection[Network]) -> bool:
    """Return whether the address is in an allowed internal network."""
    return any(address in network for network in networks if network.version == address.version)


def is_allowed(address: Address, networks: Collection[Network] = ()) -> bool:
    """Return whether connecting is allowed: the address is public, or in one of the allowed networks."""
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
    """Send the body by POST and return the outcome; failures of the other side never raise.

    The host is resolved once, and the connection uses the address that was checked, so a second answer of the name
    server cannot redirect it (DNS rebinding). `networks` are the allowed internal networks; `ca_file` contains
    certificates that are trusted in addition to those of the system. Plain http is allowed for internal addresses only.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    try:
        address = _resolved(parts.hostname or "", parts.port or (443 if secure else 80), networks, secure=secure)
    except _Refused as refusal:
        return Answer(refusal.outcome)
    connection = _Connection(parts.hostname or "", parts.port, address, ca_file if secure else None, step_seconds)
    # The socket's time-out applies to each operation, so a server that sends single bytes slowly would never time out.
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
    # Every address is checked, because the owner of the name could list an internal address beside a public one.
    for address in addresses:
        checked = ipaddress.ip_address(address)
        if not is_allowed(checked, networks) or (not secure and not is_internal(checked, networks)):
            raise _Refused(Outcome.PRIVATE)
    return addresses[0], port


class _Connection(http.client.HTTPConnection):
    """A connection to a checked address; the host name is used only for the certificate and the `Host` header."""

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
        """Abort the request from another thread."""
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
        # A read with a limit does not raise if the answer ends too early; `length` is the number of missing bytes.
        if response.length:
            cut_off = len(received) <= MAX_ANSWER_BYTES
            return Answer(Outcome.CUT_OFF if cut_off else Outcome.TOO_LARGE, response.status)
    except ssl.SSLCertVerificationError:
        return Answer(Outcome.CERTIFICATE)
    except Exception as error:  # noqa: BLE001 - every failure of the other side is an outcome
        return Answer(_outcome_of(error, connection))
    if len(received) > MAX_ANSWER_BYTES:
        return Answer(Outcome.TOO_LARGE, response.status)
    return Answer(
        outcome_of_status(response.status), response.status, retry_after(found.get("retry-after", "")), found, received
    )


def _outcome_of(error: Exception, connection: _Connection) -> Outcome:
    if connection.hung_up or isinstance(error, TimeoutError):
        return Outcome.SILENT
    if isinstance(error, _CUT_OFF):
        return Outcome.CUT_OFF
    return Outcome.UNREACHABLE


def outcome_of_status(status: int) -> Outcome:
    """Return the outcome for an HTTP status: only 2xx is a confirmation, redirects are not followed."""
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
    """Return the wait from a `Retry-After` header (seconds or a date), or None if the value is invalid."""
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
