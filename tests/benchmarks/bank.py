"""A bank statement of 5,000 payments for many people on PostgreSQL: loading, matching, posting, unloading (V-D4).

The members are written in bulk, without the transitions.
"""

from __future__ import annotations

import argparse
import datetime as dt
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from dues.bank.integrity import arrivals, posted_sums, statement_totals, unidentified
from dues.bank.loading import load_file
from dues.bank.models import BankLine
from dues.bank.queries.matching import matches
from dues.bank.queries.showing import waiting_in
from dues.bank.transitions.posting import post_sure
from dues.ledger.transitions import charge_new_year
from dues.numbers import payer_number
from dues.reports.exports.client_bank import client_bank
from dues.reports.exports.operations import accounting_book
from dues.reports.queries.operations import operations
from members.people.models import Member
from members.people.search import member_search_key
from registry.access import Actor
from registry.enums import Level
from registry.organizations.models import Organization, OrganizationPassport
from registry.organizations.transitions.founding import found_federation, found_organization
from registry.text import sort_key
from tests.dues.bank.world import OWN, Doc, statement

from .measure import say, table, timed

#: Payments of the statement, and maximum seconds for matching them with 100,000 people.
LINES, MATCH_SECONDS = 5_000, 20
_LETTERS = "абвгдежзиклмнопрст"


def run(options: argparse.Namespace) -> int:
    """Load a statement, match its lines, post the certain ones; return 1 if matching is slow or uses too many
    queries.
    """
    translation.activate("ru")
    by, today = Actor.system("benchmark"), timezone.localdate()
    keeper = _keeper(options.bank, by)
    charge_new_year(keeper.pk, today.year, by=by)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    data = _statement(keeper)
    load_seconds, _loaded = timed(lambda: load_file(keeper, data, by=by))
    lines = list(BankLine.objects.order_by("pk"))
    asked = []
    for some in (lines[:50], lines):
        with CaptureQueriesContext(connection) as context:
            match_seconds, _found = timed(lambda some=some: matches(keeper, some, by))
        asked.append(len(context))
    sure = waiting_in(BankLine.objects.filter(pk__in=BankLine.objects.sure(LINES).values("pk")))
    post_seconds, _count = timed(lambda: post_sure(keeper.pk, seen=(sure.count, sure.total), by=by))
    year, officer = (today.replace(month=1, day=1), today.replace(month=12, day=31)), Actor.system("benchmark", keeper)
    bank_seconds, _file = timed(lambda: client_bank(keeper, *year, officer))
    book_seconds, _book = timed(lambda: accounting_book(operations(keeper, *year, officer), keeper, *year))
    rows = [
        ("load and match", len(lines), f"{load_seconds:.1f}"),
        ("match", len(lines), f"{match_seconds:.1f}"),
        ("post all that are sure", sure.count, f"{post_seconds:.1f}"),
        ("unload as a bank file", len(lines), f"{bank_seconds:.1f}"),
        ("unload as a workbook", len(lines), f"{book_seconds:.1f}"),
    ]
    table(("step", "lines", "s"), rows)
    say(f"queries of matching 50 and {len(lines)} lines: {asked[0]}, {asked[1]}")
    faults = [*statement_totals(), *arrivals(), *posted_sums(), *unidentified()]
    say(f"{len(faults)} faults in the books")
    slow = match_seconds > MATCH_SECONDS * max(options.bank / 100_000, 1)
    return int(slow or asked[0] != asked[1] or bool(faults))


def _keeper(people: int, by: Actor) -> Organization:
    head = found_federation(
        code="voi", name="ВОИ", charter_key="voi", full_name="Общество", short_name="ВОИ", by=by, is_legal_entity=True
    )
    region = found_organization(parent=head, level=Level.REGIONAL, short_name="Область", full_name="Область", by=by)
    keeper = found_organization(parent=region, level=Level.LOCAL, short_name="Город", full_name="Город", by=by)
    OrganizationPassport.objects.update_or_create(organization=keeper, defaults={"account": OWN})
    made = []
    for number in range(people):
        patronymic = ("Петровна", "Юрьевна", "Ильинична", "Олеговна", "Львовна")[number % 5]
        names, ticket = [_surname(number // 5), "Анна", patronymic], f"{number:07}"
        member = Member(
            federation_id=keeper.federation_id, organization=keeper, unit=keeper, surname=names[0],
            given_name=names[1], patronymic=patronymic, birth_date=dt.date(1970, 1, 1), joined_on=dt.date(2010, 5, 1),
            ticket_number=ticket, sort_key=sort_key(*names), search_key=member_search_key(names, ticket_number=ticket),
        )  # fmt: skip
        made.append(member)
    Member.objects.bulk_create(made, batch_size=900)
    return keeper


def _surname(number: int) -> str:
    """Return a different surname for each number."""
    letters = ""
    for _place in range(5):
        number, letter = divmod(number, len(_LETTERS))
        letters += _LETTERS[letter]
    return f"{letters.capitalize()}ова"


def _statement(keeper: Organization) -> bytes:
    """Return payments: a third with number and name, a third with the name only, a third with nothing."""
    members = list(Member.objects.filter(organization=keeper).order_by("pk")[:LINES])
    docs = []
    for at, member in enumerate(members):
        name, purpose = [
            (member.full_name, f"Взнос ЛС {payer_number(member.pk)}"),
            (member.full_name, "Взнос"),
            ("ПАО БАНК", f"Взнос {member.surname} {member.given_name[0]}. {member.patronymic[0]}."),
        ][at % 3]
        docs.append(Doc(name.upper(), purpose, f"{Decimal(50)}.00", str(at + 1), payer=f"408178109{at:011}"))
    return statement(*docs)
