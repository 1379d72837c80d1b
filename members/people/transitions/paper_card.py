"""What the registry says more than the paper card: the electronic record prevails, the paper is printed again (V-B2)."""

from __future__ import annotations

from collections.abc import Iterable

from documents.printing.models import PrintRecord
from documents.printing.rules import CARD_FORM
from registry.charters.base import Charter

from ..models import Member


def ask_for_reprint(members: Iterable[Member]) -> None:
    """The card was changed after its printing; who has no printed card has nothing to print again.

    Sets the mark on the given objects too, so that saving them later keeps it.
    """
    found = {member.pk: member for member in members}
    printed = set(PrintRecord.objects.filter(form=CARD_FORM, member__in=found).values_list("member", flat=True))
    for pk in printed:
        found[pk].reprint = True
    Member.objects.filter(pk__in=printed, reprint=False).update(reprint=True)


def stands_on_card(names: Iterable[str], charter: Charter) -> bool:
    """Does the paper card show one of these fields?"""
    apart = {
        name
        for section in charter.sections
        if section.key == "identity" or section.tab != "general"
        for name in section.fields
    }
    return any(name not in charter.off_card and name not in apart for name in names)
