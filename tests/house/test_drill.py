"""The short drill: the package is installed, loaded, backed up, lost, restored, put back; keys rotate, a node dies."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.drill.__main__ import drill
from tests.drill.place import DrillError, Place, Step, measured

#: People that the drill loads.
PEOPLE = 20


class Listening:
    """The suite's server with the attributes that the drill needs: its directory and its address."""

    def __init__(self) -> None:
        self.root = Path(settings.DATABASES["default"]["HOST"])
        self.url = f"postgres:///{self.root}/postgres"


@pytest.fixture
def place(migrated: Any, tmp_path: Path) -> Iterator[Place]:
    """Yield a place on the suite's server with its own databases."""
    made = Place(tmp_path, Listening(), template=migrated, prefix=f"drill_{uuid.uuid4().hex[:8]}_")  # type: ignore[arg-type]
    yield made
    made.lose()


@pytest.mark.postgresql
def test_the_drill_without_the_former_release(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    done: list[Step] = []
    drill(place, done, PEOPLE, short=True)
    assert [step.name for step in done] == [
        "install", "load", "back up", "lose", "restore", "replace and put back", "rotate keys", "kill a node",
    ]  # fmt: skip
    assert all(step.seconds > 0 for step in done)
    said = capsys.readouterr().out
    assert said.count("Everything agrees.") == 5
    assert "WRONG  database" in said


def test_a_step_that_fails_is_told_with_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[Step] = []
    with pytest.raises(DrillError), measured("lose", done) as step:
        step.tell("first", "second")
        raise DrillError
    assert [(one.name, one.told) for one in done] == [("lose", ["first", "second"])]
    first, second = capsys.readouterr().out.splitlines()
    assert (first.split()[0], first.split()[-1], second.strip()) == ("lose", "first", "second")
