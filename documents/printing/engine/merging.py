"""Merging of PDFs with their tags and outlines: a plain merge drops the structure that screen readers use."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import pikepdf

from .archiving import written
from .joining import join_filled


def merge(parts: Iterable[bytes], *, leaves: bool = False) -> bytes:
    """Return one tagged document of the tagged parts; title, language and metadata are taken from the first.

    With `leaves` every part begins on the front of a sheet. A single part is returned unchanged, and filled ones are
    joined by `joining`. Raises `ValueError` without a part.
    """
    rest = join_filled(parts, leaves=leaves)
    first, second = next(rest, None), next(rest, None)
    if first is None:
        raise ValueError("nothing to merge")
    if second is None:
        return first
    whole = pikepdf.open(io.BytesIO(first))
    outline = list(_outline(whole))
    for part in chain((second,), rest):
        opened = pikepdf.open(io.BytesIO(part))
        if leaves and len(whole.pages) % 2:
            _, _, width, height = whole.pages[-1].mediabox.as_list()
            whole.add_blank_page(page_size=(float(width), float(height)))
        before = len(whole.pages)
        outline += [(title, before + page) for title, page in _outline(opened)]
        _append(whole, opened)
    _sort_ids(whole)
    if outline:
        with whole.open_outline() as found:
            found.root[:] = [pikepdf.OutlineItem(title, page) for title, page in outline]
    return written(whole)


def page_count(pdf: bytes) -> int:
    """Return the number of pages of the PDF."""
    return len(pikepdf.open(io.BytesIO(pdf)).pages)


def _outline(part: pikepdf.Pdf) -> Iterator[tuple[str, int]]:
    """Yield title and page of each entry of the outline, which has one level."""
    numbers: dict[Any, int] = {page.objgen: number for number, page in enumerate(part.pages)}
    outlines = part.Root.get("/Outlines")
    entry = outlines.get("/First") if outlines is not None else None
    while entry is not None:
        target = entry.get("/Dest") or entry["/A"]["/D"]
        yield str(entry["/Title"]), numbers[target[0].objgen]
        entry = entry.get("/Next")


def _append(whole: pikepdf.Pdf, part: pikepdf.Pdf) -> None:
    """Append the pages with their structure; keys of pages and links are shifted behind the existing ones."""
    structure = whole.Root.StructTreeRoot
    keys, document = structure.ParentTree.Nums, structure.K[0]
    offset = int(keys[-2]) + 1
    # Pages come first, so that the structure refers to these copies.
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
    if "/IDTree" in added:
        if "/IDTree" in structure:
            structure.IDTree.Names.extend(added.IDTree.Names)
        else:
            structure.IDTree = added.IDTree


def _sort_ids(whole: pikepdf.Pdf) -> None:
    """Sort the names of table headings, as required in a name tree; of equal ones from equal parts, the first
    counts.
    """
    tree = whole.Root.StructTreeRoot.get("/IDTree")
    if tree is not None:
        names = list(tree.Names)
        known = {bytes(names[at]): names[at + 1] for at in reversed(range(0, len(names), 2))}
        tree.Names = pikepdf.Array([part for name in sorted(known) for part in (pikepdf.String(name), known[name])])
