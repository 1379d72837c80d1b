"""Members who owe a property contribution, and its figures (V-D2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from dues.ledger.enums import EntryKind
from dues.ledger.models import LedgerEntry, LedgerEntryQuerySet
from members.book.models import BookLine
from members.book.queries.on_day import lines_on
from members.meetings.enums import ItemKind, ItemState
from members.meetings.models import AgendaItem, AgendaItemQuerySet
from members.people.models import Member, MemberQuerySet
from registry.access import Actor, in_scope
from registry.fields import KopecksField
from registry.organizations.models import Organization

from .models import PropertyContribution

NOTHING = Decimal("0.00")
#: Maximum number of organisations whose figures a page shows.
MAX_PLACES = 100


def _scope(contribution: PropertyContribution) -> Actor:
    return Actor.system("property contribution", contribution.organization)


def charged_by(contribution: PropertyContribution) -> MemberQuerySet:
    """Return the members who owe the contribution: registered now, and on the day of the decision, within the
    organisation that set it or below it.

    People admitted later owe nothing, and neither do those who left; people who moved within it owe it where they are
    now.
    """
    lines = BookLine.objects.filter(in_scope(_scope(contribution), "unit__"), member=OuterRef("pk"))
    then = lines_on(lines, contribution.decided_on)
    return Member.objects.registered().filter(in_scope(_scope(contribution), "unit__"), Exists(then))


def not_charged(contribution: PropertyContribution) -> MemberQuerySet:
    """Return the members who owe the contribution and were never charged for it."""
    charges = LedgerEntry.objects.filter(
        account__member=OuterRef("pk"), contribution=contribution, kind=EntryKind.CHARGE
    )
    return charged_by(contribution).filter(~Exists(charges))


def organizations_to_charge(contribution: PropertyContribution) -> list[int]:
    """Return the ids of the organisations with members who are not charged yet."""
    found = not_charged(contribution).order_by("organization").values_list("organization", flat=True).distinct()
    return [pk for pk in found if pk is not None]


def organizations_to_reverse(contribution: PropertyContribution) -> list[int]:
    """Return the ids of the organisations with charges of the contribution in their books."""
    charges = LedgerEntry.objects.valid().filter(
        contribution=contribution, kind=EntryKind.CHARGE, account__unpaid__gt=0
    )
    return sorted(set(charges.values_list("organization", flat=True)))


def _valid(contribution: PropertyContribution, actor: Actor) -> LedgerEntryQuerySet:
    entries = LedgerEntry.objects.in_books_of(actor).valid().filter(contribution=contribution)
    return entries.exclude(kind=EntryKind.REVERSAL)


@dataclass(frozen=True)
class Sums:
    """Sums charged and paid of a contribution, in roubles, and the number of people charged."""

    people: int
    charged: Decimal
    paid: Decimal

    @property
    def owed(self) -> Decimal:
        return self.charged - self.paid


_SUMS = {
    "people": Count("account", filter=Q(kind=EntryKind.CHARGE), distinct=True),
    "charged": Sum("amount", filter=Q(kind=EntryKind.CHARGE)),
    "paid": Sum("amount", filter=Q(kind=EntryKind.PAYMENT)),
}


def sums_of(contribution: PropertyContribution, actor: Actor) -> Sums:
    """Return the figures of the contribution in the books of the actor's subtree."""
    found = _valid(contribution, actor).aggregate(**_SUMS)
    return _sums(found)


def sums_by_contribution(actor: Actor, ids: Sequence[int]) -> dict[int, Sums]:
    """Return the figures of the contributions in the books of the actor's subtree, by id, in one query."""
    entries = LedgerEntry.objects.in_books_of(actor).valid().filter(contribution__in=ids)
    rows: Any = entries.exclude(kind=EntryKind.REVERSAL).order_by().values("contribution").annotate(**_SUMS)
    return {row["contribution"]: _sums(row) for row in rows}


def sums_by_organization(contribution: PropertyContribution, actor: Actor) -> list[tuple[str, Sums]]:
    """Return the figures by organisation, with its name: the first `MAX_PLACES` by name."""
    rows: Any = _valid(contribution, actor).order_by("organization__sort_key", "organization")
    rows = rows.values("organization", "organization__short_name").annotate(**_SUMS)
    return [(row["organization__short_name"], _sums(row)) for row in rows[:MAX_PLACES]]


def _sums(row: Mapping[str, Any]) -> Sums:
    return Sums(row["people"], row["charged"] or NOTHING, row["paid"] or NOTHING)


def with_sums(members: MemberQuerySet, contribution: int) -> MemberQuerySet:
    """Return the members charged for the contribution, with the sums `charged` and `paid` of each."""
    entries = LedgerEntry.objects.valid().filter(account__member=OuterRef("pk"), contribution=contribution).order_by()
    sums = {
        name: Coalesce(
            Subquery(entries.filter(kind=kind).values("account").annotate(total=Sum("amount")).values("total")),
            Value(NOTHING, output_field=KopecksField()),
        )
        for name, kind in (("charged", EntryKind.CHARGE), ("paid", EntryKind.PAYMENT))
    }
    return members.annotate(**sums).filter(Exists(entries.filter(kind=EntryKind.CHARGE)))


def owing_contribution(members: MemberQuerySet, contribution: int) -> MemberQuerySet:
    """Return the members who have not paid the whole contribution, with their sums."""
    people: Any = with_sums(members, contribution)
    return cast(MemberQuerySet, people.filter(charged__gt=F("paid")))


def people_of(contribution: PropertyContribution, actor: Actor, who: str) -> MemberQuerySet:
    """Return the members in the actor's scope who were charged; `who` is «owed», «paid», or empty for all."""
    people: Any = with_sums(Member.objects.visible_to(actor), contribution.pk)
    if who == "owed":
        people = people.filter(charged__gt=F("paid"))
    elif who == "paid":
        people = people.filter(charged__lte=F("paid"))
    return cast(MemberQuerySet, people.order_by("sort_key", "pk"))


def items_to_record(organization: Organization, actor: Actor) -> AgendaItemQuerySet:
    """Return the adopted items on property contributions without a recorded contribution."""
    items = AgendaItem.objects.visible_to(actor).filter(
        organization=organization, kind=ItemKind.PROPERTY, state=ItemState.ADOPTED
    )
    made = PropertyContribution.objects.valid().filter(agenda_item=OuterRef("pk"))
    return items.filter(~Exists(made))


def decided_items(organization: Organization, actor: Actor) -> list[AgendaItem]:
    """Return the newest of `items_to_record`, the newest first."""
    found = items_to_record(organization, actor).select_related("meeting__body")
    return list(found.order_by("-meeting__held_on", "-pk")[:20])
