"""The table in a sheet: headings, people, and other rows."""

from members.lists.reading.columns import recognise
from members.lists.reading.reader import Table, read_table


def read(*lines: str) -> Table:
    return read_table("\n".join(lines).encode())


def test_titles_totals_signatures_and_repeats_are_left_out_and_reported() -> None:
    table = read(
        "СПИСОК ЧЛЕНОВ;;;",
        ";;;",
        "№;Фамилия, имя, отчество;Дата рождения;Телефон",
        "1;2;3;4",
        "Ячейка № 1;;;",
        "1;Иванов Пётр Ильич;05.11.1958;89123456789",
        ";Сидорова Анна Львовна;;",
        "№;Фамилия, имя, отчество;Дата рождения;Телефон",
        "2;Всегов Ян;01.02.1960;",
        "Итого:;2;;",
        "Всего членов 2;;;",
        ";Председатель ____________ /Орлова М.С./;;",
        "Секретарь Иванова;;;",
        "Учителя начальных классов;;;",
    )
    assert [(row.number, row.cells) for row in table.rows] == [
        (6, ("1", "Иванов Пётр Ильич", "05.11.1958", "89123456789", "Ячейка № 1")),
        (7, (None, "Сидорова Анна Львовна", None, None, "Ячейка № 1")),
        (9, ("2", "Всегов Ян", "01.02.1960", None, "Ячейка № 1")),
    ]
    assert [(one.number, one.reason) for one in table.dropped] == [
        (1, "title"),
        (2, "empty"),
        (3, "heading"),
        (4, "column_numbers"),
        (5, "section"),
        (8, "repeated_heading"),
        (10, "total"),
        (11, "total"),
        (12, "signature"),
        (13, "signature"),
        (14, "note"),
    ]
    assert all(str(one.label) for one in table.dropped)


def test_a_heading_of_two_rows_becomes_one() -> None:
    table = read("Фамилия;Имя;Паспорт;;Телефон", ";;серия;номер;", "Иванов;Пётр;4508;123456;89123456789")
    assert table.headings == ("Фамилия", "Имя", "Паспорт серия", "Паспорт номер", "Телефон")
    assert [row.number for row in table.rows] == [3]


def test_a_second_heading_row_is_recognised_and_never_mistaken_for_a_person() -> None:
    table = read(
        "№;ФИО;Рождение;;Инвалидность;;Отметки",
        ";;дата;место;группа;причина;",
        "1;Иванов Пётр Ильич;05.11.1958;Тула;II;общее;",
    )
    assert table.headings == ("№", "ФИО", "Рождение дата", "Рождение место", "группа", "причина", "Отметки")
    assert [row.number for row in table.rows] == [3]
    table = read("ФИО;Пол;;Город", "Иванов Пётр Ильич;муж;учитель;Тула", "Ким Лев Олегович;муж;врач;Тула")
    assert [row.number for row in table.rows] == [2, 3]


def test_v_h1_a_subheading_names_the_cell_of_the_rows_below_it_until_the_next() -> None:
    table = read(
        "ФИО;Дата рождения;Группа",
        "Ким Лев Олегович;01.02.1970;1",
        "Первичная организация № 3;;",
        "Иванов Пётр Ильич;05.11.1958;2",
        "Учителя;;",
        "Сидорова Анна Львовна;01.02.1960;2",
        "ПО СЕВЕР;;",
        "Орлов Ян Львович;01.02.1961;2",
    )
    assert [row.cells[-1] for row in table.rows] == [
        None, "Первичная организация № 3", "Первичная организация № 3", "ПО СЕВЕР",
    ]  # fmt: skip
    assert [guess.field for guess in recognise(table).guesses][-1] == "cell"


def test_a_list_without_headings_loses_no_row() -> None:
    table = read("Иванов Пётр Ильич;05.11.1958", "Сидорова Анна Львовна;01.02.1960")
    assert (table.heading_row, table.headings, len(table.rows)) == (None, ("", ""), 2)


def test_values_of_a_column_are_its_filled_cells() -> None:
    table = read("Фамилия;Имя", "Иванов;", "Петров;Илья")
    assert (table.width, table.column(0), table.column(1)) == (2, ["Иванов", "Петров"], ["Илья"])


def test_a_group_heading_is_joined_if_the_heading_alone_is_ambiguous() -> None:
    table = read(
        "Список членов;;;;;;;",
        "№;Ф.И.О.;;;Рождение;Документ;;Адрес",
        ";Фамилия;Имя;Отчество;дата;серия;номер;город",
        "1;Иванов;Пётр;Ильич;05.11.1958;4508;123456;Тула",
        "2;Ким;Лев;Олегович;01.02.1970;4510;111222;Тула",
    )
    assert table.headings == ("№", "Фамилия", "Имя", "Отчество", "Рождение дата", "серия", "номер", "город")
    assert [(one.number, one.reason) for one in table.dropped] == [(1, "title"), (2, "heading"), (3, "heading")]
    found = [guess.field for guess in recognise(table).guesses]
    assert found == [
        "ignore", "surname", "given_name", "patronymic", "birth_date", "passport_series", "passport_number", "city",
    ]  # fmt: skip


def test_names_are_found_by_their_content_where_there_is_no_heading() -> None:
    whole = read("Наш список;", "Иванова Мария;05.11.1958", "Ким Лев Олегович;01.02.1960")
    assert [guess.field for guess in recognise(whole).guesses] == ["full_name", "birth_date"]
    assert ([row.number for row in whole.rows], [one.reason for one in whole.dropped]) == ([2, 3], ["title"])
    parts = read("1;Иванова;Мария;Петровна", "2;Ким;Лев;Олегович")
    assert [guess.field for guess in recognise(parts).guesses] == ["ignore", "surname", "given_name", "patronymic"]
