"""Destroying cards and applications with everything that refers to them, within the caller's change (V-B14, V-A6, U-5).

The caller has locked them and checked that they may be destroyed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q, QuerySet

from documents.consents.models import Consent, Withdrawal
from documents.ecards.models import CardRequest
from documents.exchange import book as exchange
from documents.rights.models import SubjectRequest
from documents.tickets.book import forget_names
from documents.tickets.models import Blank, IssueLine
from members.admission.models import Application, Attachment, Representation
from members.book.models import BookLine, Registration
from members.meetings.models import AgendaItem, Appeal
from members.movement.contents import emptied, kept_models
from members.movement.enums import Destroyed
from members.movement.models import DestructionRecord
from members.movement.rules import erasing as rules
from registry.access import Actor
from registry.drafts.models import Draft
from registry.files import storage
from registry.files.models import StoredFile
from registry.jobs.enums import OPEN_JOBS, JobState
from registry.jobs.models import Job
from registry.organizations.models import Figures, Organization
from registry.sizes import CHUNK
from registry.transitions import Act, quietly
from registry.wal import empty_log

from ..enums import MemberState
from ..models import Member

#: Models whose rows remain without naming the person: acts of the organisation, its book, its ledger.
KEPT = kept_models()
#: Kinds of jobs whose results contain data of cards.
COPYING = (
    "documents.print", "documents.print_invitations", "documents.print_list", "documents.print_people",
    "documents.card_archive", "members.export",
)  # fmt: skip
#: Kinds of jobs whose results contain lines of the books.
_OF_BOOKS = ("documents.print_book", "documents.print_day", "members.export_day")
_GONE = "сведения уничтожены"
#: Text fields of an agenda item that may contain a name.
_WORDS = ("title", "spoken", "resolution", "reason")
#: Their values after the person is destroyed.
_UNSAID = {"title": _GONE, "spoken": _GONE, "resolution": _GONE, "reason": ""}
#: Replacement text in kept rows, where an empty field would hide that there was something.
_SAID_INSTEAD: dict[type[models.Model], dict[str, Any]] = {AgendaItem: _UNSAID, BookLine: {"full_name": _GONE}}
_DRAFT_OF_CARD = re.compile(r"members-[a-z]+-(\d+)-|ward-add-member_id-(\d+)$")


def destroy_cards(act: Act, members: Sequence[Member]) -> dict[str, int]:
    """Destroy the cards with their history and files; return the numbers of destroyed records and files."""
    counts = {"files": 0, "records": 0}
    exchange.update_outbox(act, members)
    for start in range(0, len(members), CHUNK):
        chunk = members[start : start + CHUNK]
        counts["files"] += _drop_files_of_members(chunk) + _drop_copies_of_books(chunk)
        counts["records"] += _drop_rows(chunk)
    transaction.on_commit(empty_log)
    return counts


def destroy_application(application: Application) -> dict[str, int]:
    """Destroy the application with its history and files; return the numbers of destroyed records and files."""
    scans = Attachment.objects.filter(application=application).values_list("file_id", flat=True)
    counts = {"files": drop_files(scans), "records": _drop_application(application)}
    transaction.on_commit(empty_log)
    return counts


def destroy_taken_back(act: Act, members: Sequence[Member], organization: Organization) -> list[DestructionRecord]:
    """Destroy cards that were undone, because nothing entitles anybody to keep what was entered by mistake (U-5).

    Cards from one list get one record, others one each.
    """
    batches: dict[int | None, list[Member]] = defaultdict(list)
    for member in members:
        batches[member.batch_id].append(member)
    _drop_copies_of_cards(organization, members)
    records = []
    for batch, cards in sorted(batches.items(), key=lambda one: one[0] or 0):
        for of_record in [cards] if batch else [[card] for card in cards]:
            subject, number = (Destroyed.LIST, batch) if batch else (Destroyed.CARD, of_record[0].pk)
            record = new_record(
                act, organization, subject=subject, member_number=number,
                ticket_number="" if batch else of_record[0].ticket_number,
                categories=list(rules.CATEGORIES), reason=rules.TAKEN_BACK[subject],
            )  # fmt: skip
            numbers = sorted(card.pk for card in of_record)
            record.counts = destroy_cards(act, of_record)
            if batch:
                record.counts |= {"cards": len(numbers), "first": numbers[0], "last": numbers[-1]}
            record.save(force_insert=True)
            records.append(record)
    return records


def destroy_left_behind() -> int:
    """Destroy cards that were undone before undoing also destroyed them; return their number."""
    left = Member.objects.filter(state=MemberState.WITHDRAWN)
    places = Registration.objects.filter(member__in=left).order_by("pk").values_list("member", "organization")
    by_place: dict[int, list[int]] = defaultdict(list)
    for member, place in dict(places).items():
        by_place[place].append(member)
    for place, ids in sorted(by_place.items()):
        organization = Organization.objects.select_related("federation").get(pk=place)
        with quietly(Actor.system("lists", organization)) as act:
            destroy_taken_back(act, act.lock_many(Member.objects.filter(pk__in=ids)), organization)
    return sum(len(ids) for ids in by_place.values())


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
    """Return name and role of the person who destroys, as required in the act."""
    if by.account is None or by.role is None:
        return by.name
    return f"{by.account.full_name}, {by.role.label}"


def traces(target: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Yield every model with a foreign key to the target, including history tables, and the name of the key."""
    for model in apps.get_models():
        for field in model._meta.fields:
            if field.is_relation and field.related_model is target:
                yield model, field.name


def _drop_files_of_members(members: Sequence[Member]) -> int:
    pks = [member.pk for member in members]
    ids = {
        *(member.photo_id for member in members),
        *Consent.objects.filter(member__in=pks).values_list("scan_id", flat=True),
        *Withdrawal.objects.filter(member__in=pks).values_list("scan_id", flat=True),
        *SubjectRequest.objects.filter(member__in=pks).values_list("scan_id", flat=True),
        *CardRequest.objects.filter(member__in=pks).values_list("photo_id", flat=True),
        *Attachment.objects.filter(member__in=pks).values_list("file_id", flat=True),
        *Attachment.objects.filter(application__member__in=pks).values_list("file_id", flat=True),
        *Member.history.filter(id__in=pks).values_list("photo_id", flat=True),
    }
    return drop_files(ids - {None})


def _drop_copies_of_cards(organization: Organization, members: Sequence[Member]) -> None:
    """Delete results of jobs of the organisation and its cells, and results requested above for these cards."""
    pks = {member.pk for member in members}
    units = [organization.pk, *Organization.objects.filter(parent=organization).values_list("pk", flat=True)]
    above = [int(step) for step in organization.path.split("/") if step]
    holding = Job.objects.filter(Q(result__isnull=False) | Q(state__in=OPEN_JOBS), kind__in=COPYING)
    made_above = holding.filter(organization__in=above).exclude(organization__in=units)
    named = [pk for pk, params in made_above.values_list("pk", "params") if pks.intersection(params.get("ids", ()))]
    jobs = holding.filter(Q(organization__in=units) | Q(pk__in=named))
    jobs.open().update(cancel_asked=True)
    drop_files(jobs.filter(result__isnull=False).values_list("result", flat=True))


def _drop_copies_of_books(members: Sequence[Member]) -> int:
    """Delete results of jobs from books that contain the people, because they could be downloaded for another week."""
    units = dict(BookLine.objects.filter(member__in=[m.pk for m in members]).values_list("pk", "unit"))
    holding = Q(result__isnull=False) | Q(state__in=OPEN_JOBS)
    federations = {member.federation_id for member in members}
    made = Job.objects.filter(holding, kind__in=_OF_BOOKS, organization__federation__in=federations)
    named = [
        job
        for job in made
        if job.params.get("unit") in units.values() or units.keys() & set(job.params.get("lines", ()))
    ]
    # Running jobs are cancelled; their owners start them again, then without the name.
    made.filter(pk__in=[job.pk for job in named]).exclude(state=JobState.DONE).update(cancel_asked=True)
    return drop_files(job.result_id for job in named if job.result_id)


def drop_files(ids: Iterable[Any]) -> int:
    """Delete the stored files and their attachments; return their number."""
    files = list(StoredFile.objects.filter(pk__in=list(ids)))
    Attachment.objects.filter(file__in=files).delete()
    for file in files:
        storage.delete_file(file)
    return len(files)


def _drop_rows(members: Sequence[Member]) -> int:
    pks = [member.pk for member in members]
    for model, values in emptied().items():
        blank(model, {"member__in": pks}, **values | _SAID_INSTEAD.get(model, {}))
    _blank_appeals(Appeal.objects.filter(member__in=pks))
    _forget_names(members)
    drop_drafts(pks)
    gone = sum(_drop_application(application) for application in Application.objects.filter(member__in=pks))
    return gone + _drop_traces(Member, pks)


def _forget_names(members: Sequence[Member]) -> None:
    """Remove the names from sheets and texts about tickets."""
    pks = [member.pk for member in members]
    named = {
        *Blank.objects.filter(member__in=pks).values_list("member_id", flat=True),
        *IssueLine.objects.filter(member__in=pks).values_list("member_id", flat=True),
    }
    for member in members:
        if member.pk in named:
            surnames = {member.surname, *Member.history.filter(id=member.pk).values_list("surname", flat=True)}
            forget_names(member, [_stem(surname) for surname in surnames], _GONE)


def drop_drafts(members: Collection[int]) -> None:
    """Delete drafts of forms about the cards and about the people that the members represent."""
    known = set(members)
    wards = set(Representation.objects.filter(member__in=members).values_list("pk", flat=True))
    of_cards = Draft.objects.filter(Q(key__startswith="members-") | Q(key__startswith="ward-add-member_id-"))
    about = []
    for pk, key in of_cards.values_list("pk", "key"):
        found = _DRAFT_OF_CARD.match(key)
        if found and int(found[1] or found[2]) in known:
            about.append(pk)
    Draft.objects.filter(Q(pk__in=about) | Q(key__in=[f"ward-edit-{ward}" for ward in wards])).delete()


def _drop_application(application: Application) -> int:
    _blank_admissions(application)
    _blank_appeals(Appeal.objects.filter(application=application))
    wards = Representation.objects.filter(application=application).values_list("pk", flat=True)
    of_wards = [f"ward-add-application_id-{application.pk}", *(f"ward-edit-{ward}" for ward in wards)]
    own = Q(key__startswith=f"applications-edit-{application.pk}-")
    Draft.objects.filter(own | Q(key__in=of_wards)).delete()
    return _drop_traces(Application, [application.pk])


def _drop_traces(target: type[Member] | type[Application], pks: Sequence[int]) -> int:
    """Delete the rows, everything that refers to them and the history of both; return the number of rows."""
    gone = 0
    found = list(traces(target))
    for model, name in found:
        rows = model._default_manager.filter(**{f"{name}__in": pks})
        if getattr(model, "instance_type", model) in KEPT:
            rows.update(**{name: None})
        elif not hasattr(model, "instance_type"):
            gone += rows.delete()[0]
    gone += target._default_manager.filter(pk__in=pks).delete()[0]
    # The history is deleted last, because deleting adds a history row.
    history: Any = target.history
    gone += history.filter(id__in=pks).delete()[0]
    for model, name in found:
        if hasattr(model, "instance_type"):
            gone += model._default_manager.filter(**{f"{name}__in": pks}).delete()[0]
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
    """Return the part of the surname that is equal in all grammatical cases."""
    return surname[: max(3, len(surname) - 2)]
