"""Marking outdated paper cards: the electronic record prevails, and the paper is printed again (V-B2)."""

from __future__ import annotations

from collections.abc import Iterable

from documents.printing.models import PrintRecord
from documents.printing.rules import CARD_FORM
from registry.charters.base import Charter

from ..models import Member


def ask_for_reprint(members: Iterable[Member]) -> None:
    """Mark changed cards to be printed again; cards that were never printed are skipped.

    Also sets the flag on the given objects, so that saving them later keeps it.
    """
    found = {member.pk: member for member in members}
    printed = set(PrintRecord.objects.filter(form=CARD_FORM, member__in=found).values_list("member", flat=True))
    for pk in printed:
        found[pk].reprint = True
    Member.objects.filter(pk__in=printed, reprint=False).update(reprint=True)


def stands_on_card(names: Iterable[str], charter: Charter) -> bool:
    """Return whether the paper card has one of these fields."""
    apart = {
        name
        for section in charter.sections
        if section.key == "identity" or section.tab != "general"
        for name in section.fields
    }
    return any(name not in charter.off_card and name not in apart for name in names)
