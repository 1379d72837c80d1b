"""The command `serve`: runs web server and job worker on this computer until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from ... import guards

ADDRESS = "127.0.0.1"
START_SECONDS = 60
#: Seconds for requests and job chunks to finish; jobs continue from their checkpoints at the next start.
GRACE_SECONDS = 12


class Stop(Exception):
    """Raised by signals that stop the command."""


def _stop(number: int, frame: Any) -> None:
    raise Stop


class Command(BaseCommand):
    """Starts both as child processes and stops both when one dies or a signal arrives."""

    help = "Serve the registry and do its jobs until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--demo", action="store_true", help="first migrate, and load the demonstration if it is empty"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        port: int = options["port"]
        if not 0 < port < 65536 or not _is_free(port):
            raise CommandError(f"Port {port} is taken or impossible. Choose another one: PORT=8001 make run")
        if options["demo"]:
            call_command("migrate", verbosity=0)
            call_command("load_demo", stdout=self.stdout)
        # Printed credentials contain this address.
        os.environ.setdefault("SITE_ADDRESS", f"http://{ADDRESS}:{port}")
        if lost := guards.missing():
            raise CommandError(
                f"The database is not prepared (missing: {', '.join(lost)}). Run manage.py migrate first."
            )
        # No longer needed, and restarting the database would close it.
        connection.close()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        children: dict[str, subprocess.Popen[bytes]] = {}
        died = ""
        try:
            children["web server"] = _start(
                [
                    "gunicorn",
                    "--config",
                    "python:registry.gunicorn_conf",
                    "--bind",
                    f"{ADDRESS}:{port}",
                    "registry.wsgi",
                ]
            )
            children["job worker"] = _start(["registry", "worker"])
            died = self._watch(children, port)
        except Stop:
            self.stdout.write("\nStopping …")
        finally:
            _end(list(children.values()))
        if died:
            raise CommandError(
                f"The {died} ended by itself; what it wrote stands above. The other one was stopped too."
            )
        self.stdout.write("Stopped. The data are kept.")

    def _watch(self, children: dict[str, subprocess.Popen[bytes]], port: int) -> str:
        """Return the name of the child that died; announce once when the registry can be reached."""
        announced, started = False, time.monotonic()
        while True:
            for name, child in children.items():
                if child.poll() is not None:
                    return name
            if not announced and not _is_free(port):
                announced = True
                self.stdout.write(f"The registry is up: http://{ADDRESS}:{port}/   (Ctrl-C ends it)")
                self.stdout.flush()
            if not announced and time.monotonic() - started > START_SECONDS:
                return "web server"
            time.sleep(0.2)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((ADDRESS, port)) != 0


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a child in its own session: Ctrl-C reaches only this process, which stops the children in order."""
    # The directory of the children is different, so pass the data directory by name.
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "REGISTRY_VAR": str(settings.VAR_DIR)}
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *command],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """Terminate the children, and kill them after a grace period or a second Ctrl-C."""
    try:
        _signal(children, signal.SIGTERM)
        limit = time.monotonic() + GRACE_SECONDS
        while any(child.poll() is None for child in children) and time.monotonic() < limit:
            time.sleep(0.1)
    except Stop:
        pass
    _signal(children, signal.SIGKILL)
    for child in children:
        child.wait()


def _signal(children: list[subprocess.Popen[bytes]], number: signal.Signals) -> None:
    for child in children:
        if child.poll() is None:
            os.killpg(child.pid, number)
