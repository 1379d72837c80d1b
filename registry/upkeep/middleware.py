"""Counts responses and their time by area of the site."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .figures import ANSWERS, SECONDS

_METHODS = {"GET", "HEAD", "POST"}


class FiguresMiddleware:
    """Counts each response by its area, method and status; an area is an app of the address, never an address
    itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        area = "unknown" if match is None else match.namespace or "registry"
        method = request.method if request.method in _METHODS else "other"
        SECONDS.labels(area, method).observe(time.perf_counter() - begun)
        ANSWERS.labels(area, str(response.status_code)).inc()
        return response
