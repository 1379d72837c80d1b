"""Proposed changes of cards: made by the cell, settled by the registrar field by field (V-B8)."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members.people.models import Member
from members.people.queries.showing import in_words
from members.people.rules.fields import label_of
from members.people.transitions.cards import note_fields_shown
from registry.access import Actor, require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.sizes import PAGE_LONG_ROWS
from registry.views import ActorRequest, add_violation, load, needs, page_of, say_violation

from ..forms import ProposeForm, SettleForm
from ..models import ChangeProposal
from ..rules import as_meant, readable_proposal
from ..transitions import proposals as transitions

#: Maximum number of settled proposals beside the form of one member.
MAX_RECENT = 5


@require_http_methods(["GET", "POST"])
@needs(Permission.PROPOSE_CHANGES)
def propose(request: ActorRequest, pk: int) -> HttpResponse:
    """Propose new values for a card; unchanged fields are not proposed."""
    members = Member.objects.visible_to(request.actor).select_related("unit__federation", "organization__federation")
    member = load(members, pk)
    require(request.actor, Permission.PROPOSE_CHANGES, member.unit)
    charter = member.unit.charter  # type: ignore[union-attr]
    form = ProposeForm(member, charter, request.actor, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = transitions.propose(
                member.pk, values=form.values, ground=form.cleaned_data["ground"], by=request.actor
            )
        except RuleViolation as refusal:
            add_violation(form, refusal)
        else:
            if made:
                messages.success(request, _("The proposals are with the registrar."))
            else:
                messages.info(request, _("Nothing differs from the card, so nothing was proposed."))
            return redirect("members:detail", member.pk)
    note_fields_shown([member], form.names, by=request.actor)
    own = ChangeProposal.objects.visible_to(request.actor).filter(member=member)
    settled = own.decided().order_by("-decided_at", "-pk")
    context = {
        "member": member,
        "form": form,
        "waiting": _shown(list(own.open()), request.actor),
        "settled": _shown(list(settled[:MAX_RECENT]), request.actor),
    }
    return render(request, "members/changes/propose.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_MEMBERS)
def queue(request: ActorRequest) -> HttpResponse:
    """List waiting proposals by card, and settle all those with a decision, or all of one card, in one step."""
    actor = request.actor
    may_settle = actor.organization is not None and actor.may(Permission.SETTLE_CHANGES, actor.organization)
    found = ChangeProposal.objects.visible_to(actor).to_settle()
    found = found.select_related("member__unit__federation", "proposed_by").order_by("member__sort_key", "member", "pk")
    data = request.POST if request.method == "POST" else None
    page = page_of(request, found, PAGE_LONG_ROWS)
    # Only proposals that were shown are settled, even if others have moved onto the page since.
    shown = list(page) if data is None else list(found.filter(pk__in=_sent(data)))
    proposals = [proposal for proposal in shown if readable_proposal(proposal, actor)]
    everything = request.POST.get("accept_all", "")
    # All shown proposals of one card; decisions chosen on other cards are not applied.
    whole = [proposal.pk for proposal in proposals if everything == str(proposal.member_id)]
    forms = [SettleForm(p, _label(p), None if whole else data) for p in proposals]
    # Every form is validated first, so that all errors are shown.
    if request.method == "POST":
        require(actor, Permission.SETTLE_CHANGES, actor.organization)
        if whole or sum(not form.is_valid() for form in forms) == 0:
            chosen = [] if whole else forms
            accepted = whole or [f.proposal.pk for f in chosen if f.cleaned_data["word"] == "accept"]
            declined = {f.proposal.pk: f.cleaned_data["answer"] for f in chosen if f.cleaned_data["word"] == "decline"}
            try:
                transitions.settle(accepted, declined, by=actor)
            except RuleViolation as refusal:
                say_violation(request, refusal)
            else:
                messages.success(
                    request,
                    _("Accepted: %(accepted)s, declined: %(declined)s.")
                    % {"accepted": len(accepted), "declined": len(declined)},
                )
            return redirect(request.get_full_path())
    for name, asked in groupby(sorted(proposals, key=lambda p: p.field), key=lambda p: p.field):
        note_fields_shown([proposal.member for proposal in asked], [name], by=actor)
    rows = zip(forms, _shown(proposals, actor), strict=True)
    cards = [(member, list(group)) for member, group in groupby(rows, key=lambda row: row[0].proposal.member)]
    context = {"cards": cards, "may_settle": may_settle, "forms": forms, "page": page}
    return render(request, "members/changes/queue.html", context)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def settled(request: ActorRequest) -> HttpResponse:
    """List settled proposals, newest first, with the reasons for declining."""
    found = ChangeProposal.objects.visible_to(request.actor).decided()
    found = found.select_related("member__unit__federation", "decided_by").order_by("-decided_at", "-pk")
    page = page_of(request, found)
    context = {"page": page, "rows": _shown(list(page), request.actor)}
    return render(request, "members/changes/settled.html", context)


@require_POST
@needs(Permission.PROPOSE_CHANGES)
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Withdraw a proposal before it is settled."""
    proposal = load(ChangeProposal.objects.visible_to(request.actor), pk)
    try:
        transitions.withdraw(proposal.pk, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
    return redirect("cells:propose", proposal.member_id)


def _sent(data: QueryDict) -> list[int]:
    """Return the ids of the submitted forms, at most one page."""
    found = (re.fullmatch(r"p([0-9]{1,18})-(word|answer)", name) for name in data)
    return list(dict.fromkeys(int(match[1]) for match in found if match))[:PAGE_LONG_ROWS]


def _label(proposal: ChangeProposal) -> str:
    return capfirst(str(label_of(proposal.field, proposal.member.unit.charter)))  # type: ignore[union-attr]


def _shown(proposals: list[ChangeProposal], actor: Actor) -> list[dict[str, Any]]:
    """Return field, old and new value as text; fields of classes that the actor may not read are left out."""
    rows = []
    for proposal in proposals:
        if not readable_proposal(proposal, actor):
            continue
        charter = proposal.member.unit.charter  # type: ignore[union-attr]
        rows.append(
            {
                "proposal": proposal,
                "label": _label(proposal),
                "before": in_words(proposal.field, as_meant(proposal.before), charter),
                "after": in_words(proposal.field, as_meant(proposal.after), charter),
            }
        )
    return rows
