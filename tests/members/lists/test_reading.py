"""Dates with a time, rows of forms, several sheets, dates as numbers since 1904: from file to verdict (U-5)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError
from django.urls import reverse
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from members.lists import batches
from members.lists.models import ImportRow, decode, encode
from members.lists.reading.reader import Table, read_table
from members.lists.reading.values import parse
from tests.members.lists.test_batches import load, row_of, verdicts
from tests.members.lists.test_command import run
from tests.members.lists.test_formats import saved
from tests.members.lists.test_remarks import workbook as remarks
from tests.members.places import Place, signed_in, union

TODAY = dt.date(2025, 11, 23)


def day(field: str, raw: Any) -> tuple[str, list[str]]:
    """Return the date read from a cell, and the remarks."""
    parsed = parse(field, raw, today=TODAY)
    return str(parsed.values.get(field)), [issue.code for issue in parsed.issues]


@pytest.mark.parametrize(
    ("field", "raw", "value", "codes"),
    [
        # Midnight in UTC: of Moscow, of Moscow in summer time, and of Vladivostok before summer time was introduced.
        ("birth_date", dt.datetime(1980, 3, 11, 21), "1980-03-12", ["date_hour"]),
        ("birth_date", dt.datetime(1985, 7, 11, 20), "1985-07-12", ["date_hour"]),
        ("birth_date", dt.datetime(1975, 7, 11, 14), "1975-07-12", ["date_hour"]),
        ("birth_date", "1980-03-11T21:00:00.000Z", "1980-03-12", ["date_hour"]),
        ("birth_date", "1980-03-11 21:00:00+00", "1980-03-12", ["date_hour"]),
        ("birth_date", "11.03.1980 21:00", "1980-03-12", ["date_hour"]),
        ("birth_date", "11.03.1980 9:00:00 PM", "1980-03-12", ["date_hour"]),
        # One second, or the hour of summer time, before midnight.
        ("birth_date", dt.datetime(1980, 3, 11, 23, 59, 59), "1980-03-12", ["date_hour"]),
        ("birth_date", dt.datetime(1980, 3, 11, 23), "1980-03-12", ["date_hour"]),
        ("birth_date", "11.03.1980 23:59:43", "1980-03-12", ["date_hour"]),
        ("birth_date", dt.datetime(1979, 12, 31, 23, 30), "1980-01-01", ["date_hour"]),
        ("joined_on", dt.datetime(2010, 8, 31, 20), "2010-09-01", ["date_hour"]),
        # The date is unchanged.
        ("birth_date", dt.datetime(1980, 3, 12), "1980-03-12", []),
        ("birth_date", dt.datetime(1980, 3, 12, 0, 0, 17), "1980-03-12", []),
        ("birth_date", dt.datetime(1980, 3, 12, 3), "1980-03-12", []),
        ("birth_date", dt.datetime(1980, 3, 12, 14, 30), "1980-03-12", []),
        ("birth_date", "1980-03-12T00:00:00+03:00", "1980-03-12", []),
        ("birth_date", "12.03.1980 12:00:00 AM", "1980-03-12", []),
        ("joined_on", dt.datetime(2010, 8, 31, 14), "2010-08-31", []),
        ("joined_on", "31.08.2010 14:35", "2010-08-31", []),
    ],
)
def test_an_hour_beside_a_day_does_not_make_it_a_day_too_early(
    field: str, raw: Any, value: str, codes: list[str]
) -> None:
    assert day(field, raw) == (value, codes)


def test_an_hour_is_kept_between_the_file_and_the_check() -> None:
    moment = dt.datetime(1980, 3, 11, 21)
    assert decode(encode(moment)) == moment
    book = openpyxl.Workbook()
    book.active.append(["ФИО", "Дата рождения"])
    book.active.append(["Липова Анна", moment])
    assert read_table(saved(book)).rows[0].cells == ("Липова Анна", moment)


def read(*lines: str) -> Table:
    return read_table("\n".join(lines).encode())


def left_out(table: Table) -> list[tuple[int, str]]:
    return [(one.number, one.reason) for one in table.dropped if one.reason != "heading"]


def test_rows_of_a_form_that_nobody_is_entered_in_are_empty_rows() -> None:
    table = read(
        "№;ФИО;Дата рождения;Место работы;Должность;Телефон",
        "1;Липова Анна Олеговна;12.03.1980;Школа № 1;учитель;89161234501",
        "2;Вязов Олег Ильич;30.11.1975;Школа № 1;учитель;",
        "3;;;Школа № 1;;",
        "4;-;нет;Школа № 1;учитель;",
        "5;;;Лицей;;",
        "6;;;;;",
        "№ 7;;;Школа № 1;;",
        ";;;Школа № 1;;",
        # A person whose name or date is missing.
        "9;;;Школа № 1;учитель;89161234509",
        "10;;12.03.1981;Школа № 1;учитель;",
        "11;Ясенева Ия Львовна;;Школа № 1;;",
    )
    assert [row.number for row in table.rows] == [2, 3, 10, 11, 12]
    assert left_out(table) == [
        (4, "prefilled"), (5, "prefilled"), (6, "prefilled"), (7, "prefilled"), (8, "prefilled"), (9, "note"),
    ]  # fmt: skip


def test_rows_of_a_form_are_found_without_known_headings_and_no_person_is_taken_for_one() -> None:
    table = read("1;Липова Анна Олеговна;12.03.1980", "2;Вязов Олег Ильич;30.11.1975", "3;;", "4;;")
    assert [row.number for row in table.rows] == [1, 2]
    same = read("ФИО;Дата рождения", "Ким Лев;12.03.1980", "Ким Лев;12.03.1980", "Ким Лев;")
    assert [row.number for row in same.rows] == [2, 3, 4]


pytestmark = pytest.mark.once


@pytest.fixture
def place() -> Place:
    return union()


@pytest.mark.django_db
def test_numbers_of_days_count_from_the_workbooks_own_first_day_also_when_the_list_comes_back(place: Place) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["ФИО", "Дата рождения", "Пол", "Должность"])
    book.active.append(["Вязов Олег Ильич", 26266, "м", "завуч"])
    batch = load(place, saved(book))
    told = "Число прочитано как дата из таблицы: 30.11.1975."
    assert [issue.message for issue in batches.issues_of(row_of(batch))] == [told]
    again, _page = remarks(batch)
    assert again.epoch == CALENDAR_MAC_1904
    batch = load(place, saved(again))
    assert [issue.message for issue in batches.issues_of(row_of(batch))] == [told]


@pytest.mark.django_db
def test_a_merged_cell_is_told_as_an_assumption_that_holds_nobody_back(place: Place) -> None:
    book = openpyxl.Workbook()
    page: Any = book.active
    for row in (
        ("ФИО", "Дата рождения", "Пол", "Место работы"),
        ("Вязов Олег Ильич", "30.11.1975", "м", "Школа № 1"),
        ("Липова Анна Олеговна", "12.03.1980", "ж"),
    ):
        page.append(row)
    page.merge_cells("D2:D3")
    batch = load(place, saved(book))
    second = ImportRow.objects.get(batch=batch, number=3)
    assert second.person["workplace"] == "Школа № 1"
    told = "Ячейка объединена с верхними: прочитано «Школа № 1»."
    assert [issue.message for issue in batches.issues_of(second)] == [told]
    assert verdicts(batch) == {"ready": 2}


def two_sheets(path: Path) -> Path:
    book = openpyxl.Workbook()
    for number in (1, 2, 3):
        page = book.create_sheet(f"ПО № {number}")
        page.append(["ФИО", "Дата рождения", "Пол", "Должность"])
        for row in range(4 - number):
            page.append([f"Вязов Олег {'АБВ'[row]}ьич", f"0{number}.11.197{row}", "м", "завуч"])
    book["ПО № 3"].sheet_state = "hidden"
    path.write_bytes(saved(book))
    return path


@pytest.mark.django_db
def test_the_command_says_which_sheets_it_reads_and_reads_the_one_that_is_named(place: Place, tmp_path: Path) -> None:
    file = two_sheets(tmp_path / "list.xlsx")
    assert run(file, place, dry_run=True)[:3] == [
        "Прочитан лист: «ПО № 1».",
        "Не прочитаны листы: «ПО № 2». Чтобы прочитать один из них, назовите его: --sheet.",
        "Скрыты в файле и не прочитаны: «ПО № 3».",
    ]
    said = run(file, place, dry_run=True, sheet="ПО № 2")
    assert said[0] == "Прочитан лист: «ПО № 2»."
    assert said[-2] == "постановка на учёт: 2"
    with pytest.raises(CommandError, match=r"В книге нет такого листа\. Её листы: «ПО № 1», «ПО № 2»\."):
        run(file, place, sheet="ПО № 3")


@pytest.mark.django_db
def test_the_screen_says_which_sheets_are_hidden(place: Place, tmp_path: Path) -> None:
    data = two_sheets(tmp_path / "list.xlsx").read_bytes()
    batch = batches.upload_list(organization=place.keeper, data=data, name="list.xlsx", by=place.chair)
    text = signed_in(place.chair).get(reverse("imports:columns", args=[batch.pk])).content.decode()
    assert text.count("Скрыты в файле и не прочитаны: «ПО № 3».") == 1
