"""Three real lists of chairs, to the last row: values that are read, assumed, doubted and refused (U-5)."""

import datetime
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from members.lists.reading.columns import Recognition, recognise
from members.lists.reading.reader import Table, read_table
from members.lists.reading.records import Record, build_record, mark_repeats

DATA = Path(__file__).parents[2] / "data"
TODAY = datetime.date(2026, 11, 23)

Read = tuple[Table, Recognition, list[Record]]


def read(name: str, minimum_age: int) -> Read:
    table = read_table((DATA / name).read_bytes(), name)
    found = recognise(table)
    records = [build_record(row, found.mapping, today=TODAY, minimum_age=minimum_age) for row in table.rows]
    mark_repeats(records)
    return table, found, records


@pytest.fixture(scope="module")
def school() -> Read:
    return read("school_union_list.xlsx", 14)


@pytest.fixture(scope="module")
def cell() -> Read:
    return read("old_cell_list.xls", 18)


@pytest.fixture(scope="module")
def local() -> Read:
    return read("voi_local_list_cp1251.csv", 18)


def rows_by_issue(records: list[Record]) -> dict[str, list[int]]:
    found = defaultdict(list)
    for record in records:
        for issue in record.issues:
            found[issue.code].append(record.number)
    return dict(found)


def counts(records: list[Record], name: str) -> dict[Any, int]:
    return dict(Counter(record.values[name] for record in records if name in record.values))


def row(records: list[Record], number: int) -> dict[str, Any]:
    return next(record.values for record in records if record.number == number)


def test_the_school_list_is_read_to_the_last_row(school: Read) -> None:
    table, found, records = school
    assert (table.sheet, table.sheets, table.heading_row) == ("Список", ("Список",), 4)
    assert [record.number for record in records] == list(range(5, 71))
    assert [(one.number, one.reason) for one in table.dropped] == [
        (1, "title"),
        (2, "title"),
        (3, "empty"),
        (4, "heading"),
        (71, "empty"),
        (72, "total"),
        (73, "signature"),
    ]
    assert found.mapping == {
        1: "full_name",
        2: "birth_date",
        3: "sex",
        4: "workplace",
        5: "position",
        6: "education",
        7: "joined_on",
        8: "dues_form",
        9: "phone",
        10: "email",
    }
    assert (found.conflicts, all(guess.sure for guess in found.guesses)) == ([], True)


def test_the_school_list_says_what_is_assumed_doubted_and_wrong(school: Read) -> None:
    _table, _found, records = school
    assert rows_by_issue(records) == {
        "email_spaces": [5, 9, 10, 13, 14, 15, 19, 20, 23, 25, 27, 29, 30, 32, 39, 41, 44, 45, 54, 55, 56, 64, 68, 69],
        "name_case": [6, 19, 24, 37, 40, 41, 49, 52, 57, 61, 65, 69, 70],
        "name_lookalikes": [10],
        "date_day_first": [6, 23, 32, 35, 37, 43, 48, 69],
        "date_two_digits": [9, 11, 14, 19, 20, 24, 25, 28, 52, 54, 54, 56, 65, 65, 66, 68],
        "female_by_patronymic": [8, 18, 22, 31, 32, 34, 45, 61, 62, 68, 69],
        "male_by_patronymic": [35, 54],
        "male_by_name": [15],
        "no_patronymic": [15],
        "sex_conflict": [41],
        "required": [52],
        "repeated_below": [16, 32],
        "duplicate_person": [69, 70],
    }
    assert [record.number for record in records if not record.right] == [52, 69, 70]


def test_the_school_list_gives_these_values(school: Read) -> None:
    _table, _found, records = school
    assert counts(records, "education") == {"incomplete_higher": 12, "higher": 17, "vocational": 18, "secondary": 9}
    assert counts(records, "dues_form") == {"cashless": 35, "cash": 24}
    assert counts(records, "dues_percent") == {Decimal("1"): 11}
    assert counts(records, "sex") == {"male": 7, "female": 59}
    assert row(records, 10) == {
        "surname": "Рябов",
        "given_name": "Святослав",
        "patronymic": "Еремеевич",
        "sex": "male",
        "birth_date": datetime.date(1998, 5, 4),
        "workplace": "МБОУ СОШ",
        "position": "уборщик служебных помещений",
        "education": "higher",
        "joined_on": datetime.date(2020, 2, 2),
        "joined_year_only": False,
        "dues_form": "cashless",
        "phone_mobile": "+79103859352",
        "email": "kliment10@example.org",
    }
    assert {
        name: row(records, 15)[name] for name in ("surname", "given_name", "patronymic", "no_patronymic", "sex")
    } == {
        "surname": "Дюма",
        "given_name": "Жан",
        "patronymic": "",
        "no_patronymic": True,
        "sex": "male",
    }
    assert (row(records, 18)["phone_mobile"], row(records, 18)["phone_home"]) == ("+79193081120", "4-91-93")
    assert row(records, 41)["surname"] == "Кузьмин-Караваев"
    assert row(records, 20)["birth_date"] == datetime.date(2004, 1, 22)
    assert row(records, 56)["birth_date"] == datetime.date(1940, 4, 22)


def test_the_old_cell_list_is_read_to_the_last_row(cell: Read) -> None:
    table, found, records = cell
    assert (table.sheet, table.heading_row, [one.reason for one in table.dropped]) == ("члены", 1, ["heading"])
    assert [record.number for record in records] == list(range(2, 40))
    assert found.mapping == {0: "full_name", 1: "birth_date", 2: "profession", 3: "ticket_number", 4: "joined_on"}
    assert (found.guesses[5].field, found.guesses[5].note) == ("ignore", "money")
    said = rows_by_issue(records)
    assert {code: len(rows) for code, rows in said.items()} == {
        "year_only": 38,
        "female_by_patronymic": 25,
        "male_by_patronymic": 13,
        "joined_too_young": 3,
        "joined_before_birth": 1,
    }
    assert (said["joined_too_young"], said["joined_before_birth"]) == ([13, 17, 34], [25])
    assert row(records, 3) == {
        "surname": "Павлов",
        "given_name": "Флорентин",
        "patronymic": "Аксёнович",
        "birth_date": datetime.date(1948, 1, 22),
        "profession": "воспитатель",
        "ticket_number": "10110",
        "joined_on": datetime.date(2019, 1, 1),
        "joined_year_only": True,
        "sex": "male",
    }


def test_the_old_cell_list_fits_the_unions_card_by_position(cell: Read) -> None:
    table, _found, _records = cell
    union = recognise(table, offered={"surname", "birth_date", "position", "speciality", "ticket_number", "joined_on"})
    assert union.mapping == {0: "full_name", 1: "birth_date", 2: "position", 3: "ticket_number", 4: "joined_on"}
    assert [guess.index for guess in union.guesses if not guess.sure] == [2]


def test_the_local_list_is_read_to_the_last_row(local: Read) -> None:
    table, found, records = local
    assert [record.number for record in records] == list(range(2, 414))
    assert (table.heading_row, len(table.dropped)) == (1, 1)
    assert list(found.mapping.values()) == [
        "surname",
        "given_name",
        "patronymic",
        "birth_date",
        "snils",
        "disability_group",
        "disability_cause",
        "postcode",
        "address",
        "phone",
        "ticket_number",
        "joined_on",
        "cell",
        "category",
    ]
    assert all(guess.sure for guess in found.guesses)


def test_the_local_list_says_what_is_assumed_doubted_and_wrong(local: Read) -> None:
    _table, _found, records = local
    said = rows_by_issue(records)
    assert {code: len(rows) for code, rows in said.items()} == {
        "year_only": 207,
        "female_by_patronymic": 203,
        "male_by_patronymic": 201,
        "male_by_name": 8,
        "no_patronymic": 8,
        "joined_before_birth": 18,
        "joined_too_young": 84,
        "child_group_adult": 44,
        "snils_check_left": 17,
        "group_of_represented": 131,
    }
    assert said["snils_check_left"] == [18, 47, 68, 96, 127, 183, 200, 225, 287, 291, 303, 340, 343, 361, 369, 374, 397]
    assert said["joined_before_birth"] == [
        2,
        10,
        24,
        45,
        48,
        76,
        98,
        120,
        181,
        228,
        229,
        251,
        262,
        283,
        301,
        325,
        360,
        401,
    ]
    assert said["no_patronymic"] == said["male_by_name"] == [40, 122, 134, 158, 165, 211, 264, 268]
    assert sum(record.right for record in records) == 394


def test_the_local_list_gives_these_values(local: Read) -> None:
    _table, _found, records = local
    assert counts(records, "disability_group") == {"I": 94, "II": 139, "III": 90, "child": 44}
    assert counts(records, "disability_cause") == {"general": 110, "childhood": 121, "labour": 74, "chernobyl": 53}
    assert counts(records, "category") == {"disabled": 166, "guardian": 76, "legal_representative": 92}
    assert counts(records, "sex") == {"female": 203, "male": 209}
    filled = Counter(name for record in records for name in record.values)
    assert {
        name: filled[name]
        for name in ("city", "street", "house", "postcode", "phone_mobile", "phone_home", "ticket_number", "snils")
    } == {
        "city": 412,
        "street": 412,
        "house": 412,
        "postcode": 412,
        "phone_mobile": 412,
        "phone_home": 50,
        "ticket_number": 282,
        "snils": 395,
    }
    assert row(records, 3) == {
        "surname": "Петухова",
        "given_name": "Варвара",
        "patronymic": "Матвеевна",
        "birth_date": datetime.date(1963, 11, 2),
        "snils": "15560250850",
        "disability_group": "I",
        "disability_cause": "general",
        "postcode": "354958",
        "city": "д. Миллерово",
        "street": "пер. Флотский",
        "house": "8 стр. 80",
        "phone_mobile": "+79952342006",
        "phone_home": "4-99-52",
        "ticket_number": "4202387",
        "joined_on": datetime.date(1996, 1, 1),
        "joined_year_only": True,
        "cell": "ПО № 6",
        "category": "guardian",
        "sex": "female",
    }
    assert row(records, 6)["ticket_number"] == "0516445"
    assert row(records, 11)["ticket_number"] == "22259"
    names = {(record.values["surname"], record.values["given_name"]) for record in records}
    assert {("О’Коннор", "Шон"), ("Петрова-Водкина", "Анна-Мария"), ("Семёнов", "Пётр"), ("Ким", "Лев")} <= names
