"""Numbers on cards and in the ledger: one notation, recognised however they are typed (V-B3, V-C1)."""

from __future__ import annotations

import pytest

from documents.tickets.enums import PaperKind
from members.lists import batches
from members.lists.models import ImportRow
from members.movement.transitions.transfers import arrive
from members.people.models import Member
from members.people.rules.ledger_numbers import known_to_ledger
from members.people.transitions.cards import edit_card
from registry.enums import Level, Role
from registry.sizes import CHUNK
from tests.members.movement.test_neighbours import departed
from tests.refusals import refused
from tests.registry import trees

from .stocks import Stocks, numbers, stocks, today
from .test_issuing import issue, on_card, post, prepare, put
from .test_members_leave import sound
from .test_writing_off import write_off

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def held() -> Stocks:
    return stocks()


@pytest.fixture
def series(held: Stocks) -> Stocks:
    """The local organisation only has tickets with a series."""
    write_off(held, numbers(101, 200))
    held.receive(numbers(1, 20, series="АА", width=6))
    held.give(numbers(1, 20, series="АА", width=6))
    return held


def typed_before(held: Stocks, number: str) -> Member:
    """Return a member whose card has a number typed before the ledger knew it."""
    one = put(held, "Сомова")
    Member.objects.filter(pk=one.pk).update(ticket_number=number)
    return one


def test_v_b3_a_card_whose_ticket_has_a_series_is_saved_as_it_is_sent(series: Stocks) -> None:
    one = put(series, "Абрамова")
    issue(series, one)
    assert on_card(one) == "АА000001"
    sent = {"ticket_number": on_card(one), "surname": "Белова"}
    edit_card(one.pk, values=sent, version=None, by=series.place.chair)
    assert (Member.objects.get(pk=one.pk).surname, on_card(one)) == ("Белова", "АА000001")
    sound()


@pytest.mark.parametrize("typed", ["АА000001", "АА 000001"])
def test_v_b9_a_ticket_with_a_series_opens_the_card_however_it_is_typed(series: Stocks, typed: str) -> None:
    one = put(series, "Абрамова")
    issue(series, one)
    code = departed(Member.objects.get(pk=one.pk), series.place.chair)
    other = trees.again(trees.below(series.place.region, Level.LOCAL, "Соседняя МО"))
    there = trees.officer(other, Role.CHAIR, "Соседова")
    arrive(organization=other, ticket_number=typed, code=code, on=today(), by=there)
    assert Member.objects.get(pk=one.pk).organization == other
    sound()


@pytest.mark.parametrize("number", ["АА000001", "АА-000001", "аа000001"])
def test_v_c1_a_number_with_a_series_that_stands_on_a_card_is_not_issued(series: Stocks, number: str) -> None:
    typed_before(series, number)
    paper = prepare(series, put(series, "Абрамова"))
    with refused("V-C1", match=f"Номер {number} "):
        post(series, paper)
    # A number with other leading zeros is an old ticket.
    Member.objects.filter(ticket_number=number).update(ticket_number="АА1")
    assert post(series, paper).state == "posted"


#: In stock here, in stock at the head, issued, lost, spoiled.
KNOWN = ["0000150", "0000001", "0000101", "0000200", "0000199"]


@pytest.fixture
def known(held: Stocks) -> Stocks:
    issue(held, put(held, "Первая"))
    write_off(held, numbers(199, 199))
    write_off(held, numbers(200, 200), paper_kind=PaperKind.LOST)
    return held


@pytest.mark.parametrize("number", KNOWN)
def test_v_c1_a_number_that_the_ledger_knows_is_not_typed_on_a_card(known: Stocks, number: str) -> None:
    one, chair = put(known, "Абрамова"), known.place.chair
    with refused("N-A1", field="ticket_number"):
        edit_card(one.pk, values={"ticket_number": number}, version=None, by=chair)
    with refused("N-A1", field="ticket_number"):
        put(known, "Белова", ticket_number=number)
    rows = f"ФИО;Дата рождения;№ билета\nВласова Вера Ильинична;02.03.1961;{number}\n".encode()
    batch = batches.upload_list(organization=known.place.keeper, data=rows, name="list.csv", by=chair)
    batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=chair)
    assert ImportRow.objects.get(batch=batch).verdict == "duplicate"


@pytest.mark.parametrize("number", ["0001001", "00", "АА0000150", "150", "00000101"])
def test_v_c1_any_other_number_is_typed_on_a_card(known: Stocks, number: str) -> None:
    one = put(known, "Абрамова")
    edit_card(one.pk, values={"ticket_number": number}, version=None, by=known.place.chair)
    assert on_card(one) == number


@pytest.mark.both
def test_v_c1_what_the_ledger_learns_later_hinders_no_other_change(held: Stocks) -> None:
    one = typed_before(held, "0000150")
    edit_card(one.pk, values={"surname": "Белова"}, version=None, by=held.place.chair)
    assert Member.objects.get(pk=one.pk).surname == "Белова"


@pytest.mark.both
def test_v_c1_numbers_of_a_long_list_are_compared_in_a_few_queries(
    known: Stocks, django_assert_max_num_queries: object
) -> None:
    texts = {f"{number:07}" for number in range(1, CHUNK + 2)}
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        found = known_to_ledger(known.place.head.federation, texts)
    assert found == texts
    assert known_to_ledger(known.place.head.federation, {f"{number:07}" for number in (0, 1, 1000, 1001)}) == {
        "0000001", "0001000",
    }  # fmt: skip
