"""Shifting of pages, so that a print falls into place on paper that a printer feeds askew."""

from __future__ import annotations

import io

import pikepdf

#: Points per millimetre.
_MM = 72 / 25.4
#: Millimetres to the right and down.
Shift = tuple[float, float]


def shifted(pdf: bytes, front: Shift, back: Shift) -> bytes:
    """Return the PDF with its odd pages moved by `front` and its even ones by `back`; tags and text stay."""
    if front == back == (0, 0):
        return pdf
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for number, page in enumerate(opened.pages):
            right, down = back if number % 2 else front
            page.contents_add(f"q 1 0 0 1 {right * _MM:.3f} {-down * _MM:.3f} cm\n".encode(), prepend=True)
            page.contents_add(b"\nQ")
        result = io.BytesIO()
        opened.save(result, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return result.getvalue()
