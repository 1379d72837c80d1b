"""Rendering of HTML sheets to PDF with WeasyPrint."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from .archiving import archived
from .fixed import lay_out_fixed
from .grids import draw_grids
from .sheets import STYLES_DIR, Sheets, style_names
from .tagging import complete_tags


class OwnFiles(URLFetcher):
    """Fetches our style sheets and pictures in memory, and refuses all other URLs."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=[])
        self._pictures = pictures

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return the file. Raises `FatalURLFetchingError` for a URL that is not ours."""
        kind, _, name = url.removeprefix("registry:").partition("/")
        if url.startswith("registry:"):
            if kind == "picture" and name in self._pictures:
                return URLFetcherResponse(url, self._pictures[name])
            if kind == "prints" and name in style_names():
                return URLFetcherResponse(url, (STYLES_DIR / name).read_bytes(), {"Content-Type": "text/css"})
        raise FatalURLFetchingError("a paper form may use only its own files")


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


def lay_out(sheets: Sheets) -> bytes:
    """Return the sheets as one tagged PDF with embedded fonts, as PDF/A if they are archived.

    The result is reproducible; without sheets it is empty.
    """
    if not sheets.html:
        return b""
    pdf = lay_out_fixed(sheets, _lay_out) if sheets.fixed else _lay_out(sheets)
    return archived(pdf) if sheets.archived else pdf


def _lay_out(sheets: Sheets, finisher: Callable[[Any, Any], None] | None = None) -> bytes:
    """Return the sheets as laid out by the layout engine; `finisher` is called before the PDF is written."""
    document = HTML(string=sheets.html, url_fetcher=OwnFiles(sheets.pictures))
    with _without_garbage_collection():
        pdf: bytes = document.write_pdf(
            font_config=_fonts(),
            stylesheets=[_classes_for_styles(document)],
            pdf_variant="pdf/ua-1",
            finisher=finisher or _finisher(sheets),
        )
    return pdf


def _classes_for_styles(document: HTML) -> CSS:
    """Replace `style` attributes by classes: WeasyPrint caches computed styles by class but not by attribute.

    The rules are marked as important to keep the precedence of the attribute.
    """
    names: dict[str, str] = {}
    for element in document.etree_element.iter():
        style = element.attrib.pop("style", "")
        if style:
            name = names.setdefault(style, f"own-{len(names)}")
            element.set("class", f"{element.get('class', '')} {name}")
    rules = (
        f".{name} {{ {part} !important }}" for style, name in names.items() for part in style.split(";") if part.strip()
    )
    return CSS(string="\n".join(rules), font_config=_fonts())


def _finisher(sheets: Sheets) -> Callable[[Any, Any], None]:
    """Return a finisher that completes the tags and requests duplex or simplex printing."""

    def finish(document: Any, pdf: Any) -> None:
        complete_tags(document, pdf, sheets.html)
        draw_grids(document, pdf)
        pdf.catalog["ViewerPreferences"]["Duplex"] = "/DuplexFlipLongEdge" if sheets.two_sided else "/Simplex"

    return finish


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Disable garbage collection within the block: the objects live until its end, and scanning them costs a fifth of
    the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
