"""`manage.py import_members FILE --organization CODE [--dry-run]`: import a list like on the screen."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from members.lists.enums import REGISTERED, RowVerdict
from members.lists.models import ImportBatch, ImportRow
from members.lists.preview import Preview, lacking
from members.lists.reading.fields import IGNORE, SHARED
from members.lists.reading.issues import Kind
from members.lists.reading.reader import DROP_REASONS, quoted
from members.lists.reading.values import parse
from members.lists.verdicts import kinds_asked
from members.lists.views.rows import field_label
from members.people.errors import SomeRefused
from members.people.rules.fields import label_of, normalise
from registry.access import Actor
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from ...lists import batches

_KINDS = {
    Kind.ERROR: _("to be corrected"),
    Kind.WARNING: _("please check"),
    Kind.ASSUMPTION: _("assumed"),
}


class Command(BaseCommand):
    """Read the list, print the verdict on every row, and register the people of the correct ones.

    Exits with 1 if nobody can be registered, but with 0 if everybody already is.
    """

    help = "Register the people of a spreadsheet in an organisation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=".xlsx, .xls, .ods or .csv")
        parser.add_argument("--sheet", help="name of the sheet to read; without it the one that looks most like a list")
        parser.add_argument(
            "--organization", required=True, help="code (ИНПО) of the organisation that keeps the cards"
        )
        parser.add_argument("--federation", help="code of the federation, where two have an organisation of that code")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and do nothing")
        parser.add_argument(
            "--for-all",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            help="value for all rows without one, such as «Категория=работник»; may be repeated",
        )
        parser.add_argument("--accept", action="store_true", help="take what was assumed for right")
        parser.add_argument("--accept-all", action="store_true", help="take also what should be checked for right")
        parser.add_argument(
            "--another-person",
            type=int,
            action="append",
            default=[],
            metavar="ROW",
            help="the person of this row is not the registered one of the same name; may be repeated",
        )

    def handle(self, **options: Any) -> None:
        organization = self._organization(options["organization"], options["federation"])
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        by = Actor.system("import_members", organization)
        with override("ru"), timezone.override(organization.tz), transaction.atomic():
            try:
                self._import(organization, data, options, by)
            except SomeRefused as refusal:
                lines = [f"{row}: {wrong[0].message}" for row, wrong in refusal.refused.items()]
                raise CommandError("\n".join([str(refusal.message), *lines])) from refusal
            except RuleViolation as refusal:
                raise CommandError(str(refusal.message)) from refusal
            if options["dry_run"]:
                self.stdout.write(str(_("Nothing was changed: this was a dry run.")))
                transaction.set_rollback(True)

    def _confirm(self, batch: ImportBatch, numbers: list[int], by: Actor) -> None:
        """Confirm for these rows that the possible duplicates are other people (N-A1)."""
        for number in numbers:
            row = ImportRow.objects.filter(batch=batch, number=number).first()
            if row is None:
                raise CommandError(f"There is no person in row {number}.")
            batches.correct_row(row.pk, values=batches.row_texts(row, batch), confirm_duplicate=True, by=by)

    def _organization(self, code: str, federation: str | None) -> Organization:
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

    def _tell_sheets(self, batch: ImportBatch) -> None:
        others = [name for name in batch.sheets if name != batch.sheet]
        hidden = batch.samples.get(batches.HIDDEN_SHEETS, [])
        if others or hidden:
            self.stdout.write(str(_("Sheet read: %(name)s.")) % {"name": quoted([batch.sheet])})
        if others:
            self.stdout.write(
                str(_("Sheets not read: %(names)s. Name one with --sheet to read it.")) % {"names": quoted(others)}
            )
        if hidden:
            self.stdout.write(str(_("Hidden in the file and not read: %(names)s.")) % {"names": quoted(hidden)})

    def _for_all(self, given: list[str], organization: Organization) -> dict[str, Any]:
        """Return the values for all rows by field. Raises `CommandError` for other fields and unreadable values."""
        offered = [name for name in SHARED if name in organization.charter.fields]
        labels = {name: capfirst(str(label_of(name, organization.charter))) for name in offered}
        known = {label.casefold(): name for name, label in labels.items()}
        values: dict[str, Any] = {}
        for text in given:
            label, _sign, value = text.partition("=")
            name = known.get(label.strip().casefold())
            if name is None:
                these = ", ".join(labels.values())
                raise CommandError(f"«{label.strip()}» cannot be given for all rows; these can: {these}.")
            read = parse(name, value, today=timezone.localdate()).values
            done, wrong = normalise({name: read.get(name)}, organization.charter)
            if wrong or not done[name]:
                raise CommandError(f"«{text}»: the value cannot be read.")
            values |= done
        return values

    def _tell_missing(self, preview: Preview, rows: list[ImportRow]) -> None:
        fields = lacking(preview.counted(row for row in rows if row.verdict in REGISTERED))
        if fields:
            told = "; ".join(
                str(_("%(name)s — on %(n)s")) % {"name": field.label, "n": field.missing} for field in fields
            )
            heading = str(_("Will be missing on the cards:"))
            self.stdout.write(f"{heading} {told}.")

    def _import(self, organization: Organization, data: bytes, options: dict[str, Any], by: Actor) -> None:
        batch = batches.upload_list(
            organization=organization, data=data, name=options["file"].name, sheet=options["sheet"], by=by
        )
        self._tell_sheets(batch)
        hidden = str(_("hidden in the file"))
        for guess in batch.guesses:
            field = "—" if guess["field"] == IGNORE else field_label(guess["field"], organization)
            doubt = "" if guess["sure"] else "  ?"
            told = f"{guess['heading'] or '—':<40} → {field}{doubt}  {guess['reason']}"
            self.stdout.write(f"{told} ({hidden})" if guess["hidden"] else told)
        for row in batch.dropped:
            if row["reason"] != "empty":
                self.stdout.write(f"{row['number']:>5}  {DROP_REASONS[row['reason']]}")
        if batches.same_file_before(batch) is not None:
            self.stdout.write("Этот файл уже ставили на учёт: повторов не будет.")
        defaults = self._for_all(options["for_all"], organization)
        batches.set_columns(batch.pk, mapping=batch.mapping, defaults=defaults, by=by)
        if batch.counts["rows"] > batches.MAX_ROWS_AT_ONCE:
            batches.check_batch(batch.pk, by=by)
        self._confirm(batch, options["another_person"], by)
        if options["accept"] or options["accept_all"]:
            batches.accept(batch.pk, kinds_asked(batch.pk, by=by) if options["accept_all"] else None, by=by)
        rows = list(ImportRow.objects.filter(batch=batch))
        preview = Preview(ImportBatch.objects.select_related("organization__federation").get(pk=batch.pk), by)
        for row in rows:
            self.stdout.write(f"{row.number:>5}  {RowVerdict(row.verdict).label}")
            for issue in batches.issues_of(row):
                name = field_label(issue.field, organization)
                told = f"{name}: {issue.message}" if name else issue.message
                self.stdout.write(f"       {_KINDS[issue.kind]}: {told}")
            if options["dry_run"] and row.verdict in REGISTERED:
                self.stdout.write("".join(f"       {label}: {text}\n" for label, text in preview.lines(row)), ending="")
        self._tell_missing(preview, rows)
        counts = Counter(row.verdict for row in rows)
        for verdict in RowVerdict:
            if counts[verdict]:
                self.stdout.write(f"{verdict.label}: {counts[verdict]}")
        if counts[RowVerdict.DUPLICATE] == len(rows):
            # A repeated run of a script has nothing to do; the list is not stored a second time.
            self.stdout.write(str(_("Everybody on this list is registered already: there is nobody to register.")))
            transaction.set_rollback(True)
        elif not options["dry_run"]:
            done = batches.apply_batch(batch.pk, by=by)
            self.stdout.write(f"{RowVerdict.DONE.label}: {done.counts[RowVerdict.DONE]}")
