"""Rules of blanks of strict accountability (V-C1 to V-C3, V-B15)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from registry.access import Actor
from registry.accounts.models import Account
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from .enums import PaperKind, PaperState
from .models import BlankPaper, BlankStock
from .ranges import NumberRange, count_of, merged

#: Maximum number of blanks of one paper: of a delivery, and of a paper that makes a row for each number.
MAX_RECEIVED, MAX_LINES = 1_000_000, 1_000
#: Maximum number of ranges of one paper.
MAX_RANGES = 100


def check_has_kind(organization: Organization, kind: str) -> None:
    """Raise `RuleViolation` (V-C1) if the federation has no blanks of this kind."""
    if kind not in organization.charter.blanks:
        raise RuleViolation("V-C1", _("This federation has no such blanks."), field="kind")


def check_numbers(numbers: Sequence[NumberRange], most: int = MAX_RECEIVED) -> None:
    """Raise `RuleViolation` (V-C1) for no numbers, too many at once, or numbers that repeat."""
    if not numbers:
        raise RuleViolation("V-C1", _("Enter the numbers of the blanks."), field="first")
    if len(numbers) > MAX_RANGES:
        message = _("One paper has at most %(most)s ranges of numbers.") % {"most": MAX_RANGES}
        raise RuleViolation("V-C1", message, field="first")
    if count_of(numbers) > most:
        message = _("One paper has at most %(most)s blanks. Make another one for the rest.") % {"most": most}
        raise RuleViolation("V-C1", message, field="last")
    ordered = sorted(numbers)
    for before, after in itertools.pairwise(ordered):
        if before.overlaps(after):
            message = _("The numbers %(first)s and %(second)s overlap.") % {"first": before, "second": after}
            raise RuleViolation("V-C1", message, field="first")


def check_day(made_on: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-C1) for a paper of the future."""
    if made_on > today:
        raise RuleViolation("V-C1", _("The date is in the future. Correct it."), field="made_on")


def check_can_receive(organization: Organization, kind: str) -> None:
    """Raise `RuleViolation` (V-C1) if the organisation cannot receive blanks from outside now."""
    check_has_kind(organization, kind)
    if organization.has_ended:
        raise RuleViolation("V-C1", _("The organisation is ended. Its blanks go to the organisation above it."))


def check_source(number: str, source: str) -> None:
    """Raise `RuleViolation` (V-C1) unless the paper of a receipt has a number and says from whom the blanks came."""
    if not number.strip():
        raise RuleViolation("V-C1", _("Enter the number of the paper with which the blanks came."), field="number")
    if not source.strip():
        raise RuleViolation("V-C1", _("Enter from whom the blanks were received."), field="source")


def check_receiver(giver: Organization, receiver: Organization, kind: str) -> None:
    """Raise `RuleViolation` (V-C1) unless blanks can be handed down from one organisation to the other.

    They go down the tree, to the level that keeps cards at most: cells issue no tickets.
    """
    check_has_kind(giver, kind)
    below = receiver.path.startswith(giver.path) and receiver.pk != giver.pk
    if receiver.federation_id != giver.federation_id or not below or receiver.has_ended:
        message = _("Blanks are handed down to an organisation below. Choose one of them.")
        raise RuleViolation("V-C1", message, field="receiver")
    if receiver.level == giver.charter.cell:
        message = _("Cells keep no blanks. Choose the organisation that keeps the cards.")
        raise RuleViolation("V-C1", message, field="receiver")


def check_can_confirm(paper: BlankPaper, by: Actor) -> None:
    """Raise `RuleViolation` (V-C1) unless the actor may confirm the act: the receiver does, nobody for them."""
    if paper.kind != PaperKind.HAND_DOWN or paper.receiver is None:
        raise RuleViolation("V-C1", _("Only an act of handing down is confirmed."))
    if not by.may(Permission.KEEP_BLANKS, paper.receiver):
        raise RuleViolation("V-C1", _("The act is confirmed by the organisation that receives the blanks."))


def check_is_sent(paper: BlankPaper) -> None:
    """Raise `RuleViolation` (V-C1) unless the paper is an act of handing down that waits for its confirmation."""
    if paper.kind != PaperKind.HAND_DOWN or paper.state != PaperState.SENT:
        raise RuleViolation("V-C1", _("Only an act that the receiver has not confirmed can be taken back."))


def check_can_keep(account: Account, organization: Organization) -> None:
    """Raise `RuleViolation` (V-C1) unless the account works in the organisation."""
    if not account.appointments.current().filter(organization=organization).exists():
        raise RuleViolation("V-C1", _("Choose somebody who works in the organisation."), field="keeper")


def check_accepted(sent: Iterable[NumberRange], accepted: Sequence[NumberRange]) -> list[NumberRange]:
    """Return what was sent and not accepted. Raises `RuleViolation` (V-C1) for numbers that were not sent."""
    rest = merged(sent)
    for numbers in accepted:
        before = count_of(rest)
        rest = [part for one in rest for part in one.without(numbers)]
        if before - count_of(rest) != numbers.count:
            message = _("The numbers %(numbers)s are not in this act.") % {"numbers": numbers}
            raise RuleViolation("V-C1", message, field="first")
    return rest


def check_may_write_off(stock: BlankStock, by: Actor) -> None:
    """Raise `RuleViolation` (V-C1) if the keeper of the blanks writes them off and the charter wants another person."""
    charter = stock.organization.charter
    if charter.written_off_by_another and by.account is not None and stock.keeper_id == by.account.pk:
        message = _("Who keeps the blanks does not write them off. Somebody else has to post this paper.")
        raise RuleViolation("V-C1", message)
