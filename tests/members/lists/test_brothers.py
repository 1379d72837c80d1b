"""More lists as people write them, besides those in `data/cases`, each with the expected values (U-5, U-5a)."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from members.lists.reading.columns import recognise
from members.lists.reading.reader import Unreadable, read_table
from members.lists.reading.records import Record, build_record, mark_repeats

TODAY = dt.date(2015, 11, 23)
NAMES = ("ФИО", "Дата рождения")
BORN = "05.06.1951"
PEOPLE = ("Анна", "Вера", "Дина", "Зоя", "Инна", "Кира", "Лада", "Майя", "Нина", "Ольга")


def book(*rows: tuple[Any, ...], merged: tuple[str, ...] = (), hidden: tuple[int, ...] = ()) -> bytes:
    workbook = openpyxl.Workbook()
    page = workbook.active
    assert page is not None
    for row in rows:
        page.append(row)
    for cells in merged:
        page.merge_cells(cells)
    for number in hidden:
        page.row_dimensions[number].hidden = True
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def records(data: bytes) -> list[Record]:
    table = read_table(data)
    mapping = recognise(table).mapping
    found = [build_record(row, mapping, today=TODAY, minimum_age=18) for row in table.rows]
    mark_repeats(found)
    return found


def values(found: list[Record], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(record.values.get(name) for name in names) for record in found]


def codes(record: Record) -> list[str]:
    return [issue.code for issue in record.issues if issue.code != "female_by_patronymic"]


def column(heading: str, *cells: object) -> list[Record]:
    """Return the records of a list with one more column and one person for each cell."""
    rows = [(f"Липова {name} Олеговна", BORN, cell) for name, cell in zip(PEOPLE, cells, strict=False)]
    return records(book((*NAMES, heading), *rows))


def texts(data: bytes) -> list[tuple[int, str]]:
    """Return the number of each row without a person, with the reason."""
    return [(row.number, row.reason) for row in read_table(data).dropped]


@pytest.mark.parametrize(
    "text",
    [
        "12 марта 1961г.", "1961-3-12", "12.III.1961", "«12» марта 1961 года", "12.03.1961 г. рожд.", "1961/03/12",
        "12марта1961", "12.03.1961 (54 года)",
    ],
)  # fmt: skip
def test_u_5a_one_day_in_many_notations(text: str) -> None:
    (record,) = records(book(NAMES, ("Липова Анна Олеговна", text)))
    assert (record.values["birth_date"], codes(record)) == (dt.date(1961, 3, 12), [])


@pytest.mark.parametrize(
    "text",
    [
        "Липова Анна Олеговна, Липов Пётр Иванович", "Вязов Олег Ильич\nВязова Ия Львовна",
        "Вязов Олег Ильич и Ясенева Ия Львовна", "Липова Анна Олеговна Липов Пётр Иванович",
    ],
)  # fmt: skip
def test_u_5_two_people_in_one_cell_are_not_one_person(text: str) -> None:
    (record,) = records(book(NAMES, (text, BORN)))
    assert (record.right, "name_two_people" in codes(record)) == (False, True)
    assert not record.values.keys() & {"surname", "given_name", "patronymic"}


def test_u_5a_a_surname_like_a_patronymic_is_no_second_person() -> None:
    (record,) = records(book(NAMES, ("Абрамович Станкевич Мария Ивановна", BORN)))
    assert (record.values["surname"], record.values["given_name"]) == ("Абрамович Станкевич", "Мария")
    assert codes(record) == ["name_split"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("1. Липова Анна Олеговна", ""), ("2) Липова Анна Олеговна", ""), ("3 Липова Анна Олеговна", ""),
        ("№ 4. ЛИПОВА АННА ОЛЕГОВНА", ""), ("Липова Анна Олеговна - председатель", "председатель"),
        ("Липова Анна Олеговна, инвалид 2 гр.", "инвалид 2 гр"), ("Липова Анна Олеговна 89161234501", "89161234501"),
        ("Липова Анна Олеговна — казначей", "казначей"),
    ],
)  # fmt: skip
def test_u_5_a_name_among_numbers_and_words_is_read(text: str, left: str) -> None:
    (record,) = records(book(NAMES, (text, BORN)))
    assert values([record], "surname", "given_name", "patronymic") == [("Липова", "Анна", "Олеговна")]
    assert [issue.params["text"] for issue in record.issues if issue.code == "rest_left"] == [left] * bool(left)


def test_u_5_name_birth_date_and_address_in_one_cell() -> None:
    heading = "Фамилия, имя, отчество, год рождения, адрес"
    cells = ("Липова Анна Олеговна, 05.06.1951, г. Тула, ул. Мира, 5", "89161234501")
    (record,) = records(book((heading, "Телефон"), cells))
    assert values([record], "surname", "birth_date") == [("Липова", dt.date(1951, 6, 5))]
    assert codes(record) == ["birth_beside_name", "rest_left"]


def test_u_5_snils_without_the_zeros_that_a_spreadsheet_dropped() -> None:
    found = column("СНИЛС", 11223344595, 8765430199, "8765430906", 123456789, "8765430198")
    right = [("11223344595",), ("08765430199",), ("08765430906",), (None,), (None,)]
    assert values(found, "snils") == right
    assert [codes(record) for record in found] == [
        [], ["leading_zeros"], ["leading_zeros"], ["leading_zeros", "snils_check_left"], ["snils_length_left"],
    ]  # fmt: skip


def test_u_5_telephones_with_words() -> None:
    cells = (
        "моб. 89161234501", "моб.: 8(916)123-45-02; дом.: 31-22-33", "т. 8-916-123-45-03 (дочь)", "916 123 45 04",
        "89161234507 моб., раб. 8 4872 31 22 34", "89161234505, a@example.ru", "b@example.ru",
    )  # fmt: skip
    assert values(column("Тел.", *cells), "phone_mobile", "phone_home", "email") == [
        ("+79161234501", None, None), ("+79161234502", "31-22-33", None), ("+79161234503", None, None),
        ("+79161234504", None, None), ("+79161234507", "+74872312234", None), ("+79161234505", None, "a@example.ru"),
        (None, None, "b@example.ru"),
    ]  # fmt: skip


def test_n_a1_yo_and_latin_letters_do_not_make_another_person() -> None:
    headings = ("Фамилия", "Имя", "Отчество", "Дата рождения")
    rows = [
        ("Семёнова", "Алёна", "Артёмовна", BORN), ("Семенова", "Алена", "Артемовна", BORN),
        ("Фeдоpoвa", "Aннa", "Пeтpовна", BORN),
    ]  # fmt: skip
    found = records(book(headings, *rows))
    assert [codes(record) for record in found] == [["repeated_below"], ["duplicate_person"], ["name_lookalikes"] * 3]
    assert values(found[2:], "surname", "given_name", "patronymic") == [("Федорова", "Анна", "Петровна")]


def test_u_5_titles_totals_and_signatures_around_a_list() -> None:
    data = book(
        ("Список членов первичной организации № 3",), ("по состоянию на 01.10.2014",),
        ("№ п/п", "Фамилия, имя, отчество", "Год рожд.", "Домашний адрес", "Телефон"),
        (1, "Липова Анна Олеговна", BORN, "г. Тула, ул. Мира, д. 5, кв. 7", "89161234501"), ("Лист 1 из 2",),
        ("№ п/п", "Фамилия, имя, отчество", "Год рожд.", "Домашний адрес", "Телефон"),
        (2, "Вязов Олег Ильич", "07.08.1949", "г.Тула ул.Ленина д.5 кв.6 т.31-22-33", "89161234502"),
        ("Итого 24 чел.",), ("Всего: 24 человека",), ("Председатель ________ /Громов И.П./",),
        ("Исп. Громов, тел. 31-22-33",), ("М.П.",), ("Дата 01.10.2014",),
    )  # fmt: skip
    assert texts(data) == [
        (1, "title"), (2, "title"), (3, "heading"), (5, "note"), (6, "repeated_heading"), (8, "total"), (9, "total"),
        (10, "signature"), (11, "note"), (12, "signature"), (13, "signature"),
    ]  # fmt: skip
    assert values(records(data), "surname", "house", "flat", "phone_mobile", "phone_home") == [
        ("Липова", "5", "7", "+79161234501", None), ("Вязов", "5", "6", "+79161234502", "31-22-33"),
    ]  # fmt: skip


def test_u_5_a_hidden_row_is_asked_about() -> None:
    found = records(book(NAMES, ("Липова Анна Олеговна", BORN), ("Вязов Олег Ильич", BORN), hidden=(3,)))
    assert [codes(record) for record in found] == [[], ["row_hidden", "male_by_patronymic"]]


def test_u_5_merged_headings_over_two_rows() -> None:
    data = book(
        ("№", "ФИО", "Дата рождения", "Паспорт", None, None, "Справка МСЭ", None, "Адрес", None),
        (None, None, None, "серия", "номер", "кем и когда выдан", "номер", "срок", "город", "улица, дом"),
        (
            1, "Липова Анна Олеговна", BORN, "45 04", "123456", "ОВД г. Тулы 12.03.2003", "1234567", "01.02.2020",
            "Тула", "ул. Мира, д. 5, кв. 7",
        ),
        (
            2, "Вязов Олег Ильич", BORN, "4504", "123457", "13.03.2003, УВД г. Тулы, к/п 710-002", "1234568",
            "бессрочно", "Тула", "ул. Мира, 6-8",
        ),
        merged=("A1:A2", "B1:B2", "C1:C2", "D1:F1", "G1:H1", "I1:J1"),
    )  # fmt: skip
    names = ("paper_series", "paper_number", "paper_issued_on", "paper_issued_by", "paper_code")
    found = records(data)
    assert values(found, *names) == [
        ("4504", "123456", dt.date(2003, 3, 12), "ОВД г. Тулы", None),
        ("4504", "123457", dt.date(2003, 3, 13), "УВД г. Тулы", "710-002"),
    ]
    assert values(found, "certificate_number", "certificate_expires_on", "certificate_indefinite") == [
        ("1234567", dt.date(2020, 2, 1), None), ("1234568", None, True),
    ]  # fmt: skip
    assert values(found, "city", "street", "house", "flat") == [
        ("Тула", "ул. Мира", "5", "7"), ("Тула", "ул. Мира", "6", "8"),
    ]  # fmt: skip


def test_u_5_day_and_number_of_minutes_in_one_column() -> None:
    day = dt.date(2015, 3, 12)
    found = column(
        "Дата и № протокола", "12.03.2015 № 3", "№3 от 12.03.2015г.", "12.03.2015, пр. 4", "пр. № 5 12.03.15",
        "3/12.03.2015", dt.datetime(2015, 3, 12), "№ 7",
    )  # fmt: skip
    assert values(found, "minutes_number", "minutes_date") == [
        ("3", day), ("3", day), ("4", day), ("5", day), ("3", day), (None, day), ("7", None),
    ]  # fmt: skip
    assert values(column("Дата протокола", "12.03.2015 № 3", "12.03.2015"), "minutes_number", "minutes_date") == [
        ("3", day), (None, day),
    ]  # fmt: skip
    assert values(column("Номер протокола", "3 от 12.03.2015", "12/2015"), "minutes_number", "minutes_date") == [
        ("3", day), ("12/2015", None),
    ]  # fmt: skip


def test_u_5_an_address_in_several_columns() -> None:
    names = ("city", "street", "house", "flat")
    headings = (*NAMES, "Населённый пункт", "Адрес")
    found = records(book(headings, ("Липова Анна Олеговна", BORN, "с. Заречное", "ул. Новая, 12")))
    assert values(found, *names) == [("с. Заречное", "ул. Новая", "12", None)]
    headings = (*NAMES, "Адрес", "Дом", "Кв.")
    found = records(book(headings, ("Липова Анна Олеговна", BORN, "г. Тула, ул. Мира", 5, 7)))
    assert values(found, *names) == [("г. Тула", "ул. Мира", "5", "7")]
    found = column("Улица", "Мира, д. 5, кв. 7", "ул. Мира", "ул. 8 Марта")
    assert values(found, *names) == [
        (None, "Мира", "5", "7"), (None, "ул. Мира", None, None), (None, "ул. 8 Марта", None, None),
    ]  # fmt: skip


def test_u_5_a_passport_with_its_issuer_in_one_cell() -> None:
    found = column(
        "Паспортные данные", "45 04 123456 ОВД Зареченского района г. Тулы 12.03.2003",
        "4504 № 123456, выдан 12.03.2003 УВД г. Тулы, код 710-002",
        "серия 45 04 номер 123456 выдан ОВД г. Тулы 12 марта 2003 г.", "паспорт 4504 123456",
        "45 04 123456 выд. ОУФМС России по Тульской обл. 12.03.03 к/п 710-002", "45 04 123456 выдан 31.02.2003",
    )  # fmt: skip
    day = dt.date(2003, 3, 12)
    assert values(found, "paper_series", "paper_number") == [("4504", "123456")] * 6
    assert values(found, "paper_issued_by", "paper_issued_on", "paper_code") == [
        ("ОВД Зареченского района г. Тулы", day, None), ("УВД г. Тулы", day, "710-002"), ("ОВД г. Тулы", day, None),
        (None, None, None), ("ОУФМС России по Тульской обл", day, "710-002"), (None, None, None),
    ]  # fmt: skip
    assert "rest_left" in codes(found[5])


def test_u_5_sex_as_a_choice_that_nobody_made() -> None:
    found = column("Пол (ж/м)", "ж/м", "Ж.", "жен", "М.")
    assert values(found, "sex") == [("female",), ("female",), ("female",), ("male",)]
    assert [codes(record) for record in found] == [["unknown_option"], [], [], ["sex_conflict"]]


def test_v_h1_subheadings_inside_a_numbered_list() -> None:
    data = book(
        ("№", "ФИО", "Дата рождения"), (None, "Первичная организация № 1", None), (1, "Липова Анна Олеговна", BORN),
        ("Первичная организация № 2",), (1, "Ясенева Ия Львовна", BORN), ("Инвалиды 1 группы",),
        (2, "Липова Вера Олеговна", BORN), (None, "Итого:", 3),
    )  # fmt: skip
    assert texts(data) == [(1, "heading"), (2, "section"), (4, "section"), (6, "note"), (8, "total")]
    assert values(records(data), "cell") == [
        ("Первичная организация № 1",), ("Первичная организация № 2",), ("Первичная организация № 2",),
    ]  # fmt: skip


def test_u_5_a_birth_date_in_three_columns() -> None:
    data = book(
        ("ФИО", "Дата рождения", None, None, "Телефон"), (None, "число", "месяц", "год", None),
        ("Липова Анна Олеговна", 5, 6, 1951, "89161234501"), ("Вязов Олег Ильич", 7, "августа", 1949, "89161234502"),
        ("Ясенева Ия Львовна", None, None, 1950, "89161234503"), merged=("A1:A2", "B1:D1", "E1:E2"),
    )  # fmt: skip
    found = records(data)
    assert values(found, "birth_date", "birth_place") == [
        (dt.date(1951, 6, 5), None), (dt.date(1949, 8, 7), None), (None, None),
    ]  # fmt: skip
    assert "date_incomplete" in codes(found[2])


def test_u_5_a_group_by_the_column_that_is_ticked() -> None:
    headings = (*NAMES, "1 гр.", "2 гр.", "3 гр.", "М", "Ж")
    rows = [
        ("Липова Анна Олеговна", BORN, "+", None, None, None, "х"), ("Вязов Олег Ильич", BORN, None, 1, None, "+"),
        ("Липова Вера Олеговна", BORN, None, None, "V", None, "+"), ("Липова Дина Олеговна", BORN, "+", "+"),
    ]  # fmt: skip
    found = records(book(headings, *rows))
    assert values(found, "disability_group", "sex") == [
        ("I", "female"), ("II", "male"), ("III", "female"), ("I", "female"),
    ]  # fmt: skip
    assert "rest_left" in codes(found[3])
    # Groups given as text instead of a tick are kept as they are.
    assert values(column("2 гр.", "иногда", "нет"), "disability_group") == [(None,), (None,)]


def test_u_5_the_workbook_of_remarks_has_the_composed_column_once() -> None:
    headings = (*NAMES, "1 гр.", "2 гр.", "Группа инвалидности")
    table = read_table(
        book(headings, ("Липова Анна Олеговна", BORN, "+", None, "2"), ("Вязов Олег Ильич", BORN, None, "+"))
    )
    assert table.headings == headings
    assert recognise(table).mapping == {0: "full_name", 1: "birth_date", 4: "disability_group"}


def test_u_5_two_lists_beside_each_other_are_refused_for_half_of_the_people_would_be_lost() -> None:
    headings = ("№", "ФИО", "Дата рождения")
    rows = [(1, "Липова Анна Олеговна", BORN, 2, "Ясенева Ия Львовна", BORN)]
    with pytest.raises(Unreadable) as refusal:
        read_table(book((*headings, *headings), *rows))
    assert refusal.value.code == "lists_beside"


def test_u_5_a_group_is_read_in_a_column_in_which_no_cell_holds_it_alone() -> None:
    found = column(
        "Группа инвалидности", "2 гр., с детства, бессрочно", "2 гр. до 01.05.2017", "I гр. (зрение)", "3 раб."
    )
    names = ("disability_group", "disability_cause", "certificate_expires_on", "certificate_indefinite")
    assert values(found, *names) == [
        ("II", "childhood", None, True), ("II", None, dt.date(2017, 5, 1), None), ("I", None, None, None),
        ("III", None, None, None),
    ]  # fmt: skip
    found = column("Категория", "инвалид 2 гр.", "инв. I группы", "инвалид 3 гр.")
    assert values(found, "category", "disability_group") == [
        ("disabled", "II"), ("disabled", "I"), ("disabled", "III"),
    ]  # fmt: skip


def test_u_5_a_certificate_with_its_day_and_a_ticket_with_its_day() -> None:
    found = column(
        "Справка МСЭ (серия, №, дата)", "МСЭ-2012 № 1234567 от 05.05.2013", "МСЭ-2013 1234568, 06.05.2014",
        "сер. МСЭ-2014 № 1234569 выдана 07.05.2015", "01.02.2019",
    )  # fmt: skip
    assert values(found, "certificate_series", "certificate_number", "certificate_issued_on") == [
        ("МСЭ-2012", "1234567", dt.date(2013, 5, 5)), ("МСЭ-2013", "1234568", dt.date(2014, 5, 6)),
        ("МСЭ-2014", "1234569", dt.date(2015, 5, 7)), (None, None, None),
    ]  # fmt: skip
    found = column("№ билета", "№ 00123 от 05.05.2015", "ТУ 00125", "б/н")
    assert values(found, "ticket_number") == [("00123",), ("ТУ 00125",), (None,)]
    assert [codes(record) for record in found] == [["rest_left"], [], []]


def test_u_5_headings_broken_into_lines_and_a_list_that_begins_in_the_third_column() -> None:
    headings = (None, None, "№\nп/п", "Ф.\nИ.\nО.", "Дата рож-\nдения", "Теле-\nфон", "Обра-\nзова-\nние")
    rows = [(None, None, 1, "Липова Анна Олеговна", BORN, "89161234501", "н/высшее")]
    found = records(book((None, None, "Список"), headings, *rows))
    assert values(found, "surname", "birth_date", "phone_mobile", "education") == [
        ("Липова", dt.date(1951, 6, 5), "+79161234501", "incomplete_higher"),
    ]  # fmt: skip
