"""The list of members registered on a day, on paper (V-B7)."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from pypdf import PdfReader

from documents.papers import state_on_day
from documents.printing.fitting import pages_of
from documents.printing.russian import people_in_words
from members.book.models import BookLine
from registry.organizations.models import Organization
from tests.documents import samples
from tests.documents.papers.test_unit_papers import line
from tests.documents.pdfs import texts_of, words
from tests.members import places

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = dt.date(2025, 1, 1)
FIRST, ROWS, ENDING, *_measures = state_on_day.LAYOUT


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


def printed(place: Organization, lines: list[BookLine], *, units: bool = False) -> bytes:
    batch = samples.batch_of(place)
    return state_on_day.render_state(state_on_day.build(place, DAY, lines, units=units, batch=batch), batch)


def count_of_pages(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def test_v_b7_the_list_has_its_title_numbered_names_count_and_numbered_pages(voi: places.Place) -> None:
    found = texts_of(printed(voi.keeper, [line(voi.keeper, number) for number in range(1, FIRST + ROWS + 2)]))
    assert [text.rsplit(" ", 3)[1:] for text in found] == [[str(n), "из", "3"] for n in (1, 2, 3)]
    assert "СПИСОК ЧЛЕНОВ ВОИ, состоящих на учёте на 01.01.2025 " in found[0]
    assert f"1 Иванов Пётр 1 {1:07} 01.05.2015" in found[0]
    last = FIRST + ROWS + 1
    assert f"{last} Иванов Пётр {last}" in found[2]
    assert f"Всего состояло на учёте: {people_in_words(last)}." in found[2]
    assert ["Всего состояло" in text for text in found] == [False, False, True]


@pytest.mark.parametrize(
    ("count", "rows"),
    [
        (0, [0]),
        (1, [1]),
        (FIRST - ENDING, [FIRST - ENDING]),
        (FIRST - ENDING + 1, [FIRST - ENDING, 1]),
        (FIRST, [FIRST - 1, 1]),
        (FIRST + 1, [FIRST, 1]),
        (FIRST + ROWS - ENDING, [FIRST, ROWS - ENDING]),
        (FIRST + ROWS - ENDING + 1, [FIRST, ROWS - ENDING, 1]),
        (FIRST + ROWS, [FIRST, ROWS - 1, 1]),
    ],
)
def test_v_b7_the_count_is_never_alone_on_a_page(count: int, rows: list[int]) -> None:
    assert [len(part) for part in pages_of([1] * count, first=FIRST, others=ROWS, ending=ENDING)] == rows


def fullest(taken: int) -> list[int]:
    """Return numbers of lines: none, those that just fit one page, and those that fill a first, a middle and a last
    page, if each line takes `taken` rows.
    """
    single, first, middle, last = (room // taken for room in (FIRST - ENDING, FIRST, ROWS, ROWS - ENDING))
    return [0, single, first + middle + last]


@pytest.mark.parametrize("units", [False, True])
@pytest.mark.parametrize("longest", [False, True])
def test_v_b7_the_list_takes_the_expected_number_of_pages(voi: places.Place, longest: bool, units: bool) -> None:
    # The longest line takes six rows with the column of units, otherwise four.
    taken = (6 if units else 4) if longest else 1
    long = {"full_name": "Щ" * 302, "ticket_number": "Щ" * 20, "left_on": DAY} if longest else {}
    if longest:
        Organization.objects.filter(pk=voi.cells[0].pk).update(short_name="Щ" * 200)
        voi.cells[0].refresh_from_db()
    lines = [[line(voi.cells[0], number, **long) for number in range(count)] for count in fullest(taken)]
    pdfs = [printed(voi.region, part, units=units) for part in lines]
    assert list(map(count_of_pages, pdfs)) == [1, 1, 3]
    # The margin of 15 mm contains only «1 из 3».
    in_margin = [word.text for pdf in pdfs for word in words(pdf) if word.bottom < 42]
    assert [text for text in in_margin if not (text.isdigit() or text == "из")] == []
    more = [taken] * (fullest(taken)[-1] + 1)
    assert len(pages_of(more, first=FIRST, others=ROWS, ending=ENDING)) == 4


def test_v_b7_long_lines_leave_room_for_the_ending() -> None:
    parts = pages_of([1, 4, 4, 1] * 10, first=FIRST, others=ROWS, ending=ENDING)
    assert [sum(([1, 4, 4, 1] * 10)[part.start : part.stop]) for part in parts] == [25, 30, 30, 15]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 (один) человек"),
        (22, "22 (двадцать два) человека"),
        (111, "111 (сто одиннадцать) человек"),
        (15_002, "15\N{NO-BREAK SPACE}002 (пятнадцать тысяч два) человека"),
    ],
)
def test_v_b7_people_are_counted_in_words(count: int, words: str) -> None:
    assert people_in_words(count) == words
