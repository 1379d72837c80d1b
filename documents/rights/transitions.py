"""Transitions of requests of people about their own personal data (152-ФЗ art. 14, 20, 21, V-C5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Max

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
    """Register a request of a person about their own data; it gets the organisation's next number and its term.

    Access and the end of the processing are answered within 10 working days, a correction within 7. Raises
    `RuleViolation` for a wrong day, a correction that does not say of what, too many requests or a file that is no
    scan; `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="V-C5", event="request.received") as act:
        found = Member.objects.answered_for(by)
        keeper = found.filter(pk=member_id).values_list("organization", flat=True).first()
        if keeper is not None:
            # Numbers are given one after the other.
            act.lock(Organization, keeper)
        member = act.lock(found, member_id)
        organization = card_keeper(act, member)
        own = SubjectRequest.objects.filter(received_by=organization)
        rules.check_may_ask(own.open().filter(member=member).count())
        details = details.strip()[: rules.MAX_TEXT]
        day = rules.check_received(kind, received_on, details, act.today)
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


def extend_term(request_id: int, *, reason: str, by: Actor) -> SubjectRequest:
    """Extend the term once by 5 working days; the reason is told to the person (152-ФЗ art. 20 p. 1, art. 21 p. 5.1).

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
    """Record that what the person asked for was done, when and how they were told.

    Raises `RuleViolation` where it was not done yet or for a wrong day; `NotAllowed`, `SubjectRequest.DoesNotExist`.
    """
    with _settling(request_id, "request.answered", by) as (act, request):
        rules.check_can_be_answered(request)
        _settle(request, RequestState.ANSWERED, rules.check_settled(request, settled_on, act.today), channel, reply)
    return request


def refuse_request(
    request_id: int, *, settled_on: dt.date | None, channel: str, reason: str, by: Actor
) -> SubjectRequest:
    """Record that the request was refused, with the reason that the law wants in the answer (152-ФЗ art. 20 p. 2).

    Raises `RuleViolation` without a reason or for a wrong day; `NotAllowed`, `SubjectRequest.DoesNotExist`.
    """
    with _settling(request_id, "request.refused", by) as (act, request):
        rules.check_can_be_refused(request)
        reason = rules.check_reason(reason.strip(), "reason")
        _settle(request, RequestState.REFUSED, rules.check_settled(request, settled_on, act.today), channel, reason)
    return request


def recall_request(request_id: int, *, reason: str, by: Actor) -> SubjectRequest:
    """Record that the person took the request back, or that it was registered by mistake; the number stays.

    Raises `RuleViolation` without a reason or for a settled request; `NotAllowed`, `SubjectRequest.DoesNotExist`.
    """
    with _settling(request_id, "request.recalled", by) as (act, request):
        rules.check_can_be_recalled(request)
        _settle(request, RequestState.RECALLED, act.today, "", rules.check_reason(reason.strip(), "reason"))
    return request


def reopen_request(request_id: int, *, by: Actor) -> SubjectRequest:
    """Take back an answer, a refusal or a recall that was recorded by mistake; the term goes on as before.

    Raises `RuleViolation` for a request that waits; `NotAllowed`, `SubjectRequest.DoesNotExist`.
    """
    with _settling(request_id, "request.reopened", by) as (_act, request):
        rules.check_can_be_reopened(request)
        request.state, request.settled_on, request.reply_channel, request.reply = RequestState.RECEIVED, None, "", ""
    return request


def note_extract(request_id: int, *, form: str, by: Actor) -> SubjectRequest:
    """Record that the extract of everything stored about the person was made; `form` is `pdf` or `json` (V-C5).

    Raises `RuleViolation` where there is no such extract, `NotAllowed` for those who may not read all of it,
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
    """Lock the request, let the caller change it, save it and write the event."""
    with change(by=by, rule="V-C5", event=event) as act:
        request = act.lock(SubjectRequest.objects.visible_to(by), request_id)
        act.require(Permission.MARK_CONSENTS, request.organization)
        yield act, request
        act.save(request)
        act.about(request.member, organization=request.organization, request=request.pk, **facts)


def _settle(request: SubjectRequest, state: str, day: dt.date, channel: str, reply: str) -> None:
    request.state, request.settled_on, request.reply_channel = state, day, channel
    request.reply = reply.strip()[: rules.MAX_TEXT]
