"""What every printed PDF has to be, proved by a validator and by checks of our own (PDF/UA-1, PDF/A)."""

from __future__ import annotations

import io
from typing import Any

import page
import pikepdf

#: Keys and kinds of action that run something or reach out of the file.
_ACTIVE_KEYS = {"/JS", "/AA", "/OpenAction", "/EmbeddedFiles", "/RichMediaContent"}
_ACTIONS = {"/JavaScript", "/Launch", "/GoToR", "/SubmitForm", "/ImportData"}


def check_accessible(pdf: bytes) -> None:
    """Assert that the PDF is PDF/UA-1, says its title and language, embeds its fonts and runs nothing."""
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
    """Assert that the PDF is PDF/A-2u and PDF/UA-1 at once."""
    check_accessible(pdf)
    assert failures(pdf, "2u") == []


def failures(pdf: bytes, profile: str) -> list[tuple[str, str]]:
    """Return the rules of the profile that the PDF breaks, with what the validator says."""
    report = page.validate_pdf_bytes(pdf, profile=profile)
    assert report.rules.total > 0
    return [(found.rule_id, found.message) for found in report.failures]


def fonts_not_embedded(parts: list[Any]) -> list[str]:
    """Return the fonts among the dictionaries of a PDF without a file in it; there is one font at least."""
    fonts = [part for part in parts if part.get("/Type") == "/Font" and part.get("/Subtype") != "/Type0"]
    assert fonts
    files = {"/FontFile", "/FontFile2", "/FontFile3"}
    return [str(font.BaseFont) for font in fonts if not files & set(font.get("/FontDescriptor", {}).keys())]


def active_parts(parts: list[Any]) -> list[str]:
    """Return the keys and actions among the dictionaries of a PDF that could run or fetch something."""
    keys = {key for part in parts for key in _ACTIVE_KEYS & set(part.keys())}
    return sorted(keys | {str(part.S) for part in parts if str(part.get("/S", "")) in _ACTIONS})


def dictionaries(pdf: pikepdf.Pdf) -> list[Any]:
    """Return all dictionaries of the PDF, those within others too."""
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
        # Objects with a number of their own are walked once.
        waiting += [one for one in held if isinstance(one, pikepdf.Object) and not one.is_indirect]
    return found
