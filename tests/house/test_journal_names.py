"""Every act that the journal can contain has a name in the reader's language, and every name belongs to an existing
act.
"""

from __future__ import annotations

import re

from registry.charters import choices, get
from registry.journal.actions import ACTIONS, PARTS, actions_of, part_of

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


def test_n_s1_every_action_belongs_to_one_part_of_the_registry_and_no_part_is_empty() -> None:
    words = [word for _name, words in PARTS.values() for word in words]
    assert sorted(words) == sorted({action.split(".")[0] for action in ACTIONS})
    assert {part_of(action) for action in ACTIONS} == set(PARTS)
    assert part_of("member.flown") == part_of("") == ""


def test_n_s1_the_filter_of_the_journal_leaves_out_what_the_charter_has_not() -> None:
    left = {
        key: {action.split(".")[0] for action in ACTIONS.keys() - actions_of(get(key))} for key, _title in choices()
    }
    assert left == {"voi": {"cards", "exchange"}, "education_union": {"blanks"}}
