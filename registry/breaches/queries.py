"""Clocks of breach cards: the time left of a term (152-ФЗ art. 21 p. 3.1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import FIRST_HOURS, SECOND_HOURS, Breach, BreachPerson, BreachPersonQuerySet


@dataclass(frozen=True)
class Clock:
    """The term of a notice, its text and its tone."""

    title: Any
    due: dt.datetime
    sent_at: dt.datetime | None
    text: str
    tone: str


def clocks(breach: Breach, now: dt.datetime) -> list[Clock]:
    """Return the clocks of the first and of the second notice."""
    first, second = _("First notice, %(n)s hours"), _("Second notice, %(n)s hours")
    return [
        _clock(first % {"n": FIRST_HOURS}, breach.first_due, breach.first_at, breach, now),
        _clock(second % {"n": SECOND_HOURS}, breach.second_due, breach.second_at, breach, now),
    ]


def _clock(title: str, due: dt.datetime, sent_at: dt.datetime | None, breach: Breach, now: dt.datetime) -> Clock:
    if sent_at is not None:
        late = sent_at > due
        text = (
            _("sent after the term, late by %(time)s") % {"time": length(sent_at - due)} if late else _("sent in time")
        )
        return Clock(title, due, sent_at, text, "warn" if late else "ok")
    if breach.is_settled:
        return Clock(title, due, None, _("not sent"), "")
    if now > due:
        return Clock(title, due, None, _("overdue by %(time)s") % {"time": length(now - due)}, "bad")
    return Clock(title, due, None, _("%(time)s left") % {"time": length(due - now)}, "warn")


def length(time: dt.timedelta) -> str:
    """Return a duration in hours and minutes."""
    minutes = int(time.total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    parts = [ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}] if hours else []
    if rest or not hours:
        parts.append(ngettext("%(n)s minute", "%(n)s minutes", rest) % {"n": rest})
    return " ".join(parts)


def named(breach: Breach) -> BreachPersonQuerySet:
    """Return everybody on the card, including people who left and are no longer shown."""
    return BreachPerson.objects.filter(breach=breach)
