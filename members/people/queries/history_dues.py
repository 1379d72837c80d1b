"""Charges, payments and reversals of a member as acts in the history of the card (N-D1)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from dues.ledger.enums import EntryKind, Fee
from dues.ledger.models import LedgerEntry
from registry.access import Actor
from registry.days import day_text
from registry.enums import DataClass

from ..models import Member
from .history_entries import Change, HistoryEntry

#: Maximum number of ledger entries on the page.
_MAX_ROWS = 1000


def dues_entries(member: Member, actor: Actor) -> Iterator[HistoryEntry]:
    """Yield the ledger entries of the member as acts; nothing if the actor may not read money."""
    if not actor.reads(DataClass.MONEY):
        return
    found = LedgerEntry.objects.visible_to(actor).filter(account__member=member)
    for entry in found.select_related("posted_by", "reverses").order_by("-pk")[:_MAX_ROWS]:
        yield HistoryEntry(
            at=entry.posted_at,
            who=entry.posted_by.full_name if entry.posted_by else "",
            title=_title(entry),
            rule=entry.rule,
            changes=[_fact(entry)],
        )


def _title(entry: LedgerEntry) -> str:
    if entry.kind == EntryKind.REVERSAL:
        undone = entry.reverses
        if undone is not None and undone.kind == EntryKind.CHARGE:
            return _("Charge reversed")
        return _("Payment reversed")
    if entry.is_opening:
        return _("Opening balance recorded")
    return _("Dues charged") if entry.kind == EntryKind.CHARGE else _("Payment recorded")


def _fact(entry: LedgerEntry) -> Change:
    """Return the amount, day and paper in one line, because a card has few entries a year."""
    fee = str(Fee(entry.fee).label)
    label = _("%(fee)s for %(year)s") % {"fee": fee, "year": entry.year} if entry.year else fee
    amount = _("%(amount)s ₽") % {"amount": number_format(entry.amount, 2)}
    text = ", ".join(filter(None, (amount, day_text(entry.made_on), entry.paper)))
    return Change(label, text, "") if entry.kind == EntryKind.REVERSAL else Change(label, "", text)
