"""`python -m tests.floods.run [--only WORDS] [--postgres] [--processes N]`: floods by one person on a real server.

Prints for each flood the responses, the durations of two other people's pages meanwhile, the peak memory of all
processes of the web server and the worker, and the refusals. Exits with 1 if a page of others took more than `--most`
seconds (2). All files are in a directory that is removed at the end.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import django

#: Pages that other people request meanwhile.
PAGES = ("/", "/members/", "/jobs/", "/my/")


def main() -> int:
    """Prepare the installation, then run the floods."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORDS", help="floods with these words in their names")
    parser.add_argument("--postgres", action="store_true", help="on a throwaway PostgreSQL instead of SQLite")
    parser.add_argument("--copy-of", type=Path, metavar="FILE", help="begin with a copy of this SQLite database")
    parser.add_argument("--processes", type=int, default=2, help="processes of the web server (2)")
    parser.add_argument("--most", type=float, default=2.0, help="seconds that a page of others may take (2)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="registry-floods-") as directory:
        if options.copy_of:
            shutil.copy(options.copy_of, f"{directory}/registry.sqlite3")
        if not options.postgres:
            return _flood(f"sqlite:///{directory}/registry.sqlite3", directory, options)
        from tests import postgres

        with postgres.cluster() as url:
            return _flood(url, directory, options)


def _flood(url: str, directory: str, options: argparse.Namespace) -> int:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "registry.settings.development",
        "DATABASE_URL": url,
        "REGISTRY_VAR": str(Path(directory) / "var"),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEBUG": "off",
        "LOG_LEVEL": "ERROR",
    }
    django.setup()
    logging.disable(logging.ERROR)
    from django.core.management import call_command
    from django.db import connection

    from tests.floods.browser import Browser
    from tests.floods.floods import FLOODS, Attack
    from tests.floods.watching import Watch, serving
    from tests.floods.world import build

    call_command("migrate", verbosity=0)
    world = build()
    connection.close()
    worst = 0.0
    with serving(options.processes) as (port, leaders):
        others = [Browser(port, world.session_of(who)) for who in (world.neighbour, world.other)]
        for browser in others:
            for path in PAGES:
                browser.get(path)
        with Watch(others, PAGES, leaders) as calm:
            time.sleep(5)
        print(f"without a flood: {calm.said()}", flush=True)
        for name, send in FLOODS.items():
            if options.only.lower() not in name.lower():
                continue
            attack = Attack(world, Browser(port, world.session_of(world.flooder)), port)
            begun = time.monotonic()
            with Watch(others, PAGES, leaders) as watch:
                send(attack)
            answers = ", ".join(
                f"{count} × {status or 'no answer'}" for status, count in sorted(attack.statuses.items())
            )
            print(f"\n{name} ({time.monotonic() - begun:.0f} s)\n  {watch.said()}")
            print(f"  answers: {answers}; the slowest took {attack.slowest:.1f} s")
            for text in attack.notes:
                print(f"  {text}")
            sys.stdout.flush()
            worst = max([worst, *watch.times])
    print(f"\nthe worst page of others took {worst:.2f} s, at most {options.most:g} s are promised")
    return int(worst > options.most)


if __name__ == "__main__":
    sys.exit(main())
