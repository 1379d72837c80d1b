"""Unfinished matters that block the end of an organisation: meetings, decisions, transfers, lists (N-H3)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.ecards.enums import ACCEPTED_REQUESTS, OPEN_ORDERS, PRODUCTION_REQUESTS, DeliveryState
from documents.ecards.models import CardDelivery, CardOrder, CardRequest
from documents.tickets.models import BlankPaper, BlankStock
from dues.bank.models import BankLine
from dues.collecting.enums import OPEN_REGISTERS, RegisterState
from dues.collecting.models import PaymentRegister
from dues.distribution.enums import ON_THE_WAY
from dues.distribution.models import Remittance, not_distributed
from dues.ledger.enums import AccountKind
from dues.ledger.models import LedgerEntry
from dues.money import roubles
from dues.payroll.enums import OPEN_LISTS
from dues.payroll.models import PayrollList
from members.admission.models import Application
from members.lists.models import ImportBatch
from members.meetings.enums import AppealState, ItemState
from members.meetings.models import AgendaItem, Appeal, Meeting
from members.people.models import MemberQuerySet
from members.reconciliation.enums import ReconciliationState
from members.reconciliation.models import Reconciliation
from registry.access import Actor
from registry.days import day_text, moment_text
from registry.enums import DataClass, Permission
from registry.errors import Obstacle
from registry.organizations.models import Organization
from registry.organizations.rules.tree import MAX_NAMED, with_rest

from ..enums import TransferState
from ..models import Transfer


def reads_cards(by: Actor, organization: Organization) -> bool:
    """Return whether the actor may see names and pages of the organisation's people."""
    return by.may(Permission.VIEW_MEMBERS, organization) and by.reads(DataClass.GENERAL)


def member_obstacles(people: MemberQuerySet, organization: Organization, by: Actor) -> list[Obstacle]:
    """Return the people registered there: by name if the actor may see their cards, otherwise their number."""
    count = people.count()
    if not count:
        return []
    if reads_cards(by, organization):
        lines = [
            Obstacle(_("Member: %(name)s") % {"name": m.full_name}, "members:detail", m.pk)
            for m in people.alphabetical()[:MAX_NAMED]
        ]
        return with_rest(lines, count)
    text = ngettext("%(count)s registered member", "%(count)s registered members", count)
    return [Obstacle(text % {"count": count})]


def application_obstacles(organization: Organization, by: Actor) -> list[Obstacle]:
    """Return applications that are not decided yet."""
    waiting = Application.objects.filter(organization=organization).open().order_by("filed_on", "pk")
    count = waiting.count()
    if count and not reads_cards(by, organization):
        text = ngettext("%(count)s application not decided", "%(count)s applications not decided", count)
        return [Obstacle(text % {"count": count})]
    lines = [
        Obstacle(
            _("Application of %(day)s not decided: %(name)s") % {"day": day_text(a.filed_on), "name": a.full_name},
            "applications:detail",
            a.pk,
        )
        for a in waiting[:MAX_NAMED]
    ]
    return with_rest(lines, count)


def meeting_obstacles(organization: Organization, by: Actor) -> list[Obstacle]:
    """Return meetings that are planned or whose minutes are not closed."""
    found = Meeting.objects.open().filter(organization=organization)
    page = "meetings:detail" if reads_cards(by, organization) else ""
    lines = [
        Obstacle(
            _("Meeting of %(day)s: %(state)s") % {"day": day_text(m.held_on), "state": m.get_state_display()},
            page,
            m.pk,
        )
        for m in found.order_by("held_on", "pk")[:MAX_NAMED]
    ]
    return with_rest(lines, found.count())


def item_obstacles(organization: Organization) -> list[Obstacle]:
    """Return items that wait for a decision of the organisation's bodies and are not on an agenda."""
    found = AgendaItem.objects.filter(organization=organization, state=ItemState.WAITING).order_by("filed_on", "pk")
    lines = [
        Obstacle(
            _("Waits for a decision since %(day)s: %(kind)s")
            % {"day": day_text(item.filed_on), "kind": item.get_kind_display()}
        )
        for item in found[:MAX_NAMED]
    ]
    return with_rest(lines, found.count())


def appeal_obstacles(organization: Organization, by: Actor) -> list[Obstacle]:
    """Return appeals that wait for the organisation's body, and those against its decisions."""
    concerned = Q(organization=organization) | Q(against__organization=organization)
    found = Appeal.objects.filter(concerned, state=AppealState.RECEIVED).order_by("received_on", "pk")
    page = "meetings:appeal" if reads_cards(by, organization) else ""
    lines = [
        Obstacle(_("Appeal of %(day)s not decided") % {"day": day_text(appeal.received_on)}, page, appeal.pk)
        for appeal in found[:MAX_NAMED]
    ]
    return with_rest(lines, found.count())


def transfer_obstacles(organization: Organization, by: Actor) -> list[Obstacle]:
    """Return unanswered requests for transfers from or to the organisation."""
    sides = Q(source=organization) | Q(source_unit=organization) | Q(target=organization)
    found = Transfer.objects.filter(sides, state=TransferState.REQUESTED)
    page = "moves:detail" if reads_cards(by, organization) else ""
    lines = [
        Obstacle(
            _("Transfer of %(day)s not answered: from «%(source)s» to «%(target)s»")
            % {
                "day": day_text(t.started_on),
                "source": t.source.short_name,
                "target": t.target.short_name if t.target else "—",
            },
            page,
            t.pk,
        )
        for t in found.select_related("source", "target").order_by("started_on", "pk")[:MAX_NAMED]
    ]
    return with_rest(lines, found.count())


def transit_obstacles(cell: Organization, by: Actor) -> list[Obstacle]:
    """Return cards in transit from the cell: if called off, they would return to it (V-B10)."""
    found = Transfer.objects.filter(source_unit=cell, state=TransferState.IN_TRANSIT)
    page = "moves:detail" if reads_cards(by, cell) else ""
    lines = [
        Obstacle(_("Card in transit since %(day)s") % {"day": day_text(t.started_on)}, page, t.pk)
        for t in found.order_by("started_on", "pk")[:MAX_NAMED]
    ]
    return with_rest(lines, found.count())


def reconciliation_obstacles(organization: Organization, by: Actor, *states: ReconciliationState) -> list[Obstacle]:
    """Return reconciliations of the organisation in one of the states."""
    found = Reconciliation.objects.filter(unit=organization, state__in=states).order_by("year")
    page = "cells:reconcile" if reads_cards(by, organization) else ""
    lines = [
        Obstacle(
            _("Reconciliation of %(year)s: %(state)s") % {"year": r.year, "state": r.get_state_display()}, page, r.pk
        )
        for r in found[:MAX_NAMED]
    ]
    return with_rest(lines, found.count())


def blank_obstacles(organization: Organization, by: Actor) -> list[Obstacle]:
    """Return the blanks in stock, and those in transit from or to the organisation (V-C1)."""
    looks = by.may(Permission.VIEW_MEMBERS, organization)
    stocks = BlankStock.objects.filter(organization=organization).filter(Q(in_stock__gt=0) | Q(on_the_way__gt=0))
    found = []
    for stock in stocks.order_by("kind"):
        text = ngettext(
            "%(count)s blank in stock or on the way (%(kind)s)", "%(count)s blanks in stock or on the way (%(kind)s)",
            stock.in_stock + stock.on_the_way,
        )  # fmt: skip
        words = {"count": stock.in_stock + stock.on_the_way, "kind": stock.get_kind_display()}
        found.append(Obstacle(text % words, "documents:blank_balance" if looks else "", organization.pk))
    acts = BlankPaper.objects.to_confirm().filter(receiver=organization).order_by("made_on", "pk")
    lines = [
        Obstacle(
            _("Blanks on the way, act № %(number)s of %(day)s") % {"number": act.number, "day": day_text(act.made_on)},
            "documents:blank_paper" if looks else "",
            act.pk,
        )
        for act in acts[:MAX_NAMED]
    ]
    return [*found, *with_rest(lines, acts.count())]


def card_obstacles(organization: Organization, by: Actor) -> list[Obstacle]:
    """Return obstacles from electronic cards: unchecked orders, cards in production, in transit or not handed out."""
    looks = by.may(Permission.VIEW_MEMBERS, organization)
    orders = CardOrder.objects.filter(
        Q(organization=organization) | Q(consolidator=organization), state__in=OPEN_ORDERS
    )
    lines = [
        Obstacle(
            _("%(order)s: %(state)s") % {"order": order, "state": order.get_state_display()},
            "documents:card_order" if looks else "",
            order.pk,
        )
        for order in orders.order_by("pk")[:MAX_NAMED]
    ]
    found = with_rest(lines, orders.count())
    moving = CardDelivery.objects.filter(Q(giver=organization) | Q(receiver=organization))
    moving = moving.filter(state=DeliveryState.ON_THE_WAY).order_by("pk")
    lines = [
        Obstacle(
            _("Electronic cards on the way: %(what)s") % {"what": one},
            "documents:card_delivery" if looks else "",
            one.pk,
        )
        for one in moving[:MAX_NAMED]
    ]
    found += with_rest(lines, moving.count())
    waiting = Q(state__in=(*ACCEPTED_REQUESTS, *PRODUCTION_REQUESTS), order__consolidator=organization)
    passing = CardRequest.objects.in_hand(organization).exclude(organization=organization)
    if count := CardRequest.objects.filter(waiting).count() + passing.count():
        text = ngettext("%(count)s electronic card in work", "%(count)s electronic cards in work", count)
        found.append(Obstacle(text % {"count": count}))
    return found


def register_obstacles(organization: Organization, by: Actor) -> list[Obstacle]:
    """Return open payment registers, and those whose money is not handed in to the organisation."""
    looks = by.may(Permission.VIEW_DUES, organization)
    kept = Q(organization=organization, state__in=(*OPEN_REGISTERS, RegisterState.CLOSED))
    registers = PaymentRegister.objects.filter(kept | Q(cell=organization, state__in=OPEN_REGISTERS)).order_by("pk")
    lines = [
        Obstacle(_register_text(register), "dues:register" if looks else "", register.pk)
        for register in registers[:MAX_NAMED]
    ]
    return [*with_rest(lines, registers.count()), *_cash_obstacles(organization, looks=looks)]


def _cash_obstacles(organization: Organization, *, looks: bool) -> list[Obstacle]:
    """Return an obstacle if there is money in the cash desk, because it has to be taken to the bank first (V-D6)."""
    held = sum(_balances(organization, AccountKind.CASH), Decimal(0))
    if not held:
        return []
    text = _("Money in the cash desk: %(sum)s") % {"sum": roubles(held)} if looks else _("Money in the cash desk")
    return [Obstacle(text)]


def _balances(organization: Organization, kind: AccountKind) -> list[Decimal]:
    """Return the balances of the organisation's accounts of this kind that are not zero."""
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    for side, sign in (("debit", 1), ("credit", -1)):
        entries = LedgerEntry.objects.filter(organization=organization, **{f"{side}__kind": kind}).order_by()
        for pk, total in entries.values_list(side).annotate(Sum("amount")):
            sums[pk] += sign * total
    return [total for total in sums.values() if total]


def settlement_obstacles(organization: Organization) -> list[Obstacle]:
    """Return income, debts and claims that are not settled with other organisations, and money in transit (V-D7)."""
    found = []
    if income := not_distributed(organization, organization.today):
        text = _("Income since %(day)s is not distributed")
        found.append(Obstacle(text % {"day": day_text(income[0])}))
    if count := len(_balances(organization, AccountKind.OWED_TO)):
        text = ngettext(
            "A share of income is owed to %(n)s organisation", "Shares of income are owed to %(n)s organisations", count
        )
        found.append(Obstacle(text % {"n": count}))
    if count := len(_balances(organization, AccountKind.OWED_BY)):
        text = ngettext("%(n)s organisation owes a share of income", "%(n)s organisations owe shares of income", count)
        found.append(Obstacle(text % {"n": count}))
    passed = Remittance.objects.filter(Q(organization=organization) | Q(receiver=organization), state__in=ON_THE_WAY)
    if count := passed.count():
        text = ngettext(
            "%(n)s sum between organisations is not confirmed",
            "%(n)s sums between organisations are not confirmed",
            count,
        )
        found.append(Obstacle(text % {"n": count}))
    return found


def payroll_obstacles(organization: Organization) -> list[Obstacle]:
    """Return the lists of employers that are neither posted nor discarded (U-D1)."""
    count = PayrollList.objects.filter(employer__organization=organization, state__in=OPEN_LISTS).count()
    if not count:
        return []
    text = ngettext("%(n)s list of an employer is not posted", "%(n)s lists of employers are not posted", count)
    return [Obstacle(text % {"n": count})]


def bank_obstacles(organization: Organization) -> list[Obstacle]:
    """Return the payments of bank statements that are not identified yet."""
    count = BankLine.objects.unidentified().filter(organization=organization).count()
    if not count:
        return []
    text = ngettext("%(count)s bank payment not identified", "%(count)s bank payments not identified", count)
    return [Obstacle(text % {"count": count})]


def _register_text(register: PaymentRegister) -> str:
    words = {"register": register, "state": register.get_state_display()}
    if register.number is None:
        return _("Payment register: %(state)s") % words
    return _("Payment register %(register)s: %(state)s") % words


def batch_obstacles(organization: Organization) -> list[Obstacle]:
    """Return uploaded lists that are neither finished nor discarded, with their uploaders."""
    waiting = ImportBatch.objects.open().filter(organization=organization)
    lines = [Obstacle(_unfinished(batch)) for batch in waiting.select_related("uploaded_by")[:MAX_NAMED]]
    return with_rest(lines, waiting.count())


def _unfinished(batch: ImportBatch) -> str:
    words: dict[str, Any] = {"day": moment_text(batch.uploaded_at)}
    if batch.uploaded_by is None:
        return _("Uploaded list of %(day)s that is not finished") % words
    words["who"] = batch.uploaded_by.full_name
    return _("Uploaded list of %(day)s that is not finished (%(who)s)") % words
