"""Limits of the terms of transfers, of the days of the book and of the reconciliation (V-B7 to V-B12, U-5, N-H3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from documents.consents.transitions.consents import mark_signed
from documents.printing.transitions import record_prints
from dues.ledger.enums import Fee
from dues.payments.transitions import record_payment
from members.admission.transitions.representations import add_representation
from members.book.enums import EndReason
from members.book.models import BookLine
from members.book.queries.moved_since import moved_since
from members.book.queries.on_day import OnDay, count_on, counts_of_children, lines_on, names_on
from members.movement.enums import PaperCard, TransferState
from members.movement.models import Transfer, TransferAttempt
from members.movement.rules.organizations import check_registrations_begin_before
from members.movement.rules.transfers import MAX_ATTEMPTS_AT_TICKET, MAX_ATTEMPTS_OF_ORGANIZATION
from members.movement.tasks import long_on_the_way, silent_requests
from members.movement.transitions.arrivals import take_back_arrival
from members.movement.transitions.leaving import deregister
from members.movement.transitions.organizations import move_organization
from members.movement.transitions.transfers import arrive, decide, forget_attempts, request_departure
from members.people.enums import MarkKind
from members.people.models import Member
from members.people.transitions.cards import ONE_OPENING, edit_card, note_card_opened
from members.people.transitions.marks import add_mark
from members.reconciliation.enums import CheckResult
from members.reconciliation.models import Reconciliation
from members.reconciliation.tasks import declined_proposals, laggards
from members.reconciliation.transitions import reconciliation
from members.reconciliation.transitions.proposals import propose, settle
from registry.access import Actor
from registry.days import moment_text
from registry.enums import DataClass, Level
from registry.journal.models import Event
from registry.organizations.models import Organization
from tests.clock import at, moment
from tests.members import places
from tests.members.reconciliations import open_year
from tests.refusals import refused
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
D = dt.date
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
#: Later than the real date of any run of the suite; a Thursday.
TODAY = D(2040, 3, 1)


@pytest.fixture
def place() -> places.Place:
    with at(TODAY):
        return places.voi()


@pytest.fixture
def other(place: places.Place) -> tuple[Organization, Actor]:
    """Create another local organisation in the same region; return it and its chair."""
    with at(TODAY):
        keeper = trees.below(place.region, Level.LOCAL, "Боровская МО ВОИ")
        return trees.again(keeper), trees.officer(keeper, surname="Сомов")


def departed(place: places.Place, **values: Any) -> tuple[Member, str]:
    member = place.put(**values)
    left = deregister(
        member.pk, reason=EndReason.DEPARTURE, on=TODAY, destination="Калуга", paper_card=PaperCard.HANDED,
        by=place.chair
    )  # fmt: skip
    return member, left.code


# Transfers


@pytest.mark.parametrize(
    ("asked", "last_day"),
    [
        ("2040-03-01T23:59", D(2040, 3, 16)),  # ten working days, 8 March is a holiday
        ("2040-03-02T00:00", D(2040, 3, 19)),  # requested on a Friday
        ("2040-03-03T12:00", D(2040, 3, 19)),  # and on the Saturday after it
    ],
)
def test_u_5_the_other_organisation_has_ten_working_days_then_the_superior_decides(
    place: places.Place, asked: str, last_day: dt.date
) -> None:
    with at(asked):
        school = places.union()
        other = trees.below(school.region, Level.PRIMARY)
        member = school.put()
        transfer = request_departure(member.pk, target=trees.again(other), by=school.chair)
    assert transfer.answer_by == last_day
    with at(f"{last_day}T23:59"):
        assert list(silent_requests(school.region_chair, last_day)) == []
        with refused("U-5"):
            decide(transfer.pk, carry_out=True, by=school.region_chair)
    with at(last_day + DAY):
        assert [task.due for task in silent_requests(school.region_chair, last_day + DAY)] == [last_day]
        decide(transfer.pk, carry_out=True, by=school.region_chair)


@pytest.mark.parametrize(
    ("on", "field"), [(TODAY - DAY, "on"), (TODAY, None), (TODAY + 9 * DAY, None), (TODAY + 10 * DAY, "on")]
)
def test_v_b9_the_day_of_arrival_is_between_the_departure_and_today(
    place: places.Place, other: tuple[Organization, Actor], on: dt.date, field: str | None
) -> None:
    with at(TODAY):
        member, code = departed(place)
    with at(TODAY + 9 * DAY), nullcontext() if field is None else refused("V-B9", field=field):
        arrive(organization=other[0], ticket_number=member.ticket_number, code=code, on=on, by=other[1])


def test_v_b12_a_card_in_transit_for_thirty_days_becomes_a_task(place: places.Place) -> None:
    with at(TODAY):
        departed(place)
    days = (TODAY + 29 * DAY, TODAY + 30 * DAY, TODAY + 31 * DAY)
    assert [len(list(long_on_the_way(place.chair, day))) for day in days] == [0, 1, 1]


def test_v_b9_five_wrong_codes_close_the_organisation_for_a_quarter_of_an_hour(
    place: places.Place, other: tuple[Organization, Actor]
) -> None:
    start, closed = moment(TODAY), "Слишком много"
    assert MAX_ATTEMPTS_OF_ORGANIZATION == 5
    with at(start, tick=False):
        member, code = departed(place)
        given: dict[str, Any] = {"organization": other[0], "on": TODAY, "by": other[1]}
        for number in range(MAX_ATTEMPTS_OF_ORGANIZATION):
            with refused("V-B9", field="code"):
                arrive(ticket_number=f"999{number}", code="AAAA-AAAA-AAAA", **given)
    for later, again in ((15 * 60 * SECOND - SECOND, False), (15 * 60 * SECOND, True)):
        with at(start + later, tick=False):
            if again:
                arrive(ticket_number=member.ticket_number, code=code, **given)
            else:
                with refused("V-B9", field="", match=closed):
                    arrive(ticket_number=member.ticket_number, code=code, **given)


def test_v_b9_ten_wrong_codes_close_a_ticket_for_a_day_to_the_organisation_that_tried_them(
    place: places.Place, other: tuple[Organization, Actor]
) -> None:
    start = moment(TODAY)
    assert MAX_ATTEMPTS_AT_TICKET == 10
    with at(start, tick=False):
        member, code = departed(place)
    given: dict[str, Any] = {"organization": other[0], "ticket_number": member.ticket_number, "by": other[1]}
    # A quarter of an hour apart, so that the organisation is not blocked.
    for number in range(MAX_ATTEMPTS_AT_TICKET):
        with at(start + number * 900 * SECOND, tick=False), refused("V-B9", field="code"):
            arrive(code="AAAA-AAAA-AAAA", on=TODAY, **given)
    # The first of ten attempts is forgotten after a day, and nine are allowed.
    with at(start + DAY - SECOND, tick=False), refused("V-B9", field="", match=moment_text(start + DAY)):
        arrive(code=code, on=TODAY, **given)
    with at(start + DAY, tick=False):
        assert forget_attempts() == 0
        arrive(code=code, on=TODAY, **given)


@pytest.mark.parametrize("ticket", ["", "0104512"], ids=["no ticket", "a ticket that is known"])
def test_v_b9_wrong_codes_of_one_organisation_close_the_way_of_no_other(
    place: places.Place, other: tuple[Organization, Actor], ticket: str
) -> None:
    start = moment(TODAY)
    region = trees.below(place.head, Level.REGIONAL)
    stranger = trees.again(trees.below(region, Level.LOCAL))
    chair = trees.officer(stranger, surname="Ким")
    with at(start, tick=False):
        member, code = departed(place, ticket_number=ticket)
    for number in range(3 * MAX_ATTEMPTS_AT_TICKET):
        with at(start + number * 60 * SECOND, tick=False), refused("V-B9"):
            arrive(organization=stranger, ticket_number=ticket, code="AAAA-AAAA-AAAA", on=TODAY, by=chair)
    with at(start + 1800 * SECOND, tick=False):
        assert arrive(organization=other[0], ticket_number=ticket, code=code, on=TODAY, by=other[1]) == member


def test_v_b9_cards_without_a_ticket_have_no_limit_in_common(
    place: places.Place, other: tuple[Organization, Actor]
) -> None:
    start = moment(TODAY)
    with at(start, tick=False):
        member, code = departed(place, ticket_number="")
    given: dict[str, Any] = {"organization": other[0], "on": TODAY, "by": other[1]}
    for number in range(MAX_ATTEMPTS_AT_TICKET):
        with at(start + number * 900 * SECOND, tick=False), refused("V-B9", field="code"):
            arrive(ticket_number=" — " if number % 2 else "", code="AAAA-AAAA-AAAA", **given)
    with at(start + MAX_ATTEMPTS_AT_TICKET * 900 * SECOND, tick=False):
        assert arrive(ticket_number="", code=code, **given) == member


def test_v_b9_the_refusal_names_the_minute_from_which_codes_are_accepted(
    place: places.Place, other: tuple[Organization, Actor]
) -> None:
    start = moment(TODAY) + 30 * SECOND
    for number in range(MAX_ATTEMPTS_OF_ORGANIZATION):
        with at(start + number * 60 * SECOND, tick=False), refused("V-B9", field="code"):
            arrive(organization=other[0], ticket_number="1", code="A", on=TODAY, by=other[1])
    # The first of five attempts is forgotten half a minute earlier.
    opens = moment_text(moment(TODAY) + 16 * 60 * SECOND)
    with at(start + 300 * SECOND, tick=False), refused("V-B9", field="", match=opens):
        arrive(organization=other[0], ticket_number="1", code="A", on=TODAY, by=other[1])


def test_v_b9_attempts_are_forgotten_when_they_close_nothing_any_more(
    place: places.Place, other: tuple[Organization, Actor]
) -> None:
    with at(TODAY, tick=False), refused("V-B9"):
        arrive(organization=other[0], ticket_number="1", code="A", on=TODAY, by=other[1])
    for later, gone in ((DAY, 0), (DAY + SECOND, 1)):
        with at(moment(TODAY) + later, tick=False):
            assert forget_attempts() == gone
    assert TransferAttempt.objects.count() == 0


# The book on a past day


def put(place: places.Place, number: int, day: dt.date, recorded: str, **values: Any) -> Member:
    """Register a member since a day, recorded at that moment."""
    with at(recorded):
        return place.put(
            surname=f"Член{'абвгдеж'[number]}", snils="", ticket_number=str(number), registered_on=day, **values
        )


@pytest.mark.both
def test_v_b7_at_the_end_of_a_day_arrivals_of_that_day_count_and_departures_do_not(
    place: places.Place,
) -> None:
    day = D(2040, 3, 5)
    put(place, 0, day - DAY, f"{day - DAY}T12:00")
    put(place, 1, day, f"{day}T23:59:59")
    put(place, 2, day + DAY, f"{day + DAY}T00:00")
    leaves = [put(place, number, day - 2 * DAY, f"{day - 2 * DAY}T12:00") for number in (3, 4, 5)]
    for member, left_on in zip(leaves, (day - DAY, day, day + DAY), strict=True):
        with at(f"{left_on}T12:00"):
            deregister(
                member.pk,
                reason=EndReason.DEATH,
                on=left_on,
                paper="свидетельство",
                paper_card=PaperCard.TAKEN,
                by=place.chair,
            )
    names = {
        D(2040, 3, 3): "где",
        D(2040, 3, 4): "аде",
        D(2040, 3, 5): "абе",
        D(2040, 3, 6): "абв",
        D(2040, 3, 7): "абв",
    }
    with at("2040-03-20"):
        found = {
            on: "".join(sorted(line.full_name.split()[0][-1] for line in lines_on(BookLine.objects.all(), on)))
            for on in names
        }
        assert found == names
        assert {on: count_on(place.keeper, on) for on in names} == {on: OnDay(3, 3) for on in names}
        assert {on: counts_of_children(place.region, [place.keeper], on) for on in names} == {
            on: {place.keeper.pk: 3} for on in names
        }
        assert [line.full_name.split()[0][-1] for line in names_on(place.keeper, day, [], place.chair)] == list("абе")


@pytest.mark.parametrize(
    ("recorded", "known"), [("2040-03-05T23:59:59", 1), ("2040-03-06T00:00:00", 0)]
)  # fmt: skip
def test_v_b7_entries_recorded_by_the_end_of_the_day_were_known(place: places.Place, recorded: str, known: int) -> None:
    day = D(2040, 3, 5)
    put(place, 0, day, recorded)
    with at("2040-03-20"):
        assert count_on(place.keeper, day) == OnDay(now=1, then=known)
        assert count_on(place.keeper, day - DAY) == OnDay(now=0, then=0)
        assert count_on(place.keeper, day + DAY) == OnDay(now=1, then=1)


@pytest.mark.parametrize(
    ("recorded", "known"), [("2040-03-05T23:59:59", 0), ("2040-03-06T00:00:00", 1)]
)  # fmt: skip
def test_v_b7_a_departure_was_known_from_the_end_of_the_day_of_recording(
    place: places.Place, recorded: str, known: int
) -> None:
    day = D(2040, 3, 5)
    member = put(place, 0, day - 3 * DAY, f"{day - 3 * DAY}T12:00")
    with at(recorded):
        deregister(
            member.pk, reason=EndReason.DEATH, on=day, paper="свидетельство", paper_card=PaperCard.TAKEN, by=place.chair
        )
    with at("2040-03-20"):
        assert count_on(place.keeper, day) == OnDay(now=0, then=known)
        assert count_on(place.keeper, day - DAY) == OnDay(now=1, then=1)


@pytest.mark.parametrize(("recorded", "known"), [("2040-03-05T23:59:59", 0), ("2040-03-06T00:00:00", 1)])
def test_v_b7_an_entry_taken_back_as_a_mistake_counts_until_that_was_recorded(
    place: places.Place, other: tuple[Organization, Actor], recorded: str, known: int
) -> None:
    day = D(2040, 3, 5)
    with at(TODAY):
        member, code = departed(place)
        arrive(organization=other[0], ticket_number=member.ticket_number, code=code, on=TODAY, by=other[1])
    with at(recorded):
        take_back_arrival(Transfer.objects.get().pk, by=other[1])
    with at("2040-03-20"):
        assert count_on(other[0], day) == OnDay(now=0, then=known)
        assert count_on(other[0], TODAY) == OnDay(now=0, then=1)
        assert count_on(other[0], TODAY - DAY) == OnDay(now=0, then=0)


GUARDIAN = {"category": "guardian", "disability_group": "", "disability_cause": ""}
WARD = {
    "surname": "Ким", "given_name": "Лев", "no_patronymic": True, "birth_date": D(2012, 5, 5),
    "disability_group": "child",
    "mandate_kind": "guardianship", "mandate_number": "Постановление № 7", "mandate_issued_on": D(2020, 5, 5),
}  # fmt: skip
#: Each step that prevents taking back an arrival, as a function of (member, chair), done on that day.
RESTS: dict[str, Callable[[Member, Actor], object]] = {
    "a change of the card": lambda m, by: edit_card(m.pk, values={"profession": "повар"}, version=None, by=by),
    "a ward": lambda m, by: add_representation(member_id=m.pk, values=WARD, by=by),
    "a mark": lambda m, by: add_mark(m.pk, kind=MarkKind.OTHER, text="Благодарность", on=timezone.localdate(), by=by),
    "a print": lambda m, by: record_prints("member_card", [m.pk], data_classes=[DataClass.GENERAL], by=by),
    "a signature": lambda m, by: mark_signed(m.pk, signed_on=timezone.localdate(), by_hand=True, by=by),
    "a payment": lambda m, by: record_payment(
        m.pk, fee=Fee.ANNUAL, year=TODAY.year, amount=Decimal(50), made_on=TODAY, paper="Ведомость 1", key="k", by=by
    ),
}


@pytest.mark.parametrize("what", RESTS)
def test_v_b9_what_is_done_in_the_moment_of_the_arrival_rests_on_it(
    place: places.Place, other: tuple[Organization, Actor], what: str
) -> None:
    with at(TODAY):
        member, code = departed(place, **GUARDIAN)
    with at(TODAY + DAY, tick=False):
        arrive(organization=other[0], ticket_number=member.ticket_number, code=code, on=TODAY + DAY, by=other[1])
        RESTS[what](member, other[1])
        with refused("V-B9", match="С тех пор"):
            take_back_arrival(Transfer.objects.get().pk, by=other[1])


@pytest.mark.both
def test_v_b9_what_was_done_before_the_arrival_does_not_rest_on_it(
    place: places.Place, other: tuple[Organization, Actor]
) -> None:
    with at(TODAY):
        member = place.put(**GUARDIAN)
        for done in RESTS.values():
            done(member, place.chair)
        left = deregister(
            member.pk, reason=EndReason.DEPARTURE, on=TODAY, destination="Калуга", paper_card=PaperCard.HANDED,
            by=place.chair,
        )  # fmt: skip
        arrive(organization=other[0], ticket_number=member.ticket_number, code=left.code, on=TODAY, by=other[1])
        transfer, _code = take_back_arrival(Transfer.objects.get().pk, by=other[1])
    assert transfer.state == TransferState.IN_TRANSIT


def test_v_b7_somebody_who_came_and_left_before_recording_was_never_known(place: places.Place) -> None:
    day = D(2040, 3, 5)
    with at("2040-03-06T00:00:00", tick=False):
        member = place.put(registered_on=day - DAY)
        deregister(
            member.pk, reason=EndReason.DEATH, on=day, paper="свидетельство", paper_card=PaperCard.TAKEN, by=place.chair
        )
    with at("2040-03-20"):
        found = {on: count_on(place.keeper, on) for on in (day - 2 * DAY, day - DAY, day, day + DAY)}
    assert found == {
        day - 2 * DAY: OnDay(0, 0), day - DAY: OnDay(now=1, then=0), day: OnDay(0, 0), day + DAY: OnDay(0, 0),
    }  # fmt: skip


def test_n_h3_the_tree_of_a_day_is_that_of_its_end(place: places.Place) -> None:
    with at(TODAY):
        new = trees.below(place.head, Level.REGIONAL, "Калужская РО ВОИ")
        put(place, 0, TODAY, f"{TODAY}T12:00")
    with at("2040-03-06T00:00:00", tick=False):
        move_organization(place.keeper.pk, new.pk, on=D(2040, 3, 6), by=trees.INSTALLATION)
    with at("2040-03-20"):
        found = {
            day: (len(moved_since(place.head.federation_id, day)), count_on(trees.again(place.region), day).now)
            for day in (D(2040, 3, 4), D(2040, 3, 5), D(2040, 3, 6))
        }
    assert found == {D(2040, 3, 4): (1, 1), D(2040, 3, 5): (1, 1), D(2040, 3, 6): (0, 0)}


@pytest.mark.both
def test_n_h3_an_organisation_with_people_moves_on_the_day_of_the_last_registration_or_later(
    place: places.Place,
) -> None:
    with at(TODAY):
        place.put(registered_on=D(2040, 2, 20))
        everybody = Member.objects.all()
        with refused("N-H3", field="on"):
            check_registrations_begin_before(everybody, D(2040, 2, 19))
        check_registrations_begin_before(everybody, D(2040, 2, 20))


# The reconciliation of a year


@pytest.fixture
def reconciled(place: places.Place) -> tuple[Any, Actor]:
    """Return the reconciliation of a cell whose members came and left around the ends of the year, and its chair."""
    people_of = {
        0: (D(2039, 12, 31), None),
        1: (D(2040, 1, 1), None),
        2: (D(2040, 12, 31), None),
        3: (D(2039, 6, 1), D(2040, 1, 1)),
        4: (D(2039, 6, 1), D(2039, 12, 31)),
        5: (D(2039, 6, 1), D(2040, 12, 31)),
    }
    with at("2040-12-31T10:00"):
        for number, (since, until) in people_of.items():
            member = put(place, number, since, "2040-12-31T10:00", cell=place.cells[0].pk)
            if until is not None:
                deregister(
                    member.pk,
                    reason=EndReason.DEATH,
                    on=until,
                    paper="свидетельство",
                    paper_card=PaperCard.TAKEN,
                    by=place.chair,
                )
        actor = trees.officer(place.cells[0])
        open_year(2040, today=D(2040, 12, 31), by=Actor.system("test"))
    return Reconciliation.objects.get(unit=place.cells[0]), actor


def test_v_b8_a_year_begins_on_1_january_and_ends_on_31_december(reconciled: tuple[Any, Actor]) -> None:
    opened, _actor = reconciled
    counts = reconciliation.counts_of(opened, D(2040, 12, 31))
    expected = {"new_year": 3, "arrived": 2, "left": 2, "by_book": 3}
    assert {name: counts[name] for name in expected} == expected
    # Members who left on 1 January count as registered before: 0, 3 and 5 were members at the end of last year.
    assert counts["new_year"] + counts["arrived"] - counts["left"] == counts["by_book"]


@pytest.mark.parametrize(("day", "listed"), [("2040-12-31T23:59", 4), ("2041-01-01T00:00", 3)])
def test_v_b8_people_who_come_after_the_year_are_not_on_its_list(
    place: places.Place, reconciled: tuple[Any, Actor], day: str, listed: int
) -> None:
    opened, actor = reconciled
    put(place, 6, moment(day).date(), day, cell=place.cells[0].pk)
    with at(day):
        reconciliation.check(opened.pk, {}, by=actor)
        assert opened.lines.count() == listed


@pytest.mark.parametrize(("day", "late"), [(D(2040, 12, 31), 0), (D(2041, 1, 1), 1)])
def test_v_b8_a_cell_is_late_from_1_january(
    place: places.Place, reconciled: tuple[Any, Actor], day: dt.date, late: int
) -> None:
    assert reconciled[0].due_on == D(2040, 12, 31)
    assert len(list(laggards(place.chair, day))) == late


@pytest.mark.parametrize(
    ("day", "gone"), [("2040-12-31T12:00", 0), ("2041-01-01T12:00", 1)]
)  # fmt: skip
def test_v_b8_a_late_report_does_not_expect_questionnaires_of_people_who_left_since(
    place: places.Place, reconciled: tuple[Any, Actor], day: str, gone: int
) -> None:
    opened, actor = reconciled
    with at(day):
        today = moment(day).date()
        leaves = opened.lines.order_by("pk").first().member
        deregister(
            leaves.pk,
            reason=EndReason.DEATH,
            on=today,
            paper="свидетельство",
            paper_card=PaperCard.TAKEN,
            by=place.chair,
        )
        stays = opened.lines.exclude(member=leaves).values_list("member", flat=True)
        reconciliation.check(opened.pk, dict.fromkeys(stays, CheckResult.UNCHANGED), by=actor)
        counts = reconciliation.counts_of(opened, today)
    # Members who leave on the last day itself are not in the book at its end.
    assert (counts["by_book"], counts["questionnaires"]) == (2 + gone, 2 + gone)


def test_v_b8_a_declined_proposal_is_shown_for_fourteen_days(place: places.Place) -> None:
    start = moment(TODAY)
    with at(start, tick=False):
        member = place.put(cell=place.cells[0].pk)
        cell_chair = trees.officer(place.cells[0])
        (proposal,) = propose(member.pk, values={"workplace": "Почта"}, by=cell_chair)
        settle([], {proposal.pk: "Нет подтверждения"}, by=place.chair)
    for later, told in ((14 * DAY, 1), (14 * DAY + SECOND, 0)):
        with at(start + later, tick=False):
            assert len(list(declined_proposals(cell_chair, timezone.localdate()))) == told


# The journal


@pytest.mark.both
def test_n_s1_several_pages_of_a_card_within_an_hour_are_one_opening(place: places.Place) -> None:
    start = moment(TODAY)
    with at(start, tick=False):
        member = place.put()
    for later, opened in ((0 * SECOND, 1), (ONE_OPENING - SECOND, 1), (ONE_OPENING, 2)):
        with at(start + later, tick=False):
            note_card_opened(member, by=place.region_chair)
        assert Event.objects.filter(action="card.opened").count() == opened
