"""Values of cells: how they are read, assumed or refused (U-5a)."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.lists.reading.fields import FIELDS, IGNORE
from members.lists.reading.issues import CATALOGUE, Kind
from members.lists.reading.options import choose
from members.lists.reading.records import SECONDARY_VALUES
from members.lists.reading.values import parse
from members.lists.verdicts import ONE_BY_ONE, awaits_a_word

TODAY = datetime.date(2025, 11, 23)


def read(field: str, raw: Any, *, minimum_age: int = 14) -> tuple[dict[str, Any], list[str]]:
    parsed = parse(field, raw, today=TODAY, minimum_age=minimum_age)
    assert all(issue.message and "%(" not in issue.message for issue in parsed.issues)
    return parsed.values, [issue.code for issue in parsed.issues]


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        (day("1958-11-05"), "1958-11-05", []),
        (datetime.datetime(1958, 11, 5, 0, 0), "1958-11-05", []),
        ("05.11.1958", "1958-11-05", []),
        ("09,04,2005", "2005-04-09", []),
        ("5.11.1958 г.", "1958-11-05", []),
        ("05.11.1958г", "1958-11-05", []),
        ("05.11.1958 г.р.", "1958-11-05", []),
        ("1958-11-05", "1958-11-05", []),
        ("1958-11-05 00:00:00", "1958-11-05", []),
        ("05 11 1958", "1958-11-05", []),
        ("5 ноября 1958 года", "1958-11-05", []),
        ("19/06/1994", "1994-06-19", []),
        ("08/08/1994", "1994-08-08", []),
        ("07/05/1981", "1981-05-07", ["date_day_first"]),
        ("05/19/1981", "1981-05-19", ["date_swapped"]),
        ("05.19.1981", "1981-05-19", ["date_swapped"]),
        ("1981-19-05", "1981-05-19", ["date_swapped"]),
        ("22.10.64", "1964-10-22", ["date_two_digits"]),
        ("22.01.04", "2004-01-22", ["date_two_digits"]),
        ("23.11.11", "2011-11-23", ["date_two_digits"]),
        ("28.11.11", None, ["date_two_digits", "too_young_now"]),
        (21495, "1958-11-06", ["date_serial"]),
        (21495.5, "1958-11-06", ["date_serial"]),
        ("05111958", "1958-11-05", ["date_digits"]),
        (5111958, "1958-11-05", ["date_digits"]),
        ("19581105", "1958-11-05", ["date_digits"]),
        ("1958", None, ["date_incomplete"]),
        (1958, None, ["date_incomplete"]),
        ("11.1958", None, ["date_incomplete"]),
        ("31.02.1958", None, ["date_impossible"]),
        ("00.00.1958", None, ["date_impossible"]),
        ("29.02.1900", None, ["date_impossible"]),
        ("24.11.2025", None, ["date_future"]),
        ("05.11.1899", None, ["date_too_early"]),
        ("05.11.1901", None, ["birth_too_old"]),
        ("05.11.1920", "1920-11-05", ["birth_very_old"]),
        ("05.11.2020", None, ["too_young_now"]),
        ("пятого ноября", None, ["date_unreadable"]),
        ("05.11", None, ["date_unreadable"]),
        ("5 фуября 1958", None, ["date_unreadable"]),
        (-5, None, ["date_unreadable"]),
        (True, None, ["date_unreadable"]),
    ],
)
def test_u5a_a_date_of_birth_in_any_notation(raw: Any, value: str | None, codes: list[str]) -> None:
    values, found = read("birth_date", raw)
    assert found == codes
    assert values == ({"birth_date": day(value)} if value else {})


@pytest.mark.parametrize(
    ("raw", "value", "year_only", "codes"),
    [
        ("1997", "1997-01-01", True, ["year_only"]),
        (2013, "2013-01-01", True, ["year_only"]),
        ("1997 г.", "1997-01-01", True, ["year_only"]),
        ("май 1997", "1997-01-01", True, ["month_only"]),
        ("09.2012", "2012-01-01", True, ["month_only"]),
        ("10.08.18", "2018-08-10", False, ["date_two_digits"]),
        ("03.02.25", "2025-02-03", False, ["date_two_digits"]),
        ("03.12.25", "1925-12-03", False, ["date_two_digits"]),
        ("08.05.2006 г.", "2006-05-08", False, []),
    ],
)
def test_u5a_a_year_alone_is_enough_for_joining(raw: Any, value: str, year_only: bool, codes: list[str]) -> None:
    assert read("joined_on", raw) == ({"joined_on": day(value), "joined_year_only": year_only}, codes)


def test_joining_in_a_year_to_come_is_refused() -> None:
    assert read("joined_on", str(TODAY.year + 1)) == ({}, ["date_future"])


def test_a_certificate_may_end_in_the_future_or_never() -> None:
    assert read("certificate_expires_on", "01.12.25") == (
        {"certificate_expires_on": day("2025-12-01")},
        ["date_two_digits"],
    )
    assert read("certificate_expires_on", "бессрочно") == ({"certificate_indefinite": True}, [])


@given(st.dates(min_value=day("1930-01-01"), max_value=day("2010-01-01")))
def test_a_date_in_russian_notation_comes_back_itself(date: datetime.date) -> None:
    for notation in ("%d.%m.%Y", "%Y-%m-%d", "%d,%m,%Y", "%d-%m-%Y г."):
        assert read("birth_date", date.strftime(notation)) == ({"birth_date": date}, [])
    values, codes = read("birth_date", date.strftime("%d/%m/%Y"))
    assert values == {"birth_date": date}
    assert codes == (["date_day_first"] if date.day <= 12 and date.day != date.month else [])


@pytest.mark.parametrize(
    ("raw", "parts", "codes"),
    [
        ("Сорокина Таисия Игоревна ", ("Сорокина", "Таисия", "Игоревна"), []),
        ("Дюма  Жан", ("Дюма", "Жан", ""), []),
        ("КУЗЬМИН-КАРАВАЕВ ДМИТРИЙ ЛЬВОВИЧ", ("Кузьмин-Караваев", "Дмитрий", "Львович"), ["name_case"]),
        ("крылова анна робертовна", ("Крылова", "Анна", "Робертовна"), ["name_case"]),
        ("Рябoв Cвятocлaв Eрeмeeвич", ("Рябов", "Святослав", "Еремеевич"), ["name_lookalikes"]),
        ("Бах Ирина Отто-Ивановна", ("Бах", "Ирина", "Отто-Ивановна"), []),
        ("Алиев Мамед Ахмед оглы", ("Алиев", "Мамед", "Ахмед оглы"), []),
        ("Алиева Лейла Ахмед кызы", ("Алиева", "Лейла", "Ахмед кызы"), []),
        ("фон Бок Иван Карлович", ("фон Бок", "Иван", "Карлович"), []),
        ("О'Коннор Шон", ("О’Коннор", "Шон", ""), []),
        ("Анна Ивановна Петрова", ("Петрова", "Анна", "Ивановна"), ["name_order"]),
        ("Войнович Иван Ильич", ("Войнович", "Иван", "Ильич"), []),
        ("Петрова Водкина Анна Сергеевна", ("Петрова Водкина", "Анна", "Сергеевна"), ["name_split"]),
        ("Нгуен Ван Ань", ("Нгуен", "Ван", "Ань"), ["name_split"]),
        ("Петрова (Иванова) Анна Сергеевна", ("Петрова", "Анна", "Сергеевна"), ["name_brackets"]),
        ("Иванов, Пётр Ильич", ("Иванов", "Пётр", "Ильич"), []),
    ],
)
def test_u5a_a_full_name_is_divided(raw: str, parts: tuple[str, str, str], codes: list[str]) -> None:
    assert read("full_name", raw) == (dict(zip(("surname", "given_name", "patronymic"), parts, strict=True)), codes)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("Иванов", "name_incomplete"),
        ("Иванов И.И.", "name_initials"),
        ("Иванов И И", "name_initials"),
        ("Анна Ивановна", "name_no_surname"),
        ("John Smith", "name_alphabets"),
        ("Иванов John", "name_alphabets"),
        ("Иванов2 Пётр", "name_characters"),
        ("<script>alert(1)</script>", "formula"),
        ("=HYPERLINK(1)", "formula_result"),
        ("Иванов\x00 Пётр", "control_characters"),
        ("Иванов\ud800 Пётр", "control_characters"),
        ("И" * 10_000, "too_long"),
        ("Иванов Пётр ☺", "name_characters"),
        (12345, "name_characters"),
    ],
)
def test_a_value_that_is_not_a_name_is_refused(raw: Any, code: str) -> None:
    assert read("full_name", raw) == ({}, [code])


def test_a_patronymic_can_be_marked_as_absent() -> None:
    assert read("patronymic", "нет") == ({"no_patronymic": True}, [])
    assert read("patronymic", None) == ({}, [])
    assert read("patronymic", "И" * 101) == ({}, ["name_case", "too_long"])


@pytest.mark.parametrize(
    ("field", "raw", "option"),
    [
        *[("sex", text, "male") for text in ("муж", "м", "М.", "M", "мужской")],
        *[("sex", text, "female") for text in ("Ж", "жен.", "женский")],
        *[("disability_group", text, "I") for text in ("1", 1, "I", "1 гр.", "I группа", "1-я", "инвалид 1 группы")],
        *[("disability_group", text, "II") for text in ("2 гр.", "II", "2", "вторая")],
        *[("disability_group", text, "III") for text in ("III", 3, "3гр")],
        *[("disability_group", text, "child") for text in ("реб.-инв.", "ребёнок-инвалид")],
        *[("disability_cause", text, "general") for text in ("общ. заб.", "общее заболевание", "о/з")],
        *[
            ("disability_cause", text, "labour")
            for text in ("труд. увечье", "трудовое увечье", "профзаболевание", "труда")
        ],
        *[("disability_cause", text, "childhood") for text in ("с детства", "инв. детства", "инвалид с детства")],
        *[("disability_cause", text, "chernobyl") for text in ("ЧАЭС", "чернобылец")],
        *[("disability_cause", text, "war") for text in ("ВОВ", "инвалид ВОВ", "Великой Отечественной войны")],
        ("disability_cause", "воин-интернационалист", "internationalist"),
        ("disability_cause", "военная травма", "military"),
        *[("category", text, "disabled") for text in ("инв.", "инвалид")],
        *[("category", text, "legal_representative") for text in ("законный представитель", "мать")],
        ("category", "опекун", "guardian"),
        ("category", "попечитель", "trustee"),
        ("category", "неработающий пенсионер", "pensioner"),
        ("category", "студентка", "student"),
        ("category", "работающий", "employed"),
        ("category", "временно не работает", "unemployed"),
        *[("education", text, "higher") for text in ("в/о", "высшее", "Высшее", "высшее педагогическое")],
        *[("education", text, "incomplete_higher") for text in ("неок. высшее", "н/в", "незаконченное высшее")],
        *[
            ("education", text, "vocational")
            for text in ("ср.-спец.", "среднее спец.", "среднее профессиональное", "СПО", "колледж", "ПТУ")
        ],
        *[
            ("education", text, "secondary")
            for text in ("среднее", "ср.", "среднее общее", "полное среднее", "11 классов")
        ],
        *[("education", text, "basic") for text in ("основное общее", "неполное среднее", "9 кл.")],
        ("education", "начальное", "primary"),
        ("education", "магистр", "master"),
        *[("marital_status", text, "married") for text in ("замужем", "женат", "состоит в браке")],
        *[("marital_status", text, "single") for text in ("не замужем", "холост", "не состоит")],
        ("marital_status", "вдова", "widowed"),
        ("marital_status", "разведен", "divorced"),
        ("worker_category", "педагогический", "teaching"),
        ("worker_category", "учебно-вспомогательный", "support"),
        ("worker_category", "АУП", "leading"),
        *[("dues_form", text, "cash") for text in ("нал.", "наличные", "в кассу")],
        *[("dues_form", text, "cashless") for text in ("безнал", "безналично", "через работодателя")],
        ("dues_form", "освобожден", "exempt"),
    ],
)
def test_u5a_words_of_lists_mean_options_of_the_card(field: str, raw: Any, option: str) -> None:
    assert read(field, raw) == ({field: option}, [])


@pytest.mark.parametrize(("raw", "sex"), [("1", "male"), (1, "male"), (2.0, "female"), ("2", "female")])
def test_u5a_the_codes_of_the_sex_are_read_and_asked_about_once_for_all_rows(raw: Any, sex: str) -> None:
    assert read("sex", raw) == ({"sex": sex}, [f"{sex}_by_code"])
    assert choose("sex", str(raw)) == ""
    issue = parse("sex", raw, today=TODAY).issues[0]
    assert (awaits_a_word(issue), issue.code in ONE_BY_ONE) == (True, False)


@pytest.mark.parametrize(
    ("field", "raw", "code"),
    [
        ("sex", "3", "unknown_option"),
        ("sex", "да", "unknown_option"),
        ("category", "сосед", "unknown_option"),
        ("disability_group", "4", "unknown_option"),
        ("education", "самоучка", "unknown_option"),
        ("dues_form", "как придётся", "unknown_option"),
        ("disability_cause", "не помнит", "unknown_option"),
    ],
)
def test_an_unknown_word_is_reported(field: str, raw: str, code: str) -> None:
    assert read(field, raw) == ({}, [code])


def test_ud1_the_form_of_dues_may_name_the_percentage() -> None:
    assert read("dues_form", "бухгалтерия 1%") == ({"dues_percent": Decimal("1"), "dues_form": "cashless"}, [])
    assert read("dues_form", "1,5 %") == ({"dues_percent": Decimal("1.5")}, [])
    assert read("dues_percent", 0.01) == ({"dues_percent": Decimal("1.00")}, ["percent_fraction"])
    assert read("dues_percent", "1%") == ({"dues_percent": Decimal("1.00")}, [])
    assert read("dues_percent", "много") == ({}, ["percent_form"])
    assert read("dues_percent", "200") == ({}, ["percent_form"])


@pytest.mark.parametrize(
    ("field", "raw", "values", "codes"),
    [
        ("snils", "050-139-443 19", {"snils": "05013944319"}, []),
        ("snils", 5013944319, {"snils": "05013944319"}, ["leading_zeros"]),
        ("snils", "156-511-625 57", {}, ["snils_check"]),
        ("snils", "5013944319", {"snils": "05013944319"}, ["leading_zeros"]),
        ("snils", "5013944318", {}, ["snils_length"]),
        ("phone", 89554368826, {"phone_mobile": "+79554368826"}, []),
        ("phone", "9193081120, дом. 4-91-93", {"phone_mobile": "+79193081120", "phone_home": "4-91-93"}, []),
        ("phone", "89193081120, 89193081121", {"phone_mobile": "+79193081120, +79193081121"}, []),
        (
            "phone",
            ", ".join(f"8919308112{n}" for n in range(4)),
            {"phone_mobile": "+79193081120, +79193081121, +79193081122"},
            ["rest_left"],
        ),
        ("phone", "позвонить соседке", {}, ["phone_form"]),
        ("email", "kliment10 @example.org", {"email": "kliment10@example.org"}, ["email_spaces"]),
        ("email", "a@example.org; b@example.org", {"email": "a@example.org"}, ["rest_left"]),
        ("email", "chair@", {}, ["email_form"]),
        ("ticket_number", "№22259", {"ticket_number": "22259"}, []),
        ("ticket_number", "0516445", {"ticket_number": "0516445"}, []),
        ("ticket_number", 8641, {"ticket_number": "8641"}, []),
        ("ticket_number", "АБ 123456", {"ticket_number": "АБ 123456"}, []),
        ("ticket_number", "утерян", {}, ["ticket_form"]),
        ("ticket_number", "б/н", {}, []),
        ("postcode", 608462, {"postcode": "608462"}, []),
        ("passport", "4508 123456", {"paper_series": "4508", "paper_number": "123456"}, []),
        (
            "passport",
            "серия 45 08 № 123456 выдан ОВД",
            {"paper_series": "4508", "paper_number": "123456", "paper_issued_by": "ОВД"},
            ["passport_split"],
        ),
        (
            "passport",
            "4508 123456, выдан 12.12.2008 г. ОВД Тулы",
            {
                "paper_series": "4508",
                "paper_number": "123456",
                "paper_issued_on": day("2008-12-12"),
                "paper_issued_by": "ОВД Тулы",
            },
            ["passport_split"],
        ),
        (
            "disability_group",
            "2 гр. бессрочно",
            {"disability_group": "II", "certificate_indefinite": True},
            ["indefinite_in_group"],
        ),
        ("disability_group", "1 А", {"disability_group": "I"}, []),
        ("disability_group", "II, инв. детства", {"disability_group": "II", "disability_cause": "childhood"}, []),
        ("disability_group", "инв. детства", {"disability_cause": "childhood"}, ["cause_in_group"]),
        ("phone", "8-910-111-22-33 (муж)", {"phone_mobile": "+79101112233"}, ["rest_left"]),
        ("joined_on", "с 2015 года", {"joined_on": day("2015-01-01"), "joined_year_only": True}, ["year_only"]),
        ("joined_on", "сент. 2015", {"joined_on": day("2015-01-01"), "joined_year_only": True}, ["month_only"]),
        ("birth_date", "5.V.1985", {"birth_date": day("1985-05-05")}, []),
        ("birth_date", "01.О2.195О", {"birth_date": day("1950-02-01")}, ["date_digits"]),
        ("passport", "паспорт есть", {}, ["paper_form"]),
        ("passport_series", 308, {"paper_series": "0308"}, ["leading_zeros"]),
        ("passport_number", "123456", {"paper_number": "123456"}, []),
        ("passport_code", "770-001", {"paper_code": "770-001"}, []),
        ("passport_issued_by", "ОВД г. Твери", {"paper_issued_by": "ОВД г. Твери"}, []),
        ("passport_issued_on", "01.02.2010", {"paper_issued_on": day("2010-02-01")}, []),
        ("certificate", "МСЭ-2015 № 1234567", {"certificate_series": "МСЭ-2015", "certificate_number": "1234567"}, []),
        ("certificate_number", "№ 1234567", {"certificate_number": "1234567"}, []),
        ("minutes", "Протокол № 5 от 12.03.2020", {"minutes_number": "5", "minutes_date": day("2020-03-12")}, []),
        ("minutes", "5 12.03.2020", {"minutes_number": "5", "minutes_date": day("2020-03-12")}, []),
        ("minutes", "№ 5-а", {"minutes_number": "5-а"}, []),
        ("workplace", "МБОУ СОШ № 15", {"workplace": "МБОУ СОШ № 15"}, []),
        ("workplace", "=1+1", {}, ["formula_result"]),
        ("workplace", "'=школа", {}, ["formula"]),
        ("workplace", "a\x00b", {}, ["control_characters"]),
        ("workplace", "ш" * 301, {}, ["too_long"]),
        ("cell", "ПО № 1", {"cell": "ПО № 1"}, []),
        ("position", " — ", {}, []),
        ("position", "-", {}, []),
    ],
)
def test_other_values(field: str, raw: Any, values: dict[str, Any], codes: list[str]) -> None:
    assert read(field, raw) == (values, codes)


@pytest.mark.parametrize(
    ("raw", "values", "codes"),
    [
        (
            "к. Переславль-Залесский, ул. Украинская, д. 7/4",
            {"city": "к. Переславль-Залесский", "street": "ул. Украинская", "house": "7/4"},
            [],
        ),
        (
            "д. Миллерово, пер. Флотский, д. 8 стр. 80",
            {"city": "д. Миллерово", "street": "пер. Флотский", "house": "8 стр. 80"},
            [],
        ),
        (
            "170000, Тверская обл., г. Тверь, ул. Мира, д. 5, корп. 2, кв. 17",
            {
                "postcode": "170000",
                "region": "Тверская обл",
                "city": "г. Тверь",
                "street": "ул. Мира",
                "house": "5 корп. 2",
                "flat": "17",
            },
            [],
        ),
        (
            "г. Тверь ул. 8-е Марта д.5 кв.17",
            {"city": "г. Тверь", "street": "ул. 8-е Марта", "house": "5", "flat": "17"},
            [],
        ),
        ("Тверь, Мира, 5, 17", {"city": "Тверь", "street": "Мира", "house": "5", "flat": "17"}, ["address_split"]),
        ("г. Тверь", {"city": "г. Тверь"}, []),
        ("за рекой", {"city": "за рекой"}, ["address_split"]),
    ],
)
def test_an_address_is_divided(raw: str, values: dict[str, str], codes: list[str]) -> None:
    assert read("address", raw) == (values, codes)


KEYS = sorted(set(FIELDS) - {IGNORE})
CELLS = (
    st.none()
    | st.text()
    | st.text(alphabet="0123456789 .,/-:гIVабвоыичнА№@'=%+", max_size=25)
    | st.text(alphabet=st.characters(categories=["Cs", "Cc", "Nd", "Mn"]), max_size=20)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.datetimes()
)


@given(CELLS)
def test_any_cell_is_handled_for_any_field(raw: Any) -> None:
    for field in KEYS:
        for cell in (raw, raw * 3000 if isinstance(raw, str) else raw):
            parsed = parse(field, cell, today=TODAY, minimum_age=18)
            filled = set(FIELDS[field].fills) | {
                "joined_year_only",
                "certificate_indefinite",
                "no_patronymic",
                "dues_percent",
                *SECONDARY_VALUES.get(field, ()),
            }
            assert set(parsed.values) <= filled
            for issue in parsed.issues:
                assert issue.kind in Kind
                assert issue.message
                issue.original.encode()


def test_every_issue_is_a_sentence() -> None:
    # Messages of the card's rules and of the search for duplicates are complete sentences.
    own = [str(message) for _kind, message in CATALOGUE.values() if message != "%(text)s"]
    assert [message for message in own if not message.endswith(".")] == []


@pytest.mark.parametrize(
    ("field", "raw", "values", "codes"),
    [
        (
            "joined_on", datetime.datetime(1905, 6, 19), {"joined_on": day("1997-01-01"), "joined_year_only": True},
            ["year_in_date", "year_only"],
        ),
        (
            "joined_on", "19.06.1905", {"joined_on": day("1997-01-01"), "joined_year_only": True},
            ["year_in_date", "year_only"],
        ),
        (
            "joined_on", day("1905-03-14"), {"joined_on": day("1900-01-01"), "joined_year_only": True},
            ["year_in_date", "year_only"],
        ),
        ("joined_on", day("1905-03-13"), {"joined_on": day("1905-03-13"), "joined_year_only": False}, []),
        ("joined_on", day("1905-10-01"), {"joined_on": day("1905-10-01"), "joined_year_only": False}, []),
        (
            "joined_on", datetime.datetime(1905, 6, 19, 12, 0),
            {"joined_on": day("1905-06-19"), "joined_year_only": False}, [],
        ),
        ("graduated", datetime.datetime(1905, 6, 19), {"graduated": 1997}, ["year_in_date"]),
        ("course", datetime.datetime(1900, 1, 2), {"course": 2}, ["year_in_date"]),
        ("experience", datetime.datetime(1900, 2, 9), {"experience": 40}, ["year_in_date"]),
        ("experience", datetime.datetime(2015, 2, 9), {}, ["number_form"]),
        ("group_since", datetime.datetime(1905, 6, 19), {"group_since": "1997"}, ["year_in_date"]),
        ("birth_date", datetime.datetime(1905, 5, 11), {}, ["year_as_date"]),
        ("registered_on", datetime.datetime(1905, 6, 19), {}, ["year_as_date"]),
        ("minutes_date", "19.06.1905", {}, ["year_as_date"]),
    ],
)  # fmt: skip
def test_u_5a_a_number_typed_into_a_cell_of_dates_is_no_day_of_1905(
    field: str, raw: Any, values: dict[str, Any], codes: list[str]
) -> None:
    assert read(field, raw) == (values, codes)


def test_u_5a_a_number_typed_into_a_cell_of_dates_that_count_from_1904() -> None:
    parsed = parse("joined_on", datetime.datetime(1909, 6, 20), today=TODAY, since_1904=True)
    assert parsed.values == {"joined_on": day("1997-01-01"), "joined_year_only": True}
    # There, 1905 in a date is an ordinary year, and so is 1909 if days are counted from 1900.
    assert parse("joined_on", day("1905-06-19"), today=TODAY, since_1904=True).values["joined_year_only"] is False
    assert parse("joined_on", day("1909-06-20"), today=TODAY).values["joined_year_only"] is False
