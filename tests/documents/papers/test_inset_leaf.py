"""Rows that do not fit into a table of the card are on an inset leaf; signatures keep their place (V-B2, V-B6)."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.papers import card_lines, member_card
from members.book.models import Registration
from members.people.models import CardEntry, Member
from registry import charters
from tests.documents import samples
from tests.documents.pdfs import texts_of
from tests.members import places

pytestmark = [pytest.mark.django_db, pytest.mark.once]
YEAR = timezone.localdate().year


def pay(place: places.Place, member: Member, year: int) -> None:
    """Insert a payment whose amount in roubles is the year."""
    samples.paid(place.keeper, member, YEAR, timezone.localdate(), Decimal(year))


def years_on(page: str) -> list[int]:
    return [int(year) for year in re.findall(r"(?<!\d)2 (0\d\d),00 руб\.", page)]


@pytest.mark.parametrize(("fees", "pages"), [(1, 2), (14, 2), (15, 3), (16, 3), (29, 3), (30, 4)])
def test_v_b6_further_years_go_on_on_a_leaf_and_the_signatures_stay(fees: int, pages: int) -> None:
    place = places.voi()
    member = place.put()
    for number in range(fees):
        pay(place, member, 2000 + number)
    client = places.signed_in(place.chair)
    printed = texts_of(client.post(reverse("documents:print_member", args=["member_card", member.pk])).content)
    assert len(printed) == pages
    assert years_on(printed[1]) == list(range(min(fees, 15)))
    assert "Дата заполнения" in printed[1]
    assert not any("Дата заполнения" in page for page in printed[2:])
    assert [year for page in printed[2:] for year in years_on(page)] == list(range(15, fees))
    if pages > 2:
        assert "ВКЛАДНОЙ ЛИСТ к карточке члена ВОИ" in printed[2]
        assert member.full_name in printed[2]
        assert " 16." in printed[2]
        assert " 15." not in printed[2]


def test_v_b2_a_new_line_of_the_leaf_is_printed_in_its_row() -> None:
    place = places.voi()
    member = place.put()
    for number in range(16):
        pay(place, member, 2000 + number)
    url = reverse("documents:print_member", args=["member_card", member.pk])
    client = places.signed_in(place.chair)
    client.post(url)
    pay(place, member, 2020)
    printed = texts_of(client.post(url, {"new_lines": "1"}).content)
    assert [years_on(page) for page in printed] == [[], [], [20]]


def test_v_b2_a_card_that_was_printed_without_a_leaf_is_printed_again() -> None:
    carried = {"facts": card_lines.digest([]), "room": {"fees": 16}, "fees": []}
    rooms = {"fees": 15}
    assert card_lines.additions({"fees": []}, carried, rooms, [], None).no_room is True
    carried["room"] = {"fees": 30}
    assert card_lines.additions({"fees": []}, carried, rooms, [], None).no_room is False


@pytest.mark.parametrize(
    ("kind", "count", "pages"), [("award", 3, 2), ("award", 4, 3), ("training", 4, 3), ("aid", 4, 3), ("elected", 4, 3)]
)
def test_u_6_the_unions_card_has_a_leaf_for_further_entries(kind: str, count: int, pages: int) -> None:
    member = samples.person("education_union", samples.keeper("education_union"))
    CardEntry.objects.all().delete()
    for number in range(count):
        CardEntry.objects.create(member=member, kind=kind, title=f"Запись {number}")
    printed = texts_of(samples.paper("member_card", member.organization, member))
    assert len(printed) == pages
    assert "Дата заполнения" in printed[1]
    assert [int(n) for page in printed[2:] for n in re.findall(r"Запись (\d)", page)] == list(range(3, count))


def test_v_b6_the_rows_of_a_table_are_numbered_through() -> None:
    laid = card_lines.laid_out({"fees": [{"date": str(n)} for n in range(4)], "marks": [{}]}, {"fees": 3, "marks": 3})
    assert [row["number"] for row in (*laid["fees"], *laid["leaf"]["fees"])] == [1, 2, 3, 4]
    assert laid["leaf"] == {"fees": [{"date": "3", "number": 4}], "marks": []}


@pytest.mark.parametrize(
    ("count", "room", "continued", "rows"),
    [
        (0, 3, True, 3), (2, 3, True, 3), (3, 3, True, 6), (5, 3, True, 6), (6, 3, True, 9),
        (0, 3, False, 3), (3, 3, False, 3), (4, 3, False, 5), (7, 3, False, 8),
        (0, 0, True, 0), (2, 0, False, 2),
    ],
)  # fmt: skip
def test_v_b6_a_table_is_filled_with_empty_rows(count: int, room: int, continued: bool, rows: int) -> None:
    lines = [{"title": str(number)} for number in range(count)]
    assert card_lines.filled(lines, room, continued=continued) == [*lines, *[{}] * (rows - count)]


@pytest.mark.parametrize("count", [4, 5])
def test_u_6_the_rows_of_the_unions_card_are_numbered_through_on_card_and_leaf(count: int) -> None:
    member = samples.person("education_union", samples.keeper("education_union"))
    place = {"member": member, "organization": member.organization, "started_on": samples.TODAY}
    Registration.objects.bulk_create(
        Registration(**place, ended_on=samples.TODAY, end_reason="departure") for _ in range(count - 1)
    )
    read = member_card.FORM.members(Member.objects.filter(pk=member.pk)).get()
    card = member_card.build(read, samples.batch_of(member.organization))
    leaf = card["leaf"].get("registrations", [])
    assert [row["number"] for row in card["registrations"]] == [1, 2, 3, 4]
    assert [row["number"] for row in leaf] == ([] if count == 4 else [5, 6])


PRINTS = Path(__file__).resolve().parents[3] / "templates" / "prints"
#: Expressions by which a template counts or cuts rows itself.
BY_HAND = re.compile(r"forloop\.counter\w*\|add|\|(?:slice|rows|beyond)\b")


def test_no_paper_counts_or_cuts_the_rows_of_its_tables_itself() -> None:
    assert BY_HAND.search('{{ forloop.counter|add:"4" }}') and BY_HAND.search("{% with rows=marks|slice:3 %}")
    assert [path.name for path in PRINTS.rglob("*.html") if BY_HAND.search(path.read_text())] == []


@pytest.mark.parametrize("charter", samples.CHARTERS)
def test_v_b6_every_table_of_a_card_has_its_number_of_rows_in_the_charter_and_goes_on_on_the_leaf(charter: str) -> None:
    card, leaf = ((PRINTS / charter / f"member_card{part}.html").read_text() for part in ("", "_leaf"))
    tables = set(charters.get(charter).card_rows)
    assert set(re.findall(r"with rows=(\w+) %", card)) == tables
    assert set(re.findall(r"with rows=leaf\.(\w+) continued=True %", leaf)) == tables
