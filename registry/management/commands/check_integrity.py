"""The command `check_integrity`: checks all invariants; the exit code is 1 if any is violated."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ... import integrity
from .. import archive


class Command(BaseCommand):
    """Checks all invariants without writing anything."""

    help = "Check every invariant of the registry."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--files", action="store_true", help="read the contents of every file, not of some")
        parser.add_argument("--heads", type=Path, help="heads of the journal that a backup wrote beside its archive")

    def handle(self, **options: Any) -> None:
        broken = 0
        found: Iterable[tuple[str, list[str]]] = integrity.run(every_file=options["files"])
        if options["heads"]:
            cut = archive.evidence_lost(options["heads"])
            found = chain(found, [("The journal goes on from the exported heads", cut)])
        for title, wrong in found:
            self.stdout.write(f"{'WRONG' if wrong else 'ok   '}  {title}")
            for sentence in wrong[:50]:
                self.stdout.write(f"       {sentence}")
            if len(wrong) > 50:
                self.stdout.write(f"       … and {len(wrong) - 50} more")
            broken += len(wrong)
        if broken:
            raise CommandError(f"{broken} things are wrong.")
        self.stdout.write("Everything agrees.")
