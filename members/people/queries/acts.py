"""Data classes of the card's history: acts, and the fields that each of them changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Change:
    """A field before and after; `hidden` if the reader may not see, or has not opened, the values."""

    label: str
    before: str
    after: str
    hidden: bool = False


@dataclass
class Act:
    """One act on the card; `leads` if its title describes all records written together with it."""

    at: dt.datetime
    who: str
    title: str
    rule: str
    capacity: str = ""
    changes: list[Change] = field(default_factory=list)
    account_id: int | None = None
    leads: bool = False
