"""Rules of remarks: who makes and answers them, texts and terms (N-S1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from registry import states
from registry.access import Actor
from registry.days import day_text
from registry.enums import Role
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.rules import check_words

from .enums import RemarkState

if TYPE_CHECKING:
    from members.people.models import Member

    from .models import Remark

RULE = "N-S1"
#: Maximum length of a remark, an answer and a reason.
MAX_TEXT = 2000
#: Maximum number of days until the term.
MAX_DAYS = 366
#: Maximum number of people covered by remarks made at once.
MAX_PEOPLE = 5_000
#: Maximum number of organisations that get them.
MAX_AT_ONCE = 200
#: The same limits for remarks made by a job, one organisation after another.
MAX_PEOPLE_BY_JOB, MAX_BY_JOB = 1_000_000, 70_000


def answers_for(member: Member, by: Actor) -> Organization | None:
    """Return the organisation that has to answer a remark on the card; None for a sealed card.

    It is the organisation that keeps the card. If the keeper's own officers make the remark, it is the cell.
    """
    if by.organization == member.organization and by.role != Role.REVIEWER and member.unit != member.organization:
        return member.unit
    return member.organization


def check_may_remark(organization: Organization, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the actor reviews the organisation from above, or as its own reviewer."""
    if by.organization == organization and by.role != Role.REVIEWER:
        raise RuleViolation(RULE, _("Remarks are made on organisations below your own. Put your own records right."))
    if organization.has_ended:
        raise RuleViolation(RULE, _("This organisation has ended and can no longer answer."))


def check_text(text: str) -> str:
    """Return the stripped text. Raises `RuleViolation` (N-S1) if it is empty or too long."""
    return check_words(text, RULE, MAX_TEXT, empty=_("Write a sentence that says what is meant."))


def check_term(term: dt.date | None, today: dt.date) -> dt.date:
    """Return the term. Raises `RuleViolation` (N-S1) if it is in the past or more than `MAX_DAYS` days ahead."""
    last = today + dt.timedelta(days=MAX_DAYS)
    if term is None or not today <= term <= last:
        message = _("Enter a day from today to %(last)s.") % {"last": day_text(last)}
        raise RuleViolation(RULE, message, field="term")
    return term


def check_people(count: int, organizations: int) -> None:
    """Raise `RuleViolation` (N-S1) if none of the people are below the actor's organisation, or there are too many."""
    if not count:
        raise RuleViolation(RULE, _("None of these cards belongs to an organisation below yours."))
    if count > MAX_PEOPLE or organizations > MAX_AT_ONCE:
        message = _("At most %(people)s cards in %(organizations)s organisations are taken at once. Narrow the list.")
        raise RuleViolation(RULE, message % {"people": MAX_PEOPLE, "organizations": MAX_AT_ONCE})


def check_organizations(count: int) -> None:
    """Raise `RuleViolation` (N-S1) if no organisation below the actor's own gets the remark, or too many do."""
    if not count:
        raise RuleViolation(RULE, _("None of these organisations stands below yours."))
    if count > MAX_AT_ONCE:
        message = _("At most %(organizations)s organisations get a remark at once. Open an organisation further down.")
        raise RuleViolation(RULE, message % {"organizations": MAX_AT_ONCE})


def is_many(organizations: int, people: int = 0) -> bool:
    """Return whether a job makes the remarks on this number of organisations or cards."""
    return people > MAX_PEOPLE or organizations > MAX_AT_ONCE


def check_many(organizations: int, people: int = 0) -> None:
    """Raise `RuleViolation` (N-S1) if a job's remarks would go to no organisation, or to too many."""
    if not organizations:
        raise RuleViolation(RULE, _("None of these organisations stands below yours."))
    if organizations > MAX_BY_JOB or people > MAX_PEOPLE_BY_JOB:
        message = _("At most %(people)s cards in %(organizations)s organisations are taken at once. Narrow the list.")
        raise RuleViolation(RULE, message % {"people": MAX_PEOPLE_BY_JOB, "organizations": MAX_BY_JOB})


def check_field(field: str, known: Collection[str]) -> str:
    """Return the field, empty for the whole record. Raises `RuleViolation` (N-S1) if the record has no such field."""
    if field and field not in known:
        raise RuleViolation(RULE, _("There is no such field here. Choose one of the list."), field="field")
    return field


def check_is_new(same: bool) -> None:
    """Raise `RuleViolation` (N-S1) if an equal remark already waits for an answer, such as after a double click."""
    if same:
        raise RuleViolation(RULE, _("This remark is made already and waits for its answer."))


def check_can_answer(remark: Remark, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the remark waits for an answer of another organisation."""
    states.check(remark, RemarkState.ANSWERED, RULE)
    if by.organization is not None and by.organization.pk == remark.made_by_id and not remark.is_from_within:
        raise RuleViolation(RULE, _("Your organisation has made this remark; another one answers it."))


def check_settles(remark: Remark, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the actor decides about the answer.

    These are the officers of the author's organisation and of those above it. For a remark of an organisation's own
    reviewer they are its reviewers, and officers above.
    """
    above = by.is_system or (by.reaches(remark.made_by) and by.reaches(remark.organization))
    own = by.organization is not None and by.organization.pk == remark.organization_id
    if not above or (own and by.role != Role.REVIEWER):
        raise RuleViolation(RULE, _("Only the organisation that has made the remark decides about the answer."))


def check_can_accept(remark: Remark, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the remark is answered and the actor decides about the answer."""
    states.check(remark, RemarkState.ACCEPTED, RULE)
    check_settles(remark, by)


def check_can_return(remark: Remark, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the remark is answered and the actor decides about the answer."""
    states.check(remark, RemarkState.OPEN, RULE)
    check_settles(remark, by)


def check_can_withdraw(remark: Remark, by: Actor) -> None:
    """Raise `RuleViolation` (N-S1) unless the remark is not settled and the actor decides about its answer."""
    states.check(remark, RemarkState.WITHDRAWN, RULE)
    check_settles(remark, by)


def check_can_be_raised(remark: Remark, today: dt.date) -> Organization:
    """Return the superior that sees an overdue remark: the one directly above the organisation.

    Raises `RuleViolation` (N-S1) before the end of the term, for a remark already shown, and if the superior is above
    the author's organisation or sees only counts.
    """
    states.check_is(remark, {RemarkState.OPEN}, RULE)
    superior = remark.organization.parent
    if not remark.is_overdue(today) or remark.raised_to_id is not None:
        raise RuleViolation(RULE, _("The term of this remark is not over, or it is shown to the superior already."))
    if (
        superior is None
        or remark.is_from_within
        or not superior.path.startswith(remark.made_by.path)
        or (superior.level in superior.charter.counts_only)
    ):
        raise RuleViolation(RULE, _("Nobody between the organisation and the author of this remark can be told."))
    return superior
