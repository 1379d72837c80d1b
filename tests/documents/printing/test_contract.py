"""Every form of every charter, filled, half known, empty and with the longest
values: the paper never looks different.
"""

import io
import re
import subprocess
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from documents.printing.core import forms, forms_of, lay_out_sheets, word_of_sheets
from documents.printing.engine.sheets import Sheets
from registry import charters
from tests.documents import samples
from tests.documents.validity import check_accessible
from tests.documents.words import check_word

pytestmark = [pytest.mark.django_db, pytest.mark.once]

PAGES = {
    "application": 1, "consent": 2, "consent_transfer": 2, "consent_publication": 2,
    "questionnaire": 2, "member_card": 2, "membership_ticket": 2, "certificate": 1, "leaflet": 1,
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


def print_one(charter: str, code: str, kind: str) -> bytes:
    return lay_out_sheets(sheets_of(charter, code, kind))


def sheets_of(charter: str, code: str, kind: str) -> Sheets:
    organization = samples.keeper(charter)
    if kind == "longest":
        member = samples.longest(charter, organization)
        return samples.sheets(code, organization, member, as_given=True, code_of_print=samples.CODE)
    member = {"filled": samples.person, "partly": lambda _c, o: samples.half_known(o), "blank": lambda _c, _o: None}[
        kind
    ](charter, organization)
    return samples.sheets(code, organization, member, code_of_print=samples.CODE if member is not None else "")


def boxes(page: Any) -> list[tuple[float, float, str]]:
    """Where each run of text begins, points from the left and the bottom edge."""
    found: list[tuple[float, float, str]] = []

    def visit(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if text.strip("\u200b \n"):
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            found.append((x, y, text))

    page.extract_text(visitor_text=visit)
    return found


def sizes(pdf: bytes) -> set[float]:
    """Return the sizes of the letters in the document, in points."""
    found: set[float] = set()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            size, of_text, outside, kept = 0.0, 1.0, 1.0, []
            for operands, operator in pikepdf.parse_content_stream(page):
                match str(operator):
                    case "q":
                        kept.append(outside)
                    case "Q":
                        outside = kept.pop()
                    case "cm":
                        outside *= float(operands[3])
                    case "Tf":
                        size = float(operands[1])
                    case "Tm":
                        of_text = float(operands[3])
                    case "Tj" | "TJ":
                        found.add(round(abs(size * of_text * outside), 2))
    assert found
    return found


def beyond(pdf: bytes) -> list[str]:
    """Return the words that end in the right margin."""
    found = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    words = re.findall(r'xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>', found)
    return [word for edge, word in words if float(edge) > 595.3 - 42.5 + 0.5]


def fonts_of(reader: PdfReader) -> set[str]:
    """Return the names of the document's fonts; there is one at least."""
    found = set()
    for page in reader.pages:
        resources: Any = page["/Resources"]
        found |= {str(font.get_object()["/BaseFont"]) for font in resources.get("/Font", {}).values()}
    assert found
    return found


@pytest.mark.parametrize(("charter", "code", "kind"), CASES, ids=lambda value: str(value))
def test_every_paper_keeps_its_pages_margins_fonts_and_tags_and_prints_nothing_stray(
    charter: str, code: str, kind: str
) -> None:
    sheets = sheets_of(charter, code, kind)
    pdf = lay_out_sheets(sheets)
    check_accessible(pdf)
    if forms()[code].as_word:
        check_word(word_of_sheets(forms()[code], sheets), pdf, sheets)
    reader = PdfReader(io.BytesIO(pdf))
    # What is too long for its field follows on a leaf of its own.
    forms_pages = reader.pages[: PAGES[code]]
    assert len(reader.pages) <= PAGES[code] + (1 if kind == "longest" else 0)
    assert len(forms_pages) == PAGES[code]
    assert not any("ПРОДОЛЖЕНИЕ" in page.extract_text() for page in forms_pages)
    assert [(round(float(p.mediabox.width)), round(float(p.mediabox.height))) for p in reader.pages] == [
        (595, 842)
    ] * len(reader.pages)
    assert reader.metadata.title in {form.title for form in forms_of(charters.get(charter))}
    assert all("PT-Serif" in name or "PTSerif" in name for name in fonts_of(reader))
    for page in reader.pages:
        # 25 mm left, 15 mm elsewhere: nothing stands in a margin.
        for x, y, text in boxes(page):
            assert 70.8 - 1 <= x <= 595.3 - 42.5, text
            # The verification code stands in the margin.
            lowest = 14 if text.strip() in samples.CODE_LINE else 42.5 - 2
            assert lowest <= y <= 841.9 - 42.5, text
        assert page.extract_text().count(samples.CODE_LINE) == (0 if kind == "blank" else 1)
    assert min(sizes(pdf)) >= 6
    assert not beyond(pdf)

    text = samples.text_of(pdf).replace("Я, ,", "").replace("( )", "")
    for wrong in ("None", "()", "[]", ", ,", ",,", "д. ,", "кв. ,", "{", "False", "True"):
        assert wrong not in text
