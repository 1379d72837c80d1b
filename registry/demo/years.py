"""Two years of money of a society's local organisation: registers, cash desk and bank of each month (V-D1, V-D4)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dues.collecting import transitions
from dues.collecting.models import CollectorOrder, RegisterLine
from dues.ledger.rules.holdings import spendable
from dues.ledger.transitions import charge_new_year
from dues.payments.transitions import Paid, record_payments
from members.people.models import Member
from registry.organizations.models import Organization

from ..access import Actor
from ..days import day_text
from . import bank, collecting
from .collecting import FEE
from .people import People

#: Weights of the months in which annual fees are paid: most come before 30 June.
_SEASON = (3, 6, 10, 14, 18, 22, 4, 3, 7, 6, 4, 3)
#: Ways of paying and their weights.
_WAYS = {"register": 60, "bank": 25, "receipt": 15}
#: Cells are visited every third month.
_ROUND = 3
#: Days of a month: the collector begins, the last payment, the register is closed, the deposit, expenses.
_BEGIN, _LAST, _CLOSE, _BANK, _SPEND = 12, 21, 22, 26, 28
#: Cash kept in the cash desk, and postage of a quarter.
_KEPT, _POSTAGE = Decimal(60), Decimal(45)
#: Last days whose statement is loaded later, with lines that wait.
_LATER = 15


@dataclass(frozen=True)
class _Planned:
    """A future payment of an annual fee."""

    member: Member
    year: int
    amount: Decimal
    day: dt.date


def months(first_year: int, last: dt.date) -> Iterator[dt.date]:
    """Yield the first days of the months up to the day."""
    for at in range((last.year - first_year) * 12 + last.month):
        yield dt.date(first_year + at // 12, at % 12 + 1, 1)


class Years:
    """The books of the organisation since the beginning of last year."""

    def __init__(self, keeper: Organization, cells: list[Organization], people: People, by: Actor) -> None:
        self.keeper, self.cells, self.people, self.by = keeper, cells, people, by
        self.today, self.first_year = people.today, people.today.year - 1
        #: The former collector hands over to the present ones.
        self.until = self.today - dt.timedelta(days=collecting.SINCE)
        self.account = bank.BankAccount(keeper, by)
        self.to_collect: defaultdict[tuple[int, dt.date], list[_Planned]] = defaultdict(list)
        self.by_bank: list[_Planned] = []
        self.by_receipt: list[Paid] = []
        self.brought: list[bank.Document] = []
        self.numbers: defaultdict[int, int] = defaultdict(int)
        self.received_on = dt.date(self.first_year, 1, 1)
        self.registers = 0

    def live(self) -> None:
        """Charge both years, and record the income of each month."""
        for year in (self.first_year, self.today.year):
            charge_new_year(self.keeper.pk, year, by=self.by)
        for member in Member.objects.visible_to(self.by).filter(organization=self.keeper).order_by("pk"):
            self._plan(member)
        record_payments(self.keeper.pk, self.by_receipt, by=self.by)
        order = collecting.former_collector(self.keeper, self.cells, self.people, self.by)
        begin = dt.date(self.first_year, 1, 1)
        for month in months(self.first_year, self.today):
            if month.replace(day=_SPEND) < self.until:
                self._collect(order, month)
            end = (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
            if month.month % _ROUND == 0 and end < self.today - dt.timedelta(days=_LATER):
                self._statement(begin, end)
                begin = end + dt.timedelta(days=1)
        self._statement(begin, self.today - dt.timedelta(days=_LATER))
        reason = "Передала обязанности новым сборщикам"
        transitions.end_appointment(order.pk, ended_on=self.until, reason=reason, by=self.by)

    def _plan(self, member: Member) -> None:
        chance = self.people.chance
        joined = member.joined_on or self.today
        if joined.year >= self.first_year and chance.random() < 0.8:
            paid_on = min(joined + dt.timedelta(days=chance.randint(0, 9)), self.today)
            self._receipt(member, "entrance", None, FEE, paid_on)
        if chance.random() < 0.02:
            given = Decimal(chance.choice((100, 200, 500)))
            day = self.people.day(max(joined, dt.date(self.first_year, 1, 10)), self.today)
            self._receipt(member, "voluntary", None, given, day)
        way = chance.choices(list(_WAYS), list(_WAYS.values()))[0]
        # Some pay nothing for long, some the whole debt a year later, some in two parts.
        lazy, late = chance.random() < 0.04, chance.random() < 0.03
        for year in range(max(self.first_year, joined.year), self.today.year + 1):
            month = chance.choices(range(1, 13), _SEASON)[0]
            if lazy or chance.random() < 0.03:
                continue
            paid_in = year + 1 if late else year
            parts = (FEE * 3 / 5, FEE * 2 / 5) if chance.random() < 0.05 else (FEE,)
            for at, amount in enumerate(parts):
                self._pay(member, way, year, amount, dt.date(paid_in, min(12, month + at * _ROUND), 1), joined)

    def _pay(self, member: Member, way: str, year: int, amount: Decimal, month: dt.date, joined: dt.date) -> None:
        day = max(month.replace(day=self.people.chance.randint(_BEGIN, _LAST)), joined)
        if way == "register":
            number, cell = next((at, cell) for at, cell in enumerate(self.cells) if cell.pk == member.unit_id)
            # The next visit to the cell.
            later = (number - day.month) % _ROUND
            at = day.month + later
            visit = dt.date(day.year + (at > 12), at - 12 * (at > 12), 1)
            self.to_collect[cell.pk, visit].append(_Planned(member, year, amount, visit))
        elif way == "bank":
            if day < self.today - dt.timedelta(days=_LATER):
                self.by_bank.append(_Planned(member, year, amount, day))
        elif day <= self.today:
            self._receipt(member, "annual", year, amount, day)

    def _receipt(self, member: Member, fee: str, year: int | None, amount: Decimal, day: dt.date) -> None:
        paper = f"Квитанция № {len(self.by_receipt) + 1} от {day_text(day)}"
        self.by_receipt.append(Paid(member.pk, fee, year, amount, day, paper, f"demo-{len(self.by_receipt)}"))

    def _collect(self, order: CollectorOrder, month: dt.date) -> None:
        """Collect in the cells of the month, deposit the cash, and spend some of it on postage."""
        for at, cell in enumerate(self.cells):
            if (at - month.month) % _ROUND == 0:
                for year in (month.year - 1, month.year):
                    planned = [one for one in self.to_collect[cell.pk, month] if one.year == year]
                    if planned:
                        self._register(order, cell, year, month, planned)
        held = spendable(self.keeper, month.replace(day=_BANK))
        if held >= 4 * _KEPT:
            amount = (held - _KEPT) // 10 * 10
            collecting.bring_to_bank(self.keeper, amount, month.replace(day=_BANK), self.by)
            self.brought.append(bank.paid_in(month.replace(day=_BANK + 1), amount))
        left = spendable(self.keeper, month.replace(day=_SPEND))
        if month.month % _ROUND == 0 and left > _POSTAGE:
            ground = "Почтовые расходы: рассылка извещений об уплате взносов"
            collecting.spend(self.keeper, _POSTAGE, month.replace(day=_SPEND), ground, self.by)

    def _register(
        self, order: CollectorOrder, cell: Organization, year: int, month: dt.date, planned: list[_Planned]
    ) -> None:
        self.numbers[month.year] += 1
        self.registers += 1
        opened_on, number = month.replace(day=_BEGIN), self.numbers[month.year]
        register_id = collecting.begin(order, cell, year, opened_on, number, self.by)
        lines = dict(RegisterLine.objects.filter(register=register_id).values_list("member", "pk"))
        sums: dict[int, tuple[Decimal | None, dt.date | None]] = {}
        for one in planned:
            if one.member.pk in lines:
                day = month.replace(day=self.people.chance.randint(_BEGIN, _LAST))
                sums[lines[one.member.pk]] = (one.amount, day)
        if not sums:
            transitions.cancel_register(register_id, reason="Никто не платил", by=self.by)
            return
        transitions.enter_sums(register_id, sums, by=self.by)
        register = collecting.close(register_id, month.replace(day=_CLOSE), self.by)
        self.received_on = max(self.received_on, month.replace(day=_CLOSE + 1))
        if self.registers == 2:
            # Counted wrongly, cancelled, and made again.
            wrong = collecting.hand_in(register, register.total, self.received_on, self.by)
            transitions.void_cash_order(wrong.pk, reason="Неверно пересчитаны деньги", by=self.by)
        first = register.total
        if self.registers % 7 == 3 and first > FEE:
            first -= FEE
            collecting.hand_in(register, first, self.received_on, self.by, note="Остальное сборщик сдаст завтра")
            self.received_on += dt.timedelta(days=1)
            first = FEE
        collecting.hand_in(register, first, self.received_on, self.by)

    def _statement(self, begin: dt.date, end: dt.date) -> None:
        """Load the bank's statement of the period, and post all of it."""
        purpose = "Членский взнос за {} год"
        documents = [
            bank.of_member(one.member, one.day, one.amount, purpose.format(one.year))
            for one in self.by_bank
            if begin <= one.day <= end
        ]
        documents += [one for one in self.brought if begin <= one.day <= end]
        documents += [
            bank.Document(month.replace(day=5), "ПАО БАНК", "Комиссия за ведение счёта", Decimal(90), incoming=False)
            for month in months(begin.year, end)
            if begin <= month.replace(day=5) <= end
        ]
        self.account.settle(self.account.load(begin, end, documents))
