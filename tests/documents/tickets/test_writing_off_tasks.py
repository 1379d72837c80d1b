"""Tasks about blanks: tickets to collect, void blanks to destroy, the stock to count (V-C1, V-B15)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse

from documents.tickets.tasks import blanks_to_destroy, keeper_to_name, stock_to_count, tickets_to_collect
from documents.tickets.transitions.stock import name_keeper
from members.book.enums import EndReason
from members.movement.enums import PaperCard
from members.movement.transitions.leaving import deregister
from registry.access import Actor
from registry.accounts.models import Appointment
from registry.charters.voi import CHARTER
from registry.enums import Role
from registry.organizations.models import Organization
from tests.clock import at
from tests.members import places
from tests.registry import trees

from .stocks import numbers, stocks
from .test_writing_off import count, destroy, issue, member, move, void, write_off

pytestmark = pytest.mark.django_db


def shown(found: list) -> list[tuple[str, dt.date | None]]:  # type: ignore[type-arg]
    return [(task.text, task.due) for task in found]


def test_v_b14_tickets_of_those_who_left_are_collected_by_the_end_of_the_year() -> None:
    with at("2040-03-05"):
        held = stocks()
        people = [member(held), member(held, "Белова")]
        tickets = issue(held, *people)
        chair = held.place.chair
        assert tickets_to_collect(chair, dt.date(2040, 3, 5)) == []
        for person in people:
            deregister(
                person.pk, reason=EndReason.DEATH, on=dt.date(2040, 3, 5), paper="свидетельство",
                paper_card=PaperCard.TAKEN, by=chair,
            )  # fmt: skip
        expected = [("Принять и погасить 2 билета", dt.date(2040, 12, 31))]
        assert shown(tickets_to_collect(chair, dt.date(2040, 3, 5))) == expected
        assert tickets_to_collect(held.place.reviewer, dt.date(2040, 3, 5)) == []
        assert tickets_to_collect(held.place.region_chair, dt.date(2040, 3, 5)) == []
        move(held, tickets[:1], "return")  # type: ignore[arg-type]
    with at("2041-01-10"):
        found = shown(tickets_to_collect(chair, dt.date(2041, 1, 10)))
        assert found == [("Принять и погасить 1 билет", dt.date(2040, 12, 31))]
        move(held, tickets[1:], "cancellation")  # type: ignore[arg-type]
        assert tickets_to_collect(chair, dt.date(2041, 1, 10)) == []


def test_v_b15_void_blanks_are_destroyed_in_december_and_overdue_in_january() -> None:
    with at("2040-03-05"):
        held = stocks()
        write_off(held, numbers(101, 103))
    chair, text = held.place.chair, "Уничтожить по акту комиссии 3 погашенных бланка"
    for day, due in (
        (dt.date(2040, 11, 30), None), (dt.date(2040, 12, 1), dt.date(2040, 12, 31)),
        (dt.date(2040, 12, 31), dt.date(2040, 12, 31)), (dt.date(2041, 1, 9), dt.date(2040, 12, 31)),
    ):  # fmt: skip
        assert shown(blanks_to_destroy(chair, day)) == ([(text, due)] if due else [])
    with at("2041-01-10"):
        destroy(held, void(held))
        write_off(held, numbers(110, 110))
        assert blanks_to_destroy(chair, dt.date(2041, 1, 10)) == []
    found = shown(blanks_to_destroy(chair, dt.date(2041, 12, 1)))
    assert found == [("Уничтожить по акту комиссии 1 погашенный бланк", dt.date(2041, 12, 31))]


def test_v_c1_the_stock_is_counted_once_a_year() -> None:
    with at("2040-03-05"):
        held = stocks()
        chair, text = held.place.chair, "Провести инвентаризацию бланков: членский билет"
        # The stock of the previous year was never counted.
        assert shown(stock_to_count(chair, dt.date(2040, 3, 5))) == [(text, dt.date(2039, 12, 31))]
        count(held, numbers(101, 200))
    for day, due in (
        (dt.date(2040, 3, 5), None), (dt.date(2040, 11, 30), None), (dt.date(2040, 12, 1), dt.date(2040, 12, 31)),
        (dt.date(2041, 2, 1), dt.date(2040, 12, 31)),
    ):  # fmt: skip
        assert shown(stock_to_count(chair, day)) == ([(text, due)] if due else [])
    with at("2040-11-30"):
        # A stock-taking before December does not count for the year.
        count(held, numbers(101, 200))
    assert shown(stock_to_count(chair, dt.date(2040, 12, 5))) == [(text, dt.date(2040, 12, 31))]
    with at("2040-12-01"):
        count(held, numbers(101, 200))
    assert stock_to_count(chair, dt.date(2040, 12, 5)) == []
    assert stock_to_count(chair, dt.date(2041, 11, 30)) == []
    assert shown(stock_to_count(chair, dt.date(2041, 12, 1))) == [(text, dt.date(2041, 12, 31))]


def test_v_c1_a_charter_names_the_month_or_asks_for_no_stock_taking(monkeypatch: pytest.MonkeyPatch) -> None:
    with at("2040-01-05"):
        held = stocks()
    for month, due in ((2, dt.date(2040, 2, 29)), (0, None)):
        monkeypatch.setattr(
            Organization, "charter", property(lambda _self, month=month: replace(CHARTER, blanks_counted_in=month))
        )
        found = stock_to_count(held.place.chair, dt.date(2040, 3, 1))
        assert [task.due for task in found] == ([due] if due else [])


def test_a_federation_without_blanks_has_no_such_tasks() -> None:
    chair = places.union().chair
    for provide in (tickets_to_collect, blanks_to_destroy, stock_to_count):
        assert provide(chair, dt.date(2040, 12, 31)) == []


def test_v_c1_somebody_else_keeps_the_blanks_when_the_appointment_of_their_keeper_is_over() -> None:
    with at("2040-03-05"):
        held = stocks()
        chair, keeper = held.place.chair, trees.officer(held.place.keeper, Role.REGISTRAR, "Писарева")
        assert keeper.account is not None and keeper.appointment is not None
        name_keeper(held.place.keeper.pk, kind="ticket", account_id=keeper.account.pk, by=chair)
        Appointment.objects.filter(pk=keeper.appointment.pk).update(ends_on=dt.date(2040, 3, 6))
        # An appointment elsewhere does not count here.
        Appointment.objects.create(
            account=keeper.account, organization=held.place.region, role=Role.REGISTRAR, starts_on=dt.date(2040, 3, 1)
        )
        assert "больше не работает" not in overview(chair)
    for day, tasks in ((dt.date(2040, 3, 6), 0), (dt.date(2040, 3, 7), 1)):
        found = keeper_to_name(chair, day)
        assert shown(found) == [("Назначить, кто отвечает за хранение бланков", None)] * tasks
    with at("2040-03-07"):
        assert "Писарева Мария (здесь больше не работает)" in overview(chair)
        assert chair.account is not None
        name_keeper(held.place.keeper.pk, kind="ticket", account_id=chair.account.pk, by=chair)
        assert keeper_to_name(chair, dt.date(2040, 3, 7)) == []


def overview(chair: Actor) -> str:
    """Return the HTML of the page of blanks."""
    return places.signed_in(chair).get(reverse("documents:blanks")).content.decode()
