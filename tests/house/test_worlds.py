"""Worlds are created once and stored for the other processes of the suite, which insert the stored rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from dues.ledger.models import ClosedBooks, LedgerEntry
from dues.ledger.transitions import close_books
from registry.files import marks, storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.organizations.models import Organization
from tests import worlds
from tests.clock import at
from tests.dues.test_ledger import admit
from tests.members import places
from tests.registry import trees

pytestmark = pytest.mark.django_db
DAY = "2040-03-15T09:00+00:00"
#: The registry's own function, which the suite replaces in tests.
CHECK_OWN = marks.check_own


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[int]:
    """Use an empty store; return a list with one entry for each world built."""
    monkeypatch.setattr(worlds, "STORE", tmp_path)
    return []


def builder(built: list[int]) -> Callable[[], Organization]:
    def build() -> Organization:
        built.append(1)
        return trees.head()

    return build


def test_a_world_is_made_once_and_laid_down_as_it_was_made(built: list[int]) -> None:
    build = builder(built)
    first = worlds.kept(build)
    assert not Organization.objects.exists()
    second = worlds.kept(build)
    assert (len(built), second.rows) == (1, first.rows)
    answer = second.lay()
    assert isinstance(answer, Organization)
    stored = Organization.objects.values().get()
    assert {name: getattr(answer, name) for name in stored} == stored


@pytest.mark.parametrize(("later", "times"), [
    (dt.timedelta(hours=1), 1), (dt.timedelta(hours=1, seconds=1), 2), (-dt.timedelta(seconds=1), 2),
])  # fmt: skip
def test_a_world_is_made_again_after_an_hour_and_before_its_time(
    built: list[int], later: dt.timedelta, times: int
) -> None:
    build, now = builder(built), dt.datetime.fromisoformat(DAY)
    for moment in (now, now + later):
        with at(moment.isoformat(), tick=False):
            worlds.kept(build)
    assert len(built) == times


def test_a_world_is_made_again_on_the_next_day_and_from_other_sources(
    built: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    build = builder(built)
    # Before and after midnight in Moscow.
    for moment in ("2040-03-14T20:59+00:00", "2040-03-14T21:00+00:00"):
        with at(moment):
            worlds.kept(build)
    assert len(built) == 2
    with at("2040-03-14T21:00+00:00"):
        monkeypatch.setattr(worlds, "sources", lambda: "others")
        worlds.kept(build)
    assert len(built) == 3


def test_the_sources_are_code_pages_tests_and_libraries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(worlds, "ROOT", tmp_path)
    digests = [worlds.sources.__wrapped__()]
    for name in ("registry/a.py", "members/a.py", "documents/a.py", "dues/a.py", "tests/a.py", "templates/a.html"):
        (tmp_path / name).parent.mkdir()
        for text in ("one", "two"):
            (tmp_path / name).write_text(text)
            digests.append(worlds.sources.__wrapped__())
    (tmp_path / "requirements-dev.txt").write_text("one")
    digests.append(worlds.sources.__wrapped__())
    assert len(set(digests)) == 14
    (tmp_path / "tests" / "__pycache__").mkdir()
    (tmp_path / "tests" / "__pycache__" / "a.pyc").write_text("compiled")
    assert worlds.sources.__wrapped__() == digests[-1]


def test_numbers_go_on_behind_those_of_a_world_that_another_process_has_made() -> None:
    numbers = worlds.Numbers("numbers of this test")
    try:
        assert [next(numbers), next(numbers)] == [1, 2]
        worlds.Numbers.go_on_from({"numbers of this test": 2, "of a module that is not loaded": 7})
        assert next(numbers) == 3
        worlds.Numbers.go_on_from({"numbers of this test": 9})
        assert (worlds.Numbers.given()["numbers of this test"], next(numbers)) == (9, 9)
    finally:
        del worlds.Numbers._known["numbers of this test"]


def test_stored_files_are_laid_down_where_they_were(built: list[int]) -> None:
    def build() -> StoredFile:
        return storage.store_file(b"contents", purpose="consent_scan", name="scan.png", content_type="image/png")

    made = worlds.kept(build)
    row = made.lay()
    assert (storage.read(row), list(made.files)) == (b"contents", [storage.place_of(row.pk)])


def test_rows_of_a_closed_period_are_laid_down_before_it_is_closed(built: list[int]) -> None:
    today = timezone.localdate()

    def build() -> places.Place:
        place = places.voi.__wrapped__()  # type: ignore[attr-defined]
        last = today.replace(day=1) - dt.timedelta(days=1)
        admit(place, [place.put()], last)
        close_books(place.keeper.pk, last, by=place.chair)
        return place

    place = worlds.kept(build).lay()
    closed = ClosedBooks.objects.get(organization=place.keeper).until
    assert {entry.made_on <= closed for entry in LedgerEntry.objects.all()} == {True}


@pytest.mark.postgresql
def test_postgresql_gives_out_no_number_that_is_in_a_world(built: list[int]) -> None:
    made = worlds.kept(builder(built))
    name = "registry_organization_id_seq"
    worlds._go_on_from({name: made.sequences[name] + 100})
    made.lay()
    assert trees.head("voi").pk == made.sequences[name] + 101


def test_what_is_rolled_back_leaves_neither_files_nor_a_mark_of_the_store(
    built: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def build() -> None:
        storage.store_file(b"scan", purpose=FilePurpose.CONSENT_SCAN, name="a.pdf", content_type="application/pdf")

    def fails() -> None:
        build()
        raise ZeroDivisionError

    monkeypatch.setattr(marks, "check_own", CHECK_OWN)
    kept = worlds.kept(build)
    assert len(kept.files) == 1
    with pytest.raises(ZeroDivisionError):
        worlds.kept(fails)
    # As after half a minute.
    marks._believed.clear()
    assert [path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()] == []
    CHECK_OWN()
