"""Files of other programs: packages with different spelling, other formats, other encodings (U-5)."""

from __future__ import annotations

import base64
import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from members.lists.reading.reader import Table, Unreadable, read_table
from registry.spreadsheets.files import Merged, read_sheets

pytestmark = pytest.mark.once
DATA = Path(__file__).resolve().parents[2] / "data"
HEADINGS = ("ФИО", "Дата рождения", "Телефон")
PEOPLE = (("Липова Анна Олеговна", "12.03.1980", "89161234501"), ("Вязов Олег Ильич", "30.11.1975", "89161234502"))
TEXT = "\r\n".join(";".join(row) for row in (HEADINGS, *PEOPLE))
STRICT = (
    ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(*rows: tuple[Any, ...], change: Callable[[Any, Any], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    page: Any = book.active
    for row in rows or (HEADINGS, *PEOPLE):
        page.append(row)
    if change:
        change(book, page)
    return saved(book)


def packed(data: bytes, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> bytes:
    """Return the archive with each part changed by the function, which returns name and content, or None to omit it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = change(name, before.read(name))
            if part:
                after.writestr(*part)
    return out.getvalue()


def people(table: Table) -> list[tuple[Any, ...]]:
    return [row.cells for row in table.rows]


def strict(name: str, content: bytes) -> tuple[str, bytes]:
    for one, other in STRICT:
        content = content.replace(one.encode(), other.encode())
    return name, content


def shared(name: str, content: bytes) -> tuple[str, bytes]:
    """Rename the part with shared strings, so that its link has a different spelling."""
    return name.replace("sharedStrings", "SharedStrings"), content


def without_styles(name: str, content: bytes) -> tuple[str, bytes] | None:
    return None if "styles" in name else (name, content)


def windows_names(name: str, content: bytes) -> tuple[str, bytes]:
    return name.replace("/", "\\"), content


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: (name.upper() if "sheet" in name else name, content),
        lambda name, content: (name.lower(), content),
        lambda name, content: (name.replace("xl/", "XL/"), content),
        shared,
        strict,
        without_styles,
        windows_names,
        lambda name, content: (name, content.replace(b'<c r="', b'<c odd="1" r="')),
        lambda name, content: (name, content.replace(b"<sheetData", b'<pageSetup orientation="odd"/><sheetData')),
        lambda name, content: None if name.startswith("docProps") else (name, content),
    ],
    ids=[
        "sheet",
        "lower",
        "folder",
        "strings",
        "strict",
        "no styles",
        "backslashes",
        "attribute",
        "page",
        "properties",
    ],
)
def test_a_package_is_read_as_other_programs_read_it(change: Callable[[str, bytes], Any]) -> None:
    assert people(read_table(packed(workbook(), change))) == list(PEOPLE)


def test_rows_and_cells_without_their_places_are_counted_and_rows_out_of_order_are_put_in_order() -> None:
    def bare(name: str, content: bytes) -> tuple[str, bytes]:
        for row in (1, 2, 3):
            content = content.replace(b'<row r="%d">' % row, b"<row>")
            for letter in "ABC":
                content = content.replace(b'<c r="%s%d"' % (letter.encode(), row), b"<c")
        return name, content

    assert people(read_table(packed(workbook(), bare))) == list(PEOPLE)

    def turned(name: str, content: bytes) -> tuple[str, bytes]:
        second, third = content.find(b'<row r="2"'), content.find(b'<row r="3"')
        end = content.find(b"</sheetData>")
        if "worksheets" not in name:
            return name, content
        return name, content[:second] + content[third:end] + content[second:third] + content[end:]

    assert people(read_table(packed(workbook(), turned))) == list(PEOPLE)


def test_a_cell_merged_downwards_holds_for_every_row_and_that_is_said() -> None:
    def merge(_book: Any, page: Any) -> None:
        page.merge_cells("A1:A2")
        page.merge_cells("D3:D5")
        page.merge_cells("E3:F4")

    data = workbook(
        ("ФИО", "Рождение", "", "Работа", "Должность", "Город"),
        ("", "дата", "место", "", "", ""),
        ("Липова Анна Олеговна", "12.03.1980", "Тула", "Школа", "учитель", None),
        ("Вязов Олег Ильич", "30.11.1975", "Тула"),
        ("Ясенева Ия Львовна", "05.01.1991", "Тула", None, "завуч"),
        change=merge,
    )
    table = read_table(data)
    assert table.headings[:3] == ("ФИО", "Рождение дата", "Рождение место")
    assert [row.cells[3:] for row in table.rows] == [("Школа", "учитель"), ("Школа", "учитель"), ("Школа", "завуч")]
    assert [row.merged for row in table.rows] == [(), (3, 4), (3,)]


def test_a_formula_that_was_never_computed_stands_for_its_result_and_an_empty_result_is_empty() -> None:
    data = workbook(("ФИО", "Телефон", "Город"), ("Липова Анна Олеговна", '=CONCATENATE("8916","1234501")', '=""'))

    def computed(name: str, content: bytes) -> tuple[str, bytes]:
        return name, content.replace(b'<c r="C2">', b'<c r="C2" t="str">')

    (row,) = read_table(packed(data, computed)).rows
    assert row.cells == ("Липова Анна Олеговна", '=CONCATENATE("8916","1234501")')


def test_hidden_sheets_are_named_and_read_only_if_there_is_nothing_else() -> None:
    def hide(book: Any, _page: Any) -> None:
        book.create_sheet("Выбывшие").append(HEADINGS)
        book["Выбывшие"].append(PEOPLE[0])
        book["Выбывшие"].sheet_state = "hidden"

    table = read_table(workbook(change=hide))
    assert (table.sheets, table.hidden_sheets) == (("Sheet",), ("Выбывшие",))

    def only(book: Any, page: Any) -> None:
        hide(book, page)
        page.delete_rows(1, 9)

    table = read_table(workbook(change=only))
    assert (table.sheets, table.hidden_sheets, people(table)) == (("Выбывшие",), (), [PEOPLE[0]])


def test_a_sheet_beyond_the_limits_does_not_keep_another_one_from_being_read() -> None:
    def add(book: Any, _page: Any) -> None:
        big = book.create_sheet("Справочник")
        for number in range(5600):
            big.append((number, "значение"))

    data = workbook(change=add)
    assert people(read_table(data)) == list(PEOPLE)
    with pytest.raises(Unreadable) as refusal:
        read_table(data, sheet="Справочник")
    assert refusal.value.code == "too_many_rows"
    with pytest.raises(Unreadable) as refusal:
        read_table(data, sheet="Члены")
    assert refusal.value.message == "В книге нет такого листа. Её листы: «Sheet», «Справочник»."


# Web pages


def page(rows: str, *, head: str = "", charset: str = "utf-8") -> str:
    return f"<html><head><meta charset={charset}>{head}</head><body>{rows}</body></html>"


def html_rows(*rows: tuple[str, ...]) -> str:
    return "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)


TABLE = f"<table>{html_rows(HEADINGS, *PEOPLE)}</table>"


@pytest.mark.parametrize(
    "data",
    [
        page(TABLE).encode(),
        page(TABLE, charset="windows-1251").encode("cp1251"),
        # The page declares another encoding than the one it is in.
        page(TABLE).encode("cp1251"),
        TABLE.encode(),
        b"\xef\xbb\xbf\r\n  " + TABLE.encode(),
        f"<!-- made by a program -->\n<style>td {{ color: red }}</style>{TABLE}".encode(),
        f"<?xml version='1.0' encoding='utf-8'?>\n<!DOCTYPE html PUBLIC 'x'>{page(TABLE)}".encode(),
        f"Отчёт на 28.11.2025\n{TABLE}".encode("cp1251"),
        f"\ufeff{page(TABLE)}".encode("utf-16"),
        f"<DIV>{TABLE}</DIV>".encode(),
        page(TABLE.replace("<table>", "<table><thead>").replace("</tr>", "</tr></thead><tbody>", 1)).encode(),
        page(f"<table><tr><td>{TABLE}</td></tr></table>").encode(),
        page(TABLE.replace("</td>", "").replace("</tr>", "")).encode(),
    ],
    ids=[
        "page", "cp1251", "false charset", "table", "mark", "comment", "xhtml", "text", "utf-16", "div", "thead",
        "nested", "unclosed",
    ],
)  # fmt: skip
def test_a_web_page_is_read_whatever_it_begins_with(data: bytes) -> None:
    assert people(read_table(data, "list.xls")) == list(PEOPLE)


def test_cells_of_a_web_page_span_rows_and_columns_are_struck_and_hidden() -> None:
    (sheet,) = read_sheets(
        page(
            "<table>"
            "<tr><th colspan=3>Список<br>членов</th></tr>"
            "<tr><td rowspan=2>Школа</td><td><s>Липова  Анна</s></td><td>1</td></tr>"
            "<tr style='display: none'><td style='text-decoration:line-through'>Вязов&nbsp;Олег</td><td>2</td></tr>"
            "<tr><td>Лицей</td><td>Ясенева <s>Ия</s></td><td colspan=99999999>3</td></tr>"
            "</table>"
        ).encode()
    )
    assert [(row.cells, row.struck, row.hidden) for row in sheet.rows[:3]] == [
        (("Список\nчленов",), (), False),
        (("Школа", "Липова Анна", "1"), (1,), False),
        ((None, "Вязов Олег", "2"), (1,), True),
    ]
    assert sheet.rows[3].cells == ("Лицей", "Ясенева Ия", "3")
    assert sheet.merged == [Merged(2, 3, 0)]


def test_several_tables_of_a_page_are_sheets() -> None:
    table = read_table(page(f"<table><tr><td>Отчёт</td></tr></table>{TABLE}").encode(), "list.xls")
    assert (table.sheet, table.sheets, people(table)) == ("№ 2", ("№ 1", "№ 2"), list(PEOPLE))


MESSAGE = """{first}MIME-Version: 1.0
X-Document-Type: Workbook
Content-Type: multipart/related; boundary="----=_NextPart"

------=_NextPart
Content-Location: file:///C:/list.htm
Content-Transfer-Encoding: quoted-printable
Content-Type: text/html; charset="windows-1251"

<html><x:ExcelWorksheet><x:Name>=D7=EB=E5=ED=FB</x:Name><x:WorksheetSource HRef=3D"list.files/sheet001.htm"/>=
</x:ExcelWorksheet><frameset><frame src=3D"list.files/sheet001.htm"></frameset></html>

------=_NextPart
Content-Location: file:///C:/list.files/sheet001.htm
Content-Transfer-Encoding: base64
Content-Type: text/html; charset="windows-1251"

{body}
------=_NextPart--
"""


@pytest.mark.parametrize("first", ["", "From: <Saved by Excel>\nSubject: list\n", "\ufeff\n"])
def test_a_page_in_a_mime_message_is_read_with_the_names_of_its_sheets(first: str) -> None:
    body = base64.encodebytes(page(TABLE, charset="windows-1251").encode("cp1251")).decode()
    table = read_table(MESSAGE.format(first=first, body=body).encode(), "list.xls")
    assert (table.sheet, people(table)) == ("Члены", list(PEOPLE))


@pytest.mark.parametrize(
    "data",
    [
        page("<p>Войдите, чтобы получить список</p>").encode(),
        b"<html><frameset><frame src=sheet001.htm></frameset></html>",
        "<?xml version='1.0'?><Документ><Член>Липова</Член></Документ>".encode(),
        b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\na\n--x--\n",
        b'ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K"a"\r\nE\r\n',
        b"MOXCEL\0\7\0\1",
        b"\x09\x00\x04\x00\x02\x00\x10\x00" + bytes(200),
    ],
    ids=["page", "frames", "xml", "message", "sylk", "moxcel", "excel 2"],
)
def test_what_holds_no_table_is_refused_as_a_kind_that_is_not_read(data: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_table(data, "list.xls")
    assert refusal.value.code == "other_spreadsheet"


@pytest.mark.parametrize(
    "data", [b"Rar!\x1a\7\0" + bytes(50), b"7z\xbc\xaf\x27\x1c" + bytes(50), b"\x1f\x8b\x08" + bytes(50)]
)
def test_an_archive_is_called_an_archive(data: bytes) -> None:
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w") as archive:
        archive.writestr("Список.xlsx", workbook())
    for one in (data, inside.getvalue()):
        with pytest.raises(Unreadable) as refusal:
            read_table(one)
        assert refusal.value.message == "Это архив. Распакуйте его и выберите файл со списком."


# Workbooks in XML and of LibreOffice

XML = """<?xml version="1.0"{encoding}?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="s1"><Font ss:StrikeThrough="1"/></Style></Styles>
<Worksheet ss:Name="Члены"><Table>
<Column ss:Index="2" ss:Hidden="1" ss:Span="1"/>
<Row><Cell><Data ss:Type="String">ФИО</Data></Cell><Cell><Data ss:Type="String">Дата рождения</Data></Cell>
<Cell ss:Index="4"><Data ss:Type="String">Билет & место</Data></Cell></Row>
<Row ss:Index="3" ss:Hidden="1"><Cell ss:StyleID="s1"><Data ss:Type="String">Липова <B>Анна</B> Олеговна</Data></Cell>
<Cell><Data ss:Type="DateTime">1980-03-12T00:00:00.000</Data></Cell>
<Cell ss:Index="4" ss:MergeDown="1"><Data ss:Type="Number">12</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">Вязов Олег Ильич</Data></Cell><Cell ss:Formula="=R[-1]C+1"/></Row>
</Table></Worksheet>
<Worksheet ss:Name="Скрытый"><Table><Row><Cell><Data ss:Type="String">Ключ</Data></Cell></Row></Table>
<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions>
</Worksheet>
</Workbook>"""


@pytest.mark.parametrize(
    "data",
    [
        XML.format(encoding="").encode(),
        b"\xef\xbb\xbf" + XML.format(encoding=' encoding="UTF-8"').encode(),
        b"\xef\xbb\xbf\r\n" + XML.format(encoding=' encoding="UTF-8"').encode(),
        XML.format(encoding=' encoding="windows-1251"').encode("cp1251"),
        XML.format(encoding=' encoding="UTF-16"').encode("utf-16"),
    ],
    ids=["plain", "mark", "mark and line", "cp1251", "utf-16"],
)
def test_a_workbook_in_xml_is_read(data: bytes) -> None:
    shown, hidden = read_sheets(data)
    assert [(row.number, row.cells, row.struck, row.hidden) for row in shown.rows] == [
        (1, ("ФИО", "Дата рождения", None, "Билет & место"), (), False),
        (3, ("Липова Анна Олеговна", dt.date(1980, 3, 12), None, 12), (0,), True),
        (4, ("Вязов Олег Ильич", "=R[-1]C+1"), (), False),
    ]
    assert (shown.name, shown.hidden, shown.merged) == ("Члены", {1, 2}, [Merged(3, 4, 3)])
    assert (hidden.name, hidden.concealed) == ("Скрытый", True)


ODS = """<office:{root} xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">
<office:automatic-styles><style:style style:name="ce1">
<style:text-properties style:text-line-through-style="solid"/></style:style>
<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="Члены">
<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>
<table:table-row><table:table-cell><text:p>ФИО</text:p></table:table-cell>
<table:table-cell><text:p>Дата рождения</text:p></table:table-cell>
<table:table-cell><text:p>Работа</text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="1021"/></table:table-row>
<table:table-row table:number-rows-repeated="3">
<table:table-cell table:number-columns-repeated="1024"/></table:table-row>
<table:table-row table:visibility="filter"><table:table-cell table:style-name="ce1">
<office:annotation><text:p>умерла?</text:p></office:annotation>
<text:p>Липова<text:s text:c="2"/><text:span>Анна</text:span></text:p>
</table:table-cell><table:table-cell office:value-type="date" office:date-value="1980-03-12">
<text:p>12 марта</text:p></table:table-cell>
<table:table-cell table:number-rows-spanned="2" office:value-type="float" office:value="15">
<text:p>15</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>Вязов Олег</text:p></table:table-cell>
<table:table-cell/><table:covered-table-cell/></table:table-row>
<table:table-row table:number-rows-repeated="1048570">
<table:table-cell table:number-columns-repeated="1024"/></table:table-row>
</table:table><table:table table:name="Скрытый" table:style-name="ta2">
<table:table-row><table:table-cell><text:p>Ключ</text:p>
</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:{root}>"""


def ods() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format(root="document-content"))
    return out.getvalue()


@pytest.mark.parametrize(
    "data", [ods(), b"<?xml version='1.0' encoding='UTF-8'?>" + ODS.format(root="document").encode()]
)
def test_a_workbook_of_libreoffice_is_read(data: bytes) -> None:
    shown, hidden = read_sheets(data)
    assert [(row.number, row.cells, row.struck, row.hidden) for row in shown.rows] == [
        (1, ("ФИО", "Дата рождения", "Работа"), (), False),
        (5, ("Липова  Анна", dt.date(1980, 3, 12), 15), (0,), True),
        (6, ("Вязов Олег",), (), False),
    ]
    assert (shown.name, shown.hidden, shown.merged) == ("Члены", {2}, [Merged(5, 6, 2)])
    assert (hidden.name, hidden.concealed) == ("Скрытый", True)


@pytest.mark.parametrize(
    ("manifest", "kind", "code"),
    [
        (b"<encryption-data/>", b"spreadsheet", "password"),
        (b"", b"application/vnd.oasis.opendocument.text", "document"),
    ],
)
def test_a_workbook_of_libreoffice_with_a_password_and_a_text_are_called_so(
    manifest: bytes, kind: bytes, code: str
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", b"x")
        archive.writestr("META-INF/manifest.xml", manifest)
    with pytest.raises(Unreadable) as refusal:
        read_table(out.getvalue())
    assert refusal.value.code == code


# Texts


@pytest.mark.parametrize(
    "encoding",
    [
        "cp1251",
        "cp866",
        "koi8-r",
        "mac-cyrillic",
        "iso8859-5",
        "utf-8",
        "utf-16-le",
        "utf-16-be",
        "utf-8-sig",
        "utf-32",
    ],
)
@pytest.mark.parametrize("text", [TEXT, TEXT.upper(), TEXT + "\r\nКим;;«»—№"], ids=["plain", "capitals", "signs"])
def test_a_text_is_read_in_every_encoding_of_russian(encoding: str, text: str) -> None:
    wanted = [line.split(";") for line in text.split("\r\n")]
    if "№" in text and encoding in {"koi8-r", "iso8859-5", "cp866"}:
        text = text.replace("«»—", "").replace("№", "")
        wanted[-1] = ["Ким"]
    (sheet,) = read_sheets(text.encode(encoding))
    assert [[*row.cells] for row in sheet.rows] == [[cell or None for cell in row] for row in wanted]


def test_letters_that_another_program_took_for_other_ones_are_put_right() -> None:
    for wrong in ("cp1251", "latin-1"):
        spoilt = TEXT.replace("И", "Й").encode().decode(wrong, errors="ignore")
        assert people(read_table(spoilt.encode()))[0][0] == "Липова Анна Олеговна"


@pytest.mark.parametrize(
    "data",
    [
        "".join("?" if char > "\x7f" else char for char in TEXT).encode(),
        TEXT.encode("cp1251").decode("utf-8", errors="replace").encode(),
        bytes(range(128, 256)) * 20,
    ],
    ids=["question marks", "replaced", "noise"],
)
def test_lost_letters_are_told_with_what_to_do(data: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_table(data)
    assert refusal.value.message == (
        "Буквы в файле не распознаны. Откройте его в программе, в которой он создан, и сохраните как .xlsx или "
        "«CSV UTF-8»."
    )


def test_a_text_cut_off_within_a_letter_is_still_utf_8() -> None:
    assert people(read_table(TEXT.encode() + "\r\nКим".encode()[:-1]))[0] == PEOPLE[0]


@pytest.mark.parametrize(
    "text",
    [
        *(TEXT.replace(";", sign) for sign in ",\t|^~"),
        "SEP=;\r\n" + TEXT,
        "\r\n".join(f'"{line}"' for line in TEXT.split("\r\n")),
        TEXT.replace("Липова", '"Липова').replace("Олеговна", 'Олеговна"'),
        "Список членов, ячейка № 1\r\n\r\n" + TEXT,
        TEXT + "\r\n" + ";" * 60 + "\r\n\r\n\0\r\n",
    ],
)
def test_a_text_is_divided_by_the_sign_that_it_uses(text: str) -> None:
    assert people(read_table(text.encode())) == list(PEOPLE)


@pytest.mark.parametrize("first", ["ID;Phone;", "<ФИО>;", "<5 лет;", "Id;p;", "С;"])
def test_a_list_that_begins_like_another_format_is_a_list(first: str) -> None:
    (sheet,) = read_sheets(f"{first}ФИО\nc;x;Липова Анна\nc;y;Вязов Олег".encode())
    assert sheet.rows[1].cells == ("c", "x", "Липова Анна")


@pytest.mark.parametrize("text", ['{"ФИО": "Липова"}', '[{"ФИО": "Липова"}]', "BEGIN:VCARD\nN:Липова;Анна\nEND:VCARD"])
def test_data_of_programs_are_no_list(text: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_table(text.encode())
    assert refusal.value.message == "Это не список. Принимаются файлы .xlsx, .xls, .ods и .csv."


def test_a_number_that_is_wrapped_to_keep_its_zeros_is_unwrapped() -> None:
    (sheet,) = read_sheets('ФИО;Билет;Телефон\nЛипова Анна;="0012";"=""89161234501"""\nВязов Олег;="";=1+1'.encode())
    assert [row.cells for row in sheet.rows[1:]] == [
        ("Липова Анна", "0012", "89161234501"),
        ("Вязов Олег", None, "=1+1"),
    ]


def test_days_of_a_strict_workbook_and_of_an_old_one_since_1904_are_the_days_that_are_meant() -> None:
    def iso(name: str, content: bytes) -> tuple[str, bytes]:
        name, content = strict(name, content)
        return name, content.replace(b'<c r="B2" s="1" t="n"><v>29292</v>', b'<c r="B2" t="d"><v>1980-03-12</v>')

    data = packed(workbook(HEADINGS, ("Липова Анна Олеговна", dt.date(1980, 3, 12), None)), iso)
    assert people(read_table(data)) == [("Липова Анна Олеговна", dt.date(1980, 3, 12))]
    old = bytearray((DATA / "old_cell_list.xls").read_bytes())
    before = read_sheets(bytes(old))[0].rows
    at = old.find(bytes.fromhex("220002000000"))
    old[at + 4] = 1
    after = read_sheets(bytes(old))[0].rows
    assert {row.since_1904 for row in before} == {False}
    assert {row.since_1904 for row in after} == {True}
    shifts = {
        later - sooner
        for row, other in zip(before, after, strict=True)
        for sooner, later in zip(row.cells, other.cells, strict=True)
        if isinstance(sooner, dt.date) and isinstance(later, dt.date)
    }
    assert shifts == {dt.timedelta(days=1462)}


def test_a_struck_person_of_a_large_workbook_stays_struck() -> None:
    def strike(_book: Any, sheet: Any) -> None:
        sheet["A2"].font = Font(strike=True)
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True
        sheet["E1"] = dt.datetime(1980, 3, 11, 21)
        sheet.merge_cells("B2:B3")

    small = workbook(change=strike)

    def grown(name: str, content: bytes) -> tuple[str, bytes]:
        return name, content + b"<!--" + b" " * 250_000 + b"-->" if "theme" in name else content

    # It is read in a separate process, with the same result.
    assert read_sheets(packed(small, grown)) == read_sheets(small)
