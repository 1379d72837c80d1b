"""The report of dues of a region with many members on PostgreSQL: time, queries, bytes of each page (N-D1).

Payments are written in bulk for the people that `dues` has charged.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from dues.ledger.enums import AccountKind
from dues.ledger.models import BookAccount
from dues.reports.enums import By, Figure
from dues.reports.exports.report import workbook
from dues.reports.queries.asked import Asked
from registry.access import Actor
from registry.enums import Role
from registry.organizations.models import Organization
from tests.registry import trees

from .measure import browser, page, table, timed

#: Time for the report of a region with 50,000 members, milliseconds.
REPORT_MS = 1_000
#: Four of five members have paid every year, on days of its first half.
PAYMENTS = """
INSERT INTO dues_ledgerentry (account_id, organization_id, debit_id, credit_id, kind, fee, year, amount, made_on, paper,
    key, posted_at, rule)
SELECT charge.account_id, charge.organization_id, received.id, charge.debit_id, 'payment', charge.fee, charge.year,
    charge.amount, charge.made_on + (charge.account_id %% 180)::int, '', 'paid:' || charge.id, now(), 'V-D1'
FROM dues_ledgerentry AS charge
JOIN dues_bookaccount AS received ON received.organization_id = charge.organization_id AND received.kind = %s
WHERE charge.kind = 'charge' AND charge.account_id %% 5 <> 0 AND NOT EXISTS (SELECT 1 FROM dues_ledgerentry AS paid
    WHERE paid.account_id = charge.account_id AND paid.kind = 'payment' AND paid.year = charge.year)
"""
PAID = """
UPDATE dues_duesaccount SET unpaid = 0, unpaid_since = NULL, paid_to = %s WHERE id %% 5 <> 0
"""


def pay(keepers: Sequence[Organization]) -> None:
    """Record payments of four of five members for every year that is charged."""
    BookAccount.objects.bulk_create(BookAccount(organization=one, kind=AccountKind.RECEIVED) for one in keepers)
    with connection.cursor() as cursor:
        cursor.execute(PAYMENTS, [AccountKind.RECEIVED])
        cursor.execute(PAID, [timezone.localdate().year])
        cursor.execute("ANALYZE")


def measured(region: Organization, keeper: Organization, people: int) -> bool:
    """Print the cost of each page of the report for the region and one of its organisations; return whether any is
    slower than promised.
    """
    slow, rows = False, []
    actors = [
        (f"region, {people} people", trees.officer(region, Role.CHAIR)),
        ("one organisation", trees.officer(keeper, Role.CHAIR, "Громов")),
    ]
    year = timezone.localdate().year
    for who, actor in actors:
        client = browser(actor)
        for name, query in _pages(year).items():
            figure = page(client, query, 3)
            slow |= figure.ms > REPORT_MS * max(people / 50_000, 1) or figure.status != 200
            rows.append((f"{who}: {name}", figure.status, figure.queries, *figure.cells()))
    table(("report of dues", "status", "queries", "ms", "cpu", "kB"), rows)
    today = region.today
    asked = Asked(region, today.replace(month=1, day=1), today)
    seconds, _data = timed(lambda: workbook(asked, Actor.system("benchmark", region)))
    table(("files", "s"), [("workbook", f"{seconds:.2f}")])
    return slow


def _pages(year: int) -> dict[str, str]:
    """Return the pages of the year, and of the previous year, whose last day is past."""
    report, lines = reverse("dues:reports"), reverse("dues:report_lines")
    found: dict[str, str] = {}
    for name, one in (("", year), (", last year", year - 1)):
        days = f"first={one}-01-01&last={one}-12-31"
        found |= {f"by {by}{name}": f"{report}?part=year&year={one}&by={by}" for by in By.values}
        found |= {f"lines {figure}{name}": f"{lines}?{days}&figure={figure}" for figure in Figure.values}
    return found
