"""Rows of long tables are drawn without the layout engine, with the same words, tags and positions."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import pikepdf
import pytest
from django.utils.safestring import mark_safe

from documents.printing.engine.layout import lay_out
from documents.printing.engine.sheets import Sheets
from documents.printing.fitting import READABLE_SIZE, Column, fit, fit_cells
from documents.templatetags.paper import grid, grid_table
from tests.documents.validity import check_accessible

pytestmark = pytest.mark.once
COLUMNS = (("number", 20, "n"), ("name", 60, ""), ("note", 40, ""))
ROWS = (
    {"number": 1, "name": "Ёлкина Анна", "note": "№ 5 (дубликат)"},
    {"number": 22, "name": "Йоханссон-Константинопольская Александра-Виктория Абдурахмангаджиевна"},
    # The letter й as two code points.
    {"name": "Аи\u0306дар"},
    {},
)
HEIGHT = 9.2


def fitted(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column] = COLUMNS) -> list[dict[str, Any]]:
    return [dict(fit_cells(row, columns, height=HEIGHT, cell=8.7, size=9)) for row in rows]


def laid_out(table: str, *, tables: int = 1) -> bytes:
    """Return the PDF of a paper with a sheet for each of the equal tables."""
    head = '<meta charset="utf-8"><title>Книга</title><link rel="stylesheet" href="registry:prints/paper.css">'
    sheet = f'<article class="sheet"><div style="position:relative"><p>Перед таблицей</p>{table}</div></article>'
    html = f'<html lang="ru"><head>{head}</head><body>{sheet * tables}</body></html>'
    return lay_out(Sheets(html, {}, two_sided=False))


@cache
def printed(*, tables: int = 1) -> bytes:
    body = grid(fitted(ROWS), COLUMNS, HEIGHT)
    table = f"""
        <table data-rows='{body["rows"]}' style="border-collapse:collapse;table-layout:fixed;width:120mm">
        <colgroup><col style="width:20mm"><col style="width:60mm"><col style="width:40mm"></colgroup>
        <thead><tr><th rowspan="2">№</th><th colspan="2">Кто</th></tr><tr><th>Имя</th><th>Что</th></tr></thead></table>
        <p data-letters style="position:absolute;top:0;white-space:pre">{body["letters"]}</p>"""
    return laid_out(table, tables=tables)


def words(pdf: bytes, page: int = 1) -> list[tuple[float, float, str]]:
    """Return the words of the page with their left and top edges, in points."""
    command = ["pdftotext", "-f", str(page), "-l", str(page), "-bbox", "-", "-"]
    found = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    boxes = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)".*?>(.*?)</word>', found)
    return [(float(x), float(y), word) for x, y, word in boxes]


def elements(pdf: bytes, kind: str) -> list[Any]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [
            {
                "K": list(part.K),
                "Headers": [bytes(one) for one in part.get("/A", {}).get("/Headers", [])],
                "ID": bytes(part.get("/ID", b"")),
            }
            for part in opened.objects
            if isinstance(part, pikepdf.Dictionary) and part.get("/S") == kind
        ]


def test_the_rows_are_read_in_their_order_and_nothing_else_is() -> None:
    said = [word for _x, _y, word in words(printed())]
    text = subprocess.run(["pdftotext", "-", "-"], input=printed(), capture_output=True, check=True).stdout.decode()
    for wanted in ("Ёлкина Анна", "№ 5 (дубликат)", "Йоханссон-", "Айдар"):
        assert wanted in text.replace("\u00a0", " ")
    # The paragraph that makes the font include the letters has been removed.
    letters = grid(fitted(ROWS), COLUMNS, HEIGHT)["letters"]
    assert letters not in text and len(said) == len(text.split())


def test_a_row_has_its_height_and_grows_by_whole_rows() -> None:
    body = grid(fitted(ROWS), COLUMNS, HEIGHT)
    assert body["height"] == pytest.approx(4 * HEIGHT)
    tops = {word: y for _x, y, word in words(printed())}
    assert tops["22"] - tops["1"] == pytest.approx(HEIGHT * 72 / 25.4, abs=0.1)
    long = fitted([{"name": "слово " * 60}])
    height = grid(long, COLUMNS, HEIGHT)["height"]
    assert height > HEIGHT
    assert height / HEIGHT == pytest.approx(round(height / HEIGHT))
    # The letters are as large as the rows allow.
    assert READABLE_SIZE < long[0]["name"].size <= 9


def test_texts_begin_at_the_left_of_their_column_or_stand_in_its_middle() -> None:
    edges = {word: x for x, _y, word in words(printed())}
    left = 25 / 25.4 * 72
    assert edges["Ёлкина"] == pytest.approx(left + (20 + 1) / 25.4 * 72, abs=0.6)
    assert left + 20 < edges["22"] < edges["1"] < left + 20 / 25.4 * 72


def test_every_cell_names_the_heads_above_it() -> None:
    pdf = printed()
    check_accessible(pdf)
    ids = {one["ID"] for one in elements(pdf, "/TH")}
    cells = elements(pdf, "/TD")
    assert len(cells) == len(ROWS) * len(COLUMNS)
    assert [len(cell["Headers"]) for cell in cells[:3]] == [1, 2, 2]
    assert {one for cell in cells for one in cell["Headers"]} == ids
    assert [len(cell["K"]) for cell in cells] == [1, 1, 1, 1, 2, 0, 0, 1, 0, 0, 0, 0]


def test_several_pages_each_have_their_rows_and_are_made_the_same_again() -> None:
    pdf = printed(tables=2)
    check_accessible(pdf)
    assert words(pdf, 1) == words(pdf, 2) == words(printed())
    printed.cache_clear()
    assert printed(tables=2) == pdf


#: A list with row headers, a heading between rows, and a row with another height.
HEADED = (("number", 20, "n"), ("name", 60, "head"), ("note", 40, ""))


@cache
def headed() -> bytes:
    first, second, third = fitted(
        [{"number": number, "name": f"Имя{number}", "note": f"Замечание{number}"} for number in (1, 2, 3)], HEADED
    )
    second["heading"] = fit("Ячейка", (100,), room=20, size=9)
    third["height"] = 20.0
    heads = "<tr><th>№</th><th>Кто</th><th>Что</th></tr>"
    css = "table { border-collapse: collapse; table-layout: fixed; width: 120mm } th { font-weight: normal }"
    return laid_out(f"<style>{css}</style>" + grid_table(mark_safe(heads), [first, second, third], HEADED, HEIGHT))


def test_a_cell_names_the_head_of_its_row_and_the_heading_above_it() -> None:
    pdf = headed()
    check_accessible(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        parts = [part for part in opened.objects if isinstance(part, pikepdf.Dictionary)]
        found = [part for part in parts if part.get("/S") in ("/TH", "/TD")]
        said = [(str(part.S), str(part.A.get("/Scope", "")), int(part.A.get("/ColSpan", 1))) for part in found]
        ids = [bytes(part.ID) for part in found if "/ID" in part]
        (tree,) = [list(part.IDTree.Names) for part in parts if "/IDTree" in part]
        number, who, what, first, heading, second, third = range(7)
        assert [bytes(name) for name in tree[::2]] == ids == sorted(ids)
        assert all(name == target.ID for name, target in zip(tree[::2], tree[1::2], strict=True))
        cells = [[ids.index(bytes(one)) for one in part.A.get("/Headers", [])] for part in found if part.S == "/TD"]
    row = [("/TD", "", 1), ("/TH", "/Row", 1), ("/TD", "", 1)]
    assert said == [("/TH", "/Column", 1)] * 3 + row + [("/TH", "/Column", 3)] + row * 2
    assert who == 1
    assert cells == [
        [number], [what, first], [number, heading], [what, heading, second], [number, heading], [what, heading, third],
    ]  # fmt: skip


def test_a_heading_stands_between_its_rows_in_bold_letters() -> None:
    places = {word: (x, y) for x, y, word in words(headed())}
    mm = 72 / 25.4
    assert places["Ячейка"][0] == pytest.approx((25 + 1) * mm, abs=0.6)
    tops = [places[word][1] for word in ("Имя1", "Ячейка", "Имя2", "Имя3")]
    between = [(after - before) / mm for before, after in pairwise(tops)]
    # The last row is higher, and its text is vertically centred.
    assert between == pytest.approx([HEIGHT, HEIGHT, HEIGHT / 2 + 10], abs=0.1)
    with pikepdf.open(io.BytesIO(headed())) as opened:
        page = opened.pages[0]
        bold = [name for name, font in page.Resources.Font.items() if "Bold" in str(font.BaseFont)]
        shown = [
            next(iter(operands)) for operands, operator in pikepdf.parse_content_stream(page) if str(operator) == "Tf"
        ]
    assert [str(name) in bold for name in shown].count(True) == 1
