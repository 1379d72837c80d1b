"""Rules for printing: which papers an actor and an organisation may print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from members.meetings.rules import can_be_told, decided_by
from members.people.enums import MemberState
from registry.access import require_reading
from registry.days import moment_text
from registry.enums import DataClass
from registry.errors import RuleViolation
from registry.journal.models import Event

from .models import MAX_SHIFT, SHIFTS, PrinterCalibration, PrintRecord

if TYPE_CHECKING:
    from members.admission.models import Application
    from members.meetings.models import AgendaItem, Meeting
    from members.people.models import Member
    from registry.access import Actor
    from registry.organizations.models import Organization


#: Journal event of a wrong code, the allowed number of wrong codes, and the time in which they are counted.
UNKNOWN_CODE = "paper.code_unknown"
MAX_UNKNOWN_CODES, WITHIN = 10, dt.timedelta(minutes=15)
#: The card that accompanies a member for life and is continued line by line.
CARD_FORM = "member_card"
#: The membership ticket, to which new marks are added in the same way.
TICKET_FORM = "membership_ticket"
CONTINUED_FORMS = frozenset({CARD_FORM, TICKET_FORM})
#: Papers that primary cells keep and print; all others are printed where the cards are kept.
CELL_FORMS = frozenset({"questionnaire"})

#: Maximum number of members in one list, and of letters in one register.
MAX_LISTED, MAX_LETTERS = 10_000, 500
#: Maximum number of printers of an organisation.
MAX_PRINTERS = 20


def check_readable(data_classes: Iterable[DataClass], *, by: Actor) -> None:
    """Raise `NotAllowed` unless the actor may read all classes of data on the paper (V-C5)."""
    require_reading(by, *data_classes)


def prints_here(form: str, organization: Organization) -> bool:
    """Return whether the organisation prints this paper; cells print only what they keep (V-C4, V-H1)."""
    return form in CELL_FORMS or organization.level != organization.charter.cell


def papers_about(organization: Organization) -> tuple[str, ...]:
    """Return the codes of the papers about the organisation itself; only keepers of cards print them (V-B6)."""
    return organization.charter.organization_papers if organization.keeps_cards else ()


def check_people(count: int) -> None:
    """Raise `RuleViolation` (V-B6) if there are no members, or too many for one list."""
    if not count:
        raise RuleViolation("V-B6", _("Nobody is registered here yet, so there is nothing to list."))
    if count > MAX_LISTED:
        message = _("A list has at most %(most)s people.")
        raise RuleViolation("V-B6", message % {"most": number_format(MAX_LISTED, force_grouping=True)})


def check_mail_period(first: dt.date, last: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-B12) if the period ends before it begins, or ends in the future."""
    if last > today:
        raise RuleViolation("V-B12", _("The date is in the future. Correct it."), field="last")
    if first > last:
        raise RuleViolation("V-B12", _("The period ends before it begins."), field="last")


def check_mail_count(count: int) -> None:
    """Raise `RuleViolation` (V-B12) if no letters were sent in the period, or too many for one register."""
    if not count:
        message = _("No card was sent by registered mail in this period. The number is entered when a card is sent.")
        raise RuleViolation("V-B12", message, field="first")
    if count > MAX_LETTERS:
        message = _("A register has at most %(most)s letters. Choose a shorter period.")
        raise RuleViolation("V-B12", message % {"most": MAX_LETTERS}, field="first")


def printed_at(form: str, owner: Member | Application) -> Organization | None:
    """Return the organisation that prints the paper: the member's cell or the keeper of card or application (V-C4)."""
    unit = getattr(owner, "unit", None) if form in CELL_FORMS else None
    return unit or owner.organization


def paper_carries(form: str, member: Member) -> Mapping[str, Any]:
    """Return the lines on the member's paper card or ticket by its last print record, or an empty mapping."""
    records = PrintRecord.objects.filter(member=member, form=form).exclude(lines={})
    return records.order_by("-printed_at", "-pk").values_list("lines", flat=True).first() or {}


def check_may_look_up(by: Actor, now: dt.datetime) -> None:
    """Raise `RuleViolation` (V-C5) if the account has entered too many wrong codes."""
    unknown = Event.objects.filter(action=UNKNOWN_CODE, account=by.account).order_by("-at").values_list("at", flat=True)
    # The account has to wait until the oldest of the last allowed ones expires.
    for at in unknown[MAX_UNKNOWN_CODES - 1 : MAX_UNKNOWN_CODES]:
        if now < at + WITHIN:
            # The time is rounded up to a full minute, so that the next attempt is not too early.
            moment = moment_text(at + WITHIN + dt.timedelta(seconds=59))
            said = _("Too many wrong codes. The next attempt is possible at %(moment)s.")
            raise RuleViolation("V-C5", said % {"moment": moment}, field="code")


def no_such_paper() -> RuleViolation:
    """Return the refusal for an unknown code, or a code of a paper out of scope (V-C5)."""
    return RuleViolation("V-C5", _("There is no such paper."), field="code")


def printed_last(form: str, members: Iterable[Member]) -> dict[int, dt.datetime]:
    """Return when the form was last printed for each of the members, by their ids."""
    found = PrintRecord.objects.filter(form=form, member__in=[member.pk for member in members])
    # The last one in this order is the latest.
    return {pk: at for pk, at in found.order_by("printed_at").values_list("member", "printed_at") if pk}


def check_printer(printer: PrinterCalibration) -> None:
    """Raise `RuleViolation` (V-B2) for a name in use, a shift out of bounds, or too many printers."""
    others = PrinterCalibration.objects.filter(organization=printer.organization_id).exclude(pk=printer.pk)
    names = list(others.values_list("name", flat=True)[: MAX_PRINTERS + 1])
    if not printer.name:
        raise RuleViolation("V-B2", _("Enter the name of the printer."), field="name")
    if printer.name in names:
        raise RuleViolation("V-B2", _("There is a printer with this name already."), field="name")
    if printer.pk is None and len(names) >= MAX_PRINTERS:
        message = _("There are %(most)s printers already. Delete one that is no longer used.")
        raise RuleViolation("V-B2", message % {"most": MAX_PRINTERS}, field="name")
    for name in SHIFTS:
        if abs(getattr(printer, name)) > MAX_SHIFT:
            message = _("The print can be moved by at most %(most)s mm in each direction.")
            raise RuleViolation("V-B2", message % {"most": MAX_SHIFT}, field=name)


def check_registered(member: Member) -> None:
    """Raise `RuleViolation` unless the member is registered: papers and consents are for members only (U-6)."""
    if member.state != MemberState.REGISTERED:
        raise RuleViolation("U-6", _("%(name)s is not registered any more.") % {"name": member.full_name})


def check_has_meeting(item: AgendaItem) -> Meeting:
    """Return the meeting of the item. Raises `RuleViolation` (V-A5) if the item is on no agenda."""
    if item.meeting is None:
        raise RuleViolation("V-A5", "Вопрос не включён в повестку заседания.")
    return item.meeting


def check_is_invited(application: Application) -> AgendaItem:
    """Return the item of an applicant to be notified of the meeting.

    Raises `RuleViolation` (V-A5) if the application is on no agenda or decided already.
    """
    if application.item is None:
        raise RuleViolation("V-A5", "Заявление не включено в повестку заседания.")
    if application.decided_on is not None:
        raise RuleViolation("V-A5", "Решение уже принято: о заседании не уведомляют.")
    return application.item


def check_is_decided(application: Application) -> AgendaItem:
    """Return the item that decided on the application. Raises `RuleViolation` (V-A5) if nothing is decided yet."""
    item = decided_by(application)
    if item is None or application.decided_on is None:
        raise RuleViolation("V-A5", "Решение ещё не принято.")
    return item


def check_can_be_told(item: AgendaItem) -> None:
    """Raise `RuleViolation` (V-A5) if nothing is decided yet, or there is not one person to be notified."""
    if not can_be_told(item):
        raise RuleViolation("V-A5", "Решение ещё не принято.")


def check_can_be_addressed(card: Member | None) -> Member:
    """Return the card of the addressee. Raises `RuleViolation` (V-B14) if it was destroyed."""
    if card is None:
        raise RuleViolation("V-B14", "Карточка уничтожена: извещать некого.")
    return card
