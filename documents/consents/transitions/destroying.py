"""Destruction of data after a withdrawal of the consent to processing (N-C1, 152-ФЗ art. 21)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q

from documents.ecards.models import CardRequest
from documents.exchange import book as exchange
from members.admission.models import Application, Attachment, Representation
from members.movement.enums import Destroyed
from members.movement.models import DestructionRecord
from members.movement.rules.erasing import OF_PAPERS
from members.movement.transitions.sealing import drop_copies
from members.people.models import Member
from members.people.rules.completeness import missing_fields
from members.people.rules.fields import card_values
from members.people.transitions.destroying import blank, drop_files, new_record
from members.people.transitions.registration import renew_keys
from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.transitions import change
from registry.wal import empty_log

from .. import contents
from ..models import Withdrawal
from ..rules import (
    check_access_answered,
    check_can_be_destroyed,
    check_carriers,
    check_commission,
    check_destroyed_on,
    check_way,
)
from .withdrawals import answers_for


def destroy_data(
    withdrawal_id: int,
    *,
    destroyed_on: dt.date | None,
    carriers: Mapping[str, int | None],
    other_carrier: str = "",
    way: str = "",
    commission: Collection[str] = (),
    by: Actor,
) -> DestructionRecord:
    """Destroy the data of a blocked card that are not kept on another ground, with their history and files.

    Return the record, from which the act is printed: categories, day and reason, but no name. `carriers` are the
    destroyed sheets of paper by `Carrier`, `other_carrier` is the name of the other papers, `way` the `Way` in which
    they were destroyed; `commission` are the other people who took part, each with their office. Raises
    `RuleViolation` (N-C1) unless the card is blocked by this statement and still has the data, or for a wrong day,
    number of sheets or way, `RuleViolation` (V-C5) while a request for access waits for its answer; `NotAllowed`,
    `Withdrawal.DoesNotExist`.
    """
    with change(by=by, rule="N-C1", event="member.data_destroyed") as act:
        found = Withdrawal.objects.visible_to(by).filter(pk=withdrawal_id).values_list("member", flat=True).get()
        for application in Application.objects.filter(member=found).values_list("pk", flat=True):
            act.lock(Application, application)
        member = act.lock(Member, found)
        withdrawal = act.lock(Withdrawal.objects.visible_to(by), withdrawal_id)
        organization = answers_for(withdrawal)
        act.require(Permission.ERASE, organization)
        check_can_be_destroyed(withdrawal)
        check_access_answered(withdrawal)
        day = check_destroyed_on(destroyed_on, member.blocked_on, act.today)
        record = new_record(
            act, organization, subject=Destroyed.DATA, member_number=member.pk, ticket_number=member.ticket_number,
            categories=list(contents.CATEGORIES), reason=contents.REASON.format(day_text(withdrawal.received_on)),
            commission=check_commission(commission), carriers=check_carriers(carriers, other_carrier),
        )  # fmt: skip
        if of_papers := check_way(way, record.carriers or ()):
            record.method += OF_PAPERS + of_papers
        files = _drop_files_of(member)
        drop_copies(member, organization)
        record.counts = {"files": files, "records": _drop_rows_of(member)}
        for name, value in contents.emptied_of_card().items():
            setattr(member, name, value)
        member.missing = len(missing_fields(card_values(member), organization.charter))
        renew_keys([member])
        act.save(member)
        _empty(member)
        withdrawal.destroyed_on = day
        act.save(withdrawal)
        record.save(force_insert=True)
        exchange.update_outbox(act, [member])
        transaction.on_commit(empty_log)
        act.about(member, organization=organization, withdrawal=withdrawal.pk, record=record.pk, **record.counts)
    return record


def _drop_files_of(member: Member) -> int:
    """Delete present and former photographs, and scans of kinds that are not in `KEPT_SCANS`."""
    scans = Attachment.objects.filter(Q(member=member) | Q(application__member=member))
    dropped = dict(scans.exclude(kind__in=contents.KEPT_SCANS).values_list("pk", "file_id"))
    wards = Representation.objects.filter(Q(member=member) | Q(application__member=member))
    history: Any = Member.history
    files = {
        member.photo_id,
        *history.filter(id=member.pk).values_list("photo_id", flat=True),
        *wards.values_list("photo_id", flat=True),
        *CardRequest.objects.filter(member=member).values_list("photo_id", flat=True),
        *dropped.values(),
    }
    count = drop_files(files - {None})
    scanned: Any = Attachment.history
    scanned.filter(id__in=list(dropped)).delete()
    return count


def _drop_rows_of(member: Member) -> int:
    """Delete the rows without a ground, and their history; return the number of rows."""
    gone = 0
    for label in contents.DESTROYED:
        of_person = Q(**{contents.LOOKUPS.get(label, "member"): member.pk})
        if label == "members.Representation":
            of_person |= Q(application__member=member.pk)
        gone += _delete(apps.get_model(label), of_person)
    for label, kept in contents.PARTLY.items():
        gone += _delete(apps.get_model(label), Q(member=member.pk), kept=kept)
    return gone


def _delete(model: type[models.Model], rows: Q, kept: Q | None = None) -> int:
    """Delete the rows and the history, also that of rows deleted earlier; return the number of rows."""
    found = model._default_manager.filter(rows)
    stay = list(found.filter(kept).values_list("pk", flat=True)) if kept is not None else []
    gone = found.exclude(pk__in=stay)
    ids = list(gone.values_list("pk", flat=True))
    count = gone.delete()[0]
    tracked: Any = getattr(model, "history", None)
    if tracked is not None:
        # The history is deleted last, because deleting adds a history row.
        count += tracked.filter(Q(id__in=ids) | rows).exclude(id__in=stay).delete()[0]
    return count


def _empty(member: Member) -> None:
    """Empty the fields in `EMPTIED`, in kept rows and in their history."""
    for model, values in contents.emptied():
        blank(model, {"pk" if model is Member else "member": member.pk}, **values)
