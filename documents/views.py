"""Pages of papers about the organisation, and of its printers (V-B2, V-B6, V-B12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.papers import card_file, mail_register, member_list, public_report
from documents.papers.calibration_sheet import SHEET, moved
from documents.papers.list_pages import PAGES
from documents.printing.codes import new_code
from documents.printing.core import Paper, batch_for, render_long
from documents.printing.core import render as render_sheets
from documents.printing.models import SHIFTS, PrinterCalibration
from documents.printing.rules import (
    MAX_PRINTERS,
    check_mail_count,
    check_mail_period,
    check_people,
    check_readable,
    papers_about,
)
from documents.printing.transitions import record_other_print, remove_printer, save_printer
from members.book.queries.year_figures import year_figures
from members.meetings.enums import HELD_MEETINGS, ItemState
from members.meetings.models import AgendaItem, Meeting
from members.movement.models import Transfer
from members.people.enums import Category
from members.people.models import Member
from registry import answers
from registry.access import Actor, require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation, StaleVersion
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.sizes import LIST_ROWS_AT_ONCE
from registry.views import ActorRequest, add_violation, load, needs

from .forms import PaperForm, PeriodForm, PrinterForm, YearForm


class Offered(NamedTuple):
    """A paper of an organisation: its form, the function that prints it, and the page with its button."""

    paper: Paper
    form: type[PaperForm]
    prints: Callable[..., HttpResponse]
    page: str = "documents:print"


@require_http_methods(["GET", "POST"])
@needs(Permission.PRINT)
def organization_paper(request: ActorRequest, code: str) -> HttpResponse:
    """Show the form of the paper, and print the paper for the actor's organisation."""
    own = request.actor.organization
    if own is None or code not in papers_about(own):
        raise Http404
    offered = OFFERED[code]
    require(request.actor, Permission.PRINT, own)
    check_readable(offered.paper.data_classes, by=request.actor)
    form = offered.form(own, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return offered.prints(request, own, **form.cleaned_data)
        except RuleViolation as violation:
            add_violation(form, violation)
    context = {"form": form, "paper": offered.paper, "back": reverse(offered.page)}
    context["section"] = _("Transfers") if offered.page == "moves:list" else _("Printing")
    return render(request, "documents/organization_paper.html", context)


def people_of(organization: Organization, actor: Actor) -> list[int]:
    """Return the ids of the registered members in the order of the card file: by cell, then by name."""
    found = Member.objects.visible_to(actor).registered().filter(organization=organization)
    by_cell = F("cell__sort_key").asc(nulls_last=True)
    return list(found.order_by(by_cell, "cell", "sort_key", "pk").values_list("pk", flat=True))


def _print_people(paper: Paper) -> Callable[..., HttpResponse]:
    def print_now(request: ActorRequest, own: Organization) -> HttpResponse:
        actor, ids = request.actor, people_of(own, request.actor)
        check_people(len(ids))
        if len(ids) > LIST_ROWS_AT_ONCE:
            params = {"paper": paper.code, "place": own.pk, "ids": ids, "code": new_code()}
            return redirect("jobs:detail", start_job("documents.print_people", params, by=actor).pk)
        found = Member.objects.visible_to(actor).select_related("cell").in_bulk(ids)
        batch = batch_for(actor, own)
        pages = paper.build(own, [found[pk] for pk in ids if pk in found], batch)
        return _answer(paper, pages, own, actor, rule="V-B6")

    return print_now


def _print_mail(request: ActorRequest, own: Organization, first: dt.date, last: dt.date) -> HttpResponse:
    check_mail_period(first, last, own.today)
    sent = Transfer.objects.visible_with_blocked(request.actor).filter(source=own, started_on__range=(first, last))
    sent = sent.exclude(mail_number="").select_related("target").order_by("started_on", "pk")
    check_mail_count(sent.count())
    pages = mail_register.build(own, list(sent), first, last, batch_for(request.actor, own))
    return _answer(mail_register.REGISTER, pages, own, request.actor, rule="V-B12")


def _print_report(request: ActorRequest, own: Organization, year: int) -> HttpResponse:
    held = Meeting.objects.visible_to(request.actor).filter(
        organization=own, held_on__year=year, state__in=HELD_MEETINGS
    )
    adopted = AgendaItem.objects.visible_with_blocked(request.actor).filter(meeting__in=held, state=ItemState.ADOPTED)
    employed = Member.objects.visible_to(request.actor).registered()
    pages = public_report.build(
        own,
        year,
        year_figures(own, year),
        employed.filter(organization=own, category=Category.EMPLOYED).count(),
        {"held": held.count(), "items": adopted.count()},
        batch_for(request.actor, own),
    )
    return _answer(public_report.REPORT, pages, own, request.actor, rule="V-B7")


def _answer(
    paper: Paper, pages: Sequence[Mapping[str, Any]], own: Organization, actor: Actor, *, rule: str
) -> HttpResponse:
    batch = batch_for(actor, own)
    data = render_long(paper, pages, PAGES, batch)
    record_other_print(paper.code, own, organization=own, code=batch.code, by=actor, rule=rule)
    return answers.paper(data, paper.code)


#: The papers in `organization_papers` of charters.
OFFERED = {
    offered.paper.code: offered
    for offered in (
        Offered(card_file.INVENTORY, PaperForm, _print_people(card_file.INVENTORY)),
        Offered(member_list.LIST, PaperForm, _print_people(member_list.LIST)),
        Offered(mail_register.REGISTER, PeriodForm, _print_mail, "moves:list"),
        Offered(public_report.REPORT, YearForm, _print_report),
    )
}


def _own(request: ActorRequest) -> Organization:
    own = request.actor.organization
    if own is None:
        raise NotAllowed
    require(request.actor, Permission.PRINT, own)
    return own


def _printer(request: ActorRequest, pk: int) -> PrinterCalibration:
    found = PrinterCalibration.objects.visible_to(request.actor).filter(organization=_own(request))
    return load(found.select_related("organization__federation"), pk)


@require_GET
@needs(Permission.PRINT)
def printer_list(request: ActorRequest) -> HttpResponse:
    """List the printers of the actor's organisation with their shifts."""
    found = PrinterCalibration.objects.visible_to(request.actor).filter(organization=_own(request))
    printers = list(found[:MAX_PRINTERS])
    context = {"printers": printers, "may_add": len(printers) < MAX_PRINTERS}
    return render(request, "documents/printers.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.PRINT)
def edit_printer(request: ActorRequest, pk: int | None = None) -> HttpResponse:
    """Add or change a printer."""
    own = _own(request)
    printer = PrinterCalibration(organization=own) if pk is None else _printer(request, pk)
    form = PrinterForm(request.POST if request.method == "POST" else None, instance=printer)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        shifts = {name: values[name] for name in SHIFTS}
        try:
            save_printer(
                own.pk,
                name=values["name"],
                shifts=shifts,
                printer_id=pk,
                version=values["version"] if pk else None,
                by=request.actor,
            )
        except RuleViolation as violation:
            add_violation(form, violation)
        except StaleVersion:
            text = _("Somebody else has changed the printer meanwhile. Look at its values, then change them.")
            messages.warning(request, text)
            return redirect("documents:edit_printer", printer.pk)
        else:
            messages.success(request, _("The printer is saved. Its test sheet shows whether the cross is right."))
            return redirect("documents:printers")
    return render(request, "documents/printer.html", {"form": form, "printer": printer if pk else None})


@require_POST
@needs(Permission.PRINT)
def delete_printer(request: ActorRequest, pk: int) -> HttpResponse:
    """Delete a printer."""
    _printer(request, pk)
    remove_printer(pk, by=request.actor)
    messages.success(request, _("The printer is deleted."))
    return redirect("documents:printers")


@require_POST
@needs(Permission.PRINT)
def print_test_sheet(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the test sheet with the current shifts of the printer."""
    printer = _printer(request, pk)
    batch = batch_for(request.actor, printer.organization)
    data = moved(render_sheets(SHEET, SHEET.build(printer, batch), batch), printer)
    record_other_print(
        SHEET.code, printer, organization=printer.organization, code=batch.code, by=request.actor, rule="V-B2"
    )
    return answers.paper(data, SHEET.code)
