"""One year of one organisation: a book of many lines, an admission of 500, the reconciliation of a cell of 300,
1,000 tickets, and the registers of 500 lines on paper (issues B and C, speed).
"""

from __future__ import annotations

import argparse
import datetime as dt
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation

from documents.papers.blank_words import render_pages
from documents.papers.issue_sheet import SHEET
from documents.papers.ticket_book import BOOK
from documents.papers.ticket_journal import JOURNAL
from documents.printing.core import Batch, Paper, batch_for
from documents.tickets.models import BlankPaper
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions.issuing import post_issue, prepare_issue
from documents.tickets.transitions.stock import receive_blanks
from members.book.models import BookLine
from members.meetings.models import AgendaItem
from members.people.models import Member
from members.people.transitions.registration import register_many
from members.reconciliation.models import Reconciliation
from members.reconciliation.transitions import reconciliation
from registry.organizations.models import Organization
from tests.members import applicants, sessions
from tests.members.reconciliations import open_year

from .measure import PAGE_MS, browser, page, say, table, timed
from .organization import Place

#: Maximum seconds of the decision and of the reconciliation.
WORK_SECONDS = 5
#: The print of a register of 500 lines.
PRINT_SECONDS = 3
_APPLICANTS, _CELL, _TICKETS, _LINES = 500, 300, 1000, 500


def run(options: argparse.Namespace) -> int:
    """Build the organisation, then measure; return 1 if a figure exceeds its limit."""
    with translation.override("ru"):
        place = Place()
        _grow(place, place.cells[0], options.people)
        _grow(place, place.cells[1], _CELL)
        slow = _book(place, options.repeats) + _works(place) + _tickets(place)
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
    open_year(last, today=dt.date(last, 12, 1), by=place.by)
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
    return _report(
        (f"decision that admits {_APPLICANTS}", admitted, WORK_SECONDS),
        (f"check-list of {len(people)}", checked, WORK_SECONDS),
        ("its report", reported, WORK_SECONDS),
        ("its acceptance", accepted, WORK_SECONDS),
    )


def _tickets(place: Place) -> int:
    """Measure the papers of 500 lines, and a sheet of 1,000 tickets."""
    keeper, by, today = place.keeper, place.chair, timezone.localdate()
    given: dict[str, Any] = {"kind": "ticket", "number": "1", "made_on": today, "source": "Типография", "by": by}
    for line in range(1, _LINES):
        receive_blanks(keeper.pk, numbers=[NumberRange("", line, line, 7)], **given)
    receive_blanks(keeper.pk, numbers=[NumberRange("", 100_001, 100_000 + 2 * _TICKETS, 7)], **given)
    Member.objects.update(ticket_number="")
    ids = list(Member.objects.registered().filter(organization=keeper).order_by("pk").values_list("pk", flat=True))

    def issue(members: list[int]) -> tuple[float, BlankPaper]:
        sheet = prepare_issue(keeper.pk, kind="ticket", members=members, made_on=today, by=by)
        return timed(lambda: post_issue(sheet.pk, made_on=today, by=by))

    _seconds, sheet = issue(ids[:_LINES])
    batch, period = batch_for(by, keeper), (keeper, "ticket", today.replace(month=1, day=1), today)
    printed = []
    for paper, arguments in ((BOOK, period), (JOURNAL, period), (SHEET, (sheet,))):
        seconds, _ = timed(partial(_print, paper, arguments, batch))
        printed.append((f"{paper.title}, {_LINES} lines", seconds, PRINT_SECONDS))
    posted, _ = issue(ids[_LINES : _LINES + _TICKETS])
    return _report(*printed, (f"a sheet of {_TICKETS} tickets posted", posted, WORK_SECONDS))


def _print(paper: Paper, arguments: tuple[Any, ...], batch: Batch) -> bytes:
    return render_pages(paper, paper.build(*arguments, batch), batch)


def _report(*works: tuple[str, float, int]) -> int:
    """Print the operations with their seconds and limits; return how many exceed them."""
    rows = [(name, f"{took:.1f}", most, "SLOW" if took > most else "") for name, took, most in works]
    say()
    table(("work", "seconds", "at most", ""), rows)
    return sum(1 for row in rows if row[-1])
