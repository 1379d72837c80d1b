"""Papers of a unit: its registration book and the report of its year-end reconciliation (V-B7, V-B8)."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from documents.prints.core import batch_for, render
from documents.prints.reconciliation_report import REPORT
from documents.prints.registration_book import BOOK, render_book
from documents.rules import check_readable
from documents.transitions.printing import record_applicant
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.jobs import start_job
from registry.models import Organization
from registry.views.base import ActorRequest, load, needs

from ..enums import ItemState, ProposalState
from ..models import AgendaItem, BookLine, ChangeProposal, Reconciliation
from ..transitions.reconciliation import counts_of

#: A book of so many lines is printed while one waits; of a longer one a job makes the PDF.
AT_ONCE = 150


@require_POST
@needs(Permission.PRINT)
def print_book(request: ActorRequest, pk: int) -> HttpResponse:
    """The whole registration book with its numbered pages and the leaf for the seal."""
    unit = load(Organization.objects.visible_to(request.actor).select_related("federation", "parent"), pk)
    require(request.actor, Permission.PRINT, unit)
    lines = BookLine.objects.visible_to(request.actor).filter(unit=unit)
    if lines.count() > AT_ONCE:
        with transaction.atomic():
            job = start_job("documents.print_book", {"unit": unit.pk}, by=request.actor)
        return redirect("jobs:detail", job.pk)
    batch = batch_for(request.actor, unit)
    data = render_book(unit, list(lines.order_by("number")), batch)
    record_applicant(BOOK.code, unit, organization=unit, by=request.actor, rule="V-B7")
    return answers.paper(data, BOOK.code)


@require_POST
@needs(Permission.PRINT)
def print_report(request: ActorRequest, pk: int) -> HttpResponse:
    """The report with its counts, every change and the mark of the collegial body."""
    actor = request.actor
    found = Reconciliation.objects.visible_to(actor).select_related("unit__federation", "unit__parent")
    reconciliation = load(found, pk)
    require(actor, Permission.PRINT, reconciliation.unit)
    check_readable(REPORT.data_classes, by=actor)
    # What was withdrawn was never reported.
    proposals = ChangeProposal.objects.visible_to(actor).filter(reconciliation=reconciliation)
    proposals = proposals.exclude(state=ProposalState.WITHDRAWN)
    items = AgendaItem.objects.visible_to(actor).filter(reconciliation=reconciliation, state=ItemState.ADOPTED)
    batch = batch_for(request.actor, reconciliation.unit)
    sheets = REPORT.build(
        reconciliation,
        reconciliation.counts or counts_of(reconciliation, timezone.localdate()),
        proposals.select_related("member").order_by("member__sort_key", "member", "field"),
        items.select_related("meeting").order_by("-pk").first(),
        batch,
    )
    data = render(REPORT, sheets, batch)
    record_applicant(REPORT.code, reconciliation, organization=reconciliation.unit, by=actor, rule="V-B8")
    return answers.paper(data, REPORT.code)
