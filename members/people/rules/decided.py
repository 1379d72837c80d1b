"""Values of a card set by a decision or transfer, and their correction with reason and paper (V-B1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from documents.tickets.enums import BlankKind, Place
from documents.tickets.models import Blank
from members.admission.enums import ApplicationState
from members.admission.models import Application
from members.book.enums import RegistrationReason
from members.book.models import BookLine
from members.movement.enums import TransferState
from members.movement.models import Transfer
from registry.days import day_text
from registry.errors import RuleViolation

from ..models import Member
from .fields import label_of

#: Values set by the decision of admission, on the card and on its registration.
JOINING = ("joined_on", "joined_year_only")
REGISTERED = ("registered_on", "minutes_number", "minutes_date")
MAX_LENGTH = 200
#: Names of the fields in a mark, which is printed on the card.
_ON_CARD = {
    "joined_on": "дата вступления",
    "registered_on": "на учёте с",
    "minutes_number": "протокол №",
    "minutes_date": "дата протокола",
}
#: Registrations begun by an act about the organisation instead of the member.
_BY_ORGANIZATION = {RegistrationReason.MERGER, RegistrationReason.CELL_MOVED}


def fixed_fields(member: Member) -> frozenset[str]:
    """Return the fields of the card that were set by a decision, transfer or merger recorded in the registry."""
    admitted = Application.objects.filter(member=member, state=ApplicationState.ADMITTED).exists()
    fixed = set(JOINING) if admitted else set()
    registration = member.registrations.filter(ended_on__isnull=True).first()
    if registration is None:
        return frozenset(fixed)
    reason = registration.start_reason
    if reason == RegistrationReason.ADMISSION and admitted:
        fixed |= set(REGISTERED)
    arrived = Transfer.objects.filter(
        member=member,
        state=TransferState.ARRIVED,
        target=registration.organization_id,
        ended_on=registration.started_on,
    )
    if reason in _BY_ORGANIZATION or (reason == RegistrationReason.ARRIVAL and arrived.exists()):
        fixed.add("registered_on")
    return frozenset(fixed)


def ticket_is_in_ledger(member: Member) -> bool:
    """Return whether the valid ticket is in an issue sheet or an opening act (V-C1)."""
    return Blank.objects.filter(member=member, kind=BlankKind.TICKET, state=Place.ISSUED).exists()


def check_not_fixed(member: Member, names: Collection[str]) -> None:
    """Raise `RuleViolation` if one of the fields is fixed: it is corrected with reason and paper (V-B1), a ticket
    number by the papers of blanks (V-C1).
    """
    if "ticket_number" in names and ticket_is_in_ledger(member):
        message = _("The ticket was issued under this number. If it is wrong, cancel the ticket and issue another one.")
        raise RuleViolation("V-C1", message, field="ticket_number")
    touched = sorted(fixed_fields(member) & set(names)) if set(names) & {*JOINING, *REGISTERED} else []
    if touched:
        field = "joined_on" if touched[0] in JOINING else touched[0]
        raise RuleViolation(
            "V-B1",
            _(
                "«%(field)s» was fixed by a decision or a transfer. If it is wrong in the registry, record a "
                "correction on the tab of registrations, with reason and paper."
            )
            % {"field": capfirst(str(label_of(field, member.federation.charter)))},
            field=field,
        )


def check_before_moves(line: BookLine, day: dt.date) -> None:
    """Raise `RuleViolation` (V-B7) for a day of registration after the member moved from its line to another cell."""
    if line.left_on is not None and day > line.left_on:
        message = _("The member moved to another cell on %(day)s, so they were registered by then.")
        raise RuleViolation("V-B7", message % {"day": day_text(line.left_on)}, field="registered_on")


def correction_text(before: Mapping[str, Any], changed: Mapping[str, Any], *, reason: str, paper: str) -> str:
    """Return the text of the card's mark about a correction: the change, its reason and its paper."""

    def said(values: Mapping[str, Any], name: str) -> str:
        value = values.get(name)
        if name == "joined_on" and value and {**before, **values}.get("joined_year_only"):
            return str(value.year)
        return day_text(value) if isinstance(value, dt.date) else str(value or "—")

    after = {**before, **changed}
    names = [name for name in _ON_CARD if name in changed or (name == "joined_on" and "joined_year_only" in changed)]
    parts = [f"{_ON_CARD[name]} {said(after, name)} вместо {said(before, name)}" for name in names]
    what = "; ".join(parts)
    return f"{what[0].upper()}{what[1:]}. Основание исправления: {reason}. Документ: {paper}"


def check_correction(member: Member, changed: Mapping[str, Any], *, reason: str, paper: str) -> None:
    """Raise `RuleViolation` (V-B1) for a correction of other fields, of nothing, or without reason and paper."""
    if not changed:
        raise RuleViolation("V-B1", _("Nothing differs from the card, so there is nothing to correct."))
    if not set(changed) <= fixed_fields(member):
        raise RuleViolation("V-B1", _("This can be changed on the card itself."))
    for field, text in (("reason", reason), ("paper", paper)):
        if not text.strip():
            raise RuleViolation("V-B1", _("A correction needs its reason and the paper that proves it."), field=field)
