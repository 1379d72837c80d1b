"""Rules of requests about personal data (152-ФЗ art. 14, 20, 21, V-C5)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from documents.consents.models import Consent, Withdrawal
from documents.consents.rules import FIRST_CONSENT
from members.people.enums import MemberState
from registry import states
from registry.days import day_text
from registry.enums import DataClass
from registry.errors import NotAllowed, RuleViolation

from .enums import EXTENDABLE, UNFULFILLED_REQUESTS, RequestKind, RequestState

if TYPE_CHECKING:
    from members.people.models import Member
    from registry.access import Actor

    from .models import SubjectRequest

#: Maximum length of the text of a request, of an answer and of a reason.
MAX_TEXT = 2000
#: Maximum number of unanswered requests of one person.
MAX_OPEN = 10


def check_received(kind: str, received_on: dt.date | None, details: str, today: dt.date) -> dt.date:
    """Return the day on which the request was received.

    Raises `RuleViolation` (V-C5) for a day in the future or before the law, and for a correction without details.
    """
    if received_on is None or not FIRST_CONSENT <= received_on <= today:
        message = _("Enter the day on which the request was received: not before %(first)s and not in the future.")
        raise RuleViolation("V-C5", message % {"first": day_text(FIRST_CONSENT)}, field="received_on")
    if kind == RequestKind.CORRECTION and not details:
        raise RuleViolation("V-C5", _("Write down what the person asks to correct."), field="details")
    return received_on


def check_may_ask(waiting: int) -> None:
    """Raise `RuleViolation` (V-C5) if the person has `MAX_OPEN` unanswered requests."""
    if waiting >= MAX_OPEN:
        raise RuleViolation("V-C5", _("The person has too many unanswered requests. Answer those first."))


def check_is_new(same: int | None) -> None:
    """Raise `RuleViolation` (V-C5) if an equal request, with this number, is already waiting for an answer.

    A form that is sent twice thus registers one request.
    """
    if same is not None:
        raise RuleViolation("V-C5", _("This request is registered already: № %(number)s.") % {"number": same})


def check_can_be_extended(request: SubjectRequest, today: dt.date) -> None:
    """Raise `RuleViolation` (V-C5) unless the term can be extended: only once, before it ends, not for corrections."""
    states.check_is(request, {RequestState.RECEIVED}, "V-C5")
    if request.kind not in EXTENDABLE:
        raise RuleViolation("V-C5", _("The law does not extend the term of a correction."))
    if request.extended_on is not None:
        raise RuleViolation("V-C5", _("The term was extended already; the law allows it once."))
    if request.answer_by < today:
        raise RuleViolation("V-C5", _("The term is over and can no longer be extended."))


def check_reason(reason: str, field: str) -> str:
    """Return the reason. Raises `RuleViolation` (V-C5) if it is empty, because the law requires it in the letter."""
    if not reason:
        raise RuleViolation("V-C5", _("Enter the reason: it is printed in the letter to the person."), field=field)
    return reason


def check_settled(request: SubjectRequest, settled_on: dt.date | None, today: dt.date) -> dt.date:
    """Return the day of the answer.

    Raises `RuleViolation` (V-C5) for a day before the request was received or in the future.
    """
    if settled_on is None or not request.received_on <= settled_on <= today:
        message = _("Enter the day of the answer: not before the request was received, and not in the future.")
        raise RuleViolation("V-C5", message, field="settled_on")
    return settled_on


def check_can_be_answered(request: SubjectRequest) -> None:
    """Raise `RuleViolation` (V-C5) unless the request was fulfilled.

    An access request needs an extract. A request to end the processing needs all consents closed and the card
    blocked, if it has to be. Nothing is required if the card has left the organisation.
    """
    states.check(request, RequestState.ANSWERED, "V-C5")
    member = request.member
    if member is None or member.organization_id != request.organization_id:
        return
    if request.kind == RequestKind.ACCESS and request.extract_at is None:
        raise RuleViolation("V-C5", _("Print or download the extract first: it is the answer."))
    if request.kind == RequestKind.STOPPING:
        check_stopped(member)


def check_stopped(member: Member) -> None:
    """Raise `RuleViolation` (V-C5) while a consent of the member is open or their card has to be blocked."""
    if Consent.objects.open().filter(member=member).exists():
        raise RuleViolation("V-C5", _("Register the end of the consents first: the data are used while they are open."))
    if Withdrawal.objects.to_block().filter(member=member).exists():
        raise RuleViolation("V-C5", _("Block the card first: until then the data are processed."))


def check_can_be_refused(request: SubjectRequest) -> None:
    """Raise `RuleViolation` (V-C5) unless the request waits for its answer."""
    states.check(request, RequestState.REFUSED, "V-C5")


def check_can_be_recalled(request: SubjectRequest) -> None:
    """Raise `RuleViolation` (V-C5) unless the request waits for its answer."""
    states.check(request, RequestState.RECALLED, "V-C5")


def check_can_be_reopened(request: SubjectRequest) -> None:
    """Raise `RuleViolation` (V-C5) unless the request was settled."""
    states.check(request, RequestState.RECEIVED, "V-C5")


def check_extract(request: SubjectRequest) -> Member:
    """Return the member whose data the extract contains.

    Raises `RuleViolation` (V-C5) unless the request is about access, is neither refused nor recalled, and the
    organisation keeps the card.
    """
    if request.kind != RequestKind.ACCESS:
        raise RuleViolation("V-C5", _("An extract answers a request for access."))
    if request.state in UNFULFILLED_REQUESTS:
        raise RuleViolation("V-C5", states.refusal_of(request))
    member = request.member
    if member is None or member.state != MemberState.REGISTERED or member.organization_id != request.organization_id:
        raise RuleViolation("V-C5", _("The organisation no longer keeps the card of this person."))
    return member


def check_reads_all(by: Actor) -> None:
    """Raise `NotAllowed` unless the actor reads all classes of data, because the extract contains them all (V-C5)."""
    if not all(by.reads(data_class) for data_class in DataClass):
        raise NotAllowed
