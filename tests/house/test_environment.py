"""Services, commands and the shell read the environment file in the same way."""

from pathlib import Path

import pytest

from registry.environment import EnvironmentFileError, load_environment, values_of
from tests.installation import ROOT, Installation, bare_environment

DEPLOY = ROOT / "deploy"
URL = "postgres://registry:a%26b@db.internal/registry?sslmode=verify-full&options=-csearch_path=a$b"


def written(path: Path, text: str) -> Path:
    file = path / "registry.env"
    file.write_text(text)
    return file


def test_values_are_what_stands_after_the_sign(tmp_path: Path) -> None:
    file = written(tmp_path, f"# words\n\nDATABASE_URL={URL}\nNAME=a b # c\nQUOTED=a\"b'c\nEMPTY=\nKEYS=x=,y==\n")
    assert values_of(file) == {
        "DATABASE_URL": URL, "NAME": "a b # c", "QUOTED": "a\"b'c", "EMPTY": "", "KEYS": "x=,y=="
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("export A=secret", "is not NAME=value"),
        ("A = secret", "is not NAME=value"),
        ("secret", "is not NAME=value"),
        (" A=secret", "is not NAME=value"),
        ("A=secret ", "A begins or ends with a space"),
        ("A= secret", "A begins or ends with a space"),
        ("A='secret'", "A stands in quotation marks; write the value without them"),
        ('A=secret"', "A stands in quotation marks; write the value without them"),
        ("A=secret\\", "A ends with a backslash; a value is a single line"),
        ("B=secret", "B is given twice"),
    ],
)
def test_a_line_that_programs_read_differently_is_refused_without_its_value(
    tmp_path: Path, line: str, wrong: str
) -> None:
    file = written(tmp_path, f"B=1\n{line}\n")
    with pytest.raises(EnvironmentFileError) as refusal:
        values_of(file)
    assert str(refusal.value) == f"{file}, line 2: {wrong}."


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "none.env"
    with pytest.raises(EnvironmentFileError) as refusal:
        values_of(file)
    assert str(refusal.value) == f"{file}: cannot be read (FileNotFoundError)."


def test_what_is_in_the_environment_stays(tmp_path: Path) -> None:
    environment = {"REGISTRY_ENV": str(written(tmp_path, "A=1\nB=2\n")), "A": "0"}
    load_environment(environment)
    assert environment == {"REGISTRY_ENV": environment["REGISTRY_ENV"], "A": "0", "B": "2"}
    nothing: dict[str, str] = {}
    load_environment(nothing)
    assert nothing == {}


def test_a_command_takes_its_database_from_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, f"DATABASE_URL={URL}\nREGISTRY_VAR={tmp_path}\n")
    environment = bare_environment(tmp_path)
    for name in ("DATABASE_URL", "REGISTRY_VAR"):
        environment.pop(name, None)
    installation = Installation(tmp_path, environment | {"REGISTRY_ENV": str(file)})
    settings = dict(line.split(" = ", 1) for line in installation.do("diffsettings").splitlines() if " = " in line)
    assert settings["DATABASE_URL"].removesuffix("  ###") == repr(URL)
    file.write_text("DATABASE_URL='x'\n")
    done = installation.run("diffsettings")
    assert (done.returncode, done.stderr.strip()) == (
        1, f"{file}, line 1: DATABASE_URL stands in quotation marks; write the value without them."
    )  # fmt: skip


def test_units_and_the_shell_leave_reading_the_file_to_the_registry() -> None:
    texts = {path.name: path.read_text() for path in [*DEPLOY.glob("*.service"), DEPLOY / "registry-manage"]}
    assert sorted(texts) == [
        "registry-backup.service", "registry-check.service", "registry-manage", "registry-web.service",
        "registry-worker@.service",
    ]  # fmt: skip
    assert [name for name, text in texts.items() if "EnvironmentFile" in text or "\n. " in text] == []
    assert [name for name, text in texts.items() if "/etc/registry/registry.env" not in text] == []
    assert [*values_of(DEPLOY / "registry.env")][:3] == ["DJANGO_SETTINGS_MODULE", "SECRET_KEY", "FIELD_KEYS"]
