"""Printing the papers of blanks: sheets and acts, the ticket book, the ticket journal, empty forms (V-C2, V-C3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from documents.papers import (
    blank_destruction_act,
    hand_down_act,
    issue_sheet,
    opening_act,
    receipt_act,
    stock_taking_act,
    ticket_book,
    ticket_journal,
    write_off_act,
)
from documents.papers.blank_words import render_pages
from documents.printing.core import Paper, batch_for
from documents.printing.rules import check_readable
from documents.printing.transitions import record_blank, record_other_print
from registry import answers
from registry.access import Actor, require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.views import ActorRequest, add_violation, load, needs

from .. import rules
from ..enums import PaperKind
from ..forms import BookForm
from ..models import BlankPaper
from .pages import own_organization

#: Kind of paper → the printed form.
PRINTS: dict[str, Paper] = {
    PaperKind.OPENING: opening_act.ACT,
    PaperKind.RECEIPT: receipt_act.ACT,
    PaperKind.ISSUE: issue_sheet.SHEET,
    PaperKind.HAND_DOWN: hand_down_act.ACT,
    PaperKind.STOCK_TAKING: stock_taking_act.ACT,
    PaperKind.DESTRUCTION: blank_destruction_act.ACT,
    **dict.fromkeys(write_off_act.KINDS, write_off_act.ACT),
}
#: Papers that are also printed empty, to be filled in by hand, and books of a period.
EMPTY = {paper.code: paper for paper in PRINTS.values()}
BOOKS = {paper.code: paper for paper in (ticket_book.BOOK, ticket_journal.JOURNAL)}


def printer_of(paper: BlankPaper, actor: Actor) -> Organization | None:
    """Return the maker or the receiver of the paper, if the actor may print it there; otherwise None."""
    if not all(map(actor.reads, PRINTS[paper.kind].data_classes)):
        return None
    both = (paper.organization, paper.receiver)
    return next((one for one in both if one is not None and actor.may(Permission.PRINT, one)), None)


@require_POST
@needs(Permission.PRINT)
def print_paper(request: ActorRequest, pk: int) -> HttpResponse:
    """Print a sheet or an act; a posted one always prints the same."""
    related = ("organization__federation", "receiver__federation")
    found = load(BlankPaper.objects.visible_to(request.actor).select_related(*related), pk)
    paper = PRINTS[found.kind]
    check_readable(paper.data_classes, by=request.actor)
    organization = printer_of(found, request.actor) or found.organization
    require(request.actor, Permission.PRINT, organization)
    batch = batch_for(request.actor, organization)
    data = render_pages(paper, paper.build(found, batch), batch)
    record_other_print(paper.code, found, organization=organization, code=batch.code, by=request.actor, rule="V-C2")
    return answers.paper(data, paper.code)


@require_http_methods(["GET", "POST"])
@needs(Permission.PRINT)
def books(request: ActorRequest, pk: int | None = None) -> HttpResponse:
    """Show the form for book, kind and period, and print the book of the actor's or a subordinate organisation."""
    organization = own_organization(request) if pk is None else _below(request, pk)
    require(request.actor, Permission.PRINT, organization)
    today = organization.today
    initial = {"first": today.replace(month=1, day=1), "last": today}
    reads = request.actor.reads
    choices = [(code, paper.title) for code, paper in BOOKS.items() if all(map(reads, paper.data_classes))]
    data = request.POST if request.method == "POST" else None
    form = BookForm(organization, data, initial=initial, books=choices)
    if request.method == "POST" and form.is_valid():
        try:
            return _print_book(request, organization, **form.cleaned_data)
        except RuleViolation as violation:
            add_violation(form, violation)
    context = {
        "form": form,
        "below": None if pk is None else organization,
        "back": reverse("documents:blanks") if pk is None else reverse("documents:blank_balance", args=[pk]),
        "empty": [] if pk is not None else [paper for paper in EMPTY.values() if all(map(reads, paper.data_classes))],
    }
    return render(request, "documents/tickets/books.html", context)


def _below(request: ActorRequest, pk: int) -> Organization:
    """Return the organisation in scope. Raises `Http404` for cells, which keep no blanks."""
    organization = load(Organization.objects.visible_to(request.actor).select_related("federation"), pk)
    if not organization.charter.blanks or organization.level == organization.charter.cell:
        raise Http404
    return organization


def _print_book(
    request: ActorRequest, organization: Organization, *, kind: str, book: str, first: dt.date, last: dt.date
) -> HttpResponse:
    rules.check_period(first, last, organization.today)
    paper, batch = BOOKS[book], batch_for(request.actor, organization)
    pages: list[Any] = paper.build(organization, kind, first, last, batch)
    rules.check_printable(len(pages))
    data = render_pages(paper, pages, batch)
    record_other_print(
        paper.code, organization, organization=organization, code=batch.code, by=request.actor, rule="V-C2"
    )
    return answers.paper(data, paper.code)


@require_POST
@needs(Permission.PRINT)
def print_empty(request: ActorRequest, code: str) -> HttpResponse:
    """Print an empty sheet or act, to be filled in by hand."""
    organization = own_organization(request)
    require(request.actor, Permission.PRINT, organization)
    if code not in EMPTY:
        raise Http404
    paper, batch = EMPTY[code], batch_for(request.actor, organization, blank=True)
    check_readable(paper.data_classes, by=request.actor)
    data = render_pages(paper, paper.build(None, batch), batch)
    record_blank(paper.code, by=request.actor)
    return answers.paper(data, paper.code)
