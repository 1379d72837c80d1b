"""Assigning cards to primary cells (V-B6)."""

from __future__ import annotations

from collections.abc import Sequence

from members.book.enums import EndReason
from members.book.transitions import lines as book
from registry.access import Actor
from registry.enums import Permission
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from registry.transitions import change

from ..models import Member
from ..rules.person import check_cell
from .registration import count_in

_MAX_NAMED = 200


def assign_cell(member_ids: Sequence[int], *, cell: Organization | None, by: Actor) -> int:
    """Assign cards of the actor's organisation to a cell, or to none; return the number of cards changed.

    Skips cards that the actor may not change or that are in the cell already. Raises `RuleViolation` for a cell of
    another organisation, `NotAllowed`.
    """
    with change(by=by, rule="V-B6", event="members.cell_assigned") as act:
        own = by.organization
        if own is None:
            raise NotAllowed
        act.require(Permission.EDIT_MEMBERS, own)
        check_cell(cell, own)
        act.lock(Organization.objects.visible_to(by), own.pk)
        wanted = Member.objects.editable_by(by).registered().filter(pk__in=member_ids)
        locked = act.lock_many(Member.objects.filter(pk__in=list(wanted.values_list("pk", flat=True))))
        cell_id = cell.pk if cell is not None else None
        moved = [member for member in locked if member.cell_id != cell_id]
        count_in((), less=moved)
        asked = "cell" in own.charter.required
        for member in moved:
            if asked:
                member.missing += int(cell is None) - int(member.cell_id is None)
            member.cell = cell
            member.unit_id = cell_id or member.organization_id
            member.version += 1
        count_in(moved)
        act.update_many(Member, moved, ["cell", "unit", "version"])
        book.move_lines(
            act, moved, on=act.today, reason=EndReason.OTHER_CELL, destination=cell.short_name if cell else ""
        )
        named = {"members": [member.pk for member in moved]} if len(moved) <= _MAX_NAMED else {}
        act.about(cell, organization=own, count=len(moved), **named)
        act.silent = not moved
    return len(moved)
