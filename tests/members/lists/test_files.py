"""Files that chairs upload, and files that must not be read."""

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from members.lists.reading.reader import Unreadable, read_table
from registry.checks import MAX_UPLOAD_BYTES

DATA = Path(__file__).parents[2] / "data"


def workbook(rows: list[list[object]], title: str = "Лист1") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def archive(**entries: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


def added(data: bytes, name: str, content: bytes) -> bytes:
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return stream.getvalue()


LIST = [["Фамилия", "Имя", "Отчество", "Дата рождения"], ["Иванов", "Пётр", "Ильич", "05.11.1958"]]
TEXT = "Фамилия;Имя;Отчество;Дата рождения\r\nИванов;Пётр;Ильич;05.11.1958\r\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    "data",
    [
        workbook(LIST),
        TEXT.encode("cp1251"),
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace(";", ",").encode(),
        ("sep=;\r\n" + TEXT).encode("cp1251"),
        TEXT.replace("Пётр", '"Пётр"').encode(),
        TEXT.replace("\r\n", "\r").encode(),
    ],
    ids=["xlsx", "cp1251", "utf-8", "bom", "utf-16", "tab", "comma", "sep", "quotes", "old-mac"],
)
def test_u5_a_list_is_read_by_its_content_whatever_its_name(data: bytes) -> None:
    table = read_table(data, "список.doc")
    assert table.headings == ("Фамилия", "Имя", "Отчество", "Дата рождения")
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("Иванов", "Пётр", "Ильич", "05.11.1958"))]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\0\0 \r\n", "empty"),
        (b"a" * (MAX_UPLOAD_BYTES + 1), "too_big"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (OLE + "WordDocument".encode("utf-16-le"), "document"),
        (OLE + "_VBA_PROJECT".encode("utf-16-le"), "macros"),
        (OLE + b"\0" * 4000, "damaged"),
        (b"PK\x03\x04 not an archive", "damaged"),
        (archive(xl__workbook_dot_xml=b"<workbook/>"), "damaged"),
        (archive(readme_dot_txt=b"hello"), "damaged"),
        (archive(word__document_dot_xml=b"<w/>"), "document"),
        (archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "other_spreadsheet"),
        (archive(xl__workbook_dot_bin=b"x"), "damaged"),
        (added(workbook(LIST), "xl/vbaProject.bin", b"x"), "macros"),
        (added(workbook(LIST), "xl/media/zeros.bin", bytes(40_000_000)), "bomb"),
        (archive(**{f"e{number}": b"" for number in range(1001)}), "bomb"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "not_a_table"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, "not_a_table"),
        (b"%PDF-1.7 ...", "document"),
        (b"{\\rtf1 ...", "document"),
        (b"<html><body><p>1</p></body></html>", "other_spreadsheet"),
        ("имя\n".encode() * 5501, "too_many_rows"),
        (b";".join([b"x"] * 201), "too_many_columns"),
        (b"name;other\r\n" + b"a" * 10_001 + b";b", "cell_too_long"),
        (workbook([]), "no_rows"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_not_a_list_is_refused_with_an_explanation(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_table(data, "list.xlsx")
    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")
    assert "%(" not in refusal.value.message


def test_an_entity_bomb_inside_a_workbook_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(LIST))) as packed, zipfile.ZipFile(stream, "w") as changed:
        for name in packed.namelist():
            content = packed.read(name)
            if name == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + content.replace(
                    b"sheetId", b"sheetId", 1
                )
            changed.writestr(name, content)
    with pytest.raises(Unreadable) as refusal:
        read_table(stream.getvalue())
    assert refusal.value.code == "damaged"


def test_a_far_cell_of_an_old_workbook_does_not_fill_the_memory() -> None:
    data = bytearray((DATA / "old_cell_list.xls").read_bytes())
    cells = [at for at in range(len(data) - 8) if data[at : at + 4] == struct.pack("<HH", 0x00FD, 10)]
    struct.pack_into("<HH", data, cells[-1] + 4, 65535, 255)
    with pytest.raises(Unreadable) as refusal:
        read_table(bytes(data))
    assert refusal.value.code == "damaged"


def test_the_sheet_with_the_list_is_chosen_and_another_can_be_named() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(workbook([["Памятка"]] + [[f"правило {n}", n, n, n] for n in range(20)], "Памятка"))
    )
    people = book.create_sheet("Члены")
    for row in LIST:
        people.append(row)
    book.create_sheet("Скрытый").append(["Фамилия", "Имя", "Отчество", "Пол", "Телефон"])
    book["Скрытый"].sheet_state = "hidden"
    book.create_sheet("Пустой")
    stream = io.BytesIO()
    book.save(stream)
    table = read_table(stream.getvalue())
    assert (table.sheet, table.sheets) == ("Члены", ("Памятка", "Члены"))
    assert read_table(stream.getvalue(), sheet="Памятка").heading_row is None
    with pytest.raises(Unreadable) as refusal:
        read_table(stream.getvalue(), sheet="Скрытый")
    assert refusal.value.code == "no_such_sheet"


def test_u_5_a_list_of_5000_people_with_its_title_and_heading_is_read_and_one_more_is_refused() -> None:
    rows = ["Список членов", "Фамилия;Имя", *["Иванов;Пётр"] * 5000, "Итого: 5000"]
    assert len(read_table("\n".join(rows).encode()).rows) == 5000
    with pytest.raises(Unreadable) as refusal:
        read_table("\n".join([*rows, "Иванов;Пётр"]).encode())
    assert refusal.value.code == "too_many_rows"


def test_an_unclosed_quotation_mark_loses_no_rows() -> None:
    text = 'Фамилия;Имя;Работа\nИванов;Пётр;"Школа\nПетров;Илья;Лицей\nСидоров;Ян;Сад\n'
    assert [row.cells[0] for row in read_table(text.encode()).rows] == ["Иванов", "Петров", "Сидоров"]


def test_line_breaks_in_a_quoted_cell_keep_the_row_together_and_numbered_as_in_a_spreadsheet() -> None:
    text = 'Фамилия;Имя;Адрес\nИванов;Пётр;"Москва\nул. Мира"\n\nПетров;Илья;Тверь\n'
    assert [row.number for row in read_table(text.encode()).rows] == [2, 4]


@settings(deadline=None, max_examples=150)
@given(
    st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail) | st.text().map(str.encode)
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_table(data)
    except Unreadable as refused:
        assert refused.message


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_a_spoilt_old_workbook_is_read_or_refused(data: st.DataObject) -> None:
    spoilt = bytearray((DATA / "old_cell_list.xls").read_bytes())
    for _change in range(data.draw(st.integers(1, 40))):
        spoilt[data.draw(st.integers(8, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_table(bytes(spoilt))
    except Unreadable as refused:
        assert refused.message
