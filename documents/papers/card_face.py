"""Face of an electronic card, CR80, for a federation that prints its cards itself (U-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings

from documents.printing.codes import code_picture
from documents.printing.core import Batch, Paper
from registry.files import storage

from .card_sheet import grouped_number

if TYPE_CHECKING:
    from documents.ecards.models import CardRequest

#: What the card is called, where the charter has no word of its own.
TITLE = "Электронный членский билет"


def build(requests: Sequence[CardRequest], batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each face: name as frozen, photograph, number, QR of the page that tells its validity."""
    wording = batch.charter.wording
    return [
        {
            "federation": wording["federation_full"],
            "title": wording.get("electronic_card", TITLE),
            "name": request.printed_name,
            "number": grouped_number(request.number or ""),
            "photo": _photo(request, batch),
            "code": batch.picture(f"code-{request.pk}", code_picture(address_of(request.code or ""))),
        }
        for request in requests
    ]


def address_of(code: str) -> str:
    """Return the address of the public page about the card with this code."""
    return f"{settings.SITE_ADDRESS.rstrip('/')}/c/{code}/"


def _photo(request: CardRequest, batch: Batch) -> str:
    if request.photo is None:
        return ""
    return batch.picture(f"photo-{request.pk}", storage.read(request.photo))


FACE = Paper(code="card_face", title="Электронный билет", build=build)
