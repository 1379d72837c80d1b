"""Members of an organisation who owe a fee, and the fees to choose from (V-D1, V-B4, U-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Exists, F, Min, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from dues.contributions.models import PropertyContribution
from dues.contributions.queries import owing_contribution
from dues.ledger.enums import EntryKind, Fee
from dues.ledger.models import LedgerEntry
from dues.ledger.queries.figures import may_lack_charge, with_standing
from dues.rates.models import Exemption, Rate
from dues.rates.rules.rates import rate_on
from members.people.enums import DuesForm
from members.people.models import Member, MemberQuerySet
from registry.access import Actor
from registry.fields import KopecksField
from registry.organizations.models import Organization

from .rules import Purpose

NOTHING = Decimal("0.00")
#: Maximum number of property contributions to choose from, the newest first.
MAX_CONTRIBUTIONS = 20


def members_of(place: Organization, members: MemberQuerySet) -> MemberQuerySet:
    """Return the members registered in the organisation that keeps the cards, or in the cell."""
    here = Q(organization=place) if place.keeps_cards else Q(unit=place)
    return members.registered().filter(here)


def kinds(actor: Actor, rates: Sequence[Rate], today: dt.date) -> list[Purpose]:
    """Return the fees that can be collected, as purposes without a sum: this year first, then older years.

    Years begin with the oldest one that somebody in the actor's scope has not paid.
    """
    fees = {rate.fee for rate in rates}
    found = []
    if Fee.ANNUAL in fees:
        last = dt.date(today.year - 1, 1, 1)
        charges = LedgerEntry.objects.visible_to(actor).filter(_of_keeper(actor), kind=EntryKind.CHARGE, fee=Fee.ANNUAL)
        old = charges.valid().filter(account__unpaid__gt=0, account__unpaid_since__lt=last)
        first = old.aggregate(year=Min("year"))["year"] or last.year
        years = [today.year, *range(today.year - 1, min(first, last.year) - 1, -1), today.year + 1]
        found += [Purpose(Fee.ANNUAL, year, NOTHING) for year in years]
    if Fee.ENTRANCE in fees:
        found.insert(1, Purpose(Fee.ENTRANCE, None, NOTHING))
    if Fee.PERCENT in fees:
        found += [Purpose(Fee.PERCENT, year, NOTHING) for year in (today.year, today.year - 1)]
    return [*found, *_contributions(actor)]


def _of_keeper(actor: Actor) -> Q:
    """Return the condition that the entries belong to members of the actor's organisation, if it keeps cards.

    With the scope alone, debtors of the whole federation would be read.
    """
    own = actor.organization
    return Q(account__member__organization=own) if own is not None and own.keeps_cards else Q()


def _contributions(actor: Actor) -> list[Purpose]:
    """Return the property contributions that somebody in the actor's scope has not paid (V-D2)."""
    charges = (
        LedgerEntry.objects.visible_to(actor)
        .valid()
        .filter(contribution=OuterRef("pk"), kind=EntryKind.CHARGE, account__unpaid__gt=0)
    )
    found = PropertyContribution.objects.filter(Exists(charges)).order_by("-decided_on", "-pk")
    return [
        Purpose(Fee.PROPERTY, one.decided_on.year, NOTHING, contribution=one.pk, title=one.title)
        for one in found[:MAX_CONTRIBUTIONS]
    ]


def owing(members: MemberQuerySet, purpose: Purpose, rates: Sequence[Rate], today: dt.date) -> MemberQuerySet:
    """Return the members who owe the fee; for a percentage of pay, those who pay in cash (U-D1).

    From this year on, members not charged yet owe the fee too; earlier years may be in former books.
    """
    if purpose.fee == Fee.ENTRANCE:
        return with_standing(members, "entrance", today)
    if purpose.contribution is not None:
        return owing_contribution(members, purpose.contribution)
    year = purpose.year or today.year
    joined = Q(joined_on__isnull=True) | Q(joined_on__year__lte=year)
    if purpose.fee == Fee.PERCENT:
        return members.filter(joined, dues_form=DuesForm.CASH)
    entries = LedgerEntry.objects.valid().filter(account=OuterRef("dues__id"), fee=purpose.fee, year=year).order_by()
    payments = entries.filter(kind=EntryKind.PAYMENT).values("account").annotate(total=Sum("amount")).values("total")
    people = members.alias(
        charge=Subquery(entries.filter(kind=EntryKind.CHARGE).values("amount")[:1]),
        named=Coalesce(Subquery(payments), Value(NOTHING, output_field=KopecksField())),
    )
    # Payments without a charge in their own year cover the oldest charges: a member who is paid up to the year owes
    # nothing for it; for others only payments for that year count. The account is checked first, and entries are looked
    # up only if it leaves the question open.
    not_paid_up = Q(dues__paid_to__isnull=True) | Q(dues__paid_to__lt=year)
    open_charge = Q(dues__unpaid__gt=0) & not_paid_up & Q(charge__gt=F("named"))
    rate = rate_on(rates, Fee.ANNUAL, dt.date(year, 1, 1)) if year >= today.year else None
    if rate is None:
        return people.filter(open_charge)
    exempted = Exemption.objects.filter(account=OuterRef("dues__id"), fee=purpose.fee, year=year)
    not_charged = may_lack_charge(year) & joined & Q(charge__isnull=True, named__lt=rate.amount) & ~Exists(exempted)
    return people.filter(open_charge | not_charged)


def entries_of(members: Sequence[Member], actor: Actor) -> dict[int, list[LedgerEntry]]:
    """Return the entries of the members by their ids, in one query."""
    found: dict[int, list[LedgerEntry]] = {member.pk: [] for member in members}
    entries = LedgerEntry.objects.visible_to(actor).filter(account__member__in=list(found))
    for entry in entries.select_related("account", "contribution"):
        found[entry.member_id].append(entry)  # type: ignore[index]
    return found
