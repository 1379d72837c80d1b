"""Run a command on other days: `python -m tests.clock DAY [DAY …] -- COMMAND …`.

A day is written as `2027-01-01` (noon in Moscow) or with its time as `2026-12-31T23:20Z`. The command runs once for
each day. The clock continues from there, in the command and in every Python process that it starts; databases and
browsers keep the present time.
"""

import subprocess
import sys

from tests.clock import environment, moment


def main(arguments: list[str]) -> int:
    """Run the command on each day; return 0, or the last non-zero exit status."""
    if "--" not in arguments:
        sys.exit(__doc__)
    days, command = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    failed = 0
    for day in days:
        sys.stderr.write(f"==== {moment(day):%d.%m.%Y %H:%M %Z}\n")
        failed = subprocess.run(command, env=environment(day), check=False).returncode or failed
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
