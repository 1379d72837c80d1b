"""Sealing a card when the member leaves, and opening it where they arrive (V-B10, V-B11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Count, Q, QuerySet

from documents.consents import book as consents
from documents.consents.models import Consent, Withdrawal
from documents.ecards import book as cards
from documents.exchange import book as exchange
from dues.bank.models import KnownPayer
from dues.payroll import book as deductions
from members.admission.models import Attachment
from members.book.enums import EndReason, RegistrationReason
from members.book.models import Registration
from members.book.transitions import lines as book
from members.lists.enums import RowVerdict
from members.lists.models import ImportBatch, ImportRow
from members.lists.transitions.batches import count
from members.meetings.enums import ItemState
from members.meetings.models import AgendaItem
from members.people.enums import ConsentState, MemberState
from members.people.models import Member, Reminder
from members.people.rules.completeness import missing_fields
from members.people.rules.duplicates import name_key
from members.people.rules.fields import card_values
from members.people.transitions.destroying import COPYING, drop_drafts
from members.people.transitions.paper_card import ask_for_reprint
from members.people.transitions.registration import count_in
from members.reconciliation.enums import ProposalState
from members.reconciliation.models import ChangeProposal
from registry.files import storage
from registry.files.models import StoredFile
from registry.jobs.enums import OPEN_JOBS
from registry.jobs.models import Job
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization
from registry.organizations.transitions.figures import adjust
from registry.sizes import CHUNK_READ
from registry.transitions import Act

from ..enums import PaperCard, TransferState
from ..models import Transfer
from ..rules.leaving import erase_after, last_place
from ..rules.transfers import checked_workplace


def seal_card(
    act: Act,
    member: Member,
    *,
    state: str,
    reason: str,
    on: dt.date,
    destination: str = "",
    paper: str = "",
    paper_card: str = PaperCard.NONE,
    mail_number: str = "",
) -> Registration:
    """End the registration and seal the card, so that nobody in the former organisation can see it.

    The line of the book, the ledger and acts of the organisation remain with it.
    """
    organization = Organization.objects.select_related("federation").get(members=member)
    registration = act.lock(Registration, Registration.objects.get(member=member, ended_on__isnull=True).pk)
    registration.ended_on, registration.end_reason, registration.destination = on, reason, destination
    registration.end_paper, registration.paper_card, registration.mail_number = paper, paper_card, mail_number
    act.save(registration)
    book.close_lines(act, [member], on=on, reason=reason, destination=destination)
    count_in((), less=[member])
    drop_holdings(act, member, registration, on=on, died=reason == EndReason.DEATH)
    if state != MemberState.IN_TRANSIT:
        cards.end_cards(act, member)
    member.last_organization_id, member.last_unit_id = member.organization_id, member.unit_id
    member.organization = member.cell = member.unit = None
    member.state, member.ended_on = state, None if state == MemberState.IN_TRANSIT else on
    member.erase_after = None if state == MemberState.IN_TRANSIT else erase_after(organization.charter, state, on)
    act.save(member)
    exchange.update_outbox(act, [member])
    return registration


def drop_holdings(act: Act, member: Member, registration: Registration, *, on: dt.date, died: bool = False) -> None:
    """Delete the organisation's other data about the member: copies, access to files, reminders, waiting proposals.

    Stop deducting dues from their pay (U-D1). The caller saves the member.
    """
    drop_copies(member, registration.organization)
    _assign_files(member, None)
    Reminder.objects.filter(member=member).delete()
    KnownPayer.objects.filter(member=member).delete()
    deductions.end_deductions(act, member, registration, on=on)
    _settle_what_waits(act, member, died=died)


def unseal_card(act: Act, member: Member) -> Organization:
    """Undo the ending of a registration: the card opens in the former unit and the registration continues."""
    keeper = act.lock(Organization, last_place(member).pk)
    stood = member.last_unit or keeper
    cell = _cell_now(stood, keeper)
    # An undone arrival is not a registration to continue.
    sound = Registration.objects.filter(member=member).exclude(end_reason=EndReason.UNDONE)
    registration = act.lock(sound, sound.latest("started_on", "pk").pk)
    registration.ended_on, registration.end_reason = None, ""
    registration.destination = registration.end_paper = registration.paper_card = registration.mail_number = ""
    act.save(registration)
    if registration.organization_id == keeper.pk:
        # Employers stay with a merged organisation: its successor gets new statements.
        deductions.resume_deductions(act, member, registration)
    _place(member, keeper, cell)
    # The paper card was handed out, sent or withdrawn, and shows the end of the registration.
    ask_for_reprint([member])
    act.save(member)
    book.reopen_lines(act, [member])
    merged_on = _continue_with_successor(act, registration, keeper)
    if member.unit_id != stood.pk:
        book.move_lines(
            act,
            [member],
            on=merged_on or act.today,
            reason=EndReason.MERGER if merged_on else EndReason.OTHER_CELL,
            destination=keeper.short_name,
        )
    count_in([member])
    _assign_files(member, keeper)
    cards.restore_cards(act, member)
    cards.move_requests(act, member, keeper)
    exchange.update_outbox(act, [member])
    return keeper


def _cell_now(stood: Organization, keeper: Organization) -> Organization | None:
    """Return the member's former cell, or its successor, if it is below the keeper."""
    while stood.status == OrganizationStatus.ENDED and stood.successor is not None:
        stood = stood.successor
    below = stood.parent_id == keeper.pk and stood.status != OrganizationStatus.ENDED
    return stood if below and stood.pk != keeper.pk else None


def _continue_with_successor(act: Act, registration: Registration, keeper: Organization) -> dt.date | None:
    """Continue the registration with the successor if the organisation was merged.

    Return the day of the merger (N-H3).
    """
    former = registration.organization
    if former.pk == keeper.pk:
        return None
    on = max(former.ended_on or act.today, registration.started_on)
    registration.ended_on, registration.end_reason, registration.destination = on, EndReason.MERGER, keeper.full_name
    act.save(registration)
    act.save(
        Registration(
            member_id=registration.member_id,
            organization=keeper,
            started_on=on,
            start_reason=RegistrationReason.MERGER,
        )
    )
    return on


def open_card_at(
    act: Act, member: Member, *, keeper: Organization, cell: Organization | None, on: dt.date, workplace: str = ""
) -> Registration:
    """Open the card at the receiving organisation, with the earlier registrations in section 2 (V-B9, V-B11).

    If members belong by their work, the former place is removed: without a new one the card is incomplete (U-5).
    """
    former = last_place(member)
    _place(member, keeper, cell)
    # The former organisation's paper card does not show the new registration until it is printed again.
    member.reprint = True
    expire_consents(act, member, former, keeper)
    registration = Registration(
        member=member, organization=keeper, started_on=on, start_reason=RegistrationReason.ARRIVAL
    )
    act.save(registration)
    if keeper.charter.by_workplace:
        _change_workplace(member, keeper, workplace)
    act.save(member)
    book.add_lines(act, [member], on=on)
    count_in([member])
    _assign_files(member, keeper)
    cards.move_requests(act, member, keeper)
    exchange.update_outbox(act, [member])
    return registration


def _change_workplace(member: Member, keeper: Organization, workplace: str) -> None:
    if workplace or "workplace" not in keeper.charter.excused_of(member.category):
        member.workplace = checked_workplace(workplace, keeper.charter)
    member.missing = len(missing_fields(card_values(member), keeper.charter))


def restore_workplace(member: Member, *, arrived_at: dt.datetime) -> None:
    """Restore the place of work that the card had before it arrived in its organisation at this moment (V-B9)."""
    rows: Any = Member.history.filter(id=member.pk)
    here = rows.filter(organization_id=member.organization_id, history_date__gte=arrived_at)
    first = here.order_by("history_date", "history_id").values_list("history_id", flat=True).first()
    before = rows.filter(history_id__lt=first).order_by("-history_id").first() if first else None
    if before is not None:
        member.workplace, member.missing = before.workplace, before.missing


def expire_consents(act: Act, member: Member, former: Organization, keeper: Organization) -> None:
    """Let consents expire whose operator has changed; a new one has to be signed (U-6, V-A4)."""
    if former.operator() == keeper.operator():
        return
    member.consent_state = ConsentState.EXPIRED if consents.expire(act, [member]) else ConsentState.NONE


def expire_consents_of(act: Act, members: QuerySet[Member]) -> int:
    """Let consents of many members expire and update the figures; return the number of members (U-6, V-A4).

    The caller writes the members' history.
    """
    found = Member.objects.filter(pk__in=consents.expire(act, members))
    counted = (
        found.order_by()
        .values("unit")
        .annotate(
            printed=Count("pk", filter=Q(consent_state=ConsentState.PRINTED)),
            signed=Count("pk", filter=Q(consent_state=ConsentState.SIGNED)),
        )
    )
    for row in sorted(counted, key=lambda row: row["unit"]):
        adjust(row["unit"], consents_printed=-row["printed"], consents_signed=-row["signed"])
    return found.update(consent_state=ConsentState.EXPIRED)


def _place(member: Member, keeper: Organization, cell: Organization | None) -> None:
    member.organization, member.cell, member.unit = keeper, cell, cell or keeper
    member.state, member.ended_on, member.erase_after = MemberState.REGISTERED, None, None
    member.last_organization = member.last_unit = None


def _assign_files(member: Member, keeper: Organization | None) -> None:
    """Assign photographs and scans to the keeper of the card; for a sealed card to nobody, so that nobody can open
    them.
    """
    scans = Consent.objects.filter(member=member, scan__isnull=False).values_list("scan_id", flat=True)
    withdrawn = Withdrawal.objects.filter(member=member, scan__isnull=False).values_list("scan_id", flat=True)
    attached = Attachment.objects.filter(member=member).values_list("file_id", flat=True)
    StoredFile.objects.filter(pk__in=[member.photo_id, *scans, *withdrawn, *attached]).update(organization=keeper)


def drop_copies(member: Member, organization: Organization) -> None:
    """Delete results of jobs with the card, drafts of its forms, and lists that contain the member."""
    units = [organization.pk, member.unit_id]
    copying = Job.objects.filter(kind__in=COPYING)
    above = [int(step) for step in organization.path.split("/") if step]
    holding = Q(result__isnull=False) | Q(state__in=OPEN_JOBS)
    made_above = copying.filter(holding, organization__in=above).exclude(organization__in=units)
    named = [pk for pk, params in made_above.values_list("pk", "params") if member.pk in params.get("ids", ())]
    jobs = copying.filter(Q(organization__in=units) | Q(pk__in=named))
    # Running jobs may contain the card: they are cancelled, and their owners start them again.
    jobs.open().update(cancel_asked=True)
    for job in jobs.filter(result__isnull=False).select_related("result"):
        if job.result is not None:
            storage.delete_file(job.result)
    drop_drafts([member.pk])
    # The uploaded list, and waiting rows of other lists about the member, which would be offered again.
    earlier = Member.history.filter(id=member.pk).values_list("surname", "given_name").distinct()
    names = {member.name_key, *(name_key(*both) for both in earlier)}
    rows = [row for row in _open_rows(organization) if _is_about(row, member, names)]
    ImportRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
    batches = ImportBatch.objects.filter(Q(members=member) | Q(pk__in={row.batch_id for row in rows}))
    for batch in batches.distinct().select_related("source"):
        source, batch.source = batch.source, None
        batch.counts, batch.samples = count(batch), {}
        batch.save(update_fields=["source", "counts", "samples"])
        if source is not None:
            storage.delete_file(source)


def _open_rows(organization: Organization) -> Iterator[ImportRow]:
    """Yield rows of the organisation's lists that still have content."""
    found = ImportRow.objects.filter(batch__organization=organization).exclude(verdict=RowVerdict.DONE)
    return found.only("values", "batch").iterator(chunk_size=CHUNK_READ)


def _is_about(row: ImportRow, member: Member, names: Collection[str]) -> bool:
    person = row.person
    if member.snils and person.get("snils") == member.snils:
        return True
    named = name_key(person.get("surname"), person.get("given_name")) in names
    return named and person.get("birth_date") == member.birth_date


def _settle_what_waits(act: Act, member: Member, *, died: bool) -> None:
    """Withdraw proposals and cancel requests about the card; after a death also drop agenda items."""
    proposals = list(ChangeProposal.objects.filter(member=member, state=ProposalState.OPEN))
    for proposal in proposals:
        proposal.state, proposal.decided_at, proposal.decided_by = ProposalState.WITHDRAWN, act.now, act.by.account
    act.update_many(ChangeProposal, proposals, ["state", "decided_at", "decided_by"])
    for transfer in Transfer.objects.filter(member=member, state=TransferState.REQUESTED):
        transfer.state, transfer.ended_on = TransferState.CANCELLED, act.today
        act.save(transfer)
    if died:
        items = list(AgendaItem.objects.open().filter(member=member))
        for item in items:
            item.state = ItemState.DROPPED
        act.update_many(AgendaItem, items, ["state"])
