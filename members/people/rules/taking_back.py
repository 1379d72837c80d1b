"""Obstacles to undoing the entries of a list (U-5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.lists.models import ImportBatch
from registry.errors import Blocked

from ..enums import MemberState
from ..models import Member

#: Maximum number of blocking cards listed by name.
_MAX_NAMED = 50


def check_nothing_depends(found: QuerySet[Member], more: Sequence[Any] = ()) -> None:
    """Raise `Blocked` (U-5) with each card that something depends on; `more` are additional blockers from the
    caller.
    """
    blockers = [*dependencies_of(found), *more]
    if blockers:
        message = _("The list can no longer be taken back, because something depends on it:")
        raise Blocked("U-5", message, blockers)


def dependencies_of(found: QuerySet[Member]) -> list[Any]:
    """Return a sentence for each card with later changes, signatures, prints or blanks."""
    touched = found.filter(
        Q(version__gt=1)
        | Q(consents__isnull=False)
        | Q(prints__isnull=False)
        | Q(blanks__isnull=False)
        | Q(entries__isnull=False)
        | Q(photo__isnull=False)
    )
    names = list(touched.distinct().order_by("sort_key", "pk")[: _MAX_NAMED + 1])
    blockers: list[Any] = [
        _("%(name)s: the card was changed, or a paper was printed, since the people on the list were registered.")
        % {"name": m.full_name}
        for m in names[:_MAX_NAMED]
    ]
    if len(names) > _MAX_NAMED:
        blockers.append(_("… and more such cards."))
    return blockers


def registered_by(batch: ImportBatch) -> QuerySet[Member]:
    """Return the registered members from the list."""
    return Member.objects.filter(batch=batch, organization=batch.organization_id, state=MemberState.REGISTERED)
