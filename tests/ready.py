"""Runs commands of one installation, each in a copy of a process that has loaded the registry already.

Reads a line of JSON for each command: its arguments and the files for what it writes. Answers with its exit status.
"""

import json
import os
import sys

import django
from django.core.management import execute_from_command_line


def main() -> None:
    """Start a copy for each line; returns in the copy when its command is done, and at the end of the input."""
    django.setup()
    for line in sys.stdin:
        arguments, files = json.loads(line)
        copy = os.fork()
        if copy == 0:
            for number, name in enumerate((os.devnull, *files)):
                os.dup2(os.open(name, os.O_RDWR), number)
            execute_from_command_line(["manage.py", *arguments])
            return
        _, status = os.waitpid(copy, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
