"""The files in deploy/ agree: the script that installs a server, the image, the compose file and the units."""

from __future__ import annotations

import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from registry import ready
from registry.environment import values_of
from tests.installation import ROOT

pytestmark = pytest.mark.once

DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "deploy.md").read_text()
INSTALL = (DEPLOY / "install.sh").read_text()
IMAGE = (DEPLOY / "Containerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
#: Variables of Python, gunicorn and the system; all others are ours.
NOT_OURS = {"PATH", "HOME", "PYTHONUNBUFFERED", "DJANGO_SETTINGS_MODULE"}
#: Commands in the guide's chapters 1 to 6 that an administrator runs, or that the script writes differently.
BY_HAND = (
    "git clone", "cd /opt/registry", "editor", "registry-manage create_federation", "--administrator",
    "registry-manage create_administrator", "REGISTRY_VAR=/tmp/unused", "systemctl enable --now registry-web",
    "systemctl status", "certbot certonly", "cp deploy/nginx.conf", "sed -i", "ln -s", "nginx -t", "curl", "{",
    '"queue"',
)  # fmt: skip


def blocks(text: str) -> list[str]:
    """Return the lines of the shell blocks in the chapters."""
    found = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [line.split("   #")[0].strip() for block in found for line in block.splitlines() if line.strip()]


def chapters(first: int, last: int) -> str:
    return GUIDE[GUIDE.index(f"\n## {first}. ") : GUIDE.index(f"\n## {last + 1}. ")]


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile with their arguments, continued lines joined."""
    text = re.sub(r"(?m)^#.*\n", "", IMAGE).replace("\\\n", " ")
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


def read_by_the_code() -> set[str]:
    """Return the names of the environment variables that the code reads."""
    code = "\n".join(path.read_text() for path in (ROOT / "registry").rglob("*.py"))
    found = set(re.findall(r"""\benv(?:\.\w+)?\(\s*"([A-Z_]+)\"""", code))
    found |= set(re.findall(r"""environ(?:\.get\(|\[)"([A-Z_]+)\"""", code)) | {"REGISTRY_ENV"}
    assert len(found) > 40
    return found


def services_of_ours() -> dict[str, dict[str, Any]]:
    return {name: one for name, one in COMPOSE["services"].items() if one["image"].startswith("${REGISTRY_IMAGE")}


def test_scripts_have_no_faults_that_shellcheck_knows() -> None:
    scripts = [DEPLOY / "install.sh", DEPLOY / "registry-manage", ROOT / ".ci" / "run"]
    command = [Path(sys.executable).with_name("shellcheck"), *scripts]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    parts = [rest for word, rest in instructions() if word == "RUN"]
    assert len(parts) >= 6
    done = subprocess.run(
        [str(command[0]), "--shell=sh", "-"], input="\n".join(parts), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_script_gives_the_commands_of_the_guide() -> None:
    lines = [line for line in blocks(chapters(1, 6)) if not line.startswith(BY_HAND)]
    assert len(lines) > 14
    packages = next(line for line in lines if line.startswith("apt-get install -y git"))
    lines.remove(packages)
    assert [name for name in packages.split()[3:] if not re.search(rf"[( ]{name}[) ]", INSTALL)] == []
    lines.remove("apt-get install -y certbot")
    assert [line for line in lines if f"{line}\n" not in INSTALL] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host"], "--host needs a value."),
        (["--host", "registry.example.org", "--bind"], "--bind needs a value."),
        (["--verbose"], "Usage: /opt/registry/deploy/install.sh"),
    ],
)
def test_the_script_refuses_what_it_does_not_understand(arguments: list[str], said: str) -> None:
    done = subprocess.run(["bash", DEPLOY / "install.sh", *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode != 0, done.stdout, said in done.stderr) == (True, "", True), done.stderr


def test_the_script_changes_nothing_where_the_code_lies_elsewhere() -> None:
    done = subprocess.run(
        ["bash", DEPLOY / "install.sh", "--host", "registry.example.org"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    # The suite may be run by any user on any system.
    assert re.search(r"run it as root|the code must lie in /opt/registry|not Debian 12", done.stderr)


def test_units_serve_as_the_image_does() -> None:
    unit = (DEPLOY / "registry-web.service").read_text()
    (started,) = re.findall(r"^ExecStart=/opt/registry/\.venv/bin/(.*)$", unit, re.MULTILINE)
    (command,) = [rest for word, rest in instructions() if word == "CMD"]
    assert command == f'["sh", "-c", "registry-manage doctor && exec {started}"]'
    hardened = {
        path.name: [line for line in path.read_text().splitlines() if re.match(r"[A-Z]\w+=(yes|strict|AF_|$)", line)]
        for path in DEPLOY.glob("*.service")
    }
    assert len(hardened) == 4
    assert {tuple(lines) for lines in hardened.values()} == {tuple(hardened["registry-web.service"])}
    assert len(hardened["registry-web.service"]) > 10


def test_the_image_has_no_secret_and_no_rights() -> None:
    words = instructions()
    (user,) = [rest for word, rest in words if word == "USER"]
    assert user == "registry"
    last = [word for word, _ in words][-1]
    assert (last, "HEALTHCHECK" in dict(words)) == ("CMD", True)
    assert [name for name in ("SECRET_KEY", "FIELD_KEYS", "EVIDENCE_KEYS", "DATABASE_URL") if name in IMAGE] == []
    copied = [rest.split()[:-1] for word, rest in words if word == "COPY" and not rest.startswith("--from")]
    names = [Path(name).name for group in copied for name in group]
    assert [name for name in names if not (ROOT / name).exists()] == []
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert sorted(names) == sorted(allowed)


def test_style_sheets_of_the_image_are_collected_as_production_asks_for_them() -> None:
    (settings,) = re.findall(r"DJANGO_SETTINGS_MODULE=(\S+) registry-manage collectstatic", IMAGE)
    storages = importlib.import_module(settings).STORAGES
    assert storages["staticfiles"]["BACKEND"] == "whitenoise.storage.CompressedManifestStaticFilesStorage"


def test_the_image_has_the_packages_that_a_server_needs() -> None:
    (wanted,) = re.findall(r"^RUN_PACKAGES := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    installed = {name for word, rest in instructions() if word == "RUN" for name in rest.split()}
    assert sorted(set(wanted.split()) - installed) == []


def test_every_variable_is_one_that_the_code_reads_and_the_guide_names() -> None:
    known = read_by_the_code()
    given = set(values_of(DEPLOY / "registry.env")) | set(re.findall(r"set_value ([A-Z_]+)", INSTALL))
    given |= {name.split("=")[0] for word, rest in instructions() if word == "ENV" for name in shlex.split(rest)}
    for service in services_of_ours().values():
        given |= set(service.get("environment", {}))
    assert sorted(given - known - NOT_OURS) == []
    assert [name for name in sorted(given - NOT_OURS - {"REGISTRY_ENV"}) if f"`{name}`" not in GUIDE] == []


def test_the_compose_file_has_two_web_servers_and_starts_them_on_tables() -> None:
    services, ours = COMPOSE["services"], services_of_ours()
    assert sorted(services) == ["backup", "cache", "migrate", "nginx", "postgres", "s3", "web-1", "web-2", "worker"]
    assert sorted(ours) == ["backup", "migrate", "web-1", "web-2", "worker"]
    for name, service in ours.items():
        after = {"postgres": "service_healthy"} if name == "migrate" else {
            "cache": "service_healthy", "migrate": "service_completed_successfully",
        }  # fmt: skip
        assert {other: one["condition"] for other, one in service["depends_on"].items()} == after
        assert service["secrets"] == ["registry.env"]
        assert service["cap_drop"] == ["ALL"]
        assert "files:/srv/registry-files" in service["volumes"]
    # The health check that other services wait for is the same as in the image.
    (asked,) = [rest for word, rest in instructions() if word == "HEALTHCHECK"]
    assert asked.partition("CMD ")[2] == '["registry-ready"]'
    assert [services[name]["healthcheck"]["test"] for name in ("web-1", "web-2")] == [["CMD", "registry-ready"]] * 2
    for service in services.values():
        names = [volume.split(":")[0] for volume in service.get("volumes", []) if volume[0].isalpha()]
        assert set(names) <= set(COMPOSE["volumes"])
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
        assert set(service.get("depends_on", {})) <= set(services)
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"nginx": ["80:80", "443:443"]}


def test_the_log_of_postgresql_is_as_quiet_in_containers() -> None:
    said = dict(re.findall(r"ALTER ROLE registry SET (\w+) = '(\w+)'", INSTALL))
    command = COMPOSE["services"]["postgres"]["command"]
    given = dict(option.split("=") for option in command if "=" in option)
    assert said == given == {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}


def test_nginx_of_the_compose_file_asks_both_web_servers() -> None:
    words = COMPOSE["services"]["nginx"]["command"][-1].replace("$$", "$")
    script = words.partition("&&")[0].replace("/run/registry-nginx.conf", str(DEPLOY / "nginx.conf"))
    script = script.partition(">")[0]
    made = subprocess.run(
        ["sh", "-euc", script], env={"REGISTRY_HOST": "members.example.net", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert re.findall(r"server (web-\d):8000;", made) == ["web-1", "web-2"]
    assert ("127.0.0.1:8000" in made, "registry.example.org" in made) == (False, False)
    assert re.findall(r"server_name (.*);", made) == ["members.example.net"] * 2
    assert set(re.findall(r"proxy_pass (.*);", made)) == {"http://registry"}


def test_ready_says_what_a_server_answers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = []

    class Connection:
        def __init__(self, *arguments: object) -> None:
            asked.append(arguments)

        def request(self, *arguments: object, headers: dict[str, str]) -> None:
            asked.append((*arguments, headers))

        def getresponse(self) -> Any:
            answer = type("Answer", (), {"status": self.status, "read": lambda self: b"{}"})
            return answer()

        def close(self) -> None:
            pass

        status = 200

    monkeypatch.setattr("http.client.HTTPConnection", Connection)
    monkeypatch.setenv("BIND", "0.0.0.0:8123")
    monkeypatch.setenv("ALLOWED_HOSTS", ".example.org, other.example.org")
    monkeypatch.delenv("REGISTRY_ENV", raising=False)
    assert (ready.main(), capsys.readouterr().out) == (0, "200 {}\n")
    assert asked == [("127.0.0.1", 8123, ready.PATIENCE), ("GET", "/readyz", {"Host": "example.org"})]
    Connection.status = 503
    assert (ready.main(), capsys.readouterr().out) == (1, "503 {}\n")


def test_ready_says_that_nobody_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("BIND", "127.0.0.1:1")
    monkeypatch.delenv("REGISTRY_ENV", raising=False)
    said = "The web server does not answer (ConnectionRefusedError).\n"
    assert (ready.main(), capsys.readouterr().err) == (1, said)
    monkeypatch.setenv("REGISTRY_ENV", str(tmp_path / "none.env"))
    said = f"{tmp_path / 'none.env'}: cannot be read (FileNotFoundError).\n"
    assert (ready.main(), capsys.readouterr().err) == (1, said)
