"""Answers about a list are kept when its corrected workbook of remarks is uploaded (U-5, N-A1)."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from openpyxl.worksheet.worksheet import Worksheet

from members.lists import answers, batches
from members.lists.enums import RowVerdict
from members.lists.loading import REMARKS
from members.lists.models import ImportBatch, ImportRow
from registry.journal.models import Event
from tests.members.lists.test_batches import codes, load, row_of, sheet, verdicts
from tests.members.lists.test_remarks import correct, saved, workbook
from tests.members.places import Place, signed_in, union

pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: A sex guessed from the name, a two-digit year, an error; rows 2 to 4 of the list.
ROWS = (
    ("Иванова Анна", "01.02.1980", "", "завуч"),
    ("Ким Лев Львович", "02.02.80", "м", "физик"),
    ("Петров П. Ильич", "03.02.1980", "м", "химик"),
)


@pytest.fixture
def place() -> Place:
    return union()


def column(page: Worksheet, heading: str) -> int:
    return next(cell.column for cell in page[1] if cell.value == heading)


def settled(place: Place) -> tuple[openpyxl.Workbook, Worksheet]:
    """Return the workbook after row 2 was settled by itself, and row 3 together with its kind of remark."""
    batch = load(place, sheet(*ROWS))
    assert [codes(batch, n) for n in (2, 3)] == [["no_patronymic", "female_by_name"], ["date_two_digits"]]
    correct(batch, 2, place)
    batches.accept(batch.pk, ["birth_date:date_two_digits"], by=place.chair)
    return workbook(batch)


def states(batch: ImportBatch) -> list[str]:
    return [row.verdict for row in ImportRow.objects.filter(batch=batch).order_by("number")]


def carried(batch: ImportBatch) -> list[list[str]]:
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    return [[issue.code for issue in batches.issues_of(row) if issue.carried] for row in rows]


def test_u_5_an_unchanged_row_keeps_its_earlier_answers(place: Place) -> None:
    book, page = settled(place)
    page.cell(4, 1).value = "Петров Пётр Ильич"
    again = load(place, saved(book))
    assert states(again) == [RowVerdict.READY] * 3
    assert carried(again) == [["female_by_name"], ["date_two_digits"], []]
    # The same holds for the workbook of that list.
    assert carried(load(place, saved(workbook(again)[0]))) == carried(again)
    assert again.headings == ["ФИО", "Дата рождения", "Пол", "Должность", REMARKS]
    assert sorted(again.samples) == ["0", "1", "2", "3", "4", batches.DROPPED]


def test_u_5_the_workbook_says_what_was_looked_at_and_hides_the_column_of_answers(place: Place) -> None:
    _book, page = settled(place)
    remarks = [str(page.cell(at, column(page, REMARKS)).value) for at in (2, 3, 4)]
    assert [line.endswith("(просмотрено)") for text in remarks for line in text.splitlines()] == [
        False, True, True, False,
    ]  # fmt: skip
    last = column(page, answers.COLUMN)
    letter = openpyxl.utils.get_column_letter(last)
    assert (page.column_dimensions[letter].hidden, page.cell(4, last).value) == (True, None)
    assert "Иванова" not in str(page.cell(2, last).value)


def test_u_5_a_row_whose_questioned_value_changed_is_asked_again(place: Place) -> None:
    book, page = settled(place)
    page.cell(2, 1).value = "Иванова Ольга"
    page.cell(3, 2).value = "02.03.80"
    again = load(place, saved(book))
    assert (states(again)[:2], carried(again)) == ([RowVerdict.UNSURE] * 2, [[], [], []])


def test_u_5_a_change_of_another_value_keeps_the_answer(place: Place) -> None:
    book, page = settled(place)
    page.cell(2, 4).value = "директор"
    page.cell(3, 1).value = "Кимов Лев Львович"
    assert states(load(place, saved(book)))[:2] == [RowVerdict.READY] * 2


def test_u_5_answers_that_are_repeated_changed_or_foreign_are_ignored(place: Place) -> None:
    book, page = settled(place)
    last = column(page, answers.COLUMN)
    token = str(page.cell(3, last).value)
    other = union()
    assert states(load(other, saved(book)))[:2] == [RowVerdict.UNSURE] * 2
    page.cell(4, last).value = token
    again = load(place, saved(book))
    assert (states(again)[:2], carried(again)[1:]) == ([RowVerdict.READY, RowVerdict.UNSURE], [[], []])
    page.cell(4, last).value = None
    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), "готово", "1", '["birth_date:date_two_digits"]'):
        page.cell(3, last).value = forged
        again = load(place, saved(book))
        assert (forged, states(again)[1], carried(again)[1]) == (forged, RowVerdict.UNSURE, [])


def test_n_a1_another_person_is_remembered_until_another_twin_appears(place: Place) -> None:
    twin = {"surname": "Ким", "given_name": "Лев", "patronymic": "Львович", "birth_date": "1980-02-02"}
    mate = place.put(**{**twin, "birth_date": None}, snils="", ticket_number="T-1")
    batch = load(place, sheet(*ROWS))
    row = row_of(batch, 3)
    assert row.verdict == RowVerdict.DUPLICATE
    batches.correct_row(row.pk, values={}, accepted=True, confirm_duplicate=True, by=place.chair)
    book, _page = workbook(batch)
    again = load(place, saved(book))
    assert (row_of(again, 3).verdict, carried(again)[1]) == (RowVerdict.READY, ["on_account", "date_two_digits"])
    assert row_of(again, 3).person["confirmed_duplicate"]
    mate.refresh_from_db()
    place.put(**{**twin, "birth_date": None}, snils="", ticket_number="T-2", confirmed_duplicate=True)
    again = load(place, saved(book))
    assert (row_of(again, 3).verdict, carried(again)[1]) == (RowVerdict.DUPLICATE, ["date_two_digits"])


def test_u_5_answers_that_came_with_the_workbook_are_shown_and_taken_back(place: Place) -> None:
    book, _page = settled(place)
    again, chair = load(place, saved(book)), signed_in(place.chair)
    rows, told = reverse("imports:rows", args=[again.pk]), "отвечено раньше"
    # In the panel, in the total of the kind and beside the row, of two rows.
    assert chair.get(rows).content.decode().count(told) == 5
    first = row_of(again, 2)
    page = chair.get(reverse("imports:row", args=[again.pk, first.pk])).content.decode()
    back = reverse("imports:ask_again", args=[again.pk])
    assert (page.count(told), back in page) == (1, True)
    chair.post(back, {"row": first.pk})
    assert carried(again) == [[], ["date_two_digits"], []]
    chair.post(back)
    assert (carried(again), verdicts(again)) == ([[], [], []], {"unsure": 2, "wrong": 1})
    events = Event.objects.filter(action="import.answers_taken_back").order_by("pk")
    assert [event.facts["rows"] for event in events] == [1, 1]
    assert told not in chair.get(rows).content.decode()


def test_u_5_the_answers_on_a_long_list_are_taken_back_and_a_job_checks_it(
    place: Place, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, _page = settled(place)
    again = load(place, saved(book))
    monkeypatch.setattr(batches, "MAX_ROWS_AT_ONCE", 2)
    answer = signed_in(place.chair).post(reverse("imports:ask_again", args=[again.pk]))
    assert (answer.status_code, carried(again)) == (302, [["female_by_name"], ["date_two_digits"], []])
    run_jobs()
    assert (carried(again), verdicts(again)) == ([[], [], []], {"unsure": 2, "wrong": 1})
