"""The contract of layers covers every module, the lock files hold what is declared."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("registry", "members", "dues", "documents")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
#: Outside of the layers: entry points that no module of ours imports.
APART = {"registry.settings", "registry.wsgi", "registry.gunicorn_conf"}


def test_every_module_has_its_layer() -> None:
    (contract,) = PROJECT["tool"]["importlinter"]["contracts"]
    placed = {name for layer in contract["layers"] for name in re.findall(r"[\w.]+", layer)}
    present = {
        f"{app}.{path.stem}"
        for app in APPS
        for path in (ROOT / app).iterdir()
        if path.stem not in {"__init__", "migrations"} and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    assert present - placed == APART & present


def test_a_layer_names_its_modules_for_every_app_alike() -> None:
    (contract,) = PROJECT["tool"]["importlinter"]["contracts"]
    # Two layers have no twins: the writers of consents and of the ledger stand between transitions and rules.
    floors = ["(documents.consents)", "(dues.ledger)"]
    assert [layer for layer in contract["layers"] if layer in floors] == floors
    layers = [layer for layer in contract["layers"] if layer not in floors]
    apps = [re.match(r"\(?(\w+)\.", layer)[1] for layer in layers]  # type: ignore[index]
    assert apps == ["documents", "dues", "members", "registry"] * 6


def names(requirements: list[str]) -> set[str]:
    """Names of packages in the notation of a lock file."""
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
