"""The security page: the chapters of the standard, each with what is not promised, and existing tests."""

import re

from tests.installation import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
CHAPTERS = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
#: Chapters about features that the registry does not have.
ABSENT = {"V10", "V17"}


def test_every_chapter_of_the_standard_says_what_is_promised_what_is_not_and_what_tests_it() -> None:
    assert [chapter.partition(".")[0] for chapter in CHAPTERS] == [f"V{number}" for number in range(1, 18)]
    for chapter in CHAPTERS:
        words = [word in chapter for word in ("**Promised.**", "**Not promised.**", "**Tested.**")]
        assert words == [chapter.partition(".")[0] not in ABSENT] * 3, chapter.splitlines()[0]


def test_the_tests_that_it_names_are_there() -> None:
    named = set(re.findall(r"`(tests/[\w/.]*)`", PAGE))
    assert len(named) > 30
    assert sorted(name for name in named if not (ROOT / name).exists()) == []
