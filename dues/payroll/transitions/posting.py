"""Transitions that post a payroll list as a whole, and reverse it as a whole (U-D1, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from dues.bank.enums import Band, Evidence, LineState
from dues.bank.models import BankLine, BankPart
from dues.bank.transitions.loading import set_bands
from dues.bank.transitions.settling import UNKNOWN, paper_of, record_parts
from dues.ledger import book as ledger
from dues.ledger.enums import EntryKind, Fee
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.rules.closing import check_open, closed_until, first_open_day
from dues.payments.rules import RowsRefused
from dues.payments.transitions import Paid, post_checked
from members.people.models import Member
from members.people.transitions.paper_card import ask_for_reprint
from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from ..enums import ListState
from ..models import EmployeeNumber, Employer, PayrollLine, PayrollList, PayrollPart
from ..rules import lists as rules


@dataclass
class Source:
    """Money of the employer: a line of a bank statement, or a payment order without one; `left` is the unused rest."""

    left: Decimal
    made_on: dt.date
    line: BankLine | None = None

    @property
    def account(self) -> ledger.AccountKey:
        """The account debited by payments from it."""
        return UNKNOWN if self.line is not None else ledger.RECEIVED


def post_list(
    list_id: int,
    *,
    lines: Sequence[int] = (),
    paper: str = "",
    paid_on: dt.date | None = None,
    paid: Decimal | None = None,
    note: str = "",
    by: Actor,
) -> PayrollList:
    """Post a list against lines of bank statements, or a payment order; all people or none (U-D1, N-D1).

    `lines` are ids of bank lines; without a statement `paper`, `paid_on` and `paid` describe the payment order. Surplus
    money stays unidentified, and `note` gives the reason. A negative sum reverses a part of a payment of an earlier
    month. Membership is not affected. Raises `RowsRefused` with the refusals by line of the list, `RuleViolation`,
    `NotAllowed`.
    """
    with change(by=by, rule="U-D1", event="dues.payroll_posted") as act:
        payroll_list, organization, of_bank = _lock(act, list_id, lines)
        rules.check_can_be_posted(payroll_list)
        chosen = [of_bank[pk] for pk in dict.fromkeys(lines) if pk in of_bank]
        rules.check_lines(chosen, len(set(lines)), organization)
        closed = closed_until(organization)
        if chosen:
            sources = [Source(line.left, first_open_day(line.made_on, closed), line) for line in chosen]
            payroll_list.paper = ", ".join(paper_of(line) for line in chosen)[:200]
        else:
            day = paid_on or act.today
            rules.check_payment_order(paper, day, payroll_list.month, act.today)
            check_open(day, closed)
            sources = [Source(paid or rules.NOTHING, day)]
            payroll_list.paper = f"Платёжное поручение № {paper.strip()} от {day_text(day)}"[:200]
        payroll_list.paid = sum((source.left for source in sources), rules.NOTHING)
        rules.check_totals(payroll_list, paid=payroll_list.paid, by_bank=bool(chosen), note=note)
        payroll_list.paid_on, payroll_list.note = max(source.made_on for source in sources), note.strip()
        payroll_list.times += 1
        rows = list(payroll_list.lines.filter(member__isnull=False).order_by("position"))
        known = Member.objects.filter(pk__in=payroll_list.lines.values("member"))
        members = {member.pk: member for member in act.lock_many(known)}
        freed = _correct(act, payroll_list, organization, rows, members, of_bank)
        _pay(act, payroll_list, organization, rows, members, [*freed, *sources])
        _remember_numbers(payroll_list.employer, rows)
        payroll_list.state = ListState.POSTED
        act.save(payroll_list)
        act.about(payroll_list, organization=organization, count=len(rows))
    return payroll_list


def reverse_list(list_id: int, *, reason: str, by: Actor) -> PayrollList:
    """Reverse all entries of a posted list; it is then in the state «compared», and can be corrected and posted (N-D1).

    Its money is unidentified again on the lines of the bank statements. Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="N-D1", event="dues.payroll_reversed") as act:
        payroll_list, organization, of_bank = _lock(act, list_id, ())
        rules.check_can_be_reversed(payroll_list)
        rules.check_reason(reason)
        parts = list(payroll_list.parts.filter(times=payroll_list.times).select_related("entry", "corrects"))
        entries = [part.entry for part in parts if part.entry.kind != EntryKind.REVERSAL]
        taken_back = [part.corrects for part in parts if part.entry.kind == EntryKind.REVERSAL and part.corrects]
        ids = {entry.account_id for entry in [*entries, *taken_back] if entry.account_id is not None}
        members = act.lock_many(Member.objects.filter(dues__in=ids))
        accounts = {one.pk: one for one in act.lock_many(DuesAccount.objects.filter(pk__in=ids))}
        sources = _take_back(act, entries, of_bank)
        ledger.reverse(act, entries, accounts=list(accounts.values()), rule="N-D1", paper=reason.strip()[:200])
        ask_for_reprint(members)
        _restore(act, taken_back, organization, accounts, of_bank)
        set_bands(act, organization, [line for line in sources if line.state == LineState.OPEN])
        act.update_many(BankLine, sources, ["posted", "state", "band", "reason"])
        payroll_list.state = ListState.COMPARED
        act.save(payroll_list)
        act.about(payroll_list, organization=organization, count=len(entries))
    return payroll_list


def _lock(act: Act, list_id: int, wanted: Sequence[int]) -> tuple[PayrollList, Organization, dict[int, BankLine]]:
    """Return the list, its organisation and the bank lines that it may touch, locked if the actor may change them.

    This also prevents closing a month meanwhile. The bank lines are those requested and those that the employer's lists
    have used.
    """
    found = PayrollList.objects.visible_to(act.by).select_related("employer").get(pk=list_id)
    organization = act.lock(Organization, found.employer.organization_id)
    used = BankPart.objects.filter(entry__payroll_part__payroll_list__employer=found.employer_id)
    needed = BankLine.objects.filter(Q(pk__in=wanted) | Q(pk__in=used.values("line")), organization=organization)
    of_bank = {line.pk: line for line in act.lock_many(needed)}
    employer = act.lock(Employer.objects.visible_to(act.by), found.employer_id)
    payroll_list = act.lock(PayrollList.objects.visible_to(act.by), list_id)
    act.require(Permission.RECORD_DUES, organization)
    payroll_list.employer, employer.organization = employer, organization
    return payroll_list, organization, of_bank


def _pay(
    act: Act,
    payroll_list: PayrollList,
    organization: Organization,
    rows: list[PayrollLine],
    members: dict[int, Member],
    sources: list[Source],
) -> None:
    """Post the positive sums, each from the first source with money; a sum may be split between two of them."""
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    first: dict[int, int] = {}
    for row in rows:
        if row.amount > 0 and row.member_id is not None:
            sums[row.member_id] += row.amount
            first.setdefault(row.member_id, row.pk)
    paper = f"Список работодателя за {payroll_list}, {payroll_list.paper}"[:200]
    key, year = f"payroll:{payroll_list.pk}:{payroll_list.times}", payroll_list.month.year
    of_account: defaultdict[ledger.AccountKey, list[Paid]] = defaultdict(list)
    of_key: dict[str, BankLine] = {}
    for pk, amount in sums.items():
        rest = amount
        for number, source in enumerate(sources):
            part = min(rest, source.left)
            if part <= 0:
                continue
            rest, source.left = rest - part, source.left - part
            own = f"{key}:{number}"
            paid = Paid(pk, Fee.PERCENT, year, part, source.made_on, paper, own, confirmed=True)
            of_account[source.account].append(paid)
            if source.line is not None:
                of_key[own] = source.line
    for account, payments in of_account.items():
        try:
            posted = post_checked(act, payments, members, keeper=organization, money=account)
        except RowsRefused as refused:
            raise RowsRefused({first[pk]: one for pk, one in refused.by_row.items()}) from refused
        _note(payroll_list, [entry for _paid, entry in posted])
        by_bank = [(of_key[paid.key], Evidence.LIST, entry) for paid, entry in posted if paid.key in of_key]
        record_parts(act, by_bank)


def _note(payroll_list: PayrollList, entries: Iterable[LedgerEntry], corrects: LedgerEntry | None = None) -> None:
    """Record the entries as those of this posting of the list."""
    PayrollPart.objects.bulk_create(
        PayrollPart(payroll_list=payroll_list, entry=entry, times=payroll_list.times, corrects=corrects)
        for entry in entries
    )


def _correct(
    act: Act,
    payroll_list: PayrollList,
    organization: Organization,
    rows: list[PayrollLine],
    members: dict[int, Member],
    of_bank: dict[int, BankLine],
) -> list[Source]:
    """Subtract the negative sums from payments of earlier months, by reversing each and posting its rest.

    Return the money that becomes free.
    """
    minus: defaultdict[int, Decimal] = defaultdict(Decimal)
    first: dict[int, PayrollLine] = {}
    for row in rows:
        if row.amount < 0 and row.member_id is not None:
            minus[row.member_id] -= row.amount
            first.setdefault(row.member_id, row)
    accounts = ledger.open_accounts(act, [members[pk] for pk in minus])
    freed: list[Source] = []
    for pk, amount in minus.items():
        account = accounts[pk]
        wrong = rules.payment_to_correct(first[pk], _earlier(payroll_list, account, amount))
        lines = _take_back(act, [wrong], of_bank)
        ledger.reverse(act, [wrong], accounts=[account], rule="N-D1", paper=payroll_list.paper)
        _note(payroll_list, [LedgerEntry.objects.get(reverses=wrong)], corrects=wrong)
        if wrong.amount > amount:
            key = f"payroll:{payroll_list.pk}:{payroll_list.times}:rest:{wrong.pk}"
            entry = _again(act, wrong, account, wrong.amount - amount, key, organization, of_bank)
            _note(payroll_list, [entry], corrects=wrong)
        freed.append(Source(amount, payroll_list.paid_on or act.today, lines[0] if lines else None))
    return freed


def _earlier(payroll_list: PayrollList, account: DuesAccount, amount: Decimal) -> LedgerEntry | None:
    """Return the latest valid payment of at least that sum in an earlier month's list."""
    found = LedgerEntry.objects.valid().filter(
        account=account,
        kind=EntryKind.PAYMENT,
        amount__gte=amount,
        payroll_part__payroll_list__employer=payroll_list.employer,
        payroll_part__payroll_list__month__lt=payroll_list.month,
    )
    return found.order_by("-payroll_part__payroll_list__month", "-pk").first()


def _take_back(act: Act, entries: Sequence[LedgerEntry], of_bank: dict[int, BankLine]) -> list[BankLine]:
    """Return the money of the entries to their bank lines, which are open again; return these lines, unsaved."""
    parts = BankPart.objects.filter(entry__in=entries).values_list("line", "entry__amount")
    lines: dict[int, BankLine] = {}
    for pk, amount in parts:
        line = lines[pk] = of_bank[pk]
        line.posted -= amount
        line.state, line.reason, line.band = LineState.OPEN, "", line.band or Band.OPEN
        line.version += 1
    return list(lines.values())


def _again(
    act: Act,
    entry: LedgerEntry,
    account: DuesAccount,
    amount: Decimal,
    key: str,
    organization: Organization,
    of_bank: dict[int, BankLine],
) -> LedgerEntry:
    """Post a payment like the entry with this sum, from the same money, on its day or the first open one."""
    made_on = first_open_day(entry.made_on, closed_until(organization))
    payment = ledger.Payment(account, entry.fee, entry.year, amount, made_on, entry.paper, key)
    part = BankPart.objects.filter(entry=entry).first()
    money = UNKNOWN if part is not None else ledger.RECEIVED
    posted = ledger.post_payments(act, [payment], organization=organization, money=money, rule="N-D1")[0]
    if part is not None:
        record_parts(act, [(of_bank[part.line_id], Evidence.LIST, posted)])
    return posted


def _restore(
    act: Act,
    taken_back: list[LedgerEntry],
    organization: Organization,
    accounts: dict[int, DuesAccount],
    of_bank: dict[int, BankLine],
) -> None:
    """Post again the payments that the reversed list had reversed, as parts of their own lists."""
    for entry in taken_back:
        if entry.account_id is not None:
            key = f"payroll:again:{entry.pk}"
            posted = _again(act, entry, accounts[entry.account_id], entry.amount, key, organization, of_bank)
            PayrollPart.objects.filter(entry=entry).update(entry=posted)


def _remember_numbers(employer: Employer, lines: list[PayrollLine]) -> None:
    """Remember the employee numbers of the posted lines; known ones stay."""
    EmployeeNumber.objects.bulk_create(
        [
            EmployeeNumber(employer=employer, number=line.employee_number, member_id=line.member_id)
            for line in lines
            if line.employee_number and line.member_id is not None
        ],
        ignore_conflicts=True,
    )
