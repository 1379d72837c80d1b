"""Transitions of remarks: making, answering, accepting or returning, withdrawing, showing to a superior (N-S1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.db.models import Q

from registry.access import Actor
from registry.enums import Permission
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from registry.sizes import CHUNK
from registry.transitions import Act, change, quietly, write_event

from . import queries, rules
from .enums import BY_ID, INCOMPLETE, SETTLED, RemarkKind, RemarkState, StepKind
from .models import Remark, RemarkPerson, RemarkRequest, RemarkStep


def make_remark(kind: str, record_id: int, *, text: str, term: dt.date | None, field: str = "", by: Actor) -> Remark:
    """Make a remark on a card, a passport, an organisation, a payment register or an act (N-S1).

    Raises `RuleViolation` for a wrong text, term or field, and for a remark that already exists; `NotAllowed`,
    `DoesNotExist` of the record's model.
    """
    with change(by=by, rule=rules.RULE, event="remark.made") as act:
        record = queries.records(kind, by).get(pk=record_id)
        organization = queries.answering(kind, record, by)
        if organization is None:
            raise Remark.DoesNotExist
        organization = act.lock(Organization.objects.visible_to(by), organization.pk)
        act.require(Permission.REMARK, organization)
        rules.check_may_remark(organization, by)
        text = rules.check_text(text)
        remark = Remark(
            organization=organization,
            made_by=by.organization or organization,
            kind=kind,
            field=rules.check_field(field, queries.fields_of(kind, organization, by)),
            member=record if kind == RemarkKind.CARD else None,
            about_id=record.pk if kind in BY_ID else None,
            text=text,
            term=rules.check_term(term, act.today),
            made_on=act.today,
        )
        rules.check_is_new(_is_made(remark))
        act.save(remark)
        _step(act, remark, StepKind.MADE, term=remark.term)
        act.about(remark, organization=organization, kind=str(kind))
    return remark


def make_remarks(
    member_ids: Sequence[int], *, text: str, term: dt.date | None, field: str = "", by: Actor
) -> list[Remark]:
    """Make one remark for each organisation that keeps cards of these members, about its own members (N-S1).

    `field` is the empty field of the cards, or `INCOMPLETE`. Members whose cards the actor's own organisation keeps are
    left out. Raises `RuleViolation` for a wrong text, term or field, for too many people or organisations, and if an
    equal remark waits for an answer; `NotAllowed`.
    """
    with change(by=by, rule=rules.RULE, event="remark.made_for_many") as act:
        act.require(Permission.REMARK)
        people = queries.by_organization(member_ids, by)
        count = sum(map(len, people.values()))
        rules.check_people(count, len(people))
        text = rules.check_text(text)
        made = [
            _for_many(act, place, RemarkKind.PEOPLE, text, term, field)
            for place in act.lock_many(Organization.objects.visible_to(by).filter(pk__in=people))
        ]
        for remark in made:
            rules.check_is_new(_is_made(remark, people[remark.organization_id]))
            _save_of_many(act, remark, people[remark.organization_id])
        act.about(None, organization=by.organization, remarks=len(made), people=count)
    return made


def make_remarks_on(
    kind: str, organization_ids: Collection[int], *, text: str, term: dt.date | None, by: Actor
) -> list[Remark]:
    """Make a remark on each of these organisations, or on each passport, depending on `kind` (N-S1).

    The actor's own organisation is skipped, and so are those with an equal waiting remark. Raises `RuleViolation` for a
    wrong text or term, for no or too many organisations, and if all have the remark; `NotAllowed`.
    """
    with change(by=by, rule=rules.RULE, event="remark.made_for_organizations") as act:
        act.require(Permission.REMARK)
        places = act.lock_many(queries.addressed(organization_ids, by))
        rules.check_organizations(len(places))
        text = rules.check_text(text)
        asked = [_for_many(act, place, kind, text, term) for place in places]
        made = [remark for remark in asked if not _is_made(remark)]
        rules.check_is_new(not made)
        for remark in made:
            _save_of_many(act, remark)
        act.about(None, organization=by.organization, remarks=len(made), kind=str(kind))
    return made


def ask_for_many(
    kind: str,
    places: Sequence[tuple[int, Sequence[int]]],
    *,
    text: str,
    term: dt.date | None,
    field: str = "",
    by: Actor,
) -> RemarkRequest | None:
    """Record that a job should make remarks; the caller starts the job in the same transaction.

    A place is the id of an organisation with the ids of the members that its remark is about. Return None if the same
    request is in progress. Raises `RuleViolation` (N-S1) for a wrong text or term, and for no or too many
    organisations; `NotAllowed`.
    """
    with change(by=by, rule=rules.RULE, event="remark.asked_for_many") as act:
        act.require(Permission.REMARK)
        if by.organization is None or by.account is None:
            raise NotAllowed
        # The second of two equal concurrent requests finds the first.
        own = act.lock(Organization, by.organization.pk)
        rules.check_many(len(places), sum(len(people) for _place, people in places))
        request = RemarkRequest(
            made_by=own,
            account=by.account,
            kind=kind,
            field=field,
            text=rules.check_text(text),
            term=rules.check_term(term, act.today),
            places=[[pk, list(people)] for pk, people in places],
            asked_at=act.now,
        )
        if any(_is_same(request, one) for one in RemarkRequest.objects.visible_to(by)):
            act.silent = True
            return None
        act.save(request)
        act.about(None, organization=own, remarks=len(places), kind=str(kind))
    return request


def _is_same(first: RemarkRequest, second: RemarkRequest) -> bool:
    names = ("kind", "field", "text", "term", "places")
    return all(getattr(first, name) == getattr(second, name) for name in names)


def make_asked(request: RemarkRequest, place_id: int, member_ids: Sequence[int], *, by: Actor) -> bool:
    """Make the remark of a request on one of its organisations (N-S1); return whether it was made.

    It is not made again if an equal remark waits for an answer. One on cards is made if any of them still exists.
    Raises `RuleViolation` if the organisation or the term has ended, `NotAllowed`, `Organization.DoesNotExist`.
    """
    with change(by=by, rule=rules.RULE, event="remark.made") as act:
        # Each remark has its own event.
        act.silent = True
        act.require(Permission.REMARK)
        place = act.lock(Organization.objects.visible_to(by), place_id)
        people = queries.by_organization(member_ids, by).get(place.pk, []) if member_ids else []
        remark = _for_many(act, place, request.kind, request.text, request.term, request.field)
        if (member_ids and not people) or _is_made(remark, people):
            return False
        _save_of_many(act, remark, people)
    return True


def drop_request(pk: int) -> None:
    """Delete a request whose job has ended."""
    with quietly(Actor.system("remarks")):
        RemarkRequest.objects.filter(pk=pk).delete()


def _for_many(
    act: Act,
    place: Organization,
    kind: str,
    text: str,
    term: dt.date | None,
    field: str = "",
) -> Remark:
    """Return the organisation's part of a remark for many."""
    by = act.by
    act.require(Permission.REMARK, place)
    rules.check_may_remark(place, by)
    return Remark(
        organization=place,
        made_by=by.organization or place,
        kind=kind,
        field=field if field == INCOMPLETE else _known_field(field, place, by),
        text=text,
        term=rules.check_term(term, act.today),
        made_on=act.today,
    )


def _save_of_many(act: Act, remark: Remark, members: Sequence[int] = ()) -> None:
    """Store the organisation's part of a remark for many, with its own event."""
    act.save(remark)
    _step(act, remark, StepKind.MADE, term=remark.term)
    RemarkPerson.objects.bulk_create([RemarkPerson(remark=remark, member_id=pk) for pk in members], batch_size=CHUNK)
    facts = {"kind": str(remark.kind)} | ({"people": len(members)} if members else {})
    write_event("remark.made", by=act.by, rule=rules.RULE, about=remark, organization=remark.organization, **facts)


def _known_field(field: str, place: Organization, by: Actor) -> str:
    return rules.check_field(field, queries.fields_of(RemarkKind.PEOPLE, place, by)) if field else ""


def _is_made(remark: Remark, members: Sequence[int] = ()) -> bool:
    """Return whether an equal remark waits for an answer; one on many cards must be about the same members."""
    same = Remark.objects.open().filter(
        organization=remark.organization,
        made_by=remark.made_by,
        kind=remark.kind,
        field=remark.field,
        member=remark.member,
        about_id=remark.about_id,
    )
    # The texts are encrypted, so they are compared here.
    equal = [one.pk for one in same if one.text == remark.text]
    if remark.kind != RemarkKind.PEOPLE:
        return bool(equal)
    named: dict[int, set[int]] = {pk: set() for pk in equal}
    for pk, member in RemarkPerson.objects.filter(remark__in=equal).values_list("remark", "member"):
        named[pk].add(member)
    return set(members) in named.values()


def answer_remark(remark_id: int, *, text: str, by: Actor) -> Remark:
    """Answer the remark for its organisation (N-S1). Raises `RuleViolation`, `NotAllowed`, `Remark.DoesNotExist`."""
    with _changed(remark_id, "remark.answered", Permission.ANSWER_REMARKS, by) as (act, remark):
        rules.check_can_answer(remark, by)
        text = rules.check_text(text)
        remark.state, remark.raised_to = RemarkState.ANSWERED, None
        _step(act, remark, StepKind.ANSWERED, text)
    return remark


def accept_answer(remark_id: int, *, by: Actor) -> Remark:
    """Accept the answer, which settles the remark (N-S1).

    Raises `RuleViolation`, `NotAllowed`, `Remark.DoesNotExist`.
    """
    with _changed(remark_id, "remark.accepted", Permission.REMARK, by) as (act, remark):
        rules.check_can_accept(remark, by)
        remark.state = RemarkState.ACCEPTED
        _step(act, remark, StepKind.ACCEPTED)
    return remark


def return_answer(remark_id: int, *, text: str, term: dt.date | None, by: Actor) -> Remark:
    """Return the answer with a comment and a new term (N-S1).

    Raises `RuleViolation`, `NotAllowed`, `Remark.DoesNotExist`.
    """
    with _changed(remark_id, "remark.returned", Permission.REMARK, by) as (act, remark):
        rules.check_can_return(remark, by)
        text = rules.check_text(text)
        remark.state, remark.term = RemarkState.OPEN, rules.check_term(term, act.today)
        _step(act, remark, StepKind.RETURNED, text, term=remark.term)
    return remark


def withdraw_remark(remark_id: int, *, text: str = "", by: Actor) -> Remark:
    """Withdraw the remark, which then needs no answer (N-S1).

    Raises `RuleViolation`, `NotAllowed`, `Remark.DoesNotExist`.
    """
    with _changed(remark_id, "remark.withdrawn", Permission.REMARK, by) as (act, remark):
        rules.check_can_withdraw(remark, by)
        text = rules.check_text(text) if text.strip() else ""
        remark.state, remark.raised_to = RemarkState.WITHDRAWN, None
        _step(act, remark, StepKind.WITHDRAWN, text)
    return remark


def raise_remark(remark_id: int, *, by: Actor) -> Remark:
    """Show an overdue remark to the superior of the organisation that has to answer (N-S1).

    Raises `RuleViolation`, `Remark.DoesNotExist`, and `NotAllowed` for anybody but the daily work.
    """
    if not by.is_system:
        raise NotAllowed
    with _changed(remark_id, "remark.raised", Permission.REMARK, by) as (act, remark):
        remark.raised_to = rules.check_can_be_raised(remark, act.today)
        _step(act, remark, StepKind.RAISED, seen_by=remark.raised_to)
    return remark


def pass_on_remarks(act: Act, ended: Organization, successor: Organization) -> None:
    """Transfer the unsettled remarks of an ended organisation to its successor (N-H3).

    Remarks made by the successor itself are withdrawn.
    """
    concerned = Q(organization=ended) | Q(made_by=ended) | Q(raised_to=ended)
    # Locked, because officers may answer or settle them meanwhile.
    remarks = act.lock_many(Remark.objects.exclude(state__in=SETTLED).filter(concerned))
    for remark in remarks:
        if ended.pk in {remark.organization_id, remark.raised_to_id}:
            remark.raised_to = None
        if remark.organization_id == ended.pk:
            if remark.made_by_id == successor.pk:
                remark.state = RemarkState.WITHDRAWN
                _step(act, remark, StepKind.WITHDRAWN)
            else:
                remark.organization = successor
        if remark.made_by_id == ended.pk:
            remark.made_by = successor
        remark.version += 1
    act.update_many(Remark, remarks, ["organization", "made_by", "state", "raised_to", "version"])


@contextmanager
def _changed(remark_id: int, event: str, permission: Permission, by: Actor) -> Iterator[tuple[Act, Remark]]:
    """Lock the remark for a step, and save it afterwards."""
    with change(by=by, rule=rules.RULE, event=event) as act:
        remark = act.lock(Remark.objects.visible_to(by), remark_id)
        act.require(permission, remark.organization)
        yield act, remark
        act.save(remark)
        act.about(remark, organization=remark.organization)


def _step(
    act: Act,
    remark: Remark,
    kind: StepKind,
    text: str = "",
    *,
    term: dt.date | None = None,
    seen_by: Organization | None = None,
) -> None:
    """Add a step to the trail; `seen_by` is the superior of an overdue remark."""
    act.save(
        RemarkStep(
            remark=remark,
            kind=kind,
            text=text,
            term=term,
            organization=seen_by or act.by.organization or remark.organization,
            account=act.by.account,
            made_at=act.now,
        )
    )
