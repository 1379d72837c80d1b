"""Pages of distribution and of settlements between organisations (V-D7)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.papers import settlement_act
from dues.bank.rules.lines import check_keeps_bank
from dues.collecting.views.prints import print_other
from dues.ledger.enums import AccountKind
from dues.money import money
from dues.payments.forms import ReasonForm
from registry.access import Actor, require
from registry.enums import Permission, Role
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from registry.remarks.rules import check_may_remark
from registry.states import allowed, refusal
from registry.views import ActorRequest, ask, load, needs, page_of, posted, run_action

from . import rules
from .forms import ActForm, AnswerForm, ConfirmForm, DecisionForm, DistributeForm, PassOnForm
from .models import Distribution, DistributionDecision, Remittance, SettlementAct
from .queries import by_organization, open_between, owed_from_below, owed_upward, sides, statement
from .transitions import (
    answer_act,
    confirm_remittance,
    decide_shares,
    distribute,
    draw_act,
    pass_on,
    report_not_found,
    take_decision_back,
    take_distribution_back,
    take_remittance_back,
)


def section() -> tuple[str, str]:
    """Return the parent page in the breadcrumbs."""
    return _("Settlements"), reverse("dues:settlements")


def _own(request: ActorRequest) -> Organization:
    own = request.actor.organization
    if own is None or request.actor.role == Role.COLLECTOR:
        raise NotAllowed
    return own


@require_GET
@needs(Permission.VIEW_DUES)
def settlements(request: ActorRequest) -> HttpResponse:
    """Show the organisation's debts and claims, its decisions and distributions, and items that wait for an answer."""
    own, actor = _own(request), request.actor
    records = actor.may(Permission.RECORD_DUES, own)
    decisions = DistributionDecision.objects.visible_to(actor).filter(organization=own)
    distributions = Distribution.objects.visible_to(actor).filter(organization=own).select_related("decision")
    below = page_of(request, by_organization(actor).exclude(organization=own.pk))
    context = {
        "organization": own,
        # Organisations that keep cards have it in the menu.
        "may_load": records and not own.keeps_cards and allowed(check_keeps_bank, own),
        "upward": owed_upward(own),
        "from_below": owed_from_below(own),
        "decisions": [
            (decision, decision.shares.select_related("organization"), allowed(rules.check_decision_unused, decision))
            for decision in decisions[:10]
        ],
        "distributions": distributions[:24],
        "below": below,
        "rows": [_below(row) for row in below],
        "waiting": _waiting(actor, own) if records else [],
        "may_record": records,
        "has_superior": allowed(rules.check_has_superior, own),
    }
    return render(request, "dues/distribution/settlements.html", context)


def _below(row: dict[str, Any]) -> tuple[str, str, str, str]:
    nothing = rules.NOTHING
    owed = (row["raised"] or nothing) - (row["lowered"] or nothing)
    passed = (row["passed"] or nothing) - (row["returned"] or nothing)
    return row["organization__short_name"], money(owed), money(passed), money(owed - passed)


def _waiting(actor: Actor, own: Organization) -> list[Remittance]:
    found = Remittance.objects.visible_to(actor).filter(receiver=own, state="sent")
    return list(found.select_related("organization")[:50])


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def decide(request: ActorRequest) -> HttpResponse:
    """Record a decision on the shares."""
    own = _own(request)
    require(request.actor, Permission.RECORD_DUES, own)
    body = own.bodies.order_by("pk").first()
    form = DecisionForm(
        posted(request),
        organization=own,
        superiors=list(reversed(own.ancestors())),
        initial={"body": body.name if body else ""},
    )

    def step(**data: Any) -> DistributionDecision:
        named = {name: data[name] for name in ("body", "number", "decided_on", "valid_from")}
        return decide_shares(own.pk, **named, shares=form.shares, by=request.actor)

    return ask(
        request,
        form,
        step,
        section=section(),
        title=_("Decision on the distribution of income"),
        lead=_(
            "What is received is shared between your organisation and its superiors. Together the shares are 100 %."
        ),
        button=_("Record the decision"),
        done=_("The decision is recorded."),
        to=reverse("dues:settlements"),
    )


@require_POST
@needs(Permission.RECORD_DUES)
def take_back_decision(request: ActorRequest, pk: int) -> HttpResponse:
    """Delete a decision that was not used for a distribution."""
    decision = load(DistributionDecision.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, decision.organization)
    step = partial(take_decision_back, decision.pk, by=request.actor)
    return run_action(request, step, _("The decision is deleted."), reverse("dues:settlements"))


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def distribute_income(request: ActorRequest) -> HttpResponse:
    """Distribute the income until a day."""
    own = _own(request)
    require(request.actor, Permission.RECORD_DUES, own)
    return ask(
        request,
        DistributeForm(posted(request)),
        partial(distribute, own.pk, by=request.actor),
        section=section(),
        title=_("Distribute income"),
        lead=_("The shares of the superiors are owed from then on. A period is distributed once."),
        button=_("Distribute"),
        done=_("The income is distributed."),
        to=lambda made: reverse("dues:distribution", args=[made.pk]),
        back=reverse("dues:settlements"),
    )


@require_GET
@needs(Permission.VIEW_DUES)
def distribution(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a distribution with its shares."""
    found = load(Distribution.objects.visible_to(request.actor).select_related("organization", "decision"), pk)
    records = request.actor.may(Permission.RECORD_DUES, found.organization)
    context = {
        "distribution": found,
        "facts": [
            (_("Organisation"), found.organization.short_name),
            (_("Decision"), f"{found.decision.body}, {found.decision}"),
            (_("Received in the period, ₽"), money(found.received)),
            (_("Recorded or reversed later in earlier periods, ₽"), money(found.corrections)),
            (_("Shared, ₽"), money(found.amount)),
        ],
        "lines": found.lines.select_related("share__organization"),
        "may_take_back": records and found.taken_back_on is None,
    }
    return render(request, "dues/distribution/distribution.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def take_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo the last distribution."""
    found = load(Distribution.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, found.organization)
    return _reason(
        request,
        partial(take_distribution_back, found.pk, by=request.actor),
        title=_("Take the distribution back"),
        lead=_(
            "What it made the organisation owe is reversed in the books of all. Then the period can be shared again."
        ),
        button=_("Take back"),
        done=_("The distribution is taken back."),
        to=reverse("dues:distribution", args=[pk]),
    )


def _reason(request: ActorRequest, step: Any, **shown: Any) -> HttpResponse:
    return ask(request, ReasonForm(posted(request)), step, section=section(), **shown)


def _pair(request: ActorRequest, pk: int) -> tuple[Organization, Organization, Organization]:
    """Return the actor's organisation, the debtor and its superior. Raises `Http404` for any other pair."""
    own = _own(request)
    if both := sides(own, pk):
        return own, *both
    if pk in own.ancestor_ids:
        return own, own, next(superior for superior in own.ancestors() if superior.pk == pk)
    other = load(Organization.objects.visible_to(request.actor), pk)
    if own.pk not in other.ancestor_ids:
        raise Http404
    return own, other, own


@require_GET
@needs(Permission.VIEW_DUES)
def with_other(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the statement between the actor's organisation and a superior or one below, by the actor's books."""
    own, lower, superior = _pair(request, pk)
    owes = own == lower
    kind = AccountKind.OWED_TO if owes else AccountKind.OWED_BY
    lines = statement(lower, superior, kind)
    records = request.actor.may(Permission.RECORD_DUES, own)
    sums = Remittance.objects.visible_to(request.actor).filter(organization=lower, receiver=superior)
    acts = SettlementAct.objects.visible_to(request.actor).filter(organization=lower, superior=superior)
    context = {
        "other": superior if owes else lower,
        "owes": owes,
        "lines": lines[-200:],
        "left_off": max(len(lines) - 200, 0),
        "open": money(lines[-1].balance if lines else rules.NOTHING),
        "remittances": [
            (
                one,
                records and not owes and allowed(rules.check_can_be_confirmed, one),
                records and not owes and allowed(rules.check_not_found, one, "-"),
                records and owes and allowed(rules.check_remittance_can_be_taken_back, one, "-"),
            )
            for one in sums[:50]
        ],
        "acts": [(act, _answers(act, owes) and records) for act in acts[:20]],
        "may_pass_on": records and owes and bool(lines) and lines[-1].balance > rules.NOTHING,
        "may_record": records,
        "may_print": request.actor.may(Permission.PRINT, own),
        "may_remark": request.actor.may(Permission.REMARK, lower) and allowed(check_may_remark, lower, request.actor),
    }
    return render(request, "dues/distribution/with_other.html", context)


def _answers(act: SettlementAct, owes: bool) -> bool:
    return act.by_superior == owes and allowed(rules.check_can_be_answered, act)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def pass_money_on(request: ActorRequest, pk: int) -> HttpResponse:
    """Record money that is passed on to a superior."""
    own, lower, superior = _pair(request, pk)
    require(request.actor, Permission.RECORD_DUES, own)
    if own != lower:
        raise Http404
    owed = open_between(own, superior)
    return ask(
        request,
        PassOnForm(posted(request), owed=owed, has_cash_desk=own.keeps_cards),
        partial(pass_on, own.pk, superior.pk, by=request.actor),
        section=section(),
        title=_("Pass money on"),
        lead=_("To %(name)s; %(sum)s ₽ are owed.") % {"name": superior.short_name, "sum": money(owed)},
        button=_("Record the money"),
        done=_("The money is recorded. The receiver confirms it."),
        to=reverse("dues:settlement", args=[pk]),
    )


def _remittance(request: ActorRequest, pk: int) -> Remittance:
    related = ("organization", "receiver")
    return load(Remittance.objects.visible_to(request.actor).select_related(*related), pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Confirm that money was received."""
    found = _remittance(request, pk)
    require(request.actor, Permission.RECORD_DUES, found.receiver)
    return ask(
        request,
        ConfirmForm(posted(request)),
        partial(confirm_remittance, found.pk, by=request.actor),
        section=section(),
        title=_("Confirm money"),
        lead=_("%(sum)s ₽ of %(name)s: %(paper)s") % _values(found),
        button=_("Confirm"),
        refused=refusal(rules.check_can_be_confirmed, found),
        done=_("The money is confirmed."),
        to=reverse("dues:settlement", args=[found.organization_id]),
    )


def _values(found: Remittance) -> dict[str, str]:
    return {"sum": money(found.amount), "name": found.organization.short_name, "paper": str(found)}


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def not_found(request: ActorRequest, pk: int) -> HttpResponse:
    """Tell the sender that the money was not received."""
    found = _remittance(request, pk)
    require(request.actor, Permission.RECORD_DUES, found.receiver)
    return _reason(
        request,
        partial(report_not_found, found.pk, by=request.actor),
        title=_("The money did not come"),
        lead=_("%(sum)s ₽ of %(name)s: %(paper)s") % _values(found),
        button=_("Tell the sender"),
        refused=refusal(rules.check_not_found, found, "-"),
        done=_("The sender is told."),
        to=reverse("dues:settlement", args=[found.organization_id]),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def take_money_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo the record of money that was passed on."""
    found = _remittance(request, pk)
    require(request.actor, Permission.RECORD_DUES, found.organization)
    return _reason(
        request,
        partial(take_remittance_back, found.pk, by=request.actor),
        title=_("Take the money back"),
        lead=_("The money is owed again. A cash expense order becomes void."),
        button=_("Take back"),
        refused=refusal(rules.check_remittance_can_be_taken_back, found, "-"),
        done=_("The record is taken back."),
        to=reverse("dues:settlement", args=[found.receiver_id]),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def draw(request: ActorRequest, pk: int) -> HttpResponse:
    """Draw up an act of reconciliation with a superior or an organisation below."""
    own, lower, superior = _pair(request, pk)
    require(request.actor, Permission.RECORD_DUES, own)
    return ask(
        request,
        ActForm(posted(request)),
        partial(draw_act, lower.pk, superior.pk, by_superior=own == superior, by=request.actor),
        section=section(),
        title=_("Act of reconciliation"),
        lead=_("The act shows both books side by side. The other organisation confirms it or names the differences."),
        button=_("Draw the act"),
        done=_("The act is drawn. Print it; the other organisation answers it."),
        to=reverse("dues:settlement", args=[pk]),
    )


def _act(request: ActorRequest, pk: int) -> SettlementAct:
    related = ("organization__federation", "superior__federation")
    return load(SettlementAct.objects.visible_to(request.actor).select_related(*related), pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def answer(request: ActorRequest, pk: int) -> HttpResponse:
    """Confirm an act drawn up by the other organisation."""
    act = _act(request, pk)
    answering, other = (act.organization, act.superior) if act.by_superior else (act.superior, act.organization)
    require(request.actor, Permission.RECORD_DUES, answering)
    values = {"owed": money(act.owed), "claimed": money(act.claimed), "name": act.organization.short_name}
    return ask(
        request,
        AnswerForm(posted(request)),
        partial(answer_act, act.pk, by=request.actor),
        section=section(),
        title=_("Confirm the act of reconciliation"),
        lead=_("%(name)s owes %(owed)s ₽ by its books; the superior claims %(claimed)s ₽.") % values,
        button=_("Confirm"),
        refused=refusal(rules.check_can_be_answered, act),
        done=_("The act is confirmed."),
        to=reverse("dues:settlement", args=[other.pk]),
    )


@require_POST
@needs(Permission.PRINT)
def print_act(request: ActorRequest, pk: int) -> HttpResponse:
    """Print an act of reconciliation."""
    act = _act(request, pk)
    own = request.actor.organization
    place = own if own is not None and own in (act.organization, act.superior) else act.organization
    return print_other(request, settlement_act.ACT, act, place, "V-D7")
