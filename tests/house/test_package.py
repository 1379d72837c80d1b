"""The registry as a package: built, installed outside of its repository, it checks itself and serves pages."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import ROOT, Installation

#: Files that are not in git, or are needed only for work on the repository.
NOT_PACKED = ("tests/", "manage.py", "pyproject.toml", "var/")
EVERY_SECOND = 0.2


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the package without access to the internet."""
    folder = tmp_path_factory.mktemp("wheel")
    # The build imports hatch_build.py and would leave its bytecode in the repository.
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run(
        [*command, "--wheel-dir", folder, ROOT], env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the package in a new environment with the suite's dependencies; return its `bin` directory."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--no-index", "--ignore-installed", wheel], check=True)
    return folder / "bin"


def run(installation: Installation, *command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the package in a directory outside of the repository."""
    env = {name: value for name, value in installation.env.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_package_holds_every_file_that_the_code_reads(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert not any(name.startswith(NOT_PACKED) for name in packed)
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    code = {name for name in listed if name.startswith(("registry/", "members/", "dues/", "documents/"))}
    data = {f"registry/data/{name}" for name in listed if name.startswith(("templates/", "static/", "docs/guides/"))}
    catalogues = {name[:-2] + "mo" for name in code if name.endswith(".po")}
    assert len(code) > 1000 and len(data) > 300 and catalogues
    assert sorted((code | data | catalogues) - packed) == []


def test_the_package_is_ready_and_knows_its_places(
    environment: Path, installation: Installation, tmp_path: Path
) -> None:
    done = run(installation, environment / "registry-manage", "doctor", cwd=tmp_path)
    assert (done.returncode, "WRONG" in done.stdout) == (0, False), done.stdout + done.stderr
    asked = (
        "from documents.printing.engine.sheets import STYLES_DIR; import registry; from registry.settings import base; "
        "print(registry.__file__, STYLES_DIR.is_dir(), base.VAR_DIR)"
    )
    shown = run(installation, environment / "python", "-c", asked, cwd=tmp_path).stdout.split()
    assert Path(shown[0]).is_relative_to(environment.parent)
    assert shown[1:] == ["True", str(installation.var)]
    del installation.env["REGISTRY_VAR"]
    try:
        # People's files are never stored in the directory of the code.
        shown = run(installation, environment / "python", "-c", asked, cwd=tmp_path).stdout.split()
    finally:
        installation.env["REGISTRY_VAR"] = str(installation.var)
    assert shown[2] == str(tmp_path / "var")


@pytest.fixture
def address(environment: Path, installation: Installation, tmp_path: Path) -> Iterator[str]:
    """Yield the address of the package's running server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    env = {name: value for name, value in installation.env.items() if name != "PYTHONPATH"}
    env |= {"BIND": bind, "WEB_WORKERS": "1"}
    command = [environment / "python", "-m", "gunicorn", "--config", "python:registry.gunicorn_conf", "registry.wsgi"]
    server = subprocess.Popen([str(part) for part in command], cwd=tmp_path, env=env)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                socket.create_connection(tuple(bind.split(":")), 1).close()  # type: ignore[arg-type]
                break
            except OSError:
                assert server.poll() is None and time.monotonic() < until
                time.sleep(EVERY_SECOND)
        yield f"http://{bind}"
    finally:
        server.terminate()
        server.wait(30)


def fetched(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


def test_the_package_serves_pages_styles_pictures_and_guides(address: str) -> None:
    status, page = fetched(f"{address}/sign-in/")
    assert (status, "Войти" in page.decode()) == (200, True)
    for where in ("/static/img/icons.svg", "/static/guides/members.png"):
        status, content = fetched(address + where)
        assert (status, len(content) > 1000) == (200, True), where
    status, guide = fetched(f"{address}/help/chair/")
    assert (status, len(guide) > 20_000) == (200, True)
    assert fetched(f"{address}/readyz")[0] == 200
