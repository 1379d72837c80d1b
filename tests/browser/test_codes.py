"""A printed paper is verified by the code in its footer, and a letter is downloaded as a Word file (V-C5, U-6)."""

from __future__ import annotations

import io
import re

from django.urls import reverse
from docx import Document
from playwright.sync_api import expect

from tests.members import places

from .conftest import OpenWindow
from .steps import Papers, ru, text_of


def test_v_c5_the_code_at_the_foot_of_a_paper_tells_what_it_was_printed_of(window: OpenWindow) -> None:
    place = places.voi()
    member = place.put()
    page = window(place.chair, accept_downloads=True)
    page.goto(reverse("documents:print_member", args=["application", member.pk]))
    with page.expect_download() as download:
        page.get_by_role("button", name=ru("Word file")).click()
    document = Document(io.BytesIO(download.value.path().read_bytes()))
    assert "ЗАЯВЛЕНИЕ" in [paragraph.text for paragraph in document.paragraphs]
    papers = Papers().of(page)
    paper = papers.taken_by(page, lambda: page.get_by_role("button", name=ru("Print"), exact=True).click())
    printed = re.search(r"Код проверки: ([\d ]{19})", text_of(paper))
    assert printed is not None
    page.goto(reverse("documents:print"))
    page.get_by_role("link", name=ru("Check a printed paper")).click()
    code = page.get_by_label(ru("Verification code"))
    code.fill(printed[1][:-1])
    page.get_by_role("button", name=ru("Check"), exact=True).click()
    expect(page.locator("main")).to_contain_text("В коде 16 цифр.")
    code.fill(printed[1].replace(" ", ""))
    page.get_by_role("button", name=ru("Check"), exact=True).click()
    shown = page.locator("dl.facts")
    expect(shown).to_contain_text(member.full_name)
    expect(shown).to_contain_text(printed[1])
    page.get_by_role("link", name=ru("Open the printed record")).click()
    expect(page).to_have_url(re.compile(f"{reverse('members:detail', args=[member.pk])}$"))
