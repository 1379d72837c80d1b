"""Joins PDFs without losing their tags: a plain merge drops the structure that screen readers go by."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pikepdf


def merge(parts: Iterable[bytes], *, leaves: bool = False) -> bytes:
    """One tagged document of the tagged parts; the first part's title, language and metadata stand for all.

    With `leaves` every part begins on the front of a sheet of paper. A single part stays as it is. Raises `ValueError`
    without a part.
    """
    whole: pikepdf.Pdf | None = None
    count, part = 0, b""
    for count, part in enumerate(parts, start=1):  # noqa: B007 - the last one and how many there were
        opened = pikepdf.open(io.BytesIO(part))
        if whole is None:
            whole = opened
            continue
        if leaves and len(whole.pages) % 2:
            _, _, width, height = whole.pages[-1].mediabox.as_list()
            whole.add_blank_page(page_size=(float(width), float(height)))
        _append(whole, opened)
    if whole is None:
        raise ValueError("nothing to merge")
    if count == 1:
        return part
    result = io.BytesIO()
    whole.save(result, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return result.getvalue()


def page_count(pdf: bytes) -> int:
    """How many pages the PDF has."""
    return len(pikepdf.open(io.BytesIO(pdf)).pages)


def _append(whole: pikepdf.Pdf, part: pikepdf.Pdf) -> None:
    """Add the pages with their structure; the keys by which pages and links find theirs are moved behind those there."""
    structure = whole.Root.StructTreeRoot
    keys, document = structure.ParentTree.Nums, structure.K[0]
    offset = int(keys[-2]) + 1
    # Pages come first: the structure then refers to these very copies.
    before = len(whole.pages)
    whole.pages.extend(part.pages)
    for page in whole.pages[before:]:
        page.StructParents = int(page.StructParents) + offset
        for link in page.get("/Annots", []):
            if "/StructParent" in link:
                link.StructParent = int(link.StructParent) + offset
    added = whole.copy_foreign(part.Root.StructTreeRoot)
    found = added.ParentTree.Nums
    for at in range(0, len(found), 2):
        keys.append(int(found[at]) + offset)
        keys.append(found[at + 1])
    for element in added.K[0].K:
        element.P = document
        document.K.append(element)
