"""Changes that a cell may propose, and rules of the year-end reconciliation (V-B8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.lists.models import decode, encode
from members.meetings.enums import ItemState
from members.people.models import Member
from members.people.rules.fields import card_values, class_of, is_empty
from members.people.rules.person import person_violations, relevant
from registry.access import Actor
from registry.charters.base import Charter
from registry.errors import Blocked, RuleViolation

from .enums import ReconciliationState
from .models import ChangeProposal, Reconciliation

#: Maximum number of people named in a refusal.
_MAX_NAMED = 20
#: Sections whose fields change only by decisions, tickets or assignment.
_NOT_PROPOSED = frozenset({"membership", "identity"})


def proposable(charter: Charter, actor: Actor) -> list[str]:
    """Return the fields that the actor may propose to change and may read, in the order of the card."""
    return [
        name
        for section in charter.sections
        if section.key not in _NOT_PROPOSED and actor.reads(section.data_class)
        for name in section.fields
    ]


def check_changes(member: Member, charter: Charter, values: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """Return the normalised values that differ from the card. Raises the first `RuleViolation`."""
    allowed = set(proposable(charter, by))
    if not set(values) <= allowed:
        raise RuleViolation("V-B8", _("This field is not changed by a proposal."))
    before = card_values(member)
    after, wrong = person_violations({**before, **relevant(values)}, charter, timezone.localdate())
    for violation in wrong:
        if violation.field in values:
            raise violation
    changed = {name: after.get(name) for name in values if after.get(name) != before[name]}
    return {name: value for name, value in changed.items() if not (is_empty(value) and is_empty(before[name]))}


def as_kept(value: Any) -> Any:
    """Return the value as stored in a proposal."""
    return encode(value)


def as_meant(value: Any) -> Any:
    """Return the value of a proposal as a Python object."""
    return decode(value)


def is_overtaken(proposal: ChangeProposal, current: Any) -> bool:
    """Return whether the card was changed since the proposal."""
    before = as_meant(proposal.before)
    return bool(current != before and not (is_empty(current) and is_empty(before)))


def check_not_overtaken(proposal: ChangeProposal, current: Any) -> None:
    """Raise `RuleViolation` (V-B8) if the card was changed since the proposal."""
    if is_overtaken(proposal, current):
        raise RuleViolation(
            "V-B8",
            _(
                "The card was changed after the proposal was made. Look at the card, then decline the proposal or "
                "accept a new one."
            ),
        )


def check_settled_here(proposal: ChangeProposal) -> None:
    """Raise `RuleViolation` (V-B8) for proposals of a running reconciliation, applied when its report is accepted."""
    kept = proposal.reconciliation
    if kept is not None and kept.state != ReconciliationState.ACCEPTED:
        raise RuleViolation(
            "V-B8", _("This change belongs to a reconciliation and is applied when the report is accepted.")
        )


def check_stands_on_no_agenda(reconciliation: Reconciliation) -> None:
    """Raise `RuleViolation` (V-B8) if the report is already on the agenda of a meeting."""
    if reconciliation.items.filter(state=ItemState.SCHEDULED).exists():
        raise RuleViolation("V-B8", _("The report is on the agenda of a meeting; ask for it to be sent back."))


def check_answer(answer: str) -> None:
    """Raise `RuleViolation` (V-B8) if a change is declined without a reason."""
    if not answer.strip():
        raise RuleViolation("V-B8", _("Write why the change is declined."), field="answer")


def readable_proposal(proposal: ChangeProposal, actor: Actor) -> bool:
    """Return whether the actor may read the data class of the field."""
    return actor.reads(class_of(proposal.field))


def check_is_open(reconciliation: Reconciliation) -> None:
    """Raise `RuleViolation` (V-B8) if the report was sent: its contents must not change afterwards."""
    if reconciliation.state != ReconciliationState.OPEN:
        raise RuleViolation("V-B8", _("The report was sent; take it back first."))


def check_complete(unchecked: Sequence[str], counts: Mapping[str, int], note: str) -> None:
    """Raise `Blocked` (V-B8) with the people who are not checked, or `RuleViolation` for an unexplained difference."""
    if unchecked:
        named = [*unchecked[:_MAX_NAMED], *(["…"] if len(unchecked) > _MAX_NAMED else [])]
        raise Blocked("V-B8", _("Not checked yet: %(n)s.") % {"n": len(unchecked)}, named)
    if counts["by_book"] != counts["questionnaires"] and not note.strip():
        raise RuleViolation(
            "V-B8",
            _("By the book there are %(book)s members, questionnaires on hand %(hand)s. Explain the difference.")
            % {"book": counts["by_book"], "hand": counts["questionnaires"]},
            field="note",
        )


def check_cards_unchanged(accepted: Sequence[ChangeProposal]) -> None:
    """Raise `Blocked` (V-B8) with each person whose card differs from the accepted proposals, or is kept elsewhere.

    The proposals must be grouped by person.
    """
    blockers: list[Any] = []
    for member, changes in groupby(accepted, key=lambda proposal: proposal.member):
        current = card_values(member)
        if member.unit_id is None or any(current[p.field] != as_meant(p.after) for p in changes):
            blockers.append(_("%(name)s: the card was changed since.") % {"name": member.full_name})
    if blockers:
        raise Blocked("V-B8", _("The decision can no longer be reversed, because something depends on it:"), blockers)


def check_counts_unchanged(reconciliation: Reconciliation, counts: Mapping[str, int]) -> None:
    """Raise `RuleViolation` (V-B8) if the check-list differs from the counts that were reported."""
    if any(counts[name] != reconciliation.counts.get(name) for name in ("questionnaires", "changed")):
        raise RuleViolation("V-B8", _("The cell has changed its check-list since and will report again."))


def term_of(year: int) -> dt.date:
    """Return the last day for the report: the end of the calendar year (V-B8)."""
    return dt.date(year, 12, 31)
