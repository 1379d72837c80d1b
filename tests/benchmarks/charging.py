"""The annual charge of a whole society on PostgreSQL, by one worker and by two that share it (V-D1).

Each measurement charges a copy of the database, with the clock at 2 January of the next year.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import resource
import subprocess
import sys
import time

import time_machine
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from dues.ledger.jobs import charge_years
from registry.organizations.enums import TimeZone

from .measure import say, table
from .society import Society

COPY = "charged"
WORKERS = (1, 2)
WORKER = "import django, sys; django.setup(); from tests.benchmarks.charging import charge; charge(sys.argv[1])"
#: Promised maximum for four million people, in seconds.
SECONDS, PEOPLE = 600, 4_000_000


def run(options: argparse.Namespace) -> int:
    """Charge the society by some workers; return 1 if four million people would take longer than promised."""
    today = Society(options.society).today
    moment = dt.datetime(today.year + 1, 1, 2, 9, tzinfo=dt.UTC)
    found, slow = [], False
    for workers in WORKERS:
        _copy()
        begun = time.perf_counter()
        command = [sys.executable, "-c", WORKER, moment.isoformat()]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_env()) for _ in range(workers)]
        said = [process.communicate()[0].split() for process in running]
        seconds = time.perf_counter() - begun
        charged = _charged(moment.year)
        processor = sum(float(used) for used, _megabytes in said)
        megabytes = max(int(most) for _used, most in said)
        whole = seconds / charged * PEOPLE
        found.append((workers, charged, f"{seconds:.0f}", f"{processor:.0f}", megabytes, f"{whole:.0f}"))
        slow = slow or (workers == WORKERS[-1] and whole > SECONDS)
    _drop()
    table(("workers", "charged", "s", "s of Python", "MB", f"s for {PEOPLE}"), found)
    say("above what is promised" if slow else "as promised")
    return int(slow)


def _env() -> dict[str, str]:
    url = os.environ["DATABASE_URL"]
    return os.environ | {"DATABASE_URL": f"{url.rpartition('/')[0]}/{COPY}"}


def _copy() -> None:
    """Copy the database while nobody is connected to it."""
    name = settings.DATABASES["default"]["NAME"]
    _drop()
    _outside(f'CREATE DATABASE "{COPY}" TEMPLATE "{name}"')


def _charged(year: int) -> int:
    """Return the number of charges of the year in the copy."""
    own = connection.copy()
    own.settings_dict["NAME"] = COPY
    with own.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dues_ledgerentry WHERE kind = 'charge' AND year = %s", [year])
        (count,) = cursor.fetchone()
    own.close()
    return int(count)


def _drop() -> None:
    _outside(f'DROP DATABASE IF EXISTS "{COPY}"')


def _outside(statement: str) -> None:
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
    connections.close_all()


def charge(moment: str) -> None:
    """Run the daily job of the charge at this moment; print processor seconds and megabytes."""
    with time_machine.travel(dt.datetime.fromisoformat(moment)):
        for zone in ("", *TimeZone.values):
            with timezone.override(zone or settings.TIME_ZONE):
                list(charge_years(timezone.localdate(), zone))
    used = resource.getrusage(resource.RUSAGE_SELF)
    sys.stdout.write(f"{used.ru_utime + used.ru_stime} {used.ru_maxrss // 1024}\n")
