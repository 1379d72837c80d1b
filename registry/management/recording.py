"""Attesting existing rows: those of earlier versions, those rewritten by a migration, and those for another key."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from ..access import Actor
from ..evidence import attested, print_of
from ..journal.queries import astray, attested_sums, differences, one_moment
from ..transitions import record_evidence

_RECORDING = Actor.system("record_evidence")


def record(model: type[models.Model], *, accept: bool) -> int | None:
    """Attest the rows of the table with the first key; return the number of shards that were not attested.

    Without `accept`, a table that matches none of the keys stays unchanged, and None is returned.
    """
    secret = settings.EVIDENCE_KEYS[0]
    with one_moment():
        known, _forged = attested_sums()
        left = differences(model, known, secret)
        whole = accept or not astray(model, known)
    shards = left[print_of(secret)][model._meta.db_table]
    if not whole:
        return None
    if shards:
        record_evidence(model, left, by=_RECORDING)
    return len(shards)


__all__ = ["attested", "record"]
