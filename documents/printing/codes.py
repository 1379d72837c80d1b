"""Codes on papers: verification codes of prints, and QR codes."""

from __future__ import annotations

import io
import re
import secrets

import segno
from django.utils.safestring import SafeString, mark_safe
from stdnum import damm

#: Number of digits of a verification code, including the check digit. Digits are hard to confuse and are on every
#: keyboard layout; 15 random digits are 50 bits.
CODE_LENGTH = 16
_GROUP = 4
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−_.]+")


def new_code() -> str:
    """Return a random verification code with its check digit; only digits, as stored."""
    digits = "".join(secrets.choice("0123456789") for _ in range(CODE_LENGTH - 1))
    return digits + damm.calc_check_digit(digits)


def code_digits(typed: str) -> str:
    """Return the typed code without spaces and hyphens."""
    return _SEPARATORS.sub("", typed)


def is_whole(code: str) -> bool:
    """Return whether the text has the length of a code and only digits."""
    return len(code) == CODE_LENGTH and code.isascii() and code.isdigit()


def is_mistyped(code: str) -> bool:
    """Return whether the check digit is wrong: a digit was mistyped or two adjacent digits were swapped."""
    return not damm.is_valid(code)


def in_groups(code: str) -> str:
    """Return the code as printed: «0123 4567 8901 2345»."""
    return " ".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def code_picture(text: str | bytes) -> bytes:
    """Return the QR code of the text as an SVG drawing; bytes are encoded unchanged, which readers interpret as
    UTF-8.
    """
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawing, kind="svg", border=2, scale=4)
    return drawing.getvalue()


def in_groups_of_five(code: str) -> str:
    """Return the digits in groups for reading aloud and typing: «01234 56789»."""
    return " ".join(code[at : at + 5] for at in range(0, len(code), 5))


def code_inline(text: str, title: str) -> SafeString:
    """Return the QR code of the text as an inline drawing, with a title for screen readers."""
    drawing = segno.make(text, error="m", micro=False)
    # segno escapes the title; everything else is numbers.
    return mark_safe(drawing.svg_inline(border=4, scale=5, light="#fff", svgclass="qr", title=title))
