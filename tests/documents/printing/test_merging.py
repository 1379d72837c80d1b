"""Joining PDFs: every page and link refers to its own structure element, and texts do not change."""

import io
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from documents.printing.engine.layout import lay_out
from documents.printing.engine.merging import merge
from documents.printing.engine.sheets import Sheets

pytestmark = pytest.mark.once


def part(alt: str) -> bytes:
    picture = io.BytesIO()
    Image.new("L", (4, 4)).save(picture, "PNG")
    html = '<html lang="ru"><title>5 0 R</title><p><a href="https://example.org/">где</a>'
    html += f' <img src="registry:picture/dot" alt="{alt}">'
    return lay_out(Sheets(html, {"dot": picture.getvalue()}, two_sided=False))


def of_kind(element: Any, kind: str) -> list[Any]:
    kids = [kid.get_object() for kid in element["/K"] if not isinstance(kid.get_object(), int)]
    below = [found for kid in kids if "/S" in kid for found in of_kind(kid, kind)]
    return [element, *below] if element["/S"] == kind else below


def test_texts_stay_as_they_are_and_every_key_leads_to_its_own_element() -> None:
    alts = ["2 0 R", "(5 0 R) \\ 1 0 R)", "рисунок"]
    reader = PdfReader(io.BytesIO(merge([part(alt) for alt in alts])))
    root: Any = reader.root_object
    document = root["/StructTreeRoot"]["/K"][0].get_object()
    assert [figure["/Alt"] for figure in of_kind(document, "/Figure")] == alts
    assert reader.metadata is not None
    assert reader.metadata.title == "5 0 R"
    numbers = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    led = dict(zip(numbers[::2], (value.get_object() for value in numbers[1::2]), strict=True))
    assert list(led) == [0, 1, 2, 3, 4, 5]
    for page in reader.pages:
        assert {
            element.get_object()["/Pg"].get_object()["/StructParents"] for element in led[page["/StructParents"]]
        } == {page["/StructParents"]}
        (link,) = page["/Annots"]
        element = led[link.get_object()["/StructParent"]]
        assert (element["/S"], element["/Pg"].get_object() == page) == ("/Link", True)


def test_joining_nothing_gives_no_document() -> None:
    with pytest.raises(ValueError, match="nothing"):
        merge([])
