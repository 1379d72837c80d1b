"""Queries about the text of a form on a given day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .models import FormText

if TYPE_CHECKING:
    from registry.charters.base import Charter


def clauses_on(day: dt.date, versions: Sequence[FormText], form: str, charter: Charter) -> dict[str, str]:
    """Return the clauses of the form on the day, by name.

    `versions` are the versions of the federation's form, the latest first. Clauses missing in them are the charter's.
    """
    own = {name: clause["text"] for name, clause in charter.clauses_of(form).items()}
    found = next((version for version in versions if version.in_force_on(day)), None)
    stored = found.clauses if found is not None else {}
    return {name: stored.get(name, text) for name, text in own.items()}
