"""Every paper with the longest values that the registry takes: nothing is too small, cut off, torn apart or beyond the
margin.
"""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from itertools import pairwise

import pytest
from pypdf import PdfReader

from documents.papers import reconciliation_report
from documents.printing import core
from documents.printing.core import forms, papers
from documents.printing.typography import bound
from members.reconciliation.models import Reconciliation
from tests.documents.papers.blank_papers import CODES
from tests.documents.papers.extremes import EXTREME, TODAY
from tests.documents.printing.test_contract import CASES, print_one, sizes
from tests.documents.samples import CODE, text_of
from tests.documents.validity import check_accessible

pytestmark = [pytest.mark.django_db, pytest.mark.once]
#: Margins in points: right and bottom, with half a point for rounding. Slips to be cut out have a narrow lower one.
RIGHT, BOTTOM, BOTTOM_OF_SLIPS = 42.0, 42.0, 20.0
#: Papers with other margins: slips to be cut out, cards of plastic, and labels that fill the sheet but for the 4 mm
#: that printers leave free.
MARGINS = {"credentials_slip": (RIGHT, BOTTOM_OF_SLIPS), "card_face": (8.0, 8.0), "address_labels": (12.0, 12.0)}
#: What stays with the next word: the end of a line that another one follows.
_TORN = re.compile(r"(?:^|[\s(«])(?:№|§|д\.|кв\.|ул\.|г\.|им\.|обл\.|корп\.|[А-ЯЁ]\.)$")


def words(pdf: bytes) -> list[tuple[int, float, float, str]]:
    """Return page, distance from the right and the bottom edge in points, and text of each word."""
    found = []
    for number, page in enumerate(layout(pdf), start=1):
        size = re.search(r'width="([\d.]+)" height="([\d.]+)"', page)
        assert size is not None
        width, height = map(float, size.groups())
        for right, bottom, text in re.findall(r'xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>', page):
            found.append((number, width - float(right), height - float(bottom), text))
    return found


def layout(pdf: bytes) -> list[str]:
    done = subprocess.run(["pdftotext", "-bbox-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().split("<page ")[1:]


def torn(pdf: bytes) -> list[str]:
    """Return the lines that end with what belongs to the next line."""
    found = []
    for block in re.findall("<block.*?</block>", "".join(layout(pdf)), re.DOTALL):
        lines = [" ".join(re.findall(r">([^<>]*)</word>", line)) for line in re.findall("<line.*?</line>", block, re.S)]
        # «№ / п/п» and «№ / записи» head columns on two lines.
        found += [
            line for line, after in pairwise(lines) if _TORN.search(line) and not (line == "№" and after[0].isalpha())
        ]
    return found


def check(pdf: bytes, right: float = RIGHT, bottom: float = BOTTOM) -> None:
    check_accessible(pdf)
    assert min(sizes(pdf)) >= 6
    assert [word for word in words(pdf) if word[1] < right] == []
    # The number of a page stands in the margin: «3» or «3 из 12», and so does the verification code.
    known = re.compile(r"\d+|из|Код|проверки:")
    assert [word for word in words(pdf) if word[2] < bottom and not known.fullmatch(word[3])] == []
    assert torn(pdf) == []


def test_the_extremes_are_of_every_paper_that_is_no_form() -> None:
    # Papers of blanks have theirs in `test_blank_papers`.
    assert sorted([*EXTREME, *CODES]) == sorted(papers().keys() - forms().keys())


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("code", sorted(EXTREME))
def test_no_paper_has_small_letters_or_torn_words_or_goes_beyond_its_margins(code: str, wide: bool) -> None:
    paper, sheets, batch = EXTREME[code](wide)
    assert paper.code == code
    batch = replace(batch, code=CODE)
    check(core.render(paper, sheets, batch), *MARGINS.get(code, (RIGHT, BOTTOM)))


@pytest.mark.parametrize(("charter", "code", "kind"), [case for case in CASES if case[2] in {"filled", "longest"}])
def test_no_form_tears_apart_what_belongs_together(charter: str, code: str, kind: str) -> None:
    assert torn(print_one(charter, code, kind)) == []


@pytest.mark.parametrize("code", sorted(EXTREME))
def test_no_date_and_no_word_in_the_head_of_a_table_is_broken(code: str) -> None:
    paper, sheets, batch = EXTREME[code](False)
    whole = core.sheets_for(paper, sheets, batch)
    heads = re.findall(r"<th\b[^>]*>(.*?)</th>", whole.html, re.DOTALL)
    # Words with places for a hyphen may be broken there.
    wanted = {word for head in heads for word in re.sub("<[^>]*>", " ", head).split() if "\N{SOFT HYPHEN}" not in word}
    printed = {word[3] for word in words(core.lay_out_sheets(whole))}
    assert {word for word in wanted if "&" not in word} - printed == set()
    dates = re.compile(r"\b\d\d\.\d\d\.\d{4}\b")
    assert set(dates.findall(whole.html)) == set(dates.findall(" ".join(printed)))


def test_torn_lines_are_found() -> None:
    html = '<html lang="ru"><title>x</title><p>протокол №<br>5 от 1 мая<p>ул.<br>Мира<p>№<br>п/п<p>дом 5'
    pdf = core.lay_out_sheets(core.Sheets(html, {}, two_sided=False))
    assert torn(pdf) == ["протокол №", "ул."]
    assert bound("протокол № 5") == "протокол №\N{NO-BREAK SPACE}5"


@pytest.mark.parametrize("code", ["registration_book", "state_on_day"])
def test_v_b7_numbers_of_pages_follow_each_other_however_long_the_lines_are(code: str) -> None:
    paper, sheets, batch = EXTREME[code](True)
    pages = len(PdfReader(io.BytesIO(core.render(paper, sheets, batch))).pages)
    assert [sheet["page"] for sheet in sheets] == list(range(1, pages + 1))


def test_a_slip_is_half_a_sheet_however_long_its_values_are() -> None:
    paper, sheets, batch = EXTREME["credentials_slip"](True)
    pdf = core.render(paper, sheets, batch)
    issued = [word for word in words(pdf) if word[3] == f"{TODAY:%d.%m.%Y}:"]
    # The first slip ends 148 mm below the upper edge.
    assert [page for page, *_ in issued] == [1, 1]
    assert issued[0][2] > 842 - 148 * 72 / 25.4 + 14


@pytest.mark.parametrize("code", ["reconciliation_report", "destruction_extract"])
def test_numbers_have_their_thousands_apart(code: str) -> None:
    paper, sheets, batch = EXTREME[code](False)
    said = text_of(core.render(paper, sheets, batch))
    wanted = {"reconciliation_report": "1 234 567", "destruction_extract": "123 456, 123 456"}[code]
    assert wanted in said
    assert wanted.replace(" ", "") not in said


@pytest.mark.parametrize(("questionnaires", "word"), [(1, "Примечание: "), (2, "Причина расхождения: ")])
def test_v_b8_a_note_is_the_reason_for_a_difference_only_where_there_is_one(questionnaires: int, word: str) -> None:
    paper, (sheet,), batch = EXTREME["reconciliation_report"](False)
    built = {**sheet, "differs": questionnaires != 1, "note": "Все на месте."}
    assert f"{word}Все на месте." in text_of(core.render(paper, [built], batch))
    found = Reconciliation(unit=batch.organization, year=TODAY.year, state="open", note="Все на месте.")
    counts = {"by_book": 1, "questionnaires": questionnaires}
    assert reconciliation_report.build(found, counts, [], None, batch)[0]["differs"] == (questionnaires != 1)
