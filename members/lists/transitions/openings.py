"""Journal events for opening uploaded lists, whose rows contain the same data as the protected parts of cards
(V-C5).
"""

from __future__ import annotations

from registry.access import Actor
from registry.transitions import note_opened, write_event

from ..models import ImportBatch


def note_list_opened(batch: ImportBatch, *, by: Actor) -> None:
    """Record that a page of the list was opened, at most once an hour."""
    note_opened("import.opened", batch, by=by, organization=batch.organization)


def note_remarks_downloaded(batch: ImportBatch, *, by: Actor) -> None:
    """Record that the incorrect rows were downloaded as a workbook."""
    write_event("import.remarks_downloaded", by=by, rule="V-C5", about=batch, organization=batch.organization)
