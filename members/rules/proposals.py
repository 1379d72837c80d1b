"""What a cell's chair may propose to change on a card, and what the year-end check asks of each person (V-B8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.access import Actor
from registry.charters import Charter
from registry.errors import RuleViolation

from ..enums import CheckResult, ItemState, ReconciliationState
from ..models import ChangeProposal, Member, Reconciliation
from ..models.imports import decode, encode
from .fields import card_values, class_of, is_empty
from .person import person_violations, relevant

#: Sections whose fields are settled elsewhere: by decisions, tickets and filing.
_NOT_PROPOSED = frozenset({"membership", "identity"})


def proposable(charter: Charter, actor: Actor) -> list[str]:
    """Fields that the actor may propose to change, in the order of the card; of a class that he reads."""
    return [
        name
        for section in charter.sections
        if section.key not in _NOT_PROPOSED and actor.reads(section.data_class)
        for name in section.fields
    ]


def check_changes(member: Member, charter: Charter, values: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """The values that differ from the card, as the card would hold them; raises for the first wrong one."""
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
    """A value as the proposal keeps it."""
    return encode(value)


def as_meant(value: Any) -> Any:
    """The value that a proposal keeps."""
    return decode(value)


def is_overtaken(proposal: ChangeProposal, current: Any) -> bool:
    """Does the card say something else by now than what was to be changed?"""
    before = as_meant(proposal.before)
    return bool(current != before and not (is_empty(current) and is_empty(before)))


def check_not_overtaken(proposal: ChangeProposal, current: Any) -> None:
    """Raise where the card was changed since the proposal."""
    if is_overtaken(proposal, current):
        raise RuleViolation(
            "V-B8",
            _(
                "The card was changed after the proposal was made. Look at the card, then decline the proposal or accept a new one."
            ),
        )


def check_settled_here(proposal: ChangeProposal) -> None:
    """Raise for a proposal of a reconciliation under way: it is applied when the body accepts the report."""
    kept = proposal.reconciliation
    if kept is not None and kept.state != ReconciliationState.ACCEPTED:
        raise RuleViolation(
            "V-B8", _("This change belongs to a reconciliation and is applied when the report is accepted.")
        )


def check_stands_on_no_agenda(reconciliation: Reconciliation) -> None:
    """Raise where a meeting has the report on its agenda already."""
    if reconciliation.items.filter(state=ItemState.SCHEDULED).exists():
        raise RuleViolation("V-B8", _("The report stands on the agenda of a meeting; ask for it to be sent back."))


def check_answer(answer: str) -> None:
    """Whoever declines says why."""
    if not answer.strip():
        raise RuleViolation("V-B8", _("Write why the change is declined."), field="answer")


def readable_proposal(proposal: ChangeProposal, actor: Actor) -> bool:
    """May the actor read the class of data that the field belongs to?"""
    return actor.reads(class_of(proposal.field))


def check_is_open(reconciliation: Reconciliation) -> None:
    """Raise where the report was sent: what was reported does not change under the reader."""
    if reconciliation.state != ReconciliationState.OPEN:
        raise RuleViolation("V-B8", _("The report was sent; take it back first."))


def check_complete(results: Mapping[str, int], counts: Mapping[str, int], note: str) -> None:
    """Raise while somebody is not checked, or a difference of counts is not explained."""
    left = results.get(CheckResult.UNCHECKED, 0)
    if left:
        raise RuleViolation("V-B8", _("Not checked yet: %(n)s.") % {"n": left})
    if counts["by_book"] != counts["questionnaires"] and not note.strip():
        raise RuleViolation(
            "V-B8",
            _("By the book there are %(book)s members, questionnaires on hand %(hand)s. Explain the difference.")
            % {"book": counts["by_book"], "hand": counts["questionnaires"]},
            field="note",
        )


def term_of(year: int) -> dt.date:
    """The report is due by the end of the calendar year (V-B8)."""
    return dt.date(year, 12, 31)
