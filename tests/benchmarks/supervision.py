"""The pages of supervision over a large society on PostgreSQL: time, queries, bytes (N-S1, N-S3)."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator

from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from dues.reports.enums import By, Figure
from dues.reports.views.counted import is_large
from members.people.models import Member
from registry.access import Actor
from registry.days import day_text
from registry.organizations.jobs import count_sums, find_large_subtrees
from registry.organizations.models import Organization
from registry.organizations.queries import recent_totals_under
from registry.statistics.views.asking import MAX_PEOPLE
from registry.supervision.jobs import count_months, note_new_day, recount_all
from registry.supervision.models import OverviewFigures

from .measure import COLUMNS, browser, page, say, table, timed
from .society import Society

#: Time of any of these pages on the server, milliseconds.
PAGE_MS = 300
#: Time of the statistics of an officer's own organisation with everything below it, milliseconds.
STATISTICS_MS = {"head": 300, "region": 300, "local": 300}
STATISTICS = ("composition", "health", "movement", "charts", "cross")
BEHIND = ("members", "paid", "without_chair", "tasks_overdue")


def run(options: argparse.Namespace) -> int:
    """Build, count all figures, measure; return 1 if a page is slow or fails."""
    translation.activate("ru")
    seconds, society = timed(lambda: Society(options.society))
    say(f"{Organization.objects.count()} organisations, {Member.objects.count()} people: {seconds:.0f} s")
    if not OverviewFigures.objects.filter(counted_on=society.today).exists():
        note_new_day(society.today)
        say(f"figures of all organisations: {timed(recount_all)[0]:.0f} s")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    find_large_subtrees(society.today)
    found, slow = [], []
    for who, actor in society.officers.items():
        # As a worker does every minute.
        count_sums(timezone.now())
        count_months(timezone.now())
        client = browser(actor)
        for name, address in pages_of(actor, society.today):
            figure = page(client, address, options.repeats)
            most = STATISTICS_MS[who] if name.startswith("statistics") else PAGE_MS
            row = (f"{who}: {name}", figure.status, figure.queries, *figure.cells())
            found.append(row)
            if figure.status != 200 or figure.ms > most:
                slow.append(f"{who}: {name}")
    table(("page", "status", "queries", *COLUMNS), found)
    for name in slow:
        say(f"SLOW {name}")
    return int(bool(slow))


def pages_of(actor: Actor, today: dt.date) -> Iterator[tuple[str, str]]:
    """Yield the pages of an officer with their addresses."""
    own = actor.organization
    assert own is not None
    overview = reverse("supervision:overview", args=[own.pk])
    for topic in ("people", "papers", "dues", "tickets", "work"):
        yield f"overview, {topic}", f"{overview}?topic={topic}"
    yield "overview, filtered and sorted", f"{overview}?topic=dues&sort=-owed&only=away"
    for figure in BEHIND:
        yield f"organisations behind {figure}", reverse("supervision:behind", args=[own.pk, figure])
    tree = reverse("organizations:tree")
    yield "organisation by its chair", f"{tree}?q=иванов"
    yield "organisation by its code", f"{tree}?q=LO000117"
    yield "decisions", reverse("supervision:decisions")
    yield "risky rights", reverse("supervision:grants")
    journal = reverse("organizations:journal")
    yield "journal", journal
    yield "journal, one action", f"{journal}?action=member.changed"
    yield "journal, by who", f"{journal}?person=иванов"
    yield "remarks", reverse("remarks:list")
    year = f"part=year&year={today.year}"
    for by in By.values:
        yield f"report of dues by {by}", f"{reverse('dues:reports')}?{year}&by={by}"
    days = f"first={today.year}-01-01&last={today.year}-12-31"
    for lines in [] if is_large(own) else Figure.values:
        yield f"lines of the report of dues, {lines}", f"{reverse('dues:report_lines')}?{days}&figure={lines}"
    for name in STATISTICS:
        yield f"statistics, {name}", reverse(f"statistics:{name}", args=[own.pk])
    yesterday = f"day={day_text(today - dt.timedelta(days=1))}"
    years = f"first={day_text(today.replace(year=today.year - 3, month=1, day=1))}&last={day_text(today)}"
    cross, composition = reverse("statistics:cross", args=[own.pk]), reverse("statistics:composition", args=[own.pk])
    yield "statistics, by organisation", f"{cross}?rows=organization&columns=age"
    yield "statistics, composition of yesterday", f"{composition}?{yesterday}"
    yield "statistics, charts of yesterday", f"{reverse('statistics:charts', args=[own.pk])}?{yesterday}"
    yield "statistics, movement of years", f"{reverse('statistics:movement', args=[own.pk])}?{years}"
    if recent_totals_under(own)["members"] <= MAX_PEOPLE:
        yield "statistics, people of a figure", f"{reverse('statistics:people', args=[own.pk])}?sex=male"
