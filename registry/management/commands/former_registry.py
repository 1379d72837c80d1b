"""The command `former_registry`: lists, puts back or deletes the registries that `restore --replace` has replaced."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ...files import stores
from .. import archive, replacing


class Command(BaseCommand):
    """Putting back takes effect at once and can be undone: the present registry is kept under a new name."""

    help = "List the registries that were replaced by a backup, put one back, or delete one."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--put-back", metavar="NAME", help="put it in the place of the present registry")
        choice.add_argument("--drop", metavar="NAME", help="delete its database and its files")

    def handle(self, *args: Any, **options: Any) -> None:
        if replacing.is_under_way():
            with replacing.while_nothing_runs():
                replacing.adopt_loaded_registry()
                self.stdout.write("The files have followed their database.")
        if name := options["drop"]:
            replacing.drop_registry(_known(name))
            self.stdout.write(f"{name} is deleted.")
            if stores.own().keeps_former():
                self.stdout.write("Its files are still in the bucket: sweep_files deletes them.")
            return
        if name := options["put_back"]:
            with archive.cleaning_up_when_ended(), replacing.while_nothing_runs():
                self._put_back(_known(name))
            return
        found = replacing.beside(replacing.FORMER)
        for one in found:
            self.stdout.write(one.name)
        if not found:
            self.stdout.write("There is none.")

    def _put_back(self, arriving: replacing.Beside) -> None:
        if not arriving.is_there:
            raise CommandError(f"The database of {arriving.name} is gone. Nothing was changed.")
        present = replacing.Beside(f"{replacing.FORMER}{timezone.now():%Y%m%d_%H%M%S}")
        replacing.change_places(arriving, present)
        replacing.adopt_loaded_registry()
        self.stdout.write(f"{arriving.name} is the registry again. The one that was here is kept as {present.name}.")


def _known(name: str) -> replacing.Beside:
    """Return the former registry of this name. Raises `CommandError` if there is none."""
    found = {one.name: one for one in replacing.beside(replacing.FORMER)}
    if name not in found:
        raise CommandError(f"There is no former registry {name}. There are: {', '.join(found) or 'none'}.")
    return found[name]
