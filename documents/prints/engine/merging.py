"""Joins PDFs without losing their tags: a plain merge drops the structure that screen readers go by."""

import io
from collections.abc import Iterable
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, NumberObject


def merge(parts: Iterable[bytes], *, title: str, leaves: bool = False) -> bytes:
    """One tagged document of the tagged parts; the first part's title, language and metadata stand for all.

    With `leaves` every part begins on the front of a sheet of paper. Raises `ValueError` without a part.
    """
    writer: PdfWriter | None = None
    for part in parts:
        if writer is None:
            writer = PdfWriter(clone_from=io.BytesIO(part))
        else:
            if leaves and len(writer.pages) % 2:
                _append_empty_page(writer)
            _append(writer, PdfReader(io.BytesIO(part)))
    if writer is None:
        raise ValueError("nothing to merge")
    writer.add_metadata({"/Title": title})
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


def _append_empty_page(writer: PdfWriter) -> None:
    """The back of a leaf that nothing is printed on."""
    last = writer.pages[-1].mediabox
    writer.add_blank_page(width=float(last.width), height=float(last.height))


def _append(writer: PdfWriter, reader: PdfReader) -> None:
    """Add the pages with their structure; page keys of the structure are moved behind those already there."""
    # The objects of a PDF have no types of their own to check against.
    root: Any = writer.root_object
    page_tree, structure = root["/Pages"].get_object(), root["/StructTreeRoot"].get_object()
    numbers = structure["/ParentTree"].get_object()["/Nums"]
    offset = int(numbers[-2]) + 1
    # Pages come first: the structure then refers to these very copies.
    for page in reader.pages:
        copy: Any = page.clone(writer, False, ("/Parent",))
        copy[NameObject("/Parent")] = page_tree.indirect_reference
        copy[NameObject("/StructParents")] = NumberObject(int(copy["/StructParents"]) + offset)
        page_tree["/Kids"].append(copy.indirect_reference)
        page_tree[NameObject("/Count")] = NumberObject(int(page_tree["/Count"]) + 1)
    source: Any = reader.root_object
    added = source["/StructTreeRoot"].clone(writer)
    for key, value in zip(*[iter(added["/ParentTree"].get_object()["/Nums"])] * 2, strict=True):
        numbers.extend((NumberObject(int(key) + offset), value))
    document = structure["/K"][0].get_object()
    for element in added["/K"][0].get_object()["/K"]:
        child = element.get_object()
        child[NameObject("/P")] = document.indirect_reference
        document["/K"].append(element)
