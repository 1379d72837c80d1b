"""The command `check_integrity`: checks all invariants; the exit code is 1 if any is violated."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ... import integrity


class Command(BaseCommand):
    """Checks all invariants without writing anything."""

    help = "Check every invariant of the registry."

    def handle(self, **options: Any) -> None:
        broken = 0
        for title, wrong in integrity.run():
            self.stdout.write(f"{'WRONG' if wrong else 'ok   '}  {title}")
            for sentence in wrong[:50]:
                self.stdout.write(f"       {sentence}")
            if len(wrong) > 50:
                self.stdout.write(f"       … and {len(wrong) - 50} more")
            broken += len(wrong)
        if broken:
            raise CommandError(f"{broken} things are wrong.")
        self.stdout.write("Everything agrees.")
