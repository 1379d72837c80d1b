"""QR codes on papers."""

import io

import segno


def code_picture(text: str) -> bytes:
    """Return the QR code of the text as an SVG drawing."""
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawing, kind="svg", border=2, scale=4)
    return drawing.getvalue()
