"""Tasks by e-mail, at the choice of each officer: counts, names of tasks, terms and the address (N-S2).

An e-mail names nobody: what a task says about a person or an organisation beside its name is left out.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.accounts.transitions.accounts import claim_digest, release_digest
from registry.days import day_text
from registry.enums import Digest, MailFailure
from registry.jobs.kinds import Steps, daily_there, go_on_with, often, shared
from registry.posting import send_text
from registry.tasks import Task, tasks_for

logger = logging.getLogger(__name__)
#: Maximum number of lines of an appointment in one e-mail.
MAX_LINES = 20
#: Weekday of those who want their tasks once a week: Monday.
WEEKLY_ON = 0


#: Waits before what the mail server did not take is sent again on the day; the last one is repeated.
AGAIN_AFTER = (dt.timedelta(minutes=30), dt.timedelta(hours=1), dt.timedelta(hours=2), dt.timedelta(hours=4))


@dataclass
class _Again:
    """E-mails of a day that the server did not take, with the time of the next attempt."""

    today: dt.date
    at: dt.datetime
    attempts: int = 1


#: By time zone. Another worker that starts tries at once, so nothing of this has to be stored.
_AGAIN: dict[str, _Again] = {}


@daily_there
def send_digests(today: dt.date, zone: str) -> Steps:
    """Send their tasks to the officers of the zone's organisations who want them today, one e-mail each at most.

    What the mail server does not take for the moment is sent later on the day (`send_again`), and so is everything if
    there is no server. One that was cut off by a crash is not sent again on the day. An address that the server refuses
    gets nothing until its holder changes or confirms it.
    """
    _AGAIN.pop(zone, None)
    yield from _send_all(today, zone, attempts=1)


@often
def send_again(now: dt.datetime) -> None:
    """Send what the mail server did not take earlier on the day; what is left when the day ends is not sent."""
    for zone, again in list(_AGAIN.items()):
        if timezone.localdate(now, ZoneInfo(zone or settings.TIME_ZONE)) != again.today:
            del _AGAIN[zone]
        elif again.at <= now:
            del _AGAIN[zone]
            steps = _send_all(again.today, zone, attempts=again.attempts + 1)
            go_on_with("send_again", steps, again.today, functools.partial(_AGAIN.__setitem__, zone, again), zone)


def _send_all(today: dt.date, zone: str, *, attempts: int) -> Steps:
    """Send the e-mails that were not sent yet; note when the next attempt is made if the server has not taken all."""
    homes = Account.objects.get_queryset().filter(is_active=True).exclude(digest=Digest.OFF).exclude(email="")
    homes = homes.filter(email_refused_at__isnull=True)
    homes = homes.filter(home__zone=zone).filter(Q(digest_sent_on__isnull=True) | Q(digest_sent_on__lt=today))
    if today.weekday() != WEEKLY_ON:
        homes = homes.exclude(digest=Digest.WEEKLY)
    homes = homes.select_related("home").order_by("pk")
    failures = set[MailFailure | None]()

    def left(some: list[int]) -> list[Account]:
        # Without a server the rest would be lost one by one.
        return [] if MailFailure.SERVER in failures else list(homes.filter(pk__in=some))

    def send(account: Account) -> None:
        if MailFailure.SERVER not in failures:
            failures.add(_send(account, today))

    # What is wrong with the tasks of one officer does not keep the others from theirs.
    yield from shared("send_digests", list(homes.values_list("pk", flat=True)), left, send)
    if failures & {MailFailure.SERVER, MailFailure.LATER}:
        wait = AGAIN_AFTER[min(attempts, len(AGAIN_AFTER)) - 1]
        _AGAIN[zone] = _Again(today, timezone.now() + wait, attempts)


def _send(account: Account, today: dt.date) -> MailFailure | None:
    """Send the account its tasks, if it wants them today and has not had them; return the reason if they are lost."""
    with translation.override(account.language):
        parts = _parts(account, today)
        wanted = _is_wanted(account.digest, [task for _place, tasks in parts for task in tasks], today)
        by, before = Actor.system("digest"), account.digest_sent_on
        if not wanted or not claim_digest(account.pk, today, by=by):
            return None
        failure = send_text(account.email, subject=_subject(parts, today), text=_text(parts, today))
        if failure is not None:
            logger.warning("tasks were not sent by e-mail: %s", failure)
        if failure in {MailFailure.SERVER, MailFailure.LATER}:
            release_digest(account.pk, before, by=by)
        return failure


Part = tuple[Appointment, Sequence[Task]]


def _parts(account: Account, today: dt.date) -> list[Part]:
    """Return the tasks of each appointment in force."""
    return [(one, tasks_for(Actor.of(account, one))) for one in account.current_appointments()]


def _is_wanted(digest: str, tasks: Sequence[Task], today: dt.date) -> bool:
    if not tasks:
        return False
    return digest != Digest.OVERDUE or any(_is_overdue(task, today) for task in tasks)


def _is_overdue(task: Task, today: dt.date) -> bool:
    return task.due is not None and task.due < today


def _subject(parts: Sequence[Part], today: dt.date) -> str:
    tasks = [task for _place, some in parts for task in some]
    overdue = sum(_is_overdue(task, today) for task in tasks)
    text = ngettext("%(n)s task in the registry", "%(n)s tasks in the registry", len(tasks)) % {"n": len(tasks)}
    return _("%(tasks)s, overdue: %(overdue)s") % {"tasks": text, "overdue": overdue} if overdue else text


def _text(parts: Sequence[Part], today: dt.date) -> str:
    lines: list[str] = []
    for appointment, tasks in parts:
        if tasks:
            lines += [
                f"{appointment.organization.short_name}, {appointment.get_role_display()}",
                *_lines(tasks, today),
                "",
            ]
    lines += [
        _("Open the registry: %(address)s") % {"address": settings.SITE_ADDRESS},
        _("You chose this e-mail in «My account»; there you can switch it off."),
    ]
    return "\n".join(lines)


def _lines(tasks: Sequence[Task], today: dt.date) -> Iterable[str]:
    """Yield each kind of task once, with its number and first term."""
    found: dict[str, list[Task]] = {}
    for task in tasks:
        found.setdefault(task.text.rstrip(": "), []).append(task)
    for text, same in list(found.items())[:MAX_LINES]:
        count = f" ({len(same)})" if len(same) > 1 else ""
        first = min((task.due for task in same if task.due is not None), default=None)
        term = ""
        if first is not None:
            words = _("overdue since %(day)s") if first < today else _("until %(day)s")
            term = f": {words % {'day': day_text(first)}}"
        yield f"- {text}{count}{term}"
    if len(found) > MAX_LINES:
        yield _("- and others")
