"""Requirements of each step of the import of a list (U-5, V-H1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _

from members.people.models import Member
from members.people.rules.fields import card_values, is_empty
from members.people.rules.person import cells_of
from registry.access import Actor
from registry.errors import Blocked, RuleViolation
from registry.files.models import StoredFile

from .enums import EDITABLE_BATCHES, OPEN_BATCHES, RowVerdict, UpdateVerdict
from .errors import NothingDiffers
from .models import CardUpdate, CardUpdateRow, ImportBatch, ImportRow, decode

#: Maximum number of blocking cards listed by name.
_MAX_NAMED = 50


def check_has_people(rows: Sequence[Any]) -> None:
    """Raise `RuleViolation` (U-5) if no row with a person was read from the file."""
    if not rows:
        raise RuleViolation(
            "U-5",
            _("No row with a person is found in the file. Check whether it is the right file and sheet."),
            field="file",
        )


def refuse_file(reason: Any) -> NoReturn:
    """Raise `RuleViolation` (U-5) for an uploaded file that cannot be read, with the reason as its message."""
    raise RuleViolation("U-5", reason, field="file")


def check_file_is_stored(batch: ImportBatch) -> StoredFile:
    """Return the uploaded file. Raises `RuleViolation` (U-5) if it is deleted."""
    if batch.source is None:
        raise RuleViolation("U-5", _("The file is no longer stored. Upload it again."))
    return batch.source


def check_sheet(batch: ImportBatch, sheet: str) -> None:
    """Raise `RuleViolation` (U-5) if the workbook has no such sheet."""
    if sheet not in batch.sheets:
        names = ", ".join(f"«{name}»" for name in batch.sheets)
        message = _("The workbook has no such sheet. Its sheets are: %(names)s.") % {"names": names}
        raise RuleViolation("U-5", message, field="sheet")


def check_sheet_can_change(batch: ImportBatch) -> None:
    """Raise `RuleViolation` (U-5) if people of the list are registered, or the list is closed."""
    if batch.state not in OPEN_BATCHES:
        raise RuleViolation(
            "U-5", _("The people on this list have been registered already; upload the file again for another sheet.")
        )


def check_columns_can_change(batch: ImportBatch) -> None:
    """Raise `RuleViolation` (U-5) once the list is undone or discarded."""
    if batch.state not in EDITABLE_BATCHES:
        raise RuleViolation("U-5", _("This list is closed. Upload the file again."))


def check_has_name(fields: Iterable[str]) -> None:
    """Raise `RuleViolation` (U-5a) if no column contains the name; `fields` are the meanings of the columns."""
    named = set(fields)
    if not ("full_name" in named or {"surname", "given_name"} <= named):
        raise RuleViolation(
            "U-5a", _("No column contains the name. Choose one: the full name, or surname and given name.")
        )


def check_cells(batch: ImportBatch, ids: Iterable[int | None]) -> None:
    """Raise `RuleViolation` (V-H1) unless all are ids of cells of the organisation; None means no cell."""
    own = {cell.pk for cell in cells_of(batch.organization)}
    if not {pk for pk in ids if pk is not None} <= own:
        raise RuleViolation("V-H1", _("Choose a primary cell of this organisation."), field="cell")


def check_not_registered(row: ImportRow) -> None:
    """Raise `RuleViolation` (U-5) if the person of the row is already registered, because then the card is changed
    instead.
    """
    if row.verdict == RowVerdict.DONE:
        raise RuleViolation("U-5", _("This person is registered already. Change the card itself."))


def check_rows_are_ready(rows: Sequence[ImportRow]) -> None:
    """Raise `RuleViolation` (U-5) if there is nobody to register."""
    if not rows:
        raise RuleViolation("U-5", _("There is no row from which a person can be registered. Correct the rows first."))


def check_can_be_finished(batch: ImportBatch, left: Sequence[ImportRow]) -> None:
    """Raise `RuleViolation` (U-5) unless some people of the list are registered and rows remain."""
    if not batch.is_applied or not left:
        raise RuleViolation("U-5", _("Nothing is left over on this list."))


def check_leads_to_cards(named: bool) -> None:
    """Raise `RuleViolation` (U-5) unless the rows of the file name their cards: people are never guessed."""
    if not named:
        message = _(
            "The column with the numbers of the cards is missing. Download the list of members, fill it in and load it "
            "with this column."
        )
        raise RuleViolation("U-5", message, field="file")


def check_changes_something(rows: Sequence[Any], most: int) -> None:
    """Raise `NothingDiffers` (U-5) if no card would change, `RuleViolation` (U-5) if more than `most` would."""
    if not rows:
        raise NothingDiffers("U-5", _("Nothing differs from the cards."), field="file")
    if len(rows) > most:
        message = _("At most %(most)d cards are changed at once. Choose fewer.") % {"most": most}
        raise RuleViolation("U-5", message, field="file")


def check_chosen(rows: Sequence[CardUpdateRow]) -> None:
    """Raise `RuleViolation` (U-5) if no card is chosen."""
    if not rows:
        raise RuleViolation("U-5", _("No card is chosen. Tick the cards that should be changed."))


def check_still_there(blockers: Sequence[Any]) -> None:
    """Raise `Blocked` (U-5) with the cards on which the changed values were changed again."""
    if blockers:
        message = _("The change can no longer be undone, because something depends on it:")
        raise Blocked("U-5", message, list(blockers))


def what_rests_on(batch: CardUpdate, by: Actor) -> list[Any]:
    """Return a sentence for each card that left, or whose changed fields were changed again."""
    rows = CardUpdateRow.objects.filter(batch=batch, verdict=UpdateVerdict.DONE).order_by("number")
    members = Member.objects.visible_to(by).registered().filter(organization=batch.organization_id)
    found = members.select_related("identity", "health", "questionnaire").in_bulk([row.member_id for row in rows])
    blockers: list[Any] = []
    for row in rows:
        member = found.get(row.member_id or 0)
        if member is None:
            blockers.append(_("Row %(n)s: the card is no longer kept here.") % {"n": row.number})
        elif not _is_as_left(row, card_values(member)):
            blockers.append(_("%(name)s: the same field was changed again since.") % {"name": member.full_name})
    if len(blockers) > _MAX_NAMED:
        return [*blockers[:_MAX_NAMED], _("… and more such cards.")]
    return blockers


def _is_as_left(row: CardUpdateRow, card: Mapping[str, Any]) -> bool:
    wanted = {name: decode(told["after"]) for name, told in row.changes.items()}
    return all(card[name] == value or (is_empty(card[name]) and is_empty(value)) for name, value in wanted.items())
