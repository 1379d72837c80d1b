"""`manage.py update_members FILE --organization CODE [--dry-run]`: change cards from a list as on the screen."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext_lazy as _

from members.people.models import Member
from members.people.transitions.cards import note_fields_shown
from registry.access import Actor
from registry.organizations.models import Organization

from ...lists import updates
from ...lists.enums import CHANGEABLE, UpdateVerdict
from ...lists.errors import NothingDiffers
from ...lists.models import CardUpdate, CardUpdateRow
from ...lists.preview import ChangesInWords
from ...lists.reading.reader import quoted
from ...lists.transitions import updates as transitions
from ..lists import ListCommand


class Command(ListCommand):
    """Compare the list with the cards that its rows name, print former and new values, and change the cards.

    Exits with 1 if no card can be changed, but with 0 if nothing differs from the cards.
    """

    help = "Change cards from a list of members that was downloaded and filled in."
    acts_as = "update_members"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._shown: list[Member] = []
        self._fields: set[str] = set()

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--accept-all", action="store_true", help="change also the cards that should be checked")
        parser.add_argument(
            "--accept-row",
            type=int,
            action="append",
            default=[],
            metavar="ROW",
            help="change the card of this row although it should be checked; may be repeated",
        )
        parser.add_argument(
            "--leave-out",
            action="append",
            default=[],
            metavar="FIELD",
            help="do not change this field, such as «Должность»; may be repeated",
        )

    def work(self, organization: Organization, data: bytes, options: dict[str, Any], by: Actor) -> None:
        """Prepare the change, print its rows, and change the chosen cards."""
        try:
            batch = updates.update_from_workbook(data, options["file"].name, sheet=options["sheet"], by=by)
        except NothingDiffers as nothing:
            # A repeated run of a script has nothing to do.
            self.tell(nothing.message)
            return
        if batch.ignored:
            self.tell(str(_("Columns that are not read:")) + f" {quoted(batch.ignored)}.")
        rows = list(CardUpdateRow.objects.filter(batch=batch).select_related("member__unit").order_by("number"))
        words = ChangesInWords(batch)
        left_out = self._choose(batch, rows, words, options, by)
        for row in rows:
            self._tell_row(row, words, left_out)
        self._tell_counts(batch)
        if options["dry_run"]:
            return
        if not any(row.chosen for row in rows):
            raise CommandError("No card is sure to be changed. Take doubtful ones with --accept-row or --accept-all.")
        done = transitions.apply_update(batch.pk, by=by)
        for row in CardUpdateRow.objects.filter(batch=batch, chosen=True, verdict=UpdateVerdict.REFUSED):
            self.tell(f"{row.number:>5}  {UpdateVerdict.REFUSED.label}: {' '.join(row.remarks)}")
        self.tell(f"{UpdateVerdict.DONE.label}: {done.counts[UpdateVerdict.DONE]}")

    def after(self, by: Actor) -> None:
        """Record that values of protected classes were printed, even in a dry run (V-C5)."""
        note_fields_shown(self._shown, self._fields, by=by)

    def _choose(
        self,
        batch: CardUpdate,
        rows: list[CardUpdateRow],
        words: ChangesInWords,
        options: dict[str, Any],
        by: Actor,
    ) -> set[str]:
        """Choose rows and fields as the options say, and return the labels of the fields that are left out.

        Raises `CommandError` for a row or a field that does not occur.
        """
        labels = {words.label(name): name for name in words.fields}
        known = {label.casefold(): label for label in labels}
        texts = [text.strip().casefold() for text in options["leave_out"]]
        if wrong := [text for text in options["leave_out"] if text.strip().casefold() not in known]:
            raise CommandError(f"«{wrong[0]}» does not change; these fields do: {', '.join(labels)}.")
        left_out = {known[text] for text in texts}
        numbers = {row.number for row in rows if row.verdict in CHANGEABLE}
        if strange := sorted(set(options["accept_row"]) - numbers):
            raise CommandError(f"There is no card to change in row {strange[0]}.")
        taken = {UpdateVerdict.READY, *([UpdateVerdict.DOUBTFUL] if options["accept_all"] else [])}
        for row in rows:
            row.chosen = row.verdict in CHANGEABLE and (row.verdict in taken or row.number in options["accept_row"])
        transitions.choose(
            batch.pk,
            shown=[row.pk for row in rows],
            chosen=[row.pk for row in rows if row.chosen],
            left_out=[labels[label] for label in left_out],
            by=by,
        )
        return left_out

    def _tell_row(self, row: CardUpdateRow, words: ChangesInWords, left_out: set[str]) -> None:
        name = row.member.full_name if row.member is not None else ""
        self.tell(f"{row.number:>5}  {UpdateVerdict(row.verdict).label}  {name}".rstrip())
        for label, before, after, problem in words.row(row)["changes"]:
            if label in left_out:
                continue
            told = f"{label}: {before or '—'} → {after or '—'}"
            self.tell(f"       {told}  {problem}".rstrip())
        for remark in row.remarks:
            self.tell(f"       {remark}")
        if row.member is not None:
            self._shown.append(row.member)
            self._fields |= row.changes.keys()

    def _tell_counts(self, batch: CardUpdate) -> None:
        for verdict in UpdateVerdict:
            if batch.counts.get(verdict):
                self.tell(f"{verdict.label}: {batch.counts[verdict]}")
        if unchanged := batch.counts["read"] - sum(batch.counts.get(v, 0) for v in UpdateVerdict.values):
            self.tell(str(_("Nothing differs")) + f": {unchanged}")
