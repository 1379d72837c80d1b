"""Counting the sums of a report that takes too long for a page (N-D1)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.errors import NotAllowed
from registry.jobs.kinds import job
from registry.jobs.models import Job
from registry.jobs.work import Work
from registry.statistics.models import KeptCount
from registry.statistics.transitions import drop_count, store_count

from .queries.asked import Asked
from .queries.kept import QUESTION, Kept, count, units_of
from .transitions import COUNT

#: Organisations whose books are read between two checkpoints.
UNITS = 500


def _page(row: Job) -> str:
    return f"{reverse('dues:reports')}?{urlencode(row.params['query'])}"


def _give_up(row: Job) -> None:
    drop_count(row.params["count"])


@job(
    COUNT,
    _("Report of dues"),
    page=_page,
    meanwhile=_("You may leave this page and go on working; the sums will be on the page of the report."),
    remains=_("Nothing was counted."),
    given_up=_give_up,
)
def count_report(work: Work) -> None:
    """Count the report of the row `params["count"]`, some organisations at a time."""
    counts = KeptCount.objects.visible_to(work.actor).select_related("organization__federation")
    row = counts.filter(pk=work.params["count"], question=QUESTION).first()
    if row is None:
        raise NotAllowed
    asked = Asked(row.organization, row.first, row.last)

    def read(chunks: Iterator[list[int]]) -> Generator[bytes, None, None]:
        for chunk in chunks:
            found = work.read(partial(count, replace(asked, units=tuple(chunk)), work.actor))
            yield json.dumps([[*key, number] for key, number in found.items()]).encode()

    work.each(units_of(row.organization), UNITS, work.keep_part, prepare=read)
    total: Kept = Counter()
    for part in work.parts():
        for *key, number in json.loads(part):
            total[tuple(key)] += number
    store_count(row.pk, [[*key, number] for key, number in total.items() if number])
    work.finish()
