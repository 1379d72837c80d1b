"""Tasks by e-mail, as each officer chooses: counts, names of tasks, terms and the address (N-S2).

E-mails name nobody: personal details of a task are left out.
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
from registry.jobs.kinds import Steps, add_steps, daily_there, often, run_shared
from registry.posting import send_text
from registry.tasks import Task, tasks_for

logger = logging.getLogger(__name__)
#: Maximum number of lines for an appointment in one e-mail.
MAX_LINES = 20
#: Weekday for weekly e-mails: Monday.
WEEKLY_ON = 0


#: Delays before an e-mail that the mail server did not accept is sent again on the same day; the last one repeats.
AGAIN_AFTER = (dt.timedelta(minutes=30), dt.timedelta(hours=1), dt.timedelta(hours=2), dt.timedelta(hours=4))


@dataclass
class _Again:
    """Today's e-mails that the server did not accept, with the time of the next attempt."""

    today: dt.date
    at: dt.datetime
    attempts: int = 1


#: By time zone. Another worker tries at once when it starts, so nothing needs to be stored.
_AGAIN: dict[str, _Again] = {}


@daily_there
def send_digests(today: dt.date, zone: str) -> Steps:
    """Send today's task e-mails to the officers of the zone's organisations who want them, at most one each.

    E-mails that the mail server temporarily refuses, or all if there is no server, are sent later on the day
    (`send_again`). One interrupted by a crash is not sent again that day. A refused address gets nothing until its
    holder changes or confirms it.
    """
    _AGAIN.pop(zone, None)
    yield from _send_all(today, zone, attempts=1)


@often
def send_again(now: dt.datetime) -> None:
    """Send the e-mails that the mail server did not accept earlier on the day; those left at its end are not sent."""
    for zone, again in list(_AGAIN.items()):
        if timezone.localdate(now, ZoneInfo(zone or settings.TIME_ZONE)) != again.today:
            del _AGAIN[zone]
        elif again.at <= now:
            del _AGAIN[zone]
            steps = _send_all(again.today, zone, attempts=again.attempts + 1)
            add_steps("send_again", steps, again.today, functools.partial(_AGAIN.__setitem__, zone, again), zone)


def _send_all(today: dt.date, zone: str, *, attempts: int) -> Steps:
    """Send the e-mails not sent yet; set the time of the next attempt if the server did not accept all of them."""
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

    # An error in the tasks of one officer does not keep others from getting theirs.
    yield from run_shared("send_digests", list(homes.values_list("pk", flat=True)), left, send)
    if failures & {MailFailure.SERVER, MailFailure.LATER}:
        wait = AGAIN_AFTER[min(attempts, len(AGAIN_AFTER)) - 1]
        _AGAIN[zone] = _Again(today, timezone.now() + wait, attempts)


def _send(account: Account, today: dt.date) -> MailFailure | None:
    """Send the account its tasks, if it wants them today and has not had them; return the reason of a failure."""
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
