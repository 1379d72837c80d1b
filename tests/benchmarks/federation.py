"""A union of many people in many organisations on PostgreSQL: superiors' pages, and the plans of their queries.

The rows are written in bulk, because the transitions would need weeks for four million people.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import re
import statistics
import time
from collections.abc import Callable, Iterable, Iterator

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from documents.consents.models import ConsentText
from members.movement.transitions.organizations import move_organization
from members.people.models import Member
from members.people.transitions.registration import register_person
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.demo.accounts import give
from registry.demo.people import People
from registry.enums import Level, Role
from registry.integrity import run_for
from registry.organizations.jobs import count_sums, find_large_subtrees
from registry.organizations.models import Federation, Figures, Organization, OrganizationPassport
from registry.organizations.transitions.founding import found_federation
from registry.organizations.transitions.founding import update_keys as renew_organization_keys
from tests.registry.plans import plans

from . import cards_in_bulk
from .measure import Figure, browser, page, say, slow, table, timed
from .sql import run as write
from .sql import without_indexes

#: Four million people in seventy thousand organisations.
PEOPLE_EACH = 57
REGIONS, LOCALS_EACH = 85, 30
#: Logins of the chairs of the head, a region, a territorial and a primary organisation.
OFFICERS = ("federal", "region", "local", "primary")
#: Tables that grow with the federation: no page may scan them.
GROWING = (
    "members_member", "members_registration", "documents_consent", "documents_printrecord", "registry_event",
    "members_historicalmember", "registry_account", "registry_appointment", "registry_organization",
)  # fmt: skip
#: Maximum milliseconds of pages on the server: of primary and territorial organisations, of superiors, searches.
NEAR_MS, FAR_MS, SEARCH_MS = 60, 120, 150
#: Changes and their maximum milliseconds.
REGISTERED, MOVED, CHECKED = "primary: (somebody registered)", "federal: (a district moved)", "local: (checked)"
CHANGES = {REGISTERED: 50, MOVED: 5_000, CHECKED: 5_000}
#: Settings of the server, printed above the figures.
SETTINGS = ("shared_buffers", "effective_cache_size", "work_mem", "fsync", "jit", "autovacuum")
PAGES = (
    "start", "organizations:tree", "organizations:journal", "documents:consents", "documents:print", "accounts:list",
    "accounts:add_many", "jobs:list", "members:places",
)  # fmt: skip
QUERIES = {
    "": "",
    "page 300": "page=300",
    "surname": "q=иванов",
    "frequent name": "q=александр",
    "frequent patronymic": "q=александрович",
    "frequent given name": "q=мария",
    "two frequent words": "q=елена+александровна",
    "rare and frequent": "q=мар+смирно",
    "beginnings of names": "q=ив+мар",
    "one letter": "q=а",
    "SNILS": "q=130-0",
    "date": "q=12.03.1978",
    "ticket": "q=0012345",
    "nobody": "q=щщщщ",
}


def run(options: argparse.Namespace) -> int:
    """Build, measure, check the plans; return 1 if a page is slow or a query scans a growing table sequentially."""
    translation.activate("ru")
    say(f"A union of {options.big} people …")
    seconds, union = timed(lambda: Union(options.big, options.organizations))
    say(f"{Organization.objects.count()} organisations, {Member.objects.count()} people: {seconds:.0f} s")
    say(f"database: {_one('SELECT pg_size_pretty(pg_database_size(current_database()))')}")
    say("; ".join(f"{name} {_one(f'SHOW {name}')}" for name in ("server_version", *SETTINGS)))
    found = union.measure(options.repeats)
    rows, scans = [], []
    for name, figure in found.items():
        read = sorted(_read_through(figure.sql)) if figure.status == 200 else []
        scans += [(name, *one) for one in read]
        most = most_ms(name)
        faults = [f"over {most}"] if figure.slow_ms > most else []
        faults = faults if figure.status == 200 else [str(figure.status)]
        faults += ["SCAN"] if read else []
        cells = (name, figure.queries, f"{figure.ms:.0f}", f"{figure.slow_ms:.0f}", *figure.cells()[1:])
        rows.append((*cells, *_rows_read(figure.sql, explained=options.rows), " ".join(faults)))
    say()
    table(("page", "queries", "p50", "p95", "cpu", "kB", *(("rows", "blocks") if options.rows else ()), ""), rows)
    told = set()
    for name, growing, sql in scans:
        shape = re.sub(r"\d+", "…", short := re.sub(r"SELECT .*? FROM", "SELECT … FROM", sql))
        if shape not in told:
            told.add(shape)
            say(f"\n{name} reads {growing} through:\n{short}")
    return int(any(row[-1] for row in rows))


def most_ms(name: str) -> int:
    """Return the maximum milliseconds of the page, depending on the viewer and on whether it searches."""
    if name in CHANGES:
        return CHANGES[name]
    who, _colon, page_name = name.partition(": ")
    if "search" in page_name or ("members:list " in page_name and "page" not in page_name):
        return SEARCH_MS
    return FAR_MS if who in {"federal", "region"} else NEAR_MS


def _one(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0])


def _rows_read(statements: Iterable[str], *, explained: bool) -> tuple[str, ...]:
    """Return the rows read by the statements of a page, and optionally the blocks."""
    if not explained:
        return ()
    rows = blocks = 0
    for nodes in plans([*statements]):
        blocks += nodes[0].get("Shared Hit Blocks", 0) + nodes[0].get("Shared Read Blocks", 0)
        for node in nodes:
            if "Scan" in node["Node Type"]:
                each = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
                rows += int(each * node.get("Actual Loops", 1))
    return str(rows), str(blocks)


def _read_through(statements: Iterable[str]) -> set[tuple[str, str]]:
    """Return the growing tables that the database scans, each with its query.

    The queries are planned in their order and in one transaction, so that settings of the page apply to them too.
    """
    found = set()
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in statements:
            if sql.startswith("SET LOCAL"):
                cursor.execute(sql)
            if not sql.lstrip("( ").upper().startswith(("SELECT", "WITH")) or not any(name in sql for name in GROWING):
                continue
            cursor.execute("EXPLAIN " + sql.replace("%", "%%"), [])
            plan = "\n".join(row[0] for row in cursor.fetchall())
            found.update((name, sql) for name in re.findall(r"Seq Scan on (\w+)", plan) if name in GROWING)
    return found


class Union:
    """The measured federation and its officers."""

    def __init__(self, people: int, organizations: int = 0) -> None:
        self.by = Actor.system("benchmark")
        self.today = timezone.localdate()
        self.people = People(9, self.today)
        if Federation.objects.exists():
            self._take()
            return
        self.head = found_federation(
            code="union", name="Профсоюз", charter_key="education_union",
            full_name="Общероссийский Профсоюз образования", short_name="Профсоюз", by=self.by, is_legal_entity=True,
        )  # fmt: skip
        regions, primaries = self._tree(max(REGIONS, organizations or people // PEOPLE_EACH))
        self._members(people, primaries)
        for name, step in (("past", self._past), ("chairs", lambda: self._chairs(primaries[1:]))):
            say(f"{name}: {timed(step)[0]:.0f} s")
        local = primaries[0].parent
        assert local is not None
        for login, place in zip(OFFICERS, (self.head, regions[0], local, primaries[0]), strict=True):
            self._officer(login, place)
        # Without vacuum, foreign keys are checked with plans made when the tables were empty.
        say(f"vacuum: {timed(lambda: write('VACUUM ANALYZE'))[0]:.0f} s")
        self._take()

    def _take(self) -> None:
        """Load the officers from the database."""
        self.federal, self.region, self.local, self.primary = (
            Actor.of(Account.objects.get(login=login)) for login in OFFICERS
        )
        assert self.federal.organization is not None
        self.head = self.federal.organization
        self.somebody = Member.objects.filter(organization=self.primary.organization).order_by("pk")[0]

    def _officer(self, login: str, organization: Organization) -> None:
        Organization.objects.filter(pk=organization.pk).update(name_checked_at=timezone.now())
        give(login, organization, Role.CHAIR, self.people, self.by)
        Account.objects.filter(login=login).update(must_change_password=False)

    def _tree(self, count: int) -> tuple[list[Organization], list[Organization]]:
        """Create regions, territorial organisations below them, and `count` primary ones below those."""
        numbers = itertools.count(1)
        regions = self._level(Level.REGIONAL, [self.head] * REGIONS, "Область", numbers)
        locals_ = self._level(
            Level.LOCAL, [r for r in regions for _ in range(min(LOCALS_EACH, count // 200 + 1))], "Район", numbers
        )
        parents = [locals_[number % len(locals_)] for number in range(count)]
        return regions, self._level(Level.PRIMARY, parents, "ППО школы", numbers)

    def _level(
        self, level: Level, parents: list[Organization], word: str, numbers: Iterator[int]
    ) -> list[Organization]:
        made = []
        for parent, number in zip(parents, numbers, strict=False):
            organization = Organization(
                federation=self.head.federation, parent=parent, level=level, code=f"{number + 100:06}",
                short_name=f"{word} № {number}", full_name=f"{word} № {number} ({parent.short_name})",
            )  # fmt: skip
            renew_organization_keys(organization)
            made.append(organization)
        Organization.objects.bulk_create(made, batch_size=1000)
        for organization in made:
            organization.path = f"{organization.parent.path}{organization.pk}/"  # type: ignore[union-attr]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE registry_organization AS own SET path = above.path || own.id || '/'"
                " FROM registry_organization AS above WHERE above.id = own.parent_id AND own.level = %s",
                [level],
            )
        OrganizationPassport.objects.bulk_create(
            [OrganizationPassport(organization=o, employees=80) for o in made], batch_size=1000
        )
        return made

    def _members(self, count: int, primaries: list[Organization]) -> None:
        text = ConsentText.objects.filter(federation=self.head.federation).first() or ConsentText.objects.create(
            federation=self.head.federation, version=1, valid_from=dt.date(2025, 1, 1)
        )
        Figures.objects.all().delete()
        everywhere = Organization.objects.values_list("pk", flat=True)
        Figures.objects.bulk_create([Figures(organization_id=pk) for pk in everywhere], batch_size=5000)
        cards_in_bulk.write(primaries, count, self.people, text)

    def _chairs(self, organizations: list[Organization]) -> None:
        """Create an account with an appointment for each of the organisations."""
        accounts = []
        for number, organization in enumerate(organizations):
            person = self.people.union_member(workplace="", city="Тула", region="Тульская область", postcode="300041")
            names = {name: person[name] for name in ("surname", "given_name", "patronymic")}
            account = Account(login=f"chair{number}", home=organization, must_change_password=False, **names)
            account.set_keys()
            account.set_unusable_password()
            accounts.append(account)
        Account.objects.bulk_create(accounts, batch_size=1000)
        Appointment.objects.bulk_create(
            [
                Appointment(account=account, organization=account.home, role=Role.CHAIR, starts_on=self.today)
                for account in accounts
            ],
            batch_size=5000,
        )
        Figures.objects.filter(organization__in=organizations).update(led_until=dt.date.max)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _past(self) -> None:
        """Create history, prints and journal entries of everybody."""
        kept = [f.column for f in Member.history.model._meta.concrete_fields if not f.name.startswith("history_")]  # type: ignore[attr-defined]
        columns = ", ".join(kept)
        with without_indexes("members_historicalmember"):
            write(
                f"INSERT INTO members_historicalmember ({columns}, history_date, history_type, history_change_reason)"
                f" SELECT {columns}, now(), '+', 'U-5' FROM members_member"
            )
        with without_indexes("documents_printrecord"):
            write(
                "INSERT INTO documents_printrecord (form, about, member_id, organization_id, printed_at, lines)"
                " SELECT 'consent', '', id, organization_id, now() - id * interval '1 minute', '{}' FROM members_member"
            )
        with without_indexes("registry_event"):
            write(
                "INSERT INTO registry_event (chain, number, at, action, rule, acting, organization_id, object_type,"
                " object_id, facts, previous, digest) SELECT organization_id, 1000 + id, now() - id * interval '1"
                " minute', 'card.opened', 'V-C5', 'benchmark', organization_id, 'member', id::text, '{}', '', ''"
                " FROM members_member"
            )

    def measure(self, repeats: int) -> dict[str, Figure]:
        """Measure pages and searches of the federal, a regional, a local and a primary chair."""
        found = {}
        members, suggest = reverse("members:list"), reverse("members:suggest")
        find_large_subtrees(self.today)
        actors = zip(OFFICERS, (self.federal, self.region, self.local, self.primary), strict=True)
        for who, actor in actors:
            assert actor.organization is not None
            # As a worker does every minute.
            count_sums(timezone.now())
            client = browser(actor)
            for name in PAGES:
                found[f"{who}: {name}"] = page(client, reverse(name), repeats)
            for name, query in QUERIES.items():
                found[f"{who}: members:list {name}".rstrip()] = page(client, f"{members}?{query}", repeats)
                if query.startswith("q="):
                    found[f"{who}: suggest, search {name}"] = page(client, f"{suggest}?{query}", repeats)
            book = reverse("cells:book", args=[actor.organization.pk])
            for name in ("surname", "frequent name", "beginnings of names", "ticket"):
                found[f"{who}: book, search {name}"] = page(client, f"{book}?{QUERIES[name]}", repeats)
            found[f"{who}: tree, search"] = page(client, f"{reverse('organizations:tree')}?q=школы+1500", repeats)
            found[f"{who}: accounts, search"] = page(client, f"{reverse('accounts:list')}?find=иванов", repeats)
            if who == "federal":
                within = f"{members}?organization={self.region.organization.pk}&q=петр"  # type: ignore[union-attr]
                found[f"{who}: search in one region"] = page(client, within, repeats)
            for name in ("members:detail", "members:history", "members:access"):
                found[f"{who}: {name}"] = page(client, reverse(name, args=[self.somebody.pk]), repeats)
        found["primary: members:add"] = page(browser(self.primary), reverse("members:add"), repeats)
        found[REGISTERED] = _change(self._register, repeats)
        found[MOVED] = _change(self._move, repeats)
        found[CHECKED] = _change(self._check, repeats)
        return found

    def _register(self) -> None:
        values = self.people.union_member(workplace="", city="Тула", region="Тульская область", postcode="300041")
        register_person(
            organization=self.primary.organization,
            values={**values, "confirmed_duplicate": True, "snils": ""},
            ground="учётная карточка",
            by=self.primary,
        )

    def _move(self) -> None:
        """Move the territorial organisation and everything below it into another region."""
        own, region = self.local.organization, self.region.organization
        assert own is not None
        assert region is not None
        other = Organization.objects.filter(parent=self.head).exclude(pk=region.pk).order_by("pk")[0]
        move_organization(own.pk, other.pk, on=own.today, by=self.federal)

    def _check(self) -> None:
        """Check the territorial organisation and everything below it; bulk data have known faults."""
        assert self.local.organization is not None
        for _title, _faults in run_for(self.local.organization):
            pass


def _change(work: Callable[[], object], repeats: int) -> Figure:
    """Return the time of the work, which is rolled back; the first run, which compiles shared code, does not count."""
    with CaptureQueriesContext(connection) as captured:
        _taken_back(work)
    sql = tuple(query["sql"] for query in captured.captured_queries)
    times, processor = [], []
    for _ in range(repeats):
        begin = time.process_time()
        times.append(_taken_back(work) * 1000)
        processor.append((time.process_time() - begin) * 1000)
    return Figure(200, len(sql), statistics.median(times), min(processor), sql=sql, slow_ms=slow(times))


def _taken_back(work: Callable[[], object]) -> float:
    """Return the seconds of the work, including deferred checks."""
    with transaction.atomic():
        seconds, _nothing = timed(lambda: (work(), connection.check_constraints()))
        transaction.set_rollback(True)
    return seconds
