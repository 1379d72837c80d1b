"""Pages of property contributions (V-D2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dues.money import money, roubles
from dues.payments.forms import ReasonForm
from members.meetings.models import AgendaItem
from registry.access import Actor, require
from registry.days import day_text
from registry.enums import Permission, Role
from registry.errors import NotAllowed, RuleViolation
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.requests import number_in
from registry.states import allowed, refusal
from registry.views import ActorRequest, add_violation, ask, load, needs, page_of, posted, say_violation

from .forms import ContributionForm
from .jobs import KIND
from .models import PropertyContribution
from .queries import decided_items, not_charged, people_of, sums_by_contribution, sums_by_organization, sums_of
from .rules import check_can_be_cancelled, check_is_cancelled, check_is_valid, check_sets_contributions
from .transitions import cancel_contribution, charge_contribution, reverse_contribution, set_contribution

#: Lists of names on the page of a contribution.
_WHO = ("", "owed", "paid")


def section() -> tuple[str, str]:
    """Return the parent page in the breadcrumbs."""
    return _("Property contributions"), reverse("dues:contributions")


def _own(request: ActorRequest) -> Organization:
    own = request.actor.organization
    if own is None or request.actor.role == Role.COLLECTOR:
        raise NotAllowed
    return own


def _sets(actor: Actor, own: Organization) -> bool:
    return actor.may(Permission.RECORD_DUES, own) and allowed(check_sets_contributions, own)


@require_GET
@needs(Permission.VIEW_DUES)
def contributions(request: ActorRequest) -> HttpResponse:
    """List the contributions of the organisation, of those above it and below, with the sums in its own books."""
    own, actor = _own(request), request.actor
    page = page_of(request, PropertyContribution.objects.visible_to(actor).select_related("organization"))
    sums = sums_by_contribution(actor, [one.pk for one in page])
    rows = [(one, *_texts(sums.get(one.pk))) for one in page]
    sets = _sets(actor, own)
    context = {
        "organization": own,
        "page": page,
        "rows": rows,
        "sets": sets,
        "decided": decided_items(own, actor) if sets else [],
    }
    return render(request, "dues/contributions/contributions.html", context)


def _texts(sums: Any) -> tuple[str, str, str]:
    return (money(sums.charged), money(sums.paid), money(sums.owed)) if sums is not None else ("—", "—", "—")


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def add(request: ActorRequest) -> HttpResponse:
    """Record a decision on a contribution and charge it, after confirming how many people owe how much.

    `?item=` names an adopted item of an agenda.
    """
    own = _own(request)
    require(request.actor, Permission.RECORD_DUES, own)
    if (refused := refusal(check_sets_contributions, own)) is not None:
        say_violation(request, refused)
        return redirect("dues:contributions")
    pk = number_in(request.GET.get("item", ""))
    item = load(AgendaItem.objects.visible_to(request.actor).select_related("meeting__body"), pk) if pk else None
    form = ContributionForm(posted(request), item=item)
    context = {"form": form, "item": item, "organization": own, "back": reverse("dues:contributions")}
    if form.is_valid():
        try:
            question = _question(own, form.values, request.actor)
            if request.POST.get("seen") == question["seen"] and "show" not in request.POST:
                return _charged(request, set_contribution(own.pk, **form.values, by=request.actor))
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            context |= question
    return render(request, "dues/contributions/add.html", context)


def _question(own: Organization, values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Return who would be charged and how much, with the values that the confirmation has to repeat; nothing is
    recorded.

    Raises `RuleViolation` as recording does.
    """
    with transaction.atomic():
        made = set_contribution(own.pk, **values, by=actor)
        count = not_charged(made).count()
        transaction.set_rollback(True)
    terms = values["terms"]
    facts = [
        (_("What it is for"), made.title),
        (_("Owed by"), _("members registered on %(day)s") % {"day": day_text(made.decided_on)}),
        (_("People"), str(count)),
        (_("Sum for one member"), roubles(made.amount)),
        (_("To pay by"), _in_words(terms)),
        (_("Sum for all"), roubles(made.amount * count)),
    ]
    seen = " ".join([str(count), str(made.decided_on), *(f"{term.due_on}:{term.amount}" for term in terms)])
    return {"asked": facts, "seen": seen, "count": count}


def _in_words(terms: Iterable[Any]) -> str:
    return "; ".join(f"{roubles(term.amount)} – {day_text(term.due_on)}" for term in terms)


def _charged(request: ActorRequest, contribution: PropertyContribution) -> HttpResponse:
    """Charge the contribution: at once in the organisation's own books, by a job in those below."""
    organization = contribution.organization
    if organization.keeps_cards:
        count = charge_contribution(contribution.pk, organization.pk, by=request.actor)
        text = ngettext("The contribution is charged to %(n)s person.", "It is charged to %(n)s people.", count)
        messages.success(request, text % {"n": count})
    else:
        start_job(KIND, {"id": contribution.pk}, by=request.actor)
        text = _("It is being charged in the organisations below. Open this page again to see how far it is.")
        messages.success(request, text)
    return redirect("dues:contribution", contribution.pk)


@require_GET
@needs(Permission.VIEW_DUES)
def contribution(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a contribution: its decision, terms and sums, by organisation and by person; `?who=` narrows the people."""
    actor = request.actor
    found = load(PropertyContribution.objects.visible_to(actor).select_related("organization"), pk)
    own = _own(request)
    may = actor.may(Permission.RECORD_DUES, found.organization)
    who = request.GET.get("who", "")
    who = who if who in _WHO else ""
    sums = sums_of(found, actor)
    people = people_of(found, actor, who).select_related("organization")
    page = page_of(request, people)
    address = reverse("dues:contribution", args=[pk])
    labels = {"": _("Charged"), "owed": _("Owe"), "paid": _("Paid in full")}
    valid = allowed(check_is_valid, found)
    places = [] if own.keeps_cards or own.level == own.charter.cell else sums_by_organization(found, actor)
    context = {
        "contribution": found,
        "facts": _facts(found),
        "people": sums.people,
        "charged": money(sums.charged), "paid": money(sums.paid), "owed": money(sums.owed),
        "urls": {key or "all": f"{address}?who={key}#people" for key in _WHO},
        "places": [(name, place.people, *_texts(place)) for name, place in places],
        "page": page,
        "rows": [(one, money(one.charged), money(one.paid), money(one.charged - one.paid)) for one in page],
        "tabs": [(labels[key], f"{address}?who={key}#people", key == who) for key in _WHO],
        "names": not own.keeps_cards,
        "uncharged": not_charged(found).count() if may and valid else 0,
        "may_cancel": may and valid,
        "may_reverse": may and sums.owed > 0 and allowed(check_is_cancelled, found),
    }  # fmt: skip
    return render(request, "dues/contributions/contribution.html", context)


def _facts(found: PropertyContribution) -> list[tuple[str, str]]:
    return [
        (_("Organisation"), found.organization.short_name),
        (_("Decision"), found.paper),
        (_("Owed by"), _("members registered on %(day)s") % {"day": day_text(found.decided_on)}),
        (_("Sum for one member"), roubles(found.amount)),
        (_("To pay by"), _in_words(found.terms.all())),
        (_("Order of spending"), found.spending),
    ]


@require_POST
@needs(Permission.RECORD_DUES)
def charge(request: ActorRequest, pk: int) -> HttpResponse:
    """Charge the contribution to the members not charged yet, or continue the reversal of a cancelled one."""
    found = load(PropertyContribution.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, found.organization)
    if allowed(check_is_cancelled, found):
        _reverse(request, found)
        messages.success(request, _reversed_text(found.organization))
        return redirect("dues:contribution", pk)
    return _charged(request, found)


def _reverse(request: ActorRequest, contribution: PropertyContribution) -> None:
    """Reverse a cancelled contribution: at once in the organisation's own books, by a job in those below."""
    if contribution.organization.keeps_cards:
        reverse_contribution(contribution.pk, contribution.organization.pk, by=request.actor)
    else:
        start_job(KIND, {"id": contribution.pk}, by=request.actor)


def _reversed_text(organization: Organization) -> str:
    if organization.keeps_cards:
        return _("The contribution is cancelled. Nothing is owed of it now.")
    return _("The contribution is cancelled. What is not paid is being reversed in the organisations below.")


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def cancel(request: ActorRequest, pk: int) -> HttpResponse:
    """Cancel a contribution and reverse its unpaid part."""
    found = load(PropertyContribution.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, found.organization)

    def step(reason: str) -> None:
        cancel_contribution(found.pk, reason=reason, by=request.actor)
        _reverse(request, found)

    return ask(
        request,
        ReasonForm(posted(request), help_text=_("Such as: the conference has revoked its decision.")),
        step,
        section=section(),
        title=_("Cancel the contribution"),
        lead=_("%(title)s: what is not paid is reversed for everybody. What was paid stays and is not refunded.")
        % {"title": found.title},
        button=_("Cancel the contribution"),
        refused=refusal(check_can_be_cancelled, found, "-"),
        done=_reversed_text(found.organization),
        to=reverse("dues:contribution", args=[pk]),
        icon="x",
    )
