"""Reading of payroll lists: headings, people, totals, sums in every notation (U-D1)."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dues.payroll import reading
from dues.payroll.reading import LAYOUT, is_person, parse_percent, parse_sum, read_lines
from registry.spreadsheets import columns as tables
from registry.spreadsheets.columns import Heading, Stored, digest_of, read_rows
from tests.conftest import examples
from tests.refusals import refused

#: As saved by a payroll program: merged heading, departments with subtotals, a total, signatures.
REPORT = """Анализ удержаний за октябрь
Табельный;Сотрудник;Подразделение;Начислено;;Удержано
номер;;;(база);%;
;Бухгалтерия;;;;600
001;АБРАМОВА МАРФА НИКИФОРОВНА;Бухгалтерия;60 000,00;1;600,00
;Учителя;;;;1 234,56
002;Белов Иван Иванович;Учителя;100 000;1;1 000,00
002;Белов И. И.;Учителя (внутр. совм.);23 456;1;234,56
Итого;;;;;1 834,56
Главный бухгалтер;;;;;_________
"""


def rows_of(text: str) -> list[Stored]:
    return read_rows(text.encode())


def heading_of(rows: list[Stored]) -> Heading:
    return tables.heading_of(rows, LAYOUT)


def recognised(headings: list[str], remembered: dict[str, str] | None = None) -> dict[int, str]:
    return tables.recognised(headings, LAYOUT, remembered)


def read(text: str) -> reading.ReadList:
    rows = rows_of(text)
    heading = heading_of(rows)
    return read_lines(rows, heading.rows, recognised(heading.texts))


def test_u_d1_a_saved_report_is_read_line_by_line() -> None:
    rows = rows_of(REPORT)
    heading = heading_of(rows)
    assert recognised(heading.texts) == {
        0: "number", 1: "name", 2: "department", 3: "base", 4: "percent", 5: "amount",
    }  # fmt: skip
    found = read(REPORT)
    assert [(one.position, one.number, one.full_name, one.amount, one.base, one.percent) for one in found.lines] == [
        (5, "001", "АБРАМОВА МАРФА НИКИФОРОВНА", Decimal(600), Decimal(60000), Decimal(1)),
        (7, "002", "Белов Иван Иванович", Decimal(1000), Decimal(100000), Decimal(1)),
        (8, "002", "Белов И. И.", Decimal("234.56"), Decimal(23456), Decimal(1)),
    ]
    assert (found.total, found.stated_total) == (Decimal("1834.56"), Decimal("1834.56"))
    assert [number for number, _text in found.left_out] == [4, 6, 10]


def test_u_d1_a_workbook_gives_the_same_people_as_text() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("ФИО", "Сумма"), ("Белов Иван Иванович", 1234.5), ("Королёва Анна Сергеевна", 12.1 + 0.2)):
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    rows = read_rows(data.getvalue())
    found = read_lines(rows, 1, {0: "name", 1: "amount"})
    assert [one.amount for one in found.lines] == [Decimal("1234.50"), Decimal("12.30")]
    same = read("ФИО;Сумма\nКоролева Анна Сергеевна;12,30\nБелов Иван Иванович;1 234,50\n")
    assert (found.digest, found.stated_total) == (same.digest, None)
    assert digest_of(rows) != digest_of(rows_of("ФИО;Сумма\n"))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 234,56", "1234.56"), ("1\N{NO-BREAK SPACE}234.5 руб.", "1234.50"), ("-100", "-100.00"), ("−0,01", "-0.01"),
        ("49₽", "49.00"), ("0", "0.00"),
    ],
)  # fmt: skip
def test_u_d1_sums_are_read_to_the_kopeck(text: str, amount: str) -> None:
    assert parse_sum(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "abc", "1e400", "NaN", "٣٤", "0.001", "1,2,3", "=1+1", "--5", "12345678901234"])
def test_u_d1_no_other_text_is_a_sum(text: str) -> None:
    assert parse_sum(text) is None


@pytest.mark.parametrize(
    ("text", "percent"),
    [("1", "1.00"), ("1 %", "1.00"), ("0,01", "1.00"), ("0,5", "0.50"), ("0", None), ("101", None), ("NaN", None)],
)
def test_u_d1_percentages_are_read_as_written_or_formatted(text: str, percent: str | None) -> None:
    assert parse_percent(text) == (Decimal(percent) if percent else None)


@pytest.mark.parametrize("name", ["Белов Иван", "БЕЛОВ И. И.", "Белов И.", "Абрамова Марфа Никифоровна"])
def test_u_d1_names_of_people_are_known(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize("name", ["Бухгалтерия", "Учебная часть", "Отдел № 5", "", "Белов", "а " * 300])
def test_u_d1_departments_are_no_people(name: str) -> None:
    assert not is_person(name)


@pytest.mark.parametrize("wrong", ["abc", "1e400", "0,001", "٣٤", "1000000,01", "=HYPERLINK(1)"])
def test_u_d1_a_sum_that_is_none_is_refused_with_its_row(wrong: str) -> None:
    with refused("U-D1", field="columns") as refusal:
        read(f"ФИО;Сумма\nБелов Иван Иванович;100\nКоролёва Анна Сергеевна;{wrong}\n")
    assert "3" in str(refusal.message) and wrong in str(refusal.message)


def test_u_d1_a_file_without_people_or_columns_is_refused() -> None:
    with refused("U-D1", field="columns"):
        read("Меню столовой;Цена\nСуп;100\n")
    with refused("U-D1", field="columns"):
        read("ФИО;Сумма\nСуп;100\n")


def test_u_d1_a_remembered_heading_comes_before_the_known_words() -> None:
    assert recognised(["Кто", "Сколько"]) == {}
    assert recognised(["Кто", "Сколько"], {"кто": "name", "сколько": "amount"}) == {0: "name", 1: "amount"}
    assert recognised(["ФИО", "Сумма", "Взнос"], {"сумма": "base"}) == {0: "name", 1: "base", 2: "amount"}
    assert recognised(["ФИО", "Сумма"], {"сумма": "no such field"}) == {0: "name", 1: "amount"}


def test_u_d1_without_known_headings_the_row_above_the_first_person_is_the_heading() -> None:
    rows = rows_of("Список\nКто;Сколько\nБелов Иван Иванович;100\n")
    heading = heading_of(rows)
    assert (heading.texts, heading.rows) == (["Кто", "Сколько"], 2)


def test_u_d1_the_total_is_the_right_one_among_subtotals() -> None:
    people = "Белов Иван Иванович;100\nИтого по отделу;100\nКоролёва Анна Сергеевна;50\n"
    assert read(f"ФИО;Сумма\n{people}Итого по отделу;50\n").stated_total == 150
    assert read(f"ФИО;Сумма\n{people}Всего;160\n").stated_total == 160
    assert read("ФИО;Сумма\nБелов Иван Иванович;100\n").stated_total is None


def test_u_d1_hostile_cells_stay_text_and_repeated_headings_are_left_out() -> None:
    found = read(
        "Таб. №;ФИО;Сумма\n1;=cmd|' /C calc'!A0;5\n2;<script>alert(1)</script>;6\nТаб. №;ФИО;Сумма\n1;2;3\n"
        "3;Белов Иван Иванович;7\n4;Королёва Анна Сергеевна;0\n"
    )
    assert [(one.number, one.amount) for one in found.lines] == [("1", 5), ("2", 6), ("3", 7)]


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.decimals("-9999.99", "9999.99", places=2).filter(bool), min_size=1, max_size=30))
def test_u_d1_sums_survive_every_notation(amounts: list[Decimal]) -> None:
    def written(at: int, amount: Decimal) -> str:
        return (f"{amount:,.2f}".replace(",", " ").replace(".", ","), f"{amount}", f"{amount:.2f} руб.")[at % 3]

    lines = [f"Белов Иван Иванович;{written(at, amount)}" for at, amount in enumerate(amounts)]
    found = read("\n".join(["ФИО;Сумма", *lines, f"Итого;{sum(amounts):.2f}"]))
    assert [one.amount for one in found.lines] == amounts
    assert found.total == found.stated_total == sum(amounts)
