"""Openings of loaded lists: their rows hold what the closed parts of cards hold (V-C5)."""

from __future__ import annotations

from registry.access import Actor
from registry.transitions import note_opened, write_event

from ..models import ImportBatch


def note_list_opened(batch: ImportBatch, *, by: Actor) -> None:
    """Record that a page of the list was opened, at most once an hour."""
    note_opened("import.opened", batch, by=by, organization=batch.organization)


def note_remarks_downloaded(batch: ImportBatch, *, by: Actor) -> None:
    """Record that the rows that are not correct were downloaded as a workbook."""
    write_event("import.remarks_downloaded", by=by, rule="V-C5", about=batch, organization=batch.organization)
