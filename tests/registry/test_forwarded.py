"""Scheme and port as reported by trusted proxies, and forged by a visitor."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from registry.forwarded import ForwardedMiddleware


@pytest.mark.parametrize(
    ("proxies", "proto", "port", "host", "expected"),
    [
        (1, "https", "8443", "registry.example.org", "https://registry.example.org:8443/"),
        (1, "https", "443", "registry.example.org", "https://registry.example.org/"),
        (1, "https", "", "registry.example.org", "https://registry.example.org/"),
        (1, "http", "80", "registry.example.org", "http://registry.example.org/"),
        (1, "https", "80", "registry.example.org", "https://registry.example.org:80/"),
        # The host already contains its port.
        (1, "https", "8443", "registry.example.org:9443", "https://registry.example.org:9443/"),
        (1, "https", "8443", "[::1]", "https://[::1]:8443/"),
        # In a list, the value of the first trusted proxy counts; values before it come from the visitor.
        (2, "https, http", "8443, 80", "registry.example.org", "https://registry.example.org:8443/"),
        (2, "https, http, http", "8443, 80, 80", "registry.example.org", "http://registry.example.org/"),
        (2, "https", "8443", "registry.example.org", "https://registry.example.org:8443/"),
        # An invalid port.
        (1, "https", "0", "registry.example.org", "https://registry.example.org/"),
        (1, "https", "84430a", "registry.example.org", "https://registry.example.org/"),
        (1, "https", "8443/@evil", "registry.example.org", "https://registry.example.org/"),
        # No proxy is trusted.
        (0, "https", "8443", "registry.example.org", "https://registry.example.org/"),
    ],
)
def test_the_address_of_a_page_is_the_one_that_the_first_trusted_proxy_saw(
    proxies: int, proto: str, port: str, host: str, expected: str, settings: Any
) -> None:
    settings.PROXY_COUNT, settings.ALLOWED_HOSTS = proxies, ["registry.example.org", "[::1]"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    said = {"HTTP_X_FORWARDED_PROTO": proto, "HTTP_X_FORWARDED_PORT": port, "HTTP_HOST": host}

    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.build_absolute_uri("/"))

    given = {name: value for name, value in said.items() if value}
    assert ForwardedMiddleware(answer)(RequestFactory().get("/", **given)).content.decode() == expected  # type: ignore[arg-type]
