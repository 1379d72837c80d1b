"""Bank statements as tables: columns, signs, totals, odd lines and hostile files (V-D4, N-D1, N-D2)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dues.bank.reading.notation import direction, parse_day, parse_sum
from dues.bank.reading.statement import Document, StatementRefused
from dues.bank.reading.table import Table, accounts_named, columns_of, read_table
from registry.spreadsheets.columns import Stored, read_rows
from registry.spreadsheets.files import Unreadable
from tests.conftest import examples

pytestmark = pytest.mark.once
OWN, SECOND, FOREIGN = "40703810900000000017", "40703810400000000025", "40817810000000000201"
DAY = dt.date(2024, 2, 2)

#: As saved by a bank: title, account and period above the table, two columns of sums, totals and a footer.
TWO_COLUMNS = f"""Выписка по счёту
Счёт;{OWN}
Период с 01.02.2024 по 29.02.2024
Входящий остаток;1 000,00

Дата;№ документа;Дебет;Кредит;Контрагент;ИНН контрагента;Счёт контрагента;Назначение платежа
02.02.2024;17;;50,00;АЛЕКСЕЕВА АННА ПЕТРОВНА;0;{FOREIGN};"Взнос за 2024 год; ЛС 00000415"
02.02.2024;17;;50,00;АЛЕКСЕЕВА АННА ПЕТРОВНА;0;{FOREIGN};"Взнос за 2024 год; ЛС 00000415"
05.02.2024;0093;120,40;;ООО СВЯЗЬ;7707083893;40702810000000000099;Оплата связи
Итого;;120,40;100,00;;;;
Исходящий остаток;979,60
Документ подписан электронной подписью
"""
#: One signed column of sums and the balance, the newest payment first.
ONE_COLUMN = """Дата операции,Номер документа,Сумма операции,Остаток,Контрагент,Назначение платежа
2024-02-05T10:00:00,3,-120.40,979.60,ООО СВЯЗЬ,Оплата связи
2024-02-02T11:30:00,2,50.00,1100.00,БЕЛОВА,Взнос
2024-02-02T09:30:00,1,50.00,1050.00,АЛЕКСЕЕВА,Взнос
"""
#: Payer and payee of each payment, with unsigned sums.
BOTH_SIDES = f"""Дата\tНомер\tСумма\tПлательщик\tСчет плательщика\tПолучатель\tСчет получателя\tНазначение
02.02.2024\t1\t50,00\tАЛЕКСЕЕВА//МОСКВА//\t{FOREIGN}\tМы\t{OWN}\tВзнос
05.02.2024\t2\t120,40\tМы\t{OWN}\tООО СВЯЗЬ\t40702810000000000099\tОплата связи
"""


def rows_of(text: str, encoding: str = "utf-8") -> list[Stored]:
    return read_rows(text.encode(encoding), 500)


def read(text: str, encoding: str = "utf-8", own: tuple[str, ...] = (OWN,), account: str = OWN) -> Table:
    rows = rows_of(text, encoding)
    heading, columns = columns_of(rows)
    return read_table(rows, heading, columns, own=own, account=account)


def documents(text: str, encoding: str = "utf-8") -> list[Document]:
    return read(text, encoding).statement.documents


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(StatementRefused) as refusal:
        read(text)
    return [(fault.line, str(fault.text)) for fault in refusal.value.faults]


def moved(found: list[Document]) -> list[tuple[dt.date | None, str, Decimal, bool]]:
    return [(one.day, one.number, one.amount, one.incoming) for one in found]


def test_v_d4_two_columns_with_totals_and_texts_around_them_are_read() -> None:
    table = read(TWO_COLUMNS)
    statement = table.statement
    assert moved(statement.documents) == [
        (DAY, "17", Decimal("50.00"), True),
        (DAY, "17", Decimal("50.00"), True),
        (dt.date(2024, 2, 5), "0093", Decimal("120.40"), False),
    ]
    first = statement.documents[0]
    assert (first.line, first.own_account, first.other_account, first.other_inn) == (7, OWN, FOREIGN, "")
    assert (first.other_name, first.purpose) == ("АЛЕКСЕЕВА АННА ПЕТРОВНА", "Взнос за 2024 год; ЛС 00000415")
    assert [one.ordinal for one in statement.documents] == [1, 2, 1]
    assert (statement.first_day, statement.last_day) == (dt.date(2024, 2, 1), dt.date(2024, 2, 29))
    assert [number for number, _text in table.left_out] == [10, 11, 12]
    assert accounts_named(rows_of(TWO_COLUMNS)[:4]) == [OWN]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "cp866", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_v_d4_encodings_and_separators_give_the_same_payments(encoding: str, separator: str) -> None:
    rows = csv.reader(io.StringIO(TWO_COLUMNS.replace("ё", "е")), delimiter=";")
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    found = documents(text.getvalue().replace("№", "N" if encoding == "cp866" else "№"), encoding)
    assert [(one.amount, one.incoming, one.purpose) for one in found] == [
        (one.amount, one.incoming, one.purpose) for one in documents(TWO_COLUMNS)
    ]


def test_v_d4_a_signed_column_is_checked_by_its_balances_in_either_order() -> None:
    assert moved(documents(ONE_COLUMN)) == [
        (dt.date(2024, 2, 5), "3", Decimal("120.40"), False),
        (DAY, "2", Decimal("50.00"), True),
        (DAY, "1", Decimal("50.00"), True),
    ]
    head, *rows = ONE_COLUMN.splitlines()
    assert len(documents("\n".join([head, *reversed(rows)]))) == 3
    assert [line for line, _text in faults(ONE_COLUMN.replace("1100.00", "1100.01"))] == [3]


def test_v_d4_the_accounts_of_both_sides_tell_the_direction() -> None:
    found = documents(BOTH_SIDES)
    assert moved(found) == [(DAY, "1", Decimal("50.00"), True), (dt.date(2024, 2, 5), "2", Decimal("120.40"), False)]
    assert [(one.other_name, one.other_account) for one in found] == [
        ("АЛЕКСЕЕВА", FOREIGN), ("ООО СВЯЗЬ", "40702810000000000099"),
    ]  # fmt: skip
    ((line, text),) = faults(BOTH_SIDES.replace(OWN, SECOND, 1))
    assert (line, SECOND in text) == (2, True)


def test_v_d4_a_bank_that_writes_plus_for_receipts_writes_payments_without_a_sign() -> None:
    found = documents("Дата;Сумма;Назначение\n02.02.2024;+50,00;Взнос\n02.02.2024;120,40;Связь\n")
    assert [(one.amount, one.incoming) for one in found] == [(Decimal(50), True), (Decimal("120.40"), False)]


def test_v_d4_a_column_of_words_tells_the_direction() -> None:
    text = "Дата;Сумма;Тип операции;Назначение\n02.02.2024;50;Кредит;Взнос\n02.02.2024;7;Дебет;Комиссия\n"
    assert [one.incoming for one in documents(text)] == [True, False]
    # If the words do not tell the direction, the sign does.
    other = text.replace("Кредит", "Платёж").replace("Дебет", "Комиссия").replace(";7;", ";-7;")
    assert [one.incoming for one in documents(other)] == [True, False]


@pytest.mark.parametrize(
    ("word", "incoming"),
    [("Кредит", True), ("КТ.", True), ("приход", True), ("+", True), ("дебет", False), ("Д", False), ("", None),
     ("оплата", None)],
)  # fmt: skip
def test_words_of_directions(word: str, incoming: bool | None) -> None:
    assert direction(word) is incoming


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("Итого;;120,40;100,00", "Итого;;120,40;100,01", 10, "100,01"),
        ("Итого;;120,40;100,00", "Итого;;120,41;100,00", 10, "120,41"),
        ("Исходящий остаток;979,60", "Исходящий остаток;979,61", 11, "остат"),
        ("Входящий остаток;1 000,00", "Входящий остаток на 01.02.2024: 1 000,01 руб.", 11, "остат"),
        (";120,40;;ООО", ";120,40;1,00;ООО", 9, "и сумма"),
        (";;50,00;АЛ", ";;-50,00;АЛ", 7, "отрицательная"),
        (";;50,00;АЛ", ";;1e400;АЛ", 7, "1e400"),
        (";;50,00;АЛ", ";;NaN;АЛ", 7, "NaN"),
        (";;50,00;АЛ", ";;٥٠;АЛ", 7, "٥٠"),
        (";;50,00;АЛ", ";;0,001;АЛ", 7, "0,001"),
        (";;50,00;АЛ", ";;;АЛ", 7, "нет суммы"),
    ],
)  # fmt: skip
def test_n_d1_what_disagrees_or_cannot_be_read_refuses_the_file_with_the_line(
    old: str, new: str, line: int, words: str
) -> None:
    assert old in TWO_COLUMNS
    found = faults(TWO_COLUMNS.replace(old, new))
    assert (found[0][0], words in found[0][1]) == (line, True)


def test_n_d1_totals_and_balances_stated_above_the_table_are_compared_too() -> None:
    above = TWO_COLUMNS.replace("Входящий остаток;1 000,00", "Входящий остаток;1 000,00\nИтого поступило;{}")
    assert len(documents(above.format("100,00"))) == 3
    assert [line for line, _text in faults(above.format("99,00").replace("Итого;;", ";;"))] == [5]


def test_n_d1_subtotals_by_days_may_stand_between_the_payments() -> None:
    text = (
        "Дата;Дебет;Кредит;Назначение\n02.02.2024;;50;Взнос\nИтого за день;0;50;\n05.02.2024;7;;Комиссия\n"
        "Итого за день;7;0;\n"
    )
    assert len(documents(text)) == 2
    assert [line for line, _text in faults(text.replace("Итого за день;7;0", "Итого за день;8;0"))] == [5]


def test_v_d4_a_single_odd_line_is_flagged_and_the_others_are_read() -> None:
    def remarks(old: str, new: str) -> list[tuple[int, str]]:
        return [(one.line, remark) for one in documents(TWO_COLUMNS.replace(old, new, 1)) for remark in one.remarks]

    assert remarks("-", "-") == []
    ((line, text),) = remarks("02.02.2024;17", "32.02.2024;17")
    assert (line, "Дата" in text) == (7, True)
    ((line, text),) = remarks("05.02.2024;0093", "05.03.2024;0093")
    assert (line, "вне" in text) == (9, True)
    ((line, text),) = remarks(f"{FOREIGN}", "4,08178E+19")
    assert (line, "потерян" in text) == (7, True)
    ((line, text),) = remarks("40702810000000000099", OWN)
    assert (line, "вашей организации" in text) == (9, True)


def test_v_d4_a_table_without_enough_columns_or_payments_is_refused() -> None:
    assert [line for line, _text in faults("ФИО;Сумма\nБелов Иван;100\n")] == [0]
    assert [line for line, _text in faults("Дата;Сумма;Назначение\nпозже;много;\n")] == [0]


def test_v_d4_remembered_headings_come_before_the_known_words() -> None:
    rows = rows_of("Когда;Сколько;Зачем\n02.02.2024;50;Взнос\n02.02.2024;-7;Комиссия\n")
    heading, columns = columns_of(rows)
    assert (heading.texts, heading.rows, columns) == (["Когда", "Сколько", "Зачем"], 1, {})
    meant = heading.meaning({0: "day", 1: "amount", 2: "purpose"})
    again, columns = columns_of(rows, meant)
    assert (columns, again.digest) == ({0: "day", 1: "amount", 2: "purpose"}, heading.digest)
    assert len(read_table(rows, heading, columns, own=[OWN], account=OWN).statement.documents) == 2
    other, _columns = columns_of(rows_of("Когда;Сколько;Кому\n02.02.2024;50;Взнос\n"))
    assert other.digest != heading.digest


def test_v_d4_a_workbook_gives_the_same_payments_as_text() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in csv.reader(io.StringIO(TWO_COLUMNS), delimiter=";"):
        sheet.append([dt.datetime(2024, 2, 2) if cell == "02.02.2024" else cell for cell in row])
    data = io.BytesIO()
    book.save(data)
    rows = read_rows(data.getvalue(), 500)
    found = read_table(rows, *columns_of(rows), own=[OWN], account=OWN).statement.documents
    assert moved(found) == moved(documents(TWO_COLUMNS))


@pytest.mark.parametrize(
    "purpose", ["=HYPERLINK(1)", "@SUM(1)", "<script>alert(1)</script>", "КонецДокумента", "a\0b", "'-- DROP TABLE"]
)
def test_v_d4_hostile_cells_stay_text(purpose: str) -> None:
    found = documents(TWO_COLUMNS.replace("Оплата связи", purpose))
    assert found[2].purpose == purpose.replace("\0", "")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 234,56", "1234.56"), ("1,234.56", "1234.56"), ("1.234,56", "1234.56"), ("1'234.5", "1234.50"),
        ("-49", "-49.00"), ("−0,01", "-0.01"), ("+7,1 ₽", "7.10"), ("100.00 RUB", "100.00"), ("1234-56", "1234.56"),
        ("100=", "100.00"), ("0", "0.00"), ("1\N{NO-BREAK SPACE}000", "1000.00"),
        ("", None), ("1,234", None), ("1.2.3", None), ("abc", None), ("1e5", None), ("٥", None), ("--5", None),
        ("12345678901234", None), ("Infinity", None),
    ],
)  # fmt: skip
def test_sums_of_banks(text: str, amount: str | None) -> None:
    assert parse_sum(text) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("02.02.2024", DAY), ("2.2.2024", DAY), ("02.02.24", DAY), ("02/02/2024 10:30", DAY), ("2024-02-02", DAY),
        ("2024-02-02T10:30:00+03:00", DAY), ("02.02.2024 г.", None), ("30.02.2024", None), ("02.02.1924", None),
        ("٠٢.02.2024", None), ("", None), ("45324", None),
    ],
)  # fmt: skip
def test_days_of_banks(text: str, day: dt.date | None) -> None:
    assert parse_day(text) == day


_AMOUNTS = st.decimals("-99999.99", "99999.99", places=2).filter(bool)
_WORDS = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=40).map(
    lambda text: f"Взнос {text}"
)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(_AMOUNTS, _WORDS), min_size=1, max_size=20), st.sampled_from(";,\t"), st.booleans())
def test_n_d1_written_payments_are_read_back_to_the_kopeck(
    payments: list[tuple[Decimal, str]], separator: str, two: bool
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(["Дата", "Номер", *(("Дебет", "Кредит") if two else ("Сумма",)), "Контрагент", "Назначение"])
    for at, (amount, words) in enumerate(payments):
        said = f"{abs(amount):,.2f}".replace(",", " ").replace(".", ",")
        sums = ((said, "") if amount < 0 else ("", said)) if two else (f"{amount}",)
        writer.writerow(["02.02.2024", at + 1, *sums, "ИВАНОВ", words])
    found = documents(text.getvalue())
    assert [one.amount if one.incoming else -one.amount for one in found] == [amount for amount, _words in payments]


@settings(max_examples=examples(80), deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"{TWO_COLUMNS}{text}".encode()))
def test_any_file_is_read_or_refused_and_nothing_else_is_raised(data: bytes) -> None:
    try:
        rows = read_rows(data, 500)
        read_table(rows, *columns_of(rows), own=[OWN], account=OWN)
    except (Unreadable, StatementRefused):
        pass
