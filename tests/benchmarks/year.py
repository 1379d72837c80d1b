"""One year of one organisation: a book of many lines, an admission of 500, the
reconciliation of a cell of 300 (issue B, speed).
"""

from __future__ import annotations

import argparse
import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation

from members.book.models import BookLine
from members.meetings.models import AgendaItem
from members.people.transitions.registration import register_many
from members.reconciliation.models import Reconciliation
from members.reconciliation.transitions import reconciliation
from registry.organizations.models import Organization
from tests.members import applicants, sessions

from .measure import PAGE_MS, browser, page, say, table, timed
from .organization import Place

#: The decision and the reconciliation take at most so long each, seconds.
WORK_SECONDS = 5
_APPLICANTS, _CELL = 500, 300


def run(options: argparse.Namespace) -> int:
    """Grow the organisation, then measure; answers 1 where a figure exceeds what is promised."""
    with translation.override("ru"):
        place = Place()
        _grow(place, place.cells[0], options.people)
        _grow(place, place.cells[1], _CELL)
        slow = _book(place, options.repeats) + _works(place)
    say(f"\n{slow} figures exceed what is promised." if slow else "\nEverything is within what is promised.")
    return 1 if slow else 0


def _grow(place: Place, cell: Organization, people: int) -> None:
    for start in range(0, people, 500):
        batch = []
        for number in range(start, min(start + 500, people)):
            values = place.values(cell.pk * 10_000 + number)
            batch.append(values | {"cell": cell.pk, "registered_on": values["joined_on"]})
        register_many(organization=place.keeper, people=batch, by=place.by)


def _book(place: Place, repeats: int) -> int:
    chair, address = browser(place.chair), reverse("cells:book", args=[place.cells[0].pk])
    lines = BookLine.objects.filter(unit=place.cells[0]).count()
    day = f"?day=01.01.{timezone.localdate().year}"
    asked = {
        "the first page": address, "the last page": f"{address}?page={lines // 50}", "a surname": f"{address}?q=иванов",
        "who stood on a day": reverse("cells:on_day", args=[place.cells[0].pk]) + day,
    }  # fmt: skip
    rows = []
    for name, where in asked.items():
        figure = page(chair, where, repeats)
        rows.append((name, figure.queries, f"{figure.ms:.0f}", PAGE_MS, "SLOW" if figure.ms > PAGE_MS else ""))
    table((f"book of {lines} lines", "queries", "ms", "at most", ""), rows)
    return sum(1 for row in rows if row[-1])


def _works(place: Any) -> int:
    item = sessions.admission(place, applicants.many(place, _APPLICANTS))
    admitted, _ = timed(lambda: sessions.decided(item, place.chair))
    last = timezone.localdate().year - 1
    reconciliation.open_year(last, today=dt.date(last, 12, 1), by=place.by)
    cell = Reconciliation.objects.get(unit=place.cells[1], year=last)
    people = list(cell.lines.values_list("member_id", flat=True))
    answers: dict[int, str | dict[str, Any]] = dict.fromkeys(people, "unchanged")
    answers |= {pk: {"workplace": f"Завод № {pk}"} for pk in people[::3]}
    checked, _ = timed(lambda: reconciliation.check(cell.pk, answers, by=place.chair))
    reported, _ = timed(lambda: reconciliation.report(cell.pk, note="", by=place.chair))
    report = AgendaItem.objects.get(reconciliation=cell)
    meeting = sessions.planned(place.keeper, place.chair, held_on=timezone.localdate())
    sessions.put_on(meeting.pk, items=[report.pk], by=place.chair)
    sessions.held(meeting, place.chair)
    accepted, _ = timed(lambda: sessions.decided(report, place.chair))
    rows = [
        (name, f"{seconds:.1f}", WORK_SECONDS, "SLOW" if seconds > WORK_SECONDS else "")
        for name, seconds in (
            (f"decision that admits {_APPLICANTS}", admitted), (f"check-list of {len(people)}", checked),
            ("its report", reported), ("its acceptance", accepted),
        )
    ]  # fmt: skip
    say()
    table(("work", "seconds", "at most", ""), rows)
    return sum(1 for row in rows if row[-1])
