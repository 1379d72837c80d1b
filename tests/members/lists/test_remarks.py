"""The workbook of remarks contains the corrections made on the screen, and it can be corrected and loaded again to the
last row (U-5).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from members.lists import batches
from members.lists.enums import RowVerdict
from members.lists.loading import REMARKS
from members.lists.models import ImportBatch, ImportRow
from members.lists.remarks import remarks_workbook
from members.lists.verdicts import kinds_asked
from members.lists.views.rows import field_label
from members.people.models import Member
from registry import integrity
from tests.members.lists.test_batches import codes, load, load_file, registered, sheet
from tests.members.places import Place, union, voi

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def workbook(batch: ImportBatch) -> tuple[openpyxl.Workbook, Worksheet]:
    """Return the waiting rows, as the chair downloads them."""
    batch.refresh_from_db()
    rows = ImportRow.objects.filter(batch=batch).exclude(verdict__in=[RowVerdict.DONE, RowVerdict.SKIPPED])
    book = openpyxl.load_workbook(io.BytesIO(remarks_workbook(batch, list(rows.order_by("number")), field_label)))
    return book, book.active  # type: ignore[return-value]


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lines(page: Worksheet) -> list[dict[str, Any]]:
    """Return the rows of the workbook by its headings."""
    headings, *rows = page.iter_rows(values_only=True)
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows]


def correct(batch: ImportBatch, number: int, place: Place, **texts: str) -> ImportRow:
    """Correct a row as on the screen, where the form sends every text that it shows."""
    row = ImportRow.objects.get(batch=batch, number=number)
    return batches.correct_row(row.pk, values={**batches.row_texts(row), **texts}, accepted=True, by=place.chair)


def values(batch: ImportBatch) -> list[dict[str, Any]]:
    return [row.person for row in ImportRow.objects.filter(batch=batch).order_by("number")]


def test_u_5_correcting_one_part_of_an_unreadable_name_keeps_the_others() -> None:
    place = union()
    batch = load(place, sheet(("Петров П. Ильич", "01.02.1980", "м", ""), ("Ким Лев1 Львович", "02.02.1980", "м", "")))
    first, second = correct(batch, 2, place, given_name="Пётр"), correct(batch, 3, place, given_name="Лев")
    parts = ("surname", "given_name", "patronymic")
    assert [[row.person.get(part) for part in parts] for row in (first, second)] == [
        ["Петров", "Пётр", "Ильич"],
        ["Ким", "Лев", "Львович"],
    ]
    assert [row.verdict for row in (first, second)] == [RowVerdict.READY] * 2


def test_u_5_the_workbook_holds_what_was_corrected_on_the_screen_marks_it_and_loads_again_the_same() -> None:
    place = union()
    rows = (
        ("Петров П. Ильич", "99.02.1980", "м", "завуч"),
        ("Ким Лев Львович", "02.02.1980", "м", ""),
        ("Ом Ян Ильич, 03.04.1961", None, "м", "сторож"),
    )
    batch = load(place, sheet(*rows), registered_on=dt.date(2020, 5, 4))
    correct(batch, 2, place, given_name="Пётр", birth_date="09.02.1980", position="")
    correct(batch, 3, place, email="kim@example.org")
    correct(batch, 4, place, surname="Омов")
    book, page = workbook(batch)
    first, second, third = lines(page)
    assert (first["ФИО"], first["Дата рождения"], first["Должность"]) == ("Петров Пётр Ильич", "09.02.1980", None)
    assert first[REMARKS].splitlines()[0] == "Исправлено на экране: Фамилия, Имя, Отчество, Дата рождения, Должность"
    assert (second["ФИО"], second["Электронная почта"]) == ("Ким Лев Львович", "kim@example.org")
    assert (third["ФИО"], third["Дата рождения"]) == ("Омов Ян Ильич", "03.04.1961")
    assert {line["Дата постановки на учёт"] for line in (first, second, third)} == {"04.05.2020"}
    # The first row has no cell for its number in the list, so the name comes first.
    colours = [cell.fill.fgColor.rgb for cell in page[2][:4]]
    assert [colour == "FFE3F1E6" for colour in colours] == [True, True, False, True]
    before = values(batch)
    again = load(place, saved(book))
    assert values(again) == before
    # Once more with the workbook of the loaded workbook.
    assert values(load(place, saved(workbook(again)[0]))) == before


def test_u_5_a_chosen_column_applies_to_the_workbook_of_remarks_too() -> None:
    place = union()
    data = sheet(("Ким Лев Львович", "02.02.1980", "м", "физика"), headings=("ФИО", "Дата рождения", "Пол", "Прочее"))
    batch = batches.upload_list(organization=place.keeper, data=data, name="a.xlsx", by=place.chair)
    mapping = {**batch.mapping, "3": "speciality"}
    batch = batches.set_columns(batch.pk, mapping=mapping, defaults={}, by=place.chair)
    correct(batch, 2, place, email="kim@example.org")
    again = load(place, saved(workbook(batch)[0]))
    assert (again.mapping["3"], values(again)) == ("speciality", values(batch))
    # Columns after the remarks do not belong to the list.
    assert load(place, data, "b.xlsx").mapping == mapping


def mended(heading: str, told: str) -> dict[str, str | None]:
    """Return what the chair writes into the cell with this heading because of the remarks on its row."""
    if "вступ" in heading.lower() and ("вступлени" in told.lower() or "вступил" in told.lower()):
        return {heading: "2020"}
    if "снилс" in heading.lower() and "СНИЛС" in told:
        return {heading: None}
    return {heading: "01.02.1980"} if "рожд" in heading.lower() and "обязательное" in told else {}


@pytest.mark.parametrize(
    ("name", "kind", "repeats"),
    [("school_union_list.xlsx", union, 2), ("old_cell_list.xls", voi, 0), ("voi_local_list_cp1251.csv", voi, 0)],
)
def test_u_5_a_list_corrected_in_the_workbook_of_remarks_is_registered_completely(
    name: str, kind: Callable[[], Place], repeats: int
) -> None:
    place = kind()
    batch = load_file(place, name)
    rows = batch.counts["rows"]
    batches.accept(batch.pk, None, by=place.chair)
    batches.apply_batch(batch.pk, by=place.chair)
    before = registered()
    book, page = workbook(batch)
    headings = [str(one.value) for one in page[1]]
    for at, line in enumerate(lines(page), start=2):
        for column, heading in enumerate(headings, start=1):
            for text in mended(heading, str(line[REMARKS])).values():
                page.cell(at, column).value = text
    again = load(place, saved(book), "corrected.xlsx")
    assert again.counts["rows"] == rows - before
    wrong = ImportRow.objects.filter(batch=again, verdict=RowVerdict.WRONG).order_by("number")
    assert [(row.number, codes(again, row.number)) for row in wrong[repeats:]] == []
    batches.accept(again.pk, kinds_asked(again.pk, by=place.chair), by=place.chair)
    batches.apply_batch(again.pk, by=place.chair)
    assert (registered(), Member.objects.count()) == (rows - repeats, rows - repeats)
    assert {title: found for title, found in integrity.run() if found} == {}
