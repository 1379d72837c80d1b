"""Every form of every charter, filled, partly filled, empty and with the longest values, keeps its layout."""

from functools import cache

import pytest

from documents.printing.core import forms, forms_of, lay_out_sheets, word_of_sheets
from documents.printing.engine.sheets import Sheets
from registry import charters
from tests.documents import samples
from tests.documents.pdfs import fonts_of, pages_of, sizes, title_of, torn, words
from tests.documents.validity import check_accessible
from tests.documents.words import check_word

pytestmark = [pytest.mark.django_db, pytest.mark.once]

PAGES = {
    "application": 1, "consent": 2, "consent_transfer": 2, "consent_publication": 2,
    "questionnaire": 2, "member_card": 2, "membership_ticket": 2, "certificate": 1, "leaflet": 1,
    "payment_notice": 1,
    **dict.fromkeys(
        (
            "duplicate_statement", "departure_statement", "transfer_statement", "leaving_statement",
            "withdrawal_statement",
        ),
        1,
    ),
}  # fmt: skip
CASES = [
    (charter, form.code, kind)
    for charter in samples.CHARTERS
    for form in forms_of(charters.get(charter))
    for kind in samples.KINDS
]


@cache
def sheets_by_form(charter: str, kind: str) -> dict[str, Sheets]:
    """Return the sheets of each form of the charter, before the layout."""
    organization, member = samples.keeper(charter), None
    if kind == "longest":
        member = samples.longest(charter, organization)
    elif kind != "blank":
        member = samples.person(charter, organization) if kind == "filled" else samples.half_known(organization)
    return {
        form.code: samples.sheets(
            form.code, organization, member, as_given=kind == "longest",
            code_of_print="" if member is None else samples.CODE,
        )
        for form in forms_of(charters.get(charter))
    }  # fmt: skip


@pytest.mark.parametrize(("charter", "code", "kind"), CASES, ids=lambda value: str(value))
def test_every_paper_keeps_its_pages_margins_fonts_and_tags_and_prints_nothing_stray_or_torn(
    charter: str, code: str, kind: str
) -> None:
    sheets = sheets_by_form(charter, kind)[code]
    pdf = lay_out_sheets(sheets)
    check_accessible(pdf)
    if forms()[code].as_word:
        check_word(word_of_sheets(forms()[code], sheets), pdf, sheets)
    pages = pages_of(pdf)
    # Values too long for their field are continued on an additional page.
    forms_pages = pages[: PAGES[code]]
    assert len(pages) <= PAGES[code] + (1 if kind == "longest" else 0)
    assert len(forms_pages) == PAGES[code]
    assert not any("ПРОДОЛЖЕНИЕ" in page.text for page in forms_pages)
    assert [(round(page.width), round(page.height)) for page in pages] == [(595, 842)] * len(pages)
    assert title_of(pdf) in {form.title for form in forms_of(charters.get(charter))}
    assert all("PT-Serif" in name or "PTSerif" in name for name in fonts_of(pdf))
    for page in pages:
        # The margins, 25 mm left and 15 mm elsewhere, are empty.
        for x, y, text in page.boxes:
            assert 70.8 - 1 <= x <= 595.3 - 42.5, text
            # The verification code is in the margin.
            lowest = 14 if text.strip() in samples.CODE_LINE else 42.5 - 2
            assert lowest <= y <= 841.9 - 42.5, text
        assert page.text.count(samples.CODE_LINE) == (0 if kind == "blank" else 1)
    assert min(sizes(pdf)) >= 6
    assert [word.text for word in words(pdf) if word.right < 42.0] == []
    if kind in {"filled", "longest"}:
        assert torn(pdf) == []

    text = samples.text_of(pdf).replace("Я, ,", "").replace("( )", "")
    for wrong in ("None", "()", "[]", ", ,", ",,", "д. ,", "кв. ,", "{", "False", "True"):
        assert wrong not in text
