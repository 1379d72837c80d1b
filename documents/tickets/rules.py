"""Rules of blanks of strict accountability (V-C1 to V-C3, V-B15)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from members.meetings.enums import AppealState
from members.people.models import Member
from registry import states
from registry.access import Actor
from registry.accounts.models import Account
from registry.days import day_text
from registry.enums import Permission
from registry.errors import Blocked, RuleViolation
from registry.organizations.models import Organization

from .enums import BlankKind, IssueReason, PaperKind, PaperState, Place
from .models import Blank, BlankMovement, BlankPaper, BlankStock, IssueLine
from .ranges import NumberRange, count_of, merged

#: Maximum number of blanks on a paper: of a delivery, and of a paper that creates a row for each number.
MAX_RECEIVED, MAX_LINES = 1_000_000, 1_000
#: Maximum number of ranges of one paper, and of a count, which may have many gaps.
MAX_RANGES, MAX_COUNTED_RANGES = 100, 2_000
#: Maximum number of pages of a printed book, and the first year with entries.
MAX_PAGES, FIRST_YEAR = 200, 1900
#: Minimum number of people who sign an act.
MIN_COMMISSION = 2


@dataclass(frozen=True)
class Receiver:
    """A member with the reason for a blank; `obstacle` says why they cannot receive one."""

    member: Member
    reason: str = IssueReason.FIRST
    #: Minutes of the decision, in Russian like the sheet.
    ground: str = ""
    #: The number that the new one replaces.
    former: str = ""
    obstacle: str = ""

    @property
    def reason_text(self) -> str:
        """Return the reason in Russian words, for the act of destruction."""
        with override("ru"):
            return str(IssueReason(self.reason).label)


def check_has_kind(organization: Organization, kind: str) -> None:
    """Raise `RuleViolation` (V-C1) if the federation has no blanks of this kind."""
    if kind not in organization.charter.blanks:
        raise RuleViolation("V-C1", _("This federation has no such blanks."), field="kind")


def check_numbers(numbers: Sequence[NumberRange], most: int = MAX_RECEIVED, *, most_ranges: int = MAX_RANGES) -> None:
    """Raise `RuleViolation` (V-C1) if there are no numbers, too many at once, or repeated ones."""
    if not numbers:
        raise RuleViolation("V-C1", _("Enter the numbers of the blanks."), field="numbers")
    if len(numbers) > most_ranges:
        message = _("One paper has at most %(most)s ranges of numbers.") % {"most": most_ranges}
        raise RuleViolation("V-C1", message, field="numbers")
    if count_of(numbers) > most:
        message = _("One paper has at most %(most)s blanks. Make another one for the rest.") % {"most": most}
        raise RuleViolation("V-C1", message, field="numbers")
    ordered = sorted(numbers)
    for before, after in itertools.pairwise(ordered):
        if before.overlaps(after):
            message = _("The numbers %(first)s and %(second)s overlap.") % {"first": before, "second": after}
            raise RuleViolation("V-C1", message, field="numbers")


def check_day(made_on: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-C1) if the paper is dated in the future."""
    if made_on > today:
        raise RuleViolation("V-C1", _("The date is in the future. Correct it."), field="made_on")


def check_in_order(later: BlankMovement | None) -> None:
    """Raise `RuleViolation` (V-C1) if a number moved on a later day, because balances of past days are computed by
    date.
    """
    if later is not None:
        message = _("№ %(numbers)s moved on %(day)s by another paper. Enter that day or a later one.")
        values = {"numbers": later.range, "day": day_text(later.made_on)}
        raise RuleViolation("V-C1", message % values, field="made_on")


def check_can_receive(organization: Organization, kind: str) -> None:
    """Raise `RuleViolation` (V-C1) if the organisation cannot receive blanks from outside now."""
    check_has_kind(organization, kind)
    if organization.has_ended:
        raise RuleViolation("V-C1", _("The organisation is ended. Its blanks go to the organisation above it."))


def check_source(number: str, source: str) -> None:
    """Raise `RuleViolation` (V-C1) unless the paper of a receipt has a number and a sender."""
    if not number.strip():
        raise RuleViolation("V-C1", _("Enter the number of the paper with which the blanks came."), field="number")
    if not source.strip():
        raise RuleViolation("V-C1", _("Enter the sender of the blanks."), field="source")


def check_receiver(giver: Organization, receiver: Organization, kind: str) -> None:
    """Raise `RuleViolation` (V-C1) unless blanks can be passed from one organisation to the other.

    They are passed down the tree, at most to the level that keeps cards, because cells issue no tickets; unused ones go
    back to the superior.
    """
    check_has_kind(giver, kind)
    below = receiver.path.startswith(giver.path) and receiver.pk != giver.pk
    if receiver.has_ended or not (below or receiver.pk == giver.parent_id):
        message = _("Blanks are handed to an organisation below, or back to the superior. Choose one of them.")
        raise RuleViolation("V-C1", message, field="receiver")
    if receiver.level == giver.charter.cell:
        message = _("Cells keep no blanks. Choose the organisation that keeps the cards.")
        raise RuleViolation("V-C1", message, field="receiver")


def check_can_confirm(paper: BlankPaper, by: Actor) -> None:
    """Raise `RuleViolation` (V-C1) unless the actor keeps blanks at the receiver, which alone confirms the act."""
    if paper.kind != PaperKind.HAND_DOWN or paper.receiver is None:
        raise RuleViolation("V-C1", _("Only an act of handing down is confirmed."))
    if not by.may(Permission.KEEP_BLANKS, paper.receiver):
        raise RuleViolation("V-C1", _("The act is confirmed by the organisation that receives the blanks."))


def check_came_after(paper: BlankPaper, made_on: dt.date) -> None:
    """Raise `RuleViolation` (V-C1) if the blanks arrived before the date of the act."""
    if made_on < paper.made_on:
        message = _("The blanks were handed down on %(day)s. Enter that day or a later one.")
        raise RuleViolation("V-C1", message % {"day": day_text(paper.made_on)}, field="made_on")


def check_is_sent(paper: BlankPaper) -> None:
    """Raise `RuleViolation` (V-C1) unless the paper is an act of passing blanks on that waits for confirmation."""
    if paper.kind != PaperKind.HAND_DOWN or paper.state != PaperState.SENT:
        raise RuleViolation("V-C1", _("Only an act that the receiver has not confirmed can be taken back."))


def check_can_keep(account: Account, organization: Organization) -> None:
    """Raise `RuleViolation` (V-C1) unless the account works in the organisation."""
    if not account.appointments.current().filter(organization=organization).exists():
        raise RuleViolation("V-C1", _("Choose somebody who works in the organisation."), field="keeper")


def check_accepted(sent: Iterable[NumberRange], accepted: Sequence[NumberRange]) -> list[NumberRange]:
    """Return the numbers that were not accepted. Raises `RuleViolation` (V-C1) for numbers that were not sent."""
    rest = merged(sent)
    for numbers in accepted:
        before = count_of(rest)
        rest = [part for one in rest for part in one.without(numbers)]
        if before - count_of(rest) != numbers.count:
            message = _("The numbers %(numbers)s are not in this act.") % {"numbers": numbers}
            raise RuleViolation("V-C1", message, field="numbers")
    return rest


def check_is_issue(paper: BlankPaper) -> None:
    """Raise `RuleViolation` (V-C3) unless the paper is an issue sheet."""
    if paper.kind != PaperKind.ISSUE:
        raise RuleViolation("V-C3", _("This paper is no issue sheet."))


def check_receivers(found: Sequence[Receiver], *, wanted: int) -> None:
    """Raise `RuleViolation` (V-C3) unless the sheet has members, not too many, and each of them receives a blank."""
    if not wanted:
        raise RuleViolation("V-C3", _("Choose the members who receive a ticket."))
    if wanted > MAX_LINES:
        raise RuleViolation("V-C3", _("One issue sheet has at most %(most)s members.") % {"most": MAX_LINES})
    if len(found) < wanted:
        raise RuleViolation("V-C3", _("Some of the chosen are not registered here any more. Choose again."))
    blockers = [f"{one.member.full_name}: {one.obstacle}" for one in found if one.obstacle]
    if blockers:
        raise Blocked("V-C3", _("Some of the chosen receive no ticket:"), blockers)


def check_not_prepared(there: bool) -> None:
    """Raise `RuleViolation` (V-C3) if a sheet for the same members is already waiting, such as after a double click."""
    if there:
        raise RuleViolation("V-C3", _("A sheet for the same members is prepared already. Post or drop it."))


def check_still_receive(lines: Sequence[IssueLine], found: Mapping[int, Receiver]) -> None:
    """Raise `RuleViolation` (V-C3) if somebody on the sheet left, or received a blank, since it was prepared."""
    if not lines:
        raise RuleViolation("V-C3", _("The issue sheet is empty."))
    gone = [line.full_name or capfirst(str(_("data destroyed"))) for line in lines if line.member_id not in found]
    blockers: list[object] = [_("%(name)s: not registered here any more") % {"name": name} for name in gone]
    blockers += [f"{one.member.full_name}: {one.obstacle}" for one in found.values() if one.obstacle]
    if blockers:
        raise Blocked("V-C3", _("The issue sheet has to be prepared again:"), blockers)


def check_enough(there: int, wanted: int) -> None:
    """Raise `RuleViolation` (V-C1) if the stock has fewer blanks than the sheet needs."""
    if there < wanted:
        message = _("There are %(there)s blanks in stock, the sheet needs %(wanted)s. Receive blanks first.")
        raise RuleViolation("V-C1", message % {"there": there, "wanted": wanted})


def check_not_on_cards(number: str) -> None:
    """Raise `RuleViolation` (V-C1) if a number of the stock is on a member's card, because it was issued before."""
    if number:
        message = _(
            "№ %(number)s of the stock stands on a card already. Correct the card, or write the blank off as lost."
        )
        raise RuleViolation("V-C1", message % {"number": number})


def check_some_taken_over(count: int) -> None:
    """Raise `RuleViolation` (V-C1) if no number on the cards can be taken over."""
    if not count:
        raise RuleViolation("V-C1", _("There are no numbers on the cards that can be taken over."))


def check_is_write_off(paper_kind: str) -> None:
    """Raise `RuleViolation` (V-C1) unless the paper writes off blanks of the stock."""
    if paper_kind not in {PaperKind.SPOILED, PaperKind.LOST}:
        raise RuleViolation("V-C1", _("Choose whether the blanks are spoiled or lost."), field="paper_kind")


def check_says_how(note: str, *, needed: bool = True) -> None:
    """Raise `RuleViolation` (V-C1) unless the paper describes what happened."""
    if needed and not note.strip():
        raise RuleViolation("V-C1", _("Say how it came: the act is read by others."), field="note")


def check_commission(signed_by: Sequence[str]) -> None:
    """Raise `RuleViolation` (V-B15) unless at least two people sign the act."""
    if len([name for name in signed_by if name.strip()]) < MIN_COMMISSION:
        message = _("An act is signed by a commission of at least %(least)s people.") % {"least": MIN_COMMISSION}
        raise RuleViolation("V-B15", message, field="signed_by")


def check_blanks(found: Sequence[Blank], *, wanted: int) -> None:
    """Raise `RuleViolation` (V-C1) if there are no blanks, too many, several kinds, or some are missing."""
    if not wanted:
        raise RuleViolation("V-C1", _("Choose the blanks."))
    if wanted > MAX_LINES:
        raise RuleViolation(
            "V-C1", _("One paper has at most %(most)s blanks. Make another one for the rest.") % {"most": MAX_LINES}
        )
    if len(found) < wanted or len({blank.kind for blank in found}) > 1:
        raise RuleViolation("V-C1", _("Some of the chosen blanks are not there any more. Choose again."))


def place_after(paper_kind: str) -> Place:
    """Return the place of issued blanks after such a paper. Raises `RuleViolation` (V-C1) for other papers."""
    places = {
        PaperKind.RETURN: Place.RETURNED,
        PaperKind.HANDED_BACK: Place.ISSUED,
        PaperKind.LOST: Place.LOST,
        PaperKind.CANCELLATION: Place.CANCELLED,
    }
    if paper_kind not in places:
        raise RuleViolation(
            "V-C1", _("Choose whether the tickets are returned, lost or cancelled."), field="paper_kind"
        )
    return places[PaperKind(paper_kind)]


def check_moves(blank: Blank, to: Place) -> None:
    """Raise `RuleViolation` (V-C1) if the blank cannot move to this place; a member cannot return what nobody
    received.
    """
    states.check(blank, to, "V-C1")
    if to == Place.RETURNED and getattr(blank, "issue_line", None) is None:
        message = _("№ %(number)s was never issued, so no member can return it.")
        raise RuleViolation("V-C1", message % {"number": blank.number_text}, field="numbers")


def check_handed_back(found: Sequence[Blank], organization: Organization) -> None:
    """Raise `RuleViolation` (V-C1) unless each blank is the one on the card of its owner, who is registered here and
    has no other: an exclusion or a leaving was taken back.
    """
    owners = [blank.member_id for blank in found]
    held = Blank.objects.filter(member__in=[pk for pk in owners if pk], kind=found[0].kind, state=Place.ISSUED)
    others = set(held.values_list("member", flat=True))
    here = Member.objects.registered().filter(organization=organization).in_bulk([pk for pk in owners if pk])
    for blank in found:
        owner = here.get(blank.member_id or 0)
        named = owner is not None and (
            blank.kind != BlankKind.TICKET or owner.ticket_number in blank.range.spellings(blank.number)
        )
        if not named or blank.member_id in others or owners.count(blank.member_id) > 1:
            message = _("№ %(number)s is handed back to a member who is registered here and has no other one.")
            raise RuleViolation("V-C1", message % {"number": blank.number_text}, field="numbers")


def check_no_appeal(found: Sequence[Blank]) -> None:
    """Raise `RuleViolation` (V-B14) if the ticket or card of an excluded person is to be cancelled or destroyed while
    their appeal is in course: it is kept until the final decision.
    """
    of_them = Blank.objects.filter(pk__in=[blank.pk for blank in found])
    appealed = of_them.filter(member__appeals__state=AppealState.RECEIVED)
    blank = appealed.order_by("series", "number", "pk").first()
    if blank is not None:
        message = _("№ %(number)s is kept until the appeal of its owner is decided.")
        raise RuleViolation("V-B14", message % {"number": blank.number_text})


def check_same_differences(found: str, agreed: str | None) -> None:
    """Raise `RuleViolation` (V-C1) if the differences are not those that were shown; None means that none were
    shown.
    """
    if agreed is not None and found != agreed:
        raise RuleViolation("V-C1", _("The stock has changed meanwhile. Look at the differences again."))


def check_not_posted(last: BlankPaper | None, paper: BlankPaper) -> None:
    """Raise `RuleViolation` (V-C1) if the last paper is the same stock-taking, such as after a double click."""
    if last is not None and all(
        getattr(last, name) == getattr(paper, name) for name in ("kind", "made_on", "note", "signed_by")
    ):
        message = _("This stock-taking is posted already: act № %(number)s.") % {"number": last.number}
        raise RuleViolation("V-C1", message)


def check_counted(unknown: Sequence[NumberRange], missing: Sequence[NumberRange], found: Sequence[Blank]) -> None:
    """Raise `RuleViolation` (V-C1) for counted numbers that never were in this stock, and for too many differences."""
    if unknown:
        message = _("№ %(numbers)s never were in this stock. Compare the numbers, or enter their receipt first.")
        raise RuleViolation("V-C1", message % {"numbers": unknown[0]}, field="numbers")
    if count_of(missing) + len(found) > MAX_LINES:
        differ = _("More than %(most)s numbers differ. Compare what you counted.")
        raise RuleViolation("V-C1", differ % {"most": MAX_LINES}, field="numbers")


def check_may_write_off(stock: BlankStock, by: Actor) -> None:
    """Raise `RuleViolation` (V-C1) if the keeper writes off their own blanks and the charter requires another
    person.
    """
    charter = stock.organization.charter
    if charter.written_off_by_another and by.account is not None and stock.keeper_id == by.account.pk:
        message = _("Who keeps the blanks does not write them off. Somebody else has to post this paper.")
        raise RuleViolation("V-C1", message)


def check_period(first: dt.date, last: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-C2) if the period ends before it begins or in the future."""
    if last > today:
        raise RuleViolation("V-C2", _("The date is in the future. Correct it."), field="last")
    if first > last:
        raise RuleViolation("V-C2", _("The period ends before it begins."), field="last")
    if first.year < FIRST_YEAR:
        raise RuleViolation("V-C2", _("The registry has no entries of that time."), field="first")


def check_printable(pages: int) -> None:
    """Raise `RuleViolation` (V-C2) for a book that is too long for one print."""
    if pages > MAX_PAGES:
        message = _("The book would have more than %(most)s pages. Choose a shorter period.")
        raise RuleViolation("V-C2", message % {"most": MAX_PAGES}, field="last")
