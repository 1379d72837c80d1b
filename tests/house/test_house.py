"""Rules for the code as a whole: small modules, no federation named outside its charter."""

import re
from pathlib import Path

import pytest

from .tree import ROOT, modules

CODE = [module.path for module in modules()]
#: A longer module has to become a package.
LONGEST = 400


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_stays_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST


def test_no_module_outside_the_charters_asks_which_federation_it_is_in() -> None:
    name = re.compile(r"""["'](voi|education_union)["']""")
    allowed = {ROOT / "registry" / "charters", ROOT / "registry" / "demo"}
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*CODE, *sorted((ROOT / "templates").rglob("*.html"))]
        if not any(folder in path.parents for folder in allowed)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if name.search(line)
    ]
    assert wrong == []


def test_no_test_and_no_demonstration_decides_by_the_name_of_a_charter() -> None:
    """Differences between charters have to be in a table, or in the parameters of the test."""
    key = r"""["'](?:voi|education_union)["']"""
    decision = re.compile(rf"""[=!]= (?:{key}|["']union["'])|\bin [(\[]{key}, {key}""")
    read = [*sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "registry" / "demo").rglob("*.py"))]
    assert len(read) > 300
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in read
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if decision.search(line)
    ]
    assert wrong == []


def test_top_level_holds_what_the_readme_names_and_nothing_else() -> None:
    expected = {
        "manage.py", "registry", "members", "documents", "dues", "templates", "static", "tests", "pyproject.toml",
        "README.md", "Makefile", "requirements.txt", "requirements-dev.txt", "CHANGELOG.md", "CONTRIBUTING.md",
        "LICENSE", "docs", "hatch_build.py", "deploy",
    }  # fmt: skip
    made_here = {"var"}
    assert {p.name for p in ROOT.iterdir() if not p.name.startswith(".")} - made_here == expected


def test_tests_with_committed_data_use_the_fixture_that_empties_the_tables() -> None:
    # On PostgreSQL, the guards of append-only tables refuse the emptying after a plain transactional test.
    plain = "transaction" + "=True"
    assert [str(p.relative_to(ROOT)) for p in sorted((ROOT / "tests").rglob("*.py")) if plain in p.read_text()] == []


def test_every_test_is_run() -> None:
    """A test in a module whose name does not start with `test_` has to be imported by name where it is run."""
    texts = {path: path.read_text() for path in sorted((ROOT / "tests").rglob("*.py"))}
    run = "".join(text for path, text in texts.items() if path.name.startswith("test_"))
    written = {
        (str(path.relative_to(ROOT)), name)
        for path, text in texts.items()
        if not path.name.startswith("test_")
        for name in re.findall(r"^def (test_\w+)\(", text, re.MULTILINE)
    }
    assert len(written) > 3
    assert {(path, name) for path, name in written if f"    {name},\n" not in run} == set()
