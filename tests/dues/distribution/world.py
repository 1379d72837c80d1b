"""A society whose local organisation has received money, with a decision on its shares."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.distribution.models import Distribution, DistributionDecision, Remittance
from dues.distribution.transitions import confirm_remittance, decide_shares, distribute, pass_on
from dues.ledger.transitions import charge_new_year
from dues.payments.transitions import Paid, record_payments
from members.people.models import Member
from registry.access import Actor
from registry.enums import Role
from registry.organizations.models import Organization
from tests.members import places
from tests.registry import trees

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
#: The day of the members' payments.
PAID_ON = TODAY - 2 * DAY
UNTIL = TODAY - DAY


@dataclass
class Sharing:
    """The local organisation, its region and the head, with their chairs and a member who pays."""

    place: places.Place
    head_chair: Actor
    member: Member

    @property
    def chair(self) -> Actor:
        return self.place.chair

    @property
    def region_chair(self) -> Actor:
        return self.place.region_chair

    @property
    def local(self) -> Organization:
        return self.place.keeper

    @property
    def region(self) -> Organization:
        return self.place.region

    @property
    def head(self) -> Organization:
        return self.place.head

    def pay(self, amount: str, made_on: dt.date = PAID_ON, fee: str = "voluntary") -> None:
        """Record a payment of the member."""
        key = f"{amount} {made_on} {fee} {timezone.now()}"
        paid = Paid(self.member.pk, fee, None, Decimal(amount), made_on, "Квитанция", key=key)
        record_payments(self.local.pk, [paid], by=self.chair)

    def decide(
        self, *percents: tuple[Organization, str], by: Actor | None = None, **changed: Any
    ) -> DistributionDecision:
        """Record a decision of the first organisation in the list."""
        values = {
            "body": "Правление", "number": "4", "decided_on": PAID_ON, "valid_from": PAID_ON - 30 * DAY, **changed,
        }  # fmt: skip
        shares = [
            (target.pk, "Уставная деятельность" if target == percents[0][0] else "", Decimal(percent))
            for target, percent in percents
        ]
        return decide_shares(percents[0][0].pk, shares=shares, by=by or self.chair, **values)

    def share(self, last: dt.date = UNTIL) -> Distribution:
        return distribute(self.local.pk, last=last, by=self.chair)

    def send(
        self, amount: str, receiver: Organization | None = None, source: str = "received", **changed: Any
    ) -> Remittance:
        """Pass money on, by default to the region."""
        values = {"made_on": TODAY, "paper": "Платёжное поручение № 7", "by": self.chair, **changed}
        to = (receiver or self.region).pk
        return pass_on(self.local.pk, to, amount=Decimal(amount), source=source, **values)

    def confirm(self, remittance: Remittance, by: Actor | None = None) -> None:
        confirm_remittance(remittance.pk, received_on=TODAY, source="received", by=by or self.region_chair)


@places.world
def sharing() -> Sharing:
    """Create the world."""
    place = places.voi()
    member = place.put(snils="", ticket_number="1", joined_on=dt.date(2005, 3, 1))
    charge_new_year(place.keeper.pk, TODAY.year, by=place.chair)
    return Sharing(place, trees.officer(place.head, Role.CHAIR), member)
