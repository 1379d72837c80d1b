"""Transitions of orders: adding members, submitting, checking by the region (U-8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from members.people.models import Member
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from .. import rules
from ..book import draft_order
from ..contents import for_existing_order, for_replacement
from ..enums import OrderState, RequestState
from ..models import CardOrder, CardRequest
from ..queries.numbering import next_order_number
from ..queries.readiness import by_member, candidates


def add_to_order(organization_id: int, *, members: Collection[int], reason: str = "", by: Actor) -> CardOrder:
    """Add the members to the organisation's draft order, which is created if there is none (U-8).

    `reason` is the reason to replace a valid card, which stays in use until the new one is handed out. Raises `Blocked`
    (U-8) with the members that have obstacles; then nobody is added.
    """
    with change(by=by, rule="U-8", event="cards.ordered") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.ORDER_CARDS, organization)
        rules.check_can_order(organization)
        here = Member.objects.visible_to(by).registered().filter(organization=organization, pk__in=members)
        # The locks make two officers who choose the same member wait for each other.
        act.lock_many(Member.objects.filter(pk__in=list(here.values_list("pk", flat=True))))
        found = candidates(here)
        if reason:
            for one in found:
                rules.check_reason(one, reason)
            found = [for_replacement(one, reason) for one in found]
        order = draft_order(act, organization)
        rules.check_chosen(found, wanted=len(set(members)), already=order.requests.open().count())
        new = [
            CardRequest(
                member=one.member, organization=organization, order=order, reason=one.reason, replaces=one.former,
                federation=organization.federation,
            )
            for one in found
        ]  # fmt: skip
        act.create_many(CardRequest, new)
        act.about(order, organization=organization, requests=len(new))
    return order


def take_out(request_id: int, *, by: Actor) -> CardRequest:
    """Remove a member from a draft order (U-8)."""
    with change(by=by, rule="U-8", event="cards.taken_out") as act:
        order = _locked_order(act, CardRequest.objects.visible_to(by).get(pk=request_id).order_id)
        request = act.lock(CardRequest.objects.visible_to(by), request_id)
        act.require(Permission.ORDER_CARDS, order.organization)
        rules.check_is_draft(order)
        states.check(request, RequestState.CANCELLED, "U-8")
        request.state = RequestState.CANCELLED
        act.save(request)
        act.about(order, organization=order.organization, request=request.pk)
    return request


def drop_order(order_id: int, *, by: Actor) -> CardOrder:
    """Drop a draft order and cancel its requests (U-8)."""
    with change(by=by, rule="U-8", event="cards.order_dropped") as act:
        order = act.lock(CardOrder.objects.visible_to(by), order_id)
        act.require(Permission.ORDER_CARDS, order.organization)
        states.check(order, OrderState.DROPPED, "U-8")
        requests = act.lock_many(order.requests.open())
        for request in requests:
            request.state = RequestState.CANCELLED
        act.update_many(CardRequest, requests, ["state"])
        order.state = OrderState.DROPPED
        act.save(order)
        act.about(order, organization=order.organization)
    return order


def submit_order(order_id: int, *, by: Actor) -> CardOrder:
    """Submit the order to the regional organisation, after all members are checked once more (U-8).

    Raises `Blocked` (U-8) if a member has left or has obstacles now.
    """
    with change(by=by, rule="U-8", event="cards.submitted") as act:
        order = _locked_order(act, order_id)
        act.require(Permission.ORDER_CARDS, order.organization)
        states.check(order, OrderState.SUBMITTED, "U-8")
        requests = list(order.requests.open())
        rules.check_filled(len(requests))
        check_still_ready(requests, order.organization)
        if order.number is None:
            order.number = next_order_number(order, act.today)
        order.state, order.submitted_on = OrderState.SUBMITTED, act.today
        order.process_on = rules.processing_day(rules.cards_of(order.organization), act.now)
        act.save(order)
        act.about(order, organization=order.organization, requests=len(requests))
    return order


def recall_order(order_id: int, *, by: Actor) -> CardOrder:
    """Turn a submitted order that is not checked yet into a draft again (U-8)."""
    with change(by=by, rule="U-8", event="cards.recalled") as act:
        order = _locked_order(act, order_id)
        act.require(Permission.ORDER_CARDS, order.organization)
        states.check(order, OrderState.DRAFT, "U-8")
        rules.check_no_other_draft(order)
        order.state, order.process_on = OrderState.DRAFT, None
        act.save(order)
        act.about(order, organization=order.organization)
    return order


def check_order(order_id: int, *, rejected: Mapping[int, str] | None = None, by: Actor) -> CardOrder:
    """Accept the requests of a submitted order, except those in `rejected` (U-8).

    `rejected` maps ids of requests to reasons. If all requests are rejected, the order is returned.
    """
    rejected = rejected or {}
    with change(by=by, rule="U-8", event="cards.checked") as act:
        order = act.lock(CardOrder.objects.visible_to(by), order_id)
        act.require(Permission.ORDER_CARDS, order.consolidator)
        states.check(order, OrderState.ACCEPTED, "U-8")
        requests = act.lock_many(order.requests.open())
        rules.check_rejections(rejected, [request.pk for request in requests])
        for request in requests:
            to = RequestState.REJECTED if request.pk in rejected else RequestState.CHECKED
            states.check(request, to, "U-8")
            request.state, request.note = to, rejected.get(request.pk, "").strip()
        act.update_many(CardRequest, requests, ["state", "note"])
        order.state = OrderState.ACCEPTED if len(requests) > len(rejected) else OrderState.RETURNED
        act.save(order)
        act.about(
            order, organization=order.organization, accepted=len(requests) - len(rejected), rejected=len(rejected)
        )
    return order


def check_still_ready(requests: Collection[CardRequest], organization: Organization | None = None) -> None:
    """Raise `Blocked` (U-8) if a member of the requests has left or has obstacles to a card now."""
    members = Member.objects.registered().filter(pk__in=[request.member_id for request in requests])
    if organization is not None:
        members = members.filter(organization=organization)
    found = by_member(for_existing_order(candidates(members)))
    rules.check_ready(requests, found)


def _locked_order(act: Act, order_id: int) -> CardOrder:
    """Lock the organisation and then the order, so that no member is added meanwhile; return the order."""
    visible = CardOrder.objects.visible_to(act.by)
    act.lock(Organization, visible.values_list("organization", flat=True).get(pk=order_id))
    return act.lock(visible, order_id)
