"""Pages that show the lines and checks of a report's form to people who fill it in or decide about it (N-S3)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registry.enums import Permission
from registry.views import ActorRequest, needs, page_of

from .forms import facts_of, sections_of
from .reports import load_report


@require_GET
@needs(Permission.VIEW_FIGURES)
def definition(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the definition of each line of a report; the form itself is only in the scope of superiors."""
    report = load_report(request, pk)
    form = report.campaign.form
    page = page_of(request, form.lines.all())
    shown = {"report": report, "page": page, "sections": sections_of(form, page.object_list), "on_lines": True}
    return render(request, "registry/campaigns/definition.html", facts_of(form) | shown)


@require_GET
@needs(Permission.VIEW_FIGURES)
def definition_checks(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the checks that the figures of a report have to pass."""
    report = load_report(request, pk)
    form = report.campaign.form
    shown = {"report": report, "page": page_of(request, form.checks.all()), "on_checks": True}
    return render(request, "registry/campaigns/definition.html", facts_of(form) | shown)
