"""The command `thin_backups`: deletes archives except the newest and the last of each kept period."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ..thinning import PERIODS, archives_in, to_keep

_KEPT = {"days": 7, "weeks": 5, "months": 12}


class Command(BaseCommand):
    """Never deletes the newest archive or one without a valid manifest, and lists the latter."""

    help = "Delete old archives; the newest one of each of the last days, weeks and months that have one stays."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)
        for kind, number in _KEPT.items():
            parser.add_argument(f"--keep-{kind}", type=int, default=number, metavar="N", help=f"default: {number}")
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted")

    def handle(self, **options: Any) -> None:
        directory: Path = options["directory"]
        keep = {kind: options[f"keep_{kind}"] for kind in PERIODS}
        if not directory.is_dir():
            raise CommandError(f"{directory}: no such directory.")
        if any(number < 0 for number in keep.values()):
            raise CommandError("Fewer than none cannot be kept.")
        good, others = archives_in(directory)
        kept = to_keep(good, keep)
        for one in reversed(good):
            if one not in kept:
                self.stdout.write(f"{one.path.name}: {'would be deleted' if options['dry_run'] else 'deleted'}")
                if not options["dry_run"]:
                    one.path.unlink()
                    one.manifest.unlink()
        self.stdout.write(f"Kept: {len(kept)} archives of {len(good)}.")
        for path in others:
            self.stderr.write(f"{path.name} has no manifest that fits and was left alone.")
