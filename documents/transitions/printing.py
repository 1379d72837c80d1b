"""What was printed, for whom, when and by whom; a printed consent waits for its signature (U-6, N-C1)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import Model

from members.enums import ConsentState
from members.models import Member
from registry.access import Actor, require
from registry.enums import DataClass, Permission
from registry.models import Organization
from registry.transitions.base import Act, change, write_events

from ..consents import book
from ..models import PrintRecord
from ..rules import CARD_FORM, CELL_FORMS, check_readable, printed_at
from .states import set_state

#: The form that is a consent: printing it moves the consent's state.
CONSENT_FORM = "consent"


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
) -> int:
    """Write down a print for each of the people; consents become «printed». Answers how many were written down.

    A mapping of people says what their papers carry now; a printed card says everything again unless it is `outdated`
    in lines of before (V-B2). `versions` of the cards are those that were laid out, where that was not just now. Who is not on account or not in scope is left out. Raises `NotAllowed` without the right to print or to read.
    """
    check_readable(data_classes, by=by)
    found = Member.objects.visible_to(by).on_account().filter(pk__in=member_ids)
    place = "unit_id" if form in CELL_FORMS else "organization_id"
    rows = found.select_related("organization__federation", "unit__federation").order_by(place, "pk")
    carried = member_ids if isinstance(member_ids, Mapping) else {}
    recorded = 0
    for _place, group in groupby(rows, key=attrgetter(place)):
        members = list(group)
        recorded += len(members)
        _record(form, members, by=by, job_id=job_id, carried=carried, versions=versions or {})
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
) -> None:
    organization = printed_at(form, members[0])
    if organization is None:
        return
    require(by, Permission.PRINT, organization)
    with change(by=by, rule="U-6", event="paper.printed") as act:
        if form == CONSENT_FORM:
            _await_signatures(act, organization, members)
        PrintRecord.objects.bulk_create(
            [
                PrintRecord(
                    form=form, member=member, organization=organization, printed_at=act.now, printed_by=by.account,
                    job_id=job_id, card_version=versions.get(member.pk, member.version), lines=carried.get(member.pk, {}),
                )
                for member in members
            ],
            batch_size=200,
        )  # fmt: skip
        write_events("paper.printed", by=by, about=members, organization=organization, rule="U-6", form=form)
        # Each card has its own event.
        act.silent = True


def _await_signatures(act: Act, organization: Organization, members: Sequence[Member]) -> None:
    """Each consent that is not signed is now printed, in today's wording."""
    locked = act.lock_many(Member.objects.filter(pk__in=[m.pk for m in members]))
    unsigned = [member for member in locked if member.consent_state != ConsentState.SIGNED]
    book.print_for(act, unsigned, organization.federation)
    moved = [m for m in unsigned if m.consent_state != ConsentState.PRINTED]
    set_state(act, moved, ConsentState.PRINTED)


def record_blank(form: str, *, by: Actor) -> PrintRecord:
    """An empty form was printed; it concerns nobody (V-C1 asks for it where blanks are numbered)."""
    with change(by=by, rule="U-6", event="paper.blank_printed") as act:
        organization = act.lock(Organization.objects.visible_to(by), by.organization.pk if by.organization else None)
        require(by, Permission.PRINT, organization)
        record = PrintRecord.objects.create(
            form=form, organization=organization, printed_at=act.now, printed_by=by.account
        )
        act.about(record, organization=organization, form=form)
    return record


def record_applicant(
    form: str, about: Model, *, organization: Organization, by: Actor, rule: str = "V-A4"
) -> PrintRecord:
    """A paper was printed that is no member's: an applicant's, of whom a member represents, a book, a report, an act."""
    with change(by=by, rule=rule, event="paper.printed") as act:
        require(by, Permission.PRINT, organization)
        record = PrintRecord.objects.create(
            form=form,
            organization=organization,
            printed_at=act.now,
            printed_by=by.account,
            about=about._meta.model_name or "",
        )
        act.about(about, organization=organization, form=form)
    return record
