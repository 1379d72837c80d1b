"""The code of the former release works on the tables of this version, as during an upgrade and after a rollback.

Its own tests run in its own tree, on a database migrated by this version: signing in, the list, an admission, a
payment, papers.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.versions import FORMER
from tests.installation import Installation

ROOT = Path(__file__).resolve().parents[2]
#: Tests of the former release to run. After a new release, check that they still cover everything.
WALK = (
    "tests/registry/accounts/test_session.py::test_u2_signing_in_works_and_is_recorded_in_the_journal",
    "tests/members/people/test_list.py::test_n_s1_a_superior_sees_everything_below_with_the_organisation_beside_it",
    "tests/members/admission/test_admission.py::test_v_a5_the_same_decision_sent_again_admits_nobody_twice",
    "tests/members/admission/test_admission.py::test_u_5_the_union_admits_by_the_decision_of_its_committee",
    "tests/dues/test_pages.py::test_v_d1_the_tab_shows_the_standing_and_a_payment_changes_it",
    "tests/dues/test_pages.py::test_v_d1_the_organisations_page_sums_up_and_charges_who_is_not_charged",
    "tests/documents/printing/test_printing.py::test_u6_a_paper_for_one_person_is_printed_from_the_card_and_recorded",
)
#: Test settings of the former release with the existing database.
SETTINGS = """
from registry.settings.testing import *

DATABASES["default"]["TEST"] = {"NAME": NAME}
"""


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the tree of the former release with its translations."""
    # The user who owns the repository may differ from the one who runs the tests.
    command = ["git", "-c", "safe.directory=*", "archive", FORMER.commit]
    packed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert packed.returncode == 0, (
        f"{FORMER.commit} is not in the history: is this clone shallow? git fetch --unshallow"
    )
    root = tmp_path_factory.mktemp("former")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(root)
    for catalogue in root.glob("registry/locale/*/LC_MESSAGES/*.po"):
        subprocess.run(["msgfmt", "--output-file", catalogue.with_suffix(".mo"), catalogue], check=True)
    return root


@pytest.fixture
def database(installation: Installation) -> str:
    """Return the name of the database migrated by this version."""
    command = "from django.db import connection; print(connection.settings_dict['NAME'])"
    return installation.do("shell", "--no-imports", "--command", command).split()[-1]


def walk(former: Path, installation: Installation, database: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of the former release in its tree, on this database without changing its tables."""
    (former / "on_new_tables.py").write_text(f"NAME = {database!r}\n{SETTINGS}")
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "CLOCK_SHIFT"}}
    if url := installation.env.get("DATABASE_URL"):
        kept["DATABASE_URL"] = url
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-x", "--reuse-db"]
    return subprocess.run(
        [*command, "--ds=on_new_tables", *WALK],
        cwd=former, env=kept, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


def sql(installation: Installation, statement: str) -> None:
    command = f"from django.db import connection as c; c.cursor().execute({statement!r})"
    installation.do("shell", "--no-imports", "--command", command)


def test_the_former_release_works_on_the_tables_of_this_version(
    former: Path, installation: Installation, database: str
) -> None:
    done = walk(former, installation, database)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert [word in done.stdout for word in ("passed", "skipped", "deselected")] == [True, False, False]


@pytest.fixture
def renamed(installation: Installation) -> Iterator[None]:
    """Rename a column that the former release reads."""
    sql(installation, "ALTER TABLE dues_ledgerentry RENAME COLUMN amount TO sum")
    yield
    sql(installation, "ALTER TABLE dues_ledgerentry RENAME COLUMN sum TO amount")


@pytest.mark.usefixtures("renamed")
def test_a_migration_that_takes_something_away_is_noticed(
    former: Path, installation: Installation, database: str
) -> None:
    done = walk(former, installation, database)
    assert done.returncode == 1
    assert "dues_ledgerentry" in done.stdout


def test_the_preflight_of_the_former_release_takes_newer_tables_and_refuses_older_ones(
    former: Path, installation: Installation
) -> None:
    look = "from registry.upkeep import doctor; print(*(one.words for one in doctor.examine('schema')))"

    def preflight() -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "--command", look],
            cwd=former, env=installation.env, capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    # Installations of the former release have records of its replacing migrations under their former names.
    files = [file.relative_to(former) for file in former.glob("*/migrations/*_squashed_*.py")]
    known = [(file.parts[0], file.stem) for file in files if not (ROOT / file).exists()]
    for app, name in [*known, ("registry", "9999_newer")]:
        sql(installation, "INSERT INTO django_migrations (app, name, applied) VALUES "
            f"('{app}', '{name}', '2020-01-01 00:00:00')")  # fmt: skip
    assert preflight() == ""
    sql(installation, "DELETE FROM django_migrations WHERE name = '9999_newer'")
    last = FORMER.migrations["dues"]
    sql(installation, f"UPDATE django_migrations SET name = 'gone' WHERE app = 'dues' AND name = '{last}'")
    assert preflight() == f"Run migrate: the database lacks dues.{last}."
    sql(installation, f"UPDATE django_migrations SET name = '{last}' WHERE name = 'gone'")
    for _app, name in known:
        sql(installation, f"DELETE FROM django_migrations WHERE name = '{name}'")
