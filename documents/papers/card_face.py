"""Face of an electronic card, CR80, for a federation that prints its cards itself (U-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings

from documents.printing.codes import code_picture
from documents.printing.core import Batch, Paper
from documents.printing.fitting import POINT, fit
from registry.files import storage

from .card_sheet import grouped_number

if TYPE_CHECKING:
    from documents.ecards.models import CardRequest

#: Width and height (mm) and font size (points) of each text on the card.
PLACES = {
    "federation": (77.6, 6.6, 7.5),
    "title": (77.6, 4.6, 9.0),
    "name": (33.0, 17.5, 10.0),
    "number": (33.0, 4.6, 9.0),
}
#: Name of the card if the charter has none.
TITLE = "Электронный членский билет"


def build(requests: Sequence[CardRequest], batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each face: stored name, photograph, number, and the QR of the public page."""
    wording = batch.charter.wording
    return [
        {
            "federation": _fitted("federation", wording["federation_full"]),
            "title": _fitted("title", wording.get("electronic_card", TITLE)),
            "name": _fitted("name", request.printed_name),
            "number": _fitted("number", grouped_number(request.number or "")),
            "photo": _photo(request, batch),
            "code": batch.picture(f"code-{request.pk}", code_picture(address_of(request.code or ""))),
        }
        for request in requests
    ]


def _fitted(place: str, text: str) -> dict[str, Any]:
    """Return the lines and the font size that fit on the card; a text that is too long is truncated."""
    width, height, size = PLACES[place]
    fitted = fit(text, (width,), room=height / POINT, size=size)
    return {"lines": fitted.lines[0], "size": f"{fitted.size:g}"}


def address_of(code: str) -> str:
    """Return the URL of the public page of the card with this code."""
    return f"{settings.SITE_ADDRESS.rstrip('/')}/c/{code}/"


def _photo(request: CardRequest, batch: Batch) -> str:
    if request.photo is None:
        return ""
    return batch.picture(f"photo-{request.pk}", storage.read(request.photo))


FACE = Paper(code="card_face", title="Электронный билет", build=build)
