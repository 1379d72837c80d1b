"""Building blocks of transitions: one atomic block, locked rows, history with actor and rule, one journal event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from registry.journal.models import Event, JournalChain
from registry.organizations.models import Organization
from registry.sizes import CHUNK, CHUNK_UPDATED
from registry.supervision.models import ChangedOrganization

from .access import Actor, require
from .enums import Permission
from .errors import StaleVersion
from .evidence import Sums, attest, collecting, packed

M = TypeVar("M", bound=models.Model)


class Act:
    """A change in progress: locks and saves rows, and collects the facts of its journal event."""

    def __init__(self, *, by: Actor, rule: str, event: str) -> None:
        self.by = by
        self.rule = rule
        self.event = event
        self.now = timezone.now()
        #: The date at the organisation whose record is changed.
        self.today: dt.date = timezone.localdate(self.now)
        self._object: models.Model | None = None
        self._organization: Organization | None = None
        self._facts: dict[str, Any] = {}
        self.silent = False
        #: Organisations whose figures are to be counted again (N-S1).
        self.changed: list[Organization] = []

    def require(self, permission: Permission, organization: Organization | None = None) -> None:
        """Raise `NotAllowed` unless the actor has the permission, and use the organisation's date from now on."""
        require(self.by, permission, organization)
        if organization is not None:
            self.at(organization)

    def at(self, organization: Organization) -> None:
        """Use the date and time zone of the organisation whose record is changed, until the end of the change."""
        timezone.activate(organization.tz)
        self.today = timezone.localdate(self.now)
        self.changed.append(organization)

    def lock(self, rows: type[M] | models.QuerySet[M], pk: Any, *, version: int | None = None) -> M:
        """Return the row of the model or queryset, locked until the end of the change.

        On SQLite the transaction itself is the lock. Rows that refer to this one can still be inserted. Rows of several
        models are locked in the order of docs/architecture.md. Raises the model's `DoesNotExist` if the row is not in
        the queryset, and `StaleVersion` if somebody has saved it since the given version.
        """
        queryset = rows if isinstance(rows, models.QuerySet) else rows._default_manager.all()
        # Without joins, because PostgreSQL cannot lock outer joins. The scope is checked after the lock, when the row
        # can no longer move out of it.
        row = queryset.model._default_manager.select_for_update(of=("self",), no_key=True).get(pk=pk)
        if queryset.query.where and not queryset.filter(pk=pk).exists():
            raise queryset.model.DoesNotExist  # type: ignore[attr-defined]
        if version is not None and getattr(row, "version", version) != version:
            raise StaleVersion(row)
        if isinstance(row, Organization):
            self.changed.append(row)
        return row

    def lock_many(self, queryset: models.QuerySet[M], *, skip_locked: bool = False) -> list[M]:
        """Return the rows of the queryset, locked until the end of the change.

        They are locked in the order of their ids, so that two changes cannot deadlock, and returned in that order. With
        `skip_locked`, rows that another change has locked are left out.
        """
        locked = queryset.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)
        rows = list(locked.order_by("pk"))
        self.changed += [row for row in rows if isinstance(row, Organization)]
        return rows

    def save(self, obj: models.Model, *, fields: Iterable[str] | None = None) -> None:
        """Save the object with its history row; its version is incremented."""
        if hasattr(obj, "version") and obj.pk:
            obj.version += 1
            fields = [*fields, "version"] if fields is not None else None
        self._mark(obj)
        obj.save(update_fields=list(fields) if fields is not None and obj.pk else None)

    def delete(self, obj: models.Model) -> None:
        """Delete the object with a final history row."""
        self._mark(obj)
        obj.delete()

    def delete_many(self, rows: models.QuerySet[Any]) -> None:
        """Delete the rows in bulk, each with a last history row; nothing may refer to them."""
        history = rows.model.history.model
        last = [
            history(
                **{field.attname: getattr(obj, field.attname) for field in history.tracked_fields},
                history_date=self.now,
                history_type="-",
                history_user=self.by.account,
                history_change_reason=self.rule,
            )
            for obj in rows
        ]
        history.objects.bulk_create(last, batch_size=CHUNK)
        rows.order_by()._raw_delete(rows.db)

    def create_many(self, model: type[M], objects: list[M]) -> list[M]:
        """Insert objects in bulk, each with its history row."""
        return bulk_create_with_history(
            objects, model, batch_size=CHUNK, default_user=self.by.account, default_change_reason=self.rule
        )

    def update_many(self, model: type[M], objects: list[M], fields: list[str]) -> None:
        """Update objects in bulk, each with its history row."""
        bulk_update_with_history(
            objects,
            model,
            fields,
            batch_size=CHUNK_UPDATED,
            default_user=self.by.account,
            default_change_reason=self.rule,
        )

    def set_all(self, model: type[M], objects: list[M], *, counts: bool = True, **values: Any) -> None:
        """Set the same values on locked objects in bulk, each with its history row.

        Their versions are incremented, unless the change cannot conflict with open pages (`counts=False`).
        """
        versions = {"version": F("version") + 1} if counts else {}
        for start in range(0, len(objects), CHUNK):
            rows = model._default_manager.filter(pk__in=[obj.pk for obj in objects[start : start + CHUNK]])
            rows.update(**values, **versions)
        for obj in objects:
            for name, value in values.items():
                setattr(obj, name, value)
            if counts:
                obj.version += 1  # type: ignore[attr-defined]
        model.history.bulk_history_create(  # type: ignore[attr-defined]
            objects,
            batch_size=CHUNK,
            update=True,
            default_user=self.by.account,
            default_change_reason=self.rule,
            default_date=self.now,
        )

    def about(self, obj: models.Model | None, *, organization: Organization | None, **facts: Any) -> None:
        """Set the record, organisation and facts (ids, counts or codes) of the event."""
        self._object, self._organization = obj, organization
        self._facts |= facts
        if organization is not None:
            self.changed.append(organization)

    def _mark(self, obj: Any) -> None:
        obj._history_user = self.by.account
        obj._change_reason = self.rule
        obj._history_date = timezone.now()

    def _write_event(self, sums: Sums) -> None:
        _append(self.event, self.by, self.rule, self._object, self._organization, self._facts, sums)


@contextmanager
def change(*, by: Actor, rule: str, event: str) -> Iterator[Act]:
    """Run a change in one transaction; its event is written last so that the journal's lock is held briefly.

    Dates are those of the actor's organisation, until the changed record's organisation is set (`Act.require`,
    `Act.at`).
    """
    zone = by.organization.tz if by.organization is not None else timezone.get_current_timezone()
    with transaction.atomic(), timezone.override(zone), collecting() as collected:
        act = Act(by=by, rule=rule, event=event)
        yield act
        ChangedOrganization.objects.note({one.pk for one in act.changed if one.pk is not None})
        sums = collected.sums()
        if not act.silent:
            act._write_event(sums)
        elif sums:
            attest(sums)


@contextmanager
def quietly(by: Actor) -> Iterator[Act]:
    """Run a change without an event: an account's own settings, recounted figures, the queue of jobs."""
    with change(by=by, rule="", event="") as act:
        act.silent = True
        yield act


#: Page views of one record within this time count as one.
ONE_OPENING = dt.timedelta(hours=1)


def acting_as(actor: Actor) -> str:
    """Return the actor's role and organisation for the journal, without names of people."""
    if actor.appointment is not None:
        return f"{actor.appointment.role}@{actor.appointment.organization_id}"
    return actor.name


def write_event(
    action: str,
    *,
    by: Actor,
    rule: str = "",
    about: models.Model | None = None,
    organization: Organization | None = None,
    **facts: Any,
) -> Event:
    """Append an event to the organisation's chain, whose head is locked meanwhile (N-S1, practice 7.6 РСБ)."""
    return _append(action, by, rule, about, organization, facts)


def _append(
    action: str,
    by: Actor,
    rule: str,
    about: models.Model | None,
    organization: Organization | None,
    facts: dict[str, Any],
    sums: Sums | None = None,
) -> Event:
    # If writing the event fails, the whole change is rolled back, so it needs no savepoint.
    with transaction.atomic(savepoint=False):
        head = _head(organization)
        event = _next_event(head, action, by, rule, about, organization, facts, sums)
        event.save(force_insert=True)
        head.save(update_fields=["number", "digest", "seal"])
    return event


def opened_lately(action: str, about: models.Model, *, by: Actor) -> bool:
    """Return whether the actor opened the record within the last hour; page views of that time count as one."""
    return Event.objects.filter(
        object_type=about._meta.model_name, object_id=str(about.pk), action=action, acting=acting_as(by),
        account=by.account, at__gt=timezone.now() - ONE_OPENING,
    ).exists()  # fmt: skip


def note_opened(action: str, about: models.Model, *, by: Actor, organization: Organization | None) -> None:
    """Append an event about opening a protected record, unless the actor opened it within the last hour (V-C5)."""
    if not opened_lately(action, about, by=by):
        write_event(action, by=by, rule="V-C5", about=about, organization=organization)


def record_evidence(model: type[models.Model], sums: Sums, *, by: Actor) -> Event:
    """Append an event to the installation's chain that attests rows of the table as they are (ADR 20)."""
    facts = {"table": model._meta.db_table}
    return _append("journal.attested", by, "N-S1", None, None, facts, sums)


def write_events(
    action: str,
    *,
    by: Actor,
    about: Sequence[models.Model],
    organization: Organization | None,
    rule: str = "",
    **facts: Any,
) -> None:
    """Append an event for each of the records to one chain, so that each record's history shows a bulk change."""
    with transaction.atomic():
        head = _head(organization)
        events = [_next_event(head, action, by, rule, obj, organization, facts) for obj in about]
        Event.objects.bulk_create(events, batch_size=CHUNK)
        head.save(update_fields=["number", "digest", "seal"])


def _head(organization: Organization | None) -> JournalChain:
    return JournalChain.opened(organization.pk if organization else 0)


def _next_event(
    head: JournalChain,
    action: str,
    by: Actor,
    rule: str,
    about: models.Model | None,
    organization: Organization | None,
    facts: dict[str, Any],
    sums: Sums | None = None,
) -> Event:
    event = Event(
        chain=head.key,
        number=head.number + 1,
        at=timezone.now(),
        action=action,
        rule=rule,
        account=by.account,
        acting=acting_as(by),
        organization=organization,
        object_type=about._meta.model_name or "" if about is not None else "",
        object_id=str(about.pk) if about is not None else "",
        facts=facts,
        sums=packed(sums) if sums else None,
        previous=head.digest,
    )
    event.digest = event.compute_digest()
    head.move_to(event.number, event.digest)
    return event


__all__ = [
    "ONE_OPENING", "Act", "ObjectDoesNotExist", "acting_as", "change", "note_opened", "opened_lately", "quietly",
    "record_evidence", "write_event", "write_events",
]  # fmt: skip
