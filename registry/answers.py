"""Answers that carry a file: a paper, a workbook, the result of a job, a scan, a photograph.

The middleware forbids every browser and proxy to keep an answer; only `picture` allows the browser to.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

PDF = "application/pdf"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"

#: Seconds for which the browser may show a photograph without asking again.
PICTURE_KEPT = 24 * 60 * 60


def pdf(data: bytes, name: str) -> HttpResponse:
    """Return the PDF `name`.pdf to be looked at and printed in the browser."""
    return _answer(data, PDF, f"{name}.pdf", saved=False)


def paper(data: bytes, code: str) -> HttpResponse:
    """Return a printed form as a PDF named by its code and today's date."""
    return pdf(data, f"{code}-{timezone.localdate():%Y-%m-%d}")


def workbook(data: bytes, name: str) -> HttpResponse:
    """Return an .xlsx workbook to be saved; `name` has its ending."""
    return _answer(data, WORKBOOK, name, saved=True)


def file(data: bytes, name: str, content_type: str) -> HttpResponse:
    """Return a file that the registry has made, to be saved."""
    return _answer(data, content_type, name, saved=True)


def scan(data: bytes, name: str, content_type: str) -> HttpResponse:
    """Return a file that somebody has uploaded, to be saved; the browser runs nothing of it within our site."""
    answer = _answer(data, content_type, name, saved=True)
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def picture(data: bytes, name: str) -> HttpResponse:
    """Return a JPEG whose address changes with it, so that the browser may keep it for `PICTURE_KEPT` seconds."""
    answer = _answer(data, "image/jpeg", name, saved=False)
    answer["Cache-Control"] = f"private, max-age={PICTURE_KEPT}"
    return answer


def _answer(data: bytes, content_type: str, name: str, *, saved: bool) -> HttpResponse:
    answer = HttpResponse(data, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(saved, name) or "inline"
    return answer
