"""Printing the registration book (V-B7)."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from documents.papers.registration_book import BOOK, render_book
from documents.printing.codes import new_code
from documents.printing.core import batch_for
from documents.printing.transitions import record_other_print
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.views import ActorRequest, load, needs

from ..models import BookLine

#: Maximum number of lines printed within a request; longer books are printed by a job.
MAX_LINES_AT_ONCE = 150


@require_POST
@needs(Permission.PRINT)
def print_book(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the whole registration book with numbered pages and the leaf for the seal."""
    unit = load(Organization.objects.visible_to(request.actor).select_related("federation", "parent"), pk)
    require(request.actor, Permission.PRINT, unit)
    lines = BookLine.objects.visible_with_blocked(request.actor).filter(unit=unit)
    if lines.count() > MAX_LINES_AT_ONCE:
        with transaction.atomic():
            job = start_job("documents.print_book", {"unit": unit.pk, "code": new_code()}, by=request.actor)
        return redirect("jobs:detail", job.pk)
    batch = batch_for(request.actor, unit)
    data = render_book(unit, list(lines.order_by("number")), batch)
    record_other_print(BOOK.code, unit, organization=unit, code=batch.code, by=request.actor, rule="V-B7")
    return answers.paper(data, BOOK.code)
