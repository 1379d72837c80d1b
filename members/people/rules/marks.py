"""What a mark of the card must be (V-B5, V-B13)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.meetings.enums import ItemKind
from members.meetings.models import AgendaItem
from registry.days import day_text
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.text import search_key

from ..enums import MarkKind
from ..models import CardMark, Member

#: Marks that need no decision of a body.
FREE = (MarkKind.TRIP, MarkKind.STUDY, MarkKind.PAPER_CARD, MarkKind.OTHER)
#: Absences that keep the person on account; they end.
ABSENCES = (MarkKind.TRIP, MarkKind.STUDY)
#: Marks that are taken back where they stand: those without a decision, and a name that was only misspelt.
_WITHOUT_DECISION = (*FREE, MarkKind.NAME)
_LONGEST = 1000


def check_mark(member: Member, *, kind: str, text: str, on: dt.date, until: dt.date | None) -> None:
    """Raise where a mark without a decision is of the wrong kind, says nothing or lies outside the person's life."""
    today = timezone.localdate()
    if kind not in FREE:
        raise RuleViolation("V-B5", _("Such a mark is made by a decision: put it on the agenda."), field="kind")
    if not text.strip():
        raise RuleViolation("V-B13", _("Write what the mark says."), field="text")
    if len(text) > _LONGEST:
        raise RuleViolation("V-B13", _("The mark is longer than %(n)s characters.") % {"n": _LONGEST}, field="text")
    if on > today:
        raise RuleViolation("V-B13", _("The day of the mark lies in the future."), field="on")
    if member.birth_date and on < member.birth_date:
        raise RuleViolation("V-B13", _("The day of the mark lies before the birth."), field="on")
    if kind in ABSENCES and member.joined_on and on < member.joined_on:
        message = _("The absence begins before the joining on %(day)s. Compare both dates.")
        raise RuleViolation("V-B13", message % {"day": day_text(member.joined_on)}, field="on")
    if until is not None and until < on:
        raise RuleViolation("V-B13", _("The end lies before the beginning."), field="until")


def check_not_noted(member: Member, *, kind: str, text: str, on: dt.date, until: dt.date | None) -> None:
    """Raise where the very same mark stands on the card: the button was pressed twice (N-D2)."""
    twins = CardMark.objects.filter(member=member, kind=kind, made_on=on, until=until)
    if any(mark.text == text.strip() for mark in twins):
        raise RuleViolation("V-B13", _("This mark stands on the card already."), field="text")


def check_can_lift(mark: CardMark, on: dt.date) -> None:
    """Raise where the mark was lifted already, or the day does not fit."""
    if mark.lifted_on is not None:
        raise RuleViolation("V-B5", _("This mark was lifted already."))
    if mark.kind not in (MarkKind.DISCIPLINE, *ABSENCES):
        raise RuleViolation("V-B5", _("Such a mark cannot be lifted."))
    if on < mark.made_on or on > timezone.localdate():
        raise RuleViolation("V-B5", _("The day lies before the mark or in the future."), field="on")


def check_can_end(mark: CardMark, on: dt.date) -> None:
    """Raise unless an absence ends on a day that fits; a measure is lifted by a decision alone (V-B5)."""
    if mark.kind not in ABSENCES:
        raise RuleViolation("V-B5", _("Such a mark cannot be lifted."))
    check_can_lift(mark, on)


def is_absence(mark: CardMark) -> bool:
    """Is it a trip or studies that have not ended?"""
    return mark.lifted_on is None and mark.kind in ABSENCES


def check_can_be_taken_back(mark: CardMark) -> None:
    """Raise for marks that stand on a decision: they go with it."""
    if not can_be_taken_back(mark):
        raise RuleViolation("V-B5", _("The mark stands on a decision; reverse the decision instead."))


def can_be_taken_back(mark: CardMark) -> bool:
    """The twin of `check_can_be_taken_back`."""
    return mark.item_id is None and mark.kind in _WITHOUT_DECISION


def is_renamed(before: str, after: str) -> bool:
    """Is the ticket wrong now? Another case, or ё for е, leaves it right."""
    return search_key(before) != search_key(after)


def tickets_to_replace(marks: QuerySet[CardMark], organization: Organization) -> QuerySet[CardMark]:
    """Of these marks the last change of name of each member with a ticket on which no body has decided since (V-B5).

    `waits` says that the new ticket stands before the body by now.
    """
    items = AgendaItem.objects.filter(member=OuterRef("member"), kind=ItemKind.DUPLICATE)
    decided = items.decided().filter(meeting__held_on__gte=OuterRef("made_on"))
    later = CardMark.objects.filter(member=OuterRef("member"), kind=MarkKind.NAME, pk__gt=OuterRef("pk"))
    found = marks.filter(
        ~Exists(later), ~Exists(decided), kind=MarkKind.NAME, member__organization=organization
    ).exclude(member__ticket_number="")
    waits = Exists(items.open())
    return found.annotate(waits=waits).order_by("made_on", "pk")
