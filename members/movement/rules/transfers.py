"""Rules of transfers: actors and days (V-B9 to V-B12, U-5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.consents.models import Consent
from documents.printing.models import PrintRecord
from documents.tickets.models import Blank
from dues.ledger.models import LedgerEntry
from members.admission.models import Representation
from members.book.models import BookLine, Registration
from members.people.enums import ConsentState, MemberState
from members.people.models import CardEntry, CardMark, HealthRecord, IdentityPaper, Member, Questionnaire
from members.people.rules.duplicates import name_key
from members.people.rules.fields import normalise
from members.people.rules.person import check_keeps_cards
from registry import states
from registry.access import Actor
from registry.charters import Charter
from registry.days import day_text, moment_text
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization, OrganizationQuerySet
from registry.organizations.rules.tree import check_takes_members
from registry.states import allowed
from registry.text import search_key

from ..enums import TransferState
from ..models import Transfer, TransferAttempt
from .leaving import check_nothing_waits, check_place_works

#: Numbers of wrong codes that block an organisation, in total and for one ticket, and the time windows in which they
#: count.
MAX_ATTEMPTS_OF_ORGANIZATION, WITHIN = 5, dt.timedelta(minutes=15)
MAX_ATTEMPTS_AT_TICKET, REMEMBERED = 10, dt.timedelta(days=1)

#: Maximum number of organisations offered; a more specific search narrows them.
MAX_OFFERED = 20


def other_side(transfer: Transfer) -> Organization:
    """Return the organisation whose answer is awaited."""
    if transfer.asked_by_id == transfer.source_id and transfer.target is not None:
        return transfer.target
    return transfer.source


def check_leads(transfer: Transfer, by: Actor) -> None:
    """Raise `NotAllowed` unless the actor works for the organisation that the member left, or a superior (V-B12)."""
    if not (by.may(Permission.MOVE_MEMBERS, transfer.source) or by.may(Permission.ARBITRATE, transfer.source)):
        raise NotAllowed


def check_arbiter(transfer: Transfer, by: Actor, today: dt.date) -> None:
    """Raise unless the actor is a common superior and the term of the answer has passed (U-5).

    Raises `NotAllowed` or `RuleViolation`.
    """
    if not is_common_superior(transfer, by):
        raise NotAllowed
    if transfer.answer_by is None or today <= transfer.answer_by:
        raise RuleViolation(
            "U-5",
            _("The other organisation can answer until %(day)s.")
            % {"day": day_text(transfer.answer_by) if transfer.answer_by else "—"},
        )


def is_common_superior(transfer: Transfer, by: Actor) -> bool:
    """Return whether the actor is in charge of an organisation above both sides."""
    return (
        transfer.target is not None
        and by.may(Permission.ARBITRATE, transfer.source)
        and by.may(Permission.ARBITRATE, transfer.target)
    )


def check_answer(answer: str) -> None:
    """Raise `RuleViolation` (U-5) if a refusal has no reason."""
    if not answer.strip():
        raise RuleViolation("U-5", _("Give the reason."), field="answer")


def check_request(member: Member, source: Organization, target: Organization) -> None:
    """Raise `RuleViolation` (U-5) if the target is the same, of another federation, ended, or keeps no cards."""
    if target.pk == source.pk:
        raise RuleViolation("U-5", _("The member is registered in this organisation already."), field="target")
    if target.federation_id != source.federation_id:
        raise RuleViolation("U-5", _("Choose an organisation of the same federation."), field="target")
    check_keeps_cards(target)
    check_takes_members(target)
    if member.state != MemberState.REGISTERED:
        raise RuleViolation("U-5", _("This member is not registered any more."))


def check_arrival(transfer: Transfer, organization: Organization, on: dt.date) -> None:
    """Raise `RuleViolation` (V-B9) for the same organisation, or a day before the departure or in the future."""
    if transfer.source_id == organization.pk:
        raise RuleViolation(
            "V-B9", _("The member left this organisation; cancel the departure instead of registering them.")
        )
    check_takes_members(organization)
    if on < transfer.started_on:
        raise RuleViolation(
            "V-B9",
            _("The member left on %(day)s and cannot arrive earlier.") % {"day": day_text(transfer.started_on)},
            field="on",
        )
    if on > timezone.localdate():
        raise RuleViolation("V-B9", _("The date is in the future."), field="on")


def checked_workplace(workplace: str, charter: Charter) -> str:
    """Return the new place of work or study as the card keeps it. Raises `RuleViolation` (U-5a) if it is too long."""
    done, wrong = normalise({"workplace": workplace}, charter)
    if wrong:
        raise wrong[0]
    return str(done["workplace"])


def check_not_throttled(organization: Organization, ticket_digest: str, now: dt.datetime) -> None:
    """Raise `RuleViolation` (V-B9) after too many wrong codes of the organisation, recently or for one ticket today.

    Only the organisation's own attempts count, so that nobody can lock out others. `ticket_digest` is empty for cards
    without a ticket; they cannot be told apart and have no separate limit.
    """
    own = TransferAttempt.objects.filter(organization=organization).order_by("-at")
    limits = [(own, MAX_ATTEMPTS_OF_ORGANIZATION, WITHIN)]
    if ticket_digest:
        limits.append((own.filter(ticket_digest=ticket_digest), MAX_ATTEMPTS_AT_TICKET, REMEMBERED))
    # The oldest of the newest allowed attempts has to expire first.
    oldest = [(attempts.values_list("at", flat=True)[most - 1 : most], term) for attempts, most, term in limits]
    open_at = max((at + term for found, term in oldest for at in found), default=now)
    if now < open_at:
        whole_minute = open_at + dt.timedelta(seconds=59)
        raise RuleViolation(
            "V-B9",
            _(
                "Too many wrong codes. The next attempt is possible at %(moment)s. Meanwhile compare ticket number and "
                "code with the paper card, or ask the former organisation for a new code."
            )
            % {"moment": moment_text(whole_minute)},
        )


def wrong_code() -> RuleViolation:
    """Return the same refusal for a wrong ticket and a wrong code, so that neither can be guessed separately."""
    return RuleViolation(
        "V-B9",
        _(
            "No card in transit has this ticket number and code. Compare both with the paper card, character by "
            "character."
        ),
        field="code",
    )


def find_exactly(
    organization: Organization, surname: str, given_name: str, patronymic: str, birth_date: dt.date
) -> Member:
    """Return the only member elsewhere in the federation with exactly this name and birth date.

    Raises `RuleViolation` (U-5), which reveals nothing, if there is none or more than one.
    """
    found = Member.objects.filter(
        federation_id=organization.federation_id,
        name_key=name_key(surname, given_name),
        birth_date=birth_date,
        state=MemberState.REGISTERED,
    ).exclude(organization=organization)
    same = [member for member in found[:5] if name_key(member.patronymic, "") == name_key(patronymic, "")]
    if len(same) != 1:
        raise RuleViolation(
            "U-5",
            _("Nobody with exactly this name and date of birth is registered elsewhere. Compare them with the papers."),
            field="surname",
        )
    return same[0]


def receivers(member: Member, words: str | None = None) -> OrganizationQuerySet:
    """Return organisations of the federation that may take the member, by name or code; `words=None` returns all.

    Only their names are shown, which are public within the federation.
    """
    found = (
        Organization.objects.filter(
            federation_id=member.federation_id, level=member.organization.level, status=OrganizationStatus.ACTIVE
        )
        if member.organization is not None
        else Organization.objects.none()
    )
    found = found.exclude(pk=member.organization_id or 0).select_related("parent").order_by("sort_key", "pk")
    if words is None:
        return found
    if not words.strip():
        return found.none()
    return found.filter(Q(search_key__contains=search_key(words).strip()) | Q(code__iexact=words.strip()))[:MAX_OFFERED]


@dataclass(frozen=True)
class Arrival:
    """The open registration and the open line of the book that an arrival created."""

    registration: Registration
    book: BookLine


def check_answers_for_arrival(transfer: Transfer, by: Actor) -> None:
    """Raise `NotAllowed` unless the actor works for the receiving organisation or a superior."""
    target = transfer.target
    if target is None or not (by.may(Permission.MOVE_MEMBERS, target) or by.may(Permission.ARBITRATE, target)):
        raise NotAllowed


def check_still_there(transfer: Transfer, member: Member, target: Organization | None) -> Organization:
    """Return the target. Raises `RuleViolation` (U-5) if there is none or the source no longer keeps the card."""
    if target is None or member.state != MemberState.REGISTERED or member.organization_id != transfer.source_id:
        raise RuleViolation("U-5", _("The member is not registered there any more; the request is void."))
    return target


def check_arrival_can_be_taken_back(transfer: Transfer, member: Member) -> Arrival:
    """Return the records created by the arrival.

    Raises `RuleViolation` (V-B9) if it is not the last step or something depends on it.
    """
    states.check_is(transfer, {TransferState.ARRIVED}, "V-B9")
    registration = Registration.objects.filter(
        member=member, organization=transfer.target, ended_on__isnull=True
    ).first()
    line = BookLine.objects.filter(member=member, left_on__isnull=True).first()
    newest = Transfer.objects.filter(member=member).order_by("-pk").first()
    if registration is None or line is None or newest != transfer or member.state != MemberState.REGISTERED:
        raise RuleViolation(
            "V-B9", _("The member has been moved or deregistered since; this arrival cannot be taken back.")
        )
    check_place_works(transfer.source)
    check_nothing_waits(member)
    if what_rests_on_arrival(member, line):
        raise RuleViolation(
            "V-B9",
            _("The card was changed, printed, signed for or paid for here since; the arrival cannot be taken back."),
        )
    return Arrival(registration, line)


def can_arrival_be_taken_back(transfer: Transfer, by: Actor) -> bool:
    """Return whether the actor may undo the arrival and nothing prevents it."""
    return (
        transfer.state == TransferState.ARRIVED
        and allowed(check_answers_for_arrival, transfer, by)
        and allowed(check_arrival_can_be_taken_back, transfer, transfer.member)
    )


def what_rests_on_arrival(member: Member, line: BookLine) -> bool:
    """Return whether the card has changes, signatures, prints, payments or blanks after the day of the line."""
    since = line.recorded_at
    history: Any = Member.history
    opened = history.filter(id=member.pk, organization_id=member.organization_id, history_date__gte=since)
    first = opened.order_by("history_date", "history_id").values_list("version", flat=True).first()
    beside: tuple[Any, ...] = (IdentityPaper, HealthRecord, Questionnaire, CardEntry, CardMark, Representation)
    consents: Any = Consent.history
    blanks: Any = Blank.history
    return (
        first != member.version
        or any(model.history.filter(member=member, history_date__gte=since).exists() for model in beside)
        or consents.filter(member=member, history_date__gte=since).exclude(state=ConsentState.EXPIRED).exists()
        or PrintRecord.objects.filter(member=member, printed_at__gte=since).exists()
        or blanks.filter(member=member, history_date__gte=since).exists()
        or LedgerEntry.objects.filter(account__member=member, posted_at__gte=since).exists()
    )
