"""Rules of electronic cards: days and numbers, orders, answers, deliveries, handing out (U-8 to U-10)."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from members.people.enums import MemberState
from members.people.models import Member
from registry import states
from registry.charters import ElectronicCards
from registry.enums import Level
from registry.errors import Blocked, RuleViolation
from registry.organizations.models import Organization

from .contents import Candidate
from .enums import MANUAL_BLOCK_REASONS, CardState, OrderState, RequestReason, RequestState
from .models import CardBatch, CardOrder, CardRequest, ElectronicCard

#: Maximum number of cards in one order, and in a consolidated order, a delivery or a hand-out.
MAX_LINES, MAX_CARDS = 500, 1_000
#: Maximum number of lines in an answer (cards may be repeated), and of obstacles listed in a refusal.
MAX_ANSWERED, MAX_NAMED = 3_000, 20
#: Numbers of cards with their check digit.
_NUMBER = re.compile(r"[0-9]{8,19}")
_SPACES = re.compile(r"[\s\u00a0-]+")
#: Tracking numbers: letters, digits, spaces, slashes and hyphens.
_TRACKING = re.compile(r"[0-9A-Za-zА-Яа-яЁё /-]{4,40}")

# Days


def processing_day(cards: ElectronicCards, moment: dt.datetime) -> dt.date:
    """Return the next day on which the producer processes orders (U-8).

    On a processing day, orders before the cut-off still belong to that day.
    """
    there = moment.astimezone(ZoneInfo(cards.cutoff_zone))
    # An order at the cut-off or later belongs to the next day.
    first = there.date() if there.time() < cards.cutoff else there.date() + dt.timedelta(days=1)
    day = first
    while day.day not in cards.processing_days:
        day += dt.timedelta(days=1)
    return day


def ship_by(cards: ElectronicCards, processed_on: dt.date) -> dt.date:
    """Return the day by which the producer sends the cards to the region (U-9)."""
    return processed_on + dt.timedelta(days=cards.ship_days)


# Numbers


def check_digit(digits: str) -> str:
    """Return the check digit of the number, by Luhn's formula (ISO/IEC 7812-1)."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def parse_number(text: str) -> str:
    """Return the card number without spaces. Raises `RuleViolation` (U-8) unless its check digit is right."""
    number = _SPACES.sub("", text)
    if not _NUMBER.fullmatch(number) or check_digit(number[:-1]) != number[-1]:
        raise RuleViolation("U-8", _("The check digit of the card number is wrong."), field="number")
    return number


def number_of(serial: int, cards: ElectronicCards) -> str:
    """Return the card number for a serial of the federation's own range, with its check digit.

    Raises `RuleViolation` (U-8) if the range is used up.
    """
    first, last = cards.range or (0, 0)
    if not first <= serial <= last:
        raise RuleViolation("U-8", _("The range of card numbers is used up. Ask the administrator for another one."))
    digits = str(serial)
    return digits + check_digit(digits)


# Ordering


def cards_of(organization: Organization) -> ElectronicCards:
    """Return the federation's settings of electronic cards. Raises `RuleViolation` (U-8) if it has no cards."""
    cards = organization.charter.electronic_cards
    if cards is None:
        raise RuleViolation("U-8", _("This federation has no electronic cards."))
    return cards


def check_can_order(organization: Organization) -> None:
    """Raise `RuleViolation` (U-8) unless the organisation can order cards for members whose cards it keeps."""
    cards_of(organization)
    if not organization.keeps_cards:
        raise RuleViolation("U-8", _("Cards are ordered by the organisation that keeps the cards of the members."))
    if organization.has_ended:
        raise RuleViolation("U-8", _("The organisation has ended."))


def consolidator_of(organization: Organization) -> Organization:
    """Return the organisation that consolidates orders and receives parcels: the region, or else the head (U-9)."""
    line = [organization, *reversed(organization.ancestors())]
    return next((one for one in line if one.level == Level.REGIONAL), line[-1])


def check_consolidates(organization: Organization) -> None:
    """Raise `RuleViolation` (U-8) unless the organisation consolidates orders."""
    cards_of(organization)
    if consolidator_of(organization) != organization:
        raise RuleViolation("U-8", _("Orders are consolidated by the regional organisation."))


def check_chosen(found: Sequence[Candidate], *, wanted: int, already: int = 0) -> None:
    """Raise `RuleViolation` (U-8) unless the number of chosen members is allowed and none of them has obstacles."""
    if not wanted:
        raise RuleViolation("U-8", _("Choose the members who receive a card."))
    if wanted + already > MAX_LINES:
        raise RuleViolation("U-8", _("One order has at most %(most)s members.") % {"most": MAX_LINES})
    if len(found) < wanted:
        raise RuleViolation("U-8", _("Some of the chosen are not registered here any more. Choose again."))
    _check_ready(found)


def check_ready(requests: Iterable[CardRequest], found: Mapping[int, Candidate]) -> None:
    """Raise `Blocked` (U-8) if a member of the requests has left or now has obstacles to a card."""
    gone = [_name_of(one) for one in requests if one.member_id not in found]
    _check_ready(found.values(), [_("%(name)s: not registered here any more") % {"name": name} for name in gone])


def _check_ready(found: Iterable[Candidate], blockers: Iterable[str] = ()) -> None:
    named = [*blockers, *(f"{one.member.full_name}: {one.lacks_text}" for one in found if one.lacks)]
    if named:
        more = [_("and %(n)s more") % {"n": len(named) - MAX_NAMED}] if len(named) > MAX_NAMED else []
        raise Blocked("U-8", _("No card can be made for some of them:"), [*named[:MAX_NAMED], *more])


def check_reason(candidate: Candidate, reason: str) -> None:
    """Raise `RuleViolation` (U-8) unless the member has a valid card that can be replaced for this reason."""
    if reason not in {RequestReason.NAME, RequestReason.DAMAGED}:
        raise RuleViolation("U-8", _("Choose why another card is made."), field="reason")
    if "valid" not in candidate.lacks:
        raise RuleViolation("U-8", _("The member has no valid card to replace."), field="reason")


def check_no_other_draft(order: CardOrder) -> None:
    """Raise `RuleViolation` (U-8) if the organisation has another draft order."""
    if CardOrder.objects.filter(organization=order.organization_id, state=OrderState.DRAFT).exists():
        raise RuleViolation("U-8", _("Another order is being prepared. Submit or drop it first."))


def check_is_draft(order: CardOrder) -> None:
    """Raise `RuleViolation` (U-8) unless the order is a draft."""
    if order.state != OrderState.DRAFT:
        raise RuleViolation("U-8", _("The order is submitted and cannot be changed. Recall it first."))


def check_filled(count: int) -> None:
    """Raise `RuleViolation` (U-8) if the order has no members."""
    if not count:
        raise RuleViolation("U-8", _("Nobody is in the order. Choose members first."))


def check_rejections(rejected: Mapping[int, str], known: Collection[int]) -> None:
    """Raise `RuleViolation` (U-8) unless each rejected request is in the order and has a reason."""
    if set(rejected) - set(known):
        raise RuleViolation("U-8", _("The order has changed meanwhile. Check the list again."))
    for pk, reason in rejected.items():
        if not reason.strip():
            raise RuleViolation("U-8", _("Enter the reason; the organisation reads it."), field=f"note_{pk}")


def check_can_gather(waiting: int) -> None:
    """Raise `RuleViolation` (U-8) if no accepted request is waiting for a batch."""
    if not waiting:
        raise RuleViolation("U-8", _("There are no accepted requests."))


# The batch


def manifest_digest(content: str) -> str:
    """Return the SHA-256 of a manifest."""
    return hashlib.sha256(content.encode()).hexdigest()


def check_photos(without: Sequence[str]) -> None:
    """Raise `Blocked` (U-8) with the names whose photograph cannot be read, if there are any."""
    if without:
        named = [_("%(name)s: the photograph cannot be read") % {"name": name} for name in without[:MAX_NAMED]]
        raise Blocked("U-8", _("No card can be made for some of them:"), named)


def check_is_sent(batch: CardBatch) -> None:
    """Raise `RuleViolation` (U-8) unless the consolidated order was sent."""
    if batch.sent_on is None:
        raise RuleViolation("U-8", _("The order has not been sent yet."))


def check_printed_here(batch: CardBatch) -> None:
    """Raise `RuleViolation` (U-8) unless the federation prints the cards of the order itself.

    These are orders whose cards have numbers of its own range, even if the charter has changed since.
    """
    if not batch.requests.filter(serial__isnull=False).exists():
        raise RuleViolation("U-8", _("The cards are made by the producer."))


def check_numbers_free(numbers: Collection[str], federation_id: int) -> None:
    """Raise `RuleViolation` (U-8) if another card of the federation already has one of the numbers from the
    producer.
    """
    taken = CardRequest.objects.filter(federation=federation_id, number__in=numbers).order_by("number").first()
    if taken is not None:
        message = _("№ %(number)s of the own range was given to a card by the producer. Ask for another range.")
        raise RuleViolation("U-8", message % {"number": taken.number})


def check_answer_size(lines: int) -> None:
    """Raise `RuleViolation` (U-8) if the answer has no lines or too many."""
    if not lines:
        raise RuleViolation("U-8", _("The file has no lines with cards."), field="file")
    if lines > MAX_ANSWERED:
        message = _("The answer has more than %(most)s lines. Divide it into several files.")
        raise RuleViolation("U-8", message % {"most": MAX_ANSWERED}, field="file")


def check_has_columns(found: bool) -> None:
    """Raise `RuleViolation` (U-8) unless the file has the column of ids from the archive."""
    if not found:
        message = _("The file has no column «id» as in the list of the archive. Ask the producer to keep it.")
        raise RuleViolation("U-8", message, field="file")


def check_has_reason(note: str) -> None:
    """Raise `RuleViolation` (U-8) unless a reason is given."""
    if not note.strip():
        raise RuleViolation("U-8", _("Enter the reason."), field="note")


def check_not_on_the_way(request: CardRequest) -> None:
    """Raise `RuleViolation` (U-9) if the card is in a delivery that is not confirmed."""
    if request.delivery_lines.filter(arrived__isnull=True).exists():
        raise RuleViolation("U-9", _("The card is in a parcel on the way. Confirm the receipt first."))


# Parcels and acts


def check_tracking(tracking: str) -> str:
    """Return the tracking number with normalised spaces. Raises `RuleViolation` (U-9) if it is invalid."""
    text = " ".join(tracking.split())
    if not _TRACKING.fullmatch(text):
        raise RuleViolation("U-9", _("Enter the tracking number as it is on the parcel."), field="tracking")
    return text


def check_new_parcel(known: bool) -> None:
    """Raise `RuleViolation` (U-9) if the parcel was entered before."""
    if known:
        raise RuleViolation("U-9", _("A parcel with this number is entered already."), field="tracking")


def check_day(day: dt.date, today: dt.date, *, field: str = "on") -> None:
    """Raise `RuleViolation` (U-10) if the day is in the future."""
    if day > today:
        raise RuleViolation("U-10", _("The date is in the future. Correct it."), field=field)


def check_packed(found: Sequence[CardRequest], chosen: Sequence[CardRequest], *, wanted: int) -> None:
    """Raise `RuleViolation` (U-9) for no or too many cards, `Blocked` with those of another region or not made."""
    _check_count(wanted, len(chosen))
    foreign = [one for one in chosen if one.pk not in {request.pk for request in found}]
    if foreign:
        message = _("These cards were not made for your region, or are in a parcel already:")
        raise Blocked("U-9", message, [_card_text(one) for one in foreign[:MAX_NAMED]])


def check_receiver(giver: Organization, receiver: Organization) -> None:
    """Raise `RuleViolation` (U-10) unless the receiver is subordinate or superior to the giver."""
    below = receiver.path.startswith(giver.path) and receiver.pk != giver.pk
    above = giver.path.startswith(receiver.path) and receiver.pk != giver.pk
    same = receiver.federation_id == giver.federation_id and not receiver.has_ended
    if not same or not (below or above):
        message = _("Cards are handed to an organisation below, or back to a superior. Choose one of them.")
        raise RuleViolation("U-10", message, field="receiver")


def check_handed_down(
    found: Sequence[CardRequest],
    chosen: Sequence[CardRequest],
    giver: Organization,
    receiver: Organization,
    *,
    wanted: int,
) -> None:
    """Raise `Blocked` (U-10) with the cards that are not here or belong to members of another organisation."""
    _check_count(wanted, len(chosen))
    elsewhere = [one for one in chosen if one.pk not in {request.pk for request in found}]
    if elsewhere:
        raise Blocked("U-10", _("These cards are not here:"), [_card_text(one) for one in elsewhere[:MAX_NAMED]])
    upwards = giver.path.startswith(receiver.path)
    foreign = [one for one in found if not upwards and not one.organization.path.startswith(receiver.path)]
    if foreign:
        message = _("These cards belong to members of another organisation:")
        raise Blocked("U-10", message, [_card_text(one) for one in foreign[:MAX_NAMED]])


def check_arrived(arrived: Collection[int], sent: Collection[int]) -> None:
    """Raise `RuleViolation` (U-10) unless all these cards are in the delivery."""
    if set(arrived) - set(sent):
        raise RuleViolation("U-10", _("Some of the ticked cards are not in this delivery. Look at it again."))


# Handing out


def check_can_hand_out(
    found: Sequence[CardRequest], here: Organization, members: Mapping[int, Member], *, wanted: int
) -> None:
    """Raise `Blocked` (U-10) unless the cards are here and belong to members who are registered here."""
    _check_count(wanted, len(found))
    blockers = []
    for one in found:
        member = members.get(one.member_id or 0)
        if one.state != RequestState.ARRIVED or one.place_id != here.pk or one.organization_id != here.pk:
            blockers.append(_("%(card)s: the card is not here") % {"card": _card_text(one)})
        elif member is None or member.state != MemberState.REGISTERED or member.organization_id != here.pk:
            blockers.append(_("%(card)s: not registered here any more") % {"card": _card_text(one)})
    if blockers:
        raise Blocked("U-10", _("Some cards cannot be handed out:"), blockers[:MAX_NAMED])


def check_none_on_the_way(requests: Sequence[CardRequest]) -> None:
    """Raise `Blocked` (U-10) with the requests whose cards are in transit, if there are any."""
    if requests:
        named = [_("%(card)s: in transit by an act") % {"card": _card_text(one)} for one in requests[:MAX_NAMED]]
        raise Blocked("U-10", _("Some cards cannot be handed out:"), named)


def check_hand_out_day(on: dt.date, today: dt.date, arrived_on: dt.date | None) -> None:
    """Raise `RuleViolation` (U-10) if the day is in the future or before the cards arrived."""
    check_day(on, today)
    if arrived_on is not None and on < arrived_on:
        raise RuleViolation("U-10", _("Some of the cards arrived later. Correct the date."), field="on")


def check_block_reason(reason: str) -> None:
    """Raise `RuleViolation` (U-10) unless an officer may choose this reason."""
    if reason not in MANUAL_BLOCK_REASONS:
        raise RuleViolation("U-10", _("Choose what happened to the card."), field="reason")


def check_can_destroy(card: ElectronicCard) -> None:
    """Raise `RuleViolation` (U-10) if the card is valid or destroyed, or was lost or stolen, so that no officer has
    it.
    """
    states.check(card, CardState.DESTROYED, "U-10")
    if not card.can_be_destroyed:
        raise RuleViolation("U-10", _("The card was lost or stolen, so it cannot be destroyed."))


def _check_count(wanted: int, found: int) -> None:
    if not wanted:
        raise RuleViolation("U-10", _("Choose the cards."))
    if wanted > MAX_CARDS:
        raise RuleViolation("U-10", _("At most %(most)s cards at once.") % {"most": MAX_CARDS})
    if found < wanted:
        raise RuleViolation("U-10", _("Some of the chosen cards are not there any more. Choose again."))


def _card_text(one: CardRequest) -> str:
    return f"№ {one.number}, {_name_of(one)}" if one.number else _name_of(one)


def _name_of(one: CardRequest) -> str:
    return one.name_shown or capfirst(str(_("data destroyed")))
