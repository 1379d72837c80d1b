"""The command `backfill`: fills columns added by a migration, while the registry is running."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...upkeep.jobs import STEP, fill, is_filled, names


class Command(BaseCommand):
    """Does at once what workers do step by step; it may be stopped and started again at any time."""

    help = "Fill columns that a migration has added. May be ended and started again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="*", help="what to fill; everything without it")
        parser.add_argument("--size", type=int, default=STEP, help="rows of a step (%(default)s)")
        parser.add_argument("--pause", type=float, default=0.0, metavar="SECONDS", help="wait between two steps")

    def handle(self, *, name: list[str], size: int, pause: float, **options: Any) -> None:
        if unknown := [one for one in name if one not in names()]:
            raise CommandError(f"Unknown: {', '.join(unknown)}. There are: {', '.join(names()) or 'none'}.")
        left = []
        for one in name or names():
            filled = 0
            for number in fill(one, size=size):
                filled += number
                time.sleep(pause)
            self.stdout.write(f"{one}: {filled} rows filled.")
            if not is_filled(one):
                left.append(one)
        if left:
            raise CommandError(f"Rows are left, held by others or not filled by the step: {', '.join(left)}.")
        self.stdout.write("Nothing is left to fill.")
