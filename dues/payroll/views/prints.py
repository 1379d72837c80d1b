"""Printing statements of deduction (U-D1)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from documents.papers import deduction
from documents.papers.blank_words import render_pages
from documents.printing.core import batch_for
from documents.printing.rules import check_readable
from documents.printing.transitions import record_prints
from registry import answers
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.requests import ids_in, say_missing
from registry.views import ActorRequest, needs, say_violation

from ..enums import OPEN_DEDUCTIONS
from ..models import Deduction
from ..rules.employers import check_chosen
from .employers import load_employer


@require_POST
@needs(Permission.PRINT)
def print_statements(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the ticked statements: to deduct dues or, for ended ones, to stop it."""
    found = load_employer(request, pk, Permission.PRINT)
    paper = deduction.WITHDRAWAL if request.POST.get("paper") == "withdrawal" else deduction.STATEMENT
    check_readable(paper.data_classes, by=request.actor)
    ids = ids_in(request.POST)
    try:
        check_chosen(ids)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("dues:employer", pk)
    visible = Deduction.objects.visible_to(request.actor).filter(employer=found, pk__in=ids, member__isnull=False)
    if paper is deduction.WITHDRAWAL:
        visible = visible.exclude(state__in=OPEN_DEDUCTIONS)
    related = ("employer__organization__federation", "member__organization__federation")
    say_missing(request, ids, visible.values_list("pk", flat=True))
    statements = list(visible.select_related(*related).order_by("member__sort_key", "pk"))
    batch = batch_for(request.actor, found.organization)
    pages = paper.build(statements, batch)
    if not pages:
        return redirect("dues:employer", pk)
    data = render_pages(paper, pages, batch)
    codes = {page["member_id"]: page["paper_code"] for page in pages}
    record_prints(paper.code, codes.keys(), data_classes=paper.data_classes, by=request.actor, codes=codes)
    return answers.paper(data, paper.code)
