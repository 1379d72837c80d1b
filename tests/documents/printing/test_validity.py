"""The checks of validity find what they look for (PDF/UA-1)."""

from __future__ import annotations

import io

import pikepdf
import pytest

from documents.printing.engine.layout import lay_out
from documents.printing.engine.sheets import Sheets
from tests.documents.validity import active_parts, check_accessible, failures, fonts_not_embedded

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return lay_out(Sheets('<html lang="ru"><title>Лист</title><p>Слова', {}, two_sided=False))


def saved(opened: pikepdf.Pdf) -> bytes:
    kept = io.BytesIO()
    opened.save(kept)
    return kept.getvalue()


def test_a_paper_without_its_language_its_tags_or_its_title_is_no_pdf_ua(pdf: bytes) -> None:
    check_accessible(pdf)
    for key in ("/Lang", "/StructTreeRoot", "/MarkInfo", "/Metadata"):
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            del opened.Root[key]
            assert failures(saved(opened), "ua1") != [], key


def test_fonts_without_a_file_and_scripts_are_found(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert (fonts_not_embedded(opened), active_parts(opened)) == ([], [])
        opened.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        (descriptor,) = [part for part in opened.objects if "/FontFile3" in _keys(part) or "/FontFile2" in _keys(part)]
        name = str(descriptor.FontName).removeprefix("/")
        for key in ("/FontFile2", "/FontFile3"):
            if key in descriptor:
                del descriptor[key]
        assert active_parts(opened) == ["/JS", "/JavaScript", "/OpenAction"]
        assert fonts_not_embedded(opened) == [f"/{name}"]


def _keys(part: object) -> set[str]:
    return set(part.keys()) if isinstance(part, pikepdf.Dictionary) else set()
