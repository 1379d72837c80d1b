"""Counting health data of many people, which takes too long for a page (N-S3)."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.errors import NotAllowed
from registry.jobs.kinds import daily_there, job
from registry.jobs.models import Job
from registry.jobs.work import Work

from .columns import ORGANIZATION, Dimension, offered
from .counting import Asked, health_numbers
from .models import HealthCount
from .transitions import COUNT_HEALTH, drop_count, drop_old_counts, store_count

#: Units whose people are read between two checkpoints.
UNITS = 20


def _page(row: Job) -> str:
    page = reverse(f"statistics:{row.params['report']}", args=[row.params["place"]])
    return f"{page}?{row.params['query']}"


def _give_up(row: Job) -> None:
    drop_count(row.params["count"])


@job(
    COUNT_HEALTH,
    _("Statistics of health data"),
    page=_page,
    meanwhile=_("You may leave this page and go on working; the numbers will be on the page of statistics."),
    remains=_("Nothing was counted."),
    given_up=_give_up,
    rereads=True,
)
def count_health(work: Work) -> None:
    """Count what the row `params["count"]` asks for, some units at a time, and store the numbers."""
    counts = HealthCount.objects.visible_to(work.actor).select_related("organization")
    row = counts.filter(pk=work.params["count"]).first()
    if row is None:
        raise NotAllowed
    asked = Asked(row.organization, row.day, work.actor)
    dimensions = dimensions_of(row.question, asked)
    units = sorted(asked.lines.order_by().values_list("unit", flat=True).distinct())

    def read(chunks: Iterator[list[int]]) -> Generator[bytes, None, None]:
        for chunk in chunks:
            found = health_numbers(replace(asked, units=chunk), dimensions, crossed=bool(row.question))
            yield json.dumps([[*key, number] for key, number in found.items()]).encode()

    work.each(units, UNITS, work.keep_part, prepare=read)
    total: Counter[tuple[str, ...]] = Counter()
    for part in work.parts():
        for *key, number in json.loads(part):
            total[tuple(key)] += number
    store_count(row, total)
    work.finish()


def dimensions_of(question: str, asked: Asked) -> list[Dimension]:
    """Return the fields of a question; all health data for the one about each by itself."""
    known = offered(asked.actor, asked.at.charter)
    if not question:
        return [one for one in known.values() if one.of_health]
    organizations = Dimension(ORGANIZATION, _("organisation"), {})
    return [organizations if key == ORGANIZATION else known[key] for key in question.split(",")]


@daily_there
def drop_counts_of_former_days(today: dt.date, zone: str | None = None) -> None:
    """Delete the numbers that were counted on former days."""
    drop_old_counts(today, zone)
