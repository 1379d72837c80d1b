"""The annual charge of a society of many people on PostgreSQL, run twice; a payment register and the report of a region
(V-D1, V-D5, N-D1).

The members are written in bulk, without the transitions.
"""

from __future__ import annotations

import argparse
import datetime as dt

from django.db import connection
from django.utils import timezone, translation

from dues.ledger.integrity import reversals, sides, standings
from dues.ledger.models import BookAccount, LedgerEntry
from dues.ledger.transitions import charge_new_year
from members.people.models import Member
from registry.access import Actor
from registry.enums import Level
from registry.organizations.models import Organization
from registry.organizations.transitions.founding import found_federation, found_organization

from . import collecting, reports
from .measure import say, table, timed

#: Maximum seconds of the annual charge of 100,000 people.
YEAR_SECONDS = 10
#: People in each organisation.
_EACH = 5_000
#: People in the reported region; the others are in another one.
REGION = 50_000


def run(options: argparse.Namespace) -> int:
    """Build, charge three years twice; return 1 if a year is slow or the books are inconsistent."""
    translation.activate("ru")
    by, today = Actor.system("benchmark"), timezone.localdate()
    keepers, region = _society(options.dues, by)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found, slow = [], False
    for year in range(today.year - 2, today.year + 1):
        for turn in ("first", "again"):
            seconds, count = timed(lambda year=year: sum(charge_new_year(k.pk, year, by=by) for k in keepers))
            slow |= seconds > YEAR_SECONDS * options.dues / 100_000
            found.append((year, turn, count, f"{seconds:.1f}"))
    table(("year", "", "charged", "s"), found)
    say(f"{LedgerEntry.objects.count()} entries, {BookAccount.objects.count()} accounts of the books")
    slow |= collecting.measured(keepers[0], by)
    reports.pay(keepers)
    in_region = [keeper for keeper in keepers if keeper.parent_id == region.pk]
    slow |= reports.measured(region, in_region[0], min(options.dues, REGION))
    faults = [*standings(), *sides(), *reversals()]
    say(f"{len(faults)} faults in the books")
    return int(slow or bool(faults))


def _society(people: int, by: Actor) -> tuple[list[Organization], Organization]:
    """Return the organisations that keep the cards, and the region with the first of them."""
    head = found_federation(
        code="voi", name="ВОИ", charter_key="voi", full_name="Общество", short_name="ВОИ", by=by, is_legal_entity=True
    )
    region, other = (
        found_organization(parent=head, level=Level.REGIONAL, short_name=name, full_name=name, by=by)
        for name in ("Область", "Другая область")
    )
    keepers = []
    for start in range(0, people, _EACH):
        name = f"Местная организация № {start // _EACH + 1}"
        parent = region if start < REGION else other
        keeper = found_organization(parent=parent, level=Level.LOCAL, short_name=name, full_name=name, by=by)
        keepers.append(keeper)
        _members(keeper, min(_EACH, people - start), start)
    return keepers, region


def _members(keeper: Organization, count: int, first: int) -> None:
    """Write one member, and the others as copies of their row."""
    one = Member.objects.bulk_create(
        [
            Member(
                federation_id=keeper.federation_id, organization=keeper, unit=keeper, surname="Иванова",
                given_name="Анна", birth_date=dt.date(1970, 1, 1), joined_on=dt.date(2010, 5, 1),
                ticket_number=f"{first:07}",
            )
        ]
    )[0]  # fmt: skip
    columns = [field.column for field in Member._meta.concrete_fields if field.column not in {"id", "ticket_number"}]
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO members_member (ticket_number, {names}) SELECT lpad(at::text, 7, '0'), {names}"
            " FROM members_member, generate_series(%s, %s) AS at WHERE id = %s",
            [first + 1, first + count - 1, one.pk],
        )
