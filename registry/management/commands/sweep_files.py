"""The command `sweep_files`: deletes stored contents without a row, and rows whose contents are lost."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...access import Actor
from ...files import storage, stores
from ...files.queries import referring
from ...files.transitions import sweep_files
from ..replacing import FORMER, beside

_SWEEPING = Actor.system("sweep_files")


class Command(BaseCommand):
    """Works while the registry is running: it keeps files younger than a day and uploads in progress."""

    help = "Delete stored files that have no row, and rows that have no file and no record refers to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted")

    def handle(self, **options: Any) -> None:
        if stores.own().keeps_former() and (kept := beside(FORMER)):
            raise CommandError(f"The files of {kept[0].name} are in the bucket. First put it back or drop it.")
        contents, lost = storage.contents_without_rows(), storage.files_without_contents()
        named = referring(lost)
        rows = [pk for pk in lost if pk not in named]
        if (contents or rows) and not options["dry_run"]:
            sweep_files(contents, rows, by=_SWEEPING)
        done = "would be deleted" if options["dry_run"] else "deleted"
        self.stdout.write(f"Files without a row {done}: {len(contents)}. Rows without a file {done}: {len(rows)}.")
        for pk in sorted(named, key=uuid.UUID.__str__):
            self.stdout.write(
                f"file {pk} is missing, and stays, because records refer to it: {', '.join(named[pk])}. Bring it back "
                "from a backup, or enter it there again."
            )
