"""Deleting leftovers of stored files: contents without a row and rows without contents."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from registry.access import Actor
from registry.errors import NotAllowed
from registry.transitions import change

from . import storage


def sweep_files(contents: Collection[str], rows: Collection[uuid.UUID], *, by: Actor) -> None:
    """Delete stray contents, and rows whose contents are lost; the event has only their numbers (N-S1).

    Raises `NotAllowed` for anybody but the installation.
    """
    if not by.is_system or by.organization is not None:
        raise NotAllowed
    with change(by=by, rule="N-S1", event="job.files_swept") as act:
        storage.delete_files(rows)
        for place in contents:
            storage.drop_stray(place)
        act.about(None, organization=None, contents=len(contents), rows=len(rows))
