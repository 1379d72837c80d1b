"""Laying out: from the HTML of sheets to a PDF."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from .sheets import OWN_FILES, Sheets, own_names


class OwnFiles(URLFetcher):
    """Fetches the style sheets of the forms and the pictures handed over in memory, and refuses everything else."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=[])
        self._pictures = pictures

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The file of the address. Raises `FatalURLFetchingError` for an address that is not ours."""
        kind, _, name = url.removeprefix("registry:").partition("/")
        if url.startswith("registry:"):
            if kind == "picture" and name in self._pictures:
                return URLFetcherResponse(url, self._pictures[name])
            if kind == "prints" and name in own_names():
                return URLFetcherResponse(url, (OWN_FILES / name).read_bytes(), {"Content-Type": "text/css"})
        raise FatalURLFetchingError("a paper form may use only its own files")


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


def lay_out(sheets: Sheets) -> bytes:
    """One PDF of the sheets: tagged for screen readers, fonts embedded, the same bytes every time; nothing of nothing."""
    if not sheets.html:
        return b""
    document = HTML(string=sheets.html, url_fetcher=OwnFiles(sheets.pictures))
    with _garbage_kept():
        return document.write_pdf(
            font_config=_fonts(),
            stylesheets=[_classes_for_styles(document)],
            pdf_variant="pdf/ua-1",
            finisher=_for_the_printer(sheets.two_sided),
        )


def _classes_for_styles(document: HTML) -> CSS:
    """Puts a class where an element has `style`: elements share what is computed for a class, and never for an attribute.

    The rules are important, so that they go before all others as the attribute does.
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


def _for_the_printer(two_sided: bool) -> Callable[[Any, Any], None]:
    """Asks the printer for both sides of the paper or for one."""

    def finish(_document: Any, pdf: Any) -> None:
        pdf.catalog["ViewerPreferences"]["Duplex"] = "/DuplexFlipLongEdge" if two_sided else "/Simplex"

    return finish


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """No garbage collection meanwhile: what is built lives until the end, and going through it costs a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
