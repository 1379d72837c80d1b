"""Members who receive blanks, with the reasons, and the numbers typed on cards (V-B3, V-B5, V-C3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from members.book.models import Registration
from members.people.enums import MarkKind, MemberState
from members.people.models import CardMark, Member
from registry.access import Actor
from registry.days import day_text
from registry.organizations.models import Organization
from registry.sizes import CHUNK_READ

from ..enums import BlankKind, IssueReason, PaperState, Place
from ..models import Blank, BlankPaper, BlankRange
from ..ranges import BadNumbers, NumberRange, parse_number
from ..rules import Receiver


def waiting(organization: Organization, actor: Actor, kind: str) -> QuerySet[Member]:
    """Return the registered members who receive a blank of this kind now: a first one, or a decided duplicate.

    `decided` is annotated: whether a body decided on a new ticket that was not issued yet (V-B3, V-B5).
    """
    members = Member.objects.visible_to(actor).registered().filter(organization=organization)
    issued = Blank.objects.filter(member=OuterRef("pk"), kind=kind, state=Place.ISSUED)
    if kind != BlankKind.TICKET:
        return members.annotate(decided=Q(pk__in=[])).filter(~Exists(issued))
    members = members.annotate(decided=Exists(decisions().filter(member=OuterRef("pk"))))
    return members.filter(Q(ticket_number="") & ~Exists(issued) | Q(decided=True))


def is_prepared(organization: Organization, kind: str, members: Collection[int]) -> bool:
    """Return whether an unposted sheet of the organisation has exactly these members."""
    drafts = BlankPaper.objects.filter(organization=organization, blank=kind, state=PaperState.DRAFT)
    counted = drafts.annotate(all=Count("lines"), these=Count("lines", filter=Q(lines__member__in=members)))
    return counted.filter(all=len(members), these=len(members)).exists()


def decisions() -> QuerySet[CardMark]:
    """Return the latest marks of decisions on a new ticket that has no number yet (V-B5)."""
    marks = CardMark.objects.filter(kind=MarkKind.TICKET, item__isnull=False)
    later = Q(made_on__gt=OuterRef("made_on")) | Q(made_on=OuterRef("made_on"), pk__gt=OuterRef("pk"))
    return marks.filter(~Exists(marks.filter(later, member=OuterRef("member"))), new_number="")


def receivers(members: QuerySet[Member], kind: str) -> list[Receiver]:
    """Return each of the members with the reason for a blank, in alphabetical order (V-B3, V-B5)."""
    people = list(members.order_by("sort_key", "pk"))
    valid = Blank.objects.filter(member__in=people, kind=kind, state=Place.ISSUED).select_related("member")
    held = {blank.member_id: blank.number_text for blank in valid}
    decided = _decisions(people) if kind == BlankKind.TICKET else {}
    minutes = _minutes(people)
    found = []
    for member in people:
        former = held.get(member.pk) or (member.ticket_number if kind == BlankKind.TICKET else "")
        mark = decided.get(member.pk)
        if not former:
            found.append(Receiver(member, ground=minutes.get(member.pk, "")))
        elif mark is not None and mark.item is not None:
            reason = mark.item.ticket_reason or IssueReason.DAMAGED
            found.append(Receiver(member, reason, _protocol_of(mark), former))
        else:
            obstacle = (
                _("has № %(number)s; a new one needs a decision of the body")
                if kind == BlankKind.TICKET
                else _("has № %(number)s; first record that it is returned, lost or cancelled")
            ) % {"number": former}
            found.append(Receiver(member, former=former, obstacle=obstacle))
    return found


def _decisions(people: Iterable[Member]) -> dict[int, CardMark]:
    """Return the last decision on a new ticket of each member, if no number was given for it yet."""
    marks = decisions().filter(member__in=list(people))
    return {mark.member_id: mark for mark in marks.select_related("item__meeting")}


def _protocol_of(mark: CardMark) -> str:
    meeting = mark.item.meeting if mark.item is not None else None
    if meeting is None:
        return ""
    return _protocol(meeting.number, day_text(meeting.held_on))


def _minutes(people: Iterable[Member]) -> dict[int, str]:
    """Return the minutes of admission of each member, in Russian like the sheet."""
    lines = Registration.objects.filter(member__in=list(people), ended_on__isnull=True)
    return {
        pk: _protocol(number, day_text(day))
        for pk, number, day in lines.values_list("member", "minutes_number", "minutes_date")
        if number or day
    }


def _protocol(number: Any, day: str) -> str:
    parts = ["протокол", f"№ {number}" if number else "", f"от {day}" if day else ""]
    return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Typed:
    """A number typed on a card, as a number of a blank."""

    member_id: int
    numbers: NumberRange


@dataclass
class TypedNumbers:
    """The numbers of an organisation that can be taken over, and those that cannot, with the reason."""

    whole: list[Typed] = field(default_factory=list)
    #: Ids of the members, each with the problem.
    conflicts: list[tuple[int, str]] = field(default_factory=list)


def typed_numbers(organization: Organization, actor: Actor) -> TypedNumbers:
    """Return the tickets of registered members that the ledger does not know yet (V-C1)."""
    members = Member.objects.visible_to(actor).registered().filter(organization=organization).exclude(ticket_number="")
    unknown = members.exclude(blanks__kind=BlankKind.TICKET, blanks__state=Place.ISSUED)
    found = TypedNumbers()
    read: list[Typed] = []
    # The cards of thousands of people take most of a second; a page shows only a few.
    for member, number in unknown.order_by("sort_key", "pk").values_list("pk", "ticket_number"):
        try:
            read.append(Typed(member, parse_number(number)))
        except BadNumbers as fault:
            found.conflicts.append((member, str(fault.message)))
    same = Counter((one.numbers.series, one.numbers.first) for one in read)
    issued, held = _taken(organization, read)
    for one in read:
        key = (one.numbers.series, one.numbers.first)
        if same[key] > 1:
            found.conflicts.append((one.member_id, _("another card here has the same number")))
        elif key in issued:
            found.conflicts.append((one.member_id, _("the number was issued, written off or destroyed already")))
        elif any(one.numbers.overlaps(other) for other in held):
            found.conflicts.append((one.member_id, _("the number is in a stock of blanks")))
        else:
            found.whole.append(one)
    return found


def standing_elsewhere(federation_id: int, numbers: Iterable[NumberRange]) -> str:
    """Return a number that is already on a card of the federation, or an empty string.

    Numbers of cards are unique in a federation, so a blank with such a number cannot be issued.
    """
    texts = [text for one in numbers for n in range(one.first, one.last + 1) for text in sorted(one.spellings(n))]
    on_cards = Member.objects.filter(federation=federation_id).exclude(state=MemberState.WITHDRAWN)
    for start in range(0, len(texts), CHUNK_READ):
        found = on_cards.filter(ticket_number__in=texts[start : start + CHUNK_READ]).order_by("pk")
        if number := found.values_list("ticket_number", flat=True).first():
            return number
    return ""


def _taken(organization: Organization, typed: list[Typed]) -> tuple[set[tuple[str, int]], list[NumberRange]]:
    """Return the typed numbers that already left a stock of the federation, and its ranges around the others."""
    ours = {"federation": organization.federation_id, "kind": BlankKind.TICKET}
    numbers = {one.numbers.first for one in typed}
    known = Blank.objects.filter(**ours, number__in=numbers).values_list("series", "number")
    ranges = BlankRange.objects.filter(**ours, first__lte=max(numbers, default=0), last__gte=min(numbers, default=0))
    return set(known), [one.range for one in ranges]
