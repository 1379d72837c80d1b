"""Backups taken after interrupted and undone acts of every kind are restored without any difference."""

import json
from pathlib import Path

from tests.house.undone_acts import ACTS
from tests.installation import Installation

from .test_backup import new_identity


def test_what_is_restored_after_interrupted_and_undone_acts_is_what_was_there(
    installation: Installation, tmp_path: Path
) -> None:
    identity = tmp_path / "identity.txt"
    script = f"""
from pathlib import Path
from tests.house.undone_acts import tell
tell({new_identity(identity)!r}, Path({str(identity)!r}))
"""
    said = installation.do("shell", "--no-imports", "--verbosity", "0", "-c", script, seconds=900)
    assert json.loads(said.splitlines()[-1]) == {name: [] for name in ACTS}
