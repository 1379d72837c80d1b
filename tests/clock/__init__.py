"""Other days: `with at("2040-02-29"):` within a test, `python -m tests.clock DAY … -- COMMAND` for processes."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import time_machine

MOSCOW = dt.timezone(dt.timedelta(hours=3))
#: On PYTHONPATH, this moves the clock of each Python process by CLOCK_SHIFT seconds.
PATH = Path(__file__).parent / "path"


def moment(day: str | dt.date) -> dt.datetime:
    """Return the moment for the text: noon for a date, Moscow time if it has no zone."""
    text = str(day)
    found = dt.datetime.fromisoformat(text if ":" in text else f"{text}T12:00")
    return found if found.tzinfo else found.replace(tzinfo=MOSCOW)


def at(day: str | dt.date, *, tick: bool = True) -> time_machine.travel:
    """Move the clock of this process to the moment within the block; it continues from there if it ticks.

    Worlds (`tests/worlds.py`) are created at the start of the suite, so the day has to be later: tests of terms use
    2040 and later.
    """
    return time_machine.travel(moment(day), tick=tick)


def environment(day: str | dt.date) -> dict[str, str]:
    """Return this process's environment with the clock of its Python children moved to the moment."""
    real = time_machine.escape_hatch
    now = real.time.time() if real.is_travelling() else time.time()
    path = os.pathsep.join(filter(None, [str(PATH), os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path, "CLOCK_SHIFT": str(moment(day).timestamp() - now)}
