"""Moving, merging and liquidating organisations: people and books follow (N-H3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet

from documents.consents.models import Consent, Withdrawal
from documents.ecards.book import reassign_cards, redirect_orders
from documents.ecards.rules import consolidator_of
from documents.exchange import book as exchange
from documents.rights.models import SubjectRequest
from documents.tickets.book import pass_on_blanks
from dues.payroll.book import pass_on_employers
from dues.payroll.models import Employer
from dues.rates.book import pass_on_reductions
from members.admission.enums import BOUND_APPLICATIONS
from members.admission.models import Application, Attachment
from members.book.enums import EndReason, RegistrationReason
from members.book.models import Registration
from members.book.transitions import lines as book
from members.meetings.enums import AppealState, ItemState
from members.meetings.models import AgendaItem, Appeal
from members.people.models import Member
from registry.access import Actor
from registry.breaches.transitions import pass_on_breaches
from registry.campaigns.transitions.tree import follow_end, follow_move
from registry.files.models import StoredFile
from registry.organizations.models import Organization
from registry.organizations.rules import tree as places
from registry.organizations.transitions import lifecycle
from registry.remarks.transitions import pass_on_remarks
from registry.sizes import CHUNK
from registry.transitions import Act, change, write_event

from ..enums import TransferState
from ..models import Transfer
from ..rules import organizations as rules
from .sealing import expire_consents_of


def move_organization(organization_id: int, parent_id: int, *, on: dt.date, by: Actor) -> Organization:
    """Move the organisation and everything below it under another superior; a cell's cards get a new keeper (N-H3).

    Raises `RuleViolation`, `Blocked`, `NotAllowed`.
    """
    with change(by=by, rule="N-H3", event="organization.moved") as act:
        organization = lifecycle.lock_subordinate(act, organization_id, Q(pk=parent_id))
        parent = act.lock(Organization.objects.visible_to(by), parent_id)
        former, region = organization.parent_id, consolidator_of(organization)
        places.check_can_move(organization, parent)
        places.check_day(organization, on)
        rules.check_nothing_blocks_move(organization, parent, by)
        moved = 0
        if organization.level == organization.charter.cell:
            moved = _rehome(act, organization, parent, organization, on=on, reason="cell_moved")
        else:
            _renew_consents(act, organization, parent)
        lifecycle.set_parent(act, organization, parent)
        follow_move(act, organization)
        redirect_orders(act, region, consolidator_of(organization), _ids_under(organization))
        act.about(organization, organization=organization, former=former, parent=parent.pk, members=moved)
    return organization


def merge_organizations(source_id: int, target_id: int, *, on: dt.date, by: Actor) -> Organization:
    """Merge the source into the target, which takes over people, subordinates, accounts and figures (N-H3).

    Registrations end and start on the same day; appointments in the source end. Returns the target.
    Raises `RuleViolation`, `Blocked`, `NotAllowed`.
    """
    with change(by=by, rule="N-H3", event="organization.merged") as act:
        source = lifecycle.lock_subordinate(act, source_id, Q(pk=target_id), Q(parent=source_id))
        target = act.lock(Organization.objects.visible_to(by), target_id)
        places.check_can_merge(source, target, on)
        rules.check_nothing_blocks_merger(source, target, by)
        home = rules.keeper_and_cell(target, target.parent)
        _pass_on(act, source, target)
        moved = 0
        if home:
            _redirect_transfers(act, source, *home)
            employers = act.lock_many(Employer.objects.filter(organization=source))
            moved = _rehome(act, source, *home, on=on, reason="merger")
            pass_on_reductions(act, source, home[0])
            pass_on_employers(act, employers, home[0])
        pass_on_blanks(act, source, home[0] if home else target)
        redirect_orders(act, consolidator_of(source), consolidator_of(target), _ids_under(source))
        reassign_cards(act, source, home[0] if home else target)
        pass_on_remarks(act, source, target)
        pass_on_breaches(act, source, target)
        follow_end(act, source, target)
        lifecycle.absorb(act, source, target, on=on)
        facts = {"source": source.pk, "target": target.pk, "members": moved}
        write_event("organization.took_in", by=by, rule="N-H3", about=target, organization=target, **facts)
        act.about(source, organization=source, **facts)
    return target


def liquidate_organization(organization_id: int, *, on: dt.date, by: Actor) -> Organization:
    """End the organisation without a successor, once nothing depends on it (N-H3).

    Raises `RuleViolation`, `Blocked` with the blocking records, `NotAllowed`.
    """
    with change(by=by, rule="N-H3", event="organization.liquidated") as act:
        organization = lifecycle.lock_subordinate(act, organization_id)
        places.check_can_liquidate(organization, on)
        rules.check_nothing_blocks_liquidation(organization, by)
        if organization.parent is not None:
            _leave_to(act, organization, organization.parent)
            pass_on_blanks(act, organization, organization.parent)
            reassign_cards(act, organization, organization.parent)
            pass_on_remarks(act, organization, organization.parent)
            pass_on_breaches(act, organization, organization.parent)
            follow_end(act, organization, organization.parent)
        lifecycle.end(act, organization, on=on)
        act.about(organization, organization=organization)
    return organization


def _ids_under(organization: Organization) -> list[int]:
    return list(Organization.objects.under(organization).values_list("pk", flat=True))


def _pass_on(act: Act, source: Organization, target: Organization) -> None:
    """Transfer waiting items and sealed cards to the target (N-H3)."""
    _leave_to(act, source, target)
    items = list(AgendaItem.objects.filter(organization=source, state=ItemState.WAITING))
    for item in items:
        item.organization = target
    act.update_many(AgendaItem, items, ["organization"])
    appeals = list(Appeal.objects.filter(organization=source, state=AppealState.RECEIVED))
    for appeal in appeals:
        appeal.organization = target
    act.update_many(Appeal, appeals, ["organization"])


def _leave_to(act: Act, ended: Organization, successor: Organization) -> None:
    """Transfer sealed cards and applications to the organisation that has to keep and destroy them (V-B14)."""
    applications = act.lock_many(Application.objects.filter(organization=ended).exclude(state__in=BOUND_APPLICATIONS))
    for application in applications:
        application.organization, application.received_by = successor, ended
        application.version += 1
    act.update_many(Application, applications, ["organization", "received_by", "version"])
    files = Attachment.objects.filter(application__in=applications, member__isnull=True).values("file")
    StoredFile.objects.filter(pk__in=files).update(organization=successor)
    Member.objects.filter(last_organization=ended).update(last_organization=successor)
    _pass_on_statements(act, Q(organization=ended), successor)
    exchange.reassign_entries(ended, successor)


def _pass_on_statements(act: Act, which: Q, successor: Organization) -> None:
    """Let the successor answer these statements and requests of people, whose terms do not stop (N-C1, V-C5)."""
    models: tuple[Any, ...] = (Withdrawal, SubjectRequest)
    for model in models:
        statements = list(model._default_manager.filter(which))
        for statement in statements:
            statement.organization = successor
        act.update_many(model, statements, ["organization"])
        scans = [statement.scan_id for statement in statements]
        StoredFile.objects.filter(pk__in=scans).update(organization=successor)


def _rehome(
    act: Act, source: Organization, keeper: Organization, cell: Organization | None, *, on: dt.date, reason: str
) -> int:
    """Move the people of the source to the keeper and the cell; people of its own cells stay in them.

    Return the count.
    """
    people = rules.people_of(source)
    rules.check_registrations_begin_before(people.exclude(organization=keeper), on)
    # Ids are read first, because changed rows no longer match the queryset.
    ids = [member.pk for member in act.lock_many(people.only("pk"))]
    for at in range(0, len(ids), CHUNK):
        chunk = Member.objects.filter(pk__in=ids[at : at + CHUNK])
        leaving = list(chunk.exclude(organization=keeper).values_list("pk", flat=True))
        # A merged legal entity has a successor, which takes over the consents.
        if source.operator() not in {keeper.operator(), source}:
            expire_consents_of(act, Member.objects.filter(pk__in=leaving))
        _reregister(act, leaving, keeper, on=on, reason=reason)
        _hand_over_files(leaving, keeper)
        for former in set(chunk.filter(pk__in=leaving).values_list("organization", flat=True)):
            _pass_on_statements(act, Q(organization=former, member__in=leaving), keeper)
        kept_cell = chunk.filter(organization=source, cell__isnull=False)
        kept = list(kept_cell.values_list("pk", flat=True))
        kept_cell.update(organization=keeper, version=F("version") + 1)
        unit = cell or keeper
        elsewhere = chunk.exclude(pk__in=kept).exclude(unit=unit)
        rebooked = list(elsewhere.values_list("pk", flat=True))
        chunk.exclude(pk__in=kept).update(organization=keeper, cell=cell, unit=unit, version=F("version") + 1)
        _remember(act, chunk)
        exchange.update_outbox(act, chunk)
        moved = list(Member.objects.filter(pk__in=rebooked).order_by("sort_key", "pk"))
        book.move_lines(act, moved, on=on, reason=EndReason(reason), destination=unit.short_name)
    return len(ids)


def _renew_consents(act: Act, organization: Organization, parent: Organization) -> None:
    """Let consents expire if the operator of personal data was a former superior (U-6)."""
    people = rules.consents_to_renew(organization, parent)
    ids = [member.pk for member in act.lock_many(people.only("pk"))]
    for at in range(0, len(ids), CHUNK):
        chunk = Member.objects.filter(pk__in=ids[at : at + CHUNK])
        expire_consents_of(act, chunk)
        chunk.update(version=F("version") + 1)
        _remember(act, chunk)
        exchange.update_outbox(act, chunk)


def _reregister(act: Act, ids: list[int], keeper: Organization, *, on: dt.date, reason: str) -> None:
    """End the open registrations and start new ones in the new organisation on the same day for the same reason."""
    open_ones = list(Registration.objects.filter(member__in=ids, ended_on__isnull=True))
    for registration in open_ones:
        registration.ended_on, registration.end_reason = on, EndReason(reason)
        registration.destination = keeper.full_name
    act.update_many(Registration, open_ones, ["ended_on", "end_reason", "destination"])
    act.create_many(
        Registration,
        [
            Registration(
                member_id=registration.member_id,
                organization=keeper,
                started_on=on,
                start_reason=RegistrationReason(reason),
            )
            for registration in open_ones
        ],
    )


def _redirect_transfers(act: Act, source: Organization, keeper: Organization, cell: Organization | None) -> None:
    """Transfer requests and cards in transit to the successor; a request between the two is cancelled (V-B9, U-5)."""
    unit = cell or keeper
    touched = Q(source=source) | Q(target=source) | Q(asked_by=source) | Q(source_unit=source)
    found = act.lock_many(Transfer.objects.open().filter(touched))
    for transfer in found:
        if transfer.source_unit_id == source.pk:
            transfer.source_unit_id = unit.pk
        places = {name: getattr(transfer, name) for name in ("source_id", "target_id", "asked_by_id")}
        led = {name: keeper.pk if pk == source.pk else pk for name, pk in places.items()}
        if transfer.state == TransferState.REQUESTED and led["source_id"] == led["target_id"]:
            transfer.state, transfer.ended_on = TransferState.CANCELLED, act.today
        else:
            transfer.source_id, transfer.target_id = led["source_id"], led["target_id"]
            transfer.asked_by_id = led["asked_by_id"]
    fields = ["source", "source_unit", "target", "asked_by", "state", "ended_on"]
    act.update_many(Transfer, found, fields)


def _hand_over_files(ids: list[int], keeper: Organization) -> None:
    """Assign photographs and scans to the organisation that keeps the card."""
    photos = Member.objects.filter(pk__in=ids, photo__isnull=False).values_list("photo_id", flat=True)
    scans = Consent.objects.filter(member__in=ids, scan__isnull=False).values_list("scan_id", flat=True)
    attached = Attachment.objects.filter(member__in=ids).values_list("file_id", flat=True)
    StoredFile.objects.filter(pk__in=[*photos, *scans, *attached]).update(organization=keeper)


def _remember(act: Act, changed: QuerySet[Member]) -> None:
    """Write history rows for members that were changed by one UPDATE statement."""
    Member.history.bulk_history_create(
        list(changed),
        batch_size=CHUNK,
        update=True,
        default_user=act.by.account,
        default_change_reason=act.rule,
        default_date=act.now,
    )
