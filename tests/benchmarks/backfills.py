"""A new column of a large table: added, filled while others write, interrupted, and made required (CONTRIBUTING.md).

python -m tests.benchmarks.backfills 4000000 — with a temporary PostgreSQL. A writer changes rows throughout; its
longest wait is shown. The filling process is killed once by SIGKILL and restarted.
"""
# ruff: noqa: PLC0415, T201, DJ008

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from tests.postgres import cluster


def model() -> Any:
    """Return the model of the table, which belongs to no app."""
    from django.db import models

    class Good(models.Model):
        name = models.TextField()
        key = models.TextField(null=True)

        class Meta:
            app_label = "benchmark"

    return Good


def fill() -> None:
    """Fill the column in this process, as the command does."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db.models.functions import Upper

    from registry.upkeep.jobs import backfill

    good = model()
    rows = good.objects.filter(key__isnull=True)
    backfill("goods", lambda: rows)(lambda keys: good.objects.filter(pk__in=keys).update(key=Upper("name")) and None)
    call_command("backfill")


def main(number: int) -> None:
    """Run the measurement with this number of rows."""
    with cluster() as url:
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "registry.settings.development"}
        import django

        django.setup()
        from django.db import connection, models

        good = model()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE benchmark_good (id bigserial PRIMARY KEY, name text NOT NULL)")
            cursor.execute(
                "INSERT INTO benchmark_good (name) SELECT 'good ' || n FROM generate_series(1, %s) n", [number]
            )
        begun = time.perf_counter()
        with connection.schema_editor() as editor:
            editor.add_field(good, good._meta.get_field("key"))
        print(f"column added to {number:,} rows: {(time.perf_counter() - begun) * 1000:.0f} ms")

        waits: list[float] = []
        ended = threading.Event()

        def write() -> None:
            at = 0
            while not ended.is_set():
                at = (at + 7919) % number
                before = time.perf_counter()
                good.objects.filter(pk=at + 1).update(name=f"changed {at}", key=f"CHANGED {at}")
                waits.append(time.perf_counter() - before)
                time.sleep(0.005)
            connection.close()

        writer = threading.Thread(target=write)
        writer.start()
        command = [sys.executable, "-m", "tests.benchmarks.backfills", "--fill"]
        begun = time.perf_counter()
        first = subprocess.Popen(command)
        while good.objects.filter(key__isnull=False).count() < number // 4:
            time.sleep(0.5)
        first.send_signal(signal.SIGKILL)
        first.wait()
        print(
            f"killed after {time.perf_counter() - begun:.0f} s, left: {good.objects.filter(key__isnull=True).count():,}"
        )
        subprocess.run(command, check=True)
        seconds = time.perf_counter() - begun
        ended.set()
        writer.join()
        waits.sort()
        print(f"filled in {seconds:.0f} s, killed once; {len(waits):,} writes beside it waited "
              f"{waits[len(waits) // 2] * 1000:.0f} ms, 99 %: {waits[len(waits) * 99 // 100] * 1000:.0f} ms, "
              f"at most {waits[-1] * 1000:.0f} ms")  # fmt: skip
        assert not good.objects.filter(key__isnull=True).exists()
        former, demanded = good._meta.get_field("key"), models.TextField()
        demanded.set_attributes_from_name("key")
        begun = time.perf_counter()
        with connection.schema_editor() as editor:
            editor.alter_field(good, former, demanded)
        print(f"value demanded: {(time.perf_counter() - begun) * 1000:.0f} ms")


if __name__ == "__main__":
    if sys.argv[1:] == ["--fill"]:
        fill()
    else:
        main(int(sys.argv[1]))
