"""The command `record_evidence`: attests existing rows, after an upgrade or a migration that rewrote them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ..recording import attested, record


class Command(BaseCommand):
    """Works while the registry is running, table by table, and continues where it was stopped."""

    help = "Attest the rows of all evidence, or of the tables named, as they are now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("tables", nargs="*", metavar="TABLE", help="names as check_integrity says them")

    def handle(self, *args: Any, **options: Any) -> None:
        models = {model._meta.db_table: model for model in attested()}
        if unknown := sorted(set(options["tables"]) - models.keys()):
            raise CommandError(f"These tables are not attested: {', '.join(unknown)}.")
        for table in options["tables"] or models:
            if record(models[table], accept=True):
                self.stdout.write(f"{table}: attested as it is now.")
