"""Counting that takes too long for a page (N-S3)."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.errors import NotAllowed
from registry.jobs.kinds import daily_there, job
from registry.jobs.models import Job
from registry.jobs.work import Work

from .counting import Asked, Numbers, Question
from .models import KeptCount
from .transitions import COUNT, drop_count, drop_old_counts, store_count

#: Organisations whose people are read between two checkpoints; fewer for health data, whose decryption takes longer.
UNITS, UNITS_OF_HEALTH = 500, 20
#: Maximum duration of a count that does not wait behind long work.
SHORT_SECONDS = 10
#: Comes before the organisations, for the numbers counted for all at once.
WHOLE = 0


def _page(row: Job) -> str:
    page = reverse(f"statistics:{row.params['report']}", args=[row.params["place"]])
    return f"{page}?{row.params['query']}"


def _give_up(row: Job) -> None:
    drop_count(row.params["count"])


@job(
    COUNT,
    _("Statistics"),
    page=_page,
    meanwhile=_("You may leave this page and go on working; the numbers will be on the page of statistics."),
    remains=_("Nothing was counted."),
    given_up=_give_up,
    short=lambda params: params["seconds"] <= SHORT_SECONDS,
)
def count(work: Work) -> None:
    """Count the numbers of the row `params["count"]`, some organisations at a time, and store them."""
    counts = KeptCount.objects.visible_to(work.actor).select_related("organization__federation")
    row = counts.filter(pk=work.params["count"]).first()
    if row is None:
        raise NotAllowed
    question = Question.of_code(row.question, Asked(row.organization, row.last, work.actor), row.first)
    if question.data_class != row.data_class:
        raise NotAllowed

    def read(chunks: Iterator[list[int]]) -> Generator[bytes, None, None]:
        for chunk in chunks:
            found = work.read(partial(_counted, question, chunk))
            yield json.dumps([[*key, number] for key, number in found.items()]).encode()

    size = UNITS_OF_HEALTH if row.data_class else UNITS
    work.each([WHOLE, *question.units()], size, work.keep_part, prepare=read)
    total: Numbers = Counter()
    for part in work.parts():
        for *key, number in json.loads(part):
            total[tuple(key)] += number
    store_count(row.pk, [[*key, number] for key, number in total.items()])
    work.finish()


def _counted(question: Question, units: Sequence[int]) -> Numbers:
    found: Numbers = question.whole() if WHOLE in units else Counter()
    return found + question.of_units([pk for pk in units if pk != WHOLE])


@daily_there
def drop_counts_of_former_days(today: dt.date, zone: str | None = None) -> None:
    """Delete the numbers counted on earlier days."""
    drop_old_counts(today, zone)
