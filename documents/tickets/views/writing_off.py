"""Spoiled, lost, returned and destroyed blanks, stock-taking, and keepers (V-C1, V-B15)."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from registry.access import require
from registry.accounts.models import Account
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.requests import ids_in, number_in
from registry.views import ActorRequest, add_violation, ask, needs

from ..forms import CountForm, DestroyForm, KeeperForm, MoveIssuedForm, WriteOffForm
from ..models import Blank
from ..queries.counting import counted, differences, stock_of
from ..queries.writing_off import answered_for, commission_of, to_collect, void_of, void_since
from ..rules import MAX_LINES
from ..transitions import stock
from ..transitions import writing_off as transitions
from .pages import MAX_SHOWN, ask_paper, kinds_of, numbers_in_stock, own_organization, shown_kind

#: Maximum number of people offered as keepers.
MAX_PEOPLE = 200


def _own(request: ActorRequest) -> Organization:
    organization = own_organization(request)
    require(request.actor, Permission.WRITE_OFF_BLANKS, organization)
    return organization


def _today() -> dict[str, dt.date]:
    return {"made_on": timezone.localdate()}


def _data(request: ActorRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "POST"])
@needs(Permission.WRITE_OFF_BLANKS)
def write_off(request: ActorRequest) -> HttpResponse:
    """Write off spoiled or lost blanks of the stock."""
    organization = _own(request)
    initial = {**_today(), "kind": shown_kind(request, organization)}
    form = WriteOffForm(organization, _data(request), initial=initial)
    return ask_paper(
        request, form, partial(transitions.write_off_blanks, organization.pk, by=request.actor),
        title=_("Write blanks off"), button=_("Write off"), done=_("The blanks are written off."),
        lead=_("Blanks that nobody received. Spoiled ones are crossed out and kept until they are destroyed."),
        beside=numbers_in_stock(organization),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Permission.WRITE_OFF_BLANKS)
def move_issued(request: ActorRequest) -> HttpResponse:
    """Record issued blanks that were returned, lost or are void; those to collect are listed (V-B14)."""
    organization = _own(request)
    waiting = to_collect(organization).select_related("member", "issue_line")
    rows = list(waiting.order_by("member__ended_on", "kind", "series", "number")[:MAX_LINES])
    initial = {**_today(), "kind": shown_kind(request, organization)}
    chosen = answered_for(organization)
    one = chosen.filter(pk=number_in(request.GET.get("blank", "")) or 0).first()
    if one is not None:
        initial |= {"kind": one.kind, "numbers": one.number_text}
    form = MoveIssuedForm(organization, chosen, _data(request), initial=initial, listed=bool(rows))
    return ask_paper(
        request, form, partial(transitions.move_issued, organization.pk, by=request.actor),
        title=_("Returned, lost and void tickets"), button=_("Record it"), done=_("It is recorded."),
        lead=_("What members return or lose, and tickets of those who left. They wait for the act of destruction."),
        template="documents/tickets/choose.html", rows=rows, rows_title=_("To collect from those who left"),
        picked=_picked(form, rows, everything=False),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Permission.WRITE_OFF_BLANKS)
def destroy(request: ActorRequest) -> HttpResponse:
    """Post the act on destroying void blanks (V-B15)."""
    organization = _own(request)
    kind = shown_kind(request, organization)
    chosen = void_of(organization).filter(kind=kind)
    rows = list(void_since(chosen).select_related("issue_line", "member").order_by("series", "number")[:MAX_LINES])
    people = "\n".join(commission_of(organization, timezone.localdate()))
    form = DestroyForm(chosen, _data(request), initial={**_today(), "signed_by": people})
    return ask_paper(
        request, form, partial(transitions.destroy_blanks, organization.pk, kind=kind, by=request.actor),
        title=_("Destroy void blanks"), button=_("Post the act"),
        done=_("The act is posted. Print it and have it signed."),
        lead=_("At the end of the year the commission destroys everything that is void. The act cannot be changed."),
        template="documents/tickets/choose.html", rows=rows, rows_title=_("Void blanks"), kind=kind,
        kinds=kinds_of(organization, kind), picked=_picked(form, rows, everything=True),
        nothing=_("No void blanks wait."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Permission.WRITE_OFF_BLANKS)
def count(request: ActorRequest) -> HttpResponse:
    """Enter the result of a stock-taking; the differences are shown before they are posted (V-C1)."""
    organization = _own(request)
    kind = shown_kind(request, organization)
    people = "\n".join(commission_of(organization, timezone.localdate()))
    form = CountForm(organization, _data(request), initial={**_today(), "kind": kind, "signed_by": people})
    should = stock_of(organization, kind)
    found = None
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data}
        agreed = values.pop("agreed")
        there = counted(should, values.pop("how"), values.pop("numbers"))
        found = differences(organization, kind, there)
        if agreed and agreed == found.fingerprint:
            try:
                paper = transitions.take_stock(
                    organization.pk, counted=there, agreed=agreed, by=request.actor, **values
                )
            except RuleViolation as violation:
                add_violation(form, violation)
            else:
                messages.success(request, _("The stock-taking is posted."))
                return redirect("documents:blank_paper", paper.pk)
    context = {
        "form": form, "title": _("Stock-taking"), "found": found, "should": should[:MAX_SHOWN],
        "should_count": sum(one.count for one in should), "kinds": kinds_of(organization, kind), "kind": kind,
    }  # fmt: skip
    return render(request, "documents/tickets/count.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.WRITE_OFF_BLANKS)
def keeper(request: ActorRequest) -> HttpResponse:
    """Appoint the keeper of the blanks, who is responsible for them."""
    organization = _own(request)
    at_work = Account.objects.visible_to(request.actor).filter(
        appointments__in=organization.appointments.current(),
    )
    people = [(one.pk, one.full_name) for one in at_work.distinct().order_by("surname", "pk")[:MAX_PEOPLE]]
    form = KeeperForm(organization, _data(request), people=people, initial={"kind": shown_kind(request, organization)})
    return ask(
        request,
        form,
        partial(stock.name_keeper, organization.pk, by=request.actor),
        title=_("Who keeps the blanks"),
        button=_("Name the keeper"),
        done=_("The keeper is named."),
        to=reverse("documents:blanks"),
        template="documents/tickets/form.html",
    )


def _picked(form: Any, rows: list[Blank], *, everything: bool) -> set[int]:
    """Return the ids of the ticked rows: the submitted ones, or initially all or none."""
    if not form.is_bound:
        return {row.pk for row in rows} if everything else set()
    return set(ids_in(form.data))
