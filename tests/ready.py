"""Runs commands of one installation, each in a fork of a process that has already loaded the registry.

Reads one line of JSON for each command, its arguments and the files for its output, and writes its exit status.
"""

import atexit
import json
import os
import sys
import traceback

import django
from django.core.checks import run_checks
from django.core.management import execute_from_command_line
from django.db.migrations.loader import MigrationLoader


def main() -> None:
    """Fork for each line of the input until it ends."""
    django.setup()
    # Both import what most commands need: all views, all migrations.
    run_checks()
    MigrationLoader(None)
    for line in sys.stdin:
        arguments, files = json.loads(line)
        copy = os.fork()
        if copy == 0:
            for number, name in enumerate((os.devnull, *files)):
                os.dup2(os.open(name, os.O_RDWR), number)
            run(arguments)
        _, status = os.waitpid(copy, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def run(arguments: list[str]) -> None:
    """Run the command and end the process with its exit status.

    Cleans up as Python does at exit, but skips the half second for deallocating every object.
    """
    try:
        execute_from_command_line(["manage.py", *arguments])
        status: object = 0
    except SystemExit as end:
        status = end.code
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        status = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else int(status is not None))


if __name__ == "__main__":
    main()
