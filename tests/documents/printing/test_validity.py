"""The checks of validity find violations (PDF/UA-1, PDF/A-2u)."""

from __future__ import annotations

import io
import zlib
from typing import Any

import pikepdf
import pytest

from documents.printing.core import papers
from documents.printing.engine.archiving import archived
from documents.printing.engine.layout import lay_out
from documents.printing.engine.merging import merge
from documents.printing.engine.sheets import Sheets
from tests.documents.validity import (
    active_parts,
    check_accessible,
    check_archived,
    dictionaries,
    failures,
    fonts_not_embedded,
)

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return lay_out(Sheets('<html lang="ru"><title>Лист</title><p>Слова', {}, two_sided=False))


def archive(title: str) -> bytes:
    html = f'<html lang="ru"><title>{title}</title><p style="color: #123456">Слова'
    return lay_out(Sheets(html, {}, two_sided=True, archived=True))


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
        assert (fonts_not_embedded(dictionaries(opened)), active_parts(dictionaries(opened))) == ([], [])
        opened.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        (descriptor,) = [part for part in opened.objects if "/FontFile3" in _keys(part) or "/FontFile2" in _keys(part)]
        name = str(descriptor.FontName).removeprefix("/")
        for key in ("/FontFile2", "/FontFile3"):
            if key in descriptor:
                del descriptor[key]
        assert active_parts(dictionaries(opened)) == ["/JS", "/JavaScript", "/OpenAction"]
        assert fonts_not_embedded(dictionaries(opened)) == [f"/{name}"]


def test_an_archived_paper_is_pdf_a_and_pdf_ua_and_says_its_title_and_both_in_its_metadata() -> None:
    pdf = archive("Акт &lt;№ 1&gt; &amp; опись")
    check_archived(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        stream = opened.Root.Metadata
        assert "/Filter" not in stream
        with opened.open_metadata(set_pikepdf_as_editor=False) as metadata:
            said: dict[str, Any] = {key: metadata[key] for key in ("dc:title", "pdfaid:part", "pdfaid:conformance")}
            assert said == {"dc:title": "Акт <№ 1> & опись", "pdfaid:part": "2", "pdfaid:conformance": "U"}
            assert metadata["pdfuaid:part"] == "1"
        assert str(opened.docinfo["/Title"]) == "Акт <№ 1> & опись"
        (intent,) = opened.Root.OutputIntents
        assert (intent.S, intent.DestOutputProfile.N) == ("/GTS_PDFA1", 3)
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        assert len(opened.trailer.ID) == 2


def test_an_archived_paper_is_the_same_at_each_print_and_stays_pdf_a_when_it_is_joined(pdf: bytes) -> None:
    assert failures(pdf, "2u") != []
    first = archived(pdf)
    assert (archived(pdf), archived(first)) == (first, first)
    assert archive("Книга") == archive("Книга")
    joined = merge([archive("Книга")] * 3, leaves=True)
    check_archived(joined)
    assert merge([archive("Книга")] * 3, leaves=True) == joined


def test_a_stream_that_ends_with_a_carriage_return_keeps_its_length_and_its_data(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        stream = opened.pages[0].Contents
        data = stream.read_bytes()
        ended = next(data + b"\t" * n for n in range(256) if zlib.compress(data + b"\t" * n).endswith(b"\r"))
        stream.write(zlib.compress(ended), filter=pikepdf.Name.FlateDecode)
        kept = archived(saved(opened))
    check_archived(kept)
    assert kept.count(b"\r\nendstream") == kept.count(b"\r\r\nendstream") == 1
    with pikepdf.open(io.BytesIO(kept)) as opened:
        assert opened.pages[0].Contents.read_bytes() == ended
        # The offsets of the cross-reference table are still valid.
        assert opened.get_warnings() == []


def test_an_archived_paper_is_as_small_as_any_other(pdf: bytes) -> None:
    """Archiving adds 5 kB for the colour profile and the metadata."""
    kept = archived(pdf)
    assert len(kept) < len(pdf) + 6_000
    with pikepdf.open(io.BytesIO(kept)) as opened:
        plain = [part.objgen for part in opened.objects if isinstance(part, pikepdf.Stream) and "/Filter" not in part]
        assert plain == [opened.Root.Metadata.objgen]


def test_minutes_acts_books_and_journals_are_archived() -> None:
    assert {code for code, paper in papers().items() if paper.archived} == {
        "minutes", "extract", "registration_book", "destruction_act", "destruction_extract", "hand_down_act",
        "issue_sheet", "stock_taking_act", "ticket_book", "ticket_journal", "write_off_act", "blank_destruction_act",
        "opening_act", "receipt_act", "card_file", "card_sheet", "card_act", "mail_register",
        "payment_register", "collector_order", "cash_order", "expense_order", "cash_journal", "cash_book",
        "settlement_act",
    }  # fmt: skip


def _keys(part: object) -> set[str]:
    return set(part.keys()) if isinstance(part, pikepdf.Dictionary) else set()
