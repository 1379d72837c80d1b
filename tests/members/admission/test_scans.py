"""Allowed contents of a scan: no active content, no links, nothing that unpacks without limit (V-A4)."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

from members.admission.rules import pdfs, scans
from members.admission.rules.scans import check_scan
from registry import checks
from tests.refusals import refused

pytestmark = pytest.mark.once


def made(change: Callable[[PdfWriter], object]) -> bytes:
    """Return a PDF with one page, to which this function adds something."""
    writer, kept = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    change(writer)
    writer.write(kept)
    return kept.getvalue()


def table(**values: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in values.items()})


def holding(**values: Any) -> bytes:
    return made(lambda writer: writer._add_object(table(**values)))


def part(data: bytes, *filters: str, **values: int) -> bytes:
    """Return a PDF with a part whose content is already compressed."""

    def add(writer: PdfWriter) -> None:
        stream = StreamObject()
        stream.set_data(data)
        if filters:
            stream[NameObject("/Filter")] = ArrayObject(NameObject(f"/{name}") for name in filters)
        for name, value in values.items():
            stream[NameObject(f"/{name}")] = NumberObject(value)
        writer._add_object(stream)

    return made(add)


WORDS = {name: NameObject(f"/{name}") for name in ("SubmitForm", "GoToR", "GoToE", "URI", "Launch", "FileAttachment")}


@pytest.mark.parametrize(
    "data",
    [
        holding(Type=NameObject("/Filespec"), EF=table()),
        holding(S=WORDS["SubmitForm"], F=TextStringObject("https://example.org")),
        holding(S=WORDS["GoToR"], F=TextStringObject("other.pdf")),
        holding(S=WORDS["GoToE"]),
        holding(S=WORDS["URI"], URI=TextStringObject("https://example.org")),
        holding(S=WORDS["Launch"]),
        holding(Subtype=WORDS["FileAttachment"]),
        # The name of the action is in a separate object.
        made(lambda writer: writer._add_object(table(S=writer._add_object(WORDS["URI"])))),
        made(lambda writer: writer._add_object(table(A=ArrayObject([table(S=WORDS["SubmitForm"])])))),
    ],
    ids=["ef", "submit", "gotor", "gotoe", "uri", "launch", "attachment", "apart", "deep"],
)
def test_v_a4_a_pdf_that_leads_elsewhere_or_holds_a_file_is_refused(data: bytes) -> None:
    with refused("V-A4", field="file") as refusal:
        check_scan(data)
    assert refusal.value.message == "В PDF есть программа, ссылка или другой файл. Распечатайте его и отсканируйте."


def test_v_a4_a_pdf_with_a_named_place_and_a_packed_page_is_kept() -> None:
    assert check_scan(holding(S=NameObject("/GoTo"), D=TextStringObject("page"))).ending == "pdf"
    assert check_scan(part(zlib.compress(b"x" * 1000), "FlateDecode")).ending == "pdf"
    assert check_scan(part(b"x" * 1000)).ending == "pdf"


def test_v_a4_a_pdf_whose_list_of_objects_is_packed_is_kept() -> None:
    kept = io.BytesIO()
    with pikepdf.open(io.BytesIO(made(lambda writer: None))) as pdf:
        pdf.save(kept, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"/ObjStm" in kept.getvalue() and b"/W [" in kept.getvalue()
    assert check_scan(kept.getvalue()).ending == "pdf"


def test_v_a4_what_a_pdf_unpacks_to_is_bounded_for_a_part_and_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "MAX_PART", 100_000)
    monkeypatch.setattr(pdfs, "MAX_PARTS", 250_000)

    def packed(size: int) -> bytes:
        return zlib.compress(b"\0" * size)

    def several(count: int) -> bytes:
        def add(writer: PdfWriter) -> None:
            for _number in range(count):
                stream = StreamObject()
                stream.set_data(packed(100_000))
                stream[NameObject("/Filter")] = NameObject("/FlateDecode")
                writer._add_object(stream)

        return made(add)

    letters = packed(100_001).hex().encode() + b">"
    few = packed(100_000).hex().encode() + b">"
    kept = [part(packed(100_000), "FlateDecode"), part(few, "ASCIIHexDecode", "FlateDecode"), several(2)]
    assert [check_scan(data).ending for data in kept] == ["pdf"] * 3
    for data in (
        part(packed(100_001), "FlateDecode"),
        # Without a filter; a reader may try to unpack the bytes anyway.
        part(packed(100_001)),
        part(letters, "ASCIIHexDecode", "FlateDecode"),
        part(zlib.compress(packed(10)), "FlateDecode", "FlateDecode"),
        several(3),
    ):
        with refused("V-A4", field="file") as refusal:
            check_scan(data)
        assert refusal.value.message.startswith("PDF распаковывается в слишком большой")


def test_v_a4_a_part_of_200_mb_is_refused_without_being_unpacked() -> None:
    with refused("V-A4", field="file"):
        check_scan(part(zlib.compress(b"\0" * 200_000_000, 1), "FlateDecode"))


def test_v_a4_pictures_of_a_pdf_and_old_ways_of_packing_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_scan(part(b"\xff\xd8", "DCTDecode", Width=5000, Height=5000)).ending == "pdf"
    with refused("V-A4", field="file"):
        check_scan(part(b"\xff\xd8", "DCTDecode", Width=5000, Height=5001))
    monkeypatch.setattr(pdfs, "_MAX_SLOW", 100)
    assert check_scan(part(b"x" * 100, "LZWDecode")).ending == "pdf"
    with refused("V-A4", field="file"):
        check_scan(part(b"x" * 101, "LZWDecode"))


def picture(width: int, height: int, kind: str) -> bytes:
    kept = io.BytesIO()
    Image.new("L", (width, height), 200).save(kept, kind)
    return kept.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_v_a4_a_picture_has_at_most_25_million_pixels(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    assert checks.MAX_PIXELS == 25_000_000
    monkeypatch.setattr(scans, "MAX_PIXELS", 30_000)
    assert check_scan(picture(300, 100, kind)).content_type == f"image/{kind.lower()}"
    with refused("V-A4", field="file"):
        check_scan(picture(300, 101, kind))


def test_v_a4_one_scan_at_a_time_is_opened_and_the_others_wait_and_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MAX_WAIT", 0.01)
    for data in (picture(30, 20, "PNG"), part(b"x")):
        with checks.a_turn(), refused("V-A4", field="file") as refusal:
            check_scan(data)
        assert refusal.value.message.endswith("Попробуйте ещё раз через минуту.")
        assert check_scan(data)
