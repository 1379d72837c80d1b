"""The pages of supervision over a large society on PostgreSQL: time, queries, bytes (N-S1)."""

from __future__ import annotations

import argparse
import datetime as dt

from django.db import connection
from django.urls import reverse
from django.utils import translation

from members.people.models import Member
from registry.days import day_text
from registry.organizations.models import Organization
from registry.supervision.jobs import note_new_day, recount_all

from .measure import COLUMNS, browser, page, say, table, timed
from .society import Society

#: Time of any of these pages on the server, milliseconds.
PAGE_MS = 300
#: Pages of statistics, which count members by their cards while the page waits.
STATISTICS = ("composition", "health", "movement", "charts", "cross")


def run(options: argparse.Namespace) -> int:
    """Build, count all figures, measure; return 1 if a page is slow or fails."""
    translation.activate("ru")
    seconds, society = timed(lambda: Society(options.society))
    say(f"{Organization.objects.count()} organisations, {Member.objects.count()} people: {seconds:.0f} s")
    note_new_day(society.today)
    say(f"figures of all organisations: {timed(recount_all)[0]:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found, slow = [], False
    for who, actor in society.officers.items():
        client, own = browser(actor), actor.organization
        assert own is not None
        overview = reverse("supervision:overview", args=[own.pk])
        pages = {
            f"overview, {topic}": f"{overview}?topic={topic}"
            for topic in ("people", "cards", "dues", "tickets", "work")
        }
        pages |= {
            "organisation by its chair": f"{reverse('organizations:tree')}?q=иванов",
            "remarks": reverse("remarks:list"),
            "decisions": reverse("supervision:decisions"),
            "rights": reverse("supervision:grants"),
        }
        pages |= {f"statistics, {name}": reverse(f"statistics:{name}", args=[own.pk]) for name in STATISTICS}
        cross, before = reverse("statistics:cross", args=[own.pk]), society.today - dt.timedelta(days=1)
        pages |= {
            "statistics, by organisation": f"{cross}?rows=organization&columns=age",
            "statistics, composition of yesterday": reverse("statistics:composition", args=[own.pk])
            + f"?day={day_text(before)}",
            "statistics, people of a figure": reverse("statistics:people", args=[own.pk]) + "?sex=male",
        }
        for name, address in pages.items():
            figure = page(client, address, options.repeats)
            slow |= figure.status != 200 or figure.ms > PAGE_MS
            found.append((f"{who}: {name}", figure.status, figure.queries, *figure.cells()))
    table(("page", "status", "queries", *COLUMNS), found)
    return int(slow)
