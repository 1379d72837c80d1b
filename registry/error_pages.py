"""Error pages with the problem and the next step. None of them shows data that the visitor may not see."""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django_guid import get_guid

from registry.drafts.carried import carried_in, sign_in_carrying
from registry.errors import FontsMissing, lost_database, lost_disk


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request is malformed."""
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the actor may see the record, but their role does not allow the step."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is older than its session. The contents of a form with a draft are kept until sign-in."""
    if carried := carried_in(request):
        return sign_in_carrying(request, carried)
    return render(request, "403_csrf.html", {"again": request.path}, status=403)


def page_not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: the page does not exist or is outside the actor's scope."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: an error of the program, or 503: database, disk or fonts are unavailable; uses neither database nor
    session.
    """
    error = sys.exc_info()[1]
    known = {"503_database.html": lost_database(error), "503_disk.html": lost_disk(error)}
    known["503_fonts.html"] = isinstance(error, FontsMissing)
    if template := next((name for name, is_it in known.items() if is_it), ""):
        page = HttpResponse(render_to_string(template, {"code": "503"}), status=503)
        page["Retry-After"] = "30"
        return page
    return HttpResponse(render_to_string("500.html", {"code": "500", "number": get_guid()}), status=500)
