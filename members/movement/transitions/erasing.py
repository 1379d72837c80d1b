"""Destroying sealed cards and ended applications after their retention; a record remains (V-B14, V-A6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Q, QuerySet

from documents.consents.models import Consent, Withdrawal
from documents.ecards.models import CardRequest
from documents.exchange import book as exchange
from documents.rights.models import SubjectRequest
from documents.tickets.book import forget_names
from members.admission.models import Application, Attachment, Representation
from members.book.models import BookLine
from members.meetings.models import AgendaItem, Appeal
from members.people.models import Member
from registry.access import Actor
from registry.drafts.models import Draft
from registry.enums import Permission
from registry.files import storage
from registry.files.models import StoredFile
from registry.jobs.enums import OPEN_JOBS, JobState
from registry.jobs.models import Job
from registry.organizations.models import Figures, Organization, on_its_day
from registry.transitions import Act, change

from ..contents import kept_models
from ..enums import Destroyed
from ..models import DestructionRecord
from ..rules import erasing as rules
from .sealing import drop_drafts

#: Models whose rows remain without naming the person: acts of the organisation, its book, its ledger.
KEPT = kept_models()
#: Kinds of jobs whose results contain lines of the books.
_OF_BOOKS = ("documents.print_book", "documents.print_day", "members.export_day")
_GONE = "сведения уничтожены"
#: Text fields of an agenda item that may contain a name.
_WORDS = ("title", "spoken", "resolution", "reason")
#: Their values after the person is destroyed.
_UNSAID = {"title": _GONE, "spoken": _GONE, "resolution": _GONE, "reason": ""}


def erase(member_id: int, *, by: Actor) -> DestructionRecord:
    """Destroy the card with its history and files; the record says what, when, why and how, without a name.

    Raises `RuleViolation` (V-B14) during retention or an appeal, `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="V-B14", event="member.erased") as act:
        member = act.lock(Member, member_id)
        organization = _answers_for(member.last_organization_id or 0, by)
        if organization is None:
            raise Member.DoesNotExist
        act.require(Permission.ERASE, organization)
        rules.check_due(member, act.today)
        record = new_record(
            act, organization, member_number=member.pk, ticket_number=member.ticket_number,
            categories=list(rules.CATEGORIES), reason=rules.REASONS[member.state],  # type: ignore[index]
        )  # fmt: skip
        exchange.update_outbox(act, [member])
        files = _drop_files_of_member(member) + _drop_copies_of_books(member)
        record.counts = {"files": files, "records": _drop_rows(member)}
        record.save(force_insert=True)
        act.about(record, organization=organization, **record.counts)
    return record


def erase_application(application_id: int, *, by: Actor) -> DestructionRecord:
    """Destroy a refused or withdrawn application with history, represented people and scans; a record remains.

    Raises `RuleViolation` (V-A6) during retention or an appeal, `NotAllowed`, `Application.DoesNotExist`.
    """
    with change(by=by, rule="V-A6", event="application.erased") as act:
        application = act.lock(Application, application_id)
        organization = _answers_for(application.organization_id, by)
        if organization is None:
            raise Application.DoesNotExist
        act.require(Permission.ERASE, organization)
        rules.check_application_due(application, act.today)
        record = new_record(
            act, organization, subject=Destroyed.APPLICATION, member_number=application.pk,
            categories=list(rules.APPLICATION_CATEGORIES),
            reason=rules.APPLICATION_REASONS[application.state],  # type: ignore[index]
        )  # fmt: skip
        scans = Attachment.objects.filter(application=application).values_list("file_id", flat=True)
        record.counts = {"files": drop_files(scans), "records": _drop_application(application)}
        record.save(force_insert=True)
        act.about(record, organization=organization, **record.counts)
    return record


def _answers_for(organization_id: int, by: Actor) -> Organization | None:
    """Return the organisation that destroys the cards: itself, or after its end the keeper of its papers (N-H3)."""
    own = by.organization
    if own is not None and organization_id in rules.places_of(own):
        return own
    return Organization.objects.visible_to(by).filter(pk=organization_id).first()


def new_record(act: Act, organization: Organization, **of_whom: Any) -> DestructionRecord:
    """Return the organisation's next destruction record; the caller adds the counts and saves it."""
    Figures.objects.get_or_create(organization=organization)
    Figures.objects.filter(organization=organization).update(last_destruction=F("last_destruction") + 1)
    return DestructionRecord(
        organization=organization,
        number=Figures.objects.values_list("last_destruction", flat=True).get(organization=organization),
        method=rules.METHOD,
        system=rules.SYSTEM,
        destroyed_at=act.now,
        destroyed_by=_who(act.by),
        keep_until=rules.record_kept_until(act.today),
        **of_whom,
    )


def _who(by: Actor) -> str:
    """Return name and role of the person who destroyed, as the act requires."""
    if by.account is None or by.role is None:
        return by.name
    return f"{by.account.full_name}, {by.role.label}"


def traces(target: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Yield every model with a foreign key to the target, including history tables, and the name of the key."""
    for model in apps.get_models():
        for field in model._meta.fields:
            if field.is_relation and field.related_model is target:
                yield model, field.name


def _drop_files_of_member(member: Member) -> int:
    ids = {
        member.photo_id,
        *Consent.objects.filter(member=member).values_list("scan_id", flat=True),
        *Withdrawal.objects.filter(member=member).values_list("scan_id", flat=True),
        *SubjectRequest.objects.filter(member=member).values_list("scan_id", flat=True),
        *CardRequest.objects.filter(member=member).values_list("photo_id", flat=True),
        *Attachment.objects.filter(member=member).values_list("file_id", flat=True),
        *Attachment.objects.filter(application__member=member).values_list("file_id", flat=True),
        *Member.history.filter(id=member.pk).values_list("photo_id", flat=True),
    }
    return drop_files(ids - {None})


def _drop_copies_of_books(member: Member) -> int:
    """Delete results of jobs from books that contain the person: they could be downloaded for another week."""
    units = dict(BookLine.objects.filter(member=member).values_list("pk", "unit"))
    holding = Q(result__isnull=False) | Q(state__in=OPEN_JOBS)
    made = Job.objects.filter(holding, kind__in=_OF_BOOKS, organization__federation=member.federation)
    named = [
        job
        for job in made
        if job.params.get("unit") in units.values() or units.keys() & set(job.params.get("lines", ()))
    ]
    # Running jobs are cancelled; their owner starts them again, then without the name.
    made.filter(pk__in=[job.pk for job in named]).exclude(state=JobState.DONE).update(cancel_asked=True)
    return drop_files(job.result_id for job in named if job.result_id)


def drop_files(ids: Iterable[Any]) -> int:
    """Delete the stored files, and the attachments that hold them; return their number."""
    files = list(StoredFile.objects.filter(pk__in=list(ids)))
    Attachment.objects.filter(file__in=files).delete()
    for file in files:
        storage.drop(file)
    return len(files)


def _drop_rows(member: Member) -> int:
    pk = member.pk
    application = Application.objects.filter(member=member).first()
    blank(AgendaItem, {"member": member}, **_UNSAID)
    blank(
        BookLine,
        {"member": member},
        **dict.fromkeys(("sort_key", "search_key", "ticket_number", "former_names", "former_tickets"), ""),
        full_name=_GONE,
        birth_year=None,
        destination="",
    )
    blank(CardRequest, {"member": member}, printed_name="", code=None)
    blank(SubjectRequest, {"member": member}, person_name="", details="", reply="", extension_reason="")
    _blank_appeals(Appeal.objects.filter(member=member))
    surnames = {member.surname, *Member.history.filter(id=member.pk).values_list("surname", flat=True)}
    forget_names(member, [_stem(surname) for surname in surnames], _GONE)
    drop_drafts(member)
    gone = _drop_application(application) if application is not None else 0
    return gone + _drop_traces(Member, pk)


def _drop_application(application: Application) -> int:
    _blank_admissions(application)
    _blank_appeals(Appeal.objects.filter(application=application))
    wards = Representation.objects.filter(application=application).values_list("pk", flat=True)
    of_wards = [f"ward-add-application_id-{application.pk}", *(f"ward-edit-{ward}" for ward in wards)]
    own = Q(key__startswith=f"applications-edit-{application.pk}-")
    Draft.objects.filter(own | Q(key__in=of_wards)).delete()
    return _drop_traces(Application, application.pk)


def _drop_traces(target: type[Member] | type[Application], pk: int) -> int:
    """Delete the row, everything that refers to it and the history of both; return the number of rows."""
    gone = 0
    found = list(traces(target))
    for model, name in found:
        rows = model._default_manager.filter(**{name: pk})
        if getattr(model, "instance_type", model) in KEPT:
            rows.update(**{name: None})
        elif not hasattr(model, "instance_type"):
            gone += rows.delete()[0]
    gone += target._default_manager.filter(pk=pk).delete()[0]
    # The history is deleted last, because deleting adds a history row.
    history: Any = target.history
    gone += history.filter(id=pk).delete()[0]
    for model, name in found:
        if hasattr(model, "instance_type"):
            gone += model._default_manager.filter(**{name: pk}).delete()[0]
    return gone


def blank(model: type[models.Model], found: dict[str, Any], **values: Any) -> None:
    """Overwrite fields of the records and their history so that they no longer name the person."""
    ids = list(model._default_manager.filter(**found).values_list("pk", flat=True))
    model._default_manager.filter(pk__in=ids).update(**values)
    tracked: Any = getattr(model, "history", None)
    if tracked is None:
        return
    columns = {field.name for field in tracked.model._meta.fields}
    tracked.filter(id__in=ids).update(**{name: value for name, value in values.items() if name in columns})


def _blank_appeals(appeals: QuerySet[Appeal]) -> None:
    """Remove appeal and name from the items on appeals, which are acts of the superior's body and remain."""
    items = list(AgendaItem.objects.filter(appeal__in=appeals).values_list("pk", flat=True))
    blank(AgendaItem, {"pk__in": items}, appeal=None, **_UNSAID)


def _blank_admissions(application: Application) -> None:
    """Remove the name from all items that ever had the application; texts about other applicants remain."""
    ever: Any = Application.history
    items = {*ever.filter(id=application.pk).values_list("item_id", flat=True)} - {None}
    shared = set(ever.filter(item__in=items).exclude(id=application.pk).values_list("item_id", flat=True))
    blank(AgendaItem, {"pk__in": items - shared}, **_UNSAID)
    stem = _stem(application.surname)
    for rows in (AgendaItem.objects.filter(pk__in=shared), AgendaItem.history.filter(id__in=shared)):
        for row in rows:
            named = {name: _GONE for name in _WORDS if stem in getattr(row, name)}
            if named:
                rows.filter(pk=row.pk).update(**named)


def _stem(surname: str) -> str:
    """Return the beginning of the surname, which is the same in all its cases."""
    return surname[: max(3, len(surname) - 2)]


def forget_records() -> int:
    """Delete destruction records whose retention has ended; return their number."""
    over = on_its_day(lambda day: Q(keep_until__lt=day), "organization__")
    return DestructionRecord.objects.filter(over).delete()[0]
