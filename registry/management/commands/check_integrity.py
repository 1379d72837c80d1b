"""The command `check_integrity`: checks all invariants; the exit code is 1 if any is violated."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ... import integrity
from ...files import stores
from ...organizations.models import Federation, Organization
from .. import archive
from ..replacing import FORMER, beside
from ..samples import Sample, open_sample


class Command(BaseCommand):
    """Checks all invariants without writing anything."""

    help = "Check every invariant of the registry."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--files", action="store_true", help="read the contents of every file, not of some")
        parser.add_argument(
            "--organization", default="", help="code of an organisation: check only what it and all below it have"
        )
        parser.add_argument("--federation", default="", help="code of its federation, if there are several")
        parser.add_argument("--heads", type=Path, help="heads of the journal that a backup wrote beside its archive")

    def handle(self, **options: Any) -> None:
        if missing := integrity.missing_tables():
            self.stdout.write("WRONG  All tables are there")
            for sentence in missing:
                self.stdout.write(f"       {sentence}")
            raise CommandError(
                "Nothing else was checked. If the release is new, run migrate; otherwise restore the last archive."
            )
        if options["organization"]:
            if options["files"] or options["heads"]:
                raise CommandError("Files and heads are those of the whole registry: leave out --organization.")
            self._one_organization(options["organization"], options["federation"])
            return
        sample = open_sample()
        kept = stores.own().keeps_former() and beside(FORMER)
        checked = integrity.run(every_file=options["files"], strays=not kept)
        found = chain(checked, [("The keys open a sample of everything that is encrypted", sample.faults)])
        if options["heads"]:
            cut = archive.evidence_lost(options["heads"])
            found = chain(found, [("The journal goes on from the exported heads", cut)])
        broken = self._say_found(found)
        self._say_how_much(sample)
        if broken:
            raise CommandError(f"{broken} things are wrong.")
        if not Federation.objects.exists():
            raise CommandError("The registry is empty, so nothing was checked. Is it the right database?")
        self.stdout.write("Everything agrees.")

    def _one_organization(self, code: str, federation: str) -> None:
        """Check an organisation and everything below it, without reading the others."""
        named = Organization.objects.filter(code=code)
        found = list(named.filter(federation__code=federation) if federation else named)
        if len(found) != 1:
            raise CommandError(
                f"Several federations have an organisation {code}: add --federation."
                if found
                else f"There is no organisation with the code {code}."
            )
        broken = self._say_found(integrity.run_for(found[0]))
        self.stdout.write("Files, guards, histories, and what organisations have of each other were not checked.")
        if broken:
            raise CommandError(f"{broken} things are wrong.")
        self.stdout.write("Everything agrees.")

    def _say_found(self, found: Iterable[tuple[str, list[str]]]) -> int:
        """Print each check with its faults; return the number of faults."""
        broken = 0
        for title, wrong in found:
            self.stdout.write(f"{'WRONG' if wrong else 'ok   '}  {title}")
            for sentence in wrong[:50]:
                self.stdout.write(f"       {sentence}")
            if len(wrong) > 50:
                self.stdout.write(f"       … and {len(wrong) - 50} more")
            broken += len(wrong)
        return broken

    def _say_how_much(self, sample: Sample) -> None:
        """Print the number of records of each kind, of histories in all, and of decrypted values."""
        self.stdout.write("Looked at:")
        history = 0
        for model in apps.get_models():
            if model._meta.app_label in archive.OWN_APPS and (rows := model._base_manager.count()):
                if hasattr(model, "history_type"):
                    history += rows
                else:
                    self.stdout.write(f"{rows:>10}  {model._meta.label}")
        self.stdout.write(f"{history:>10}  rows of history")
        for kind, values in sample.looked.items():
            self.stdout.write(f"{values:>10}  decrypted: {kind}")
