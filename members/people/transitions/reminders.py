"""Reminders of a card, updated by the transitions that change their sources (V-B8, practice 4.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from members.admission.models import Representation
from registry.days import FULL_AGE, from_iso, years_after
from registry.sizes import CHUNK, CHUNK_UPDATED
from registry.transitions import Act

from ..enums import ReminderKind
from ..models import CardMark, HealthRecord, Member, Reminder
from ..rules.marks import ABSENCES


def refresh(act: Act, members: Sequence[Member]) -> None:
    """Update the members' reminders from their certificates, mandates, represented people and absences."""
    ids = [member.pk for member in members]
    wanted = {(r.member_id, r.kind, r.source): r for r in _wanted(ids)}
    stored = {(r.member_id, r.kind, r.source): r for r in Reminder.objects.filter(member__in=ids)}
    Reminder.objects.filter(pk__in=[r.pk for key, r in stored.items() if key not in wanted]).delete()
    changed = []
    for key, reminder in stored.items():
        if key in wanted and wanted[key].due_on != reminder.due_on:
            reminder.due_on = wanted[key].due_on
            changed.append(reminder)
    Reminder.objects.bulk_update(changed, ["due_on"], batch_size=CHUNK_UPDATED)
    Reminder.objects.bulk_create([r for key, r in wanted.items() if key not in stored], batch_size=CHUNK)


def begin(records: Iterable[HealthRecord]) -> None:
    """Set the reminders of newly created cards, which can only come from the certificates of these records."""
    Reminder.objects.bulk_create(_of_certificates(records), batch_size=CHUNK)


def _of_certificates(records: Iterable[HealthRecord]) -> Iterator[Reminder]:
    for record in records:
        day = from_iso(record.certificate_expires_on)
        if day is not None and not record.certificate_indefinite:
            yield Reminder(member_id=record.member_id, kind=ReminderKind.CERTIFICATE, due_on=day)


def _wanted(ids: Sequence[int]) -> Iterator[Reminder]:
    yield from _of_certificates(
        HealthRecord.objects.filter(member__in=ids).only("member", "certificate_expires_on", "certificate_indefinite")
    )
    for ward in Representation.objects.filter(member__in=ids, ended_on__isnull=True):
        if ward.member_id is None:
            continue
        if ward.mandate_until is not None:
            yield Reminder(
                member_id=ward.member_id, kind=ReminderKind.MANDATE, due_on=ward.mandate_until, source=ward.pk
            )
        if ward.birth_date is not None:
            yield Reminder(
                member_id=ward.member_id,
                kind=ReminderKind.WARD_OF_AGE,
                due_on=years_after(ward.birth_date, FULL_AGE),
                source=ward.pk,
            )
    absences = CardMark.objects.filter(member__in=ids, kind__in=ABSENCES, lifted_on__isnull=True, until__isnull=False)
    for mark in absences:
        if mark.until is not None:
            yield Reminder(member_id=mark.member_id, kind=ReminderKind.ABSENCE, due_on=mark.until, source=mark.pk)
