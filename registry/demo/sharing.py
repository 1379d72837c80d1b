"""Distribution of income in the demonstration: quarters shared over three levels, money on the way, acts (V-D7)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dues.distribution import transitions
from dues.distribution.models import Distribution, DistributionDecision, Remittance
from dues.distribution.queries import corrections_before, owed_upward, received_between
from registry.organizations.models import Organization

from ..access import Actor

_DAY = dt.timedelta(days=1)


def share(keeper: Organization, region: Organization, head: Organization, today: dt.date, by: Actor) -> None:
    """Share the quarters of this year and the last; the region passes on its part, the last sum is on the way."""
    begin = dt.date(today.year - 1, 1, 1)
    _decide(keeper, region, begin, Decimal(40), by)
    _decide(region, head, begin, Decimal(50), by)
    ends = [end for end in _quarters(begin) if end + 20 * _DAY < today]
    for end in ends:
        made_on = end + 5 * _DAY
        if _distribute(keeper, end, made_on, by):
            sent = _pass_on(keeper, region, made_on + _DAY, by)
            if end == ends[-1]:
                break
            received_on = made_on + 3 * _DAY
            transitions.confirm_remittance(sent.pk, received_on=received_on, source="received", by=by)
            if _distribute(region, received_on, received_on + _DAY, by):
                _pass_on(region, head, received_on + 2 * _DAY, by)
    if len(ends) > 2:
        first, last = ends[0] + _DAY, ends[-2] + 10 * _DAY
        agreed = transitions.draw_act(keeper.pk, region.pk, first=first, last=last, by_superior=False, by=by)
        transitions.answer_act(agreed.pk, differences="", by=by)
        transitions.draw_act(keeper.pk, region.pk, first=first, last=today, by_superior=True, by=by)


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


def _distribute(organization: Organization, last: dt.date, made_on: dt.date, by: Actor) -> bool:
    """Return whether there was something to share."""
    shared = Distribution.objects.filter(organization=organization).exists()
    begin = DistributionDecision.objects.get(organization=organization).valid_from
    due = corrections_before(organization, last + _DAY) if shared else received_between(organization, begin, last)
    if due > 0:
        transitions.distribute(organization.pk, last=last, made_on=made_on, by=by)
    return due > 0


def _pass_on(organization: Organization, receiver: Organization, day: dt.date, by: Actor) -> Remittance:
    open_sum = next(one.open for one in owed_upward(organization) if one.organization == receiver)
    return transitions.pass_on(
        organization.pk,
        receiver.pk,
        amount=open_sum,
        made_on=day,
        source="received",
        paper=f"Платёжное поручение № {day.month}{day.day}",
        by=by,
    )
