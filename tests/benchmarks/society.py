"""A society of a million people in twenty thousand organisations on PostgreSQL, written in minutes.

The cards of one local organisation and their dues of two years are made by the transitions; then all its rows are
copied for the others with one statement for each table, with new ids and organisations. Tickets, payments and journal
events follow for all at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from django.db import connection, models
from django.utils import timezone

from documents.consents.models import Consent
from documents.ecards.models import CardOrder
from dues.ledger.models import BookAccount, DuesAccount, LedgerEntry
from dues.ledger.transitions import charge_new_year
from dues.rates.transitions import load_rates
from members.book.models import BookLine, Registration
from members.people.models import HealthRecord, IdentityPaper, Member, Questionnaire
from members.people.transitions.registration import register_many
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.demo.accounts import give
from registry.demo.people import People
from registry.enums import Level, Role
from registry.organizations.models import Federation, Figures, Organization, OrganizationPassport
from registry.organizations.transitions.founding import found_federation
from registry.organizations.transitions.founding import update_keys as renew_organization_keys
from registry.supervision.models import ChangedOrganization

from . import reports
from .blanks import Books
from .measure import say, timed
from .sql import run, without_indexes

#: Logins of the chairs who view the pages.
OFFICERS = ("head", "region", "local")
REGIONS = 85
#: Cells and people of each local organisation, which keeps the cards; including itself it is eight organisations.
CELLS, PEOPLE = 7, 400
#: Numbers of tickets received by each local organisation; every member has one of the first.
TICKETS = 500
#: Distance between the ids of the same person in two organisations.
STEP = PEOPLE * 10
#: One in this number of members has requested an electronic card.
CARDS = 3
#: Tables whose rows belong to a member, and to accounts of the books.
COPIED: tuple[type[models.Model], ...] = (
    Member, IdentityPaper, HealthRecord, Questionnaire, Registration, BookLine, Consent, DuesAccount, BookAccount,
    LedgerEntry,
)  # fmt: skip
#: Events of each organisation, without the digests of their chain.
EVENTS = """
INSERT INTO registry_event (chain, number, at, action, rule, acting, organization_id, object_type, object_id, facts,
    previous, digest)
SELECT id, 1000000 + n, now() - (n * 30 + id %% 30) * interval '1 day', %s, '', '', id, '', '', '{}', '', ''
FROM registry_organization CROSS JOIN generate_series(1, %s) AS n
"""
EVENTS_EACH = 20
PLACE = {"city": "Тула", "region": "Тульская область", "postcode": "300041"}


class Society:
    """The society, with officers at each level; an existing one is loaded from the database."""

    def __init__(self, people: int) -> None:
        self.by, self.today = Actor.system("benchmark"), timezone.localdate()
        self.people = People(17, self.today)
        if Federation.objects.exists():
            self.officers = {name: Actor.of(Account.objects.get(login=name)) for name in OFFICERS}
            return
        self.head = found_federation(
            code="voi", name="ВОИ", charter_key="voi", full_name="Всероссийское общество инвалидов", short_name="ВОИ",
            by=self.by, is_legal_entity=True,
        )  # fmt: skip
        keepers = max(2, people // PEOPLE)
        steps: tuple[tuple[str, Callable[[], object]], ...] = (
            ("organisations", lambda: self._tree(keepers)),
            ("cards and dues of the first", self._first),
            ("cards of the others", self._others),
            ("tickets and electronic cards", self._papers),
            ("chairs", self._chairs),
            ("payments", self._payments),
            ("journal", lambda: run(EVENTS, "member.changed", EVENTS_EACH)),
        )
        for name, step in steps:
            say(f"{name}: {timed(step)[0]:.0f} s")
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        self.officers = {
            name: self._officer(name, place)
            for name, place in zip(OFFICERS, (self.head, self.regions[0], self.keepers[0]), strict=True)
        }

    def _officer(self, login: str, organization: Organization) -> Actor:
        Organization.objects.filter(pk=organization.pk).update(name_checked_at=timezone.now())
        give(login, organization, Role.CHAIR, self.people, self.by)
        Account.objects.filter(login=login).update(must_change_password=False)
        return Actor.of(Account.objects.get(login=login))

    def _tree(self, keepers: int) -> None:
        self.regions = self._level(Level.REGIONAL, [self.head] * REGIONS, "РО")
        self.keepers = self._level(Level.LOCAL, [self.regions[n % REGIONS] for n in range(keepers)], "МО")
        self.cells = self._level(Level.PRIMARY, [one for one in self.keepers for _ in range(CELLS)], "ПО")

    def _level(self, level: Level, parents: Sequence[Organization], word: str) -> list[Organization]:
        made = []
        for number, parent in enumerate(parents, 1):
            organization = Organization(
                federation=self.head.federation, parent=parent, level=level, code=f"{level[:2]}{number:06}",
                short_name=f"{word} № {number}", full_name=f"{word} № {number}", zone=self.head.zone,
            )  # fmt: skip
            renew_organization_keys(organization)
            made.append(organization)
        Organization.objects.bulk_create(made, batch_size=1000)
        for one in made:
            one.path = f"{one.parent.path}{one.pk}/"  # type: ignore[union-attr]
        run(
            "UPDATE registry_organization AS own SET path = above.path || own.id || '/'"
            " FROM registry_organization AS above WHERE above.id = own.parent_id AND own.level = %s",
            level,
        )
        OrganizationPassport.objects.bulk_create([OrganizationPassport(organization=o) for o in made], batch_size=1000)
        Figures.objects.bulk_create([Figures(organization=o) for o in made], batch_size=1000)
        return made

    def _first(self) -> None:
        people = []
        for number in range(PEOPLE):
            person = self.people.society_member(**PLACE)
            cell = self.cells[number % (CELLS + 1)] if number % (CELLS + 1) < CELLS else None
            values = {"confirmed_duplicate": True, "cell": cell, "snils": "", "ticket_number": ""}
            # One of ten joined in the last year; nobody registered before joining.
            day = max(self.today - dt.timedelta(days=9 * number), person["joined_on"])
            people.append(person | values | {"registered_on": day})
        register_many(organization=self.keepers[0], people=people, by=self.by)
        load_rates(self.head.federation, by=self.by)
        for year in (self.today.year - 1, self.today.year):
            charge_new_year(self.keepers[0].pk, year, by=self.by)

    def _others(self) -> None:
        """Copy the rows of the first organisation for each of the others."""
        run("CREATE TEMP TABLE place (number int, seed bigint, own bigint, PRIMARY KEY (number, seed))")
        rows = []
        for number, keeper in enumerate(self.keepers[1:], 1):
            rows.append((number, self.keepers[0].pk, keeper.pk))
            own = self.cells[number * CELLS : (number + 1) * CELLS]
            rows += [(number, seed.pk, cell.pk) for seed, cell in zip(self.cells[:CELLS], own, strict=True)]
        with connection.cursor() as cursor, cursor.copy("COPY place FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        run("ANALYZE place")
        lowest = Member.objects.order_by("pk").values_list("pk", flat=True)[0]
        for model, person in ((Member, "id"), (BookLine, "member_id")):
            run(f"UPDATE {model._meta.db_table} SET ticket_number = lpad(({person} - {lowest} + 1)::text, 7, '0')")
        # The copies are as consistent as the originals.
        run("SET session_replication_role = replica")
        run("SET maintenance_work_mem = '512MB'")
        for model in COPIED:
            with without_indexes(model._meta.db_table):
                self._copy(model)
        run("SET session_replication_role = DEFAULT")
        run("UPDATE registry_figures AS own SET members = first.members, incomplete = first.incomplete,"
            " consents_printed = first.consents_printed, consents_signed = first.consents_signed,"
            " last_book_line = first.last_book_line FROM place JOIN registry_figures AS first"
            " ON first.organization_id = place.seed WHERE own.organization_id = place.own")  # fmt: skip

    def _copy(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        organizations = [f for f in fields if f.related_model is Organization]
        chosen, joins = [], []
        for field in fields:
            column = f"row.{connection.ops.quote_name(field.column)}"
            if field in organizations:
                table = f"at_{field.column}"
                join = f"LEFT JOIN place AS {table} ON {table}.number = n AND {table}.seed = {column}"
                joins.append(join)
                column = f"{table}.own"
            elif field.primary_key or field.related_model in COPIED:
                column = f"{column} + n * {STEP}"
            elif field.name == "ticket_number":
                # The number of the copied person, plus the numbers received by each organisation in between.
                column = f"lpad(({column}::int + n * {TICKETS})::text, 7, '0')"
            elif model is LedgerEntry and field.name == "key":
                # The key begins with the id of the personal account.
                column = f"regexp_replace({column}, '[0-9]+', (row.account_id + n * {STEP})::text)"
            chosen.append(column)
        names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
        table = model._meta.db_table
        run(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(chosen)} FROM {table} AS row"
            f" CROSS JOIN generate_series(1, {len(self.keepers) - 1}) AS n {' '.join(joins)}"
        )
        run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")

    def _papers(self) -> None:
        """Create tickets passed to each organisation and issued to all members, and drafts of card orders."""
        blanks = TICKETS * (len(self.keepers) + 1)
        Books(self.head, self.today).hand_out(blanks, self.keepers, TICKETS, PEOPLE)
        run(
            "UPDATE documents_blank AS blank SET member_id = m.id FROM members_member AS m"
            " WHERE m.ticket_number = lpad(blank.number::text, 7, '0')"
        )
        regions = {one.pk: one for one in self.regions}
        CardOrder.objects.bulk_create(
            [CardOrder(organization=one, consolidator=regions[one.parent_id]) for one in self.keepers],  # type: ignore[index]
            batch_size=1000,
        )
        run(
            "INSERT INTO documents_cardrequest (member_id, organization_id, order_id, state, reason, note,"
            " printed_name, photo_digest, federation_id, made_at, version) SELECT m.id, m.organization_id, o.id,"
            " 'draft', 'first', '', m.surname, '', m.federation_id, now(), 1 FROM members_member AS m"
            " JOIN documents_cardorder AS o ON o.organization_id = m.organization_id WHERE m.id %% %s = 0",
            CARDS,
        )

    def _chairs(self) -> None:
        """Give each organisation except those of the officers a chair, and let every third chair have signed in
        today.
        """
        led = [*self.regions[1:], *self.keepers[1:], *self.cells]
        accounts = []
        for number, organization in enumerate(led):
            person = self.people.person(**PLACE)
            names = {name: person[name] for name in ("surname", "given_name", "patronymic")}
            account = Account(login=f"chair{number}", home=organization, must_change_password=False, **names)
            account.last_login = None if number % 3 else timezone.now()
            account.set_keys()
            account.set_unusable_password()
            accounts.append(account)
        Account.objects.bulk_create(accounts, batch_size=1000)
        Appointment.objects.bulk_create(
            [
                Appointment(account=one, organization=one.home, role=Role.CHAIR, starts_on=self.today)
                for one in accounts
            ],
            batch_size=5000,
        )
        Figures.objects.filter(organization__in=led).update(led_until=dt.date.max)

    def _payments(self) -> None:
        """Create payments of four of five members."""
        run("SET session_replication_role = replica")
        with without_indexes(LedgerEntry._meta.db_table):
            reports.pay(self.keepers)
        run("SET session_replication_role = DEFAULT")
        ChangedOrganization.objects.all().delete()
