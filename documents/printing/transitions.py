"""Transitions that record prints; a printed consent is then awaiting its signature (U-6, N-C1)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import Model

from documents.consents import book
from documents.consents.enums import PURPOSES_OF_FORMS, ConsentPurpose
from documents.consents.queries import signed_for
from members.admission.models import Application, Representation
from members.meetings.models import Meeting
from members.people.enums import ConsentState
from members.people.models import Member
from members.people.transitions.consent_state import set_state
from registry.access import Actor
from registry.enums import DataClass, Permission
from registry.idsets import packed
from registry.organizations.models import Organization
from registry.sizes import CHUNK
from registry.transitions import Act, change, write_event, write_events

from . import rules
from .models import SHIFTS, PrinterCalibration, PrintRecord
from .rules import CARD_FORM, CELL_FORMS, CONTINUED_FORMS, check_printer, check_readable, printed_at

#: The consent form, whose printing changes the consent's state.
CONSENT_FORM = "consent"
#: The paper of a list as shown on the screen.
LIST_FORM = "screen_list"


@transaction.atomic
def record_prints(
    form: str,
    member_ids: Collection[int],
    *,
    data_classes: Iterable[DataClass],
    by: Actor,
    job_id: uuid.UUID | None = None,
    outdated: bool = False,
    versions: Mapping[int, int] | None = None,
    codes: Mapping[int, str] | None = None,
) -> int:
    """Record a print for each member; consents become «printed». Return the number recorded.

    A mapping has the lines now on each card, or the contents of each consent; a printed card is up to date unless
    `outdated` lines remain on it (V-B2). `versions` are the versions of the rendered cards, if not the current ones;
    `codes` are the verification codes of the papers. Members not registered or not in scope are skipped. Raises
    `NotAllowed` without the right to print or to read.
    """
    check_readable(data_classes, by=by)
    found = Member.objects.visible_to(by).registered().filter(pk__in=member_ids)
    place = "unit_id" if form in CELL_FORMS else "organization_id"
    rows = found.select_related("organization__federation", "unit__federation").order_by(place, "pk")
    carried = member_ids if isinstance(member_ids, Mapping) else {}
    recorded = 0
    for _place, group in groupby(rows, key=attrgetter(place)):
        members = list(group)
        recorded += len(members)
        _record(form, members, by=by, job_id=job_id, carried=carried, versions=versions or {}, codes=codes or {})
    if form == CARD_FORM and not outdated:
        found.filter(reprint=True).update(reprint=False)
    return recorded


def _record(
    form: str,
    members: list[Member],
    *,
    by: Actor,
    job_id: uuid.UUID | None,
    carried: Mapping[int, Mapping[str, Any]],
    versions: Mapping[int, int],
    codes: Mapping[int, str],
) -> None:
    organization = printed_at(form, members[0])
    if organization is None:
        return
    with change(by=by, rule="U-6", event="paper.printed") as act:
        act.require(Permission.PRINT, organization)
        if form in PURPOSES_OF_FORMS:
            _await_signatures(act, organization, members, carried, PURPOSES_OF_FORMS[form])
        PrintRecord.objects.bulk_create(
            [
                PrintRecord(
                    form=form,
                    member=member,
                    organization=organization,
                    printed_at=act.now,
                    printed_by=by.account,
                    job_id=job_id,
                    card_version=versions.get(member.pk, member.version),
                    lines=carried.get(member.pk, {}) if form in CONTINUED_FORMS else {},
                    code=codes.get(member.pk) or None,
                )
                for member in members
            ],
            batch_size=CHUNK,
        )
        write_events("paper.printed", by=by, about=members, organization=organization, rule="U-6", form=form)
        # Each card has its own event already.
        act.silent = True


def _await_signatures(
    act: Act,
    organization: Organization,
    members: Sequence[Member],
    papers: Mapping[int, Mapping[str, Any]],
    purpose: str,
) -> None:
    """Set unsigned consents to «printed», in today's wording."""
    locked = act.lock_many(Member.objects.filter(pk__in=[m.pk for m in members]))
    known = Member.objects.filter(pk__in=[member.pk for member in locked])
    signed = set(signed_for(known, purpose).values_list("pk", flat=True))
    unsigned = [member for member in locked if member.pk not in signed]
    book.print_for(act, unsigned, organization.federation, papers, purpose)
    if purpose != ConsentPurpose.PROCESSING:
        return
    moved = [m for m in unsigned if m.consent_state != ConsentState.PRINTED]
    set_state(act, moved, ConsentState.PRINTED)


def record_blank(form: str, *, by: Actor) -> PrintRecord:
    """Record the print of a blank form, which concerns no member (V-C1 requires it for numbered blanks)."""
    with change(by=by, rule="U-6", event="paper.blank_printed") as act:
        organization = act.lock(Organization.objects.visible_to(by), by.organization.pk if by.organization else None)
        act.require(Permission.PRINT, organization)
        record = PrintRecord.objects.create(
            form=form, organization=organization, printed_at=act.now, printed_by=by.account
        )
        act.about(record, organization=organization, form=form)
    return record


def record_consent_print(
    owner: Application | Representation, paper: Mapping[str, Any], *, organization: Organization, code: str, by: Actor
) -> None:
    """Record the print of an applicant's or a represented person's consent, and store its contents until it is signed.

    `paper` is empty for a copy of a signed one.
    """
    with change(by=by, rule="U-6", event="paper.printed") as act:
        act.require(Permission.PRINT, organization)
        rows = type(owner)._default_manager.filter(pk=owner.pk)
        act.lock_many(rows)
        if paper:
            book.text_in_force(act, organization.federation)
            # The record itself is not edited, so its version stays.
            rows.filter(consent_signed_on=None).update(consent_paper=dict(paper))
        _record_other(act, CONSENT_FORM, owner, organization, code)


def record_other_print(
    form: str,
    about: Model,
    *,
    organization: Organization,
    code: str,
    by: Actor,
    rule: str = "V-A4",
    permission: Permission = Permission.PRINT,
) -> PrintRecord:
    """Record the print of a paper that is not about a member, such as a book, a report or an act.

    `code` is the verification code of its batch, `permission` the permission needed for printing.
    """
    with change(by=by, rule=rule, event="paper.printed") as act:
        act.require(permission, organization)
        return _record_other(act, form, about, organization, code)


def record_notices(form: str, meeting: Meeting, codes: Mapping[int, str], *, by: Actor) -> None:
    """Record the print of notices of the meeting, with the verification code for each application (V-A5)."""
    with change(by=by, rule="V-A5", event="paper.printed") as act:
        act.require(Permission.PRINT, meeting.organization)
        common = {"form": form, "organization": meeting.organization, "printed_at": act.now, "printed_by": by.account}
        PrintRecord.objects.bulk_create(
            [PrintRecord(**common, about="application", about_id=pk, code=code or None) for pk, code in codes.items()],
            batch_size=CHUNK,
        )
        act.about(meeting, organization=meeting.organization, form=form, count=len(codes))


def record_list_print(
    place: Organization, columns: Sequence[str], *, members: Sequence[int], code: str, by: Actor
) -> PrintRecord:
    """Record the print of a list as shown on the screen: its columns and people (V-C5)."""
    with change(by=by, rule="V-C5", event="members.list_printed") as act:
        act.require(Permission.PRINT, place)
        facts = {"count": len(members), "people": packed(members), "columns": list(columns)}
        return _record_other(act, LIST_FORM, place, place, code, **facts)


def find_print(code: str, *, by: Actor) -> PrintRecord:
    """Return the print with this verification code in the actor's scope, and record the query in the journal (V-C5).

    Raises the same `RuleViolation` for an unknown code and for a paper out of scope, and another one after too many
    wrong codes. Raises `NotAllowed` without the right to print.
    """
    with change(by=by, rule="V-C5", event="paper.looked_up") as act:
        act.require(Permission.PRINT, by.organization)
        rules.check_may_look_up(by, act.now)
        related = ("member", "organization__federation", "printed_by")
        record = PrintRecord.objects.visible_to(by).filter(code=code).select_related(*related).first()
        if record is None:
            write_event(rules.UNKNOWN_CODE, by=by, rule="V-C5", organization=by.organization)
            act.silent = True
        else:
            act.about(record, organization=record.organization, form=record.form)
    # The journal entry has to be committed, so the exception is raised after the transaction.
    if record is None:
        raise rules.no_such_paper()
    return record


def _record_other(
    act: Act, form: str, about: Model, organization: Organization, code: str, **facts: Any
) -> PrintRecord:
    record = PrintRecord.objects.create(
        form=form,
        organization=organization,
        printed_at=act.now,
        printed_by=act.by.account,
        about=about._meta.model_name or "",
        about_id=about.pk,
        code=code or None,
    )
    act.about(about, organization=organization, form=form, **facts)
    return record


def save_printer(
    organization_id: int,
    *,
    name: str,
    shifts: Mapping[str, Decimal],
    by: Actor,
    printer_id: int | None = None,
    version: int | None = None,
) -> PrinterCalibration:
    """Save a new printer of the organisation, or change the printer `printer_id`; shifts are in mm (V-B2).

    Raises `RuleViolation` (V-B2) for wrong values or too many printers, `StaleVersion`, `NotAllowed`.
    """
    with change(by=by, rule="V-B2", event="printer.saved") as act:
        # The lock also prevents two people from adding the same name at once.
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.PRINT, organization)
        if printer_id is None:
            printer = PrinterCalibration(organization=organization)
        else:
            own = PrinterCalibration.objects.visible_to(by).filter(organization=organization)
            printer = act.lock(own, printer_id, version=version)
        printer.name = name.strip()
        for field in SHIFTS:
            setattr(printer, field, shifts[field])
        check_printer(printer)
        act.save(printer)
        act.about(printer, organization=organization)
    return printer


def remove_printer(printer_id: int, *, by: Actor) -> None:
    """Delete a printer that is no longer used."""
    with change(by=by, rule="V-B2", event="printer.removed") as act:
        printer = act.lock(PrinterCalibration.objects.visible_to(by), printer_id)
        act.require(Permission.PRINT, printer.organization)
        act.about(None, organization=printer.organization, printer=printer.pk)
        act.delete(printer)
