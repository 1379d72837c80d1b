"""The manifest of a batch for the producer, and names of the files in its archive (U-8).

The manifest is built from values that were stored when the batch was sent, so it never changes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..models import CardBatch, CardRequest

#: Names of the manifest and the list in the archive.
MANIFEST, LIST = "manifest.json", "cards.xlsx"


def photo_name(request: CardRequest) -> str:
    """Return the file name of the photograph in the archive; it contains no personal data."""
    return f"photos/{request.position:04}-{request.pk}.jpg"


def manifest_of(batch: CardBatch, requests: Sequence[CardRequest]) -> str:
    """Return the manifest as JSON: ids, numbers, names as printed, file names and their SHA-256."""
    cards: list[dict[str, Any]] = [
        {
            "id": request.pk,
            "line": request.position,
            "name": request.printed_name,
            "number": request.number if request.serial is not None else None,
            "code": request.code,
            "photo": photo_name(request),
            "sha256": request.photo_digest,
        }
        for request in requests
    ]
    values = {
        "batch": batch.pk,
        "number": batch.number,
        "sent_on": batch.sent_on.isoformat() if batch.sent_on else None,
        "process_on": batch.process_on.isoformat() if batch.process_on else None,
        "ship_by": batch.ship_by.isoformat() if batch.ship_by else None,
        "producer": batch.producer,
        "cards": cards,
    }
    return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True)


def frozen_requests(batch: CardBatch) -> list[CardRequest]:
    """Return the requests of the batch in their order."""
    return list(
        CardRequest.objects.filter(batch=batch, position__isnull=False).select_related("photo").order_by("position")
    )
