"""The figures of single organisations, counted from people and records (N-S1).

Members are counted where they are registered: in their cell or, without one, in the organisation that keeps the card.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from documents.ecards.prepared import status_expression
from documents.tickets.enums import BlankKind
from documents.tickets.models import BlankStock
from dues.ledger.enums import AccountKind, EntryKind
from dues.ledger.models import DuesAccount, LedgerEntry
from members.book.enums import EndReason
from members.book.models import BookLine
from members.people.models import Member
from members.reconciliation.enums import ReconciliationState
from members.reconciliation.models import Reconciliation
from registry.accounts.models import Appointment
from registry.enums import Role
from registry.organizations.models import Organization

from ..models import OverviewFigures

#: Days without sign-in after which a chair counts as away.
MAX_DAYS_AWAY = 30
#: Counted columns of the stored figures; tasks are counted separately, one organisation at a time.
COUNTED = tuple(
    field.name
    for field in OverviewFigures._meta.concrete_fields
    if field.name not in {"organization", "counted_on", "tasks_overdue"}
)
Rows = Iterable[tuple[int, dict[str, Any]]]


def count_figures(ids: Collection[int], today: dt.date) -> dict[int, dict[str, Any]]:
    """Return the figures of each organisation on the day, with a constant number of queries.

    The day is the same for all; organisations in another time zone are counted separately. A missing figure is 0.
    """
    found: dict[int, dict[str, Any]] = {pk: {} for pk in ids}
    for count in (_book, _passports, _money, _arrears, _blanks, _members, _chairs, _reconciliations):
        for pk, values in count(ids, today):
            found[pk].update(values)
    return found


def _book(ids: Collection[int], today: dt.date) -> Rows:
    sound = BookLine.objects.filter(unit__in=ids).exclude(reason=EndReason.UNDONE)
    first = dt.date(today.year, 1, 1)
    for name, day in (("came", "entered_on"), ("left", "left_on")):
        of_year = sound.filter(**{f"{day}__gte": first, f"{day}__lte": today})
        yield from _counted(of_year, "unit", **{name: Count("pk")})


def _counted(rows: QuerySet[Any], by: str, **what: Any) -> Rows:
    for row in rows.order_by().values(by).annotate(**what):
        yield row.pop(by), {name: value or 0 for name, value in row.items()}


def _passports(ids: Collection[int], today: dt.date) -> Rows:
    full = Organization.objects.working().filter(pk__in=ids, passport__completeness=100)
    yield from ((pk, {"passport_complete": 1}) for pk in full.values_list("pk", flat=True))


def _money(ids: Collection[int], today: dt.date) -> Rows:
    """Yield what was charged and paid this year in the books of the organisations, without opening balances."""
    entries = LedgerEntry.objects.valid().filter(
        organization__in=ids,
        made_on__gte=dt.date(today.year, 1, 1),
        made_on__lte=dt.date(today.year, 12, 31),
    )
    charged = Q(kind=EntryKind.CHARGE) & ~Q(credit__kind=AccountKind.OPENING)
    paid = Q(kind=EntryKind.PAYMENT) & ~Q(debit__kind=AccountKind.OPENING)
    for name, condition in (("charged", charged), ("paid", paid)):
        yield from _counted(entries.filter(condition), "organization", **{name: Sum("amount")})


def _arrears(ids: Collection[int], today: dt.date) -> Rows:
    late = DuesAccount.objects.filter(
        unpaid_since__lt=today, member__unit__in=ids, member__in=Member.objects.registered()
    )
    yield from _counted(late, "member__unit", debtors=Count("pk"), owed=Sum("unpaid"))


def _blanks(ids: Collection[int], today: dt.date) -> Rows:
    stocks = BlankStock.objects.filter(organization__in=ids, kind=BlankKind.TICKET)
    yield from _counted(stocks, "organization", tickets_in_stock=Sum("in_stock"))


def _members(ids: Collection[int], today: dt.date) -> Rows:
    here = Member.objects.registered().filter(unit__in=ids)
    yield from _counted(here.filter(ticket_number=""), "unit", without_ticket=Count("pk"))
    by_status: defaultdict[int, dict[str, int]] = defaultdict(dict)
    ordering = here.annotate(card_status=status_expression()).order_by()
    for unit, status, count in ordering.values_list("unit", "card_status").annotate(count=Count("pk")):
        by_status[unit][f"card_{status}"] = count
    yield from by_status.items()


def _chairs(ids: Collection[int], today: dt.date) -> Rows:
    working = Organization.objects.working().filter(pk__in=ids)
    led = Appointment.objects.filter(organization=OuterRef("pk"), role=Role.CHAIR).current(today)
    seen_since = timezone.now() - dt.timedelta(days=MAX_DAYS_AWAY)
    seen = led.filter(account__is_active=True, account__last_login__gte=seen_since)
    for pk, is_led, is_seen in working.annotate(led=Exists(led), seen=Exists(seen)).values_list("pk", "led", "seen"):
        yield pk, {"without_chair": int(not is_led), "chair_away": int(is_led and not is_seen)}


def _reconciliations(ids: Collection[int], today: dt.date) -> Rows:
    """Yield whether the last reconciliation of each unit was sent (V-B8)."""
    for unit, state, reported in (
        Reconciliation.objects.filter(unit__in=ids).order_by("unit", "year").values_list("unit", "state", "reported_at")
    ):
        sent = state != ReconciliationState.OPEN and reported is not None
        yield unit, {"reconciliation_sent": int(sent), "reconciliation_due": int(not sent)}
