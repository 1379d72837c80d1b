"""Rules for marks on the card (V-B5, V-B13)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.tickets.enums import BlankKind, Place
from documents.tickets.models import Blank
from members.meetings.enums import ItemKind
from members.meetings.models import AgendaItem
from registry.days import day_text
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.text import search_key

from ..enums import MarkKind
from ..models import CardMark, Member

#: Marks that need no decision of a governing body.
FREE = (MarkKind.TRIP, MarkKind.STUDY, MarkKind.PAPER_CARD, MarkKind.OTHER)
#: Absences that keep the person registered until they return.
ABSENCES = (MarkKind.TRIP, MarkKind.STUDY)
#: Marks that can be removed directly: those without a decision, and a name that was only misspelt.
_WITHOUT_DECISION = (*FREE, MarkKind.NAME)
_MAX_LENGTH = 1000


def check_mark(member: Member, *, kind: str, text: str, on: dt.date, until: dt.date | None) -> None:
    """Raise `RuleViolation` (V-B5, V-B13) for a mark without decision that is of a wrong kind, has no text or wrong
    dates.
    """
    today = timezone.localdate()
    if kind not in FREE:
        raise RuleViolation("V-B5", _("This mark requires a decision: put it on the agenda."), field="kind")
    if not text.strip():
        raise RuleViolation("V-B13", _("Write what the mark says."), field="text")
    if len(text) > _MAX_LENGTH:
        raise RuleViolation("V-B13", _("The mark is longer than %(n)s characters.") % {"n": _MAX_LENGTH}, field="text")
    if on > today:
        raise RuleViolation("V-B13", _("The date of the mark is in the future."), field="on")
    if member.birth_date and on < member.birth_date:
        raise RuleViolation("V-B13", _("The date of the mark is before the date of birth."), field="on")
    if kind in ABSENCES and member.joined_on and on < member.joined_on:
        message = _("The absence begins before the member joined, on %(day)s. Compare both dates.")
        raise RuleViolation("V-B13", message % {"day": day_text(member.joined_on)}, field="on")
    if until is not None and until < on:
        raise RuleViolation("V-B13", _("The end is before the beginning."), field="until")


def check_not_noted(member: Member, *, kind: str, text: str, on: dt.date, until: dt.date | None) -> None:
    """Raise `RuleViolation` (V-B13) if the card has an identical mark, such as after a double click (N-D2)."""
    twins = CardMark.objects.filter(member=member, kind=kind, made_on=on, until=until)
    if any(mark.text == text.strip() for mark in twins):
        raise RuleViolation("V-B13", _("The card already has this mark."), field="text")


def check_can_lift(mark: CardMark, on: dt.date) -> None:
    """Raise `RuleViolation` (V-B5) if the mark is already lifted or the day does not fit."""
    if mark.lifted_on is not None:
        raise RuleViolation("V-B5", _("This mark was lifted already."))
    if mark.kind not in (MarkKind.DISCIPLINE, *ABSENCES):
        raise RuleViolation("V-B5", _("A mark of this kind cannot be lifted."))
    if on < mark.made_on or on > timezone.localdate():
        raise RuleViolation("V-B5", _("The date is before the mark or in the future."), field="on")


def check_measure_chosen(item: AgendaItem) -> int:
    """Return the id of the measure that the item lifts. Raises `RuleViolation` (V-A5) if none was chosen."""
    if item.mark_id is None:
        raise RuleViolation("V-A5", _("Choose the measure to be lifted."))
    return item.mark_id


def check_not_carried_out(mark: CardMark) -> None:
    """Raise `RuleViolation` (V-B5) if the ticket issued by the decision is valid; it is cancelled first."""
    issued = Blank.objects.filter(member=mark.member_id, kind=BlankKind.TICKET, state=Place.ISSUED)
    if mark.kind == MarkKind.TICKET and mark.new_number == mark.member.ticket_number and issued.exists():
        message = _(
            "Ticket № %(number)s was issued by this decision. First record that it is returned, lost or cancelled."
        )
        raise RuleViolation("V-B5", message % {"number": mark.new_number})


def check_not_lifted(mark: CardMark) -> None:
    """Raise `RuleViolation` (V-A5) if a later decision lifted the measure: that one is reversed first."""
    if mark.lifted_on is not None:
        raise RuleViolation("V-A5", _("The measure was lifted since; reverse the lifting first."))


def check_can_end(mark: CardMark, on: dt.date) -> None:
    """Raise unless an absence ends on a valid day; only a decision lifts a measure (V-B5)."""
    if mark.kind not in ABSENCES:
        raise RuleViolation("V-B5", _("A mark of this kind cannot be lifted."))
    check_can_lift(mark, on)


def check_can_be_taken_back(mark: CardMark) -> None:
    """Raise `RuleViolation` (V-B5) for marks based on a decision, which are removed by reversing it."""
    if mark.item_id is not None or mark.kind not in _WITHOUT_DECISION:
        raise RuleViolation("V-B5", _("The mark is based on a decision; reverse the decision instead."))


def is_renamed(before: str, after: str) -> bool:
    """Return whether the name on the ticket is now wrong; letter case and ё/е do not count."""
    return search_key(before) != search_key(after)


_FORMERLY = "Прежние фамилия, имя, отчество: "


def former_name_text(name: str) -> str:
    """Return the mark about a changed name, in Russian like the card."""
    return f"{_FORMERLY}{name}"


def former_name_in(mark: CardMark) -> str:
    """Return the former name in a mark, or an empty string."""
    return mark.text.removeprefix(_FORMERLY) if mark.kind == MarkKind.NAME else ""


def tickets_to_replace(marks: QuerySet[CardMark], organization: Organization) -> QuerySet[CardMark]:
    """Return the last change of name of each member with a ticket, without a decision about it since (V-B5).

    Members without a ticket at that time need no replacement: their first one has the new name. `waits` is annotated:
    the new ticket is already waiting for a decision.
    """
    items = AgendaItem.objects.filter(member=OuterRef("member"), kind=ItemKind.DUPLICATE)
    decided = items.decided().filter(meeting__held_on__gte=OuterRef("made_on"))
    later = CardMark.objects.filter(member=OuterRef("member"), kind=MarkKind.NAME, pk__gt=OuterRef("pk"))
    found = marks.filter(
        ~Exists(later), ~Exists(decided), kind=MarkKind.NAME, member__organization=organization
    ).exclude(Q(member__ticket_number="") | Q(former_number=""))
    waits = Exists(items.open())
    return found.annotate(waits=waits).order_by("made_on", "pk")
