"""The contract of layers covers every module, and the lock files contain all declared requirements."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def names(requirements: list[str]) -> set[str]:
    """Return the names of the packages, spelt as in a lock file."""
    return {re.split(r"[^\w.-]", text)[0].lower().replace("_", "-") for text in requirements}


@pytest.mark.parametrize(("lock", "extras"), [("requirements.txt", []), ("requirements-dev.txt", ["dev"])])
def test_every_dependency_is_locked_with_hashes_and_no_address(lock: str, extras: list[str]) -> None:
    text = (ROOT / lock).read_text()
    entries = re.findall(r"^([\w.-]+)==\S+ \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE)
    assert len(entries) == len(re.findall(r"^[\w.-]+==", text, re.MULTILINE))
    project = PROJECT["project"]
    declared = project["dependencies"] + [name for extra in extras for name in project["optional-dependencies"][extra]]
    assert names(declared) - {name for name, _ in entries} == set()
    assert re.findall(r"https?://|file://|--index|--find", text) == []


def test_both_lock_files_agree() -> None:
    versions = [
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]
    assert {name: versions[1].get(name) for name in versions[0]} == versions[0]
