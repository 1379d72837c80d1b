"""Charges of admissions and years, their reversal, and the resulting standings (V-B4, V-B10, V-D1, N-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dues.ledger import book as ledger
from dues.ledger.jobs import charge_years
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.rules.leaving import check_left_paid, left_unpaid, warnings
from dues.ledger.rules.standing import arrears, standing_of
from dues.ledger.transitions import charge_new_year
from dues.payments.transitions import record_payment, reverse_payment
from dues.rates.models import Rate
from dues.rates.rules.rates import annual_term
from dues.rates.transitions import load_rates, set_rate, take_rate_back
from members.book.enums import EndReason
from members.people.models import CardMark, Member
from registry.access import Actor
from registry.enums import Role
from registry.errors import NotAllowed
from registry.integrity import run
from registry.journal.models import Event
from registry.organizations.models import Organization
from registry.transitions import change
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
FEE = Decimal("50.00")
TODAY = timezone.localdate()


def admit(place: places.Place, members: Sequence[Member], decided_on: dt.date) -> None:
    with change(by=place.chair, rule="V-A5", event="member.put_on_account") as act:
        ledger.charge_admission(act, members, organization=place.keeper, decided_on=decided_on)
        act.about(None, organization=place.keeper)


def undo(place: places.Place, members: Sequence[Member]) -> None:
    with change(by=place.chair, rule="V-A5", event="member.put_on_account") as act:
        ledger.reverse_admission(act, members, rule="V-A5")
        act.about(None, organization=place.keeper)


def pay(place: places.Place, member: Member, fee: str = "annual", year: int | None = TODAY.year, **changed: Any) -> Any:
    values = {"amount": FEE, "made_on": TODAY, "paper": "Ведомость № 1", "key": f"{fee}-{year}", **changed}
    return record_payment(member.pk, fee=fee, year=year, by=place.chair, **values)


def charges(member: Member) -> list[tuple[str, int | None, Decimal, dt.date, dt.date | None]]:
    found = LedgerEntry.objects.filter(account__member=member, kind="charge", reversed_by__isnull=True)
    return list(found.order_by("pk").values_list("fee", "year", "amount", "made_on", "due_on"))


def kept(member: Member) -> tuple[Any, ...]:
    account = DuesAccount.objects.get(member=member)
    return account.unpaid, account.unpaid_since, account.paid_to, account.advance, account.entrance_paid_on


def wrong() -> list[str]:
    return [sentence for _title, sentences in run() for sentence in sentences]


def test_v_b1_every_registered_member_has_a_personal_account() -> None:
    for place in (places.voi(), places.union()):
        member = place.put()
        assert kept(member) == (0, None, None, 0, None)
    DuesAccount.objects.filter(member=member).delete()
    assert wrong() == [f"member {member.pk} has no personal account"]


@pytest.mark.parametrize(
    ("decided_on", "annual_due"),
    [
        # Up to the due date of the year, that date (K8); after it, ten calendar days, counted from the next day (K6).
        (dt.date(TODAY.year, 1, 1), dt.date(TODAY.year, 6, 30)),
        (dt.date(TODAY.year, 6, 29), dt.date(TODAY.year, 6, 30)),
        (dt.date(TODAY.year, 6, 30), dt.date(TODAY.year, 6, 30)),
        (dt.date(TODAY.year, 7, 1), dt.date(TODAY.year, 7, 11)),
        (dt.date(TODAY.year, 12, 31), dt.date(TODAY.year + 1, 1, 10)),
    ],
)
def test_v_b4_admission_charges_entrance_and_the_whole_annual_fee_once(
    decided_on: dt.date, annual_due: dt.date
) -> None:
    place = places.voi()
    member = place.put()
    for _again in range(3):
        admit(place, [member], decided_on)
    assert charges(member) == [
        ("entrance", None, FEE, decided_on, decided_on + dt.timedelta(days=10)),
        ("annual", TODAY.year, FEE, decided_on, annual_due),
    ]


def test_v_d1_who_joined_after_a_change_of_the_rate_is_charged_by_the_new_one_with_the_year() -> None:
    place = places.voi()
    year = TODAY.year - 1
    old = place.put()
    new = place.put(snils="", ticket_number="2", surname="Новая", joined_on=dt.date(year, 7, 15))
    set_rate(
        place.head.federation, fee="annual", amount=Decimal("70.00"), valid_from=dt.date(year, 7, 1),
        paper="Постановление № 5", by=federal(place),
    )  # fmt: skip
    charge_new_year(place.keeper.pk, year, by=place.chair)
    assert [charge[2] for member in (old, new) for charge in charges(member)] == [FEE, Decimal("70.00")]
    assert charges(new) == [("annual", year, Decimal("70.00"), dt.date(year, 7, 15), dt.date(year, 7, 25))]


def test_v_d1_a_decision_of_last_year_charges_both_years() -> None:
    place = places.voi()
    member = place.put()
    decided_on = dt.date(TODAY.year - 1, 12, 28)
    admit(place, [member], decided_on)
    due = decided_on + dt.timedelta(days=10)
    assert charges(member) == [
        ("entrance", None, FEE, decided_on, due),
        ("annual", TODAY.year - 1, FEE, decided_on, due),
        ("annual", TODAY.year, FEE, dt.date(TODAY.year, 1, 1), dt.date(TODAY.year, 6, 30)),
    ]


def test_u_d1_the_union_charges_nothing() -> None:
    place = places.union()
    member = place.put()
    admit(place, [member], TODAY)
    assert charge_new_year(place.keeper.pk, TODAY.year, by=place.chair) == 0
    assert charges(member) == []


def test_v_d1_the_year_is_charged_once_to_everybody_who_was_a_member_in_it() -> None:
    place = places.voi()
    old = place.put()
    year = TODAY.year - 1
    new = place.put(snils="", ticket_number="2", surname="Новая", joined_on=dt.date(year, 7, 15))
    by = {"by": place.chair}
    assert [charge_new_year(place.keeper.pk, year - 1, **by) for _again in range(2)] == [1, 0]
    assert [charge_new_year(place.keeper.pk, year, **by) for _again in range(2)] == [2, 0]
    assert charges(old) == [
        ("annual", year - 1, FEE, dt.date(year - 1, 1, 1), dt.date(year - 1, 6, 30)),
        ("annual", year, FEE, dt.date(year, 1, 1), dt.date(year, 6, 30)),
    ]
    assert charges(new) == [("annual", year, FEE, dt.date(year, 7, 15), dt.date(year, 7, 25))]
    events = Event.objects.filter(action="dues.year_charged").order_by("number")
    assert list(events.values_list("facts", flat=True)) == [
        {"year": year - 1, "count": 1},
        {"year": year, "count": 2},
    ]
    # If the day of joining is unknown, or only its year is known, the whole year is owed by the usual due date.
    unknown = place.put(snils="", ticket_number="3", surname="Давняя", joined_on=None)
    of_year = place.put(
        snils="", ticket_number="4", surname="Прошлая", joined_on=dt.date(year, 7, 1), joined_year_only=True
    )
    assert charge_new_year(place.keeper.pk, year, **by) == 2
    whole = [("annual", year, FEE, dt.date(year, 1, 1), dt.date(year, 6, 30))]
    assert [charges(member) for member in (unknown, of_year)] == [whole, whole]
    for impossible in (TODAY.year + 1, TODAY.year - 11):
        with refused("V-D1", field="year"):
            charge_new_year(place.keeper.pk, impossible, **by)


@pytest.mark.both
def test_v_d1_the_worker_charges_the_new_year_to_those_who_were_registered_before_it() -> None:
    place = places.voi()
    before, since = place.put(), place.put(snils="", ticket_number="2", surname="Новая")
    new_year = timezone.make_aware(dt.datetime(TODAY.year, 1, 1))
    Member.objects.filter(pk=before.pk).update(created_at=new_year - dt.timedelta(seconds=1))
    Member.objects.filter(pk=since.pk).update(created_at=new_year)
    for _again in range(2):
        list(charge_years(TODAY))
    assert [len(charges(member)) for member in (before, since)] == [1, 0]
    call_command("charge_year", organization=place.keeper.code)
    call_command("charge_year")
    assert [len(charges(member)) for member in (before, since)] == [1, 1]


def test_n_d1_an_admission_that_is_undone_takes_its_charges_back_and_can_be_repeated() -> None:
    place = places.voi()
    member = place.put()
    admit(place, [member], TODAY)
    undo(place, [member])
    assert (charges(member), kept(member)) == ([], (0, None, None, 0, None))
    admit(place, [member], TODAY)
    assert [row[:3] for row in charges(member)] == [("entrance", None, FEE), ("annual", TODAY.year, FEE)]
    pay(place, member, "entrance", None)
    with refused("V-A5", match="Взносы уже уплачены"):
        undo(place, [member])
    assert [len(charges(member)), wrong()] == [2, []]


def test_v_b10_leaving_is_refused_with_the_amount_while_last_years_fee_is_unpaid() -> None:
    place = places.voi()
    member = place.put()
    for year in (TODAY.year - 1, TODAY.year):
        charge_new_year(place.keeper.pk, year, by=place.chair)
    pay(place, member, year=TODAY.year - 1, amount=Decimal("20.00"))
    with refused("V-B10") as refusal:
        check_left_paid(member, on=TODAY, reason=EndReason.DEPARTURE)
    assert f"{TODAY.year - 1} год: 30,00 руб." in str(refusal.value.message)
    for exempt in (EndReason.DEATH, EndReason.EXCLUSION):
        check_left_paid(member, on=TODAY, reason=exempt)
    pay(place, member, year=TODAY.year - 1, amount=Decimal("30.00"), key="rest")
    assert left_unpaid(member, on=TODAY, reason=EndReason.OWN_WISH) == 0
    check_left_paid(member, on=TODAY, reason=EndReason.OWN_WISH)


def test_k13_leaving_warns_of_this_years_fee_and_of_measures_in_force() -> None:
    place = places.voi()
    member = place.put()
    for year in (TODAY.year - 1, TODAY.year):
        charge_new_year(place.keeper.pk, year, by=place.chair)
    pay(place, member, year=TODAY.year, amount=Decimal("20.00"))
    lifted = {"made_on": TODAY, "lifted_on": TODAY, "lifted_text": "снято"}
    for facts in ({"made_on": TODAY}, lifted):
        CardMark.objects.create(member=member, kind="discipline", text="выговор", **facts)
    assert warnings(member, on=TODAY) == ["Действует 1 взыскание.", "Членский взнос за этот год не уплачен: 30,00 руб."]
    pay(place, member, year=TODAY.year, amount=Decimal("30.00"), key="rest")
    CardMark.objects.all().delete()
    assert warnings(member, on=TODAY) == []


@pytest.mark.parametrize(
    ("month", "day", "year", "term"),
    [
        (6, 30, 2025, (6, 30)),
        (6, None, 2025, (6, 30)),
        (6, 31, 2025, (6, 30)),
        (7, None, 2025, (7, 31)),
        (2, 29, 2023, (2, 28)),
        (2, 29, 2024, (2, 29)),
        (None, None, 2025, (12, 31)),
        (None, 15, 2025, (12, 15)),
    ],
)
def test_v_d1_the_term_of_the_annual_fee_is_a_day_that_the_month_has(
    month: int | None, day: int | None, year: int, term: tuple[int, int]
) -> None:
    assert annual_term(Rate(due_month=month, due_day=day), year) == dt.date(year, *term)


def test_v_b16_arrears_begin_the_day_after_the_term() -> None:
    place = places.voi()
    member = place.put()
    year = TODAY.year - 1
    charge_new_year(place.keeper.pk, year, by=place.chair)
    days = [dt.date(year, 6, 30), dt.date(year, 7, 1)]
    assert [arrears(member, day) for day in days] == [0, FEE]
    pay(place, member, year=year, amount=Decimal("49.99"))
    # Arrears on a past day are computed from the entries up to that day.
    assert [arrears(member, day) for day in (*days, TODAY)] == [0, FEE, Decimal("0.01")]


def test_v_d1_a_payment_covers_what_it_is_for_then_the_oldest_then_stands_as_an_advance() -> None:
    place = places.voi()
    member = place.put()
    for year in (TODAY.year - 1, TODAY.year):
        charge_new_year(place.keeper.pk, year, by=place.chair)
    pay(place, member, year=TODAY.year)
    assert kept(member) == (FEE, dt.date(TODAY.year - 1, 6, 30), None, 0, None)
    pay(place, member, year=TODAY.year - 1, amount=Decimal("60.50"))
    assert kept(member) == (0, None, TODAY.year, Decimal("10.50"), None)
    pay(place, member, "voluntary", None, amount=Decimal("500"))
    pay(place, member, "entrance", None, made_on=dt.date(2019, 4, 1))
    assert kept(member) == (0, None, TODAY.year, Decimal("10.50"), dt.date(2019, 4, 1))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": Decimal("0")}, "amount"),
        ({"amount": Decimal("-50")}, "amount"),
        ({"amount": Decimal("0.005")}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal("1000000.01")}, "amount"),
        ({"made_on": TODAY + dt.timedelta(days=1)}, "made_on"),
        ({"made_on": dt.date(1960, 1, 1)}, "made_on"),
        ({"made_on": dt.date(2018, 12, 31)}, "made_on"),
        ({"paper": "  "}, "paper"),
        ({"fee": "percent"}, "purpose"),
        ({"year": 1990}, "purpose"),
        ({"fee": "property", "year": None}, "purpose"),
    ],
)
def test_v_d1_an_invalid_payment_is_refused_and_nothing_is_written(changed: dict[str, Any], field: str) -> None:
    place = places.voi()
    member = place.put()
    with refused("V-D1") as refusal:
        pay(place, member, **changed)
    assert (refusal.value.field, LedgerEntry.objects.count()) == (field, 0)


def test_v_d1_a_payment_for_a_year_before_joining_is_refused() -> None:
    place = places.voi()
    member = place.put(joined_on=TODAY)
    with refused("V-D1", field="purpose") as refusal:
        pay(place, member, year=TODAY.year - 1)
    assert (refusal.value.field, LedgerEntry.objects.count()) == ("purpose", 0)
    pay(place, member)
    assert LedgerEntry.objects.get().year == TODAY.year


def test_v_b4_paying_more_than_the_entrance_fee_is_refused() -> None:
    place = places.voi()
    member = place.put()
    admit(place, [member], TODAY)
    with refused("V-B4", field="amount"):
        pay(place, member, "entrance", None, amount=FEE + Decimal("0.01"), made_on=TODAY)
    pay(place, member, "entrance", None, amount=FEE, made_on=TODAY)
    assert LedgerEntry.objects.get(kind="payment").amount == FEE


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({}, "N-D2"),
        ({"paper": "Другая ведомость"}, "N-D2"),
        ({"amount": Decimal("500.00")}, "V-D1"),
        ({"made_on": TODAY - dt.timedelta(days=1)}, ""),
        ({"fee": "voluntary", "year": None, "amount": Decimal("500.00")}, ""),
    ],
)
def test_n_d2_a_suspicious_payment_needs_confirmation(changed: dict[str, Any], rule: str) -> None:
    place = places.voi()
    member = place.put()
    charge_new_year(place.keeper.pk, TODAY.year, by=place.chair)
    first = pay(place, member, amount=Decimal("20.00")).entry
    reverse_payment(first.pk, reason="Ошибка", by=place.chair)
    # A payment equal to a reversed one is not a repetition.
    pay(place, member, key="second", confirmed=False, amount=Decimal("20.00"))
    given: dict[str, Any] = {"key": "again", "amount": Decimal("20.00"), **changed}
    if rule:
        with refused(rule, field="confirmed"):
            pay(place, member, **given, confirmed=False)
    else:
        pay(place, member, **given, confirmed=False)
    pay(place, member, **{**given, "key": "sure"}, confirmed=True)


def test_n_d2_a_form_sent_again_is_recorded_once_and_says_so() -> None:
    place = places.voi()
    member = place.put()
    answers = [pay(place, member) for _again in range(3)]
    assert [answer.before for answer in answers] == [False, True, True]
    assert {answer.entry.pk for answer in answers} == {LedgerEntry.objects.get().pk}
    assert Event.objects.filter(action="dues.paid").count() == 1


def test_n_d1_a_reversal_names_its_entry_and_is_made_once() -> None:
    place = places.voi()
    member = place.put()
    charge_new_year(place.keeper.pk, TODAY.year, by=place.chair)
    entry = pay(place, member).entry
    reversal = reverse_payment(entry.pk, reason="За другого человека", by=place.chair)
    assert (reversal.reverses_id, reversal.amount, reversal.fee, reversal.year, reversal.paper) == (
        entry.pk,
        FEE,
        "annual",
        TODAY.year,
        "За другого человека",
    )
    assert kept(member)[:2] == (FEE, dt.date(TODAY.year, 6, 30))
    charge = LedgerEntry.objects.get(kind="charge")
    for pk, words in (
        (entry.pk, "уже отменена"),
        (reversal.pk, "только внесённую"),
        (charge.pk, "только внесённую"),
    ):
        with refused("N-D1", match=words):
            reverse_payment(pk, reason="Ещё раз", by=place.chair)
    again = pay(place, member, key="again").entry
    with refused("N-D1", field="reason"):
        reverse_payment(again.pk, reason=" ", by=place.chair)
    assert (LedgerEntry.objects.count(), wrong()) == (4, [])


@pytest.mark.both
def test_n_h3_payments_of_an_organisation_that_has_ended_are_reversed_where_its_members_are() -> None:
    place = places.voi()
    neighbour = trees.below(place.region, "local", "Речная МО ВОИ")
    member = place.put()
    entry = pay(place, member).entry
    Member.objects.filter(pk=member.pk).update(organization=neighbour, unit=neighbour)
    there = trees.officer(neighbour)
    with refused("N-D1", match="другая организация"):
        reverse_payment(entry.pk, reason="Ошибка", by=there)
    Organization.objects.filter(pk=place.keeper.pk).update(status="ended", ended_on=TODAY)
    assert reverse_payment(entry.pk, reason="Ошибка", by=there).organization_id == place.keeper.pk


def test_n_h1_only_those_who_collect_dues_there_record_them() -> None:
    place, other = places.voi(), places.voi()
    member = place.put(cell=place.cells[0])
    cell_chair, next_chair = trees.officer(place.cells[0]), trees.officer(place.cells[1])
    values: dict[str, Any] = {
        "amount": FEE,
        "made_on": TODAY,
        "paper": "Ведомость № 1",
        "fee": "voluntary",
        "year": None,
    }
    for actor in (place.region_chair, place.reviewer):
        with pytest.raises(NotAllowed):
            record_payment(member.pk, key="1", by=actor, **values)
    for actor in (other.chair, next_chair, trees.officer(place.keeper, Role.COLLECTOR)):
        with pytest.raises(Member.DoesNotExist):
            record_payment(member.pk, key="1", by=actor, **values)
    entry = record_payment(member.pk, key="1", by=cell_chair, **values).entry
    with pytest.raises(LedgerEntry.DoesNotExist):
        reverse_payment(entry.pk, reason="Ошибка", by=next_chair)
    assert reverse_payment(entry.pk, reason="Ошибка", by=place.chair).organization == place.keeper


@pytest.mark.both
def test_n_d1_the_database_refuses_changes_of_the_ledger() -> None:
    place = places.voi()
    member = place.put()
    entry = pay(place, member).entry
    table = LedgerEntry._meta.db_table
    for statement in (f"UPDATE {table} SET amount = 1", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(ProtectedError):
        DuesAccount.objects.get(member=member).delete()
    assert LedgerEntry.objects.get() == entry


@pytest.mark.both
@pytest.mark.parametrize("model", [LedgerEntry, Event])
def test_n_d1_a_row_of_the_ledger_or_the_journal_is_not_replaced(model: type[LedgerEntry | Event]) -> None:
    place = places.voi()
    pay(place, place.put())
    table = model._meta.db_table
    before = list(model.objects.order_by("pk").values())
    last = model.objects.order_by("pk").last()
    names = [field.column for field in model._meta.local_concrete_fields]
    own, new, other = str(last.pk), str(last.pk + 1000), {"key": "'other'", "number": "number + 1000"}
    # The row's id and other unique key; that key with a new id; the id with another key.
    for pk, changed in ((own, {}), (new, {}), (own, other)):
        columns = ", ".join(({"id": pk} | changed).get(name, name) for name in names)
        values = f"({', '.join(names)}) SELECT {columns} FROM {table} WHERE id = {last.pk}"
        verbs = (
            ("INSERT OR REPLACE INTO", "REPLACE INTO", "INSERT OR IGNORE INTO", "INSERT INTO")
            if connection.vendor == "sqlite"
            else ("INSERT INTO",)
        )
        updates = "ON CONFLICT (id) DO UPDATE SET id = excluded.id" if pk == own else ""
        upsert = f"INSERT INTO {table} {values.replace('WHERE', 'WHERE true AND')} {updates}"
        for statement in [*(f"{verb} {table} {values}" for verb in verbs), upsert]:
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    if connection.vendor == "postgresql":
        connection.check_constraints()  # otherwise PostgreSQL refuses TRUNCATE because of pending checks
        for statement in (f"TRUNCATE {table} CASCADE", f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    assert list(model.objects.order_by("pk").values()) == before


def test_n_d1_the_check_finds_a_standing_that_differs_from_the_entries() -> None:
    place = places.voi()
    member = place.put()
    charge_new_year(place.keeper.pk, TODAY.year, by=place.chair)
    DuesAccount.objects.filter(member=member).update(unpaid=Decimal("49.99"))
    account = DuesAccount.objects.get(member=member)
    assert wrong() == [f"account {account.pk}: unpaid not as the entries say"]


def test_u_5_a_list_is_undone_with_the_charges_made_since() -> None:
    place = places.voi()
    member = place.put()
    charge_new_year(place.keeper.pk, TODAY.year, by=place.chair)
    undo(place, [member])
    assert standing_of(member).unpaid == 0


def federal(place: places.Place, role: str = Role.ADMINISTRATOR) -> Actor:
    return trees.officer(place.head, role, "Федорова")


def test_v_d1_a_federation_begins_with_its_charters_rates_once() -> None:
    voi, union = places.voi(), places.union()
    assert len(load_rates(voi.head.federation, by=federal(voi))) == 2
    assert load_rates(voi.head.federation, by=federal(voi)) == []
    assert len(load_rates(union.head.federation, by=federal(union))) == 1
    fields = ("fee", "amount", "valid_from", "due_month", "due_day", "days_after_decision")
    assert list(Rate.objects.filter(federation=voi.head.federation).order_by("fee").values_list(*fields)) == [
        ("annual", FEE, dt.date(2020, 4, 27), 6, 30, 10),
        ("entrance", FEE, dt.date(2020, 4, 27), None, None, 10),
    ]


def test_v_d1_a_new_rate_applies_from_its_day_and_leaves_existing_charges() -> None:
    place = places.voi()
    member = place.put()
    federation, by = place.head.federation, federal(place)
    charge_new_year(place.keeper.pk, TODAY.year, by=place.chair)
    new = {"fee": "annual", "amount": Decimal("75.50"), "paper": "Постановление съезда № 3"}
    for day in (dt.date(2020, 4, 27), dt.date(TODAY.year, 1, 1)):
        with refused("V-D1", field="valid_from"):
            set_rate(federation, valid_from=day, by=by, **new)
    rate = set_rate(federation, valid_from=dt.date(TODAY.year, 1, 2), by=by, **new)
    assert (rate.due_month, rate.due_day, rate.days_after_decision) == (6, 30, 10)
    assert Rate.history.filter(id=rate.pk).values_list("history_change_reason", "history_user").get() == (
        "V-D1",
        by.account.pk,
    )
    later = place.put(snils="", ticket_number="2", surname="Новая")
    admit(place, [later], dt.date(TODAY.year, 3, 1))
    assert [row[2] for row in (*charges(member), *charges(later))] == [FEE, FEE, Decimal("75.50")]
    with refused("V-D1", match="уже начислены"):
        take_rate_back(rate.pk, federation=federation, by=by)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"fee": "percent"}, "fee"),
        ({"fee": "voluntary"}, "fee"),
        ({"amount": Decimal("0")}, "amount"),
        ({"amount": Decimal("0.001")}, "amount"),
        ({"paper": " "}, "paper"),
        ({"valid_from": dt.date(202, 1, 1)}, "valid_from"),
    ],
)
def test_v_d1_an_invalid_rate_is_refused(changed: dict[str, Any], field: str) -> None:
    place = places.voi()
    values = {"fee": "annual", "amount": FEE, "paper": "Съезд", "valid_from": dt.date(TODAY.year + 4, 1, 1), **changed}
    with refused("V-D1", field=field):
        set_rate(place.head.federation, by=federal(place), **values)


@pytest.mark.both
def test_v_d1_only_the_federal_organisation_sets_rates() -> None:
    place = places.voi()
    values: dict[str, Any] = {
        "fee": "annual",
        "amount": FEE,
        "paper": "Съезд",
        "valid_from": dt.date(TODAY.year + 4, 1, 1),
    }
    others = [place.chair, place.region_chair, *(federal(place, role) for role in (Role.REGISTRAR, Role.REVIEWER))]
    for actor in others:
        with pytest.raises(NotAllowed):
            set_rate(place.head.federation, by=actor, **values)
    rate = set_rate(place.head.federation, by=federal(place, Role.CHAIR), **values)
    take_rate_back(rate.pk, federation=place.head.federation, by=federal(place))
    assert list(Rate.history.filter(id=rate.pk).order_by("pk").values_list("history_type", flat=True)) == ["+", "-"]
    assert Rate.objects.filter(federation=place.head.federation).count() == 2


@pytest.mark.both
def test_v_b4_many_admitted_at_once_are_charged_in_few_queries() -> None:
    place = places.voi()
    members = trees.members(place.keeper, 150)
    with CaptureQueriesContext(connection) as asked:
        admit(place, members, TODAY)
    # SQLite inserts about sixty rows in a statement.
    assert len(asked) <= 28
