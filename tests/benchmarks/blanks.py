"""A federation with a million blanks on PostgreSQL: its balances, a count, and the integrity of everything (V-C1).

Ranges, numbers, movements and balances are written in bulk, as the transitions would have written them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import time
from collections.abc import Sequence

from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from documents.tickets.integrity import balances_of_blanks
from documents.tickets.models import Blank, BlankMovement, BlankPaper, BlankRange, BlankStock
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions.stock import hand_down_blanks
from registry.access import Actor
from registry.accounts.models import Account
from registry.demo.accounts import give
from registry.demo.people import People
from registry.enums import Level, Role
from registry.organizations.models import Organization
from registry.organizations.transitions.founding import found_federation

from .measure import COLUMNS, browser, page, say, table, timed

REGIONS = 85
#: One in this number of an organisation's blanks is issued.
ISSUED = 4
#: Maximum milliseconds for the federation's balance.
BALANCE_MS = 1_000


def run(options: argparse.Namespace) -> int:
    """Build and measure; return 1 if a balance takes too long or the books are inconsistent."""
    translation.activate("ru")
    seconds, stocks = timed(lambda: Stocks(options.blanks, options.organizations or 2_500))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    ranges, rows = BlankRange.objects.count(), Blank.objects.count()
    say(f"{options.blanks} blanks in {Organization.objects.count()} organisations: {seconds:.0f} s")
    say(f"{ranges} ranges, {rows} numbers that left the stock, {BlankMovement.objects.count()} movements")
    found, slow = [], False
    yesterday = f"?on={stocks.today - dt.timedelta(days=1):%d.%m.%Y}"
    for name, actor, organization, query in (
        ("head, today", stocks.federal, stocks.head, ""),
        ("head, yesterday", stocks.federal, stocks.head, yesterday),
        ("region, today", stocks.federal, stocks.region, ""),
        ("local, today", stocks.local, stocks.keeper, ""),
        ("local, yesterday", stocks.local, stocks.keeper, yesterday),
    ):
        address = reverse("documents:blank_balance", args=[organization.pk]) + query
        figure = page(browser(actor), address, options.repeats)
        slow |= figure.status != 200 or figure.ms > BALANCE_MS
        found.append((name, figure.queries, *figure.cells()))
    figure = page(browser(stocks.federal), reverse("documents:blanks"), options.repeats)
    found.append(("overview of the head", figure.queries, *figure.cells()))
    table(("page", "queries", *COLUMNS), found)
    begin, cpu = time.perf_counter(), time.process_time()
    hand_down_blanks(
        stocks.head.pk, receiver_id=stocks.region.pk, kind="ticket", numbers=[stocks.rest], made_on=stocks.today,
        by=stocks.federal,
    )  # fmt: skip
    say(f"handing {stocks.rest.count} down: {time.perf_counter() - begin:.2f} s ({time.process_time() - cpu:.2f} s)")
    begin, cpu = time.perf_counter(), time.process_time()
    faults = list(balances_of_blanks())
    say(f"integrity of all books: {time.perf_counter() - begin:.1f} s ({time.process_time() - cpu:.1f} s), {faults}")
    say(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    return int(slow or bool(faults))


class Stocks:
    """The measured federation: the head received all blanks and passed them to local organisations."""

    def __init__(self, blanks: int, organizations: int) -> None:
        by = Actor.system("benchmark")
        self.today = timezone.localdate()
        self.people = People(9, self.today)
        self.head = found_federation(
            code="voi", name="ВОИ", charter_key="voi", full_name="Всероссийское общество инвалидов", short_name="ВОИ",
            by=by, is_legal_entity=True,
        )  # fmt: skip
        regions = self._level(Level.REGIONAL, [self.head] * REGIONS, "РО")
        places = organizations - REGIONS - 1
        keepers = self._level(Level.LOCAL, [regions[n % REGIONS] for n in range(places)], "МО")
        self.region, self.keeper = regions[0], keepers[0]
        each = blanks // (len(keepers) + 1)
        self.rest = NumberRange("", each * len(keepers) + 1, blanks, 7)
        Books(self.head, self.today).hand_out(blanks, keepers, each, each // ISSUED)
        self.federal, self.local = self._officer("federal", self.head, by), self._officer("local", self.keeper, by)

    def _officer(self, login: str, organization: Organization, by: Actor) -> Actor:
        Organization.objects.filter(pk=organization.pk).update(name_checked_at=timezone.now())
        give(login, organization, Role.CHAIR, self.people, by)
        Account.objects.filter(login=login).update(must_change_password=False)
        return Actor.of(Account.objects.get(login=login))

    def _level(self, level: Level, parents: list[Organization], word: str) -> list[Organization]:
        made = [
            Organization(
                federation=self.head.federation, parent=parent, level=level, code=f"{level[:2]}{number:06}",
                short_name=f"{word} № {number}", full_name=f"{word} № {number}",
            )
            for number, parent in enumerate(parents, 1)
        ]  # fmt: skip
        Organization.objects.bulk_create(made, batch_size=1000)
        for one in made:
            one.path = f"{one.parent.path}{one.pk}/"  # type: ignore[union-attr]
        Organization.objects.bulk_update(made, ["path"], batch_size=500)
        return made


class Books:
    """The books of a head that received blanks, and of the organisations below."""

    def __init__(self, head: Organization, today: dt.date) -> None:
        self.head, self.today = head, today

    def hand_out(self, blanks: int, keepers: Sequence[Organization], each: int, issued: int) -> None:
        """Pass `each` blanks to every keeper, which issued the first ones; the rest stays with the head."""
        rest = blanks - each * len(keepers)
        papers = [self._paper(self.head, "receipt")]
        papers += [self._paper(self.head, "hand_down", receiver=one) for one in keepers]
        sheets = [self._paper(one, "issue") for one in keepers]
        BlankPaper.objects.bulk_create([*papers, *sheets], batch_size=1000)
        moves = [self._move(papers[0], 1, (1, blanks), None, "", self.head, "stock")]
        ranges, rows = [self._range(self.head, blanks - rest + 1, blanks)], []
        for number, one in enumerate(keepers):
            first, last = number * each + 1, (number + 1) * each
            act, sheet = papers[number + 1], sheets[number]
            moves += [
                self._move(act, 1, (first, last), self.head, "stock", self.head, "on_the_way"),
                self._move(act, 2, (first, last), self.head, "on_the_way", one, "stock"),
                self._move(sheet, 1, (first, first + issued - 1), one, "stock", one, "issued"),
            ]
            ranges.append(self._range(one, first + issued, last))
            rows += [
                Blank(
                    federation=one.federation, kind="ticket", number=n, width=7, organization=one, state="issued"
                )
                for n in range(first, first + issued)
            ]  # fmt: skip
        BlankMovement.objects.bulk_create(moves, batch_size=1000)
        BlankRange.objects.bulk_create(ranges, batch_size=1000)
        Blank.objects.bulk_create(rows, batch_size=5000)
        BlankStock.objects.bulk_create([
            BlankStock(
                organization=self.head, kind="ticket", received=blanks, in_stock=rest,
                handed_down=blanks - rest,
            ),
            *(
                BlankStock(organization=one, kind="ticket", received=each, in_stock=each - issued, issued=issued)
                for one in keepers
            ),
        ])  # fmt: skip

    def _paper(self, organization: Organization, kind: str, **values: object) -> BlankPaper:
        return BlankPaper(
            organization=organization, kind=kind, blank="ticket", state="posted", number="1", made_on=self.today,
            **values,  # type: ignore[arg-type]
        )  # fmt: skip

    def _range(self, organization: Organization, first: int, last: int) -> BlankRange:
        return BlankRange(
            federation=self.head.federation, kind="ticket", first=first, last=last, width=7, organization=organization
        )

    def _move(
        self, paper: BlankPaper, position: int, ends: tuple[int, int], giver: Organization | None, from_place: str,
        taker: Organization, to_place: str,
    ) -> BlankMovement:  # fmt: skip
        return BlankMovement(
            federation=self.head.federation, kind="ticket", first=ends[0], last=ends[1], width=7, paper=paper,
            position=position, giver=giver, from_place=from_place, taker=taker, to_place=to_place,
            made_on=self.today - dt.timedelta(days=1), made_at=timezone.now(),
        )  # fmt: skip
