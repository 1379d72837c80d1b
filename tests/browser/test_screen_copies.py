"""The buttons above a list print and download exactly what the screen shows (V-C5)."""

from __future__ import annotations

import io
import re

import openpyxl
from playwright.sync_api import expect

from tests.members import places

from .conftest import OpenWindow
from .steps import Papers, pages_of, ru, text_of

SURNAMES = ("Абрикосова", "Берёзова", "Вишнева")


def test_v_c5_a_sorted_and_searched_list_is_printed_and_downloaded_as_it_stands(window: OpenWindow) -> None:
    place = places.voi()
    for number, surname in enumerate(SURNAMES):
        place.put(surname=surname, snils="", ticket_number=str(9 - number))
    page = window(place.chair, accept_downloads=True)
    page.goto("/members/")
    page.locator("#id_q").fill("александра")
    # The address contains a token instead of the name (ADR 21).
    expect(page).to_have_url(re.compile(r"/members/\?found=[\w-]{12}$"))
    page.locator("thead").get_by_role("link", name="№ членского билета").click()
    names = page.locator("tbody th")
    expect(names.first).to_contain_text("Вишнева")
    shown = names.all_inner_texts()
    heads = [text.strip() for text in page.locator("thead th:not(.check-cell)").all_inner_texts()]
    page.locator("main summary", has_text=ru("Download as a spreadsheet")).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=ru("This list, as on the screen")).click()
    (sheet,) = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).worksheets
    rows = list(sheet.iter_rows(values_only=True))
    assert (list(rows[0]), [row[0] for row in rows[1:]]) == (heads, shown)
    papers = Papers().of(page)
    paper = papers.taken_by(page, lambda: page.get_by_role("button", name=ru("Print the list")).click())
    text = text_of(paper)
    assert (pages_of(paper), [text.find(surname) > 0 for surname in SURNAMES]) == (1, [True] * 3)
    assert text.find("Вишнева") < text.find("Берёзова") < text.find("Абрикосова")
