"""Rules of breach cards: facts, notices, terms (V-C5, 152-ФЗ art. 21 p. 3.1, practice 7.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from registry import states
from registry.errors import RuleViolation
from registry.rules import check_words

from .enums import BreachData, BreachState, Noticed

if TYPE_CHECKING:
    from .models import Breach

RULE = "V-C5"
#: Maximum length of each text of a card.
MAX_TEXT = 4000
#: Maximum number of members of a card.
MAX_PEOPLE = 20_000
#: Months for which a settled card is kept, like records of destruction (practice 7.4).
KEPT_MONTHS = 36
#: Texts of a card, and those that are required to open it.
TEXTS = ("what", "causes", "places", "harm", "measures", "responsible", "results", "culprits")
NEEDED = ("what", "responsible")
#: What the law requires in the first notice, besides what every card has.
IN_FIRST = ("causes", "harm", "measures")


def check_facts(values: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Return the facts of a card with stripped texts.

    Raises `RuleViolation` (V-C5) for a text that is missing or too long, a moment in the future or out of order, for
    unknown data or none, and for a missing number of people.
    """
    facts = dict(values)
    for name in TEXTS:
        empty = _("Write a sentence that says what is meant.") if name in NEEDED else None
        facts[name] = check_words(facts.get(name) or "", RULE, MAX_TEXT, empty=empty, field=name)
    noticed, happened = facts.get("noticed_at"), facts.get("happened_at")
    if noticed is None or noticed > now:
        raise RuleViolation(RULE, _("Say when the breach was noticed: it was before now."), field="noticed_on")
    if happened is not None and happened > noticed:
        raise RuleViolation(RULE, _("A breach is noticed after it happens."), field="happened_on")
    if facts.get("noticed_by") not in Noticed.values:
        raise RuleViolation(RULE, _("Say how the breach was noticed."), field="noticed_by")
    if not facts.get("data") or not set(facts["data"]) <= set(BreachData.values):
        raise RuleViolation(RULE, _("Choose the data that the breach concerns."), field="classes")
    if not facts.get("people"):
        raise RuleViolation(RULE, _("Say how many people the breach concerns, at least about."), field="people")
    return facts


def check_can_change(breach: Breach) -> None:
    """Raise `RuleViolation` (V-C5) once the card is settled."""
    if breach.is_settled:
        raise RuleViolation(RULE, states.refusal_of(breach))


def check_noticed_stays(breach: Breach, noticed_at: dt.datetime) -> None:
    """Raise `RuleViolation` (V-C5) if the moment of noticing changes after the first notice, because the terms start
    from it.
    """
    if breach.state != BreachState.OPEN and noticed_at != breach.noticed_at:
        message = _("The first notice names this moment; it no longer changes.")
        raise RuleViolation(RULE, message, field="noticed_on")


def check_first(breach: Breach) -> None:
    """Raise `RuleViolation` (V-C5) unless the first notice can be sent: it names causes, harm and measures."""
    states.check(breach, BreachState.TOLD, RULE)
    _check_filled(breach, IN_FIRST)


def check_second(breach: Breach) -> None:
    """Raise `RuleViolation` (V-C5) unless the second notice can be sent: it has the results."""
    states.check(breach, BreachState.EXPLAINED, RULE)
    _check_filled(breach, ("results",))


def _check_filled(breach: Breach, names: Collection[str]) -> None:
    missing = [str(breach._meta.get_field(name).verbose_name) for name in names if not getattr(breach, name)]  # type: ignore[union-attr]
    if missing:
        message = _("The notice needs what the card has not: %(fields)s. Change the card first.")
        raise RuleViolation(RULE, message % {"fields": ", ".join(missing)})


def check_sent(at: dt.datetime | None, not_before: dt.datetime, now: dt.datetime) -> dt.datetime:
    """Return the time when a notice was sent. Raises `RuleViolation` (V-C5) if it is in the future or too early."""
    if at is None or not not_before <= at <= now:
        raise RuleViolation(
            RULE,
            _("Say when the notice was sent: after the moment before it, and not later than now."),
            field="sent_on",
        )
    return at


def check_can_close(breach: Breach) -> None:
    """Raise `RuleViolation` (V-C5) unless both notices are sent."""
    states.check(breach, BreachState.CLOSED, RULE)


def check_can_dismiss(breach: Breach) -> None:
    """Raise `RuleViolation` (V-C5) once both notices are sent, because a reported breach cannot be unreported."""
    states.check(breach, BreachState.DISMISSED, RULE)


def check_people(chosen: int, named: int) -> None:
    """Raise `RuleViolation` (V-C5) if nobody is chosen, or if the card would name more members than it may."""
    if not chosen:
        raise RuleViolation(RULE, _("Choose the people of the breach."))
    if named > MAX_PEOPLE:
        message = _("A card names at most %(most)d people. Give their number in the card.")
        raise RuleViolation(RULE, message % {"most": MAX_PEOPLE})


def check_told(day: dt.date | None, breach: Breach, today: dt.date) -> dt.date:
    """Return the day on which people were informed. Raises `RuleViolation` (V-C5) if it is before the breach or in the
    future.
    """
    first = breach.noticed_at.astimezone(breach.organization.tz).date()
    if day is None or not first <= day <= today:
        raise RuleViolation(
            RULE, _("People are told after the breach was noticed, and not later than today."), field="told_on"
        )
    return day
