"""Conditions of deregistration, and retention of the card afterwards (V-B10 to V-B14, K3, K13)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.consents.models import Withdrawal
from members.book.enums import EndReason
from members.book.models import BookLine, Registration
from members.meetings.models import AgendaItem
from members.people.enums import DEPARTED_MEMBERS, MarkKind, MemberState
from members.people.models import CardMark, Member
from members.people.rules.duplicates import may_be_same
from registry.charters.base import Charter
from registry.days import after_months, day_text
from registry.errors import Blocked, RuleViolation
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization
from registry.states import refusal

from ..enums import PaperCard, TransferState
from ..models import Transfer

#: State of the card by reason of leaving; a departure is in transit until the arrival.
STATES = {
    EndReason.DEPARTURE: MemberState.IN_TRANSIT,
    EndReason.DISMISSAL: MemberState.LEFT,
    EndReason.OWN_WISH: MemberState.LEFT,
    EndReason.RETIREMENT: MemberState.LEFT,
    EndReason.GRADUATION: MemberState.LEFT,
    EndReason.LIQUIDATION: MemberState.LEFT,
    EndReason.DEATH: MemberState.DECEASED,
    EndReason.EXCLUSION: MemberState.EXCLUDED,
}
#: Reasons that can be undone from the book; departures and exclusions are undone elsewhere.
REVERSIBLE = frozenset(reason for reason, state in STATES.items() if state in DEPARTED_MEMBERS)


def check_reason(charter: Charter, reason: str) -> None:
    """Raise `RuleViolation` (V-B10) if the charter does not know the reason or only a decision can give it."""
    if reason not in charter.end_reasons:
        raise RuleViolation("V-B10", _("Choose one of the reasons offered."), field="reason")


def check_day(member: Member, registration: Registration, on: dt.date) -> None:
    """Raise `RuleViolation` (V-B10) if the last day is in the future, before the registration or before the birth."""
    if on > timezone.localdate():
        raise RuleViolation("V-B10", _("The date is in the future."), field="on")
    if on < registration.started_on:
        raise RuleViolation(
            "V-B10",
            _("The member has been registered since %(day)s; the day of leaving cannot be earlier.")
            % {"day": day_text(registration.started_on)},
            field="on",
        )
    if member.birth_date and on < member.birth_date:
        raise RuleViolation("V-B10", _("The date is before the date of birth."), field="on")


def check_paper_card(paper_card: str, mail_number: str) -> None:
    """Raise `RuleViolation` (V-B12) if the card was mailed without the number of the registered letter."""
    if paper_card == PaperCard.MAILED and not mail_number.strip():
        raise RuleViolation(
            "V-B12", _("The card is sent by registered mail only: enter the number of the letter."), field="mail_number"
        )


def check_paper(reason: str, paper: str) -> None:
    """Raise `RuleViolation` (V-B14) for a death without its document."""
    if reason == EndReason.DEATH and not paper.strip():
        raise RuleViolation(
            "V-B14", _("Enter the document of the death: the certificate with its number and date."), field="paper"
        )


def check_nothing_waits(member: Member) -> None:
    """Raise `Blocked` (V-B10) with the pending decisions about the member; only death does not wait for them."""
    items = AgendaItem.objects.open().filter(member=member)
    blockers: list[Any] = [_("On the agenda: %(kind)s.") % {"kind": item.get_kind_display()} for item in items]
    moves = Transfer.objects.filter(member=member, state=TransferState.REQUESTED)
    blockers += [_("A transfer was requested and has not been answered.") for _transfer in moves]
    if blockers:
        raise Blocked("V-B10", _("Settle this first:"), blockers)


def check_can_go_elsewhere(member: Member) -> None:
    """Raise `RuleViolation` (N-C1) if the card is blocked after a withdrawal of the consent, or has to be.

    The statement stays with the organisation that received it, so the next one would continue to process the data.
    """
    if member.blocked_on is not None:
        message = _("The card is blocked: nobody processes the data until a new consent is signed.")
        raise RuleViolation("N-C1", message, field="reason")
    if Withdrawal.objects.to_block().filter(member=member).exists():
        raise RuleViolation(
            "N-C1", _("The consent to the processing was withdrawn. Carry out the withdrawal first: block the card.")
        )


def measures_in_force(member: Member) -> int:
    """Return the number of disciplinary measures of the member that are not lifted."""
    return CardMark.objects.filter(member=member, kind=MarkKind.DISCIPLINE, lifted_on__isnull=True).count()


def erase_after(charter: Charter, state: str, on: dt.date) -> dt.date:
    """Return the day from which the sealed card may be erased: after the term of appeal, if any, and retention."""
    appeal = int(charter.terms.get("appeal_months", 1)) if state == MemberState.EXCLUDED else 0
    return after_months(on, appeal + 12 * charter.retention_years)


def check_not_erased(line: BookLine) -> int:
    """Return the id of the member on the line of the book. Raises `RuleViolation` (V-B10) if the card was erased."""
    if line.member_id is None:
        raise RuleViolation("V-B10", _("The card has been erased; nothing can be taken back."))
    return line.member_id


def check_can_be_reopened(line: BookLine, member: Member) -> None:
    """Raise `RuleViolation` (V-B10, N-H3) if the leaving cannot be undone from this line of the book.

    The reasons are an erased card, a decision of a body, or later changes of the member.
    """
    if member.state not in DEPARTED_MEMBERS or line.left_on is None:
        raise RuleViolation("V-B10", _("There is nothing to take back: this departure was settled in another way."))
    if member.last_unit_id != line.unit_id:
        raise RuleViolation("V-B10", _("The member has been in another organisation since."))
    check_place_works(last_place(member))
    sound = BookLine.objects.filter(member=member).exclude(reason=EndReason.UNDONE)
    newest = sound.order_by("-entered_on", "-pk").first()
    if newest is None or newest.pk != line.pk:
        raise RuleViolation("V-B10", _("There is a later line of this member in the book."))
    check_has_no_later_card(member)


def check_has_no_later_card(member: Member) -> None:
    """Raise `RuleViolation` (N-A1) if the person was registered again since the card was sealed.

    Otherwise two cards of one person would be open.

    The same СНИЛС says so, or name and birth date on a card made since, unless the СНИЛС of the two differ.
    """
    sealed = BookLine.objects.filter(member=member).aggregate(at=Max("left_recorded_at"))["at"]
    same = Q(snils=member.snils) if member.snils else Q(pk__in=[])
    if member.birth_date is not None and sealed is not None:
        same |= Q(name_key=member.name_key, birth_date=member.birth_date, created_at__gt=sealed)
    present = Member.objects.present().filter(same, federation=member.federation_id).exclude(pk=member.pk)
    for other in present.select_related("organization").order_by("pk"):
        if (member.snils and other.snils == member.snils) or may_be_same(vars(member), vars(other)):
            message = _(
                "This person has another card since: %(organization)s. Nobody has two cards: the other one has to end "
                "first."
            )
            where = other.organization.short_name if other.organization is not None else other.get_state_display()
            raise RuleViolation("N-A1", message % {"organization": where})


def why_not_reopened(line: BookLine) -> RuleViolation | None:
    """Return what speaks against taking the leaving on the line back, or None if it can be taken back."""
    erased = refusal(check_not_erased, line)
    return erased if line.member is None else refusal(check_can_be_reopened, line, line.member)


def last_place(member: Member) -> Organization:
    """Return the organisation that last kept the sealed card. Raises `RuleViolation` (V-B10) if there is none."""
    place = Organization.objects.select_related("federation").filter(pk=member.last_organization_id or 0).first()
    if place is None:
        raise RuleViolation(
            "V-B10", _("This cannot be done now: the card is %(state)s.") % {"state": member.get_state_display()}
        )
    return place


def check_place_works(organization: Organization) -> None:
    """Raise `RuleViolation` (N-H3) if the organisation has ended or no longer keeps cards."""
    if not organization.keeps_cards:
        raise RuleViolation(
            "N-H3", _("The organisation that kept the card has ended; the member can be admitted elsewhere.")
        )
    if organization.status == OrganizationStatus.ENDED:
        raise RuleViolation(
            "N-H3", _("«%(name)s» has ended; the member can be admitted elsewhere.") % {"name": organization.short_name}
        )


def check_is_excluded(member: Member) -> None:
    """Raise `RuleViolation` (V-B14) if the member is not excluded and cannot be restored."""
    if member.state != MemberState.EXCLUDED:
        raise RuleViolation(
            "V-B14", _("This member is not excluded: %(state)s.") % {"state": member.get_state_display()}
        )


def check_exclusion(member: Member) -> None:
    """Raise `RuleViolation` (V-B16) if the member is not registered, so that nobody is excluded twice."""
    if member.state != MemberState.REGISTERED:
        raise RuleViolation(
            "V-B16", _("This member is not registered any more: %(state)s.") % {"state": member.get_state_display()}
        )
