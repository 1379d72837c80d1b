"""`python -m tests.benchmarks.uploads`: the memory of the whole server while four people upload the worst files.

Runs a temporary PostgreSQL, gunicorn as deployed (two processes of four threads) and one worker. Four people upload
each file at the same time, and finally all files. The memory of all processes is added up meanwhile, with shared pages
counted once (PSS). Exits with 1 if it exceeds the 4 GB of docs/deploy.md, less what the system needs.
"""

from __future__ import annotations

import http.client
import io
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

#: Maximum memory of the server in MB, of its 4 GB.
MOST = 3500
PEOPLE = 4
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Upload:
    """A file, its address, and the other fields of the form."""

    name: str
    address: str
    field: str
    data: bytes
    more: dict[str, str] = field(default_factory=dict)


def picture(mode: str, kind: str, **how: object) -> bytes:
    """Return the largest allowed picture."""
    kept = io.BytesIO()
    colour = {"RGBA": (10, 20, 30, 200), "CMYK": (1, 2, 3, 4)}[mode]
    Image.new(mode, (5000, 5000), colour).save(kept, kind, **how)
    return kept.getvalue()


def uploads(member: int) -> list[Upload]:
    """Return the worst known file of each kind."""
    cmyk = picture("CMYK", "JPEG", quality=30, progressive=True)
    rows = b"<table>" + b"<tr><td>a<td>b" * 700_000
    table = b"\n".join(b";".join(b"%d" % (n * c % 999_983) for c in range(200)) for n in range(5000))
    photo, scan = f"/members/{member}/photo/change/", f"/applications/members/{member}/scans/add/"
    return [
        Upload("photograph, JPEG of four colours", photo, "photo", cmyk),
        Upload("photograph, PNG", photo, "photo", picture("RGBA", "PNG")),
        Upload("scan, JPEG of four colours", scan, "file", cmyk, {"kind": "other"}),
        Upload("table of a page with 1,400,000 cells", "/dues/opening/list/", "file", rows),
        Upload("table of a million cells", "/dues/opening/list/", "file", table),
        Upload("list of a million cells", "/imports/upload/", "file", table),
    ]


class Person:
    """A signed-in person who sends files."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.session, self.token = port, session, secrets.token_hex(16)

    def send(self, one: Upload) -> int:
        """Send the file like a browser, and return the status."""
        line = secrets.token_hex(16)
        parts = b"".join(
            f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in ({"csrfmiddlewaretoken": self.token} | one.more).items()
        )
        head = f'--{line}\r\nContent-Disposition: form-data; name="{one.field}"; filename="x"\r\n\r\n'.encode()
        body = parts + head + one.data + f"\r\n--{line}--\r\n".encode()
        called = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        called.request("POST", one.address, body, {
            "Host": "testserver", "Content-Type": f"multipart/form-data; boundary={line}",
            "Cookie": f"sessionid={self.session}; csrftoken={self.token}",
        })  # fmt: skip
        answer = called.getresponse()
        answer.read()
        called.close()
        return answer.status


class Scales:
    """Adds up the memory of the processes and their descendants, by kind, until it is stopped."""

    def __init__(self, roots: dict[str, int]) -> None:
        self.roots, self.most, self.at_most = roots, 0, dict.fromkeys(roots, 0)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._weigh)
        self._thread.start()

    def stop(self) -> None:
        """Stop measuring."""
        self._stopped.set()
        self._thread.join()

    def begin(self) -> None:
        """Reset the peak."""
        self.most, self.at_most = 0, dict.fromkeys(self.roots, 0)

    def _weigh(self) -> None:
        while not self._stopped.wait(0.05):
            below = children()
            found = {name: sum(map(weight, family(root, below))) for name, root in self.roots.items()}
            self.most = max(self.most, sum(found.values()))
            self.at_most = {name: max(size, found[name]) for name, size in self.at_most.items()}


def children() -> dict[int, list[int]]:
    """Return the processes of this computer by their parents."""
    found: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended
        found.setdefault(parent, []).append(int(path.parent.name))
    return found


def family(root: int, below: dict[int, list[int]]) -> list[int]:
    """Return the process with all its descendants."""
    return [root, *(one for child in below.get(root, []) for one in family(child, below))]


def weight(process: int) -> float:
    """Return the memory of a process in MB, including its share of common pages."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def free_port() -> int:
    """Return an unused port."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def together(works: list[Callable[[], int]]) -> list[int]:
    """Run all at once, and return their results."""
    done: list[int] = [0] * len(works)

    def do(at: int) -> None:
        done[at] = works[at]()

    threads = [threading.Thread(target=do, args=[at]) for at in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def measure(url: str, directory: str) -> int:
    """Start the server over the database, upload, and print the figures."""
    port = free_port()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "registry.settings.development",
        "DATABASE_URL": url,
        "REGISTRY_VAR": f"{directory}/var",
        "ALLOWED_HOSTS": "testserver",
        "DEBUG": "off",
        "BIND": f"127.0.0.1:{port}",
        "LOG_LEVEL": "ERROR",
    }
    import django  # noqa: PLC0415 - after the environment

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from tests.members import places  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    place = places.voi()
    files = uploads(place.put().pk)
    people = [Person(port, places.signed_in(place.chair).cookies["sessionid"].value) for _number in range(PEOPLE)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    postmaster = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:registry.gunicorn_conf", "registry.wsgi"], cwd=ROOT
    )
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, stdout=subprocess.DEVNULL)
    scales = Scales({"web": web.pid, "worker": worker.pid, "PostgreSQL": postmaster})
    try:
        return _upload(files, people, scales)
    finally:
        scales.stop()
        for process in (web, worker):
            process.send_signal(signal.SIGTERM)
        for process in (web, worker):
            process.wait(90)


def _upload(files: list[Upload], people: list[Person], scales: Scales) -> int:
    page = Upload("", "/help/", "x", b"")
    for _try in range(120):
        try:
            if people[0].send(page):
                break
        except OSError:
            time.sleep(0.5)
    together([lambda one=one: one.send(page) for one in people for _time in range(4)])  # type: ignore[misc]
    worst = 0.0
    say(f"{'':40}{'all':>7}" + "".join(f"{name:>12}" for name in scales.roots) + "   answers, seconds")
    rounds = [(one.name, [one] * len(people)) for one in files]
    rounds += [("all of them", files)]
    scales.begin()
    time.sleep(3)
    rounds.insert(0, ("nothing", []))
    for name, round_ in rounds:
        if round_:
            scales.begin()
        began = time.monotonic()
        works = [lambda one=one, at=at: people[at % len(people)].send(one) for at, one in enumerate(round_)]  # type: ignore[misc]
        answers = together(works)
        if name == files[-1].name:
            time.sleep(45)  # the worker reads the lists
        parts = "".join(f"{size:12.0f}" for size in scales.at_most.values())
        say(f"{name:40}{scales.most:7.0f}{parts}   {answers} {time.monotonic() - began:.0f}")
        worst = max(worst, scales.most)
    say(f"at most {worst:.0f} MB of {MOST}")
    return int(worst > MOST)


def main() -> int:
    """Run the measurement with a temporary PostgreSQL."""
    from tests import postgres  # noqa: PLC0415 - run from the root

    with tempfile.TemporaryDirectory(prefix="registry-uploads-") as directory, postgres.cluster() as url:
        return measure(url, directory)


if __name__ == "__main__":
    sys.exit(main())
