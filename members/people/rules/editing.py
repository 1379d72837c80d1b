"""Rules for changes of a card (V-B2, N-A1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from registry.access import Actor
from registry.organizations.models import Organization

from ..models import Member
from .duplicates import duplicate_violation, find_duplicates
from .fields import is_empty, not_offered, refuse_unreadable
from .person import check_cell, check_cell_found, grown_up, person_violations, relevant
from .searches import check_may_search

#: Fields whose change requires a new search for duplicates.
_WHO = {"surname", "given_name", "patronymic", "birth_date", "snils", "ticket_number"}
_NAME = {"surname", "given_name", "patronymic"}
#: Fields of declined names, entered if papers decline a name wrongly.
_DECLINED = ("name_genitive", "name_dative", "name_accusative")


def checked_changes(
    member: Member,
    organization: Organization,
    before: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    by: Actor,
    today: dt.date,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values that differ from the card, and the whole card after the change; `before` is the card now.

    Raises the first `RuleViolation`, `DuplicateFound`, and `NotAllowed` for a field that the actor may not read.
    Earlier violations on the card do not block the correction of another field. A change of the name clears its
    declined forms, unless they are entered again.
    """
    given = relevant(values)
    if isinstance(given.get("cell"), Organization):
        given["cell"] = given["cell"].pk
    refuse_unreadable((name for name, value in given.items() if value != before[name]), by)
    charter = organization.charter
    after, wrong = person_violations({**before, **given}, charter, today)
    wrong += grown_up(after, today)
    earlier = [*person_violations(before, charter, today)[1], *grown_up(before, today)]
    old = {(v.field, str(v.message)) for v in earlier}
    touched = {name for name in given if given[name] != before[name]}
    wrong = [v for v in wrong if v.field in touched or (v.field, str(v.message)) not in old]
    wrong += not_offered({name: after.get(name) for name in touched}, charter)
    changed = {name: after.get(name) for name in given if after.get(name) != before[name]}
    changed = {name: value for name, value in changed.items() if not (is_empty(value) and is_empty(before[name]))}
    if "cell" in changed and changed["cell"] is not None:
        cell = Organization.objects.under(organization).filter(pk=changed["cell"]).first()
        check_cell(check_cell_found(cell), organization)
    if wrong:
        raise wrong[0]
    if _WHO & changed.keys():
        # A number on the card before the ledger of blanks knew it does not block other changes.
        who = after if "ticket_number" in changed else {**after, "ticket_number": ""}
        check_may_search(organization, by=by)
        found = find_duplicates(member.federation, who, actor=by, organization=organization, exclude=member.pk)
        violation = duplicate_violation(found, values.get("confirmed_duplicate"))
        if violation is not None:
            raise violation
    former = _former_forms(before, changed)
    return changed | former, {**after, **former}


def _former_forms(before: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, str]:
    """Return empty values for the declined forms of a former name."""
    if not _NAME & changed.keys():
        return {}
    return {name: "" for name in _DECLINED if before.get(name) and name not in changed}
