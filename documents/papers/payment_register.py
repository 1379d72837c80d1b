"""Payment register: appendix 6 of the instruction (V-D5, practice D6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q

from documents.printing.core import Batch, Paper
from documents.tickets.queries.printed import as_on
from dues.collecting.enums import POSTED_REGISTERS
from dues.ledger.enums import Fee
from dues.money import on_paper
from members.people.enums import MemberState
from registry.access import usable
from registry.days import day_text
from registry.enums import DataClass

from .blank_words import name_of
from .card import organization_in_genitive
from .issue_sheet import ERASED
from .list_pages import Layout
from .subtotals import Sums, summed

if TYPE_CHECKING:
    from dues.collecting.models import PaymentRegister

#: Kinds of dues as the register names them.
KINDS: dict[str, str] = {
    Fee.ENTRANCE: "вступительных",
    Fee.ANNUAL: "членских",
    Fee.PERCENT: "членских",
    Fee.PROPERTY: "иных имущественных",
    Fee.VOLUNTARY: "добровольных",
}
LAYOUT = Layout(first=16, others=22, ending=4, row=10.4, cell=8.8, size=10.0)
#: Columns of the register: name of the value, width (mm), alignment.
COLUMNS = (
    ("number", 11, "n"), ("name", 56, ""), ("ticket", 24, "n"), ("day", 21, "n"), ("amount", 28, "n"),
    ("signature", 30, ""),
)  # fmt: skip


class Line(NamedTuple):
    """A line of a register; sum and day are empty if nothing is paid yet."""

    position: int
    name: str
    ticket: str
    amount: Decimal | None
    paid_on: dt.date | None


def build(register: PaymentRegister | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page; without a register it is filled in by hand.

    A closed register is the same at every print. While money is being collected, the sums of pages are added up by hand
    unless every line has its sum.
    """
    lines = lines_of(register) if register is not None else []
    known = bool(lines) and all(line.amount is not None for line in lines)
    rows: list[Mapping[str, Any]] = [_row(line) for line in lines]
    if not rows:
        rows = [{"number": number} for number in range(1, LAYOUT.first - LAYOUT.ending - 1)]
    sums = Sums([{"amount": line.amount} if line.amount else {} for line in lines], ("amount",), "name", known)
    total = sums.row("Итого:", 0, None)
    heading = heading_of(register, batch)
    said = " ".join(filter(None, ("Ведомость", heading.get("which", ""), "по уплате взносов:")))
    common = {**heading, "whose": batch.charter.wording["of_member"], "head": f"{said} {heading['short']}"}
    return summed(rows, sums, [total], COLUMNS, common, {}, LAYOUT)


def lines_of(register: PaymentRegister) -> list[Line]:
    """Return the lines in order. A closed register has the people who paid, with their names at that time.

    One that is still open leaves out people who are blocked or have left without paying (N-C1).
    """
    found = register.lines.order_by("position")
    if register.state in POSTED_REGISTERS:
        kept = found.filter(amount__isnull=False).values_list(
            "position", "full_name", "ticket_number", "amount", "paid_on"
        )
        return [Line(at, name or ERASED, ticket, amount, day) for at, name, ticket, amount, day in kept]
    here = Q(member__state=MemberState.REGISTERED) | Q(amount__isnull=False)
    open_ones = found.filter(usable("member__"), here, member__isnull=False).values_list(
        "position", "member__surname", "member__given_name", "member__patronymic", "member__ticket_number", "amount",
        "paid_on",
    )  # fmt: skip
    return [
        Line(at, " ".join(filter(None, (surname, given_name, patronymic))), ticket, amount, day)
        for at, surname, given_name, patronymic, ticket, amount, day in open_ones
    ]


def heading_of(register: PaymentRegister | None, batch: Batch) -> dict[str, Any]:
    """Return the values of a register other than its lines, with the names of the day on which it was closed."""
    wording = batch.charter.wording
    of_keeper, short = wording.get("of_keeper", ""), wording.get("federation_short", "")
    organization = batch.keeper(None) or batch.organization
    values: dict[str, Any] = {
        "federation": wording["federation_full"], "federation_short": short, "of_keeper": of_keeper,
        "whose_name": of_keeper or "организации",
    }  # fmt: skip
    if register is not None:
        moment = _closed_at(register)
        organization = as_on(register.organization, moment)
        order, cell = register.order, register.cell
        values |= {
            "which": f"№ {register.number} от {day_text(register.opened_on)}", "kind": KINDS[register.fee],
            "contribution": f"«{register.title}»" if register.title else "",
            "year": register.year or (register.opened_on.year if register.opened_on else ""),
            "cell": name_of(as_on(cell, moment)) if cell is not None else "",
            "collector": order.full_name, "order_number": order.number, "ordered_on": order.issued_on,
        }  # fmt: skip
    return {
        **values, "organization": name_of(organization), "short": organization.short_name,
        "chair_of": organization_in_genitive(organization),
    }  # fmt: skip


def _closed_at(register: PaymentRegister) -> dt.datetime | None:
    """Return when the register was closed; None while it is open."""
    if register.state not in POSTED_REGISTERS:
        return None
    closed = register.history.filter(state__in=POSTED_REGISTERS).order_by("history_date", "history_id")
    return closed.values_list("history_date", flat=True).first()


def _row(line: Line) -> dict[str, Any]:
    return {
        "number": line.position,
        "name": line.name,
        "ticket": line.ticket,
        "day": day_text(line.paid_on),
        "amount": on_paper(line.amount) if line.amount is not None else "",
    }


REGISTER = Paper(
    code="payment_register",
    title="Ведомость по уплате взносов",
    build=build,
    # A collector reads nothing else about members (V-D4).
    data_classes=frozenset({DataClass.MONEY}),
    archived=True,
)
