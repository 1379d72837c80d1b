"""Selection of archives to keep: the newest of each of the last days, weeks and months that have one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from . import archive

#: Kind of period → a function with equal results for all moments of one period; weeks begin on Monday.
PERIODS: dict[str, Callable[[dt.datetime], tuple[int, ...]]] = {
    "days": lambda at: (at.year, at.month, at.day),
    "weeks": lambda at: at.isocalendar()[:2],
    "months": lambda at: (at.year, at.month),
}


@dataclass(frozen=True)
class Archive:
    """A complete archive and its moment, in the installation's time zone."""

    path: Path
    made_at: dt.datetime

    @property
    def manifest(self) -> Path:
        """The file beside it."""
        return self.path.with_name(self.path.name + archive.BESIDE)


def archives_in(directory: Path) -> tuple[list[Archive], list[Path]]:
    """Return the archives with a valid manifest, the newest first, and the others, whose state is unknown."""
    good, others = [], []
    for path in sorted(directory.glob("registry-*.tar.age")):
        made_at = _moment(path)
        if made_at is None:
            others.append(path)
        else:
            good.append(Archive(path, made_at))
    return sorted(good, key=lambda one: (one.made_at, one.path.name), reverse=True), others


def _moment(path: Path) -> dt.datetime | None:
    """Return the moment of the archive, or None if its manifest is missing, damaged or belongs to another file."""
    try:
        manifest = json.loads(path.with_name(path.name + archive.BESIDE).read_text())
        fits = manifest["format"] in archive.READABLE and manifest["archive_bytes"] == path.stat().st_size
        return timezone.localtime(dt.datetime.fromisoformat(manifest["made_at"])) if fits else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def to_keep(archives: Iterable[Archive], keep: Mapping[str, int]) -> set[Archive]:
    """Return the archives to keep, always including the newest.

    A period without an archive does not count, so that a pause or a wrong clock does not reduce the number kept.
    """
    newest_first = sorted(archives, key=lambda one: (one.made_at, one.path.name), reverse=True)
    kept = set(newest_first[:1])
    for kind, number in keep.items():
        seen = set[tuple[int, ...]]()
        for one in newest_first:
            period = PERIODS[kind](one.made_at)
            if period not in seen and len(seen) < number:
                seen.add(period)
                kept.add(one)
    return kept
