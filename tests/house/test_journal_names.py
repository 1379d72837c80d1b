"""Every act that the journal can hold has a name in the reader's language, and
no name is of an act that nobody does.
"""

from __future__ import annotations

import re

from registry.journal.actions import ACTIONS

from .tree import modules

ACT = r'"([a-z_]+\.[a-z_]+)"'
WRITTEN = re.compile(rf"(?:event=|write_events?\(\s*|DataClass\.\w+: ){ACT}")
CODE = [module.text for module in modules() if module.layer != "actions"]


def test_n_s1_every_action_written_to_the_journal_has_a_name() -> None:
    written = {act for text in CODE for act in WRITTEN.findall(text)}
    assert written - set(ACTIONS) == set()


def test_n_s1_the_journal_names_no_action_that_never_happens() -> None:
    literal = {act for text in CODE for act in re.findall(ACT, text)}
    assert set(ACTIONS) - literal == set()
