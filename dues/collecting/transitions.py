"""Transitions of collecting dues: appointments, payment registers, cash receipt orders (V-D4 to V-D6, N-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Max

from dues.ledger import book as ledger
from dues.ledger.enums import AccountKind
from dues.ledger.rules.closing import check_open, closed_until
from dues.ledger.rules.holdings import left_to_hand_in
from dues.payments.queries import members_of, owing
from dues.payments.rules import RowsRefused, check_no_row_refused
from dues.payments.transitions import Paid, post_checked
from dues.rates.rules.rates import rates_of
from members.people.models import Member
from registry.access import Actor
from registry.accounts.models import Account
from registry.days import day_text
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.sizes import CHUNK_UPDATED
from registry.transitions import Act, change

from . import rules
from .enums import RegisterState
from .models import CashOrder, CollectorOrder, PaymentRegister, RegisterLine
from .queries import offered_in

#: Maximum number of people in one register.
MAX_LINES = 1_000


def appoint_collector(
    organization_id: int,
    *,
    number: str,
    issued_on: dt.date,
    full_name: str,
    collector_id: int | None = None,
    cells: Sequence[int] = (),
    valid_until: dt.date | None = None,
    by: Actor,
) -> CollectorOrder:
    """Record the order that appoints a collector of dues (V-D4).

    Raises `RuleViolation`, `NotAllowed`, `DoesNotExist` for a cell or account that the actor does not see.
    """
    with change(by=by, rule="V-D4", event="dues.collector_appointed") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        rules.check_collects_by_registers(organization)
        found = [Organization.objects.visible_to(by).get(pk=pk) for pk in cells]
        collector = Account.objects.get(pk=collector_id) if collector_id is not None else None
        rules.check_order(
            organization,
            number=number,
            issued_on=issued_on,
            full_name=full_name,
            collector=collector,
            cells=found,
            valid_until=valid_until,
            today=act.today,
        )
        order = CollectorOrder(
            organization=organization,
            number=number.strip(),
            issued_on=issued_on,
            full_name=full_name.strip(),
            collector=collector,
            valid_until=valid_until,
        )
        act.save(order)
        order.cells.set(found)
        act.about(order, organization=organization)
    return order


def end_appointment(order_id: int, *, ended_on: dt.date, reason: str, by: Actor) -> None:
    """End a collector's appointment from this day on (V-D4). Raises `RuleViolation`, `NotAllowed`."""
    with change(by=by, rule="V-D4", event="dues.collector_ended") as act:
        order = act.lock(CollectorOrder.objects.visible_to(by), order_id)
        act.require(Permission.RECORD_DUES, order.organization)
        rules.check_can_be_ended(order, ended_on, reason, act.today)
        order.ended_on, order.reason = ended_on, reason.strip()
        act.save(order)
        act.about(order, organization=order.organization)


def open_register(
    order_id: int, *, cell_id: int | None, fee: str, year: int | None, contribution_id: int | None = None, by: Actor
) -> PaymentRegister:
    """Open a register of those who owe the fee in the cell, or in the whole organisation (V-D5).

    Raises `RuleViolation`, `NotAllowed`, `DoesNotExist`.
    """
    with change(by=by, rule="V-D5", event="dues.register_opened") as act:
        order = CollectorOrder.objects.visible_to(by).get(pk=order_id)
        # The cell too, so that it is not merged or moved meanwhile.
        ids = [pk for pk in (order.organization_id, cell_id) if pk is not None]
        places = {place.pk: place for place in act.lock_many(Organization.objects.filter(pk__in=ids))}
        if len(places) < len(ids):
            raise Organization.DoesNotExist
        organization = places[order.organization_id]
        cell = places[cell_id] if cell_id is not None else None
        order = act.lock(CollectorOrder.objects.visible_to(by), order_id)
        act.require(Permission.COLLECT_DUES, cell or organization)
        rules.check_is_collector(by, order)
        rules.check_in_force(order, act.today)
        rules.check_covers(order, cell)
        rules.check_works(cell or organization)
        offered = offered_in(organization, act.today)
        what = (fee, year, contribution_id)
        purpose = rules.check_kind(next((one for one in offered if one.what == what), None))
        rules.check_no_other_open(organization, cell, what)
        register = PaymentRegister(
            organization=organization, order=order, cell=cell, fee=fee, year=year, contribution_id=contribution_id
        )
        act.save(register)
        people = members_of(cell or organization, Member.objects.registered())
        found = owing(people, purpose, rates_of(organization.federation), act.today).order_by("sort_key", "pk")
        RegisterLine.objects.bulk_create(
            RegisterLine(register=register, member=member, position=position)
            for position, member in enumerate(found.only("pk")[:MAX_LINES], start=1)
        )
        act.about(register, organization=organization, fee=fee, year=year)
    return register


def add_to_register(register_id: int, member_id: int, *, by: Actor) -> RegisterLine:
    """Add a member who pays without owing the fee (V-D3, V-D5). A member who is in the register keeps their line.

    Raises `RuleViolation`, `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="V-D5", event="dues.register_line_added") as act:
        register = _lock_register(act, register_id)
        rules.check_is_open(register)
        people = members_of(register.place, Member.objects.registered())
        member = people.get(pk=member_id)
        line = register.lines.filter(member=member).first()
        if line is None:
            rules.check_room(register, MAX_LINES)
            last = register.lines.aggregate(last=Max("position"))["last"] or 0
            line = RegisterLine.objects.create(register=register, member=member, position=last + 1)
        else:
            act.silent = True
        act.about(register, organization=register.organization, line=line.pk)
    return line


def begin_collecting(register_id: int, *, by: Actor) -> PaymentRegister:
    """Give the register its number, with which it is printed to collect signatures (V-D5).

    Numbers of a year have no gaps. Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="V-D5", event="dues.register_begun") as act:
        register = _lock_register(act, register_id, numbered=True)
        rules.check_can_begin(register)
        rules.check_in_force(register.order, act.today)
        year = act.today.year
        numbered = PaymentRegister.objects.filter(organization=register.organization, number_year=year)
        register.number = (numbered.aggregate(last=Max("number"))["last"] or 0) + 1
        register.number_year, register.opened_on = year, act.today
        register.state = RegisterState.COLLECTING
        act.save(register)
        act.about(register, organization=register.organization)
    return register


def enter_sums(register_id: int, sums: Mapping[int, tuple[Decimal | None, dt.date | None]], *, by: Actor) -> int:
    """Store the sum and the day of each line, by the line's id; None clears a line (V-D5).

    Returns the number of lines that changed. Raises `RowsRefused` with the refusals of all lines, `RuleViolation`,
    `NotAllowed`, `RegisterLine.DoesNotExist`.
    """
    with change(by=by, rule="V-D5", event="dues.register_filled") as act:
        register = _lock_register(act, register_id)
        rules.check_is_open(register)
        lines = {line.pk: line for line in act.lock_many(RegisterLine.objects.filter(register=register))}
        rules.check_lines_known(sums, lines)
        refused: dict[int, RuleViolation] = {}
        changed: list[RegisterLine] = []
        for pk, (amount, paid_on) in sums.items():
            line, day = lines[pk], paid_on if amount is not None else None
            try:
                rules.check_line(register.order, amount=amount, paid_on=day, today=act.today)
            except RuleViolation as violation:
                refused[pk] = violation
            if (line.amount, line.paid_on) != (amount, day):
                line.amount, line.paid_on = amount, day
                changed.append(line)
        check_no_row_refused(refused)
        RegisterLine.objects.bulk_update(changed, ["amount", "paid_on"], batch_size=CHUNK_UPDATED)
        act.silent = not changed
        act.about(register, organization=register.organization, count=len(changed))
    return len(changed)


def close_register(register_id: int, *, by: Actor) -> PaymentRegister:
    """Close the register and post its payments, all or none: the collector holds the money (V-D5, N-D1).

    Raises `RowsRefused` with the refusals of all lines, `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="V-D5", event="dues.register_closed") as act:
        register = _lock_register(act, register_id, numbered=True)
        lines = list(register.lines.order_by("position"))
        rules.check_can_close(register, lines)
        paid = {line.member_id: line for line in lines if line.amount is not None and line.member_id is not None}
        members = {member.pk: member for member in act.lock_many(Member.objects.filter(pk__in=paid))}
        # Locked after the members, in the common order. The register is locked, so no sum changes meanwhile.
        act.lock_many(RegisterLine.objects.filter(register=register))
        payments = [_paid(register, line) for line in paid.values()]
        money = ledger.AccountKey(AccountKind.COLLECTOR, collector=register.order_id)
        try:
            posted = post_checked(act, payments, members, keeper=register.organization, money=money)
        except RowsRefused as refused:
            raise RowsRefused({paid[pk].pk: one for pk, one in refused.by_row.items()}) from refused
        for payment, entry in posted:
            paid[payment.member_id].entry = entry
        for line in paid.values():
            member = members[line.member_id]  # type: ignore[index]
            line.full_name, line.ticket_number = member.full_name[:200], member.ticket_number
        fields = ["entry", "full_name", "ticket_number"]
        RegisterLine.objects.bulk_update(paid.values(), fields, batch_size=CHUNK_UPDATED)
        register.total = sum((entry.amount for _payment, entry in posted), rules.NOTHING)
        register.state, register.closed_on = RegisterState.CLOSED, act.today
        act.save(register)
        act.about(register, organization=register.organization, count=len(posted))
    return register


def cancel_register(register_id: int, *, reason: str, by: Actor) -> None:
    """Cancel a register in which nobody has paid; its number stays taken (V-D5).

    Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="V-D5", event="dues.register_cancelled") as act:
        register = _lock_register(act, register_id)
        rules.check_can_be_cancelled(register, reason)
        register.state, register.reason = RegisterState.CANCELLED, reason.strip()
        act.save(register)
        act.about(register, organization=register.organization)


def receive_money(
    register_id: int,
    *,
    amount: Decimal,
    made_on: dt.date,
    received_from: str,
    ground: str,
    enclosure: str = "",
    note: str = "",
    accountant: str = "",
    cashier: str = "",
    version: int,
    by: Actor,
) -> CashOrder:
    """Receive the counted money of a closed register by the next cash receipt order of the year (V-D6).

    Missing money remains with the collector. Raises `RuleViolation`, `NotAllowed`, `StaleVersion`.
    """
    with change(by=by, rule="V-D6", event="dues.money_received") as act:
        register = _lock_register(act, register_id, version=version, numbered=True, permission=Permission.RECORD_DUES)
        organization = register.organization
        rules.check_counted(register, amount, note)
        orders = CashOrder.objects.filter(organization=organization, year=made_on.year)
        last = orders.order_by("-number").first()
        rules.check_day_of_cash_order(made_on, register, last.made_on if last else None, act.today)
        check_open(made_on, closed_until(organization))
        rules.check_texts(received_from, ground)
        number = last.number + 1 if last else 1
        move = ledger.Move(
            debit=ledger.CASH,
            credit=ledger.AccountKey(AccountKind.COLLECTOR, collector=register.order_id),
            amount=amount,
            made_on=made_on,
            paper=f"Приходный кассовый ордер № {number} от {day_text(made_on)}",
            key=f"cash order:{organization.pk}:{made_on.year}:{number}",
        )
        entry = ledger.post_moves(act, [move], organization=organization, rule="V-D6")[0]
        order = CashOrder(
            organization=organization,
            year=made_on.year,
            number=number,
            made_on=made_on,
            register=register,
            received_from=received_from.strip(),
            ground=ground.strip(),
            enclosure=enclosure.strip(),
            amount=amount,
            note=note.strip(),
            accountant=accountant.strip(),
            cashier=cashier.strip(),
            entry=entry,
        )
        act.save(order)
        if not left_to_hand_in(register):
            register.state = RegisterState.HANDED_IN
        act.save(register)
        act.about(order, organization=organization, register=register.pk)
    return order


def void_cash_order(order_id: int, *, reason: str, by: Actor) -> None:
    """Reverse a cash receipt order that was made by mistake; its number stays (N-D1).

    Raises `RuleViolation`, `NotAllowed`, `CashOrder.DoesNotExist`.
    """
    with change(by=by, rule="N-D1", event="dues.cash_order_void") as act:
        order = CashOrder.objects.visible_to(by).get(pk=order_id)
        register = _lock_register(act, order.register_id, numbered=True, permission=Permission.RECORD_DUES)
        order = act.lock(CashOrder.objects.visible_to(by), order_id)
        rules.check_can_be_void(order, reason)
        ledger.reverse(act, [order.entry], accounts=[], rule="N-D1", paper=reason.strip())
        if register.state == RegisterState.HANDED_IN:
            register.state = RegisterState.CLOSED
        act.save(register)
        act.about(order, organization=register.organization, register=register.pk)


def _paid(register: PaymentRegister, line: RegisterLine) -> Paid:
    assert line.member_id is not None and line.amount is not None and line.paid_on is not None  # noqa: S101
    paper = f"Ведомость № {register.number} от {day_text(register.opened_on)}"
    return Paid(
        line.member_id, register.fee, register.year, line.amount, line.paid_on, paper, key=f"register:{line.pk}",
        contribution=register.contribution_id,
    )  # fmt: skip


def _lock_register(
    act: Act,
    register_id: int,
    *,
    version: int | None = None,
    numbered: bool = False,
    permission: Permission = Permission.COLLECT_DUES,
) -> PaymentRegister:
    """Return the register, locked, if the actor may take the step.

    `numbered` locks the organisation first, so that numbers have no gaps and no month is closed meanwhile.
    """
    visible = PaymentRegister.objects.visible_to(act.by)
    found = visible.get(pk=register_id)
    if numbered:
        act.lock(Organization, found.organization_id)
    register = act.lock(visible, register_id, version=version)
    act.require(permission, register.organization if permission == Permission.RECORD_DUES else register.place)
    rules.check_is_collector(act.by, register.order)
    return register
