"""The plan of a list of opening balances, stored from its reading until it is recorded or discarded (V-D1).

It is stored encrypted for at most a day, like an uploaded list, and only its uploader can open it, so that the check
page needs neither the file nor the books.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

from django.utils.translation import gettext as _

from members.people.models import Member
from registry.access import Actor
from registry.enums import Permission
from registry.files import storage
from registry.files.models import StoredFile
from registry.organizations.models import Organization
from registry.organizations.transitions.founding import keep_list

from .imports import Planned
from .queries import previewed

#: Content type of a stored plan.
PLAN = "application/x-registry-openings"


@dataclass(frozen=True)
class PlannedRow:
    """A row of the list: its number in the file, its contents, the id of its member, and what would be recorded."""

    number: int
    told: str
    member_id: int | None
    paid_to: int | None
    changes: bool
    wrong: tuple[str, ...]

    @property
    def ready(self) -> bool:
        return not self.wrong


def keep_plan(rows: Sequence[Planned], place: Organization, *, by: Actor) -> StoredFile:
    """Store the plan of a list that was read. Raises `NotAllowed`."""
    return _keep(
        [
            PlannedRow(
                row.number, row.told, row.member.pk if row.member else None, row.paid_to, row.changes, tuple(row.wrong)
            )
            for row in rows
        ],
        place,
        by,
    )


def _id(member: Member | None) -> int | None:
    return member.pk if member is not None else None


def plan_of(file: StoredFile) -> list[PlannedRow]:
    """Return the rows of a stored plan, those with errors first."""
    told = json.loads(storage.read(file))
    rows = [PlannedRow(number, text, pk, year, changes, tuple(w)) for number, text, pk, year, changes, w in told]
    return sorted(rows, key=lambda row: (row.ready, row.number))


def to_record(rows: Sequence[PlannedRow]) -> dict[int, int]:
    """Return the last paid year of each member changed by the plan, by the member's id."""
    return {row.member_id: row.paid_to for row in rows if row.changes and row.ready and row.member_id and row.paid_to}


def keep_again(rows: Sequence[PlannedRow], place: Organization, today: dt.date, *, by: Actor) -> StoredFile:
    """Store the plan again with the present books and members, because something has changed since the list was
    read.
    """
    wanted = {row.member_id: row.paid_to for row in rows if row.ready and row.member_id and row.paid_to}
    here = set(Member.objects.visible_to(by).registered().filter(pk__in=list(wanted)).values_list("pk", flat=True))
    plans, refused = previewed(place, wanted, by, today)

    def now(row: PlannedRow) -> PlannedRow:
        if not row.ready or row.member_id is None:
            return row
        if row.member_id in refused:
            return replace(row, changes=False, wrong=(str(refused[row.member_id].message),))
        if row.member_id not in here:
            return replace(row, changes=False, wrong=(_("Nobody with this name or ticket number is registered here."),))
        return replace(row, changes=row.member_id in plans)

    return _keep([now(row) for row in rows], place, by)


def _keep(rows: Sequence[PlannedRow], place: Organization, by: Actor) -> StoredFile:
    data = json.dumps([astuple(row) for row in rows], ensure_ascii=False).encode()
    return keep_list(place, data, name="openings", permission=Permission.RECORD_DUES, content_type=PLAN, by=by)
