"""Printing the report of a year-end reconciliation (V-B8)."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from documents.papers.reconciliation_report import REPORT
from documents.printing.core import batch_for, render
from documents.printing.rules import check_readable
from documents.printing.transitions import record_other_print
from members.meetings.enums import ItemState
from members.meetings.models import AgendaItem
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.views import ActorRequest, load, needs

from ..enums import ProposalState
from ..models import ChangeProposal, Reconciliation
from ..transitions.reconciliation import counts_of


@require_POST
@needs(Permission.PRINT)
def print_report(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the report with its counts, all changes and the decision of the collegial body."""
    actor = request.actor
    found = Reconciliation.objects.visible_to(actor).select_related("unit__federation", "unit__parent")
    reconciliation = load(found, pk)
    require(actor, Permission.PRINT, reconciliation.unit)
    check_readable(REPORT.data_classes, by=actor)
    changes = ChangeProposal.objects
    found_changes = changes.visible_to(actor) if reconciliation.is_draft else changes.visible_with_blocked(actor)
    # Withdrawn proposals were not reported.
    proposals = found_changes.filter(reconciliation=reconciliation).exclude(state=ProposalState.WITHDRAWN)
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
    record_other_print(
        REPORT.code, reconciliation, organization=reconciliation.unit, code=batch.code, by=actor, rule="V-B8"
    )
    return answers.paper(data, REPORT.code)
