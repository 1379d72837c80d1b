"""Members whose opening balance is not recorded yet (V-D1)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from dues.ledger.enums import EntryKind
from dues.ledger.models import LedgerEntry
from dues.payments.queries import members_of
from members.people.models import Member, MemberQuerySet
from members.people.search import matching
from registry.access import Actor
from registry.organizations.models import Organization

from .rules import OF_FORMER_BOOKS


def without_opening(actor: Actor, place: Organization) -> MemberQuerySet:
    """Return the members of the organisation whose annual fees are not paid by the registry's books.

    Members with an opening balance are left out.
    """
    entries = LedgerEntry.objects.filter(OF_FORMER_BOOKS, account__member=OuterRef("pk"), reversed_by__isnull=True)
    people = members_of(place, Member.objects.visible_to(actor)).filter(dues__paid_to__isnull=True)
    return people.exclude(Exists(entries.exclude(kind=EntryKind.REVERSAL)))


def found_among(people: MemberQuerySet, text: str, cell: str) -> MemberQuerySet:
    """Return those found by a surname or ticket number, and by the cell: an id, «none», or empty for all."""
    condition = matching(text)
    if condition is not None:
        people = people.filter(condition)
    if cell == "none":
        return people.filter(cell__isnull=True)
    return people.filter(cell=int(cell)) if cell else people
