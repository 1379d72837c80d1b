"""Notices of decisions on appeals: the paper, the day, the task, the visibility (V-A6, V-B14)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.printing.models import PrintRecord
from members.admission.models import Application
from members.admission.transitions.applications import note_notified
from members.meetings.models import AgendaItem, Appeal
from members.meetings.queries import usual_resolution
from members.meetings.tasks import meetings
from members.meetings.transitions import agenda, decisions
from members.meetings.transitions.appeals import receive_appeal, withdraw_appeal
from members.meetings.transitions.meetings import close_minutes
from members.people.models import Member
from tests.documents.samples import text_of
from tests.members import applicants, sessions
from tests.members.applicants import days
from tests.members.places import Place, signed_in
from tests.refusals import refused

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TASK = "Сообщите решение по жалобе"


place = pytest.fixture(sessions.place)


@pytest.fixture
def region(place: Place) -> Client:
    return signed_in(place.region_chair)


def turned_down(place: Place, *, told: int = 1, held: int = 2, filed: int = 10) -> Application:
    application = applicants.apply(
        place,
        stated={"filed_on": days(filed)},
        surname="Ковалёва",
        given_name="Анна",
        patronymic="Ильинична",
        sex="female",
    )
    item = sessions.admission(place, [application], held_on=days(held))
    sessions.decided(item, place.chair, adopted=False)
    note_notified([application.pk], on=days(told), way="post", by=place.chair)
    return Application.objects.get(pk=application.pk)


def excluded(place: Place) -> AgendaItem:
    member = place.put(surname="Соловей", given_name="Лев", patronymic="Ильич", sex="male")
    item = decisions.put_forward(
        organization=place.keeper, kind="exclusion", title=f"Об исключении из членов ВОИ: {member.full_name}",
        member=member, exclusion_reason="violation", filed_on=days(5), by=place.chair,
    )  # fmt: skip
    meeting = sessions.planned(place.keeper, place.chair, held_on=days(0))
    agenda.put_on(meeting.pk, items=[item.pk], by=place.chair)
    sessions.held(meeting, place.chair)
    sessions.decided(item, place.chair, resolution=usual_resolution(item, adopted=True), reason="Нарушение устава")
    return AgendaItem.objects.get(pk=item.pk)


def settled(place: Place, appeal: Appeal, *, adopted: bool, restored: bool = True, number: str = "12-р") -> AgendaItem:
    """Let the region's body decide on the appeal today, and close the minutes."""
    meeting = sessions.planned(place.region, place.region_chair, held_on=days(0))
    (item,) = agenda.put_on(meeting.pk, items=[appeal.items.get().pk], by=place.region_chair)
    sessions.held(meeting, place.region_chair)
    said = usual_resolution(item, adopted=adopted, term_restored=restored)
    sessions.decided(
        item, place.region_chair, adopted=adopted, resolution=said, reason="Справка проверена",
        term_restored=restored if appeal.late else None,
    )  # fmt: skip
    close_minutes(meeting.pk, number=number, by=place.region_chair)
    return AgendaItem.objects.get(pk=item.pk)


def appeal_of(place: Place, application: Application, **values: Any) -> Appeal:
    given = {"received_on": days(0), **values}
    return receive_appeal(application.item_id or 0, application_id=application.pk, by=place.region_chair, **given)


def printed(client: Client, name: str, *args: Any) -> str:
    answer = client.post(reverse(f"meetings:{name}", args=args))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return re.sub(r"\s+", " ", text_of(answer.content))


def tasks(place: Place) -> list[tuple[str, str]]:
    found = meetings(place.region_chair, timezone.localdate())
    return [(str(task.text), task.action_url) for task in found if "жалоб" in str(task.text)]


def day(ago: int) -> str:
    return f"{days(ago):%d.%m.%Y}"


@pytest.mark.parametrize("adopted", [True, False])
def test_v_a6_the_notice_of_the_region_has_the_decision_its_reason_and_that_it_is_binding(
    place: Place, region: Client, adopted: bool
) -> None:
    item = settled(place, appeal_of(place, turned_down(place)), adopted=adopted)
    notice = printed(region, "print_notice", item.pk)
    decided = "Жалобу удовлетворить. Принять в члены ВОИ Ковалёву Анну Ильиничну."
    if not adopted:
        decided = "Жалобу оставить без удовлетворения, решение — без изменения. Заявитель: Ковалёва Анна Ильинична."
    for words in (
        f"{place.region.full_name} Ковалёвой Анне Ильиничне",
        "Уважаемая Анна Ильинична!",
        f"Ваша жалоба от {day(0)} на отказ в приёме в члены ВОИ ({place.keeper.full_name}, решение от {day(2)})",
        f"рассмотрена {day(0)} на заседании правления, протокол № 12-р от {day(0)}.",
        f"Решение: {decided} Основание: Справка проверена",
        f"обязательно для организации, решение которой Вы обжаловали: {place.keeper.full_name}.",
        "Когда и где получить членский билет" if adopted else "Отказ в приёме остаётся в силе.",
    ):
        assert words in notice
    for words in ("может быть обжаловано", "срок", "Нет справки"):
        assert words not in notice
    assert list(PrintRecord.objects.values_list("form", "organization", "about")) == [
        ("decision", place.region.pk, "agendaitem")
    ]


@pytest.mark.parametrize(
    ("adopted", "restored", "wanted"),
    [
        (True, True, "Пропущенный срок восстановлен. Решение: Срок обжалования восстановить. Жалобу удовлетворить."),
        (False, True, "Решение: Срок обжалования восстановить. Жалобу оставить без удовлетворения"),
        (False, False, "Решение: В восстановлении срока обжалования отказать. Жалобу оставить без рассмотрения."),
    ],
)
def test_v_a6_the_notice_on_a_late_appeal_says_whether_the_term_is_restored(
    place: Place, region: Client, adopted: bool, restored: bool, wanted: str
) -> None:
    appeal = appeal_of(place, turned_down(place, filed=70, held=60, told=50), late_reason="Болела")
    notice = printed(region, "print_notice", settled(place, appeal, adopted=adopted, restored=restored).pk)
    assert f"Жалоба подана после срока обжалования: он истёк {appeal.term_on:%d.%m.%Y}. " in notice
    assert wanted in notice


def test_v_a6_the_notice_of_a_custom_decision_mentions_the_missed_term(place: Place, region: Client) -> None:
    appeal = appeal_of(place, turned_down(place, filed=70, held=60, told=50), late_reason="Болела")
    meeting = sessions.planned(place.region, place.region_chair, held_on=days(0))
    (item,) = agenda.put_on(meeting.pk, items=[appeal.items.get().pk], by=place.region_chair)
    sessions.held(meeting, place.region_chair)
    votes = {"votes_for": 0, "votes_against": 5, "votes_abstained": 0}
    region.post(
        reverse("meetings:decide", args=[item.pk]),
        {"adopted": "no", "term_restored": "not_restored", "resolution": "Отклонить.", **votes},
    )
    item.refresh_from_db()
    assert item.resolution == "В восстановлении срока обжалования отказать. Отклонить."


@pytest.mark.parametrize("adopted", [True, False])
def test_v_b14_an_excluded_member_is_told_the_decision_on_the_appeal(
    place: Place, region: Client, adopted: bool
) -> None:
    against = excluded(place)
    first = printed(signed_in(place.chair), "print_notice", against.pk)
    assert "Исключить из членов ВОИ Соловья Льва Ильича. Основание: Нарушение устава" in first
    assert "может быть обжаловано в письменной форме" in first and place.region.full_name in first
    item = settled(place, receive_appeal(against.pk, received_on=days(0), by=place.region_chair), adopted=adopted)
    notice = printed(region, "print_notice", item.pk)
    assert "Соловью Льву Ильичу" in notice and "Уважаемый Лев Ильич!" in notice
    assert f"на исключение из членов ВОИ ({place.keeper.full_name}, решение от {day(0)})" in notice
    ending = "Членство восстановлено без перерыва" if adopted else "Исключение остаётся в силе."
    assert ending in notice and "может быть обжаловано" not in notice
    # The card of an excluded member is sealed, but notices of the exclusion and of the appeal are sent by post.
    address = Member.objects.get().address
    assert address and address in notice and address in first


def test_v_a6_a_notice_printed_again_during_an_appeal_is_marked_as_repeated(place: Place) -> None:
    application, chair = turned_down(place), signed_in(place.chair)
    appeal = appeal_of(place, application)
    again = f"Повторно. Первое извещение вручено или направлено {day(1)}."
    waits = f"Ваша жалоба на отказ в приёме от {day(0)} получена и ожидает решения: {place.region.full_name}."
    pending = printed(chair, "print_applicant", application.pk, "decision")
    for words in (again, waits, "Решение: отказать в приёме в члены ВОИ. Причина: Нет справки"):
        assert words in pending
    assert "может быть обжаловано" not in pending
    withdraw_appeal(appeal.pk, by=place.region_chair)
    back = printed(chair, "print_applicant", application.pk, "decision")
    assert ("может быть обжаловано" in back, "Повторно" in back, "жалоба" in back) == (True, False, False)


def test_v_a6_a_notice_that_was_not_recorded_is_not_marked_as_repeated(place: Place) -> None:
    application = turned_down(place)
    note_notified([application.pk], on=None, by=place.chair)
    appeal_of(place, application)
    notice = printed(signed_in(place.chair), "print_applicant", application.pk, "decision")
    assert ("ожидает решения" in notice, "Повторно" in notice) == (True, False)


def test_v_b14_the_notice_of_an_exclusion_explains_how_to_appeal(place: Place) -> None:
    against, chair = excluded(place), signed_in(place.chair)
    decisions.note_item_notified(against.pk, on=days(0), way="post", by=place.chair)
    appeal = receive_appeal(against.pk, received_on=days(0), by=place.region_chair)
    pending = printed(chair, "print_notice", against.pk)
    for words in (f"Первое извещение вручено или направлено {day(0)}.", "Ваша жалоба на исключение", "сохраняются."):
        assert words in pending
    settled(place, appeal, adopted=False)
    final = printed(chair, "print_notice", against.pk)
    assert "Решение по жалобе: Жалобу оставить без удовлетворения" in final and "Исключение остаётся в силе." in final
    for paper in (pending, final):
        assert "может быть обжаловано" not in paper


def test_v_a6_the_local_notice_after_a_dismissal_offers_no_appeal(place: Place) -> None:
    application, chair = turned_down(place), signed_in(place.chair)
    before = printed(chair, "print_applicant", application.pk, "decision")
    assert "может быть обжаловано" in before and "Решение по жалобе" not in before
    settled(place, appeal_of(place, application), adopted=False)
    after = printed(chair, "print_applicant", application.pk, "decision")
    assert "может быть обжаловано" not in after
    for words in (
        "Решение: отказать в приёме в члены ВОИ. Причина: Нет справки",
        (
            f"Ваша жалоба на отказ в приёме от {day(0)} рассмотрена {day(0)} на заседании правления "
            f"({place.region.full_name}), протокол № 12-р"
        ),
        "Решение по жалобе: Жалобу оставить без удовлетворения",
        "Основание: Справка проверена",
    ):
        assert words in after


def test_v_a6_notifying_the_appellant_is_a_task_of_the_region_until_recorded(place: Place, region: Client) -> None:
    application = turned_down(place)
    item = settled(place, appeal_of(place, application), adopted=False)
    note = reverse("meetings:notify", args=[item.pk])
    assert tasks(place) == [("Сообщить решение по жалобе:", note)]
    assert not [task for task in meetings(place.chair, timezone.localdate()) if "жалоб" in str(task.text)]
    appeal_page = reverse("meetings:appeal", args=[item.appeal_id])
    assert note in region.get(appeal_page).content.decode()
    early = region.post(note, {"on": day(1), "way": "post"})
    item.refresh_from_db()
    assert (early.status_code, item.notified_on) == (200, None)
    assert region.post(note, {"on": day(0), "way": "post"}).status_code == 302
    item.refresh_from_db()
    assert (item.notified_on, item.notified_by, tasks(place)) == (days(0), "post", [])
    region.post(reverse("meetings:reverse", args=[item.pk]))
    item.refresh_from_db()
    assert item.state == "rejected"
    region.post(note, {"take_back": "1"})
    item.refresh_from_db()
    assert (item.notified_on, item.notified_by, len(tasks(place))) == (None, "", 1)


def test_v_a6_a_decision_is_not_reversed_after_its_notice(place: Place) -> None:
    appeal = appeal_of(place, turned_down(place))
    meeting = sessions.planned(place.region, place.region_chair, held_on=days(0))
    (item,) = agenda.put_on(meeting.pk, items=[appeal.items.get().pk], by=place.region_chair)
    with refused("V-A5", match="Нет решения"):
        decisions.note_item_notified(item.pk, on=days(0), way="post", by=place.region_chair)
    sessions.held(meeting, place.region_chair)
    sessions.decided(item, place.region_chair, adopted=False)
    decisions.note_item_notified(item.pk, on=days(0), way="post", by=place.region_chair)
    wanted = "О решении заявителю жалобы уже сообщено. Сначала снимите отметку об извещении."
    with refused("V-A5", blockers=[wanted]):
        decisions.reverse_decision(item.pk, by=place.region_chair)
    decisions.note_item_notified(item.pk, on=None, by=place.region_chair)
    decisions.reverse_decision(item.pk, by=place.region_chair)
    assert Appeal.objects.get().state == "received"


@pytest.mark.both
def test_v_a6_the_local_organisation_sees_the_decision_and_its_notice_but_cannot_notify(
    place: Place, region: Client
) -> None:
    application, chair = turned_down(place), signed_in(place.chair)
    item = settled(place, appeal_of(place, application), adopted=False)
    page, appeal_page = (
        reverse("applications:detail", args=[application.pk]),
        reverse("meetings:appeal", args=[item.appeal_id]),
    )
    before = chair.get(page).content.decode()
    assert appeal_page in before and "заявителю ещё не сообщено" in before
    decisions.note_item_notified(item.pk, on=days(0), way="post", by=place.region_chair)
    after = chair.get(page).content.decode()
    assert f"заявителю сообщено {day(0)}" in after and "заявителю ещё не сообщено" not in after
    seen = chair.get(appeal_page).content.decode()
    assert "Жалобу оставить без удовлетворения" in seen
    for name in ("notify", "print_notice"):
        address = reverse(f"meetings:{name}", args=[item.pk])
        assert address not in seen
        assert chair.post(address, {"on": day(0), "way": "post"}).status_code == 404


def test_v_a6_a_decision_on_appeal_cannot_be_appealed_against(place: Place, region: Client) -> None:
    application, against = turned_down(place), excluded(place)
    offers = [
        (reverse("meetings:receive_of_applicant", args=[application.pk]), "applications:detail", application.pk),
        (reverse("meetings:receive_appeal", args=[against.pk]), "meetings:detail", against.meeting_id),
    ]
    listed = region.get(reverse("meetings:appeals")).content.decode()
    for offer, page, key in offers:
        assert offer in listed and offer in region.get(reverse(page, args=[key])).content.decode()
    settled(place, appeal_of(place, application), adopted=False)
    settled(place, receive_appeal(against.pk, received_on=days(0), by=place.region_chair), adopted=False, number="13-р")
    listed = region.get(reverse("meetings:appeals")).content.decode()
    for offer, page, key in offers:
        assert offer not in listed and offer not in region.get(reverse(page, args=[key])).content.decode()
        answer = region.post(offer, {"received_on": day(0), "late_reason": ""})
        assert "второй раз её не принимают" in answer.content.decode()
    assert Appeal.objects.count() == 2


def test_v_a6_there_is_no_notice_before_the_decision(place: Place, region: Client) -> None:
    appeal = appeal_of(place, turned_down(place))
    assert region.post(reverse("meetings:print_notice", args=[appeal.items.get().pk])).status_code == 404
    page = region.get(reverse("meetings:appeal", args=[appeal.pk])).content.decode()
    assert reverse("meetings:print_notice", args=[appeal.items.get().pk]) not in page
    assert PrintRecord.objects.count() == 0
