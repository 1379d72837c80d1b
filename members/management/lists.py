"""Shared code of the commands that read a spreadsheet for one organisation."""

from abc import abstractmethod
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from members.people.errors import SomeRefused
from registry.access import Actor
from registry.errors import RuleViolation
from registry.organizations.models import Organization


class ListCommand(BaseCommand):
    """Reads a file for an organisation in one transaction, which a dry run rolls back; refusals exit with 1."""

    #: Name of the actor in the journal.
    acts_as = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=".xlsx, .xls, .ods or .csv")
        parser.add_argument("--sheet", help="name of the sheet to read; without it the one that looks most like a list")
        parser.add_argument(
            "--organization", required=True, help="code (ИНПО) of the organisation that keeps the cards"
        )
        parser.add_argument("--federation", help="code of the federation, where two have an organisation of that code")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and do nothing")

    def handle(self, **options: Any) -> None:
        organization = _organization(options["organization"], options["federation"])
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        by = Actor.system(self.acts_as, organization)
        with override("ru"), timezone.override(organization.tz):
            try:
                with transaction.atomic():
                    self.work(organization, data, options, by)
                    if options["dry_run"]:
                        transaction.set_rollback(True)
            except SomeRefused as refusal:
                lines = [f"{row}: {wrong[0].message}" for row, wrong in refusal.refused.items()]
                raise CommandError("\n".join([str(refusal.message), *lines])) from refusal
            except RuleViolation as refusal:
                raise CommandError(str(refusal.message)) from refusal
            self.after(by)
            if options["dry_run"]:
                self.tell(_("Nothing was changed: this was a dry run."))

    @abstractmethod
    def work(self, organization: Organization, data: bytes, options: dict[str, Any], by: Actor) -> None:
        """Read the file, print the planned changes, and apply them."""

    def after(self, by: Actor) -> None:
        """Record what has to be recorded even after a dry run."""

    def tell(self, sentence: object) -> None:
        """Print a sentence in the language of the command."""
        self.stdout.write(str(sentence))


def _organization(code: str, federation: str | None) -> Organization:
    found = Organization.objects.select_related("federation").filter(code=code)
    if federation:
        found = found.filter(federation__code=federation)
    organizations = list(found[:2])
    if not organizations:
        where = f" in the federation {federation}" if federation else ""
        raise CommandError(f"No organisation has the code {code}{where}.")
    if len(organizations) > 1:
        raise CommandError(f"Several federations have the code {code}; name one with --federation.")
    return organizations[0]
