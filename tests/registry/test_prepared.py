"""Prepared queries return the same as the queryset, and build their SQL only once (N-H2)."""

import datetime as dt
from threading import Thread

import pytest
from django.db import connection, models
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from registry.accounts.models import Account, Appointment
from registry.enums import Role
from registry.prepared import Given, Prepared
from tests.clock import at
from tests.members import places

from . import trees


def test_rows_are_those_of_the_queryset_for_each_value(db: None) -> None:
    place = places.voi()
    head = trees.officer(place.head, Role.REGISTRAR)
    prepared = Prepared(
        lambda: Appointment.objects.filter(account=Given("account", models.BigIntegerField())).select_related(
            "organization__federation"
        )
    )
    for actor in (place.chair, head):
        account = actor.account
        assert account is not None
        with CaptureQueriesContext(connection) as queries:
            found = prepared.rows(account=account.pk)
            assert [one.organization.federation for one in found] == [place.keeper.federation]
        assert found == [*Appointment.objects.filter(account=account)]
        assert len(queries) == 1
    assert prepared.rows(account=0) == []


def test_the_statement_is_built_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    built = []
    as_sql = SQLCompiler.as_sql
    monkeypatch.setattr(
        SQLCompiler, "as_sql", lambda self, *args, **kw: built.append(self) or as_sql(self, *args, **kw)
    )
    prepared = Prepared(lambda: Account.objects.filter(login=Given("login", models.CharField())))
    assert [prepared.rows(login=login) for login in ("a", "b", "c")] == [[], [], []]
    assert len(built) == 1


def test_a_day_may_be_some_days_later() -> None:
    given = Given("today", models.DateField(), days=3)
    assert given.put_in({"today": dt.date(2040, 2, 27)}) in {"2040-03-01", dt.date(2040, 3, 1)}


@pytest.mark.both
def test_threads_use_their_own_connection(several_connections: None) -> None:
    """Threads run a statement built by another thread on their own connections."""
    account = places.voi().chair.account
    assert account is not None
    found: list[list[Appointment]] = [account.current_appointments()]

    def run() -> None:
        try:
            found.append(account.current_appointments())
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    assert found[0] != []
    assert found[1] == found[0]


@pytest.mark.parametrize(
    ("day", "current"), [("2040-02-28", 0), ("2040-02-29", 1), ("2040-03-31", 1), ("2040-04-01", 0)]
)
def test_n_h2_appointments_are_current_from_the_first_day_to_the_last(db: None, day: str, current: int) -> None:
    actor = trees.officer(places.voi().head, Role.REGISTRAR)
    assert actor.account is not None
    Appointment.objects.filter(pk=actor.appointment.pk).update(
        starts_on=dt.date(2040, 2, 29), ends_on=dt.date(2040, 3, 31)
    )
    with at(day):
        found = actor.account.current_appointments()
        assert len(found) == current
        assert found == [*actor.account.appointments.current()]
