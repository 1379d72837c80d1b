"""Small lists as people really write them: from the file through the dry run to the cards (U-5, U-5a, N-A1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from members.lists import batches
from members.lists.models import ImportBatch, ImportRow
from members.lists.reading.fields import IGNORE
from members.lists.verdicts import kinds_asked
from members.people.models import Member
from members.people.rules.fields import card_values
from tests.members.lists.test_batches import DATA, codes, load, row_of, sheet, verdicts
from tests.members.places import Place, signed_in, union, voi

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
NAMES = ("ФИО", "Дата рождения")
BORN = "05.06.1951"


def case(place: Place, start: str) -> ImportBatch:
    """Load and check the list in `data/cases` whose name starts so."""
    [path] = (DATA / "cases").glob(f"{start}-*")
    return load(place, path.read_bytes(), path.name)


def read(batch: ImportBatch, *names: str) -> list[tuple[Any, ...]]:
    """Return these values of every row, as they will be stored."""
    return [tuple(row.person.get(name) for name in names) for row in ImportRow.objects.filter(batch=batch)]


def on_cards(place: Place, batch: ImportBatch, *names: str) -> list[tuple[Any, ...]]:
    """Accept all questions, register everybody, and return these values on their cards."""
    batches.accept(batch.pk, kinds_asked(batch.pk, by=place.chair), by=place.chair)
    batches.apply_batch(batch.pk, by=place.chair)
    cards = map(card_values, Member.objects.filter(batch=batch).order_by("pk"))
    return [tuple(card[name] or None for name in names) for card in cards]


def column(place: Place, heading: str, *cells: object) -> ImportBatch:
    """Load a list with one more column and one person for each cell."""
    people = ["Анна", "Вера", "Дина", "Зоя", "Инна", "Кира", "Лада", "Майя", "Нина", "Ольга"]
    rows = [(f"Липова {name} Олеговна", BORN, cell) for name, cell in zip(people, cells, strict=False)]
    return load(place, sheet(*rows, headings=(*NAMES, heading)))


def guesses(batch: ImportBatch) -> list[tuple[str, str, bool]]:
    return [(guess["heading"], guess["field"], guess["sure"]) for guess in batch.guesses]


SCHOOL = [
    ("Липова", dt.date(1980, 3, 12), "+79161234501"), ("Вязов", dt.date(1975, 11, 30), "+79161234502"),
    ("Ясенева", dt.date(1991, 1, 5), "+79161234503"),
]  # fmt: skip


@pytest.mark.parametrize("start", ["c01", "c02", "c13", "c16", "c16c", "c21"])
def test_u_5_files_that_other_programs_open_are_read(start: str) -> None:
    place = union()
    batch = case(place, start)
    names = ("surname", "birth_date", "phone_mobile")
    assert (read(batch, *names), verdicts(batch)) == (SCHOOL, {"ready": 3})
    assert (
        read(batch, "workplace", "position", "education", "dues_form", "joined_on")
        == [("МБОУ СОШ № 1", "учитель", "higher", "cashless", dt.date(2010, 9, 1))] * 3
    )
    assert on_cards(place, batch, *names) == SCHOOL


def test_u_5_a_second_sheet_and_rows_of_an_empty_form_are_named() -> None:
    place = union()
    assert (case(place, "c13").sheet, case(place, "c13").sheets) == ("ПО № 1", ["ПО № 1", "ПО № 2"])
    dropped = case(place, "c21").dropped
    assert [(row["number"], row["reason"]) for row in dropped if row["reason"] != "heading"] == [
        (number, "prefilled") for number in range(5, 13)
    ]


def test_u_5_the_value_of_a_cell_merged_downwards_is_that_of_every_row() -> None:
    place = union()
    batch = case(place, "c04")
    right = [("МБДОУ «Ромашка»", "воспитатель")] * 3
    assert read(batch, "workplace", "position") == right
    assert [codes(batch, number) for number in (2, 3, 4)] == [[], ["merged", "merged"], ["merged", "merged"]]
    assert on_cards(place, batch, "workplace", "position") == right


def test_u_5_formulas_without_a_result_are_told() -> None:
    batch = case(union(), "c05")
    assert read(batch, "workplace", "joined_on", "phone_mobile") == [(None, None, None)]
    told = [issue.field for issue in batches.issues_of(row_of(batch, 2)) if issue.code == "formula_result_left"]
    assert sorted(told) == ["joined_on", "phone", "workplace"]
    assert verdicts(batch) == {"unsure": 1}


def test_u_5_days_that_count_from_1904() -> None:
    place = union()
    batch = case(place, "c15")
    right = [(dt.date(1980, 3, 12),), (dt.date(1975, 11, 30),)]
    assert (read(batch, "birth_date"), verdicts(batch)) == (right, {"unsure": 2})
    assert on_cards(place, batch, "birth_date") == right


def test_u_5_a_surname_like_a_patronymic_may_stand_last() -> None:
    place = voi()
    batch = case(place, "c07")
    names = ("surname", "given_name", "patronymic", "sex")
    right = [("Станкевич", "Мария", "Ивановна", "female"), ("Абрамович", "Олег", "Петрович", "male")]
    assert read(batch, *names) == right
    assert [codes(batch, number)[0] for number in (2, 3)] == ["name_order"] * 2
    assert verdicts(batch) == {"unsure": 2}
    assert on_cards(place, batch, *names) == right


@pytest.mark.parametrize(
    ("headings", "cells", "code"),
    [
        (NAMES[:1], ("Алиев Мамед оглы",), "name_particle"),
        (NAMES[:1], ("Бок Иван фон",), "name_particle"),
        (("Фамилия", "Имя", "Отчество"), ("фон", "Иван", "Карлович"), "name_particle"),
        (("Фамилия", "Имя", "Отчество"), ("Алиев", "Мамед", "оглы"), "name_particle"),
        (NAMES[:1], ("Ли И",), "name_letter"),
        (NAMES[:1], ("Иванов П Иванович",), "name_letter"),
        (NAMES[:1], ("Саша Иванова",), "name_split"),
        (NAMES[:1], ("Анна Иванова",), "name_order"),
        (("Фамилия", "Имя"), ("Олег", "Петрович"), "name_parts"),
        (("Фамилия", "Имя"), ("Анна", "Петрова"), "name_places"),
    ],
)
def test_u_5_a_name_that_contradicts_itself_is_never_ready(headings: Any, cells: Any, code: str) -> None:
    batch = load(voi(), sheet((*cells, BORN), headings=(*headings, "Дата рождения")))
    assert code in codes(batch, 2)
    assert set(verdicts(batch)) <= {"unsure", "wrong"}


def test_n_a1_namesakes_with_two_snils_are_asked_about() -> None:
    place = voi()
    batch = case(place, "c09")
    assert verdicts(batch) == {"ready": 3, "unsure": 1}
    assert (codes(batch, 2), codes(batch, 3)) == (
        ["female_by_patronymic"], ["namesake", "female_by_patronymic"],
    )  # fmt: skip
    row = row_of(batch, 3)
    batches.correct_row(row.pk, values=batches.row_texts(row, batch), accepted=True, by=place.chair)
    assert verdicts(batch) == {"ready": 4}
    batches.apply_batch(batch.pk, by=place.chair)
    assert sorted(Member.objects.filter(surname="Кузнецова").values_list("snils", flat=True)) == [
        "08765430199", "11223341791",
    ]  # fmt: skip


def test_n_a1_a_namesake_who_is_registered_later_is_asked_about_too() -> None:
    place = voi()
    batch = case(place, "c09")
    batches.apply_batch(batch.pk, by=place.chair)
    batches.check_batch(batch.pk, by=place.chair)
    row = row_of(batch, 3)
    assert (row.verdict, codes(batch, 3)[0]) == ("duplicate", "on_account")
    batches.correct_row(
        row.pk, values=batches.row_texts(row, batch), accepted=True, confirm_duplicate=True, by=place.chair
    )
    assert row_of(batch, 3).verdict == "ready"
    batches.apply_batch(batch.pk, by=place.chair)
    assert Member.objects.filter(surname="Кузнецова").count() == 2


def test_n_a1_the_same_row_twice_is_still_left_out() -> None:
    rows = [("Кузнецова Мария Ивановна", BORN, snils) for snils in ("112-233-445 95", "11223344595", "")]
    batch = load(voi(), sheet(*rows, headings=(*NAMES, "СНИЛС")))
    assert verdicts(batch) == {"ready": 1, "duplicate": 2}


def test_n_a1_hyphens_and_apostrophes_do_not_make_another_person() -> None:
    rows = [(name, BORN) for name in ("О'Коннор Анна Ивановна", "Оконнор Анна Ивановна", "О’Коннор Ан-на Ивановна")]
    assert verdicts(load(voi(), sheet(*rows, headings=NAMES))) == {"ready": 1, "duplicate": 2}
    place = voi()
    place.put(surname="Салтыков-Щедрин", given_name="Анна", patronymic="Ивановна", birth_date=dt.date(1951, 6, 5))
    typed = [(surname, "Анна", "Ивановна", BORN) for surname in ("Салтыков Щедрин", "СалтыковЩедрин")]
    batch = load(place, sheet(*typed, headings=("Фамилия", "Имя", "Отчество", "Дата рождения")))
    assert (verdicts(batch), "on_account" in codes(batch, 2)) == ({"duplicate": 2}, True)


def test_u_5_telephones_keep_nobody_out() -> None:
    place = voi()
    batch = case(place, "c10")
    right = [
        ("+77051234567", None), (None, "+74872312233"), ("+79161234508, +79161234509", None), ("+79161234502", None),
        ("+79161234502", None), ("+79161234503", None), ("+79161234518", None), ("+375291234567", None),
    ]  # fmt: skip
    assert read(batch, "phone_mobile", "phone_home") == right
    left = {
        row.number: [i.params["text"] for i in batches.issues_of(row) if i.code == "rest_left"]
        for row in batch.rows.all()
    }
    assert {number: texts for number, texts in left.items() if texts} == {3: ["доб. 15"], 8: ["WhatsApp"]}
    assert verdicts(batch) == {"ready": 6, "unsure": 2}
    assert on_cards(place, batch, "phone_mobile", "phone_home") == right


def test_u_5_snils_with_signs_and_words_are_read() -> None:
    place = voi()
    batch = case(place, "c11")
    right = [("11223344595",), ("08765430906",), ("14459004657",), ("11805625441",)]
    assert read(batch, "snils") == right
    assert verdicts(batch) == {"ready": 3, "unsure": 1}
    assert on_cards(place, batch, "snils") == right


def test_u_5_groups_in_russian_letters_are_read_and_asked_about() -> None:
    place = voi()
    batch = case(place, "c17")
    right = [("II", None), ("III", None), ("II", None), ("II", None), ("III", True)]
    assert read(batch, "disability_group", "certificate_indefinite") == right
    assert [codes(batch, number)[0] for number in range(2, 7)] == [
        "group_letters", "group_letters", "group_letters", "female_by_patronymic", "indefinite_in_group",
    ]  # fmt: skip
    assert verdicts(batch) == {"unsure": 3, "ready": 2}
    assert on_cards(place, batch, "disability_group", "certificate_indefinite") == right


def test_u_5_the_day_of_the_ticket_is_not_that_of_joining() -> None:
    for place in (voi(), union()):
        batch = case(place, "c18")
        assert guesses(batch)[2] == ("Дата выдачи билета", IGNORE, False)
        assert read(batch, "joined_on", "phone_mobile") == [(None, "+79161234501")] * 3


@pytest.mark.parametrize(
    "heading",
    [
        "Дата выдачи билета", "Дата обмена билета", "Дата смерти", "Дата снятия с учета", "Дата вступления в должность",
        "Дата вступления в брак", "Дата рождения ребенка", "Дата приёма", "Дата", "Дата исключения", "Когда выбыл",
    ],
)  # fmt: skip
def test_u_5_another_day_is_never_taken_for_that_of_the_card(heading: str) -> None:
    batch = column(voi(), heading, "05.05.2015", "06.05.2015")
    assert guesses(batch)[2] == (heading, IGNORE, False)
    assert read(batch, "joined_on", "birth_date")[0][0] is None


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Телефон мужа", "89161234501"), ("Телефон организации", "89161234501"), ("СНИЛС ребёнка", "11223344595"),
        ("Адрес организации", "г. Тула, ул. Мира, д. 1"), ("E-mail руководителя", "a@example.ru"),
    ],
)  # fmt: skip
def test_u_5_what_belongs_to_somebody_else_is_left_out(heading: str, cell: str) -> None:
    batch = column(voi(), heading, cell, cell)
    assert guesses(batch)[2] == (heading, IGNORE, False)


@pytest.mark.parametrize(
    ("heading", "cell", "field"),
    [
        ("Город", "lipova@mail.ru", "email"), ("Фамилия мамы девичья", "89161234501", None),
        ("Примечание", "lipova@mail.ru", "email"), ("Подпись", "89161234501", "phone"),
        ("СНИЛС", "89161234501", "phone"), ("Возраст", "05.05.2015", IGNORE), ("Место работы", "05.05.2015", IGNORE),
        ("Адрес", "89161234501", "phone"), ("№ п/п", "45 08 123456", "passport"), ("Сумма", "безнал", IGNORE),
        ("Номер билета", "05.05.2015", IGNORE), ("Должность", "1200", IGNORE), ("Индекс", "lipova@mail.ru", "email"),
    ],
)  # fmt: skip
def test_u_5_no_column_is_sure_against_its_content(heading: str, cell: str, field: str | None) -> None:
    batch = column(voi(), heading, cell, cell, cell)
    _heading, found, sure = guesses(batch)[2]
    assert not sure
    if field is not None and found != IGNORE:
        assert found == field
    assert read(batch, "city", "workplace", "position", "profession") == [(None,) * 4] * 3


def test_u_5_headings_with_two_readings() -> None:
    place = union()
    batch = case(place, "c25")
    assert guesses(batch)[2:] == [
        ("e-mail адрес", "email", True), ("Форма опл.", "dues_form", True), ("Гр.", IGNORE, False),
    ]  # fmt: skip
    right = [("lipova@mail.ru", "cash"), ("vyazov@mail.ru", "cashless"), ("yaseneva@mail.ru", "cash")]
    assert read(batch, "email", "dues_form") == right
    assert on_cards(place, batch, "email", "dues_form") == right
    assert guesses(column(voi(), "Гр.", "2", "1", "3"))[2] == ("Гр.", "disability_group", False)
    assert guesses(column(voi(), "Гр.", "II", "I", "III"))[2] == ("Гр.", "disability_group", False)
    passport = column(voi(), "Серия, номер", "45 08 123456", "45 08 123457")
    assert guesses(passport)[2] == ("Серия, номер", "passport", False)
    assert read(passport, "paper_series", "paper_number") == [("4508", "123456"), ("4508", "123457")]


def test_u_5_what_was_chosen_before_is_compared_with_the_content_too() -> None:
    place = voi()
    first = column(place, "Связь", "89161234501")
    batches.set_columns(first.pk, mapping={**first.mapping, "2": "phone"}, defaults={}, by=place.chair)
    assert guesses(column(place, "Связь", "89161234502"))[2] == ("Связь", "phone", True)
    assert guesses(column(place, "Связь", "a@example.ru", "b@example.ru"))[2] == ("Связь", "phone", False)


@pytest.mark.both
def test_u_5_the_group_of_a_guardian_is_asked_about_and_left_out_for_all_at_once() -> None:
    place = voi()
    batch = case(place, "c20")
    assert read(batch, "category", "disability_group") == [("guardian", "II"), ("legal_representative", "III")]
    assert [codes(batch, number)[0] for number in (2, 3)] == ["group_of_represented"] * 2
    assert verdicts(batch) == {"unsure": 2}
    client = signed_in(place.chair)
    rows, accept = (reverse(f"imports:{name}", args=[batch.pk]) for name in ("rows", "accept"))
    page = client.get(rows).content.decode()
    assert ("Собственная группа" in page, "Не собственная, не вносить" in page) == (True, True)
    kind = "disability_group:group_of_represented"
    client.post(accept, {"kind": kind, "not_theirs": "1"})
    health = ("disability_group", "disability_cause", "certificate_indefinite")
    assert (verdicts(batch), read(batch, *health)) == ({"ready": 2}, [(None,) * 3] * 2)
    assert sorted(codes(batch, 2)) == ["female_by_patronymic", "group_left"]
    client.post(accept, {"kind": "disability_group:group_left", "back": "1"})
    assert (verdicts(batch), read(batch, *health)[0]) == ({"unsure": 2}, ("II", "childhood", None))
    client.post(accept, {"kind": kind})
    assert (verdicts(batch), read(batch, *health)[0]) == ({"ready": 2}, ("II", "childhood", None))
    client.post(accept, {"kind": kind, "back": "1"})
    client.post(accept, {"kind": kind, "not_theirs": "1"})
    batches.apply_batch(batch.pk, by=place.chair)
    assert [card_values(member)["disability_group"] for member in Member.objects.all()] == ["", ""]


def test_u_5_the_own_group_of_a_disabled_person_is_not_asked_about() -> None:
    headings = (*NAMES, "Категория", "Группа инвалидности")
    rows = [("Липова Анна Олеговна", BORN, "инвалид", "2"), ("Липова Вера Олеговна", BORN, "попечитель", "")]
    batch = load(voi(), sheet(*rows, headings=headings))
    assert (verdicts(batch), codes(batch, 2)) == ({"ready": 2}, ["female_by_patronymic"])


def test_u_5_numbers_that_another_program_wrote_as_text() -> None:
    batch = case(voi(), "c22")
    names = ("ticket_number", "postcode", "snils", "joined_on", "joined_year_only")
    first, second = read(batch, *names)
    assert [str(value) for value in first] == ["12345", "300012", "11223344595", "2010-01-01", "True"]
    assert [str(value) for value in second] == ["00012", "300012", "11223344595", "2011-01-01", "True"]
    assert codes(batch, 2).count("number_in_text") == 4
    # Two people with the same СНИЛС: somebody has to find out whose it is.
    assert [code for code in codes(batch, 2) if code.startswith("duplicate")] == ["duplicate_snils"]


def test_u_5_signs_around_an_address_of_mail_and_a_russian_letter_in_it() -> None:
    place = voi()
    batch = case(place, "c24")
    right = [("ivanova@mail.ru",)] * 3 + [(None,)]
    assert read(batch, "email") == right
    assert [codes(batch, number)[0] for number in range(2, 6)] == ["email_bare"] * 3 + ["email_letter_left"]
    told = batches.issues_of(row_of(batch, 5))[0].message
    assert told.startswith("В адресе русская буква «а».")
    assert verdicts(batch) == {"ready": 3, "unsure": 1}
    assert on_cards(place, batch, "email") == right


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("Телефон", "спросить у сына", "phone_form_left"),
        ("Телефон", "7,91612E+10", "number_shortened_left"),
        ("СНИЛС", "112-233-445 9", "snils_length_left"),
        ("СНИЛС", "112-233-445 96", "snils_check_left"),
        ("Индекс", "30001", "postcode_form_left"),
        ("Номер билета", "утерян", "ticket_form_left"),
        ("Дата вступления", "не помнит", "date_unreadable_left"),
        ("Дата вступления", "31.02.2010", "date_impossible_left"),
        ("Дата выдачи справки", "32.01.2010", "date_impossible_left"),
        ("Паспорт", "есть", "paper_form_left"),
        ("Профессия", "ш" * 301, "too_long_left"),
        ("Категория", "сосед", "unknown_option"),
        ("Группа инвалидности", "4", "unknown_option"),
        ("Пол", "3", "unknown_option"),
        ("E-mail", "нет@", "email_form_left"),
    ],
)
def test_u_5_a_value_that_the_card_can_do_without_is_left_out_with_a_warning(
    heading: str, cell: str, code: str
) -> None:
    place = voi()
    batch = column(place, heading, cell)
    field = guesses(batch)[2][1] if guesses(batch)[2][1] != IGNORE else None
    if field is None:
        # The contents contradict the heading so clearly that the whole column is ignored.
        batches.set_columns(batch.pk, mapping={**batch.mapping, "2": "category"}, defaults={}, by=place.chair)
    [told] = [issue for issue in batches.issues_of(row_of(batch)) if issue.kind == "warning"]
    assert (told.code, verdicts(batch)) == (code, {"unsure": 1})
    assert on_cards(place, batch, "surname") == [("Липова",)]


def test_u_5_what_the_chair_types_on_the_screen_has_to_be_right() -> None:
    place = voi()
    batch = column(place, "Телефон", "8 916 123 45 0")
    assert verdicts(batch) == {"unsure": 1}
    row = row_of(batch)
    shown = batches.row_texts(row, batch)
    batches.correct_row(row.pk, values={**shown, "phone": "8 916 123 45"}, accepted=True, by=place.chair)
    assert (verdicts(batch), codes(batch, 2)[0]) == ({"wrong": 1}, "phone_form")
    batches.correct_row(row.pk, values={**shown, "phone": "8 916 123 45 06"}, accepted=True, by=place.chair)
    assert (verdicts(batch), read(batch, "phone_mobile")) == ({"ready": 1}, [("+79161234506",)])


def test_u_5_dates_among_other_words() -> None:
    place = voi()
    cells = ["«15.09.2010»", '"15" сентября 2010 г.', "15.09.2010 № 3", "протокол № 3 от 15.09.2010", "15–09–2010"]
    batch = column(place, "Дата вступления", *cells, "2010 (по билету)", "2010, 2012")
    days = [("2010-09-15", "False")] * 5 + [("2010-01-01", "True"), ("None", "None")]
    assert [tuple(map(str, values)) for values in read(batch, "joined_on", "joined_year_only")] == days
    assert verdicts(batch) == {"ready": 3, "unsure": 4}
    cards = on_cards(place, batch, "joined_on")
    assert [str(day) for (day,) in cards] == [day for day, _year in days]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("г. Тула ул. Мира д. 5 кв. 17", ("г. Тула", "ул. Мира", "5", "17")),
        ("г.Тула ул.Мира 5 кв 17", ("г.Тула", "ул.Мира", "5", "17")),
        ("г Тула ул Мира 5-17", ("г Тула", "ул Мира", "5", "17")),
        ("Тула Мира 5 17", ("Тула", "Мира", "5", "17")),
        ("ул.Мира д5 кв17", (None, "ул.Мира", "5", "17")),
        ("Мира ул. 5-17", (None, "ул. Мира", "5", "17")),
        ("г. Тула ул. 8 Марта 12", ("г. Тула", "ул. 8 Марта", "12", None)),
        ("г. Тула ул. 50 лет Октября", ("г. Тула", "ул. 50 лет Октября", None, None)),
        ("300012 г. Тула пр. Ленина 108 корп. 2 кв. 15", ("г. Тула", "пр. Ленина", "108 корп. 2", "15")),
        ("Тульская обл. г. Узловая ул. Мира дом № 1 кв. № 2", ("г. Узловая", "ул. Мира", "1", "2")),
        ("с. Липки д. 4", ("с. Липки", None, "4", None)),
    ],
)
def test_u_5_an_address_without_commas_keeps_house_and_flat(text: str, parts: tuple[str | None, ...]) -> None:
    place = voi()
    batch = column(place, "Адрес", text)
    assert read(batch, "city", "street", "house", "flat") == [parts]
    assert on_cards(place, batch, "city", "street", "house", "flat") == [parts]
