"""Small files that are large when unpacked: each is read, or refused with a message, within limits (U-5)."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable

import pytest

from documents.ecards.reading import answers
from dues.opening import imports as openings
from members.lists.reading.reader import Unreadable, read_table
from registry.access import Actor
from registry.checks import MAX_UPLOAD_BYTES
from registry.organizations import imports as organizations
from registry.organizations.models import Organization
from registry.spreadsheets import columns, files
from registry.spreadsheets.files import read_sheets
from registry.spreadsheets.formats import child, kinds
from registry.spreadsheets.formats.package import Package
from registry.spreadsheets.formats.raw import Refused, Sheet
from tests.members.lists.test_formats import HEADINGS, ODS, PEOPLE, TABLE, XML, packed, page, people, workbook

pytestmark = pytest.mark.once


def sheet_of(rows: str, *, styles: bool = True) -> bytes:
    """Return the workbook with this XML added after its own rows."""

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        return name, content.replace(
            b"</sheetData>", rows.encode() + b"</sheetData>"
        ) if "worksheets" in name else content

    return packed(workbook(), change)


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read_table(data)
    assert refusal.value.message.endswith((".", "»."))
    return refusal.value.code


def test_a_row_number_that_no_spreadsheet_has_is_refused_and_the_last_one_is_read() -> None:
    row = '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>Ким Лев</t></is></c><c r="B{n}"><v>20000</v></c></row>'
    for number in (1_048_577, 99_999_999_999, -1):
        assert refused(sheet_of(row.format(n=number))) == "damaged"
    table = read_table(sheet_of(row.format(n=1_048_576)))
    assert (table.rows[-1].number, len(table.dropped)) == (1_048_576, 201)
    assert refused(XML.format(encoding="").replace('ss:Index="3"', 'ss:Index="99999999999"').encode()) == "damaged"


def test_a_million_empty_rows_and_cells_with_only_a_style_do_not_matter() -> None:
    rows = "".join(f'<row r="{n}" spans="1:3" s="1" customFormat="1"/>' for n in range(5, 700_000))
    assert people(read_table(sheet_of(rows))) == list(PEOPLE)
    cells = "".join(f'<c r="{chr(65 + n // 26)}{chr(65 + n % 26)}{{0}}" s="1"/>' for n in range(120))
    rows = "".join(f'<row r="{n}">{cells.format(n)}</row>' for n in range(5, 5005))
    assert people(read_table(sheet_of(rows))) == list(PEOPLE)


def test_cells_far_to_the_right_are_too_many_columns_and_no_memory() -> None:
    assert refused(sheet_of('<row r="9"><c r="XFD9"><v>1</v></c></row>')) == "too_many_columns"
    assert read_table(sheet_of('<row r="9"><c r="XFD9" s="0"/></row>')).width == 3


def test_merged_cells_of_a_whole_sheet_cost_nothing() -> None:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        many = b"".join(b'<mergeCell ref="A%d:XFD1048576"/>' % n for n in range(2, 20_000))
        return name, content.replace(b"</sheetData>", b"</sheetData><mergeCells>" + many + b"</mergeCells>")

    assert people(read_table(packed(workbook(), change))) == list(PEOPLE)


def test_what_a_row_or_cell_says_to_repeat_is_bounded() -> None:
    spread = page(
        TABLE.replace("<td>", "<td rowspan=99999999 colspan=1>", 1) + "<table><tr><td rowspan=-3 colspan=x>1</table>"
    )
    assert len(read_sheets(spread.encode())) == 2
    flat = ODS.format(root="document").replace('number-rows-repeated="1048570"', 'number-rows-repeated="99999999999"')
    assert len(read_sheets(flat.encode())[0].rows) == 3
    many = flat.replace(
        "<table:table-row><table:table-cell><text:p>Вязов",
        '<table:table-row table:number-rows-repeated="9999"><table:table-cell><text:p>Вязов',
    )
    assert refused(many.encode()) == "too_many_rows"


def test_long_lines_quotation_marks_and_empty_lines_of_a_text_are_bounded() -> None:
    assert refused(b"a" * 9_000_000) == "line_too_long"
    assert refused(b'"' * 9_000_000) == "line_too_long"
    assert refused(b'"\n' * 3_000_000) == "too_many_lines"
    assert refused(b'"",' * 3_000_000) == "line_too_long"
    assert refused("\n".join([";".join(HEADINGS), "x" * 10_001]).encode()) == "cell_too_long"
    text = "\n".join([";".join(HEADINGS), *(";".join(row) for row in PEOPLE)])
    assert people(read_table((text + "\n" * 2_000_000).encode())) == list(PEOPLE)
    assert people(read_table(text.replace("\n", "\n" * 400_000).encode())) == list(PEOPLE)
    with pytest.raises(Unreadable) as refusal:
        read_table(("a\n" + "b" * 100_001).encode())
    assert refusal.value.message.startswith("В строке 2 больше 100 000 знаков")


def test_quotation_marks_in_every_line_swallow_nobody() -> None:
    text = "\n".join([";".join(HEADINGS), *(";".join(('"' + row[0], *row[1:])) for row in PEOPLE * 2)])
    assert len(read_table(text.encode()).rows) == 4


def test_archives_that_unpack_to_more_than_a_list_are_refused_before_they_are_unpacked() -> None:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        return name, content.replace(
            b"</sheetData>", b"</sheetData>" + b" " * 61_000_000
        ) if "worksheets" in name else content

    assert refused(packed(workbook(), change)) == "bomb"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", b" " * 50_000_000)
    assert refused(out.getvalue()) == "bomb"


@pytest.mark.parametrize("kind", ["xml", "html", "ods"])
def test_entities_of_entities_are_not_unfolded(kind: str) -> None:
    bomb = "<!DOCTYPE x [" + "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9)) + '<!ENTITY e0 "ха">]>'
    text = {
        "xml": XML.format(encoding="").replace("<Workbook", bomb + "<Workbook", 1).replace("Вязов", "&e9;"),
        "html": bomb + page(TABLE).replace("Вязов", "&e9;"),
        "ods": bomb + "<office:document xmlns:office='x'>&e9;</office:document>",
    }[kind]
    try:
        found = [cell for sheet in read_sheets(text.encode()) for row in sheet.rows for cell in row.cells]
        assert max(len(str(cell)) for cell in found) < 100
    except Unreadable as refusal:
        assert refusal.code == "damaged"


def test_what_takes_too_long_or_too_much_memory_ends_with_its_own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "MAX_WAIT", 0.01)
    with pytest.raises(Refused) as refusal:
        child.read_apart("html", page(TABLE).encode())
    assert refusal.value.code == "too_slow"
    monkeypatch.undo()

    # Each style is small, but all together take a minute.
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        many = "".join(f'<xf numFmtId="{n}" fontId="0"/>' for n in range(300_000)).encode()
        return name, content.replace(b"</cellXfs>", many + b"</cellXfs>") if "styles" in name else content

    assert people(read_table(packed(workbook(), change))) == list(PEOPLE)


def test_cells_of_all_sheets_together_are_bounded() -> None:
    held = sum(len(row.cells) for row in read_sheets(page(TABLE).encode())[0].rows)
    assert len(kinds.read_kind("html", page(TABLE * 2).encode(), cells=2 * held)) == 2
    with pytest.raises(Refused) as refusal:
        kinds.read_kind("html", page(TABLE * 2).encode(), cells=2 * held - 1)
    assert refusal.value.code == "too_many_cells"


def repeated(rows: int, columns: int, text: str, sheets: int = 1) -> bytes:
    """Return a flat file of a few hundred bytes with attributes that repeat a text."""
    cell = f'<table:table-cell table:number-columns-repeated="{columns}"><text:p>{text}</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    table = f'<table:table table:name="A">{row}</table:table>' * sheets
    names = 'xmlns:office="o" xmlns:table="t" xmlns:text="x"'
    return f"<office:document {names}><office:body>{table}</office:body></office:document>".encode()


def test_what_a_small_file_says_to_repeat_is_bounded_in_letters_and_in_cells() -> None:
    assert len(read_sheets(repeated(1000, 1, "x" * 10_000))[0].rows) == 1000
    assert refused(repeated(1001, 1, "x" * 10_000)) == "too_much_text"
    assert refused(repeated(5000, 180, "ы" * 9_000)) == "too_much_text"
    # Too many for the server's process, so read in a separate one; then too many for a list.
    assert len(read_sheets(repeated(300, 170, "x"))[0].rows) == 300
    assert refused(repeated(5000, 100, "x", sheets=3)) == "too_many_cells"


def test_a_strings_part_that_is_named_a_million_times_is_bounded_in_letters() -> None:
    cell = '<c r="{0}{1}" t="inlineStr"><is><t>{2}</t></is></c>'
    rows = "".join(f'<row r="{n}">{cell.format("A", n, "x" * 9_000)}</row>' for n in range(5, 1200))
    assert refused(sheet_of(rows)) in {"bomb", "too_much_text"}


def test_numbers_and_letters_that_no_database_keeps_are_read_as_texts() -> None:
    cell = '<c r="{0}9"><v>{1}</v></c>'
    odd = cell.format("A", "1e999") + cell.format("B", "9" * 41) + cell.format("C", "9" * 40)
    text = '<c r="D9" t="inlineStr"><is><t>Ким_xD800__x0000_ Лев</t></is></c>'
    (sheet,) = read_sheets(sheet_of(f'<row r="9">{odd}{text}</row>'))
    assert sheet.rows[-1].cells == ("inf", "9" * 41, int("9" * 40), "Ким Лев")


def test_hidden_columns_before_the_first_one_are_no_columns() -> None:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        hidden = b'<cols><col min="-999999999" max="1" hidden="1"/></cols><sheetData>'
        return name, content.replace(b"<sheetData>", hidden) if "worksheets" in name else content

    assert read_sheets(packed(workbook(), change))[0].hidden == frozenset({0})


def test_an_archive_is_looked_into_within_its_own_bounds() -> None:
    def archive(parts: int, how: int = zipfile.ZIP_DEFLATED, leads: bytes = b"") -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", how) as packing:
            packing.writestr("_rels/.rels", leads)
            for number in range(parts - 1):
                packing.writestr(f"xl/{number}", "")
        return out.getvalue()

    # A broken list of parts, a large one, and more parts than a workbook may have.
    assert refused(archive(1000, leads=b"<a><b")) == "damaged"
    assert refused(archive(2, zipfile.ZIP_STORED, b"<a>" + b"<b/>" * 60_000)) == "damaged"
    assert refused(archive(1001)) == "bomb"
    assert refused(archive(2, zipfile.ZIP_LZMA, b"<a/>")) == "damaged"


def test_a_page_of_tables_without_a_cell_is_refused_at_once() -> None:
    assert refused(b"<html>" + b"<table " * 1_000_000) == "other_spreadsheet"


def test_a_process_waits_for_its_turn_and_says_so_when_it_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "MAX_WAIT", 0.01)
    with child._TURN, pytest.raises(Refused) as refusal:
        child.read_apart("html", page(TABLE).encode())
    assert refusal.value.code == "busy"
    monkeypatch.undo()
    assert len(child.read_apart("html", page(TABLE).encode())) == 1


def test_a_job_has_more_time_to_read_than_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []

    def read(kind: str, data: bytes, *, seconds: int) -> list[Sheet]:
        given.append(seconds)
        return child.read_apart(kind, data, seconds=seconds)

    monkeypatch.setattr(files, "read_apart", read)
    data = repeated(300, 170, "x")
    read_sheets(data)
    with files.by_a_job():
        read_sheets(data)
    read_sheets(data)
    assert given == [8, 40, 8]
    # The reading process ends itself, even if nobody waits for it.
    with pytest.raises(Refused) as refusal:
        child.read_apart("text", ('"a";"b\n' * 1_000_000).encode(), seconds=1)
    assert refusal.value.code == "too_slow"


def test_a_full_list_of_many_columns_is_read() -> None:
    cell = '<c r="{0}{1}" t="inlineStr"><is><t>{2}</t></is></c>'
    columns = [f"{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(60)]

    def row(number: int) -> str:
        cells = (cell.format(column, number, f"значение {column}{number}") for column in columns)
        return f'<row r="{number}">{cell.format("A", number, f"Иванов Пётр{number}")}{"".join(cells)}</row>'

    rows = "".join(map(row, range(4, 5002)))
    with files.by_a_job():
        assert len(read_table(sheet_of(rows)).rows) == 5000


def _weighing(size: int) -> bytes:
    """Return a workbook that unpacks to this size but is no list; its bytes are too random for a zip bomb."""
    filler = random.Random(1).randbytes(size // 2).hex().encode()
    held = Package(packed(workbook(), lambda name, content: (name, content))).unpacked

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        comment = b"<!--" + filler[: size - held - 7] + b"-->"
        return name, content + comment if "worksheets" in name else content

    return packed(workbook(), change)


READERS: dict[str, Callable[[bytes], object]] = {
    "a list of organisations": lambda data: organizations.read_list(data, Organization()),
    "opening balances": lambda data: openings.read_openings(
        data, Organization(), Actor.system("x"), dt.date(2024, 2, 2)
    ),
    "a table of a bank": lambda data: columns.read_rows(data, 500),
    "a payroll list": columns.read_rows,
    "an answer of a producer": answers.read_answer,
}


@pytest.mark.parametrize("name", READERS)
def test_what_no_job_reads_is_weighed_before_it_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All five refuse larger files unread, and have a shorter time limit than lists of members."""
    begun: list[int] = []

    def read(kind: str, data: bytes, *, seconds: int) -> list[Sheet]:
        begun.append(seconds)
        raise Refused("too_slow")

    monkeypatch.setattr(files, "read_apart", read)
    most = _weighing(files.MAX_SMALL)
    heavier = _weighing(files.MAX_SMALL + 1)
    assert [Package(data).unpacked - files.MAX_SMALL for data in (most, heavier)] == [0, 1]
    with pytest.raises(Unreadable) as refusal:
        READERS[name](heavier)
    assert (refusal.value.code, begun) == ("too_much_at_once", [])
    with pytest.raises(Unreadable) as refusal:
        READERS[name](most)
    assert (refusal.value.code, begun) == ("too_slow", [files.SECONDS_OF_SMALL])


def test_a_file_that_is_refused_anyway_is_refused_for_what_it_is() -> None:
    for data, code in (
        (b"a" * (MAX_UPLOAD_BYTES + 1), "too_big"),
        (b"", "empty"),
        (b"PK\x03\x04" + b"a" * 9, "damaged"),
    ):
        with pytest.raises(Unreadable) as refusal:
            files.read_at_once(data)
        assert refusal.value.code == code


def test_five_thousand_rows_of_twelve_columns_weigh_no_more_than_is_read_at_once() -> None:
    rows = [[f"Константинопольская {row} {at}"[:20] for at in range(12)] for row in range(5_000)]
    text = "\n".join(";".join(cells) for cells in [[f"Столбец {at}" for at in range(12)], *rows]).encode()
    assert files._weight(text) < files.MAX_SMALL
