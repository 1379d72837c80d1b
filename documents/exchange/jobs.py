"""Jobs of the exchange with the bonus programme: telling it, and comparing the outbox with cards and consents (U-7)."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.jobs.kinds import daily, job, often
from registry.jobs.queue import start_job
from registry.jobs.work import Work

from . import book
from .enums import OF_SITE, Outcome
from .posting import post
from .queries import heads_to_deliver, heads_with_programme
from .rules import networks
from .transitions.sending import Message, judge, note_answer, reconcile, take_up

DELIVER = "documents.tell_programme"
#: Seconds after which a delivery makes room for other jobs; what remains is due for the next one.
MAX_DELIVERY_SECONDS = 5 * 60
#: The actor of what the exchange does by itself.
_EXCHANGE = Actor.system("exchange")


def _told(summary: Mapping[str, Any]) -> str:
    count = summary.get("told", 0)
    return ngettext("%(n)s message was sent.", "%(n)s messages were sent.", count) % {"n": count}


@job(DELIVER, _("Messages to the bonus programme"), outcome=_told)
def deliver(work: Work) -> None:
    """Send what is due in the federation `params["federation"]`, one after the other, until nothing is or time is up.

    A site that cannot be reached ends the job: it would be as silent for the others.
    """
    told, until = 0, time.monotonic() + MAX_DELIVERY_SECONDS
    while time.monotonic() < until and (message := take_up(work.params["federation"])) is not None:
        outcome = send(message)
        told += outcome == Outcome.DONE
        work.note(told=told)
        if outcome in OF_SITE:
            break
    work.finish(told=told)


def send(message: Message) -> Outcome:
    """Send the message outside of any transaction, record what came of it, and return that."""
    answer = post(
        message.address, message.body, message.headers, networks=networks(), ca_file=settings.EXCHANGE_CA_FILE
    )
    answer = judge(message, answer, timezone.now())
    note_answer(message, answer)
    return answer.outcome


@often
def start_deliveries(now: dt.datetime) -> None:
    """Start a delivery for every federation that has something due, unless one waits or runs already.

    Two workers that ask at the same time start two, which share the entries.
    """
    for head in heads_to_deliver(now, DELIVER):
        start_job(DELIVER, {"federation": head.federation_id}, by=_EXCHANGE, organization=head)


@daily
def reconcile_all(today: dt.date) -> None:
    """Find members of whom the programme does not know what it should, and forget destroyed cards (U-7)."""
    for head in heads_with_programme():
        after: int | None = 0
        while after is not None:
            after = reconcile(head.federation_id, after)
    book.forget_erased()
