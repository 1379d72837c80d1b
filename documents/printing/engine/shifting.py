"""Shifting of pages, to compensate the offset of a printer."""

from __future__ import annotations

import io

import pikepdf

#: Points per millimetre.
_MM = 72 / 25.4
#: A shift to the right and down, in millimetres.
Shift = tuple[float, float]


def shifted(pdf: bytes, front: Shift, back: Shift) -> bytes:
    """Return the PDF with odd pages shifted by `front` and even pages by `back`; tags and text do not change."""
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
