"""Rows of long tables, drawn without the layout engine: the same words, tags and places as if it had laid them out."""

from __future__ import annotations

import io
import re
import subprocess
from functools import cache
from typing import Any

import pikepdf
import pytest

from documents.printing.engine.layout import lay_out
from documents.printing.engine.sheets import Sheets
from documents.printing.fitting import READABLE_SIZE
from documents.templatetags.paper import grid
from tests.documents.validity import check_accessible

pytestmark = pytest.mark.once
COLUMNS = (("number", 20, "n"), ("name", 60, ""), ("note", 40, ""))
ROWS = (
    {"number": 1, "name": "Ёлкина Анна", "note": "№ 5 (дубликат)"},
    {"number": 22, "name": "Йоханссон-Константинопольская Александра-Виктория Абдурахмангаджиевна"},
    # The letter й as two characters.
    {"name": "Аи\u0306дар"},
    {},
)
HEIGHT = 9.2


@cache
def printed(*, tables: int = 1) -> bytes:
    body = grid(ROWS, COLUMNS, 8.7, HEIGHT, 9)
    table = f"""
        <div style="position:relative"><p>Перед таблицей</p>
        <table data-rows='{body["rows"]}' style="border-collapse:collapse;table-layout:fixed;width:120mm">
        <colgroup><col style="width:20mm"><col style="width:60mm"><col style="width:40mm"></colgroup>
        <thead><tr><th rowspan="2">№</th><th colspan="2">Кто</th></tr><tr><th>Имя</th><th>Что</th></tr></thead></table>
        <p data-letters style="position:absolute;top:0;white-space:pre">{body["letters"]}</p></div>"""
    head = '<meta charset="utf-8"><title>Книга</title><link rel="stylesheet" href="registry:prints/paper.css">'
    article = '<article class="sheet">{}</article>'.format
    html = f'<html lang="ru"><head>{head}</head><body>{"".join(map(article, [table] * tables))}</body></html>'
    return lay_out(Sheets(html, {}, two_sided=False))


def words(pdf: bytes, page: int = 1) -> list[tuple[float, float, str]]:
    """The words of the page with their left edge and top, in points."""
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
    # The letters that the font was asked for are gone.
    letters = grid(ROWS, COLUMNS, 8.7, HEIGHT, 9)["letters"]
    assert letters not in text and len(said) == len(text.split())


def test_a_row_has_its_height_and_grows_by_whole_rows() -> None:
    body = grid(ROWS, COLUMNS, 8.7, HEIGHT, 9)
    assert body["height"] == pytest.approx(4 * HEIGHT)
    tops = {word: y for _x, y, word in words(printed())}
    assert tops["22"] - tops["1"] == pytest.approx(HEIGHT * 72 / 25.4, abs=0.1)
    long = grid([{"name": "слово " * 60}], COLUMNS, 8.7, HEIGHT, 9)
    assert long["height"] > HEIGHT
    assert long["height"] / HEIGHT == pytest.approx(round(long["height"] / HEIGHT))
    assert f", {READABLE_SIZE}, " in long["rows"]


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
