"""Scheme and port of a request from the headers of trusted proxies (`PROXY_COUNT`, docs/deploy.md)."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_PROTO, _PORT, _HOST = "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PORT", "HTTP_HOST"
#: Default ports, which addresses do not contain.
_PLAIN = {"https": "443", "http": "80"}
_HAS_PORT = re.compile(r":\d+\Z")
_IS_PORT = re.compile(r"[1-9]\d{0,4}\Z")


class ForwardedMiddleware:
    """Trusts only the headers set by the first trusted proxy, and adds the port to the host.

    Redirects and the origin check of forms then work with ports other than 443. Each trusted proxy replaces a header or
    appends to it; earlier entries come from the visitor. Without proxies no port is trusted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said, proxies = request.META, settings.PROXY_COUNT
        port = said.pop(_PORT, "")
        if proxies:
            scheme = _trusted(said.get(_PROTO, ""), proxies)
            if _PROTO in said:
                said[_PROTO] = scheme
            port, host = _trusted(port, proxies), said.get(_HOST, "")
            if _IS_PORT.match(port) and port != _PLAIN.get(scheme) and host and not _HAS_PORT.search(host):
                said[_HOST] = f"{host}:{port}"
        return self.get_response(request)


def _trusted(header: str, proxies: int) -> str:
    """Return the entry set by the first trusted proxy, counted from the end of the list."""
    said = [value.strip() for value in header.split(",")]
    return said[-proxies:][0]
