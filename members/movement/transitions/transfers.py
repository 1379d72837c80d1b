"""Transfers to another organisation: sealed with a code, or requested and confirmed (V-B9 to V-B12, U-5)."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

from django.conf import settings
from django.utils import timezone

from dues.ledger.rules.leaving import check_left_paid
from members.book.enums import EndReason
from members.book.models import Registration
from members.people.enums import MemberState
from members.people.models import Member
from members.people.rules import person
from members.people.rules.fields import ticket_text
from registry import states
from registry.access import Actor
from registry.days import after_working_days
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.organizations.transitions.figures import adjust
from registry.transitions import Act, change, write_event

from ..enums import TransferState
from ..models import Transfer, TransferAttempt
from ..rules import leaving
from ..rules import transfers as rules
from . import sealing

#: Letters and digits that are not confused when a code is read from paper.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _GROUP = 3, 4
#: Cyrillic letters that look like characters of a code.
_LATIN = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")


def new_code() -> str:
    """Return a random code of three groups of four characters, 60 bits: «7KQ2-M9PX-4TRD»."""
    groups = ("".join(secrets.choice(_ALPHABET) for _i in range(_GROUP)) for _group in range(_GROUPS))
    return "-".join(groups)


def digest(text: str) -> str:
    """Return the keyed digest of a code or ticket number; it cannot be reversed without the installation's key."""
    plain = "".join(sign for sign in text.upper().translate(_LATIN) if sign.isalnum())
    return hmac.new(settings.SECRET_KEY.encode(), f"transfer:{plain}".encode(), hashlib.sha256).hexdigest()


def begin_transit(act: Act, member: Member, registration: Registration, *, unit_id: int) -> tuple[Transfer, str]:
    """Put the sealed card in transit; return the transfer and the code that opens it, which is not stored."""
    code = new_code()
    transfer = Transfer(
        federation_id=member.federation_id,
        member=member,
        state=TransferState.IN_TRANSIT,
        source_id=registration.organization_id,
        source_unit_id=unit_id,
        person_name=member.full_name,
        ticket_number=member.ticket_number,
        code_digest=digest(code),
        started_on=registration.ended_on or act.today,
        reason=registration.destination,
        paper_card=registration.paper_card,
        mail_number=registration.mail_number,
    )
    act.save(transfer)
    adjust(unit_id, in_transit=1)
    return transfer, code


def renew_code(transfer_id: int, *, by: Actor) -> tuple[Transfer, str]:
    """Replace the code after the paper card was lost; the old code becomes invalid (V-B12)."""
    with change(by=by, rule="V-B12", event="transfer.code_renewed") as act:
        transfer = _transfer(act, transfer_id, TransferState.IN_TRANSIT)
        rules.check_leads(transfer, by)
        code = new_code()
        transfer.code_digest = digest(code)
        act.save(transfer)
        act.about(transfer, organization=transfer.source)
    return transfer, code


def call_off(transfer_id: int, *, by: Actor) -> Transfer:
    """Undo a departure: the card opens again in the former organisation (V-B10)."""
    with change(by=by, rule="V-B10", event="transfer.called_off") as act:
        lock_places(act, transfer_id)
        transfer = _transfer(act, transfer_id, TransferState.IN_TRANSIT)
        rules.check_leads(transfer, by)
        leaving.check_place_works(transfer.source)
        member = act.lock(Member, transfer.member_id)
        _end(act, transfer, TransferState.CANCELLED)
        adjust(transfer.source_unit_id, in_transit=-1)
        sealing.unseal_card(act, member)
        act.about(transfer, organization=transfer.source)
    return transfer


def arrive(
    *,
    organization: Organization,
    ticket_number: str,
    code: str,
    on: dt.date,
    by: Actor,
    cell: Organization | None = None,
    workplace: str = "",
) -> Member:
    """Open the card at the receiving organisation by ticket number and code (V-B9, V-B11).

    If members belong by their work, `workplace` is the new place.

    Raises `RuleViolation` for a wrong pair, the same whether ticket or code is wrong, and after too many attempts.
    """
    refusal: RuleViolation | None = None
    with change(by=by, rule="V-B9", event="member.arrived") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization.pk)
        act.require(Permission.MOVE_MEMBERS, organization)
        person.check_keeps_cards(organization)
        person.check_cell(cell, organization)
        ticket = digest(ticket_number) if any(map(str.isalnum, ticket_number)) else ""
        rules.check_not_throttled(organization, ticket, act.now)
        transfer = _by_code(act, organization, ticket_number, code)
        if transfer is None:
            TransferAttempt.objects.create(organization=organization, ticket_digest=ticket, at=act.now)
            write_event("transfer.wrong_code", by=by, rule="V-B9", organization=organization)
            refusal, act.silent = rules.wrong_code(), True
        else:
            rules.check_arrival(transfer, organization, on)
            member = act.lock(Member, transfer.member_id)
            transfer.target = organization
            _end(act, transfer, TransferState.ARRIVED, on=on)
            adjust(transfer.source_unit_id, in_transit=-1)
            sealing.open_card_at(act, member, keeper=organization, cell=cell, on=on, workplace=workplace)
            TransferAttempt.objects.filter(organization=organization).delete()
            act.about(member, organization=organization, transfer=transfer.pk)
    # The failed attempt has to be committed, so the exception is raised after the transaction.
    if refusal is not None:
        raise refusal
    return member


def request_departure(member_id: int, *, target: Organization, by: Actor, reason: str = "") -> Transfer:
    """Request a transfer on behalf of the giving organisation (U-5)."""
    with change(by=by, rule="U-5", event="transfer.requested") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        source = Organization.objects.select_related("federation").get(members=member)
        act.require(Permission.MOVE_MEMBERS, source)
        transfer = _request(act, member, source, target, asked_by=source, reason=reason)
        act.about(transfer, organization=source, target=target.pk)
    return transfer


def request_arrival(
    *, organization: Organization, surname: str, given_name: str, patronymic: str, birth_date: dt.date, by: Actor,
    reason: str = "",
) -> Transfer:  # fmt: skip
    """Request a transfer on behalf of the receiving organisation, for a member identified exactly (U-5).

    It learns no more than the name of the organisation (N-A1).
    """
    with change(by=by, rule="U-5", event="transfer.requested") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization.pk)
        act.require(Permission.MOVE_MEMBERS, organization)
        person.check_keeps_cards(organization)
        member = rules.find_exactly(organization, surname, given_name, patronymic, birth_date)
        member = act.lock(Member, member.pk)
        source = Organization.objects.select_related("federation").get(members=member)
        transfer = _request(act, member, source, organization, asked_by=organization, reason=reason)
        act.about(transfer, organization=organization, source=source.pk)
    return transfer


def confirm(transfer_id: int, *, by: Actor, on: dt.date | None = None, workplace: str = "") -> Transfer:
    """Confirm the request: the member moves in one step and is always counted exactly once (U-5).

    `workplace` is the new place of work or study, stated by the receiving organisation.
    """
    with change(by=by, rule="U-5", event="transfer.confirmed") as act:
        lock_places(act, transfer_id)
        transfer = _transfer(act, transfer_id, TransferState.REQUESTED)
        act.require(Permission.MOVE_MEMBERS, rules.other_side(transfer))
        _carry_out(act, transfer, on or act.today, workplace)
        act.about(transfer, organization=rules.other_side(transfer), member=transfer.member_id)
    return transfer


def decline(transfer_id: int, *, answer: str, by: Actor) -> Transfer:
    """Decline the request, with a reason (U-5)."""
    with change(by=by, rule="U-5", event="transfer.declined") as act:
        transfer = _transfer(act, transfer_id, TransferState.REQUESTED)
        act.require(Permission.MOVE_MEMBERS, rules.other_side(transfer))
        rules.check_answer(answer)
        transfer.answer = answer.strip()
        _end(act, transfer, TransferState.DECLINED)
        act.about(transfer, organization=rules.other_side(transfer))
    return transfer


def withdraw(transfer_id: int, *, by: Actor) -> Transfer:
    """Withdraw the request before it is answered."""
    with change(by=by, rule="U-5", event="transfer.withdrawn") as act:
        transfer = _transfer(act, transfer_id, TransferState.REQUESTED)
        act.require(Permission.MOVE_MEMBERS, transfer.asked_by)
        _end(act, transfer, TransferState.CANCELLED)
        act.about(transfer, organization=transfer.asked_by)
    return transfer


def decide(transfer_id: int, *, carry_out: bool, answer: str = "", by: Actor) -> Transfer:
    """Decide on a request that was not answered within ten working days, as the common superior (U-5)."""
    with change(by=by, rule="U-5", event="transfer.decided") as act:
        lock_places(act, transfer_id)
        transfer = _transfer(act, transfer_id, TransferState.REQUESTED)
        act.at(transfer.source)
        rules.check_arbiter(transfer, by, act.today)
        if carry_out:
            transfer.answer = answer.strip()
            _carry_out(act, transfer, act.today)
        else:
            rules.check_answer(answer)
            transfer.answer = answer.strip()
            _end(act, transfer, TransferState.DECLINED)
        act.about(transfer, organization=by.organization, carried_out=carry_out)
    return transfer


def _request(
    act: Act, member: Member, source: Organization, target: Organization, *, asked_by: Organization, reason: str
) -> Transfer:
    rules.check_request(member, source, target)
    leaving.check_nothing_waits(member)
    leaving.check_can_go_elsewhere(member)
    charter = source.charter
    days = int(charter.terms.get("transfer_working_days", 10))
    transfer = Transfer(
        federation_id=member.federation_id,
        member=member,
        state=TransferState.REQUESTED,
        source=source,
        source_unit_id=member.unit_id or source.pk,
        target=target,
        asked_by=asked_by,
        person_name=member.full_name,
        ticket_number=member.ticket_number,
        started_on=act.today,
        answer_by=after_working_days(act.today, days, charter.moved_days),
        reason=reason.strip(),
    )
    act.save(transfer)
    return transfer


def _carry_out(act: Act, transfer: Transfer, on: dt.date, workplace: str = "") -> None:
    places = act.lock_many(Organization.objects.filter(pk__in=[transfer.source_id, transfer.target_id]))
    found = {place.pk: place for place in places}
    member = act.lock(Member, transfer.member_id)
    target = rules.check_still_there(transfer, member, found.get(transfer.target_id or 0))
    person.check_keeps_cards(target)
    registration = Registration.objects.get(member=member, ended_on__isnull=True)
    leaving.check_day(member, registration, on)
    leaving.check_can_go_elsewhere(member)
    check_left_paid(member, on=on, reason=EndReason.DEPARTURE)
    sealing.seal_card(
        act, member, state=MemberState.IN_TRANSIT, reason=EndReason.DEPARTURE, on=on, destination=target.full_name
    )
    sealing.open_card_at(act, member, keeper=target, cell=None, on=on, workplace=workplace)
    _end(act, transfer, TransferState.ARRIVED, on=on)


def lock_places(act: Act, transfer_id: int) -> None:
    """Lock the organisations of a transfer before the transfer itself.

    Both are locked at once, so that two opposite transfers cannot deadlock, together with the one to which a card in
    transit would return.
    """
    names = ("source", "target", "member__last_organization")
    places = Transfer.objects.visible_to(act.by).values_list(*names).get(pk=transfer_id)
    act.lock_many(Organization.objects.filter(pk__in={pk for pk in places if pk is not None}))


def _transfer(act: Act, transfer_id: int, state: str) -> Transfer:
    transfer = act.lock(Transfer.objects.visible_to(act.by), transfer_id)
    states.check_is(transfer, {state}, "V-B9")
    return transfer


def _end(act: Act, transfer: Transfer, state: str, *, on: dt.date | None = None) -> None:
    states.check(transfer, state, "V-B9")
    transfer.state, transfer.ended_on, transfer.code_digest = state, on or act.today, ""
    act.save(transfer)


def _by_code(act: Act, organization: Organization, ticket_number: str, code: str) -> Transfer | None:
    if not code.strip():
        return None
    found = Transfer.objects.filter(
        federation_id=organization.federation_id, state=TransferState.IN_TRANSIT,
        code_digest=digest(code), ticket_number=ticket_text(ticket_number),
    )  # fmt: skip
    return next(iter(act.lock_many(found)), None)


def forget_attempts() -> int:
    """Delete attempts older than the longest throttle; return their number."""
    gone, _models = TransferAttempt.objects.filter(at__lt=timezone.now() - rules.REMEMBERED).delete()
    return gone
