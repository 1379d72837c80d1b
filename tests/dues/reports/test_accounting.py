"""Receipts and payments for the accountant: sums of the ledger, no names of members, readable files (N-D1)."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from dues.bank.loading import load_file
from dues.bank.models import BankLine
from dues.bank.reading.client_bank import read
from dues.bank.reading.statement import StatementRefused
from dues.bank.transitions.accounts import add_account
from dues.bank.transitions.unloading import unload_statement
from dues.ledger.models import LedgerEntry
from dues.reports.exports.client_bank import client_bank
from dues.reports.exports.operations import OPERATIONS, accounting_book
from dues.reports.queries.operations import money_entries, operations, turnovers
from dues.reports.transitions import record_accounting
from registry.access import Actor
from registry.enums import Role
from registry.journal.models import Event
from registry.organizations.models import Organization
from tests.documents.papers.dues_papers import paid_out, received
from tests.dues.bank.world import OWN, Doc, bank, statement
from tests.dues.bank.world import paid_out as paid_by_bank
from tests.dues.collecting.world import FEE, TODAY, YEAR
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

from .world import END, NEW_YEAR, Reported, reported

pytestmark = pytest.mark.django_db
#: Another account of the organisation, with the check digit of its bank.
SECOND = "40703810200000000044"
COLUMNS = [heading for heading, _width in OPERATIONS]


@pytest.fixture
def w() -> Reported:
    made = reported()
    register = made.collecting.order.registers.get()
    received(made.collecting, register, FEE, note="не хватает")
    paid_out(made.collecting, Decimal("12.34"))
    return made


def rows(data: bytes, page: str = "Операции") -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(data))[page].iter_rows(values_only=True))


def test_n_d1_the_lines_come_to_the_turnovers_of_the_ledger(w: Reported) -> None:
    found = operations(w.keeper, NEW_YEAR, END, w.chair)
    entries = money_entries(w.keeper, NEW_YEAR, END, w.chair).select_related("debit", "credit", "reverses")
    signed = sum((-e.amount if e.reverses else e.amount for e in entries), Decimal(0))
    assert (len(found) < entries.count(), sum(one.amount for one in found)) == (True, signed)
    sums = {(t.side.account, t.side.analytics): (t.debit, t.credit) for t in turnovers(found)}
    order = f"Сборщик взносов, распоряжение № 3 от {TODAY:%d.%m.%Y}"
    assert sums == {
        ("26", "Расходы из кассы"): (Decimal("12.34"), 0),
        ("50.01", "Касса"): (Decimal("50.00"), Decimal("12.34")),
        ("57.01", "Уплата по документам"): (Decimal("650.01"), 0),
        ("71.01", order): (Decimal("75.00"), Decimal("50.00")),
        ("76.06", "Расчёты с членами по взносам"): (0, Decimal("225.01")),
        ("86.02", "Членские взносы"): (0, Decimal("500.00")),
    }


def test_n_d1_a_reversal_is_below_zero_on_the_sides_of_what_it_reverses(w: Reported) -> None:
    (one,) = [one for one in operations(w.keeper, NEW_YEAR, END, w.chair) if one.reversal]
    assert (one.amount, one.debit.account, one.credit.account, one.fee, one.year) == (
        Decimal("-40.00"), "57.01", "76.06", "Ежегодный членский взнос", YEAR,
    )  # fmt: skip


def test_v_d6_cash_orders_have_their_numbers_days_and_names_and_nothing_else_names_a_person(w: Reported) -> None:
    data = accounting_book(operations(w.keeper, NEW_YEAR, END, w.chair), w.keeper, NEW_YEAR, END)
    head, *lines = rows(data)
    assert list(head) == COLUMNS
    by_kind = {line[1]: dict(zip(COLUMNS, line, strict=True)) for line in lines}
    cash = by_kind["Приходный кассовый ордер"]
    assert (cash["Номер документа"], cash["Контрагент"], cash["Сумма"]) == ("1", "Смирновой Ольги Петровны", 50)
    assert (cash["Счёт Дт"], cash["Счёт Кт"], cash["Дата документа"].date()) == ("50.01", "71.01", TODAY)
    spent = by_kind["Расходный кассовый ордер"]
    assert (spent["Номер документа"], spent["Контрагент"], spent["Сумма"]) == ("1", "Дубову Петру Николаевичу", 12.34)
    register = by_kind["Ведомость по уплате взносов"]
    assert (register["Номер документа"], register["Сумма"], register["Контрагент"]) == ("1", 75, None)
    said = " ".join(
        str(value) for page in ("Операции", "Обороты", "О файле") for row in rows(data, page) for value in row
    )
    assert [name for name in ("Алексеева", "Одинцова", "Ушедшая", "Закрытова", "Борисова") if name in said] == []
    assert len({line[-1] for line in lines}) == len(lines)


def test_n_d1_days_are_days_and_sums_are_numbers_in_the_workbook(w: Reported) -> None:
    """For the import into 1C, accounts, numbers and INNs are texts, so that «50.10» and leading zeros are kept."""
    data = accounting_book(operations(w.keeper, NEW_YEAR, END, w.chair), w.keeper, NEW_YEAR, END)
    book = openpyxl.load_workbook(io.BytesIO(data))
    kinds: dict[str, set[str]] = {name: set() for name in COLUMNS}
    for row in book["Операции"].iter_rows(min_row=2):
        for name, cell in zip(COLUMNS, row, strict=True):
            if cell.value is not None:
                kinds[name].add(cell.data_type + (f" {cell.number_format}" if cell.data_type != "s" else ""))
    texts = ("Вид документа", "Номер документа", "Счёт Дт", "Аналитика Дт", "Счёт Кт", "Аналитика Кт", "Контрагент",
             "Вид взноса", "Код операции", "Сторно")  # fmt: skip
    assert {name: kinds[name] for name in texts} == {name: {"s"} for name in texts}
    assert {name: kinds[name] for name in ("Дата", "Дата документа")} == {
        "Дата": {"d dd.mm.yyyy"}, "Дата документа": {"d dd.mm.yyyy"},
    }  # fmt: skip
    assert (kinds["Сумма"], kinds["Год взноса"]) == ({"n #,##0.00"}, {"n General"})
    sums = [cell.value for row in book["Обороты"].iter_rows(min_row=2, min_col=3) for cell in row]
    assert {type(value) for value in sums} <= {int, float}
    assert sum(Decimal(str(value)) for value in sums[::2]) == sum(Decimal(str(value)) for value in sums[1::2])
    about = {row[0].value: row[1] for row in book["О файле"].iter_rows(min_row=2)}
    assert [about[name].value.date() for name in ("Первый день", "Последний день")] == [NEW_YEAR, END]


def test_n_d1_charges_and_opening_balances_are_neither_receipts_nor_payments(w: Reported) -> None:
    found = money_entries(w.keeper, dt.date(2000, 1, 1), END, w.chair)
    assert set(found.values_list("kind", flat=True)) == {"payment", "move", "reversal"}
    assert not found.filter(key__startswith="opening:").exists()
    assert LedgerEntry.objects.filter(key__startswith="opening:", kind="payment").exists()


def test_n_d1_the_period_has_both_of_its_days(w: Reported) -> None:
    early = dt.date(YEAR - 1, 12, 31)
    assert [one.amount for one in operations(w.keeper, early, early, w.chair)] == [Decimal("7.00")]
    assert operations(w.keeper, early - dt.timedelta(1), early - dt.timedelta(1), w.chair) == []


def test_v_d4_the_bank_format_is_read_back_and_names_no_person() -> None:
    b = bank()
    school = Doc("ООО ШКОЛА", "Взносы за Иванову А.А.", "300.00", "7", "40702810000000000099", inn="7107000000")
    yesterday = TODAY - dt.timedelta(1)
    b.load(Doc(day=yesterday, amount="11.00"), b.named(), school, paid_by_bank())
    data = client_bank(b.keeper, TODAY, TODAY, b.chair)
    found = read(data, [OWN])
    assert [(d.number, d.amount, d.incoming, d.day, d.other_name, d.other_inn) for d in found.documents] == [
        ("1", 50, True, TODAY, "Физическое лицо", ""),
        ("7", 300, True, TODAY, "ООО ШКОЛА", "7107000000"),
        ("9", 120, False, TODAY, "Физическое лицо", ""),
    ]
    assert found.closing == {OWN: Decimal("241.00")}
    assert (found.first_day, found.last_day) == (TODAY, TODAY)
    text = data.decode("cp1251")
    assert [word for word in ("Иванов", "АЛЕКСЕЕВА", b.members[0].surname) if word in text] == []
    purposes = [d.purpose for d in found.documents]
    codes = BankLine.objects.filter(made_on=TODAY).order_by("pk").values_list("entry", flat=True)
    assert [purpose.rpartition("VZ-")[2] for purpose in purposes] == [str(pk) for pk in codes]
    in_book = {one.code: one.amount for one in operations(b.keeper, TODAY, TODAY, b.chair)}
    assert [in_book[f"VZ-{pk}"] for pk in codes] == [50, 300, 120]


def test_v_d4_the_strict_reader_finds_nothing_odd_in_the_file_of_two_accounts() -> None:
    """Every document has its account, day and control totals; a file that was undone is excluded."""
    b = bank()
    add_account(b.keeper.pk, number=SECOND, bik="047003999", bank="Банк", since=NEW_YEAR, by=b.chair)
    b.load(b.named(), Doc(number="2", amount="0.01"), paid_by_bank("10.40"))
    load_file(b.keeper, statement(Doc(number="3", amount="1000000.99", payee=SECOND), account=SECOND), by=b.chair)
    mistaken = b.load(Doc(number="4"))
    unload_statement(mistaken.statement.pk, reason="Не те столбцы", by=b.chair)
    data = client_bank(b.keeper, TODAY, TODAY, b.chair)
    assert data.decode("cp1251").encode("cp1251") == data
    assert {line[-1:] for line in data.split(b"\n")[:-1]} == {b"\r"}
    found = read(data, [OWN, SECOND])
    assert [(d.number, d.own_account, d.amount, d.incoming) for d in found.documents] == [
        ("3", SECOND, Decimal("1000000.99"), True), ("1", OWN, 50, True), ("2", OWN, Decimal("0.01"), True),
        ("9", OWN, Decimal("10.40"), False),
    ]  # fmt: skip
    assert {remark for d in found.documents for remark in d.remarks} == set()
    assert found.closing == {OWN: Decimal("39.61"), SECOND: Decimal("1000000.99")}
    # Control: the same reader refuses a wrong total.
    with pytest.raises(StatementRefused):
        read(data.replace(b"=50.01\r\n", b"=50.02\r\n"), [OWN, SECOND])


def test_v_d4_a_value_cannot_forge_a_line_of_the_file() -> None:
    b = bank()
    b.load(Doc("ООО ШКОЛА", number="7", inn="7107000000"))
    BankLine.objects.update(other_name="ООО\r\nКонецДокумента\r\nКонецФайла ☃")
    (document,) = read(client_bank(b.keeper, TODAY, TODAY, b.chair), [OWN]).documents
    assert document.other_name == "ООО КонецДокумента КонецФайла ?"


def test_v_d4_kinds_of_documents_are_spelt_as_1c_knows_them() -> None:
    b = bank()
    b.load(Doc(), Doc(number="2"))
    BankLine.objects.filter(number="1").update(kind="Платёжное поручение")
    BankLine.objects.filter(number="2").update(kind="")
    text = client_bank(b.keeper, TODAY, TODAY, b.chair).decode("cp1251")
    assert text.count("СекцияДокумент=Платежное поручение\r\n") == 2


def test_v_d4_an_organisation_without_statements_has_an_empty_file(w: Reported) -> None:
    text = client_bank(w.keeper, TODAY, TODAY, w.chair).decode("cp1251")
    assert (text.splitlines()[0], text.splitlines()[-1]) == ("1CClientBankExchange", "КонецФайла")
    assert "СекцияДокумент" not in text


@pytest.mark.parametrize(("file", "name"), [("xlsx", "xlsx"), ("bank", "txt")])
def test_v_c5_the_download_is_recorded(w: Reported, file: str, name: str) -> None:
    client, url = places.signed_in(w.chair), reverse("dues:accounting")
    answer = client.post(url, {"part": "year", "year": str(YEAR), "file": file})
    assert answer["Content-Disposition"] == f'attachment; filename="1c-{YEAR}-01-01-{YEAR}-12-31.{name}"'
    event = Event.objects.latest("pk")
    assert (event.action, event.organization_id) == ("dues.accounting_downloaded", w.keeper.pk)
    lines = len(operations(w.keeper, NEW_YEAR, END, w.chair)) if file == "xlsx" else 0
    assert event.facts == {"first": f"{YEAR}-01-01", "last": f"{YEAR}-12-31", "form": file, "count": lines}


def test_v_c5_what_is_typed_wrongly_stays_and_nothing_is_recorded(w: Reported) -> None:
    client, before = places.signed_in(w.chair), Event.objects.count()
    answer = client.post(
        reverse("dues:accounting"), {"part": "days", "first": "31.12.1999", "last": "01.01.1999", "file": "xlsx"}
    )
    assert (answer.status_code, Event.objects.count()) == (200, before)
    assert 'value="31.12.1999"' in answer.content.decode()


def test_n_h1_only_books_of_the_subtree_and_only_those_who_may_download(w: Reported) -> None:
    url = reverse("dues:accounting")
    reviewer = w.collecting.place.reviewer
    cell_chair = trees.officer(w.cells[0], Role.CHAIR, "Ячейкина")
    asked: list[tuple[Actor, Organization, int]] = [
        (w.chair, w.keeper, 200),
        (w.region_chair, w.keeper, 200),
        (w.region_chair, w.region, 404),
        (reviewer, w.keeper, 403),
        (w.collecting.collector, w.keeper, 403),
        (cell_chair, w.keeper, 404),
        (cell_chair, w.cells[0], 404),
    ]
    for actor, place, status in asked:
        assert places.signed_in(actor).get(f"{url}?organization={place.pk}").status_code == status, (actor, place)
    assert operations(w.keeper, NEW_YEAR, END, trees.officer(w.other, Role.DEPUTY, "Веневская")) == []


def test_n_d1_an_organisation_without_books_of_its_own_exports_none(w: Reported) -> None:
    with refused("N-D1"):
        record_accounting(w.region.pk, first=TODAY, last=TODAY, form="xlsx", count=0, by=w.region_chair)
