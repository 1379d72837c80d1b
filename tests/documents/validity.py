"""Checks every printed PDF against PDF/UA-1 and PDF/A, by a validator and by our own code."""

from __future__ import annotations

import io
from typing import Any

import page
import pikepdf

#: Keys and action types that run code or access something outside the file.
_ACTIVE_KEYS = {"/JS", "/AA", "/OpenAction", "/EmbeddedFiles", "/RichMediaContent"}
_ACTIONS = {"/JavaScript", "/Launch", "/GoToR", "/SubmitForm", "/ImportData"}


def check_accessible(pdf: bytes) -> None:
    """Assert that the PDF is valid PDF/UA-1, has a title and a language, embeds its fonts and runs no code."""
    assert failures(pdf, "ua1") == []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.Lang == "ru"
        assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)
        with opened.open_metadata(set_pikepdf_as_editor=False) as metadata:
            assert metadata["dc:title"] == str(opened.docinfo["/Title"]) != ""
        parts = dictionaries(opened)
        assert fonts_not_embedded(parts) == []
        assert active_parts(parts) == []


def check_archived(pdf: bytes) -> None:
    """Assert that the PDF conforms to both PDF/A-2u and PDF/UA-1."""
    check_accessible(pdf)
    assert failures(pdf, "2u") == []


def failures(pdf: bytes, profile: str) -> list[tuple[str, str]]:
    """Return the ids of the violated rules of the profile, with the validator's messages."""
    report = page.validate_pdf_bytes(pdf, profile=profile)
    assert report.rules.total > 0
    return [(found.rule_id, found.message) for found in report.failures]


def fonts_not_embedded(parts: list[Any]) -> list[str]:
    """Return the fonts that are not embedded, from the dictionaries of a PDF; fail if there are no fonts."""
    fonts = [part for part in parts if part.get("/Type") == "/Font" and part.get("/Subtype") != "/Type0"]
    assert fonts
    files = {"/FontFile", "/FontFile2", "/FontFile3"}
    return [str(font.BaseFont) for font in fonts if not files & set(font.get("/FontDescriptor", {}).keys())]


def active_parts(parts: list[Any]) -> list[str]:
    """Return the keys and actions that could run or fetch something, from the dictionaries of a PDF."""
    keys = {key for part in parts for key in _ACTIVE_KEYS & set(part.keys())}
    return sorted(keys | {str(part.S) for part in parts if str(part.get("/S", "")) in _ACTIONS})


def dictionaries(pdf: pikepdf.Pdf) -> list[Any]:
    """Return all dictionaries of the PDF, including nested ones."""
    found: list[Any] = []
    waiting: list[Any] = [*pdf.objects, pdf.Root]
    while waiting:
        part = waiting.pop()
        held: list[Any] = []
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            found.append(part)
            held = [part[key] for key in part]
        elif isinstance(part, pikepdf.Array):
            held = list(part)
        # Indirect objects are already in the list.
        waiting += [one for one in held if isinstance(one, pikepdf.Object) and not one.is_indirect]
    return found
