"""Filled documents are joined as by qpdf (tags, texts, outline, names), with fonts and pictures only once."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from itertools import chain

import pikepdf
import pytest

from documents.printing.engine import fixed, merging
from documents.printing.engine.layout import _lay_out, lay_out
from documents.printing.engine.merging import merge
from documents.printing.engine.objects import HEADER
from documents.printing.engine.sheets import Sheets
from tests.documents import samples

from .test_fixed import WITH_PHOTOGRAPH, all_kinds, images_in, photograph, tags, text_of, with_photographs

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _no_stencils() -> None:
    fixed._stencils.clear()


def by_qpdf(parts: Iterable[bytes], monkeypatch: pytest.MonkeyPatch, *, leaves: bool) -> bytes:
    with monkeypatch.context() as patched:
        patched.setattr(merging, "join_filled", lambda parts, leaves: iter(parts))
        return merge(parts, leaves=leaves)


def outline(pdf: bytes) -> list[tuple[str, int]]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        pages = {page.objgen: number for number, page in enumerate(opened.pages)}
        with opened.open_outline() as found:
            return [(one.title, pages[one.destination[0].objgen]) for one in found.root]


def names(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        tree = opened.Root.StructTreeRoot.get("/IDTree")
        return [str(one) for one in list(tree.Names)[::2]] if tree is not None else []


def fonts(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        found = [one for one in opened.objects if isinstance(one, pikepdf.Stream) and "/Length1" in one]
        return sorted(hashlib.sha256(one.read_bytes()).hexdigest() for one in found)


@pytest.mark.parametrize(("charter", "code"), [*WITH_PHOTOGRAPH, ("voi", "consent"), ("education_union", "consent")])
def test_filled_documents_are_joined_as_qpdf_joins_them(
    charter: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [lay_out(all_kinds(charter, code)) for _number in range(2)]
    if (charter, code) in WITH_PHOTOGRAPH:
        parts.append(lay_out(with_photographs(charter, code, [photograph(), photograph(mode="LA", kind="PNG")])))
    parts.append(parts[0])
    assert all(part.startswith(HEADER) for part in parts)
    joined, expected = merge(parts, leaves=True), by_qpdf(parts, monkeypatch, leaves=True)
    assert joined.startswith(HEADER)
    assert tags(joined) == tags(expected)
    assert text_of(joined) == text_of(expected)
    assert (outline(joined), names(joined)) == (outline(expected), names(expected))
    assert images_in(joined) == images_in(expected)
    # Joining a joined document again.
    assert tags(merge([joined, parts[0]], leaves=True)) == tags(by_qpdf([joined, parts[0]], monkeypatch, leaves=True))
    assert fonts(joined) == sorted(set(fonts(expected)))


def test_documents_of_the_layout_engine_are_joined_by_qpdf_after_those_before_them() -> None:
    sheets = samples.sheets("consent", samples.keeper("voi"), None)
    filled, whole = lay_out(sheets), _lay_out(sheets)
    for parts in ([filled, filled, whole, filled], [whole, filled, filled], [filled, whole], [filled], [whole]):
        pdf = merge(iter(parts), leaves=True)
        assert text_of(pdf) == "".join(chain.from_iterable(text_of(part) for part in parts))
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            assert len(opened.pages) == 2 * len(parts)
    with pytest.raises(ValueError, match="nothing"):
        merge([])


@pytest.mark.parametrize("leaves", [True, False])
def test_each_part_begins_on_the_front_of_a_sheet(leaves: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    head = '<html lang="ru"><head><title>Т</title><link rel="stylesheet" href="registry:prints/paper.css"></head>'
    field = '<div class="row">{0} <span class="rule" style="width:50mm">{0}</span></div>'
    sheet = f'<article class="sheet" data-outline="{{0}}">{field}</article>'
    parts = [
        lay_out(Sheets(f"{head}<body>{sheet.format(name)}</body></html>", {}, two_sided=True, fixed=True))
        # Names with text like a PDF reference and with parentheses.
        for name in ("12 0 R", "(5 0 R", "Иванов", r"\) 7 0 R")
    ]
    joined, expected = merge(parts, leaves=leaves), by_qpdf(parts, monkeypatch, leaves=leaves)
    with pikepdf.open(io.BytesIO(joined)) as opened:
        assert len(opened.pages) == (7 if leaves else 4)
        assert {tuple(map(float, page.mediabox)) for page in opened.pages} == {(0.0, 0.0, 595.275591, 841.889764)}
    assert (tags(joined), text_of(joined)) == (tags(expected), text_of(expected))
    assert outline(joined) == outline(expected)
    assert [title for title, _page in outline(joined)] == ["12 0 R", "(5 0 R", "Иванов", r"\) 7 0 R"]
