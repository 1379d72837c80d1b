"""The command `doctor`: the preflight of an installation; the exit code is 1 if something stops it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...upkeep.doctor import run_preflight


class Command(BaseCommand):
    """Checks everything that has to be right before people use the registry, and changes nothing."""

    help = "Look at the installation and say what is wrong and what to do about it."
    # It reports all errors itself.
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        stopping = warnings = 0
        for finding in run_preflight():
            word = "ok   " if not finding.words else "WRONG" if finding.stops else "look "
            self.stdout.write(f"{word}  {finding.name}" + (f": {finding.words}" if finding.words else ""))
            stopping += finding.stops
            warnings += bool(finding.words) and not finding.stops
        if stopping:
            raise CommandError(f"{stopping} things must be put right first.")
        self.stdout.write(f"Ready{f', with {warnings} things to look at' if warnings else ''}.")
