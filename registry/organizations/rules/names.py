"""Rules for names: who checks them, which corrections are allowed, how rename requests are decided (U-3)."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from registry.access import Actor
from registry.enums import Permission, Role
from registry.errors import RuleViolation
from registry.text import clean, normalise_name

from ..enums import RenameState
from ..models import Organization, RenameRequest
from .tree import check_not_root


def needs_name_check(actor: Actor) -> bool:
    """Return whether the actor must check the name: those in charge of the passport do, once per organisation (U-3)."""
    organization = actor.organization
    return bool(
        organization
        and actor.role in {Role.CHAIR, Role.DEPUTY}
        and organization.parent_id
        and organization.name_checked_at is None
        and actor.may(Permission.EDIT_PASSPORT, organization)
    )


def plain_name(text: object, limit: int = 300) -> str:
    """Return the name with single spaces and without control characters."""
    return " ".join(clean(text, limit).split())


def distance(first: str, second: str) -> int:
    """Return the edit distance: letters inserted, deleted, replaced or swapped with their neighbour."""
    before: list[int] = []
    above = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        row = [i]
        for j, other in enumerate(second, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]


def _words(name: str) -> list[str]:
    folded = normalise_name(name).text.casefold().replace("ё", "е")
    return re.findall(r"\w+", folded)


def _is_slip(old: str, new: str) -> bool:
    """Return whether one word may be a misspelling of the other; numbers never are: № 14 and № 15 are two schools."""
    if any(char.isdigit() for char in old + new):
        return old == new
    length = max(len(old), len(new))
    allowed = 0 if length < 3 else 1 if length < 6 else 2 if length < 11 else 3
    return distance(old, new) <= allowed


def check_is_spelling(old: str, new: str, *, field: str = "full_name") -> None:
    """Raise `RuleViolation` unless only letters, capitals, quotes and spaces are corrected (U-3)."""
    before, after = _words(old), _words(new)
    if "".join(before) == "".join(after):
        return
    slips = [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
    if len(before) != len(after) or len(slips) > max(1, len(before) // 2) or not all(_is_slip(*pair) for pair in slips):
        raise RuleViolation(
            "U-3",
            _(
                "This is another name, not a corrected spelling. You may correct misspelt letters, capital "
                "letters, quotes, "
                "hyphens and spaces yourself; if the name does not match reality, report it to the superior "
                "organisation."
            ),
            field=field,
        )


def check_may_ask(organization: Organization) -> None:
    """Raise `RuleViolation` if a request is already open or there is no superior to decide it (U-3)."""
    check_not_root(organization)
    if RenameRequest.objects.filter(organization=organization, state=RenameState.ASKED).exists():
        raise RuleViolation(
            "U-3", _("A report about the name is with the superior organisation already. Wait for the answer.")
        )


def check_is_other_name(organization: Organization, request: RenameRequest) -> None:
    """Raise `RuleViolation` if the requested name is empty or the present one (U-3)."""
    if not request.full_name or not request.short_name:
        raise RuleViolation("U-3", _("Enter the name of the organisation."), field="full_name")
    if (request.full_name, request.short_name) == (organization.full_name, organization.short_name):
        raise RuleViolation("U-3", _("This is the name that the organisation has already."), field="full_name")


def check_decline_has_reason(accept: bool, reason: str) -> None:
    """Raise `RuleViolation` if a request is declined without a reason (U-3)."""
    if not accept and not reason.strip():
        raise RuleViolation("U-3", _("Say why you decline: the chair will read it."), field="reason")


def answered_by_renaming() -> str:
    """Return the answer to a request after the superior renames the organisation itself."""
    return _("The superior organisation has changed the name.")


def answered_by_end() -> str:
    """Return the answer to a request after the organisation ends."""
    return _("The organisation has ended.")


def check_named(organization: Organization) -> None:
    """Raise `RuleViolation` unless the organisation has a full and a short name (U-3)."""
    for field, text in (("full_name", organization.full_name), ("short_name", organization.short_name)):
        if not any(char.isalpha() for char in text):
            raise RuleViolation("U-3", _("Enter the name of the organisation."), field=field)
