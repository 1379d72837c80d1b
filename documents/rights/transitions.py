"""Transitions of requests about personal data (152-ФЗ art. 14, 20, 21, V-C5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Max, QuerySet

from documents.consents.transitions.consents import card_keeper, store
from members.people.models import Member
from registry.access import Actor, require
from registry.days import after_working_days
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change, write_event

from . import rules
from .enums import DAYS_MORE, DAYS_TO_ANSWER, RequestState
from .models import SubjectRequest


def register_request(
    member_id: int,
    *,
    kind: str,
    received_on: dt.date | None,
    channel: str,
    details: str = "",
    scan: bytes | None = None,
    by: Actor,
) -> SubjectRequest:
    """Register a person's request about their data, with the organisation's next number and a term.

    The term is 10 working days for access and for the end of the processing, 7 for a correction. Raises
    `RuleViolation` for a wrong day, a correction without details, too many requests or a file that is not a scan;
    `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="V-C5", event="request.received") as act:
        found = Member.objects.answered_for(by)
        keeper = found.filter(pk=member_id).values_list("organization", flat=True).first()
        if keeper is not None:
            # The lock on the organisation keeps two requests from getting the same number.
            act.lock(Organization, keeper)
        member = act.lock(found, member_id)
        organization = card_keeper(act, member)
        own = SubjectRequest.objects.filter(received_by=organization)
        rules.check_may_ask(own.open().filter(member=member).count())
        details = details.strip()[: rules.MAX_TEXT]
        day = rules.check_received(kind, received_on, details, act.today)
        rules.check_is_new(_number_of_same(own, member, kind, day, details))
        request = SubjectRequest(
            member=member,
            organization=organization,
            received_by=organization,
            number=(own.aggregate(last=Max("number"))["last"] or 0) + 1,
            kind=kind,
            person_name=member.full_name,
            received_on=day,
            channel=channel,
            details=details,
            scan=store(scan, organization, by) if scan is not None else None,
            answer_by=after_working_days(day, DAYS_TO_ANSWER[kind], organization.charter.moved_days),
        )
        act.save(request)
        act.about(member, organization=organization, request=request.pk, kind=str(kind))
    return request


def _number_of_same(
    received: QuerySet[SubjectRequest], member: Member, kind: str, day: dt.date, details: str
) -> int | None:
    """Return the number of the member's open request of the same kind and day with the same text, or None."""
    found = received.filter(state=RequestState.RECEIVED, member=member, kind=kind, received_on=day)
    # The texts are encrypted, so they are compared here.
    return next((one.number for one in found if one.details == details), None)


def extend_term(request_id: int, *, reason: str, by: Actor) -> SubjectRequest:
    """Extend the term once by 5 working days; the letter gives the reason (152-ФЗ art. 20 p. 1, art. 21 p. 5.1).

    Raises `RuleViolation`, `NotAllowed`, `SubjectRequest.DoesNotExist`.
    """
    with _settling(request_id, "request.extended", by) as (act, request):
        rules.check_can_be_extended(request, act.today)
        request.extension_reason = rules.check_reason(reason.strip()[: rules.MAX_TEXT], "reason")
        request.extended_on = act.today
        request.answer_by = after_working_days(request.answer_by, DAYS_MORE, request.organization.charter.moved_days)
    return request


def answer_request(
    request_id: int, *, settled_on: dt.date | None, channel: str, reply: str = "", by: Actor
) -> SubjectRequest:
    """Record that the request was fulfilled, with the day and the channel of the answer.

    Raises `RuleViolation` if it was not fulfilled yet, or for a wrong day; `NotAllowed`, `SubjectRequest.DoesNotExist`.
    """
    with _settling(request_id, "request.answered", by) as (act, request):
        rules.check_can_be_answered(request)
        _settle(request, RequestState.ANSWERED, rules.check_settled(request, settled_on, act.today), channel, reply)
    return request


def refuse_request(
    request_id: int, *, settled_on: dt.date | None, channel: str, reason: str, by: Actor
) -> SubjectRequest:
    """Record that the request was refused, with the reason, which the law requires (152-ФЗ art. 20 p. 2).

    Raises `RuleViolation` without a reason or for a wrong day; `NotAllowed`, `SubjectRequest.DoesNotExist`.
    """
    with _settling(request_id, "request.refused", by) as (act, request):
        rules.check_can_be_refused(request)
        reason = rules.check_reason(reason.strip(), "reason")
        _settle(request, RequestState.REFUSED, rules.check_settled(request, settled_on, act.today), channel, reason)
    return request


def recall_request(request_id: int, *, reason: str, by: Actor) -> SubjectRequest:
    """Record that the person withdrew the request, or that it was registered by mistake; the number stays.

    Raises `RuleViolation` without a reason or for a settled request; `NotAllowed`, `SubjectRequest.DoesNotExist`.
    """
    with _settling(request_id, "request.recalled", by) as (act, request):
        rules.check_can_be_recalled(request)
        _settle(request, RequestState.RECALLED, act.today, "", rules.check_reason(reason.strip(), "reason"))
    return request


def reopen_request(request_id: int, *, by: Actor) -> SubjectRequest:
    """Undo an answer, a refusal or a recall that was recorded by mistake; the term stays the same.

    Raises `RuleViolation` for an unanswered request; `NotAllowed`, `SubjectRequest.DoesNotExist`.
    """
    with _settling(request_id, "request.reopened", by) as (_act, request):
        rules.check_can_be_reopened(request)
        request.state, request.settled_on, request.reply_channel, request.reply = RequestState.RECEIVED, None, "", ""
    return request


def note_extract(request_id: int, *, form: str, by: Actor) -> SubjectRequest:
    """Record that the extract for the request was made; `form` is `pdf` or `json` (V-C5).

    Raises `RuleViolation` if the request has no extract, `NotAllowed` if the actor may not read all of the data,
    `SubjectRequest.DoesNotExist`.
    """
    with _settling(request_id, "request.extract_made", by, form=form) as (act, request):
        rules.check_reads_all(by)
        rules.check_extract(request)
        request.extract_at = act.now
    return request


def note_scan_opened(request: SubjectRequest, *, by: Actor) -> None:
    """Record that the scan of the request was opened (V-C5). Raises `NotAllowed`."""
    require(by, Permission.MARK_CONSENTS)
    write_event("request.scan_opened", by=by, rule="V-C5", about=request.member, organization=request.organization)


@contextmanager
def _settling(request_id: int, event: str, by: Actor, **facts: str) -> Iterator[tuple[Act, SubjectRequest]]:
    """Lock the request; after the `with` block, save it and write the event."""
    with change(by=by, rule="V-C5", event=event) as act:
        request = act.lock(SubjectRequest.objects.visible_to(by), request_id)
        act.require(Permission.MARK_CONSENTS, request.organization)
        yield act, request
        act.save(request)
        act.about(request.member, organization=request.organization, request=request.pk, **facts)


def _settle(request: SubjectRequest, state: str, day: dt.date, channel: str, reply: str) -> None:
    request.state, request.settled_on, request.reply_channel = state, day, channel
    request.reply = reply.strip()[: rules.MAX_TEXT]
