"""Every paper with the longest allowed values: nothing is too small, cut off, torn apart or beyond the margin."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from django.utils.html import strip_tags

from documents.papers import reconciliation_report
from documents.printing import core
from documents.printing.core import forms, papers
from documents.printing.engine.merging import page_count
from documents.printing.engine.sheets import Sheets
from documents.printing.typography import bound
from members.reconciliation.models import Reconciliation
from tests.documents.papers.blank_papers import CODES
from tests.documents.papers.extremes import EXTREME, TODAY
from tests.documents.pdfs import sizes, text_of, torn, words
from tests.documents.printing.test_heard import heads, said
from tests.documents.samples import CODE
from tests.documents.validity import check_accessible

pytestmark = [pytest.mark.django_db, pytest.mark.once]
#: Right and bottom margins in points, less half a point for rounding; slips to be cut out have a narrow bottom one.
RIGHT, BOTTOM, BOTTOM_OF_SLIPS = 42.0, 42.0, 20.0
#: Papers with other margins: slips to be cut out, plastic cards, and labels that fill the sheet except for the 4 mm
#: that printers cannot use.
MARGINS = {"credentials_slip": (RIGHT, BOTTOM_OF_SLIPS), "card_face": (8.0, 8.0), "address_labels": (12.0, 12.0)}


@cache
def made(code: str, wide: bool = False) -> tuple[Sheets, list[int | None]]:
    """Return the sheets of the paper with the longest values, and the page number given by each."""
    paper, contexts, batch = EXTREME[code](wide)
    assert paper.code == code
    return core.sheets_for(paper, contexts, replace(batch, code=CODE)), [one.get("page") for one in contexts]


def laid_out(code: str, *, wide: bool = False) -> bytes:
    return core.lay_out_sheets(made(code, wide)[0])


def check(pdf: bytes, right: float = RIGHT, bottom: float = BOTTOM) -> None:
    check_accessible(pdf)
    assert min(sizes(pdf)) >= 6
    assert [word for word in words(pdf) if word.right < right] == []
    # The margin contains only the page number, «3» or «3 из 12», and the verification code.
    known = re.compile(r"\d+|из|Код|проверки:")
    assert [word for word in words(pdf) if word.bottom < bottom and not known.fullmatch(word.text)] == []
    assert torn(pdf) == []


def test_the_extremes_are_of_every_paper_that_is_no_form() -> None:
    # Papers of blanks are tested in `test_blank_papers`.
    assert sorted([*EXTREME, *CODES]) == sorted(papers().keys() - forms().keys())


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("code", sorted(EXTREME))
def test_no_paper_has_small_letters_or_torn_words_or_goes_beyond_its_margins(code: str, wide: bool) -> None:
    check(laid_out(code, wide=wide), *MARGINS.get(code, (RIGHT, BOTTOM)))


@pytest.mark.parametrize("code", sorted(EXTREME))
def test_no_date_and_no_word_in_the_head_of_a_table_is_broken(code: str) -> None:
    html = made(code)[0].html
    cells = re.findall(r"<th\b[^>]*>(.*?)</th>", html, re.DOTALL)
    # Words with soft hyphens may be broken there.
    wanted = {word for cell in cells for word in re.sub("<[^>]*>", " ", cell).split() if "\N{SOFT HYPHEN}" not in word}
    printed = {word.text for word in words(laid_out(code))}
    assert {word for word in wanted if "&" not in word} - printed == set()
    dates = re.compile(r"\b\d\d\.\d\d\.\d{4}\b")
    assert set(dates.findall(html)) == set(dates.findall(" ".join(printed)))


def test_torn_lines_are_found() -> None:
    html = '<html lang="ru"><title>x</title><p>протокол №<br>5 от 1 мая<p>ул.<br>Мира<p>№<br>п/п<p>дом 5'
    pdf = core.lay_out_sheets(core.Sheets(html, {}, two_sided=False))
    assert torn(pdf) == ["протокол №", "ул."]
    assert bound("протокол № 5") == "протокол №\N{NO-BREAK SPACE}5"


@pytest.mark.parametrize("code", ["registration_book", "state_on_day"])
def test_v_b7_numbers_of_pages_follow_each_other_however_long_the_lines_are(code: str) -> None:
    _sheets, numbers = made(code, True)
    assert numbers == list(range(1, page_count(laid_out(code, wide=True)) + 1))


def test_a_slip_is_half_a_sheet_however_long_its_values_are() -> None:
    issued = [word for word in words(laid_out("credentials_slip", wide=True)) if word.text == f"{TODAY:%d.%m.%Y}:"]
    # The first slip ends 148 mm below the top edge.
    assert [word.page for word in issued] == [1, 1]
    assert issued[0].bottom > 842 - 148 * 72 / 25.4 + 14


@pytest.mark.parametrize("code", ["reconciliation_report", "destruction_extract"])
def test_numbers_have_their_thousands_apart(code: str) -> None:
    text = text_of(laid_out(code))
    wanted = {"reconciliation_report": "1 234 567", "destruction_extract": "123 456, 123 456"}[code]
    assert wanted in text
    assert wanted.replace(" ", "") not in text


@pytest.mark.parametrize(("questionnaires", "word"), [(1, "Примечание: "), (2, "Причина расхождения: ")])
def test_v_b8_a_note_is_the_reason_for_a_difference_only_where_there_is_one(questionnaires: int, word: str) -> None:
    paper, (sheet,), batch = EXTREME["reconciliation_report"](False)
    built = {**sheet, "differs": questionnaires != 1, "note": "Все на месте."}
    assert f"{word}Все на месте." in strip_tags(core.sheets_for(paper, [built], batch).html)
    found = Reconciliation(unit=batch.organization, year=TODAY.year, state="open", note="Все на месте.")
    counts = {"by_book": 1, "questionnaires": questionnaires}
    assert reconciliation_report.build(found, counts, [], None, batch)[0]["differs"] == (questionnaires != 1)


#: Paper → the text of a cell, its headings, and the number of places for signatures.
TOLD = {
    "registration_book": ("2015", ["Год вступ‐ ления"], 1),
    "state_on_day": ("20", ["№ п/п"], 1),
    "reconciliation_report": ("1 234 567", ["Анкет, в которые внесены изменения"], 2),
    "destruction_act": ("заявление 1234567", ["Внутренний № карточки или заявления"], 3),
    "destruction_extract": ("123 456, 123 456", ["Уничтожено записей, файлов"], 0),
    "transfer_slip": ("Щучинско-Магометанск", ["№ членского билета"], 1),
    "credentials_slip": ("hk4t-m7wd-x9pc", ["Одноразовый пароль"], 0),
}


@pytest.mark.parametrize("code", sorted(TOLD))
def test_every_paper_with_a_table_says_its_heads_and_where_to_sign(code: str) -> None:
    pdf = laid_out(code)
    cell, wanted, signatures = TOLD[code]
    assert heads(pdf)[cell] == wanted
    assert said(pdf).count("(место для подписи)") == signatures
