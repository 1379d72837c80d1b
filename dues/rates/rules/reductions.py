"""Reduced and exempt members: payable sums on a day, and allowed decisions (V-D1)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import EntryKind, Fee
from dues.ledger.models import LedgerEntry
from dues.money import KOPECK, MAX_AMOUNT, is_sum
from members.people.models import Member
from registry.days import day_text
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from ..models import Rate, Reduction

#: Kinds of dues that can be reduced; property contributions have their own sum.
REDUCED = (Fee.ENTRANCE, Fee.ANNUAL)


@dataclass(frozen=True)
class Due:
    """The sum in roubles that a member pays of a fee, and the responsible reduction; 0 for exempt members."""

    amount: Decimal
    reduction: Reduction | None = None


class Reductions:
    """Reductions that apply to members of an organisation, by person and by category."""

    def __init__(self, found: Iterable[Reduction]) -> None:
        self._of_member: defaultdict[int, list[Reduction]] = defaultdict(list)
        self._of_category: defaultdict[str, list[Reduction]] = defaultdict(list)
        for one in found:
            if one.member_id is not None:
                self._of_member[one.member_id].append(one)
            else:
                self._of_category[one.category].append(one)

    def __bool__(self) -> bool:
        return bool(self._of_member or self._of_category)

    def due(self, rate: Rate, member: Member, day: dt.date) -> Due:
        """Return the sum that the member pays of the rate on the day.

        A person's own reduction overrides those of categories; of several, the lowest sum applies.
        """
        return self.due_of(rate, member.pk, member.category, day)

    def due_of(self, rate: Rate, member_id: int, category: str, day: dt.date) -> Due:
        """Return the sum that the member of the category pays of the rate on the day."""
        if not self:
            return Due(rate.amount)
        own = _holding(self._of_member.get(member_id, ()), rate.fee, day)
        found = own or _holding(self._of_category.get(category, ()), rate.fee, day)
        dues = [Due(reduced(rate.amount, one), one) for one in found]
        return min(dues, key=lambda due: due.amount, default=Due(rate.amount))

    def of(self, member: Member, day: dt.date) -> list[Reduction]:
        """Return the reductions that apply to the member on the day or will later, own ones first."""
        found = [*self._of_member.get(member.pk, ()), *self._of_category.get(member.category, ())]
        return [one for one in found if one.valid_until is None or one.valid_until >= day]


def _holding(found: Iterable[Reduction], fee: str, day: dt.date) -> list[Reduction]:
    return [one for one in found if one.fee == fee and one.holds_on(day)]


def reductions_in(organization: Organization) -> Reductions:
    """Return the reductions for members of the organisation on any day, set by it or above it."""
    return Reductions(Reduction.objects.holding_in(organization).order_by("pk"))


def reduced(rate: Decimal, reduction: Reduction) -> Decimal:
    """Return the reduced rate, half a kopeck rounded up; never more than the rate."""
    if reduction.amount is not None:
        return min(reduction.amount, rate)
    return (rate * (reduction.percent or 0) / 100).quantize(KOPECK, ROUND_HALF_UP)


def paper_of(rate: Rate, due: Due) -> str:
    """Return the paper for the charge: the reduction's, or the rate's."""
    return (due.reduction.paper if due.reduction is not None else rate.paper)[:200]


def check_reduces(organization: Organization) -> None:
    """Raise `RuleViolation` (V-D1) unless dues are charged in the organisation's federation, and it is not a cell."""
    if not organization.charter.charges_dues or organization.level == organization.charter.cell:
        raise RuleViolation("V-D1", _("Dues are reduced by an organisation that charges them, not by a cell."))


def check_reduction(
    *,
    fee: str,
    percent: int | None,
    amount: Decimal | None,
    valid_from: dt.date,
    valid_until: dt.date | None,
    paper: str,
) -> None:
    """Raise `RuleViolation` (V-D1) for an unknown fee, an impossible sum or days, or a missing paper."""
    if fee not in REDUCED:
        raise RuleViolation("V-D1", _("Only the entrance and the annual fee can be reduced."), field="fee")
    if (percent is None) == (amount is None):
        raise RuleViolation("V-D1", _("Enter either a percentage or a sum."), field="percent")
    if percent is not None and not 0 <= percent < 100:
        message = _("Enter a percentage from 0 to 99; 0 means that nothing is paid.")
        raise RuleViolation("V-D1", message, field="percent")
    if amount is not None and not (is_sum(amount) and amount <= MAX_AMOUNT):
        raise RuleViolation("V-D1", _("Enter an amount in roubles and kopecks, above zero."), field="amount")
    if valid_until is not None and valid_until < valid_from:
        raise RuleViolation("V-D1", _("The last day is before the first one."), field="valid_until")
    if not paper.strip():
        raise RuleViolation("V-D1", _("Name the paper that sets the reduction."), field="paper")


def check_category(organization: Organization, category: str, fee: str, valid_from: dt.date) -> None:
    """Raise `RuleViolation` (V-D1) for a category that the charter does not have, or for days already charged, because
    reductions are never retroactive.
    """
    if category not in organization.charter.options.get("category", ()):
        raise RuleViolation("V-D1", _("The charter has no such category of members."), field="category")
    charges = LedgerEntry.objects.filter(
        organization__path__startswith=organization.path, organization__federation=organization.federation_id,
        kind=EntryKind.CHARGE, fee=fee, made_on__gte=valid_from,
    )  # fmt: skip
    charged = charges.order_by("-made_on").values_list("made_on", flat=True).first()
    if charged is not None:
        message = _("Dues were charged on %(day)s already; the reduction begins later.")
        raise RuleViolation("V-D1", message % {"day": day_text(charged)}, field="valid_from")


def check_no_overlap(others: Sequence[Reduction], valid_from: dt.date, valid_until: dt.date | None) -> None:
    """Raise `RuleViolation` (V-D1) if another reduction of the same fee and people applies on one of the days."""
    for other in others:
        begins_before = valid_until is None or other.valid_from <= valid_until
        if begins_before and (other.valid_until is None or other.valid_until >= valid_from):
            message = _("A reduction for the same people holds from %(day)s already. End it first.")
            raise RuleViolation("V-D1", message % {"day": day_text(other.valid_from)}, field="valid_from")


def check_personal_day(member: Member, valid_from: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D1) for a first day before this year, or before the member joined."""
    new_year = dt.date(today.year, 1, 1)
    if valid_from < new_year:
        message = _("A decision changes what is owed from this year on. Take %(day)s or a later day.")
        raise RuleViolation("V-D1", message % {"day": day_text(new_year)}, field="valid_from")
    if member.joined_on is not None and valid_from < member.joined_on:
        message = _("The first day is before %(day)s, when the member joined.")
        raise RuleViolation("V-D1", message % {"day": day_text(member.joined_on)}, field="valid_from")


def check_can_be_ended(reduction: Reduction, valid_until: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D1) if the last day is in the past, before the first one, or after the present end."""
    if valid_until < max(today, reduction.valid_from):
        message = _("The last day is today or later, and not before %(day)s.")
        values = {"day": day_text(reduction.valid_from)}
        raise RuleViolation("V-D1", message % values, field="valid_until")
    if reduction.valid_until is not None and valid_until >= reduction.valid_until:
        message = _("It ends on %(day)s already. Take an earlier day.")
        raise RuleViolation("V-D1", message % {"day": day_text(reduction.valid_until)}, field="valid_until")


def check_has_no_end(reduction: Reduction, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D1) if the reduction has ended or ends today."""
    if reduction.valid_until is not None and reduction.valid_until <= today:
        message = _("It ended on %(day)s.")
        raise RuleViolation("V-D1", message % {"day": day_text(reduction.valid_until)})


def check_not_begun(reduction: Reduction, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D1) if the reduction has begun; it can then be ended, and its charges stay."""
    if reduction.valid_from <= today:
        raise RuleViolation("V-D1", _("The reduction has begun. Set its last day instead."))
