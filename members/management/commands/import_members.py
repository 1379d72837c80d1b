"""`manage.py import_members FILE --organization CODE [--dry-run]`: import a list as on the screen."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.lists.enums import REGISTERED, RowVerdict
from members.lists.models import ImportBatch, ImportRow
from members.lists.preview import Preview, lacking
from members.lists.reading.fields import IGNORE, SHARED
from members.lists.reading.issues import Kind
from members.lists.reading.reader import DROP_REASONS, quoted
from members.lists.reading.values import parse
from members.lists.verdicts import kinds_asked
from members.lists.views.rows import field_label
from members.people.rules.fields import label_of, normalise
from registry.access import Actor
from registry.organizations.models import Organization

from ...lists import batches
from ..lists import ListCommand

_KINDS = {
    Kind.ERROR: _("to be corrected"),
    Kind.WARNING: _("please check"),
    Kind.ASSUMPTION: _("assumed"),
}


class Command(ListCommand):
    """Read the list, print the verdict on every row, and register the people of the correct ones.

    Exits with 1 if nobody can be registered, but with 0 if everybody already is.
    """

    help = "Register the people of a spreadsheet in an organisation."
    acts_as = "import_members"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
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

    def _confirm(self, batch: ImportBatch, numbers: list[int], by: Actor) -> None:
        """Confirm for these rows that the possible duplicates are other people (N-A1)."""
        for number in numbers:
            row = ImportRow.objects.filter(batch=batch, number=number).first()
            if row is None:
                raise CommandError(f"There is no person in row {number}.")
            batches.correct_row(row.pk, values=batches.row_texts(row, batch), confirm_duplicate=True, by=by)

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

    def work(self, organization: Organization, data: bytes, options: dict[str, Any], by: Actor) -> None:
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
            # A repeated run of a script has nothing to do; do not store the list again.
            self.stdout.write(str(_("Everybody on this list is registered already: there is nobody to register.")))
            transaction.set_rollback(True)
        elif not options["dry_run"]:
            done = batches.apply_batch(batch.pk, by=by)
            self.stdout.write(f"{RowVerdict.DONE.label}: {done.counts[RowVerdict.DONE]}")
