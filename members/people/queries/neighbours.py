"""The adjacent cards in the list of an organisation, in the order of names."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from registry.access import Actor

from ..models import Member
from ..models.cards import MemberQuerySet


@dataclass(frozen=True)
class Neighbours:
    """Ids of the previous and the next card; None at the ends of the list."""

    before: int | None
    after: int | None


def _beside(member: Member, actor: Actor) -> MemberQuerySet:
    return Member.objects.visible_to(actor).registered().filter(organization=member.organization_id)


def _behind(member: Member) -> Q:
    # A range with an exception, so that the name index is read from this card on.
    return Q(sort_key__gte=member.sort_key) & ~Q(sort_key=member.sort_key, pk__lte=member.pk)


def neighbours(member: Member, actor: Actor) -> Neighbours:
    """Return the previous and the next card that the actor may see."""
    beside = _beside(member, actor)
    before = Q(sort_key__lte=member.sort_key) & ~Q(sort_key=member.sort_key, pk__gte=member.pk)
    return Neighbours(
        before=beside.filter(before).order_by("-sort_key", "-pk").values_list("pk", flat=True).first(),
        after=beside.filter(_behind(member)).order_by("sort_key", "pk").values_list("pk", flat=True).first(),
    )


def next_incomplete(member: Member, actor: Actor) -> int | None:
    """Return the id of the next card with empty required fields, starting again from the first after the last."""
    incomplete = _beside(member, actor).filter(missing__gt=0).exclude(pk=member.pk).order_by("sort_key", "pk")
    following = incomplete.filter(_behind(member)).values_list("pk", flat=True).first()
    return following or incomplete.values_list("pk", flat=True).first()
