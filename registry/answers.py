"""Responses with a file: a paper, a workbook, a job's result, a scan, a photograph.

The middleware forbids browsers and proxies to store them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header

PDF = "application/pdf"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZIP = "application/zip"


def pdf(data: bytes, name: str) -> HttpResponse:
    """Return a PDF named `name`.pdf, shown in the browser."""
    return _response(data, PDF, f"{name}.pdf", saved=False)


def paper(data: bytes, code: str) -> HttpResponse:
    """Return a printed form as a PDF named by its code and today's date."""
    return pdf(data, f"{code}-{timezone.localdate():%Y-%m-%d}")


def word(data: bytes, code: str) -> HttpResponse:
    """Return a printed form as a Word file for download, named after its code and today's date."""
    return _response(data, WORD, f"{code}-{timezone.localdate():%Y-%m-%d}.docx", saved=True)


def archive(data: bytes, code: str) -> HttpResponse:
    """Return a ZIP of Word files for download, named after the form's code and today's date."""
    return _response(data, ZIP, f"{code}-{timezone.localdate():%Y-%m-%d}.zip", saved=True)


def workbook(data: bytes, name: str) -> HttpResponse:
    """Return an .xlsx workbook as a download; `name` includes its extension."""
    return _response(data, WORKBOOK, name, saved=True)


def file(data: bytes, name: str, content_type: str) -> HttpResponse:
    """Return a file made by the registry as a download."""
    return _response(data, content_type, name, saved=True)


def result(data: bytes | Iterator[bytes], name: str, content_type: str, size: int) -> HttpResponseBase:
    """Return the result of a job as a download; a large one is streamed in pieces of `size` bytes in all."""
    if isinstance(data, bytes):
        return file(data, name, content_type)
    response = StreamingHttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Length"] = str(size)
    return response


def figures(text: bytes, content_type: str) -> HttpResponse:
    """Return figures for a program, not as a download."""
    return HttpResponse(text, content_type=content_type)


def values(data: dict[str, Any], name: str) -> HttpResponse:
    """Return values as a JSON file for download, which browsers and proxies may not store."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    response = _response(text.encode(), "application/json", name, saved=True)
    response["Cache-Control"] = "no-store"
    return response


def scan(data: bytes, name: str, content_type: str) -> HttpResponse:
    """Return an uploaded file as a download; the headers stop browsers from running it on our site."""
    response = _response(data, content_type, name, saved=True)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def picture(data: bytes, name: str) -> HttpResponse:
    """Return a JPEG to be shown on a page."""
    return _response(data, "image/jpeg", name, saved=False)


def _response(data: bytes, content_type: str, name: str, *, saved: bool) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(saved, name) or "inline"
    return response
