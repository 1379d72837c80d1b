"""Reads texts, positions, fonts and sizes from a PDF, once for the several tests that ask for them.

Tests that do not look at the PDF skip the layout (`not_laid_out`).
"""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import pikepdf
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from documents.printing.engine import layout
from documents.printing.engine.sheets import Sheets

#: Number of PDFs whose contents are cached.
KEPT = 64
#: Operators that show text or change its position.
_OF_TEXTS = "q Q cm BT ET Tf Tm Td TD T* Tj TJ ' \" Tc Tw Tz TL Ts Do"
#: Ends of lines that belong on one line with the next word.
_TORN = re.compile(r"(?:^|[\s(«])(?:№|§|д\.|кв\.|ул\.|г\.|им\.|обл\.|корп\.|[А-ЯЁ]\.)$")


class Page(NamedTuple):
    """A page: its size in points, its text, where each run of text begins, and the names of its fonts."""

    width: float
    height: float
    text: str
    #: Distance from the left and the bottom edge in points, and text, of each run that is not blank.
    boxes: list[tuple[float, float, str]]
    fonts: frozenset[str]


class Word(NamedTuple):
    """A word: number of its page, its distance from the right and the bottom edge in points, its text."""

    page: int
    right: float
    bottom: float
    text: str


@lru_cache(KEPT)
def pages_of(pdf: bytes) -> tuple[Page, ...]:
    """Return the pages of the PDF."""
    return tuple(map(_read, PdfReader(_without_drawing(pdf)).pages))


def _without_drawing(pdf: bytes) -> io.BytesIO:
    """Return the PDF with only its texts: pypdf also parses lines, colours and tags, ten times slower than pikepdf."""
    kept = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            texts = pikepdf.parse_content_stream(page, _OF_TEXTS)
            page.Contents = opened.make_stream(pikepdf.unparse_content_stream(texts))
        opened.save(kept, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return kept


def _read(page: Any) -> Page:
    found: list[tuple[float, float, str]] = []

    def visit(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if text.strip("\u200b \n"):
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            found.append((x, y, text))

    text = page.extract_text(visitor_text=visit)
    resources: Any = page.get("/Resources", DictionaryObject()).get_object()
    fonts = resources.get("/Font", {}).values()
    names = frozenset(str(font.get_object()["/BaseFont"]) for font in fonts)
    return Page(float(page.mediabox.width), float(page.mediabox.height), text, found, names)


def texts_of(pdf: bytes) -> list[str]:
    """Return the text of each page in one line, without zero-width characters and repeated spaces."""
    return [" ".join(page.text.replace("\u200b", "").split()) for page in pages_of(pdf)]


def text_of(pdf: bytes) -> str:
    """Return the visible text of the PDF in one line, without zero-width characters and repeated spaces."""
    text = "\n".join(page.text for page in pages_of(pdf))
    # White underscores represent blanks.
    return re.sub(r"\s+", " ", re.sub(r"_+", "", text.replace("\u200b", ""))).strip()


def title_of(pdf: bytes) -> str:
    """Return the title in the document's metadata."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return str(opened.docinfo["/Title"])


def fonts_of(pdf: bytes) -> set[str]:
    """Return the names of the document's fonts; fail if there are none."""
    found = {name for page in pages_of(pdf) for name in page.fonts}
    assert found
    return found


def sizes(pdf: bytes) -> set[float]:
    """Return the sizes of the letters in the document, in points."""
    found: set[float] = set()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            size, of_text, outside, kept = 0.0, 1.0, 1.0, []
            for operands, operator in pikepdf.parse_content_stream(page, "q Q cm Tf Tm Tj TJ"):
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


@lru_cache(KEPT)
def copied(pdf: bytes) -> str:
    """Return the text that a user copies from the PDF."""
    return " ".join(_pdftotext(pdf).split())


@lru_cache(KEPT)
def _layout(pdf: bytes) -> list[str]:
    return _pdftotext(pdf, "-bbox-layout").split("<page ")[1:]


def _pdftotext(pdf: bytes, *options: str) -> str:
    return subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def words(pdf: bytes) -> list[Word]:
    """Return the words of the PDF."""
    found = []
    for number, page in enumerate(_layout(pdf), start=1):
        size = re.search(r'width="([\d.]+)" height="([\d.]+)"', page)
        assert size is not None
        width, height = map(float, size.groups())
        for right, bottom, text in re.findall(r'xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>', page):
            found.append(Word(number, width - float(right), height - float(bottom), text))
    return found


def torn(pdf: bytes) -> list[str]:
    """Return the lines whose end belongs on one line with the beginning of the next."""
    found = []
    for block in re.findall("<block.*?</block>", "".join(_layout(pdf)), re.DOTALL):
        lines = [" ".join(re.findall(r">([^<>]*)</word>", line)) for line in re.findall("<line.*?</line>", block, re.S)]
        # «№ / п/п» and «№ / записи» are column headings of two lines.
        found += [
            line for line, after in pairwise(lines) if _TORN.search(line) and not (line == "№" and after[0].isalpha())
        ]
    return found


@contextmanager
def not_laid_out() -> Iterator[None]:
    """Replace every laid-out paper by the same short page, for tests that check who prints and what is recorded."""
    page = layout.lay_out(Sheets('<html lang="ru"><title>Лист</title><p>Лист', {}, two_sided=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "lay_out", lambda sheets: page if sheets.html else b"")
        yield
