"""Recognition of the columns of a list and its certainty (U-5)."""

from hypothesis import given
from hypothesis import strategies as st

from members.lists.reading.columns import normalise_heading, recognise
from members.lists.reading.fields import FIELDS, IGNORE
from members.lists.reading.reader import Table, read_table

VALUES = {
    "birth_date": "05.11.1958",
    "joined_on": "1997",
    "registered_on": "05.11.1998",
    "minutes_date": "05.11.1998",
    "certificate_issued_on": "05.11.1998",
    "certificate_expires_on": "05.11.1998",
    "passport_issued_on": "05.11.1998",
    "sex": "муж",
    "snils": "112-233-445 95",
    "phone": "89123456789",
    "email": "a@example.org",
    "postcode": "101000",
    "ticket_number": "0104512",
    "category": "инвалид",
    "disability_group": "II",
    "disability_cause": "общ. заб.",
    "education": "в/о",
    "worker_category": "педагогический",
    "marital_status": "женат",
    "dues_form": "безнал",
    "dues_percent": "1",
    "minutes": "№ 5 от 05.11.1998",
    "passport": "4508 123456",
    "passport_series": "4508",
    "passport_number": "123456",
    "passport_code": "770-001",
    "full_name": "Иванов Пётр Ильич",
}


def table(headings: list[str], *rows: list[str]) -> Table:
    lines = [headings, *rows]
    return read_table("\n".join("\t".join(line) for line in lines).encode())


def taken(*pairs: tuple[str, str]) -> dict[str, str]:
    """Return heading → field, as recognised in a table with these headings and one value each."""
    found = recognise(table([heading for heading, _value in pairs], [value for _heading, value in pairs]))
    return {guess.heading: guess.field for guess in found.guesses}


def test_every_known_heading_names_its_field() -> None:
    for field in FIELDS.values():
        for synonym in field.synonyms:
            known = table(["Возраст", "Подпись", synonym.upper()], ["40", "+", VALUES.get(field.key, "слово")])
            assert recognise(known).guesses[2].field == field.key, synonym


def test_headings_of_real_lists_are_recognised() -> None:
    pairs = {
        "№ п/п": ("1", IGNORE),
        "Ф.И.О.": ("Иванов Пётр Ильич", "full_name"),
        "Д.р.": ("05.11.1958", "birth_date"),
        "Образ-е": ("высшее", "education"),
        "год вступл.": ("1997", "joined_on"),
        "членский билет №": ("12345", "ticket_number"),
        "уплачено, руб.": ("50-00", IGNORE),
        "Дoлжнocть": ("учитель", "position"),
        "Моб. тел.": ("89123456789", "phone"),
        "Снилс №": ("112-233-445 95", "snils"),
        "Пoл": ("м", "sex"),
        "Дата постановки на учёт": ("05.11.1998", "registered_on"),
        "Семейное полож.": ("женат", "marital_status"),
        "Адрес (по прописке)": ("г. Тверь, ул. Мира, д. 5", "address"),
        "Электр. почта": ("a@example.org", "email"),
        "Пирвичная ячейка": ("ПО № 1", "cell"),
        "Примечание": ("", IGNORE),
    }
    assert taken(*((heading, value) for heading, (value, _field) in pairs.items())) == {
        heading: field for heading, (_value, field) in pairs.items()
    }


def test_content_decides_where_a_heading_allows_several_readings() -> None:
    assert (
        taken(("ФИО", "Иванов Пётр Ильич"), ("Взносы", "безнал"), ("Категория", "педагогический"))["Взносы"]
        == "dues_form"
    )
    money = recognise(table(["ФИО", "Взносы"], ["Иванов Пётр Ильич", "50-00"], ["Петров Илья Ильич", "долг"])).guesses[
        1
    ]
    assert (money.field, money.note) == (IGNORE, "money")
    assert "payments" in money.message or "взнос" in money.message.lower()


def test_a_heading_contradicted_by_the_content_is_to_be_checked() -> None:
    guess = recognise(
        table(["ФИО", "Дата рождения"], ["Иванов Пётр Ильич", "учитель"], ["Петров Илья Ильич", "повар"])
    ).guesses[1]
    assert (guess.field, guess.sure, guess.reason) == ("birth_date", False, "doubtful")


def test_columns_without_headings_are_recognised_by_their_content() -> None:
    people = table(
        ["Иванов Пётр Ильич", "05.11.1958", "м", "112-233-445 95", "89123456789", "a@example.org", "учитель"],
        ["Сидорова Анна Львовна", "01.02.1960", "ж", "050-139-443 19", "89123456780", "b@example.org", "повар"],
    )
    found = recognise(people)
    assert [guess.field for guess in found.guesses] == [
        "full_name",
        "birth_date",
        "sex",
        "snils",
        "phone",
        "email",
        IGNORE,
    ]
    assert not any(guess.sure for guess in found.guesses)


def test_the_parts_of_a_paper_follow_the_paper() -> None:
    pairs = [
        ("ФИО", "Иванов Пётр Ильич"),
        ("Паспорт серия", "4508"),
        ("номер", "123456"),
        ("кем выдан", "ОВД"),
        ("дата выдачи", "01.02.2010"),
    ]
    assert list(taken(*pairs).values()) == [
        "full_name",
        "passport_series",
        "passport_number",
        "passport_issued_by",
        "passport_issued_on",
    ]
    pairs = [("ФИО", "Иванов Пётр Ильич"), ("Справка серия", "МСЭ"), ("номер", "123456"), ("дата выдачи", "01.02.2010")]
    assert list(taken(*pairs).values())[1:] == ["certificate_series", "certificate_number", "certificate_issued_on"]


def test_two_columns_for_one_field_are_a_conflict_and_telephones_are_none() -> None:
    found = recognise(
        table(
            ["ФИО", "Моб. тел.", "Дом. тел.", "Дата рождения", "Год рождения"],
            ["Иванов Пётр Ильич", "89123456789", "4-99-52", "05.11.1958", "1958"],
        )
    )
    assert [(conflict.field, conflict.columns, conflict.chosen) for conflict in found.conflicts] == [
        ("birth_date", (3, 4), 3)
    ]
    assert found.mapping == {0: "full_name", 1: "phone", 2: "phone", 3: "birth_date"}
    assert not found.guesses[3].sure


def test_only_fields_of_the_federations_card_are_offered() -> None:
    people = table(["ФИО", "Профессия", "Группа инвалидности"], ["Иванов Пётр Ильич", "учитель", "II"])
    found = recognise(people, offered={"surname", "given_name", "position"})
    assert [(guess.field, guess.reason) for guess in found.guesses] == [
        ("full_name", "heading"),
        ("position", "instead"),
        (IGNORE, "not_offered"),
    ]
    assert not found.guesses[1].sure
    assert "%(" not in found.guesses[1].message


def test_a_remembered_choice_takes_precedence() -> None:
    people = table(["ФИО", "Кружок"], ["Иванов Пётр Ильич", "хор"])
    guess = recognise(people, remembered={1: "cell"}).guesses[1]
    assert (guess.field, guess.sure, guess.reason) == ("cell", True, "remembered")


def test_headings_are_normalised() -> None:
    typed = ["Ф. И. О.", "№ п/п", "Вступил(а)", "членский билет №", "Дата  рожд.", "E-mail", "Пoл"]
    assert [normalise_heading(heading) for heading in typed] == [
        "фио", "номер пп", "вступил", "членский билет номер", "дата рожд", "e-mail", "пол",
    ]  # fmt: skip


@given(st.text(max_size=60), st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_any_heading_is_handled(heading: str, values: list[str]) -> None:
    class Odd:
        headings = (heading, heading)
        parts: dict[int, str] = {}

        def column(self, index: int) -> list[str]:
            return values

    assert all(guess.message and guess.field in FIELDS for guess in recognise(Odd()).guesses)


def test_a_column_with_unusable_values_is_left_out_with_a_remark() -> None:
    table = read_table(
        "ФИО;Категория;% взноса\nКим Лев Ильич;высшая;1\nОм Ян Ильич;первая;1\nЛи Ян Ильич;б/к;1".encode()
    )
    guesses = recognise(table).guesses
    assert [(g.field, g.reason, g.sure) for g in guesses[1:]] == [
        (IGNORE, "other_content", False), ("dues_percent", "heading", True),
    ]  # fmt: skip


def test_a_telephone_without_a_heading_is_not_taken_for_a_snils() -> None:
    rows = ["Ким Лев Ильич;8-910-111-22-33", "Ли Ян Ильич;8-910-111-22-34"]
    assert [g.field for g in recognise(read_table("\n".join(rows).encode())).guesses] == ["full_name", "phone"]
