"""Closed periods of the books, and the two sides of every entry (N-D1, ADR 15)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from dues.ledger.models import BookAccount, ClosedBooks, DuesAccount, LedgerEntry
from dues.ledger.rules.closing import check_can_be_closed, check_open, first_open_day, next_to_close
from dues.ledger.rules.standing import standing_of
from dues.ledger.transitions import charge_new_year, close_books, reopen_books
from dues.payments.transitions import Paid, record_payments, reverse_payment
from registry.fields import KopecksField
from registry.organizations.models import Organization
from registry.transitions import Act
from tests.members import places
from tests.refusals import refused

from .test_ledger import admit, pay, undo, wrong

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
LAST = TODAY.replace(day=1) - dt.timedelta(days=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def sides(entry: LedgerEntry) -> tuple[str, str]:
    return tuple(f"{a.kind} {a.fee} {a.year or ''}".strip() for a in (entry.debit, entry.credit))  # type: ignore[return-value]


def test_n_d1_every_kind_of_entry_has_its_two_accounts(place: places.Place) -> None:
    member = place.put()
    admit(place, [member], TODAY)
    paid, gift = pay(place, member).entry, pay(place, member, "voluntary", None).entry
    back = reverse_payment(paid.pk, reason="Ошибка", by=place.chair)
    kinds = LedgerEntry.objects.filter(kind="charge").order_by("fee")
    year = TODAY.year
    assert [sides(entry) for entry in (*kinds, paid, gift, back)] == [
        ("members", f"income annual {year}"),
        ("members", "income entrance"),
        ("received", "members"),
        ("received", "income voluntary"),
        ("members", "received"),
    ]
    assert (BookAccount.objects.count(), wrong()) == (5, [])


def test_n_d1_an_account_of_the_books_is_opened_once(place: places.Place) -> None:
    for number in range(2):
        admit(place, [place.put(snils="", ticket_number=str(number), surname=f"Член{'а' * number}")], TODAY)
    assert BookAccount.objects.filter(organization=place.keeper).count() == 3


def test_n_d1_an_entry_on_wrong_accounts_is_found(place: places.Place) -> None:
    member = place.put()
    admit(place, [member], TODAY)
    entry = LedgerEntry.objects.get(fee="entrance")
    annual = BookAccount.objects.get(fee="annual")
    entry.pk, entry.key, entry.credit = None, "astray", annual
    entry.save(force_insert=True)
    assert f"entry {entry.pk} is booked on the wrong accounts" in wrong()


def test_n_d1_sums_are_exact_and_a_part_of_a_kopeck_is_none() -> None:
    field = KopecksField()
    assert [field.get_prep_value(Decimal(text)) for text in ("0.01", "1234567.89", "50", "-0.10")] == [
        1,
        123456789,
        5000,
        -10,
    ]
    assert [str(field.from_db_value(kopecks, None, None)) for kopecks in (1, 5000)] == ["0.01", "50.00"]
    for text in ("0.001", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="is no sum of roubles and kopecks"):
            field.get_prep_value(Decimal(text))


@pytest.mark.parametrize("until", [LAST - DAY, LAST.replace(day=1), LAST.replace(day=15)])
def test_n_d1_only_whole_months_are_closed(place: places.Place, until: dt.date) -> None:
    with refused("N-D1", match="целыми месяцами"):
        check_can_be_closed(place.keeper, until, TODAY)


def test_n_d1_a_month_is_closed_on_the_day_after_its_end(place: places.Place) -> None:
    check_can_be_closed(place.keeper, dt.date(2019, 2, 28), dt.date(2019, 3, 1))
    with refused("N-D1", match="ещё не закончился"):
        check_can_be_closed(place.keeper, dt.date(2019, 2, 28), dt.date(2019, 2, 28))
    with refused("N-D1", match="ещё не закончился"):
        check_can_be_closed(place.keeper, dt.date(2019, 3, 31), dt.date(2019, 3, 30))


def test_n_d1_books_are_closed_within_the_days_that_papers_have(place: places.Place) -> None:
    with refused("N-D1", match="ещё не закончился"):
        check_can_be_closed(place.keeper, dt.date.max, TODAY)
    with refused("N-D1", match="целыми месяцами"):
        check_can_be_closed(place.keeper, dt.date(1899, 12, 31), TODAY)
    check_can_be_closed(place.keeper, dt.date(1900, 1, 31), TODAY)


@pytest.mark.both
def test_n_d1_a_payment_locks_the_books_that_it_is_written_in(
    place: places.Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing takes the same lock, so no payment is recorded in a month that is being closed."""
    member, cell = place.put(cell=place.cells[0].pk), place.cells[0]
    locked: list[list[int]] = []
    lock_many = Act.lock_many

    def spy(act: Act, rows: Any) -> Any:
        found = lock_many(act, rows)
        if rows.model is Organization:
            locked.append([row.pk for row in found])
        return found

    monkeypatch.setattr(Act, "lock_many", spy)
    pay(place, member)
    paid = Paid(member.pk, "voluntary", None, Decimal(50), TODAY, "Ведомость", key="2")
    record_payments(cell.pk, [paid], by=place.chair)
    assert locked == [[place.keeper.pk], sorted([place.keeper.pk, cell.pk])]


def test_n_d1_the_last_closed_day_is_closed_and_the_next_is_open() -> None:
    check_open(LAST + DAY, LAST)
    check_open(LAST, None)
    with refused("N-D1", match="Учёт закрыт по"):
        check_open(LAST, LAST)
    assert [first_open_day(LAST, LAST), first_open_day(TODAY, LAST - DAY), first_open_day(LAST, None)] == [
        LAST + DAY,
        TODAY,
        LAST,
    ]


def test_n_d1_months_are_closed_in_turn_and_the_last_is_opened_again(place: places.Place) -> None:
    before = LAST.replace(day=1) - DAY
    assert next_to_close(place.keeper, TODAY) == LAST
    close_books(place.keeper.pk, before, by=place.chair)
    close_books(place.keeper.pk, LAST, by=place.chair)
    assert next_to_close(place.keeper, TODAY) is None
    with refused("N-D1", match="Учёт уже закрыт"):
        close_books(place.keeper.pk, LAST, by=place.chair)
    with refused("N-D1", match="Укажите, почему"):
        reopen_books(place.keeper.pk, LAST, reason=" ", by=place.chair)
    reopen_books(place.keeper.pk, LAST, reason="Нашлась ведомость", by=place.chair)
    with refused("N-D1", match=f"Этот месяц уже открыт: сейчас учёт закрыт по {before:%d.%m.%Y}"):
        reopen_books(place.keeper.pk, LAST, reason="Нашлась ведомость", by=place.chair)
    books = ClosedBooks.objects.get(organization=place.keeper)
    assert (books.until, books.reason) == (before, "Нашлась ведомость")
    assert list(books.history.order_by("pk").values_list("until", "reason")) == [
        (before, ""), (LAST, ""), (before, "Нашлась ведомость"),
    ]  # fmt: skip
    ClosedBooks.objects.all().delete()
    with refused("N-D1", match="Закрытых периодов нет"):
        reopen_books(place.keeper.pk, before, reason="Ошибка", by=place.chair)


def test_n_d1_nothing_is_paid_into_a_closed_month(place: places.Place) -> None:
    member = place.put()
    admit(place, [member], TODAY)
    close_books(place.keeper.pk, LAST, by=place.chair)
    with refused("N-D1", match="Учёт закрыт по"):
        pay(place, member, made_on=LAST)
    late: dict[str, Any] = {"fee": "annual", "year": TODAY.year, "amount": Decimal(50), "paper": "Ведомость"}
    with refused("N-D1", match="Учёт закрыт по"):
        record_payments(place.keeper.pk, [Paid(member.pk, made_on=LAST, key="1", **late)], by=place.chair)
    assert pay(place, member, made_on=LAST + DAY).entry.made_on == LAST + DAY


def test_n_d1_late_charges_are_dated_after_the_closed_month(place: places.Place) -> None:
    old, new = place.put(), place.put(snils="", ticket_number="2", surname="Новая")
    close_books(place.keeper.pk, LAST, by=place.chair)
    charge_new_year(place.keeper.pk, LAST.year, by=place.chair)
    admit(place, [new], LAST)
    assert set(LedgerEntry.objects.values_list("made_on", flat=True)) == {LAST + DAY}
    assert standing_of(old).open[0].charge.due_on == dt.date(LAST.year, 6, 30)


@pytest.mark.both
def test_n_d1_the_database_itself_refuses_entries_of_a_closed_month(place: places.Place) -> None:
    member = place.put()
    admit(place, [member], TODAY)
    close_books(place.keeper.pk, LAST, by=place.chair)
    entry = LedgerEntry.objects.get(fee="entrance")
    entry.pk, entry.key = None, "late"
    entry.made_on = LAST
    with pytest.raises(DatabaseError, match="closed period in table dues_ledgerentry"), transaction.atomic():
        entry.save(force_insert=True)
    # PostgreSQL checks all rows of a statement at once; one row in a closed period is enough.
    in_time = LedgerEntry.objects.get(fee="entrance")
    in_time.pk, in_time.key = None, "in time"
    with pytest.raises(DatabaseError, match="closed period in table dues_ledgerentry"), transaction.atomic():
        LedgerEntry.objects.bulk_create([in_time, entry])
    assert LedgerEntry.objects.filter(fee="entrance").count() == 1
    in_time.pk, entry.pk, entry.made_on = None, None, LAST + DAY
    LedgerEntry.objects.bulk_create([in_time, entry])
    assert LedgerEntry.objects.filter(fee="entrance").count() == 3


def test_v_d1_a_year_charged_by_statements_gives_the_standing_that_the_entries_say(place: places.Place) -> None:
    """Members in arrears, paid in advance, with a reversed charge, and paid for a later year."""
    year = TODAY.year - 1
    people = [
        place.put(snils="", ticket_number=str(n), surname=f"Член{'а' * n}", joined_on=dt.date(2015, 1, 1))
        for n in range(4)
    ]
    owes, ahead, undone, later = people
    admit(place, [undone], dt.date(year, 3, 1))
    undo(place, [undone])
    pay(place, ahead, year=year)
    charge_new_year(place.keeper.pk, year - 1, by=place.chair)
    charge_new_year(place.keeper.pk, TODAY.year, by=place.chair)
    pay(place, later)
    pay(place, later, year=year - 1)
    assert charge_new_year(place.keeper.pk, year, by=place.chair) == 4
    assert charge_new_year(place.keeper.pk, year, by=place.chair) == 0
    kept = DuesAccount.objects.all()
    assert {account.member_id: (account.unpaid, account.paid_to, account.advance) for account in kept} == {
        owes.pk: (Decimal(150), None, 0),
        ahead.pk: (Decimal(100), None, 0),
        undone.pk: (Decimal(150), None, 0),
        later.pk: (Decimal(50), year - 1, 0),
    }
    assert wrong() == []
