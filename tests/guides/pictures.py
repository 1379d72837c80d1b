"""`python -m tests.guides.pictures` takes the pictures of the guides from the demonstration (`docs/images/guides`).

The demonstration is loaded into a temporary directory, which takes some minutes. `--var DIRECTORY` keeps it there, or
uses what an earlier run has left. All started processes are stopped at the end.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "images" / "guides"
CHROMIUM = "/usr/bin/chromium-headless-shell"
#: Size in pixels: that of a small screen, and readable beside the text.
WIDTH, HEIGHT = 1300, 800
#: Number of colours in a picture; pages have few, and lost shades are not visible.
COLOURS = 96
#: Maximum seconds until the demonstration is loaded and served, even on a busy computer.
START_SECONDS = 900


@dataclass(frozen=True)
class Picture:
    """A page of the demonstration: who opens it, its address, and the links to follow from there."""

    name: str
    login: str
    address: str
    links: tuple[str, ...] = ()


SHOTS = (
    Picture("tasks", "voi-local", "/"),
    Picture("members", "voi-local", "/members/"),
    Picture("card", "voi-local", "/members/", ("main tbody th a",)),
    Picture("applications", "voi-local", "/applications/"),
    Picture("meeting", "voi-local", "/meetings/", ("main tbody a",)),
    Picture("consents", "voi-local", "/papers/consents/"),
    Picture("tickets", "voi-local", "/papers/blanks/"),
    Picture("cards", "union-primary", "/papers/cards/"),
    Picture("register", "voi-local", "/dues/registers/", ("main tbody a",)),
    Picture("bank", "voi-local", "/dues/bank/"),
    Picture("overview", "voi-region", "/overview/"),
    Picture("accounts", "voi-admin", "/accounts/"),
)


def _password() -> str:
    """Return the password of all accounts of the demonstration, read without setting up Django."""
    found = re.search(r'^PASSWORD = "(.+)"$', (ROOT / "registry/demo/accounts.py").read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def take(browser: Browser, site: str) -> None:
    """Take all pictures, with one sign-in for each account."""
    opened: dict[str, Page] = {}
    for shot in SHOTS:
        page = opened.get(shot.login) or _signed_in(browser, site, shot.login)
        opened[shot.login] = page
        page.goto(site + shot.address)
        for link in shot.links:
            before = page.url
            page.locator(link).first.click()
            page.wait_for_url(lambda url, before=before: url != before)
        page.wait_for_load_state("networkidle")
        # A page may scroll to the field that is filled in first.
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        path = PICTURES / f"{shot.name}.png"
        _write(page.screenshot(), path)
        sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB\n")


def _signed_in(browser: Browser, site: str, login: str) -> Page:
    page = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="ru-RU").new_page()
    page.goto(f"{site}/sign-in/")
    page.locator("[name=username]").fill(login)
    page.locator("[name=password]").fill(_password())
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"^(?!.*/sign-in/)"))
    return page


def _write(png: bytes, path: Path) -> None:
    """Store the picture with few colours, which reduces it to a third of its size."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


@contextmanager
def demonstration(var: Path) -> Iterator[str]:
    """Serve the demonstration on a free port of this computer; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    env = os.environ | {"DATABASE_URL": f"sqlite:///{var}/db.sqlite3", "REGISTRY_VAR": str(var / "var")}
    command = [sys.executable, "manage.py", "serve", "--demo", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        _wait(site, server)
        yield site
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def _wait(site: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server responds. Raises RuntimeError if it ends before that, or takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{site}/healthz"):
                return
        except OSError:
            time.sleep(1)
    raise RuntimeError("The demonstration did not start")


def main() -> None:
    """Serve the demonstration, take the pictures, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--var", type=Path, help="directory of the demonstration; it is kept")
    chosen = parser.parse_args().var
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as gone,
        demonstration(chosen or Path(gone)) as site,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        take(browser, site)
        browser.close()


if __name__ == "__main__":
    main()
