"""Blanks of an organisation that ends: stock is an obstacle, other blanks move to the successor (N-H3, V-C1)."""

from __future__ import annotations

import datetime as dt

import pytest

from documents.tickets.models import Blank, BlankPaper
from documents.tickets.transitions.stock import confirm_blanks, hand_down_blanks
from members.book.enums import EndReason
from members.movement.enums import PaperCard
from members.movement.rules.organizations import liquidation_blockers, merge_blockers
from members.movement.transitions.leaving import deregister
from members.movement.transitions.organizations import liquidate_organization, merge_organizations
from registry.accounts.models import Appointment
from registry.enums import Level, Role
from registry.organizations.models import Organization
from registry.organizations.transitions.lifecycle import begin_liquidation
from tests.registry import trees

from .stocks import Stocks, numbers, stocks, today
from .test_writing_off import check_books, counts, issue, member, move, write_off

# Rules and screens; other tests send PostgreSQL the same statements.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def held() -> Stocks:
    return stocks()


def texts(held: Stocks, at: Organization) -> list[tuple[str, str, int]]:
    """Return the obstacles about blanks, with their pages."""
    found = liquidation_blockers(at, held.place.region_chair)
    return [(one.text, one.page, one.number) for one in found if "бланк" in one.text.lower()]


def give_back(held: Stocks, *ranges: object) -> None:
    act = hand_down_blanks(
        held.place.keeper.pk, receiver_id=held.place.region.pk, kind="ticket", numbers=ranges,  # type: ignore[arg-type]
        made_on=today(), by=held.place.chair,
    )  # fmt: skip
    confirm_blanks(act.pk, by=held.place.region_chair)


def test_v_c1_blanks_in_stock_or_on_the_way_are_obstacles_with_their_page(held: Stocks) -> None:
    keeper = held.place.keeper
    act = held.hand_down(numbers(301, 310), to=keeper)
    assert texts(held, keeper) == [
        ("100 бланков на складе или в пути (членский билет)", "documents:blank_balance", keeper.pk),
        (f"Бланки в пути, акт № 2 от {today():%d.%m.%Y}", "documents:blank_paper", act.pk),
    ]
    other = trees.below(held.place.region, Level.LOCAL, "Соседняя МО")
    merging = [one.text for one in merge_blockers(keeper, other, held.place.region_chair)]
    assert [text for text, _page, _pk in texts(held, keeper)] == [text for text in merging if "бланк" in text.lower()]
    # Administrators may end organisations, but see no members and therefore no pages of blanks.
    head = trees.officer(held.place.head, Role.ADMINISTRATOR, "Наладова")
    found = [one for one in liquidation_blockers(keeper, head) if "бланк" in one.text.lower()]
    assert len(found) == 2
    confirm_blanks(act.pk, accepted=[], by=held.place.chair)
    give_back(held, numbers(101, 200))
    assert texts(held, keeper) == []


def test_v_c1_what_left_the_stock_goes_to_the_superior_of_a_liquidated_organisation(held: Stocks) -> None:
    keeper, region = held.place.keeper, held.place.region
    person = member(held)
    valid, _lost = issue(held, person, member(held, "Белова"))
    move(held, [_lost], "lost")  # type: ignore[arg-type]
    write_off(held, numbers(200, 200))
    give_back(held, numbers(103, 199))
    for one in keeper.members.all():
        deregister(
            one.pk, reason=EndReason.DEATH, on=today(), paper="свидетельство", paper_card=PaperCard.TAKEN,
            by=held.place.chair,
        )  # fmt: skip
    for one in (*held.place.cells, keeper):
        Appointment.objects.filter(organization=one).update(ends_on=today() - dt.timedelta(days=1))
        begin_liquidation(one.pk, by=held.place.region_chair)
        liquidate_organization(one.pk, on=today(), by=held.place.region_chair)
    assert counts(keeper) == {"handed_down": 100}
    assert counts(region) == {"in_stock": 97, "issued": 1, "lost": 1, "spoiled": 1}
    act = BlankPaper.objects.filter(organization=keeper, receiver=region).latest("pk")
    assert (act.kind, act.state, act.confirmed_on) == ("hand_down", "posted", today())
    assert set(Blank.objects.values_list("organization", flat=True)) == {region.pk}
    assert [blank.pk for blank in Blank.objects.to_collect(region)] == [valid.pk]
    check_books()


def test_v_c1_what_left_the_stock_goes_to_the_successor_of_a_merged_organisation(held: Stocks) -> None:
    keeper = held.place.keeper
    other = trees.again(trees.below(held.place.region, Level.LOCAL, "Соседняя МО"))
    (valid,) = issue(held, member(held))
    write_off(held, numbers(200, 200))
    give_back(held, numbers(102, 199))
    merge_organizations(keeper.pk, other.pk, on=today(), by=held.place.region_chair)
    assert counts(keeper) == {"handed_down": 100}
    assert counts(other) == {"issued": 1, "spoiled": 1}
    valid.refresh_from_db()
    assert (valid.organization, valid.version) == (other, 1)
    assert valid.history.count() == 2
    there = trees.officer(other, Role.CHAIR, "Соседова")
    move(held, [valid], "return", by=there, at=other)  # type: ignore[arg-type]
    check_books()
