"""Struck-out or hidden values in a list are not read like ordinary values (U-5, V-B10)."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl.styles import Font

from members.lists import batches
from members.lists.enums import RowVerdict
from members.lists.models import ImportRow
from members.lists.verdicts import kinds_asked
from registry.spreadsheets.files import read_sheets
from tests.members.lists.test_batches import HEADINGS, codes, load, row_of, sheet, verdicts
from tests.members.lists.test_remarks import correct, lines, saved, workbook
from tests.members.places import Place, signed_in, union

pytestmark = pytest.mark.django_db
STRUCK = Font(strike=True)
PEOPLE = ("Ким Лев Львович", "Ом Ян Ильич", "Ли Инна Ильинична", "Юн Ева Львовна")


def drawn(*, struck: dict[str, int] | None = None, rows: tuple[int, ...] = (), columns: str = "") -> bytes:
    """Return a list of four people. `struck` is the number of struck-out cells in rows, by the first cell."""
    book = openpyxl.Workbook()
    page: Any = book.active
    page.append(HEADINGS)
    for at, name in enumerate(PEOPLE, start=1):
        page.append((name, f"0{at}.02.1980", "м" if at < 3 else "ж", "завуч"))
    for place, count in (struck or {}).items():
        for more in range(count):
            page.cell(page[place].row, page[place].column + more).font = STRUCK
    for number in rows:
        page.row_dimensions[number].hidden = True
    for letter in columns:
        page.column_dimensions[letter].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def place() -> Place:
    return union()


def test_u_5_strikethrough_and_hiding_are_read_with_rows_and_columns() -> None:
    (found,) = read_sheets(drawn(struck={"A2": 4, "D4": 1}, rows=(3, 4), columns="CD"))
    assert [(row.number, row.struck, row.hidden) for row in found.rows] == [
        (1, (), False), (2, (0, 1, 2, 3), False), (3, (), True), (4, (3,), True), (5, (), False),
    ]  # fmt: skip
    assert found.hidden == {2, 3}


def test_v_b10_rows_struck_through_are_decided_one_by_one(place: Place) -> None:
    batch = load(place, drawn(struck={"A2": 4, "A3": 1, "D4": 1}))
    assert [codes(batch, n) for n in (2, 3, 4, 5)] == [["struck_out"], ["struck_out"], ["struck_value"], []]
    batches.accept(batch.pk, kinds_asked(batch.pk, by=place.chair), by=place.chair)
    assert verdicts(batch) == {"unsure": 2, "ready": 2}
    # A corrected name still belongs to a row that was struck out.
    assert correct(batch, 3, place, surname="Омов").verdict == RowVerdict.READY
    assert codes(batch, 3) == ["struck_out"]
    first = row_of(batch)
    batches.correct_row(first.pk, values={}, skip=True, by=place.chair)
    assert verdicts(batch) == {"skipped": 1, "ready": 3}


def test_u_5_hidden_rows_are_confirmed_together(place: Place) -> None:
    batch = load(place, drawn(rows=(3, 5)))
    assert [codes(batch, n) for n in (2, 3, 4, 5)] == [[], ["row_hidden"], [], ["row_hidden"]]
    assert verdicts(batch) == {"unsure": 2, "ready": 2}
    batches.accept(batch.pk, [":row_hidden"], by=place.chair)
    assert verdicts(batch) == {"ready": 4}


def test_u_5_the_workbook_of_remarks_does_not_lose_what_was_struck_or_hidden(place: Place) -> None:
    book, page = workbook(load(place, drawn(struck={"A2": 4, "A4": 1}, rows=(3,))))
    assert [bool(page.cell(at, 1).font.strike) for at in (2, 3, 4, 5)] == [True, False, True, False]
    assert page.row_dimensions[3].hidden is False
    page.cell(4, 1).font = Font()
    again = load(place, saved(book))
    # The chair has removed the strike-out from one of them.
    assert [codes(again, n) for n in (2, 3, 4, 5)] == [["struck_out"], ["row_hidden"], [], []]
    assert [one["ФИО"] for one in lines(page)] == list(PEOPLE)


def test_u_5_the_recorded_look_is_deleted_once_the_people_are_registered(place: Place) -> None:
    batch = load(place, drawn(struck={"D2": 1}, rows=(3,)))
    batches.accept(batch.pk, kinds_asked(batch.pk, by=place.chair), by=place.chair)
    batches.apply_batch(batch.pk, by=place.chair)
    assert {(str(row.look), str(row.carried)) for row in ImportRow.objects.all()} == {("{}", "[]")}


def test_u_5_a_hidden_column_is_shown_as_such(place: Place) -> None:
    batch = batches.upload_list(organization=place.keeper, data=drawn(columns="CD"), name="a.xlsx", by=place.chair)
    page = signed_in(place.chair).get(reverse("imports:columns", args=[batch.pk])).content.decode()
    assert page.count("скрыт в файле") == 2


def test_u_5_an_outdated_passport_is_reported_and_the_row_is_registered(place: Place) -> None:
    day = timezone.localdate()
    born, issued = (f"{day.replace(year=day.year - years, day=1):%d.%m.%Y}" for years in (46, 25))
    row = ("Ким Лев Львович", born, "м", "4508 123456", issued)
    headings = ("ФИО", "Дата рождения", "Пол", "Паспорт", "Дата выдачи паспорта")
    batch = load(place, sheet(row, headings=headings))
    assert (codes(batch, 2), verdicts(batch)) == (["passport_outlived"], {"ready": 1})
    told = "Паспорт подлежал замене в 45 лет. Попросите новый; постановке на учёт это не мешает."
    assert [issue.message for issue in batches.issues_of(row_of(batch))] == [told]
    batches.apply_batch(batch.pk, by=place.chair)
    assert verdicts(batch) == {"done": 1}
