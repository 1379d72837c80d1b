"""Distribution of income in the demonstration: quarters shared over all levels, transfers under way, acts (V-D7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from dues.bank.models import BankLine
from dues.bank.queries.accounts import passport_with_account
from dues.bank.rules.lines import check_keeps_bank
from dues.distribution import transitions
from dues.distribution.models import (
    Distribution,
    DistributionDecision,
    Remittance,
    corrections_before,
    received_between,
)
from dues.distribution.queries import owed_upward
from dues.partners.transitions import settle_line
from registry.organizations.models import Organization

from ..access import Actor
from ..states import allowed
from . import bank

_DAY = dt.timedelta(days=1)
#: Days after the end of a quarter on which it is shared everywhere.
_SHARED_AFTER = 20


def share(chain: Sequence[Organization], percents: Sequence[int], today: dt.date, by: Actor) -> None:
    """Share the quarters of this year and the last, from the collecting organisation up to the top.

    Each but the top passes on a share from `percents`. The last transfer of each is under way: the bank statements of
    the first two contain it, but nobody has matched it yet.
    """
    begin = dt.date(today.year - 1, 1, 1)
    keeper, superior = chain[:2]
    # The account of the superior, which identifies payments to it.
    bank.BankAccount(superior, by)
    for organization, above, percent in zip(chain, chain[1:], percents, strict=False):
        _decide(organization, above, begin, Decimal(percent), by)
    ends = [end for end in _quarters(begin) if end + _SHARED_AFTER * _DAY < today]
    for at, end in enumerate(ends, start=1):
        _pass_up(chain, end, len(chain) - 1 - max(0, at + 2 - len(ends)), by)
    first, last = begin, ends[-2] + 10 * _DAY
    agreed = transitions.draw_act(keeper.pk, superior.pk, first=first, last=last, by_superior=False, by=by)
    transitions.answer_act(agreed.pk, differences="", by=by)
    transitions.draw_act(keeper.pk, superior.pk, first=first, last=today, by_superior=True, by=by)


def quarrel(keeper: Organization, superior: Organization, today: dt.date, by: Actor) -> None:
    """Add a missing transfer, a reversed one, and an act that both sides confirmed with differences."""
    begin = dt.date(today.year - 1, 1, 1)
    _decide(keeper, superior, begin, Decimal(40), by)
    for end in _quarters(begin)[1:2]:
        _distribute(keeper, end, end + 5 * _DAY, by)
        mistaken, _paid = _pass_on(keeper, superior, end + 6 * _DAY, by)
        transitions.take_remittance_back(mistaken.pk, reason="Неверный номер платёжного поручения", by=by)
        sent, _paid = _pass_on(keeper, superior, end + 7 * _DAY, by)
        transitions.report_not_found(sent.pk, reason="На счёт не поступало", by=by)
        drawn = transitions.draw_act(keeper.pk, superior.pk, first=begin, last=today, by_superior=False, by=by)
        difference = f"{sent.paper} на {sent.amount} ₽: деньги на счёт не поступали."
        transitions.answer_act(drawn.pk, differences=difference, by=by)


def _quarters(begin: dt.date) -> list[dt.date]:
    """Return the last day of each quarter of two years."""
    starts = [dt.date(begin.year + at // 4, at % 4 * 3 + 1, 1) for at in range(1, 9)]
    return [start - _DAY for start in starts]


def _decide(organization: Organization, superior: Organization, begin: dt.date, percent: Decimal, by: Actor) -> None:
    transitions.decide_shares(
        organization.pk,
        body="Правление",
        number="2",
        decided_on=begin,
        valid_from=begin,
        shares=[(organization.pk, "Уставная деятельность", 100 - percent), (superior.pk, "", percent)],
        by=by,
    )


def _pass_up(chain: Sequence[Organization], last: dt.date, confirmed: int, by: Actor) -> None:
    """Share the income up to the day, pass it on, and repeat above, as far as the money is confirmed."""
    for at, (organization, superior) in enumerate(pairwise(chain)):
        made_on = last + (5 if not at else 1) * _DAY
        if not _distribute(organization, last, made_on, by):
            return
        sent, paid = _pass_on(organization, superior, made_on + _DAY, by)
        is_last, last = at >= confirmed, made_on + 3 * _DAY
        if paid is not None and not is_last and passport_with_account(superior) is not None:
            settle_line(paid.pk, by=by)
        if at == 0 and allowed(check_keeps_bank, superior):
            came = _come(sent, last, by)
            if not is_last:
                settle_line(came.pk, by=by)
        elif not is_last:
            transitions.confirm_remittance(sent.pk, received_on=last, source="received", by=by)
        if is_last:
            return


def _come(sent: Remittance, day: dt.date, by: Actor) -> BankLine:
    """Load the receiver's statement with the money; return its line."""
    purpose = f"Отчисления от членских взносов, {sent.paper}"
    number = bank.BankAccount(sent.organization, by).number
    document = bank.Document(day, sent.organization.short_name, purpose, sent.amount, number)
    return bank.BankAccount(sent.receiver, by).load(day, day, [document])[0]


def _distribute(organization: Organization, last: dt.date, made_on: dt.date, by: Actor) -> bool:
    """Distribute the income; return False if there is none."""
    shared = Distribution.objects.filter(organization=organization).exists()
    begin = DistributionDecision.objects.get(organization=organization).valid_from
    due = corrections_before(organization, last + _DAY) if shared else received_between(organization, begin, last)
    if due > 0:
        transitions.distribute(organization.pk, last=last, made_on=made_on, by=by)
    return due > 0


def _pass_on(
    organization: Organization, receiver: Organization, day: dt.date, by: Actor
) -> tuple[Remittance, BankLine | None]:
    """Pass on what is owed, by bank if statements are loaded; return the transfer and the statement's payment."""
    amount = next(one.open for one in owed_upward(organization) if one.organization == receiver)
    keeps_bank = allowed(check_keeps_bank, organization)
    account = bank.BankAccount(organization, by) if keeps_bank else None
    sent = transitions.pass_on(
        organization.pk,
        receiver.pk,
        amount=amount,
        made_on=day,
        source="bank" if keeps_bank else "received",
        paper=f"Платёжное поручение № {day.month}{day.day}",
        by=by,
    )
    if account is None:
        return sent, None
    purpose = f"Отчисления от членских взносов № {day.month}{day.day}"
    known = passport_with_account(receiver)
    number = {"account": known.account} if known else {}
    document = bank.Document(day, receiver.short_name, purpose, amount, incoming=False, **number)
    return sent, account.load(day, day, [document])[0]
