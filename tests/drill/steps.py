"""The steps of the drill, in the order in which they are done."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from registry.versions import FORMER, VERSION
from tests.drill.place import DrillError, Place, Step
from tests.installation import ROOT

ARCHIVE = "registry.tar.age"


def checked(place: Place) -> str:
    """Run `check_integrity` and summarise its output. Raises `DrillError` if it finds an error."""
    said = place.manage("check_integrity", "--files")
    decrypted = sum(int(line.split()[0]) for line in said if " decrypted: " in line)
    return f"check_integrity: {sum(line.startswith('ok ') for line in said)} checks, {decrypted} opened. {said[-1]}"


def rows(place: Place, table: str) -> int:
    """Return the number of rows of the table."""
    ((count,),) = place.sql(f"SELECT count(*) FROM {table}", place.name)
    return int(str(count))


def figures(place: Place) -> tuple[int, int, int]:
    """Return the numbers of people, events and files, by which a registry is recognised."""
    # Directories that begin with a dot hold replaced registries.
    files = sum(1 for path in place.files.glob("[!.]*/*") if path.is_file())
    return rows(place, "members_member"), rows(place, "registry_event"), files


def equal(found: object, expected: object, what: str) -> None:
    """Raise `DrillError` if the two values differ."""
    if found != expected:
        raise DrillError(f"{what}: {found} instead of {expected}.")


def install(place: Place, step: Step) -> None:
    """Install the package in its own environment, check that it refuses an empty database, and create the tables."""
    package = place.install()
    place.create()
    said = place.refused("doctor")
    if "Run migrate" not in said:
        raise DrillError(said)
    if place.template:
        place.lose()
        place.create(place.template)
    place.manage("migrate", "--verbosity", "0")
    place.manage("collectstatic", "--noinput")
    place.manage("doctor")
    place.refused("check_integrity")
    step.tell(f"{package.name}: {package.stat().st_size / 2**20:.1f} MB; tables: {place.megabytes():.0f} MB")


def load(place: Place, step: Step, people: int) -> None:
    """Load people and organisations, with a scan for every second person."""
    before = place.megabytes()
    place.in_tree(ROOT, "-m", "tests.drill.load", people, people // 2)
    more = place.megabytes() - before
    step.tell(
        f"{people} people, {people // 2} scans; database + {more:.1f} MB, {more * 1024 / people:.1f} KB a person",
        checked(place),
    )


def back_up(place: Place, step: Step) -> tuple[int, int, int]:
    """Write an archive; return the figures of the registry in it."""
    said = subprocess.run(["age-keygen", "-o", place.identity], capture_output=True, text=True, check=True).stderr
    place.env["BACKUP_RECIPIENT"] = said.split()[-1]
    held = figures(place)
    step.tell(*place.manage("backup", place.root / ARCHIVE))
    return held


def lose(place: Place, step: Step) -> None:
    """Delete the database and the files, and check that `doctor` reports this."""
    place.lose()
    shutil.rmtree(place.files)
    said = place.refused("doctor")
    if "database" not in said:
        raise DrillError(said)
    step.tell(next(line for line in said.splitlines() if line.startswith("WRONG")))


def restore(place: Place, step: Step, held: tuple[int, int, int]) -> None:
    """Restore the archive into an empty database, after checking that another identity is refused."""
    place.create()
    other = place.root / "other.key"
    subprocess.run(["age-keygen", "-o", other], capture_output=True, check=True)
    place.refused("restore", place.root / ARCHIVE, "--identity", other)
    step.tell(*place.manage("restore", place.root / ARCHIVE, "--identity", place.identity)[:2])
    place.manage("migrate", "--verbosity", "0")
    equal(figures(place), held, "people, events and files after the restore")
    step.tell(checked(place))


def put_back(place: Place, step: Step, held: tuple[int, int, int]) -> None:
    """Change the registry, replace it by its archive, and put the changed registry back."""
    place.manage(
        "create_federation", "later", "--charter", "voi", "--name", "Общество", "--administrator", "Юн Ян",
        "--chair", "Орлова Мария",
    )  # fmt: skip
    later = figures(place)
    place.refused("restore", place.root / ARCHIVE, "--identity", place.identity)
    place.manage("restore", place.root / ARCHIVE, "--identity", place.identity, "--replace")
    equal(figures(place), held, "people, events and files of the archive")
    (former,) = place.manage("former_registry")
    step.tell(place.manage("former_registry", "--put-back", former)[0])
    equal(figures(place), later, "people, events and files of what was put back")
    (restored,) = place.manage("former_registry")
    place.manage("former_registry", "--drop", restored)
    step.tell(checked(place))


def former_tree(place: Place) -> Path:
    """Return the tree of the former release with the loader of the drill copied into it."""
    # The user who owns the repository may differ from the one who runs the drill.
    packed = subprocess.run(
        ["git", "-c", "safe.directory=*", "archive", FORMER.commit], cwd=ROOT, capture_output=True, check=False
    )
    if packed.returncode:
        raise DrillError(f"{FORMER.commit} is not in the history: git fetch --unshallow.")
    tree = place.root / "former-code"
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(tree)
    for catalogue in tree.glob("registry/locale/*/LC_MESSAGES/*.po"):
        subprocess.run(["msgfmt", "--output-file", catalogue.with_suffix(".mo"), catalogue], check=True)
    (tree / "tests" / "drill").mkdir()
    for name in ("__init__.py", "load.py"):
        shutil.copy(ROOT / "tests" / "drill" / name, tree / "tests" / "drill")
    return tree


def install_former(place: Place, step: Step, people: int) -> Path:
    """Install the former release and load people; return its tree."""
    tree = former_tree(place)
    place.use("former")
    place.create()
    place.in_tree(tree, "manage.py", "migrate", "--verbosity", "0")
    place.in_tree(tree, "-m", "tests.drill.load", people, people // 2)
    step.tell(f"version {FORMER.version}, {people} people; database: {place.megabytes():.1f} MB")
    return tree


def upgrade(place: Place, step: Step) -> None:
    """Check that this version refuses the tables of the former release, then migrate them."""
    held = figures(place)
    step.tell(next(line for line in place.refused("doctor").splitlines() if "Run migrate" in line)[:140] + " …")
    place.manage("migrate", "--verbosity", "0")
    place.manage("collectstatic", "--noinput")
    place.manage("backfill")
    place.manage("record_evidence")
    place.manage("doctor")
    # Events are not compared, because attesting the rows records an event.
    equal(figures(place)[::2], held[::2], "people and files after the upgrade")
    step.tell(f"version {VERSION}. {checked(place)}")


def roll_back(place: Place, step: Step, tree: Path) -> None:
    """Run the former release on the new tables, then this version on what the former release wrote."""
    people, *_ = figures(place)
    place.in_tree(tree, "manage.py", "create_federation", "back", "--charter", "voi", "--name", "Общество",
        "--administrator", "Юн Ян")  # fmt: skip
    said = place.in_tree(tree, "manage.py", "check_integrity")
    step.tell(f"version {FORMER.version} on the new tables. {said[-1]}")
    equal(figures(place)[0], people, "people after the step back")
    place.manage("record_evidence")
    step.tell(f"version {VERSION} again. {checked(place)}")


def rotate_keys(place: Place, step: Step) -> None:
    """Put new keys first, encrypt and seal everything with them, then remove the old keys."""
    new = {name: place.manage("make_key")[0] for name in ("FIELD_KEYS", "EVIDENCE_KEYS")}
    old = {name: place.env[name] for name in new}
    place.env |= {name: f"{key},{old[name]}" for name, key in new.items()}
    said = place.manage("rotate_keys")
    place.env |= new
    done = [int(count) for line in said for count in re.findall(r": (\d+)(?: rows)?\.$", line)]
    step.tell(f"{sum(done)} rows, files and heads encrypted or sealed again", checked(place))
    # An archive from before the rotation needs the former keys.
    place.refused("restore", place.root / ARCHIVE, "--identity", place.identity, "--replace")


def server(place: Place, name: str, port: int) -> subprocess.Popen[bytes]:
    """Start the web server of a node with its own directory."""
    (place.root / name).mkdir()
    shutil.copytree(place.root / "registry" / "static", place.root / name / "static")
    env = place.env | {
        "REGISTRY_VAR": str(place.root / name), "FILES_URL": f"file://{place.files}", "BIND": f"127.0.0.1:{port}",
        "WEB_WORKERS": "1",
    }  # fmt: skip
    command = [place.programs / "python", "-m", "gunicorn", "--config", "python:registry.gunicorn_conf"]
    return subprocess.Popen(
        [*map(str, command), "registry.wsgi"], cwd=place.root, env=env, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def print_with_a_killed_worker(place: Place) -> subprocess.Popen[str]:
    """Start a print whose worker is killed and which the other node's worker finishes."""
    env = place.env | {"FILES_URL": f"file://{place.files}", "REGISTRY_VAR": str(place.root / "third")}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.house.nodes", str(place.root / "first"), str(place.root / "second")],
        cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
