"""State changes of a change of many cards (U-5); each card is changed as by hand, with its own history and event."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from members.people.models import Member
from members.people.transitions.cards import edit_card
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.errors import RuleViolation, StaleVersion
from registry.organizations.models import Organization
from registry.sizes import CHUNK
from registry.transitions import Act, change, quietly

from ..enums import CHANGEABLE, UpdateState, UpdateVerdict
from ..models import CardUpdate, CardUpdateRow, decode
from ..rules import check_chosen, check_still_there, what_rests_on

#: Time within which a change can be undone; then its copies of values are deleted.
KEPT = dt.timedelta(days=30)


def keep_update(
    *,
    organization: Organization,
    rows: Sequence[CardUpdateRow],
    name: str = "",
    ignored: Sequence[str] = (),
    read: int,
    by: Actor,
) -> CardUpdate:
    """Store a proposed change of many cards, to be confirmed; no card is changed.

    `read` is the number of cards compared, `name` that of the workbook. Raises `NotAllowed`.
    """
    with change(by=by, rule="U-5", event="update.prepared") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization.pk)
        act.require(Permission.EDIT_MEMBERS, organization)
        batch = CardUpdate(
            organization=organization,
            name=name[:200],
            fields=sorted({field for row in rows for field in row.changes}),
            ignored=[heading[:100] for heading in ignored],
            counts={"read": read},
            made_by=by.account,
            made_at=act.now,
        )
        act.save(batch)
        for row in rows:
            row.batch = batch
        CardUpdateRow.objects.bulk_create(rows, batch_size=CHUNK)
        _count(batch)
        act.save(batch, fields=["counts"])
        act.about(batch, organization=organization, cards=len(rows))
    return batch


def choose(
    batch_id: int, *, shown: Collection[int], chosen: Collection[int], left_out: Collection[str], by: Actor
) -> CardUpdate:
    """Save which of the shown rows are applied, and which fields are left out."""
    with change(by=by, rule="U-5", event="update.chosen") as act:
        batch = _batch(act, batch_id, by)
        rows = CardUpdateRow.objects.filter(batch=batch, verdict__in=CHANGEABLE, pk__in=shown)
        before = set(rows.filter(chosen=True).values_list("pk", flat=True))
        wanted = set(chosen) & set(rows.values_list("pk", flat=True))
        rows.filter(pk__in=before - wanted).update(chosen=False)
        rows.filter(pk__in=wanted - before).update(chosen=True)
        fields = [field for field in batch.fields if field in left_out]
        act.silent = before == wanted and fields == batch.left_out
        if not act.silent:
            batch.left_out = fields
            act.save(batch)
        act.about(batch, organization=batch.organization, rows=len(before ^ wanted), left_out=fields)
    return batch


def apply_update(batch_id: int, row_ids: Sequence[int] | None = None, *, by: Actor) -> CardUpdate:
    """Change the chosen cards, or those among `row_ids`; a card that cannot be changed stays as it is, with the reason.

    Raises `RuleViolation` if no card is chosen, `NotAllowed`.
    """
    with change(by=by, rule="U-5", event="update.applied") as act:
        batch = _batch(act, batch_id, by)
        states.check(batch, UpdateState.APPLIED, "U-5")
        batch.state = UpdateState.APPLIED
        # In the order of cards, so that two changes of the same cards cannot deadlock.
        found = CardUpdateRow.objects.filter(batch=batch, chosen=True, verdict__in=CHANGEABLE).order_by("member_id")
        rows = list(found if row_ids is None else found.filter(pk__in=row_ids))
        check_chosen(rows)
        for row in rows:
            _apply(row, batch, by)
        CardUpdateRow.objects.bulk_update(rows, ["verdict", "remarks", "changes"], batch_size=CHUNK)
        batch.applied_at = act.now
        _count(batch)
        act.save(batch)
        done = sum(row.verdict == UpdateVerdict.DONE for row in rows)
        act.about(batch, organization=batch.organization, cards=done, refused=len(rows) - done)
    return batch


def _apply(row: CardUpdateRow, batch: CardUpdate, by: Actor) -> None:
    values = new_values(row, batch.left_out)
    try:
        with transaction.atomic():
            edit_card(row.member_id or 0, values=values, version=row.seen, by=by, rule="U-5")
    except StaleVersion:
        row.remarks = [*row.remarks, _("Somebody else changed the card in the meantime.")]
    except RuleViolation as violation:
        row.remarks = [*row.remarks, str(violation.message)]
    except Member.DoesNotExist:
        row.remarks = [*row.remarks, _("The card is no longer kept here.")]
    else:
        row.changes = {name: told for name, told in row.changes.items() if name in values}
        row.verdict = UpdateVerdict.DONE
        return
    row.verdict = UpdateVerdict.REFUSED


def new_values(row: CardUpdateRow, left_out: Collection[str] = ()) -> dict[str, Any]:
    """Return the new values of the card, by field."""
    return {
        name: decode(told["after"])
        for name, told in row.changes.items()
        if not told.get("problem") and not is_left_out(name, left_out)
    }


def is_left_out(name: str, left_out: Collection[str]) -> bool:
    """Return whether the field is not applied; `joined_year_only` follows the day of joining."""
    return ("joined_on" if name == "joined_year_only" else name) in left_out


def undo_update(batch_id: int, *, by: Actor) -> CardUpdate:
    """Restore the former values of every changed card, all or none. Raises `Blocked`, which lists what depends on
    it.
    """
    with change(by=by, rule="U-5", event="update.undone") as act:
        batch = _batch(act, batch_id, by)
        states.check(batch, UpdateState.UNDONE, "U-5")
        batch.state = UpdateState.UNDONE
        rows = list(CardUpdateRow.objects.filter(batch=batch, verdict=UpdateVerdict.DONE).order_by("member_id"))
        check_still_there(what_rests_on(batch, by))
        for row in rows:
            former = {name: decode(told["before"]) for name, told in row.changes.items()}
            try:
                edit_card(row.member_id or 0, values=former, version=None, by=by, rule="U-5")
            except RuleViolation as violation:
                check_still_there([_("Row %(n)s: %(reason)s") % {"n": row.number, "reason": violation.message}])
        act.save(batch)
        act.about(batch, organization=batch.organization, cards=len(rows))
    return batch


def discard_update(batch_id: int, *, by: Actor) -> CardUpdate:
    """Discard a change that was not confirmed, with its rows."""
    with change(by=by, rule="U-5", event="update.discarded") as act:
        batch = _batch(act, batch_id, by)
        states.check(batch, UpdateState.DISCARDED, "U-5")
        batch.state = UpdateState.DISCARDED
        CardUpdateRow.objects.filter(batch=batch).delete()
        act.save(batch)
        act.about(batch, organization=batch.organization)
    return batch


def forget_updates() -> None:
    """Delete the rows of changes older than `KEPT`, with their copies of values, and the names of their workbooks."""
    with quietly(Actor.system("updates")):
        old = timezone.now() - KEPT
        CardUpdate.objects.filter(state=UpdateState.CHECKED, made_at__lt=old).delete()
        over = CardUpdate.objects.filter(made_at__lt=old)
        CardUpdateRow.objects.filter(batch__in=over).delete()
        named = [pk for pk, length in over.values_list("pk", Length("name")) if length]
        CardUpdate.history.filter(id__in=named).update(name="")
        CardUpdate.objects.filter(pk__in=named).update(name="")


def _count(batch: CardUpdate) -> None:
    verdicts = Counter(CardUpdateRow.objects.filter(batch=batch).values_list("verdict", flat=True))
    batch.counts = {"read": batch.counts["read"], **{v: verdicts.get(v, 0) for v in UpdateVerdict.values}}


def _batch(act: Act, batch_id: int, by: Actor) -> CardUpdate:
    batch = act.lock(CardUpdate.objects.visible_to(by), batch_id)
    batch.organization = Organization.objects.select_related("federation").get(pk=batch.organization_id)
    act.require(Permission.EDIT_MEMBERS, batch.organization)
    return batch
