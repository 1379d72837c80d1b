"""The command `import_statement`: loads a bank statement like the page does; repeating it is safe (N-D2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dues.bank.enums import Band
from dues.bank.loading import ColumnsUnknown, load_file
from dues.bank.reading.statement import StatementRefused
from dues.bank.transitions.settling import money_of
from dues.money import money
from registry.access import Actor
from registry.checks import MAX_UPLOAD_BYTES
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.spreadsheets.files import by_a_job


class Command(BaseCommand):
    """Loads the new payments of the file; a clerk posts them to members.

    Exits with 1 if the file is refused, listing each fault with its line, and with 0 if all payments were loaded
    before.
    """

    help = (
        "Load a bank statement of an organisation, for files that come every night: 1CClientBankExchange, "
        "or a table whose columns are known."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--federation", required=True, help="code of the federation")
        parser.add_argument("--organization", required=True, help="code of the organisation that keeps the cards")
        parser.add_argument("--account", default="", help="own account of a table that names none")
        parser.add_argument("--dry-run", action="store_true", help="say what would be loaded, and load nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(
            federation__code=options["federation"], code=options["organization"]
        ).first()
        if organization is None:
            raise CommandError(f"There is no organisation {options['organization']} in {options['federation']}.")
        by = Actor.system("import_statement", organization)
        try:
            # Nobody waits for a page.
            with by_a_job():
                loaded = load_file(
                    organization,
                    _read(options["file"]),
                    account=options["account"],
                    by=by,
                    dry_run=options["dry_run"],
                )
        except ColumnsUnknown:
            raise CommandError(
                "Nobody has said yet what the columns of this table mean, or of which account it is. "
                "Load one such file on the page of the bank, or name the account by --account."
            ) from None
        except StatementRefused as refused:
            faults = (f"{fault.line}: {fault.text}" if fault.line else str(fault.text) for fault in refused.faults)
            raise CommandError("\n".join(faults)) from None
        except RuleViolation as refusal:
            raise CommandError(str(refusal.message)) from None
        if loaded.before:
            self.stdout.write("The file was loaded before.")
            return
        verb = "Would be loaded" if options["dry_run"] else "Loaded"
        self.stdout.write(f"{verb}: {len(loaded.lines)}. Loaded before: {loaded.statement.repeated}.")
        for band in Band:
            lines = [line for line in loaded.lines if line.band == band]
            self.stdout.write(f"{band.value}: {len(lines)}, {money(money_of(lines))}")


def _read(path: Path) -> bytes:
    """Return the contents of the file. Raises `CommandError` if it cannot be read or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_UPLOAD_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path.name} cannot be read: {error.strerror}.") from None
    if len(data) > MAX_UPLOAD_BYTES:
        raise CommandError(f"{path.name} is too large for a statement.")
    return data
