"""The commands that set up an installation: serve, keys, first accounts; and settings that production refuses."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from registry.accounts.models import Account, Appointment
from registry.journal.models import Event
from registry.organizations.models import Federation
from tests.installation import ROOT, Installation, bare_environment

OWN = {
    "SECRET_KEY": "a secret of this test alone " * 3,
    "FIELD_KEYS": Fernet.generate_key().decode(),
    "EVIDENCE_KEYS": Fernet.generate_key().decode(),
    "ALLOWED_HOSTS": "registry.example.org",
    "DATABASE_URL": "postgres:////var/run/postgresql/registry",
}


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children(pid: int) -> dict[str, int]:
    """Return the pids of the supervisor's processes by their kind."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status, command = (entry / "stat").read_text(), (entry / "cmdline").read_text()
            except OSError:
                continue
            if int(status.rpartition(")")[2].split()[1]) == pid:
                found["web" if "gunicorn" in command else "worker"] = int(entry.name)
    return found


@contextmanager
def serving(installation: Installation, port: int) -> Iterator[subprocess.Popen[str]]:
    """Yield the supervisor with both its children running; it is stopped in any case."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env={"WEB_WORKERS": "1"} | installation.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as supervisor:
        try:
            assert supervisor.stdout is not None
            assert any("The registry is up" in line for line in supervisor.stdout)
            yield supervisor
        finally:
            if supervisor.poll() is None:
                supervisor.terminate()


def gone(pids: list[int]) -> bool:
    """Return whether all of the processes end within ten seconds."""
    for _ in range(100):
        left = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
        if not left:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.once
def test_serve_starts_web_server_and_worker_and_ctrl_c_ends_both(installation: Installation) -> None:
    port = free_port()
    with serving(installation, port) as supervisor:
        own = children(supervisor.pid)
        assert sorted(own) == ["web", "worker"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
            assert (answer.status, json.load(answer)["ok"]) == (200, True)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
            assert answer.url.startswith(f"http://127.0.0.1:{port}/sign-in/")
        supervisor.send_signal(signal.SIGINT)
        said, _ = supervisor.communicate(timeout=30)
    assert (supervisor.returncode, said.splitlines()[-1]) == (0, "Stopped. The data are kept.")
    assert gone(list(own.values()))


@pytest.mark.once
def test_serve_ends_the_web_server_when_the_worker_dies(installation: Installation) -> None:
    with serving(installation, free_port()) as supervisor:
        own = children(supervisor.pid)
        os.kill(own["worker"], signal.SIGKILL)
        said, _ = supervisor.communicate(timeout=30)
    assert (supervisor.returncode, "The job worker ended by itself" in said) == (1, True)
    assert gone(list(own.values()))


def test_serve_says_that_the_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken"):
            call_command("serve", port=port)


def test_production_starts_with_settings_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import registry.settings.production"]
    assert subprocess.run(command, cwd=ROOT, env=bare_environment(tmp_path) | OWN, check=False).returncode == 0


def test_cookies_of_production_can_be_set_by_its_host_alone(tmp_path: Path) -> None:
    code = (
        "import registry.settings.production as s; from registry.display import HostMessages;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, s.MESSAGE_STORAGE,"
        "HostMessages.storage_classes[0].cookie_name, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        "s.LANGUAGE_COOKIE_SECURE)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=bare_environment(tmp_path) | OWN, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == [
        "__Host-sessionid", "__Host-csrftoken", "__Host-language", "registry.display.HostMessages", "__Host-messages",
        "True", "True", "True",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"SECRET_KEY": "demonstration-secret-never-for-real-people"},
            "SECRET_KEY must be set to a secret of your own.",
        ),
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set to a secret of your own."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must have at least 50 characters."),
        ({"DEBUG": "on"}, "DEBUG must be off."),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name the hosts of this registry."),
        (
            {"DATABASE_URL": ""},
            "DATABASE_URL must name the database of this registry (postgres://user:password@host:port/name).",
        ),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts of this registry."),
        (
            {"FIELD_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="},
            "FIELD_KEYS must hold a key of your own (manage.py make_key).",
        ),
        (
            {"EVIDENCE_KEYS": "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="},
            "EVIDENCE_KEYS must hold a key of your own (manage.py make_key).",
        ),
    ],
)
def test_production_refuses_to_start_with(changed: dict[str, str], said: str, tmp_path: Path) -> None:
    code = "import registry.settings.production"
    env = bare_environment(tmp_path) | OWN
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=env | changed, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].partition(": ")[2].split(" SECRET_KEY must have at least")[0] == said


@pytest.mark.once
def test_the_deployment_check_of_a_production_installation_is_clean(installation: Installation) -> None:
    own = OWN | {"DATABASE_URL": f"sqlite:///{installation.var / 'registry.sqlite3'}"}
    done = installation.run(
        "check", "--deploy", "--database", "default", "--fail-level", "WARNING",
        DJANGO_SETTINGS_MODULE="registry.settings.production", **own,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (0 silenced).\n"


def test_a_made_key_encrypts_and_a_made_secret_is_long_enough() -> None:
    key, secret = StringIO(), StringIO()
    call_command("make_key", stdout=key)
    call_command("make_key", secret=True, stdout=secret)
    assert Fernet(key.getvalue().strip()).decrypt(Fernet(key.getvalue().strip()).encrypt(b"x")) == b"x"
    assert len(secret.getvalue().strip()) >= 50


@pytest.mark.django_db
def test_u2_a_federation_begins_with_its_head_and_an_administrator_with_a_one_time_password() -> None:
    said = StringIO()
    call_command(
        "create_federation", "society", charter="voi", name="Общество", administrator="Юн Ян Ильич", stdout=said
    )
    account = Account.objects.get(surname="Юн")
    password = re.search(r"one-time password +(\S+)", said.getvalue())
    assert password is not None and account.check_password(password[1])
    assert (account.must_change_password, account.is_staff) == (True, False)
    (appointment,) = Appointment.objects.all()
    head = Federation.objects.get(code="society").organizations.get()
    assert (appointment.account, appointment.organization, appointment.role) == (account, head, "administrator")


@pytest.mark.django_db
def test_n_h2_a_federation_can_begin_with_its_first_chair_who_is_somebody_else() -> None:
    given = {"charter": "voi", "name": "Общество", "administrator": "Юн Ян Ильич"}
    with pytest.raises(CommandError):
        call_command("create_federation", "society", **given, chair="Юн Ян Ильич")
    said = StringIO()
    call_command("create_federation", "society", **given, chair="Пак Ия Львовна", stdout=said)
    assert len(re.findall(r"one-time password +(\S+)", said.getvalue())) == 2
    held = {(one.account.surname, one.role) for one in Appointment.objects.select_related("account")}
    assert held == {("Юн", "administrator"), ("Пак", "chair")}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "administrator"), [("taken", "Юн Ян"), ("other", "Юн")], ids=["code is taken", "half a name"]
)
def test_create_federation_refuses_and_leaves_nothing(code: str, administrator: str) -> None:
    call_command("create_federation", "taken", charter="voi", name="Общество", administrator="Ли Ли", stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("create_federation", code, charter="voi", name="Другое", administrator=administrator)
    assert (Federation.objects.count(), Account.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_u2_an_administrator_of_the_pages_belongs_to_no_federation_and_the_creation_is_in_the_journal() -> None:
    call_command("create_administrator", "Юн Ян", stdout=StringIO())
    account = Account.objects.get()
    assert (account.is_staff, account.is_superuser, account.home, account.must_change_password) == (
        True,
        True,
        None,
        True,
    )
    event = Event.objects.get()
    assert (event.action, event.acting, event.object_id) == ("administrator.created", "installation", str(account.pk))
