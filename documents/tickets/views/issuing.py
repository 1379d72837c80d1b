"""Issuing blanks to members, sheet by sheet, and taking over the numbers on their cards (V-B3, V-B5, V-C1, V-C3)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from documents.printing.views import back_to_list
from members.people.columns import Cell
from members.people.filters import MAX_FOUND, selected_ids
from members.people.models import Member
from members.people.rules.person import cell_names
from members.people.search import matching
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.requests import ids_in
from registry.states import allowed, may_become
from registry.views import ActorRequest, add_violation, addresses, needs, page_of, say_violation

from ..enums import BlankKind, IssueReason, PaperKind, PaperState
from ..forms import IssueForm, WaitingForm
from ..models import BlankPaper, BlankStock, IssueLine
from ..queries.issuing import receivers, typed_numbers, waiting
from ..rules import MAX_LINES, check_is_issue
from ..transitions import issuing as transitions
from .pages import kinds_of, own_organization, shown_kind

#: Maximum number of drafts listed on the page of issuing, and of conflicts listed for the opening.
MAX_DRAFTS, MAX_CONFLICTS = 20, 200


def _keeper(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` unless its members receive their blanks there."""
    organization = own_organization(request)
    if not organization.keeps_cards:
        raise Http404
    require(request.actor, Permission.KEEP_BLANKS, organization)
    return organization


def _in_stock(request: ActorRequest, organization: Organization, kind: str) -> int:
    balances = BlankStock.objects.visible_to(request.actor).filter(organization=organization, kind=kind)
    return balances.values_list("in_stock", flat=True).first() or 0


@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_BLANKS)
def issue(request: ActorRequest) -> HttpResponse:
    """List the members who wait for a blank; prepare a sheet for the chosen ones."""
    organization = _keeper(request)
    kind = shown_kind(request, organization)
    cells = cell_names(organization)
    form = WaitingForm(kind, cells, request.GET)
    people = _found(waiting(organization, request.actor, kind), form)
    if request.method == "POST":
        return _prepare(request, organization, kind, people)
    page = page_of(request, people.order_by("sort_key", "pk").values_list("pk", flat=True))
    here = Member.objects.visible_to(request.actor).filter(pk__in=list(page.object_list))
    card = addresses("members:accounting")
    query = request.GET.copy()
    query.pop("page", None)
    drafts = BlankPaper.objects.visible_to(request.actor).filter(
        organization=organization, kind=PaperKind.ISSUE, blank=kind, state=PaperState.DRAFT
    )
    context = {
        "kinds": kinds_of(organization, kind),
        "kind": kind,
        "form": form,
        "page": page,
        "query": query.urlencode(),
        "drafts": drafts[:MAX_DRAFTS],
        "in_stock": _in_stock(request, organization, kind),
        "rows": [
            (
                one.member.pk,
                card(one.member.pk),
                one.member.full_name,
                [Cell(capfirst(str(IssueReason(one.reason).label))), Cell(one.ground), Cell(one.former)],
            )
            for one in receivers(here, kind)
        ],
        "labels": ["", _("Reason"), _("Ground"), _("In place of №")],
    }
    return render(request, "documents/tickets/issue.html", context)


def _found(people: QuerySet[Member], form: WaitingForm) -> QuerySet[Member]:
    form.is_valid()
    asked = form.cleaned_data
    condition = matching(asked.get("q"))
    if condition is not None:
        people = people.filter(condition)
    if asked.get("why"):
        people = people.filter(Q(decided=asked["why"] == "duplicate"))
    if asked.get("cell"):
        people = people.filter(cell=asked["cell"])
    return people


def _prepare(request: ActorRequest, organization: Organization, kind: str, people: QuerySet[Member]) -> HttpResponse:
    if request.POST.get("all") == "1":
        chosen: Collection[int] = list(people.order_by("sort_key", "pk").values_list("pk", flat=True)[: MAX_LINES + 1])
    else:
        chosen = ids_in(request.POST, most=MAX_LINES + 1)
    try:
        paper = transitions.prepare_issue(
            organization.pk, kind=kind, members=chosen, made_on=timezone.localdate(), by=request.actor
        )
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect(request.get_full_path())
    messages.success(request, _("The sheet is prepared. Look through it, then post it."))
    return redirect("documents:blank_paper", paper.pk)


@require_POST
@needs(Permission.KEEP_BLANKS)
def issue_chosen(request: ActorRequest) -> HttpResponse:
    """Prepare a sheet for the chosen members who wait for a ticket; others are left out."""
    organization = _keeper(request)
    kind = organization.charter.blanks[0]
    ids = selected_ids(request, request.actor)
    if not ids:
        messages.warning(request, _("Nobody is selected. Tick the people first."))
        return redirect(back_to_list(request))
    wait = set(waiting(organization, request.actor, kind).values_list("pk", flat=True)[:MAX_FOUND])
    chosen = [pk for pk in ids if pk in wait]
    if not chosen:
        messages.warning(request, _("All of them have a ticket. A new one needs a decision of the body."))
        return redirect(back_to_list(request))
    try:
        paper = transitions.prepare_issue(
            organization.pk, kind=kind, members=chosen, made_on=timezone.localdate(), by=request.actor
        )
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect(back_to_list(request))
    if out := len(ids) - len(chosen):
        text = ngettext(
            "%(n)s of the chosen has a ticket and is left out.",
            "%(n)s of the chosen have a ticket and are left out.",
            out,
        )
        messages.info(request, text % {"n": out})
    messages.success(request, _("The sheet is prepared. Look through it, then post it."))
    return redirect("documents:blank_paper", paper.pk)


def sheet_context(request: ActorRequest, paper: BlankPaper, form: IssueForm | None = None) -> dict[str, Any]:
    """Return the lines of the paper, page by page, and what a sheet in preparation needs for posting.

    `form` is a refused one.
    """
    shown = IssueLine.objects.visible_to(request.actor).filter(paper=paper)
    lines = page_of(request, shown.select_related("blank").order_by("position"))
    ids = [line.member_id for line in lines]
    context: dict[str, Any] = {
        "lines": lines if lines.paginator.count else None,
        "seen": set(Member.objects.visible_to(request.actor).filter(pk__in=ids).values_list("pk", flat=True)),
    }
    may_post = request.actor.may(Permission.KEEP_BLANKS, paper.organization)
    if may_post and allowed(check_is_issue, paper) and may_become(paper, PaperState.POSTED):
        there = _in_stock(request, paper.organization, paper.blank)
        form = form or IssueForm(initial={"made_on": timezone.localdate()})
        context |= {"post_form": form, "in_stock": there, "short": there < lines.paginator.count}
    return context


@require_http_methods(["GET", "POST"])
@needs(Permission.KEEP_BLANKS)
def opening(request: ActorRequest) -> HttpResponse:
    """List the numbers on cards that the journal does not know, and take over the possible ones."""
    organization = _keeper(request)
    if BlankKind.TICKET not in organization.charter.blanks:
        raise Http404
    form = IssueForm(
        request.POST if request.method == "POST" else None,
        initial={"made_on": timezone.localdate()},
    )
    form.fields["made_on"].label = _("Date of the act")
    if request.method == "POST" and form.is_valid():
        try:
            paper = transitions.take_over_tickets(
                organization.pk, made_on=form.cleaned_data["made_on"], by=request.actor
            )
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The numbers are in the ticket journal."))
            return redirect("documents:blank_paper", paper.pk)
    typed = typed_numbers(organization, request.actor)
    page = page_of(request, typed.whole)
    wrong = dict(typed.conflicts[:MAX_CONFLICTS])
    shown = Member.objects.visible_to(request.actor).only("surname", "given_name", "patronymic", "ticket_number")
    members = shown.in_bulk([*(one.member_id for one in page.object_list), *wrong])
    page.object_list = [members[one.member_id] for one in page.object_list if one.member_id in members]
    context = {
        "form": form,
        "count": len(typed.whole),
        "page": page,
        "conflicts": [(members[pk], why) for pk, why in wrong.items() if pk in members],
        "more_conflicts": max(0, len(typed.conflicts) - MAX_CONFLICTS),
    }
    return render(request, "documents/tickets/opening.html", context)
