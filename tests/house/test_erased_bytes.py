"""After a card is destroyed or a list undone, no file of SQLite contains the name (V-B14, 152-ФЗ art. 21)."""

import json

import pytest

from tests.installation import Installation


@pytest.mark.once
def test_v_b14_the_files_of_the_database_forget_who_was_destroyed(installation: Installation) -> None:
    script = "from tests.house.erased_bytes import tell\ntell()"
    said = installation.do("shell", "--no-imports", "--verbosity", "0", "-c", script)
    assert json.loads(said.splitlines()[-1]) == {
        # Before; destroyed with the log kept, which shows that the search finds something; with the log emptied.
        "card": [True, True, False],
        "list": [True, True, False],
        "card at once": [True, False],
        "list at once": [True, False],
    }
