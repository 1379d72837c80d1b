"""Papers that may be contested: votes of a refusal, address and debt of an excluded member (V-A5, V-B14, V-B16)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from documents.papers import meeting_papers
from dues.ledger.enums import Fee
from dues.ledger.transitions import charge_new_year
from dues.payments.transitions import record_payment
from members.meetings.enums import ItemKind, ItemState
from members.meetings.models import AgendaItem
from members.meetings.queries import usual_resolution, usual_title, with_arrears, with_sum
from members.meetings.transitions import agenda, appeals, decisions
from members.meetings.transitions.meetings import close_minutes
from members.people.models import CardMark, Member
from members.people.transitions.cards import edit_card
from tests.documents.samples import text_of
from tests.members import applicants, places, sessions
from tests.members.applicants import days
from tests.members.places import Place
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LAST_YEAR = timezone.localdate().year - 1
place = pytest.fixture(sessions.place)


@pytest.fixture
def debtor(place: Place) -> Member:
    """Return a member who owes last year's fee."""
    member = place.put(joined_on=days(900), registered_on=days(900))
    charge_new_year(place.keeper.pk, LAST_YEAR, by=place.chair)
    return member


def forward(place: Place, member: Member, reason: str = "arrears", **values: Any) -> AgendaItem:
    title = usual_title(ItemKind.EXCLUSION, member, tail="ВОИ", exclusion_reason=reason)
    given = {"title": title, "filed_on": days(5), **values}
    return decisions.put_forward(
        organization=place.keeper,
        kind=ItemKind.EXCLUSION,
        member=member,
        exclusion_reason=reason,
        by=place.chair,
        **given,
    )


def at_a_meeting(place: Place, item: AgendaItem, *, held_on: dt.date | None = None) -> AgendaItem:
    meeting = sessions.planned(place.keeper, place.chair, held_on=held_on or days(0))
    agenda.put_on(meeting.pk, items=[item.pk], by=place.chair)
    sessions.held(meeting, place.chair)
    return AgendaItem.objects.get(pk=item.pk)


def excluded(place: Place, item: AgendaItem, reason: str = "", *, adopted: bool = True) -> AgendaItem:
    votes = {"votes_for": 5, "votes_against": 0} if adopted else {"votes_for": 0, "votes_against": 5}
    decisions.decide(
        item.pk, adopted=adopted, votes_abstained=0, resolution=usual_resolution(item, adopted=adopted), reason=reason,
        by=place.chair, **votes,
    )  # fmt: skip
    return AgendaItem.objects.get(pk=item.pk)


def pay(place: Place, member: Member, amount: str, on: dt.date | None = None) -> None:
    record_payment(
        member.pk, fee=Fee.ANNUAL, year=LAST_YEAR, amount=Decimal(amount), made_on=on or days(0), paper="ведомость 1",
        key=amount, by=place.chair,
    )  # fmt: skip


# Votes of a refusal


@pytest.mark.parametrize(
    ("votes", "printed"),
    [
        ((0, 4, 1), "ГОЛОСОВАЛИ: «за» — 4, «против» — 0, «воздержались» — 1."),
        ((2, 3, 0), "ГОЛОСОВАЛИ: «за» — 3, «против» — 2, «воздержались» — 0."),
        (
            (2, 2, 1),
            "ГОЛОСОВАЛИ за предложение: «за» — 2, «против» — 2, «воздержались» — 1. "
            "Предложение не набрало большинства голосов.",
        ),
        (
            (0, 1, 4),
            "ГОЛОСОВАЛИ за предложение: «за» — 0, «против» — 1, «воздержались» — 4. "
            "Предложение не набрало большинства голосов.",
        ),
    ],
)
def test_v_a5_the_votes_on_paper_belong_to_the_decision_that_was_taken(
    place: Place, votes: tuple[int, int, int], printed: str
) -> None:
    one = applicants.apply(place)
    item = sessions.admission(place, [one])
    for_it, against, abstained = votes
    decisions.decide(
        item.pk, adopted=False, votes_for=for_it, votes_against=against, votes_abstained=abstained,
        resolution=usual_resolution(item, adopted=False), reason="нет документов", not_notified=True,
        by=place.chair,
    )  # fmt: skip
    item = AgendaItem.objects.get(pk=item.pk)
    minutes = text_of(meeting_papers.render_meeting(meeting_papers.MINUTES, item.meeting))
    extract = text_of(meeting_papers.render_extract(item, item.applications.get()))
    assert printed in minutes
    assert printed in extract


def test_v_a5_the_votes_of_an_adopted_proposal_stay_as_counted(place: Place, debtor: Member) -> None:
    item = excluded(place, at_a_meeting(place, forward(place, debtor)))
    minutes = text_of(meeting_papers.render_meeting(meeting_papers.MINUTES, item.meeting))
    assert "ГОЛОСОВАЛИ: «за» — 5, «против» — 0, «воздержались» — 0." in minutes


# The address of an excluded member


def test_v_b14_the_notice_of_an_exclusion_has_the_address_of_the_excluded(place: Place, debtor: Member) -> None:
    item = excluded(place, at_a_meeting(place, forward(place, debtor)))
    notice = text_of(meeting_papers.render_notice(item))
    address = " ".join(Member.objects.get(pk=debtor.pk).address.split())
    assert address
    assert address in notice


def test_v_b14_the_notice_of_a_dismissed_appeal_has_the_address_too(place: Place, debtor: Member) -> None:
    item = excluded(place, at_a_meeting(place, forward(place, debtor)))
    region = place.region_chair
    appeal = appeals.receive_appeal(item.pk, received_on=days(0), by=region)
    decided = AgendaItem.objects.get(appeal=appeal)
    sessions.body_of(place.region)
    meeting = sessions.planned(place.region, region, held_on=days(0))
    agenda.put_on(meeting.pk, items=[decided.pk], by=region)
    sessions.held(meeting, region)
    decisions.decide(
        decided.pk, adopted=False, votes_for=0, votes_against=5, votes_abstained=0, resolution="Отказать.", by=region
    )
    assert Member.objects.get(pk=debtor.pk).address in text_of(
        meeting_papers.render_notice(AgendaItem.objects.get(pk=decided.pk))
    )


def test_v_b14_the_card_of_somebody_who_went_elsewhere_is_not_read_for_a_notice(place: Place) -> None:
    member = place.put()
    item = forward(place, member, "violation")
    at_a_meeting(place, item)
    item = excluded(place, AgendaItem.objects.get(pk=item.pk))
    Member.objects.filter(pk=member.pk).update(last_organization=place.region)
    assert member.address not in text_of(meeting_papers.render_notice(AgendaItem.objects.get(pk=item.pk)))


# Exclusion for arrears


def test_v_b16_who_owes_nothing_overdue_is_not_excluded_for_arrears(place: Place) -> None:
    with refused("V-B16", field="exclusion_reason"):
        forward(place, place.put(joined_on=days(900)))
    assert not AgendaItem.objects.exists()


def test_v_b16_other_reasons_do_not_ask_for_a_debt(place: Place) -> None:
    assert forward(place, place.put(), "violation").amount is None


def test_v_b16_proposal_minutes_and_notice_name_the_sum(place: Place, debtor: Member) -> None:
    item = forward(place, debtor)
    assert (item.amount, item.title) == (
        Decimal("50.00"),
        f"Об исключении из членов ВОИ (задолженность по взносам 50,00 руб.): {debtor.full_name}",
    )
    pay(place, debtor, "20.00")
    item = excluded(place, at_a_meeting(place, item))
    sentence = f"Задолженность по взносам на {timezone.localdate():%d.%m.%Y} — 30,00 руб."
    assert (item.amount, item.reason) == (Decimal("30.00"), sentence)
    minutes = text_of(meeting_papers.render_meeting(meeting_papers.MINUTES, item.meeting))
    notice = text_of(meeting_papers.render_notice(item))
    for paper in (minutes, notice):
        assert f"Основание: {sentence}" in paper


def test_v_b16_the_debt_is_that_of_the_day_of_the_meeting(place: Place, debtor: Member) -> None:
    item = at_a_meeting(place, forward(place, debtor), held_on=days(2))
    pay(place, debtor, "50.00", days(1))
    assert excluded(place, item).amount == Decimal("50.00")


def test_v_b16_what_was_paid_before_the_meeting_is_no_reason_any_more(place: Place, debtor: Member) -> None:
    item = at_a_meeting(place, forward(place, debtor))
    pay(place, debtor, "50.00")
    with refused("V-B16", field="exclusion_reason"):
        excluded(place, item)
    assert AgendaItem.objects.get(pk=item.pk).state == ItemState.SCHEDULED
    assert excluded(place, item, adopted=False).state == ItemState.REJECTED


def test_v_b16_where_dues_are_a_percentage_of_pay_the_ledger_is_not_asked() -> None:
    found = places.union()
    member = found.put()
    item = decisions.put_forward(
        organization=found.keeper, kind=ItemKind.EXCLUSION, title="Об исключении", member=member,
        exclusion_reason="arrears", filed_on=days(0), by=found.chair,
    )  # fmt: skip
    assert item.amount is None


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Об исключении: Ким Лев", "Об исключении (задолженность по взносам 15\xa0000,00 руб.): Ким Лев"),
        ("Об исключении", "Об исключении (задолженность по взносам 15\xa0000,00 руб.): Ким Лев"),
        ("Долг 15 000,00 руб.", "Долг 15 000,00 руб."),
        ("Долг 15000,00 руб.", "Долг 15000,00 руб."),
    ],
)
def test_v_b16_the_sum_stands_before_the_name_unless_it_is_named(title: str, named: str) -> None:
    assert with_sum(title, Decimal("15000"), "Ким Лев") == named


@pytest.mark.parametrize(
    ("reason", "named"),
    [
        ("", "Задолженность по взносам на 01.02.2025 — 50,00 руб."),
        ("Не платит.", "Не платит. Задолженность по взносам на 01.02.2025 — 50,00 руб."),
        ("Не платит 50,00 руб.", "Не платит 50,00 руб."),
    ],
)
def test_v_b16_the_reason_names_the_debt_of_the_day(reason: str, named: str) -> None:
    assert with_arrears(reason, Decimal("50"), dt.date(2025, 2, 1)) == named


# Decisions as marks on the card


def decided(place: Place, kind: str, resolution: str, reason: str = "", **values: Any) -> AgendaItem:
    member = values.pop("member", None) or place.put()
    item = decisions.put_forward(
        organization=place.keeper, kind=kind, title="Вопрос", member=member, filed_on=days(5), by=place.chair, **values
    )
    at_a_meeting(place, item)
    decisions.decide(
        item.pk, adopted=True, votes_for=5, votes_against=0, votes_abstained=0, reason=reason, by=place.chair,
        resolution=resolution.format(member.full_name),
    )  # fmt: skip
    return AgendaItem.objects.get(pk=item.pk)


@pytest.mark.parametrize(
    ("resolution", "reason", "mark"),
    [
        ("Наложить взыскание — выговор: {}.", "", "Выговор"),
        ("Наложить взыскание: строгий выговор: {}.", "", "Строгий выговор"),
        ("Объявить замечание: {}.", "Неявка на собрания.", "Замечание (неявка на собрания)"),
        ("Замечание.", "ВОИ не уведомлено", "Замечание (ВОИ не уведомлено)"),
    ],
)
def test_v_b5_a_measure_reads_as_a_mark(place: Place, resolution: str, reason: str, mark: str) -> None:
    item = decided(place, ItemKind.DISCIPLINE, resolution, reason)
    assert CardMark.objects.get().text == f"{mark}, протокол от {days(0):%d.%m.%Y}"
    close_minutes(item.meeting_id, number="16", by=place.chair)
    assert CardMark.objects.get().text == f"{mark}, протокол № 16 от {days(0):%d.%m.%Y}"


def test_v_b5_the_lifting_of_a_measure_reads_as_a_mark(place: Place) -> None:
    item = decided(place, ItemKind.DISCIPLINE, "Объявить выговор: {}.")
    decided(place, ItemKind.DISCIPLINE_LIFTED, "Снять взыскание: {}.", mark=CardMark.objects.get(), member=item.member)
    assert CardMark.objects.get().lifted_text == f"Взыскание снято, протокол от {days(0):%d.%m.%Y}"


def test_v_b5_the_mark_of_a_replaced_ticket_has_both_numbers(place: Place) -> None:
    member = place.put(ticket_number="0104512")
    item = decided(
        place,
        ItemKind.DUPLICATE,
        "Выдать новый членский билет: {}.",
        member=member,
        ticket_reason="lost",
        statement_on=days(5),
    )
    minutes = f"протокол от {days(0):%d.%m.%Y}"
    assert CardMark.objects.get().text == f"Решено выдать новый билет взамен № 0104512 (утрата), {minutes}"
    edit_card(member.pk, values={"ticket_number": "0200001"}, version=None, by=place.chair)
    assert CardMark.objects.get().text == f"Выдан билет № 0200001 взамен № 0104512 (утрата), {minutes}"
    # After a misread number is corrected, the mark shows the new one.
    edit_card(member.pk, values={"ticket_number": "0200007"}, version=None, by=place.chair)
    close_minutes(item.meeting_id, number="16", by=place.chair)
    assert CardMark.objects.get().text == (
        f"Выдан билет № 0200007 взамен № 0104512 (утрата), протокол № 16 от {days(0):%d.%m.%Y}"
    )


def test_v_b5_a_ticket_of_somebody_without_a_number_and_other_changes_leave_the_mark(place: Place) -> None:
    member = place.put(ticket_number="")
    decided(
        place,
        ItemKind.DUPLICATE,
        "Выдать новый членский билет: {}.",
        member=member,
        ticket_reason="damaged",
        statement_on=days(5),
    )
    text = f"Решено выдать новый билет (порча), протокол от {days(0):%d.%m.%Y}"
    edit_card(member.pk, values={"street": "улица Новая"}, version=None, by=place.chair)
    assert CardMark.objects.get().text == text
    edit_card(member.pk, values={"ticket_number": "0200001"}, version=None, by=place.chair)
    assert CardMark.objects.get().text == f"Выдан билет № 0200001 (порча), протокол от {days(0):%d.%m.%Y}"
