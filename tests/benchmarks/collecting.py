"""A payment register of 500 lines on PostgreSQL: opened, printed, filled and posted (V-D5, N-D1).

Its people are some of those that `dues` has charged.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from dues.collecting.models import PaymentRegister, RegisterLine
from dues.collecting.transitions import appoint_collector, begin_collecting, close_register, enter_sums, open_register
from dues.ledger.models import LedgerEntry
from members.people.models import Member
from registry.access import Actor
from registry.enums import Level, Role
from registry.organizations.models import Organization
from registry.organizations.transitions.founding import found_organization
from tests.registry import trees

from .measure import browser, page, table, timed

#: Lines of the register; maximum seconds for showing, printing and posting it.
LINES, SHOWN, PRINTED, POSTED = 500, 0.3, 3, 2


def measured(keeper: Organization, by: Actor) -> bool:
    """Print the cost of a register of the organisation; return whether anything is slower than promised."""
    cell = found_organization(parent=keeper, level=Level.PRIMARY, short_name="Ячейка", full_name="Ячейка", by=by)
    some = Member.objects.filter(organization=keeper).order_by("pk")[:LINES]
    Member.objects.filter(pk__in=list(some.values_list("pk", flat=True))).update(unit=cell)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    collector, today = trees.officer(keeper, Role.COLLECTOR, "Сборщикова"), timezone.localdate()
    order = appoint_collector(
        keeper.pk, number="1", issued_on=today, full_name="Сборщикова Анна Ивановна",
        collector_id=collector.account.pk if collector.account else None, cells=[cell.pk], by=by,
    )  # fmt: skip
    register, found = _of_the_year(order.pk, cell, today.year, collector)
    sums = {pk: (Decimal(50), today) for pk in register.lines.values_list("pk", flat=True)}
    found.append(("all sums stored", timed(partial(enter_sums, register.pk, sums, by=collector))[0], POSTED))
    found.append(("posted", timed(partial(close_register, register.pk, by=collector))[0], POSTED))
    posted = LedgerEntry.objects.filter(pk__in=RegisterLine.objects.filter(register=register).values("entry")).count()
    rows = [(name, f"{took:.2f}", most, "SLOW" if took > most else "") for name, took, most in found]
    table((f"register of {posted} lines", "s", "at most", ""), rows)
    return posted < LINES or any(row[-1] for row in rows)


def _of_the_year(
    order: int, cell: Organization, year: int, collector: Actor
) -> tuple[PaymentRegister, list[tuple[str, float, float]]]:
    """Return the register with empty lines, and the seconds for opening, showing and printing it."""
    opened, register = timed(lambda: open_register(order, cell_id=cell.pk, fee="annual", year=year, by=collector))
    begin_collecting(register.pk, by=collector)
    client, address = browser(collector), reverse("dues:register", args=[register.pk])
    shown = page(client, address, 5)
    prints = reverse("dues:print_register", args=[register.pk])
    # The first print loads fonts and templates.
    printed = [timed(partial(client.post, prints)) for _turn in range(2)]
    right = shown.status == 200 and {answer.status_code for _seconds, answer in printed} == {200}
    failed = float("inf")
    return register, [
        ("opened: those who owe are listed", opened, POSTED),
        (f"shown, {shown.queries} queries", shown.ms / 1000 if right else failed, SHOWN),
        ("printed", printed[-1][0] if right else failed, PRINTED),
    ]
