"""Marks on the card that need no decision, cards of organisations below, and tasks for both on the start page (V-B6,
V-B13, N-S2).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from dues.ledger.models import LedgerEntry
from dues.payments.transitions import record_payment
from members.book.models import BookLine
from members.meetings.enums import ItemKind
from members.meetings.transitions import decisions
from members.people.enums import MemberState
from members.people.models import CardMark, Member, Reminder
from members.people.transitions.cells import assign_cell
from members.people.transitions.marks import add_mark, end_absence, take_back_mark
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.models import Figures
from registry.tasks import tasks_for
from tests.members import places
from tests.refusals import refused

# Rules and screens: not run on PostgreSQL, because other tests send it the same statements.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def test_v_b13_a_long_trip_is_a_mark_and_the_member_stays_registered(place: places.Place) -> None:
    member = place.put()
    mark = add_mark(member.pk, kind="trip", text=" Вахта в Норильске ", on=ago(9), until=TODAY, by=place.chair)
    member.refresh_from_db()
    assert (member.state, member.organization, mark.text) == (MemberState.REGISTERED, place.keeper, "Вахта в Норильске")
    assert Reminder.objects.filter(member=member, due_on=TODAY).count() == 1
    end_absence(mark.pk, on=ago(1), by=place.chair)
    assert CardMark.objects.get().lifted_on == ago(1)
    assert Reminder.objects.filter(member=member, due_on=TODAY).count() == 0
    assert [event.action for event in Event.objects.filter(rule="V-B13").order_by("pk")] == [
        "member.mark_added",
        "member.absence_ended",
    ]


@pytest.mark.parametrize(
    ("changed", "rule", "field"),
    [
        ({"kind": "discipline"}, "V-B5", "kind"),
        ({"text": "  "}, "V-B13", "text"),
        ({"on": ago(-1)}, "V-B13", "on"),
        ({"on": dt.date(1900, 1, 1)}, "V-B13", "on"),
        ({"until": ago(10)}, "V-B13", "until"),
    ],
)
def test_v_b13_an_invalid_mark_is_refused_at_its_field(
    place: places.Place, changed: dict[str, object], rule: str, field: str
) -> None:
    member = place.put()
    values: dict[str, object] = {"kind": "trip", "text": "Учёба", "on": ago(9), **changed}
    with refused(rule, field=field):
        add_mark(member.pk, by=place.chair, **values)  # type: ignore[arg-type]
    assert CardMark.objects.count() == 0


def test_v_b13_reviewers_and_superiors_cannot_add_marks(place: places.Place) -> None:
    member = place.put()
    for actor in (place.reviewer, place.region_chair):
        with pytest.raises(NotAllowed):
            add_mark(member.pk, kind="trip", text="Учёба", on=ago(9), by=actor)
    assert CardMark.objects.count() == 0


def test_v_b13_a_mistaken_mark_is_removed_and_the_history_keeps_it(place: places.Place) -> None:
    mark = add_mark(place.put().pk, kind="trip", text="Учёба", on=ago(9), by=place.chair)
    take_back_mark(mark.pk, by=place.chair)
    assert CardMark.objects.count() == 0
    assert [row.history_type for row in CardMark.history.order_by("history_date", "history_id")] == ["+", "-"]  # type: ignore[attr-defined]


def test_v_b6_cards_filed_under_a_cell_move_its_book_and_figures_once(place: places.Place) -> None:
    members = [place.put(snils=places.SNILS[n], surname=("Жук", "Щур")[n], ticket_number=f"{n}") for n in range(2)]
    ids = [member.pk for member in members]
    cell = place.cells[0]
    assert [assign_cell(ids, cell=cell, by=place.chair) for _ in range(2)] == [2, 0]
    assert set(Member.objects.values_list("cell", "unit")) == {(cell.pk, cell.pk)}
    assert Figures.objects.get(organization=cell).members == 2
    assert BookLine.objects.filter(unit=cell, left_on__isnull=True).count() == 2
    assert BookLine.objects.filter(unit=place.keeper, left_on__isnull=True).count() == 0


def test_v_b6_nobody_files_cards_under_a_cell_of_another_organisation(place: places.Place) -> None:
    member, stranger = place.put(), places.voi()
    with refused("V-H1", field="cell"):
        assign_cell([member.pk], cell=stranger.cells[0], by=place.chair)
    assert assign_cell([member.pk], cell=stranger.cells[0], by=stranger.chair) == 0
    assert Member.objects.get().cell is None


def test_v_d3_a_voluntary_payment_is_accepted_at_any_time_and_settles_no_debt(place: places.Place) -> None:
    member = place.put()
    record_payment(
        member.pk, fee="voluntary", year=None, amount=Decimal("0.01"), made_on=TODAY, paper="ПКО № 1", key="one",
        by=place.chair,
    )  # fmt: skip
    assert [(e.kind, e.fee, e.year, e.amount) for e in LedgerEntry.objects.filter(fee="voluntary")] == [
        ("payment", "voluntary", None, Decimal("0.01"))
    ]


def test_v_d4_the_appointment_of_a_collector_is_decided_by_the_body(place: places.Place) -> None:
    item = decisions.put_forward(
        organization=place.keeper, kind=ItemKind.COLLECTOR, title="О сборе взносов", by=place.chair
    )
    assert (item.kind, item.organization) == ("collector", place.keeper)
    with pytest.raises(NotAllowed):
        decisions.put_forward(
            organization=place.keeper, kind=ItemKind.COLLECTOR, title="О сборе взносов", by=place.reviewer
        )


def test_n_s2_the_start_page_names_nearest_terms_first_and_nothing_of_other_organisations(place: places.Place) -> None:
    other = places.voi()
    for somewhere in (place, other):
        somewhere.put()
    with translation.override("en"):
        mine, theirs = tasks_for(place.chair), tasks_for(other.chair)
    assert [str(task.text) for task in mine] == [str(task.text) for task in theirs]
    dues = [task.due for task in mine]
    assert dues == sorted(dues, key=lambda day: (day is None, day or TODAY))
    assert any("consent" in str(task.text).lower() for task in mine)
