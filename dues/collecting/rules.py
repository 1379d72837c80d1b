"""Rules for collecting dues: appointments, lines of a register, money received (V-D4 to V-D6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from dues.ledger.rules.holdings import check_held, left_to_hand_in
from dues.money import MAX_AMOUNT, is_sum, money
from dues.payments.rules import Purpose, What
from registry import states
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.days import day_text
from registry.enums import Role
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.enums import CLOSED_ORGANIZATIONS
from registry.organizations.models import Organization

from .enums import OPEN_REGISTERS, POSTED_REGISTERS, RegisterState
from .models import CashOrder, CollectorOrder, PaymentRegister, RegisterLine

NOTHING = Decimal("0.00")
#: Maximum number of days in a print of the cash desk.
MAX_DAYS_OF_CASH = 366
#: Roles whose accounts can be named in an order.
COLLECTING_ROLES = (Role.CHAIR, Role.DEPUTY, Role.REGISTRAR, Role.COLLECTOR)


def check_collects_by_registers(organization: Organization) -> None:
    """Raise `RuleViolation` (V-D4) unless the organisation keeps cards, and so appoints collectors and receives the
    money.
    """
    if not organization.keeps_cards:
        raise RuleViolation("V-D4", _("Collectors are appointed by the organisation that keeps the cards."))


def check_order(
    organization: Organization,
    *,
    number: str,
    issued_on: dt.date,
    full_name: str,
    collector: Account | None,
    cells: Sequence[Organization],
    valid_until: dt.date | None,
    today: dt.date,
) -> None:
    """Raise `RuleViolation` (V-D4) for an order that cannot appoint the collector."""
    if not number.strip():
        raise RuleViolation("V-D4", _("Enter the number of the order."), field="number")
    if issued_on > today:
        raise RuleViolation("V-D4", _("The date of the order cannot be in the future."), field="issued_on")
    if valid_until is not None and valid_until < issued_on:
        raise RuleViolation("V-D4", _("The term ends before the date of the order."), field="valid_until")
    same = CollectorOrder.objects.filter(
        organization=organization, number=number.strip(), issued_on__year=issued_on.year
    )
    if same.exists():
        message = _("An order with this number is recorded for %(year)s already.")
        raise RuleViolation("V-D4", message % {"year": issued_on.year}, field="number")
    if not full_name.strip():
        raise RuleViolation("V-D4", _("Enter who collects the dues."), field="full_name")
    if collector is not None and not _reaches(collector, organization, cells):
        message = _("This account has no appointment in your organisation, or in the only cell of the order.")
        raise RuleViolation("V-D4", message, field="collector")
    if any(cell.parent_id != organization.pk or cell.level != organization.charter.cell for cell in cells):
        raise RuleViolation("V-D4", _("Only cells of your organisation can be chosen."), field="cells")


def _reaches(account: Account, organization: Organization, cells: Sequence[Organization]) -> bool:
    """Return whether a current appointment of the account covers the cells of the order."""
    appointments = Appointment.objects.current().filter(account=account, role__in=COLLECTING_ROLES)
    only_cell = [cells[0].pk] if len(cells) == 1 else []
    return appointments.filter(organization__in=[organization.pk, *only_cell]).exists()


def is_in_force(order: CollectorOrder, day: dt.date) -> bool:
    """Return whether money can be collected by the order on the day."""
    return (
        order.issued_on <= day
        and (order.valid_until is None or day <= order.valid_until)
        and (order.ended_on is None or day < order.ended_on)
    )


def check_in_force(order: CollectorOrder, day: dt.date) -> None:
    """Raise `RuleViolation` (V-D4) unless the order is in force on the day."""
    if not is_in_force(order, day):
        message = _("Order № %(number)s is not in force on %(day)s.")
        raise RuleViolation("V-D4", message % {"number": order.number, "day": day_text(day)}, field="order")


def check_not_ended(order: CollectorOrder) -> None:
    """Raise `RuleViolation` (V-D4) if the order has already ended."""
    if order.ended_on is not None:
        raise RuleViolation("V-D4", _("The order is ended already."))


def check_can_be_ended(order: CollectorOrder, ended_on: dt.date, reason: str, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D4) unless the order is in force and has no open registers."""
    check_not_ended(order)
    if not order.issued_on < ended_on <= today:
        message = _("Enter a day after the date of the order, and not in the future.")
        raise RuleViolation("V-D4", message, field="ended_on")
    if not reason.strip():
        raise RuleViolation("V-D4", _("Enter the reason."), field="reason")
    if order.registers.filter(state__in=OPEN_REGISTERS).exists():
        raise RuleViolation("V-D4", _("A register of this order is still open. Close or cancel it first."))


def check_is_collector(by: Actor, order: CollectorOrder) -> None:
    """Raise `NotAllowed` if a collector acts for an order that appoints somebody else (V-D4)."""
    if by.role == Role.COLLECTOR and (by.account is None or order.collector_id != by.account.pk):
        raise NotAllowed


def check_covers(order: CollectorOrder, cell: Organization | None) -> None:
    """Raise `RuleViolation` (V-D4) unless the order names the cell, or no cells at all."""
    cells = {named.pk for named in order.cells.all()}
    if cells and (cell is None or cell.pk not in cells):
        raise RuleViolation("V-D4", _("The order does not appoint the collector for this cell."), field="cell")
    if cell is not None and cell.parent_id != order.organization_id:
        raise RuleViolation("V-D4", _("Only cells of your organisation can be chosen."), field="cell")


def check_works(place: Organization) -> None:
    """Raise `RuleViolation` (V-D4) if the organisation or cell has ended or is in liquidation."""
    if place.status in CLOSED_ORGANIZATIONS:
        message = _("«%(name)s» is not active (%(status)s), so no dues are collected there.")
        values = {"name": place.short_name, "status": place.get_status_display()}
        raise RuleViolation("V-D4", message % values, field="cell")


def check_kind(purpose: Purpose | None) -> Purpose:
    """Return the purpose. Raises `RuleViolation` (V-D5) if it is not collected."""
    if purpose is None:
        raise RuleViolation("V-D5", _("Choose a kind of dues that your federation collects."), field="purpose")
    return purpose


def check_no_other_open(organization: Organization, cell: Organization | None, what: What) -> None:
    """Raise `RuleViolation` (V-D5) if another register of the same cell and dues is open."""
    fee, year, contribution = what
    open_ones = PaymentRegister.objects.filter(
        organization=organization, cell=cell, fee=fee, year=year, contribution=contribution, state__in=OPEN_REGISTERS
    )
    if open_ones.exists():
        message = _("A register of this cell for the same dues is open already. Go on with it, or close it first.")
        raise RuleViolation("V-D5", message, field="purpose")


def check_is_open(register: PaymentRegister) -> None:
    """Raise `RuleViolation` (V-D5) unless lines and sums of the register can still change."""
    states.check_is(register, OPEN_REGISTERS, "V-D5")


def check_can_be_printed(register: PaymentRegister) -> None:
    """Raise `RuleViolation` (V-D5) for a draft, which has no number yet, and for a cancelled register."""
    states.check_is(register, (RegisterState.COLLECTING, *POSTED_REGISTERS), "V-D5")


def check_period_of_cash(first: dt.date, last: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D6) if the period ends before it begins or in the future, or is longer than a year."""
    if last > today:
        raise RuleViolation("V-D6", _("The date is in the future. Correct it."), field="last")
    if first > last:
        raise RuleViolation("V-D6", _("The period ends before it begins."), field="last")
    if (last - first).days >= MAX_DAYS_OF_CASH:
        raise RuleViolation("V-D6", _("Choose a period of one year at most."), field="first")


def check_has_lines(register: PaymentRegister) -> None:
    """Raise `RuleViolation` (V-D5) if nobody is in the register."""
    if not register.lines.exists():
        raise RuleViolation("V-D5", _("Nobody is in the register. Add the people who pay."))


def check_can_begin(register: PaymentRegister) -> None:
    """Raise `RuleViolation` (V-D5) unless the register is a draft with people in it."""
    states.check(register, RegisterState.COLLECTING, "V-D5")
    check_has_lines(register)


def check_line(order: CollectorOrder, *, amount: Decimal | None, paid_on: dt.date | None, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D5) for a sum or day that a line of the register cannot have."""
    if amount is None:
        return
    if not is_sum(amount):
        raise RuleViolation("V-D5", _("Enter an amount in roubles and kopecks, above zero."), field="amount")
    if amount > MAX_AMOUNT:
        raise RuleViolation("V-D5", _("The sum is too large. Check it."), field="amount")
    if paid_on is None:
        raise RuleViolation("V-D5", _("Enter the day on which the sum was paid."), field="paid_on")
    if paid_on > today:
        raise RuleViolation("V-D5", _("The payment date cannot be in the future."), field="paid_on")
    if not is_in_force(order, paid_on):
        message = _("Order № %(number)s is not in force on %(day)s.")
        values = {"number": order.number, "day": day_text(paid_on)}
        raise RuleViolation("V-D5", message % values, field="paid_on")


def check_lines_known(wanted: Iterable[int], known: Mapping[int, RegisterLine]) -> None:
    """Raise `RegisterLine.DoesNotExist` if a line is not in the register."""
    if set(wanted) - known.keys():
        raise RegisterLine.DoesNotExist


def check_room(register: PaymentRegister, most: int) -> None:
    """Raise `RuleViolation` (V-D5) if the register has as many lines as it can."""
    if register.lines.count() >= most:
        message = _("The register has %(count)s lines. Close it, and open another one.")
        raise RuleViolation("V-D5", message % {"count": most})


def check_texts(received_from: str, ground: str) -> None:
    """Raise `RuleViolation` (V-D6) unless payer and reason are named."""
    if not received_from.strip():
        raise RuleViolation("V-D6", _("Enter who hands the money in."), field="received_from")
    if not ground.strip():
        raise RuleViolation("V-D6", _("Enter the ground: dues, year, register."), field="ground")


def check_can_close(register: PaymentRegister, lines: Collection[RegisterLine]) -> None:
    """Raise `RuleViolation` (V-D5) unless sums are entered, and each line with a sum still has its card."""
    states.check(register, RegisterState.CLOSED, "V-D5")
    paid = [line for line in lines if line.amount is not None]
    if not paid:
        raise RuleViolation("V-D5", _("No sums are entered. Cancel the register if nobody has paid."))
    gone = next((line for line in paid if line.member_id is None), None)
    if gone is not None:
        message = _("The card of line %(line)s was destroyed. Clear its sum.")
        raise RuleViolation("V-D5", message % {"line": gone.position})


def check_can_be_cancelled(register: PaymentRegister, reason: str) -> None:
    """Raise `RuleViolation` (V-D5) unless the register is open without sums, and a reason is given."""
    states.check(register, RegisterState.CANCELLED, "V-D5")
    if register.lines.filter(amount__isnull=False).exists():
        raise RuleViolation("V-D5", _("Sums are entered in the register. Clear them, or close the register."))
    if not reason.strip():
        raise RuleViolation("V-D5", _("Enter the reason."), field="reason")


def check_can_be_received(register: PaymentRegister) -> None:
    """Raise `RuleViolation` (V-D6) unless the register is closed and some of its money is not handed in."""
    if register.state != RegisterState.CLOSED:
        raise RuleViolation("V-D6", states.refusal_of(register))


def check_counted(register: PaymentRegister, amount: Decimal, note: str) -> None:
    """Raise `RuleViolation` (V-D6) for an impossible counted sum, or an unexplained difference."""
    check_can_be_received(register)
    left = left_to_hand_in(register)
    if not is_sum(amount):
        raise RuleViolation("V-D6", _("Enter an amount in roubles and kopecks, above zero."), field="amount")
    if amount > left:
        message = _("Only %(sum)s ₽ of this register are left to hand in. Record the rest as what it is.")
        raise RuleViolation("V-D6", message % {"sum": money(left)}, field="amount")
    if amount < left and not note.strip():
        message = _("%(sum)s ₽ are missing. Say why; the collector still owes them.")
        raise RuleViolation("V-D6", message % {"sum": money(left - amount)}, field="note")


def check_day_of_cash_order(made_on: dt.date, register: PaymentRegister, last: dt.date | None, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D6) for a day in the future, or before the register's or the last number's day."""
    if made_on > today:
        raise RuleViolation("V-D6", _("The date of the order cannot be in the future."), field="made_on")
    if register.closed_on is not None and made_on < register.closed_on:
        message = _("The register was closed on %(day)s; its money is handed in on that day or later.")
        raise RuleViolation("V-D6", message % {"day": day_text(register.closed_on)}, field="made_on")
    if last is not None and made_on < last:
        message = _("The last cash receipt order of the year is of %(day)s; numbers follow the days.")
        raise RuleViolation("V-D6", message % {"day": day_text(last)}, field="made_on")


def check_can_be_void(order: CashOrder, reason: str) -> None:
    """Raise `RuleViolation` (N-D1) unless the cash receipt order is valid and a reason is given."""
    if hasattr(order.entry, "reversed_by"):
        raise RuleViolation("N-D1", _("The cash receipt order is void already."))
    check_held(order.entry)
    if not reason.strip():
        raise RuleViolation("N-D1", _("Enter the reason."), field="reason")
