"""The database ensures without foreign keys that both accounts of an entry are in its organisation's books (N-D1)."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dues.ledger.models import BookAccount, LedgerEntry
from registry import guards
from registry.organizations.models import Organization
from tests.house.tampering import unguarded
from tests.members import places

ORPHAN, NAMED, STAYS = "no such row of its owner", "is named in table dues_ledgerentry", "stays what it is"


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def account(organization: Organization, kind: str) -> BookAccount:
    return BookAccount.objects.create(organization=organization, kind=kind)


def moved(organization: Organization, debit: int, credit: int, key: str = "move:1") -> LedgerEntry:
    return LedgerEntry(
        organization=organization, debit_id=debit, credit_id=credit, kind="move", amount=Decimal(1),
        made_on=dt.date(2019, 3, 1), key=key, posted_at=timezone.now(),
    )  # fmt: skip


def execute(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@contextmanager
def refused_by_the_database(words: str) -> Iterator[None]:
    entries, accounts = LedgerEntry.objects.count(), list(BookAccount.objects.order_by("pk").values())
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        yield
    assert (LedgerEntry.objects.count(), list(BookAccount.objects.order_by("pk").values())) == (entries, accounts)


@pytest.mark.django_db
def test_n_d1_an_entry_needs_two_accounts_in_the_books_of_its_organisation(place: places.Place) -> None:
    own, cash = account(place.keeper, "received"), account(place.keeper, "cash")
    foreign = account(place.region, "cash")
    for debit, credit in ((own.pk, foreign.pk), (foreign.pk, own.pk), (own.pk, 10**6), (10**6, own.pk)):
        with refused_by_the_database(ORPHAN):
            moved(place.keeper, debit, credit).save(force_insert=True)
    with refused_by_the_database(ORPHAN):
        # An entry of one organisation with accounts of another.
        moved(place.region, own.pk, cash.pk).save(force_insert=True)
    with refused_by_the_database(ORPHAN):
        # One wrong entry is enough, and none of the statement is inserted.
        found = [moved(place.keeper, own.pk, cash.pk, f"move:{number}") for number in range(3)]
        LedgerEntry.objects.bulk_create([*found, moved(place.keeper, own.pk, foreign.pk, "move:4")])
    moved(place.keeper, own.pk, cash.pk).save(force_insert=True)
    assert LedgerEntry.objects.count() == 1


@pytest.mark.django_db
def test_n_d1_an_account_that_an_entry_names_is_not_deleted_and_none_becomes_another(place: places.Place) -> None:
    own, cash, unused = (account(place.keeper, kind) for kind in ("received", "cash", "unknown"))
    moved(place.keeper, own.pk, cash.pk).save(force_insert=True)
    for used in (own, cash):
        with refused_by_the_database(NAMED):
            execute("DELETE FROM dues_bookaccount WHERE id = %s", used.pk)
    with refused_by_the_database(NAMED):
        execute("DELETE FROM dues_bookaccount")
    for change in ("id = id + 1000", f"organization_id = {place.region.pk}", "kind = 'other'"):
        for one in (own, unused):
            with refused_by_the_database(STAYS):
                execute(f"UPDATE dues_bookaccount SET {change} WHERE id = %s", one.pk)
    execute("UPDATE dues_bookaccount SET kind = kind, organization_id = organization_id")
    execute("DELETE FROM dues_bookaccount WHERE id = %s", unused.pk)
    assert set(BookAccount.objects.all()) == {own, cash}


@pytest.mark.django_db
def test_n_d1_the_organisation_of_an_entry_is_held_by_the_key_of_its_accounts() -> None:
    def keys(table: str) -> dict[str, str]:
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, table).values()
        return {one["columns"][0]: one["foreign_key"][0] for one in found if one["foreign_key"]}

    assert keys("dues_bookaccount") == {
        "organization_id": "registry_organization", "partner_id": "registry_organization",
        "collector_id": "dues_collectororder",
    }  # fmt: skip
    assert keys("dues_ledgerentry") == {
        "account_id": "dues_duesaccount", "contribution_id": "dues_propertycontribution",
        "reverses_id": "dues_ledgerentry", "posted_by_id": "registry_account",
    }  # fmt: skip


@pytest.mark.django_db
def test_n_d1_no_account_takes_the_place_of_one_that_an_entry_names(place: places.Place) -> None:
    if connection.vendor == "postgresql":
        own, cash = account(place.keeper, "received"), account(place.keeper, "cash")
        moved(place.keeper, own.pk, cash.pk).save(force_insert=True)
        # Otherwise PostgreSQL refuses by itself, because of pending checks of foreign keys.
        connection.check_constraints()
        with refused_by_the_database("one by one"):
            execute("TRUNCATE dues_bookaccount CASCADE")
        return
    own, cash = account(place.keeper, "received"), account(place.keeper, "cash")
    moved(place.keeper, own.pk, cash.pk).save(force_insert=True)
    columns = "organization_id, kind, fee, year, number"
    for pk, kind in ((own.pk, "unknown"), (10**6, "received")):
        with refused_by_the_database("row exists in table dues_bookaccount"):
            execute(f"INSERT OR REPLACE INTO dues_bookaccount (id, {columns}) VALUES (%s, %s, %s, '', 0, '')", pk,
                    place.keeper.pk, kind)  # fmt: skip


@pytest.mark.django_db
def test_n_d1_a_missing_guard_of_the_accounts_is_named_and_without_it_nothing_is_refused(place: places.Place) -> None:
    own, foreign = account(place.keeper, "received"), account(place.region, "cash")
    of_parent = {"postgresql": ("no_removal", "no_truncate"), "sqlite": ("no_removal", "no_replace")}
    names = {"dues_ledgerentry_no_orphan", "dues_bookaccount_stays"}
    names |= {f"dues_bookaccount_{kind}" for kind in of_parent[connection.vendor]}
    assert guards.missing() == []
    with transaction.atomic():
        with unguarded():
            assert names <= set(guards.missing())
            moved(place.keeper, own.pk, foreign.pk).save(force_insert=True)
            execute("DELETE FROM dues_bookaccount WHERE id = %s", foreign.pk)
        assert guards.missing() == []
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.once  # Only SQLite recreates tables.
def test_before_migrations_on_sqlite_no_trigger_names_another_table() -> None:
    def naming_others() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = cursor.fetchall()
        tables = set(connection.introspection.table_names())

        def named(sql: str) -> set[str]:
            return set(re.findall(r"FROM (\w+)", sql))

        return sorted(name for name, own, sql in found if (named(sql) & tables) - {own})

    assert naming_others() == [
        "dues_bookaccount_no_removal", "dues_ledgerentry_no_closed", "dues_ledgerentry_no_orphan",
    ]  # fmt: skip
    guards.let_go()
    assert naming_others() == []
    guards.install()
    assert guards.missing() == []


def meanwhile(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """Run the second in another transaction while the first is open; return the outcomes in their order."""
    said: list[str] = []

    def other() -> None:
        try:
            with transaction.atomic():
                second()
            said.append("second done")
        except IntegrityError as error:
            said.append(f"second: {error}".partition("\n")[0])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            waiting = pool.submit(other)
            time.sleep(0.5)
        said.append("first done")
        waiting.result(30)
    return said


@pytest.mark.postgresql
@pytest.mark.usefixtures("several_connections")
def test_n_d1_an_account_is_not_deleted_while_an_entry_that_names_it_is_posted() -> None:
    place = places.voi()
    own, cash = account(place.keeper, "received"), account(place.keeper, "cash")

    def post(key: str) -> None:
        moved(place.keeper, own.pk, cash.pk, key).save(force_insert=True)

    def delete() -> None:
        execute("DELETE FROM dues_bookaccount WHERE id = %s", cash.pk)

    # The deletion waits for the entry, and is then refused.
    assert meanwhile(lambda: post("1"), delete) == [
        "first done", "second: row of dues_bookaccount is named in table dues_ledgerentry",
    ]  # fmt: skip
    # A second entry does not wait.
    assert meanwhile(lambda: post("2"), lambda: post("3")) == ["second done", "first done"]
    # Transactions with an older snapshot may not delete at all.
    with pytest.raises(IntegrityError, match="in a transaction that sees others"), transaction.atomic():
        execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        execute("DELETE FROM dues_bookaccount WHERE id = %s", cash.pk)
    # The entry waits for the deletion, and is refused because its account is missing.
    other = account(place.keeper, "unknown")
    assert meanwhile(
        lambda: execute("DELETE FROM dues_bookaccount WHERE id = %s", other.pk),
        lambda: moved(place.keeper, own.pk, other.pk, "4").save(force_insert=True),
    ) == ["first done", "second: no such row of its owner in table dues_bookaccount"]
    assert (LedgerEntry.objects.count(), BookAccount.objects.count()) == (3, 2)


@pytest.mark.postgresql
@pytest.mark.usefixtures("several_connections")
def test_n_d1_without_the_lock_an_entry_would_name_an_account_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    place = places.voi()
    own, cash = account(place.keeper, "received"), account(place.keeper, "cash")
    monkeypatch.setattr(guards, "_POSTGRES_HELD", guards._POSTGRES_HELD.replace(" FOR KEY SHARE", ""))
    guards.install()
    try:
        assert meanwhile(
            lambda: moved(place.keeper, own.pk, cash.pk).save(force_insert=True),
            lambda: execute("DELETE FROM dues_bookaccount WHERE id = %s", cash.pk),
        ) == ["second done", "first done"]
        assert not BookAccount.objects.filter(pk=LedgerEntry.objects.get().credit_id).exists()
    finally:
        monkeypatch.undo()
        guards.install()
