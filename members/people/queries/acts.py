"""What the history of a card is made of: acts, and the fields that each changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Change:
    """One field from what to what; `hidden` where the reader may not see, or has not opened, the values."""

    label: str
    before: str
    after: str
    hidden: bool = False


@dataclass
class Act:
    """One act on the card; `leads` where its title names everything that was written with it."""

    at: dt.datetime
    who: str
    title: str
    rule: str
    capacity: str = ""
    changes: list[Change] = field(default_factory=list)
    account_id: int | None = None
    leads: bool = False
