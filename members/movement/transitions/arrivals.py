"""Undoing an arrival entered by mistake (V-B9, U-5)."""

from __future__ import annotations

from documents.consents import book as consents
from documents.ecards import book as cards
from documents.exchange import book as exchange
from members.book.enums import EndReason
from members.book.models import Registration
from members.book.transitions import lines as book
from members.people.enums import MemberState
from members.people.models import Member
from members.people.transitions.registration import count_in
from registry import states
from registry.access import Actor
from registry.organizations.models import Organization
from registry.organizations.transitions.figures import adjust
from registry.transitions import Act, change

from ..enums import TransferState
from ..models import Transfer
from ..rules import transfers as rules
from . import sealing
from .transfers import digest, lock_places, new_code


def take_back_arrival(transfer_id: int, *, by: Actor) -> tuple[Transfer, str]:
    """Undo an arrival, by the receiving organisation or a superior, as long as nothing depends on it (V-B9, U-5).

    A card that arrived by code is in transit again, with a new code that only this function returns; after a request
    the card is in the former organisation and the request waits again. Raises `RuleViolation`, `Blocked`, `NotAllowed`.
    """
    with change(by=by, rule="V-B9", event="transfer.arrival_taken_back") as act:
        lock_places(act, transfer_id)
        transfer = act.lock(Transfer.objects.visible_to(by), transfer_id)
        rules.check_answers_for_arrival(transfer, by)
        member = act.lock(Member, transfer.member_id)
        line = rules.check_arrival_can_be_taken_back(transfer, member)
        target = line.registration.organization
        _cancel(act, member, line.registration, target)
        sealing.restore_workplace(member, arrived_at=line.book.recorded_at)
        # Consents that expired because of the arrival are in force again, with the operator that they name.
        member.consent_state = consents.restore(act, member, as_before=line.book.recorded_at) or member.consent_state
        member.last_organization_id, member.last_unit_id = transfer.source_id, transfer.source_unit_id
        code = ""
        if transfer.asked_by_id is None:
            member.organization = member.cell = member.unit = None
            member.state = MemberState.IN_TRANSIT
            act.save(member)
            cards.move_requests(act, member, transfer.source)
            code = new_code()
            _again(act, transfer, TransferState.IN_TRANSIT, code)
            adjust(transfer.source_unit_id, in_transit=1)
        else:
            sealing.unseal_card(act, member)
            _again(act, transfer, TransferState.REQUESTED)
        exchange.update_outbox(act, [member])
        act.about(transfer, organization=target, member=member.pk)
    return transfer, code


def _cancel(act: Act, member: Member, registration: Registration, target: Organization) -> None:
    """Mark the registration and the line of the book as mistakes: visible, but not counted."""
    count_in((), less=[member])
    registration.ended_on, registration.end_reason = max(act.today, registration.started_on), EndReason.UNDONE
    act.save(registration)
    book.close_lines(act, [member], on=act.today, reason=EndReason.UNDONE)
    sealing.drop_holdings(act, member, registration, on=act.today)


def _again(act: Act, transfer: Transfer, state: str, code: str = "") -> None:
    states.check(transfer, state, "V-B9")
    transfer.state, transfer.ended_on, transfer.code_digest = state, None, digest(code) if code else ""
    if state == TransferState.IN_TRANSIT:
        transfer.target = None
    act.save(transfer)
