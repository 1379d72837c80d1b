"""A union of many people in many organisations on PostgreSQL: pages of those above, and how their queries are planned.

The rows are written in bulk, past the transitions: two hundred thousand people would take them an hour.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from documents.consents.models import Consent, ConsentText
from members.book.enums import RegistrationReason
from members.book.models import Registration
from members.people.enums import ConsentState
from members.people.models import Member
from members.people.transitions.registration import register_person, renew_keys
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.demo.accounts import give
from registry.demo.people import People
from registry.enums import Level, Role
from registry.organizations.models import Figures, Organization, OrganizationPassport
from registry.organizations.transitions.founding import found_federation
from registry.organizations.transitions.founding import update_keys as renew_organization_keys

from .measure import COLUMNS, Figure, browser, page, say, table, timed

#: Four million people in seventy thousand organisations.
PEOPLE_EACH = 57
REGIONS, LOCALS_EACH = 85, 30
#: Tables that grow with the federation: no page reads one through.
GROWING = (
    "members_member", "members_registration", "documents_consent", "documents_printrecord", "registry_event",
    "members_historicalmember", "registry_account", "registry_appointment", "registry_organization",
)  # fmt: skip
QUERIES = {
    "": "",
    "page 300": "page=300",
    "surname": "q=иванов",
    "frequent name": "q=александр",
    "frequent patronymic": "q=александрович",
    "beginnings of names": "q=ив+мар",
    "one letter": "q=а",
    "SNILS": "q=130-0",
    "date": "q=12.03.1978",
    "ticket": "q=0012345",
    "nobody": "q=щщщщ",
}


def run(options: argparse.Namespace) -> int:
    """Build, measure, look at the plans; return 1 if a page is slow or a query reads a growing table sequentially."""
    translation.activate("ru")
    say(f"A union of {options.big} people …")
    seconds, union = timed(lambda: Union(options.big, options.organizations))
    say(f"{Organization.objects.count()} organisations, {Member.objects.count()} people: {seconds:.0f} s")
    found = union.measure(options.repeats)
    rows, scans = [], []
    for name, figure in found.items():
        read = sorted(_read_through(figure.sql)) if figure.status == 200 else []
        scans += [(name, *one) for one in read]
        faults = figure.faults(name) if figure.status == 200 else [str(figure.status)]
        faults += ["SCAN"] if read else []
        rows.append((name, figure.queries, *figure.cells(), " ".join(faults)))
    say()
    table(("page", "queries", *COLUMNS, ""), rows)
    told = set()
    for name, growing, sql in scans:
        shape = re.sub(r"\d+", "…", short := re.sub(r"SELECT .*? FROM", "SELECT … FROM", sql))
        if shape not in told:
            told.add(shape)
            say(f"\n{name} reads {growing} through:\n{short}")
    return int(any(row[-1] for row in rows))


def _read_through(statements: Iterable[str]) -> set[tuple[str, str]]:
    """Return the growing tables that the database reads row by row, each with its query.

    The queries are planned in their order and in one transaction, so that settings of the page hold for them too.
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
    """The federation that is measured and its officers."""

    def __init__(self, people: int, organizations: int = 0) -> None:
        self.by = Actor.system("benchmark")
        self.today = timezone.localdate()
        self.people = People(9, self.today)
        self.head = found_federation(
            code="union", name="Профсоюз", charter_key="education_union",
            full_name="Общероссийский Профсоюз образования", short_name="Профсоюз", by=self.by, is_legal_entity=True,
        )  # fmt: skip
        regions, primaries = self._tree(max(REGIONS, organizations or people // PEOPLE_EACH))
        self._members(people, primaries)
        self._past()
        self._chairs(primaries[1:])
        self.federal = self._officer("federal", self.head)
        self.region = self._officer("region", regions[0])
        self.primary = self._officer("primary", primaries[0])
        self.somebody = Member.objects.filter(organization=primaries[0])[0]

    def _officer(self, login: str, organization: Organization) -> Actor:
        Organization.objects.filter(pk=organization.pk).update(name_checked_at=timezone.now())
        give(login, organization, Role.CHAIR, self.people, self.by)
        Account.objects.filter(login=login).update(must_change_password=False)
        return Actor.of(Account.objects.get(login=login))

    def _tree(self, count: int) -> tuple[list[Organization], list[Organization]]:
        """Regions, territorial organisations below them, and `count` primary ones below those."""
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
        places = itertools.cycle(primaries)
        for start in range(0, count, 5000):
            made = [self._member(next(places), start + n) for n in range(min(5000, count - start))]
            Member.objects.bulk_create(made, batch_size=900)
            Registration.objects.bulk_create(
                [
                    Registration(
                        member=m,
                        organization=m.organization,
                        started_on=m.joined_on,
                        start_reason=RegistrationReason.EXISTING,
                    )
                    for m in made
                ],
                batch_size=5000,
            )
            Consent.objects.bulk_create(
                [Consent(member=m, text=text, state=ConsentState.PRINTED, printed_at=timezone.now()) for m in made],
                batch_size=5000,
            )
            # Nothing vacuums here: without it foreign keys are checked by plans made when the tables were empty.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE members_member, registry_organization")
        held = {o.pk: 0 for o in Organization.objects.only("pk")}
        for number in range(count):
            held[primaries[number % len(primaries)].pk] += 1
        Figures.objects.all().delete()
        Figures.objects.bulk_create(
            [Figures(organization_id=pk, members=n, consents_printed=n, incomplete=n // 5) for pk, n in held.items()],
            batch_size=5000,
        )

    def _chairs(self, organizations: list[Organization]) -> None:
        """An account with an appointment for each of the organisations."""
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
        """History, prints and journal entries of everybody."""
        kept = [f.column for f in Member.history.model._meta.concrete_fields if not f.name.startswith("history_")]  # type: ignore[attr-defined]
        columns = ", ".join(kept)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO members_historicalmember ({columns}, history_date, history_type, history_change_reason)"
                f" SELECT {columns}, now(), '+', 'U-5' FROM members_member"
            )
            cursor.execute(
                "INSERT INTO documents_printrecord (form, about, member_id, organization_id, printed_at, lines)"
                " SELECT 'consent', '', id, organization_id, now() - id * interval '1 minute', '{}' FROM members_member"
            )
            cursor.execute(
                "INSERT INTO registry_event (chain, number, at, action, rule, acting, organization_id, object_type,"
                " object_id, facts, previous, digest) SELECT organization_id, 1000 + id, now() - id * interval '1 "
                "minute',"
                " 'card.opened', 'V-C5', 'benchmark', organization_id, 'member', id::text, '{}', '', '' FROM "
                "members_member"
            )
            cursor.execute("ANALYZE")

    def _member(self, organization: Organization, number: int) -> Member:
        values: dict[str, Any] = self.people.union_member(
            workplace=organization.short_name, city="Тула", region="Тульская область", postcode="300041"
        )
        own = {name: value for name, value in values.items() if not name.startswith("paper_")}
        member = Member(
            federation_id=organization.federation_id, organization=organization, unit=organization,
            ticket_number=f"{number:07}", consent_state=ConsentState.PRINTED, missing=number % 5 == 0, **own,
        )  # fmt: skip
        renew_keys(member)
        return member

    def measure(self, repeats: int) -> dict[str, Figure]:
        """Pages of the federal chair, of a regional one and of a primary one."""
        found = {}
        members = reverse("members:list")
        for who, actor in (("federal", self.federal), ("region", self.region), ("primary", self.primary)):
            client = browser(actor)
            for name in (
                "start",
                "organizations:tree",
                "organizations:journal",
                "documents:consents",
                "documents:print",
                "accounts:list",
                "accounts:add_many",
                "jobs:list",
                "members:places",
            ):
                found[f"{who}: {name}"] = page(client, reverse(name), repeats)
            for name, query in QUERIES.items():
                found[f"{who}: members:list {name}".rstrip()] = page(client, f"{members}?{query}", repeats)
            found[f"{who}: tree, search"] = page(client, f"{reverse('organizations:tree')}?q=школы+1500", repeats)
            found[f"{who}: accounts, search"] = page(client, f"{reverse('accounts:list')}?find=иванов", repeats)
            found[f"{who}: members:list of one region"] = page(
                client, f"{members}?organization={self.region.organization.pk}&q=петр", repeats
            )
            for name in ("members:detail", "members:history", "members:access"):
                found[f"{who}: {name}"] = page(client, reverse(name, args=[self.somebody.pk]), repeats)
        found["primary: members:add"] = page(browser(self.primary), reverse("members:add"), repeats)
        found["(somebody registered)"] = self._put()
        return found

    def _put(self) -> Figure:
        values = self.people.union_member(workplace="", city="Тула", region="Тульская область", postcode="300041")
        with CaptureQueriesContext(connection) as captured:
            seconds, _ = timed(
                lambda: register_person(
                    organization=self.primary.organization,
                    values={**values, "confirmed_duplicate": True},
                    ground="учётная карточка",
                    by=self.primary,
                )
            )
            sql = tuple(query["sql"] for query in captured.captured_queries)
        return Figure(200, len(sql), seconds * 1000, sql=sql)
