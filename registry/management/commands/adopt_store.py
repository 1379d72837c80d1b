"""The command `adopt_store`: marks the store of FILES_URL as that of this installation, whatever it contains."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...errors import LostStore
from ...files import marks, stores


class Command(BaseCommand):
    """Marks the store with a new id; other stores, and another registry that used this one, are refused from then
    on.
    """

    help = "Make the store of FILES_URL the one of this registry, after a look at what `doctor` says of it."
    # These checks refuse a store that is not adopted yet.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows, missing = marks.adopt()
        except LostStore as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{stores.own()} is the store of this registry: {rows} files, {missing} of them missing.")
        if missing:
            self.stderr.write("Files are missing there: check_integrity names them. Are they in another store?")
