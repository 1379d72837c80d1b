"""Old archives are thinned by calendar days, weeks and months of the installation's time zone."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from registry.management import archive as archives
from registry.management.thinning import Archive, to_keep

NOON = dt.time(12)


def made(*days: str) -> list[Archive]:
    """Return archives with these local times; dates without a time mean noon."""
    zone = timezone.get_default_timezone()
    moments = [dt.datetime.fromisoformat(day if "T" in day else f"{day}T12:00").replace(tzinfo=zone) for day in days]
    return [Archive(Path(f"registry-{at:%Y-%m-%d-%H%M%S}.tar.age"), at) for at in moments]


def kept(found: list[Archive], days: int = 0, weeks: int = 0, months: int = 0) -> list[str]:
    """Return the local times of the archives that are kept, the oldest first."""
    stay = to_keep(found, {"days": days, "weeks": weeks, "months": months})
    return [f"{one.made_at:%Y-%m-%d %H}" for one in sorted(stay, key=lambda one: one.made_at)]


def every_day(first: str, count: int) -> list[Archive]:
    start = dt.date.fromisoformat(first)
    return made(*(str(start + dt.timedelta(days=number)) for number in range(count)))


def test_the_newest_one_stays_whatever_is_asked() -> None:
    assert kept(every_day("2025-01-01", 3)) == ["2025-01-03 12"]
    assert kept([]) == []


@pytest.mark.parametrize(
    ("days", "first"), [(1, "2025-03-10"), (6, "2025-03-05"), (7, "2025-03-04"), (8, "2025-03-03"), (99, "2025-03-01")]
)
def test_an_archive_of_each_of_the_last_days_stays(days: int, first: str) -> None:
    found = kept(every_day("2025-03-01", 10), days=days)
    assert (found[0], len(found)) == (f"{first} 12", min(days, 10))


def test_the_last_of_a_day_stays_by_local_time() -> None:
    # Midnight in Moscow is 21:00 of the previous day in London.
    found = made("2025-05-01T23:59", "2025-05-02T00:00", "2025-05-02T23:59", "2025-05-03T00:00")
    assert kept(found, days=2) == ["2025-05-02 23", "2025-05-03 00"]
    assert kept(found, days=3) == ["2025-05-01 23", "2025-05-02 23", "2025-05-03 00"]


def test_a_week_ends_on_sunday_also_over_the_new_year() -> None:
    # 29 December 2024 is a Sunday; the first week of 2025 is from Monday, 30 December, to Sunday, 5 January.
    found = made("2024-12-28", "2024-12-29", "2024-12-30", "2025-01-05", "2025-01-06")
    assert kept(found, weeks=1) == ["2025-01-06 12"]
    assert kept(found, weeks=2) == ["2025-01-05 12", "2025-01-06 12"]
    assert kept(found, weeks=3) == ["2024-12-29 12", "2025-01-05 12", "2025-01-06 12"]


def test_the_53rd_week_is_not_the_first_of_its_year() -> None:
    # 2020 has 53 weeks: 1 to 3 January 2021 are in the last one.
    found = made("2020-01-01", "2020-12-31", "2021-01-03", "2021-01-04")
    assert kept(found, weeks=2) == ["2021-01-03 12", "2021-01-04 12"]
    assert kept(found, weeks=3) == ["2020-01-01 12", "2021-01-03 12", "2021-01-04 12"]


def test_a_month_ends_on_its_last_day() -> None:
    found = made("2024-01-31", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-31", "2024-04-01")
    assert kept(found, months=2) == ["2024-03-31 12", "2024-04-01 12"]
    assert kept(found, months=3) == ["2024-02-29 12", "2024-03-31 12", "2024-04-01 12"]
    assert kept(found, months=4) == ["2024-01-31 12", "2024-02-29 12", "2024-03-31 12", "2024-04-01 12"]


def test_the_same_month_of_another_year_is_another() -> None:
    assert kept(made("2023-05-15", "2024-05-15"), months=2) == ["2023-05-15 12", "2024-05-15 12"]


def test_after_a_pause_as_many_stay_as_ever() -> None:
    found = [*every_day("2024-01-01", 10), *made("2025-06-01")]
    assert kept(found, days=3) == ["2024-01-09 12", "2024-01-10 12", "2025-06-01 12"]


def test_two_years_of_nights_leave_days_weeks_and_months() -> None:
    found = kept(every_day("2023-01-01", 731), days=7, weeks=5, months=12)
    assert found == [
        "2024-01-31 12", "2024-02-29 12", "2024-03-31 12", "2024-04-30 12", "2024-05-31 12", "2024-06-30 12",
        "2024-07-31 12", "2024-08-31 12", "2024-09-30 12", "2024-10-31 12", "2024-11-30 12",
        "2024-12-08 12", "2024-12-15 12", "2024-12-22 12",
        "2024-12-25 12", "2024-12-26 12", "2024-12-27 12", "2024-12-28 12", "2024-12-29 12", "2024-12-30 12",
        "2024-12-31 12",
    ]  # fmt: skip


def test_thinning_every_night_ends_with_the_same_as_thinning_once() -> None:
    nights, keep = every_day("2023-01-01", 400), {"days": 7, "weeks": 5, "months": 12}
    left: set[Archive] = set()
    for night in nights:
        left = to_keep([*left, night], keep)
    assert left == to_keep(nights, keep)


def stored(directory: Path, day: str, **changed: Any) -> Path:
    """Write an archive and its manifest with these values changed."""
    path = directory / f"registry-{day}-120000.tar.age"
    path.write_bytes(b"encrypted")
    manifest = {"format": 2, "made_at": f"{day}T12:00:00+00:00", "archive_bytes": 9} | changed
    path.with_name(path.name + archives.BESIDE).write_text(json.dumps(manifest))
    return path


def thin(directory: Path, **options: Any) -> tuple[list[str], str]:
    """Run the command; return the archives that are left, and the errors about missing or bad manifests."""
    err = StringIO()
    call_command("thin_backups", directory, stdout=StringIO(), stderr=err, **options)
    return sorted(path.name[9:19] for path in directory.glob("*.tar.age")), err.getvalue()


def test_archive_and_manifest_go_together_and_only_when_asked(tmp_path: Path) -> None:
    for day in ("2025-02-01", "2025-02-02", "2025-02-03"):
        stored(tmp_path, day)
    (tmp_path / "registry-2020-01-01-000000.tar.age.part").touch()
    days = {"keep_days": 2, "keep_weeks": 0, "keep_months": 0}
    assert thin(tmp_path, dry_run=True, **days) == (["2025-02-01", "2025-02-02", "2025-02-03"], "")
    assert thin(tmp_path, **days) == (["2025-02-02", "2025-02-03"], "")
    assert len(list(tmp_path.iterdir())) == 5
    assert thin(tmp_path, keep_days=0, keep_weeks=0, keep_months=0) == (["2025-02-03"], "")


@pytest.mark.parametrize(
    "changed",
    [
        {"archive_bytes": 8},
        {"format": 99},
        {"made_at": "yesterday"},
        {"made_at": None},
    ],
)
def test_an_archive_without_a_good_manifest_is_named_and_neither_deleted_nor_counted(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    for day in ("2025-02-01", "2025-02-02"):
        stored(tmp_path, day)
    bad = stored(tmp_path, "2025-02-09", **changed)
    left, said = thin(tmp_path, keep_days=1, keep_weeks=0, keep_months=0)
    assert left == ["2025-02-02", "2025-02-09"]
    assert said == f"{bad.name} has no manifest that fits and was left alone.\n"


@pytest.mark.parametrize("text", [None, "{", "[]"])
def test_a_missing_or_damaged_manifest_is_no_good_one(tmp_path: Path, text: str | None) -> None:
    bad = stored(tmp_path, "2025-02-09")
    beside = bad.with_name(bad.name + archives.BESIDE)
    beside.unlink() if text is None else beside.write_text(text)
    assert thin(tmp_path) == (["2025-02-09"], f"{bad.name} has no manifest that fits and was left alone.\n")


def test_numbers_below_none_and_missing_directories_are_refused(tmp_path: Path) -> None:
    stored(tmp_path, "2025-02-01")
    with pytest.raises(CommandError, match="Fewer than none"):
        call_command("thin_backups", tmp_path, keep_weeks=-1)
    with pytest.raises(CommandError, match="no such directory"):
        call_command("thin_backups", tmp_path / "elsewhere")
    assert thin(tmp_path) == (["2025-02-01"], "")
