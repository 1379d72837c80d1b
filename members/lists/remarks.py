"""The workbook of remarks: rows of a list with remarks, to be corrected and uploaded again (U-5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from members.people.rules.person import cell_names
from registry.organizations.models import Organization
from registry.spreadsheets.writing import Workbook

from . import answers
from .batches import birth_date_from_name, cell_key, issues_of, row_texts, texts_of
from .loading import REMARKS, own_columns
from .models import ImportBatch, ImportRow, decode
from .reading.fields import FIELDS, IGNORE
from .reading.issues import Issue, Kind
from .reading.source import as_text
from .verdicts import answers_of, looked_at

#: Background colour of cells corrected on the screen.
_OURS = "#e3f1e6"
_NAMES = dict.fromkeys(("surname", "given_name", "patronymic"))
Label = Callable[[str, Organization], str]


def remarks_workbook(batch: ImportBatch, rows: Sequence[ImportRow], label: Label) -> bytes:
    """Return the file's columns with all corrections, and the remarks on each row; no cell is a formula.

    Corrected cells are coloured and listed in the remarks, struck-through cells stay so, and a hidden column contains
    the answers, so that nothing is lost when the workbook is uploaded again.
    """
    own = own_columns(batch.headings)
    cells = dict(cell_names(batch.organization))
    told = [_Told(row, batch, own, cells) for row in rows]
    added = list(dict.fromkeys(name for one in told for name in one.added))
    # Numbers that may be dates keep their meaning in the file.
    since_1904 = any(one.row.look.get("since_1904") for one in told)
    with Workbook(in_memory=True, date_1904=since_1904) as book:
        styles = _Styles(book.book)
        wrap, ours = styles(), styles(bg_color=_OURS)
        tones = {Kind.ERROR: styles(bg_color="#fde8e6"), Kind.WARNING: styles(bg_color="#fdf3dc")}
        page = book.add_page(_("List"), [], frozen=1)
        page.set_column(0, own, 18)
        page.set_column(own, own, 80)
        with override("ru"):
            page.write_row(
                0, 0, [*batch.headings[:own], REMARKS, *(str(FIELDS[name].label) for name in added)], book.bold
            )
        if any(one.answers for one in told):
            last = own + 1 + len(added)
            page.write_string(0, last, answers.COLUMN, book.bold)
            page.write_column(1, last, [one.answers for one in told])
            page.set_column(last, last, None, None, {"hidden": True})
        for at, one in enumerate(told, start=1):
            for column, value in enumerate(one.cells):
                changed = column in one.changed
                look = {"font_strikeout": True} if column in one.struck else {}
                if isinstance(value, int | float) and not isinstance(value, bool):
                    # Numbers stay numbers, because lost zeros and dates are recognised from them again.
                    whole = {"num_format": "0", "align": "left", "text_wrap": False} if isinstance(value, int) else {}
                    page.write_number(at, column, value, styles(**look, **whole))
                elif text := as_text(value):
                    page.write_string(at, column, text, styles(**look, **({"bg_color": _OURS} if changed else {})))
                elif changed:
                    page.write_blank(at, column, None, ours)
            for name, text in one.added.items():
                page.write_string(at, own + 1 + added.index(name), text, ours)
            issues = issues_of(one.row)
            lines = [_line(issue, batch, label, one.looked_at) for issue in issues]
            if one.corrected:
                names = ", ".join(filter(None, (label(name, batch.organization) for name in one.corrected)))
                lines.insert(0, _("Corrected on the screen: %(fields)s") % {"fields": names})
            tone = next((tones[issue.kind] for issue in issues if issue.kind in tones), wrap)
            page.write_string(at, own, "\n".join(lines), tone)
    return book.data


class _Styles:
    """Cell formats, each created once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"text_wrap": True, "valign": "top", **look})
        return self._made[key]


class _Told:
    """A row of the workbook: cells with corrections, and values that have no column in the file."""

    def __init__(self, row: ImportRow, batch: ImportBatch, own: int, cells: Mapping[int, str]) -> None:
        self.row = row
        self.cells = [decode(cell) for cell in row.cells[:own]]
        self.struck = set(row.look.get("struck", []))
        self.looked_at = looked_at(row, batch.accepted)
        self.answers = answers.packed_answers(row, answers_of(row, batch.accepted), batch.organization)
        self.changed: set[int] = set()
        self.added: dict[str, str] = {}
        self.columns: dict[str, list[int]] = {}
        for index, name in sorted((int(index), name) for index, name in batch.mapping.items()):
            if index < own:
                self.columns.setdefault(name, []).append(index)
            elif name != IGNORE and index < len(row.cells) and (text := as_text(decode(row.cells[index]))):
                # The list was itself a workbook of remarks.
                self.added[name] = text
        texts = texts_of(row)
        self.corrected = sorted(texts, key=list(FIELDS).index)
        if "full_name" in self.columns and texts.keys() & _NAMES.keys():
            shown = row_texts(row, batch)
            texts = {name: text for name, text in texts.items() if name not in _NAMES}
            texts["full_name"] = " ".join(filter(None, (shown.get(name, "").strip() for name in _NAMES)))
            if birth := birth_date_from_name(row, {int(index): name for index, name in batch.mapping.items()}):
                texts.setdefault("birth_date", birth)
        for name, text in {**self._for_all(batch, cells), **texts}.items():
            self._set_text(name, text)

    def _for_all(self, batch: ImportBatch, cells: Mapping[int, str]) -> dict[str, str]:
        """Return default values for fields that the row lacks, and the cell meant by its name."""
        shown, told = row_texts(self.row, batch), {}
        for name, value in batch.defaults.items():
            if not shown.get(name):
                told[name] = cells.get(decode(value), "") if name == "cell" else as_text(decode(value))
        key = cell_key(shown.get("cell", ""))
        if key in batch.cells:
            told["cell"] = cells.get(batch.cells[key] or 0, "")
        return told

    def _set_text(self, name: str, text: str) -> None:
        columns = self.columns.get(name)
        if columns is None:
            self.added[name] = text
            return
        # Several columns of one field are joined when read, so the text goes into the first.
        for column in columns:
            self.cells += [None] * (column + 1 - len(self.cells))
            self.cells[column] = text if column == columns[0] else None
            self.changed.add(column)


def _line(issue: Issue, batch: ImportBatch, label: Label, looked_at: Sequence[Issue]) -> str:
    name = label(issue.field, batch.organization)
    line = f"{name}: {issue.message}" if name else issue.message
    return _("%(remark)s (looked at)") % {"remark": line} if issue in looked_at else line
