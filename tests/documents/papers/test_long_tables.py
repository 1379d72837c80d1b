"""Long tables of acts and reports are on separate pages, each with the headings, and no row is missing (V-C5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from django.utils import timezone

from documents.papers import blank_destruction_act, destruction, reconciliation_report, write_off_act
from documents.papers.list_pages import LIST, MAX_FLOWING, parts_of
from documents.printing.core import Batch, Paper, render
from documents.tickets.models import BlankPaper
from documents.tickets.queries.printed import WrittenOff
from documents.tickets.ranges import NumberRange
from members.movement.models import DestructionRecord
from members.people.models import Member
from members.reconciliation.models import ChangeProposal, Reconciliation
from tests.documents.pdfs import texts_of
from tests.documents.samples import batch_of
from tests.documents.validity import check_accessible
from tests.members import places

pytestmark = [pytest.mark.django_db, pytest.mark.once]
Printed = tuple[Paper, Sequence[Mapping[str, Any]], Batch]
TODAY = timezone.localdate()
COLUMNS = (("number", 20, "n"), ("name", 60, ""))


def records(paper: Paper, count: int) -> Printed:
    organization = places.voi().keeper
    batch = batch_of(organization)
    found = [
        DestructionRecord(
            organization=organization, number=7000 + number, member_number=number, reason="истёк срок хранения",
            method="удаление", system="реестр", destroyed_by="Иванова А. П.", destroyed_at=timezone.now(),
            categories=["фамилия"], counts={"records": 12, "files": 3}, keep_until=TODAY,
        )
        for number in range(count)
    ]  # fmt: skip
    return paper, paper.build(found, batch), batch


def changes(count: int) -> Printed:
    place = places.voi()
    unit = place.cells[0]
    unit.parent = place.keeper
    found = Reconciliation(unit=unit, year=2025, state="reported", reported_at=timezone.now())
    proposals = [
        ChangeProposal(member=Member(surname=f"Имя{7000 + number}", given_name="А"), field="workplace", after="Завод")
        for number in range(count)
    ]
    figures = dict.fromkeys(("new_year", "arrived", "left", "by_book", "questionnaires", "changed"), 7)
    batch = batch_of(unit)
    return reconciliation_report.REPORT, reconciliation_report.build(found, figures, proposals, None, batch), batch


def written_off(paper: Paper, count: int) -> Printed:
    """Return an act about blanks, each lost by a different member."""
    organization = places.voi().keeper
    batch = batch_of(organization)
    kind = "destruction" if paper == blank_destruction_act.ACT else "lost"
    made = BlankPaper.objects.create(
        organization=organization, kind=kind, blank="ticket", state="posted", made_on=TODAY, number="5",
        signed_by=["Иванова А. П.", "Петрова И. И."],
    )  # fmt: skip
    rows = [WrittenOff(NumberRange("", 7000 + at, 7000 + at, 7), f"Имя {at}", "утрачен") for at in range(count)]
    with pytest.MonkeyPatch.context() as moment:
        for module in (write_off_act, blank_destruction_act):
            moment.setattr(module, "written_off", lambda _paper: rows)
        return paper, paper.build(made, batch), batch


@pytest.mark.parametrize(
    ("printed", "head", "ending"),
    [
        (lambda count: records(destruction.ACT, count), "Причина уничтожения", "Председатель"),
        (lambda count: records(destruction.EXTRACT, count), "Причина уничтожения", "Хранить вместе с актом"),
        (lambda count: written_off(write_off_act.ACT, count), "Причина, обстоятельства", "Всего утрачено: 65"),
        (lambda count: written_off(blank_destruction_act.ACT, count), "Примечание", "Всего уничтожено: 65"),
        (changes, "Реквизит", "Отметка коллегиального органа"),
    ],
)
def test_a_long_table_has_its_heads_and_rows_on_pages_of_their_own(printed: Any, head: str, ending: str) -> None:
    count = MAX_FLOWING + 15
    pdf = render(*printed(count))
    check_accessible(pdf)
    first, *texts = texts_of(pdf)
    rows = [sum(text.count(str(7000 + number)) for number in range(count)) for text in texts]
    with_rows = sum(map(bool, rows))
    assert (sum(rows), [found > 0 for found in rows[:with_rows]]) == (count, [True] * with_rows)
    assert (head in first, [head in text for text in texts[:with_rows]]) == (False, [True] * with_rows)
    # The text below the table follows it directly.
    assert (ending in texts[-1], len(texts) - with_rows) == (True, int(not rows[-1]))


def test_few_rows_stand_below_the_text() -> None:
    texts = texts_of(render(*records(destruction.ACT, 2)))
    assert (len(texts), "7000" in texts[0], "7001" in texts[0]) == (1, True, True)


@pytest.mark.parametrize(("count", "parts"), [(0, []), (50, []), (51, [30, 21]), (60, [30, 30]), (61, [30, 30, 1])])
def test_a_page_has_as_many_rows_as_it_has_room_for(count: int, parts: list[int]) -> None:
    found = parts_of([{"number": number, "name": "А"} for number in range(count)], COLUMNS, LIST)
    assert [len(part) for part in found] == parts
    numbers = [row["number"].lines for part in found for row in part]
    assert numbers == [((str(number),),) for number in range(count if parts else 0)]
    high = parts_of([{"number": number, "name": "слово " * 60} for number in range(51)], COLUMNS, LIST)
    assert len(high) > 3
