"""Rows as people: checks across fields, required values, duplicates in a file (U-5a, V-A1, N-A1)."""

import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from members.lists.reading.fields import FIELDS
from members.lists.reading.reader import Row
from members.lists.reading.records import Record, build_record, mark_repeats

TODAY = datetime.date(2025, 11, 23)


def record(
    number: int = 1,
    *,
    minimum_age: int = 18,
    options: Any = None,
    required: Any = ("surname", "birth_date"),
    **cells: Any,
) -> Record:
    mapping = dict(enumerate(cells))
    row = Row(number, tuple(cells.values()))
    return build_record(row, mapping, today=TODAY, minimum_age=minimum_age, required=required, options=options)


def codes(found: Record) -> list[tuple[str, str]]:
    return [(issue.field, issue.code) for issue in found.issues]


IVANOV = {"full_name": "Иванов Пётр Ильич", "sex": "м", "birth_date": "05.11.1958"}


def test_a_clean_row_has_no_remarks() -> None:
    found = record(**IVANOV)
    assert (found.right, found.issues) == (True, [])
    assert found.values == {
        "surname": "Иванов",
        "given_name": "Пётр",
        "patronymic": "Ильич",
        "sex": "male",
        "birth_date": datetime.date(1958, 11, 5),
    }


def test_the_date_of_birth_next_to_the_name_is_read_with_a_remark() -> None:
    found = record(full_name="Иванов Пётр Ильич, 05.11.1958 г.р.", sex="м")
    assert (found.values["patronymic"], found.values["birth_date"]) == ("Ильич", datetime.date(1958, 11, 5))
    assert codes(found) == [("birth_date", "birth_beside_name")]
    found = record(full_name="Иванов Пётр Ильич (1958 г.р.)", sex="м")
    assert codes(found) == [("birth_date", "birth_beside_name"), ("birth_date", "date_incomplete")]
    # A separate column takes precedence; a date next to the name is then part of a wrong name.
    assert record(**{**IVANOV, "full_name": "Иванов Пётр Ильич 05.11.1957"}).values["birth_date"].year == 1958


def test_a_given_name_with_its_patronymic_in_one_column_is_divided() -> None:
    found = record(surname="Алиева", given_name="Лейла Ахмед кызы", sex="ж", birth_date="05.11.1958")
    assert (found.values["given_name"], found.values["patronymic"], found.issues) == ("Лейла", "Ахмед кызы", [])
    found = record(surname="Ким", given_name="Анна Мария", sex="ж", birth_date="05.11.1958")
    assert found.values["given_name"] == "Анна Мария"


def test_v_b14_a_mark_of_death_or_leaving_in_an_ignored_column_needs_confirmation() -> None:
    for mark in ("умерла 12.05.2024", "Выбыл в Калугу", "снят с учёта", "исключена"):
        row = Row(1, ("Иванов Пётр Ильич", "м", "05.11.1958", mark))
        mapping = {0: "full_name", 1: "sex", 2: "birth_date"}
        found = build_record(row, mapping, today=TODAY, minimum_age=18)
        assert [(issue.code, issue.params) for issue in found.issues] == [("gone_mark", {"text": mark})]
    assert codes(record(**{**IVANOV, "full_name": "Иванов Пётр Ильич (умер)"}))[-1] == ("", "gone_mark")
    assert codes(record(**IVANOV, workplace="Выбыл-сервис")) == []


def test_a_separate_column_takes_precedence_over_a_combined_one() -> None:
    found = record(**IVANOV, disability_cause="труд. увечье", disability_group="2 гр., инв. детства")
    assert (found.values["disability_group"], found.values["disability_cause"]) == ("II", "labour")
    found = record(**IVANOV, address="г. Тула, ул. Мира, 5, т. 8-910-111-22-33", phone="8-910-111-22-44")
    assert (found.values["phone_mobile"], found.values["house"]) == ("+79101112244", "5")


def test_u5a_what_is_required_and_missing_is_an_error_once() -> None:
    assert codes(record(full_name="Иванов Пётр Ильич", sex="м", birth_date=None)) == [("birth_date", "required")]
    assert codes(record(full_name="Иванов", sex="м", birth_date="31.02.1958")) == [
        ("full_name", "name_incomplete"),
        ("birth_date", "date_impossible"),
    ]


def test_a_missing_sex_is_derived_with_a_remark() -> None:
    birth = IVANOV["birth_date"]
    assert codes(record(full_name="Иванов Пётр Ильич", birth_date=birth)) == [("sex", "male_by_patronymic")]
    assert codes(record(full_name="Алиева Лейла Ахмед кызы", birth_date=birth)) == [("sex", "female_by_patronymic")]
    assert codes(record(full_name="Дюма Жан", birth_date=birth)) == [
        ("patronymic", "no_patronymic"),
        ("sex", "male_by_name"),
    ]
    assert codes(record(full_name="Ким Саша", birth_date=birth)) == [
        ("patronymic", "no_patronymic"),
        ("sex", "sex_unknown"),
    ]


def test_a_sex_that_contradicts_the_patronymic_is_to_be_checked() -> None:
    found = record(full_name="Кузьмин-Караваев Дмитрий Львович", sex="жен.", birth_date="15.07.1959")
    assert codes(found) == [("sex", "sex_conflict")]
    assert (found.values["sex"], found.issues[0].original, found.right) == ("female", "жен.", True)


def test_a_list_without_patronymics_has_no_remarks_on_them() -> None:
    found = record(surname="Иванов", given_name="Пётр", sex="м", birth_date="05.11.1958")
    assert (found.issues, "no_patronymic" in found.values) == ([], False)


def test_va1_joining_before_birth_is_wrong_and_too_young_is_to_be_checked() -> None:
    assert codes(record(**IVANOV, joined_on="05.11.1957")) == [("joined_on", "joined_before_birth")]
    assert codes(record(**IVANOV, joined_on="1957")) == [
        ("joined_on", "year_only"),
        ("joined_on", "joined_before_birth"),
    ]
    assert codes(record(**IVANOV, joined_on="04.11.1976")) == [("joined_on", "joined_too_young")]
    assert codes(record(**IVANOV, joined_on="05.11.1976")) == []
    assert codes(record(**IVANOV, joined_on="1976")) == [("joined_on", "year_only")]
    assert codes(record(**IVANOV, joined_on="01.09.1974", minimum_age=14)) == []
    assert codes(record(**{**IVANOV, "birth_date": "24.11.2008"})) == [("birth_date", "too_young_now")]


def test_other_dates_are_in_order() -> None:
    assert codes(record(**IVANOV, joined_on="05.11.1990", registered_on="04.11.1990")) == [
        ("registered_on", "registered_before_joined")
    ]
    assert codes(record(**IVANOV, certificate_issued_on="05.11.2020", certificate_expires_on="04.11.2020")) == [
        ("certificate_expires_on", "expires_before_issued_left")
    ]
    assert codes(record(**IVANOV, passport_issued_on="05.11.1970")) == [("passport_issued_on", "passport_too_early")]


def test_a_child_group_of_an_adult_is_to_be_checked() -> None:
    found = record(**IVANOV, disability_group="реб.-инв.", category="опекун")
    assert codes(found) == [("disability_group", "child_group_adult")]
    assert found.right


def test_options_that_the_federation_lacks_are_generalised_or_reported() -> None:
    offered = {"education": ("primary", "secondary", "vocational", "higher")}
    assert record(**IVANOV, education="магистр", options=offered).values["education"] == "higher"
    found = record(**IVANOV, education="неок. высшее", options=offered)
    assert codes(found) == [("education", "unknown_option")]
    assert ("education" in found.values, found.issues[0].params) == (False, {"text": "неок. высшее"})


def test_columns_of_one_field_are_joined_and_short_rows_are_read() -> None:
    row = Row(5, ("Иванов Пётр Ильич", "89123456789", "4-99-52"))
    mapping = {0: "full_name", 1: "phone", 2: "phone", 7: "birth_date"}
    found = build_record(row, mapping, today=TODAY, minimum_age=18)
    assert (found.values["phone_mobile"], found.values["phone_home"]) == ("+79123456789", "4-99-52")
    assert ("birth_date", "required") in codes(found)


def test_na1_repeats_name_the_rows() -> None:
    records = [
        record(2, full_name="Семёнов Пётр Ильич", sex="м", birth_date="05.11.1958", snils="112-233-445 95"),
        record(3, full_name="СЕМЕНОВ  ПЕТР ИЛЬИЧ", sex="м", birth_date="5.11.1958", snils="112-233-445 95"),
        record(4, full_name="Семёнов Пётр Ильич", sex="м", birth_date="06.11.1958", ticket_number="12"),
        record(5, full_name="Ким Лев Ильич", sex="м", birth_date="07.11.1958", snils="112-233-445 95"),
        record(6, full_name="Ким Ян Ильич", sex="м", birth_date="08.11.1958", ticket_number="№ 12"),
    ]
    mark_repeats(records)
    assert [
        (one.number, issue.code, issue.params) for one in records for issue in one.issues if "rows" in issue.params
    ] == [
        (2, "repeated_below", {"rows": "3"}),
        (2, "duplicate_snils", {"rows": "5"}),
        (3, "duplicate_person", {"rows": "2"}),
        (4, "duplicate_ticket", {"rows": "6"}),
        (5, "duplicate_snils", {"rows": "2"}),
        (6, "duplicate_ticket", {"rows": "4"}),
    ]


CELLS = st.none() | st.text(max_size=30) | st.dates() | st.integers() | st.floats()


@given(st.lists(CELLS, max_size=len(FIELDS) * 2))
def test_any_row_is_handled(cells: list[Any]) -> None:
    keys = sorted(set(FIELDS) - {"ignore"})
    mapping = {index: keys[index % len(keys)] for index in range(len(keys) * 2)}
    records = [build_record(Row(number, tuple(cells)), mapping, today=TODAY, minimum_age=18) for number in (1, 2)]
    mark_repeats(records)
    assert all(issue.message for one in records for issue in one.issues)
