"""What each step of the import of a list requires (U-5, V-H1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _

from members.people.rules.person import cells_of
from registry.errors import RuleViolation
from registry.files.models import StoredFile

from .enums import EDITABLE_BATCHES, OPEN_BATCHES, RowVerdict
from .models import ImportBatch, ImportRow


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
    """Raise `RuleViolation` (U-5) once the list is taken back or discarded."""
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
    """Raise `RuleViolation` (V-H1) unless all are ids of cells of the organisation; None stands for no cell."""
    own = {cell.pk for cell in cells_of(batch.organization)}
    if not {pk for pk in ids if pk is not None} <= own:
        raise RuleViolation("V-H1", _("Choose a primary cell of this organisation."), field="cell")


def check_not_registered(row: ImportRow) -> None:
    """Raise `RuleViolation` (U-5) if the person of the row is registered: the card is changed instead."""
    if row.verdict == RowVerdict.DONE:
        raise RuleViolation("U-5", _("This person is registered already. Change the card itself."))


def check_rows_are_ready(rows: Sequence[ImportRow]) -> None:
    """Raise `RuleViolation` (U-5) if there is nobody to register."""
    if not rows:
        raise RuleViolation("U-5", _("There is no row from which a person can be registered. Correct the rows first."))


def check_can_be_finished(batch: ImportBatch, left: Sequence[ImportRow]) -> None:
    """Raise `RuleViolation` (U-5) unless people of the list are registered and rows are left over."""
    if not batch.is_applied or not left:
        raise RuleViolation("U-5", _("Nothing is left over on this list."))
