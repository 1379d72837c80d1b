"""Pages and papers of meetings, decisions and appeals: effects, refusals, kept input and prints (V-A5, V-A6, V-B1,
V-B16).
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.printing.codes import in_groups
from documents.printing.models import PrintRecord
from dues.ledger.transitions import charge_new_year
from members.admission.models import Application
from members.admission.transitions.applications import note_notified, withdraw_application
from members.meetings.models import AgendaItem, Appeal, Meeting
from members.meetings.transitions import agenda, decisions
from members.meetings.transitions.appeals import receive_appeal
from members.meetings.transitions.meetings import close_minutes
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry import integrity
from registry.enums import Level, Role
from registry.files import storage
from registry.jobs.models import Job
from registry.journal.models import Event
from tests.documents.samples import text_of
from tests.members import applicants, places, sessions
from tests.members.applicants import days
from tests.members.places import Place, signed_in
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]


place = pytest.fixture(sessions.place)


@pytest.fixture
def chair(place: Place) -> Client:
    return signed_in(place.chair)


def day(ago: int) -> str:
    return f"{days(ago):%d.%m.%Y}"


def post(client: Client, name: str, *args: Any, **data: Any) -> HttpResponse:
    return client.post(reverse(f"meetings:{name}", args=args), data)


def said(answer: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def text(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2]))


def planned(place: Place, chair: Client, held_on: str = "") -> Meeting:
    body = sessions.body_of(place.keeper)
    values = {
        "body": body.pk,
        "held_on": held_on or day(2),
        "starts_at": "15.30",
        "place": "Тула",
        "format": "in_person",
    }
    assert post(chair, "plan", **values).status_code == 302
    return Meeting.objects.latest("pk")


def came(chair: Client, meeting: Meeting, count: int = 5) -> HttpResponse:
    seats = list(meeting.body.seats.values_list("pk", flat=True)[:count])
    return post(chair, "attendance", meeting.pk, seats=seats, chaired_by="Громов Г. Г.", secretary="Ильина И. И.")


def wrong() -> list[str]:
    return [line for _title, lines in integrity.run() for line in lines]


def test_v_a5_from_the_plan_to_the_closed_minutes_as_the_chair_clicks(place: Place, chair: Client) -> None:
    first, second, third = (applicants.apply(place) for _number in range(3))
    meeting = planned(place, chair)
    assert str(meeting.starts_at) == "15:30:00"
    post(chair, "agenda", meeting.pk, applications=[first.pk, second.pk, third.pk])
    post(chair, "split", third.pk)
    assert came(chair, meeting).status_code == 302
    together, apart = meeting.items.order_by("position")
    votes = {"votes_for": "5", "votes_against": "0", "votes_abstained": "0", "not_notified": "on"}
    post(chair, "decide_many", meeting.pk, selected=[together.pk], **votes)
    no = {**votes, "adopted": "no", "votes_for": "1", "votes_against": "4", "reason": "Нет справки"}
    assert post(chair, "decide", apart.pk, **no).status_code == 302
    apart.refresh_from_db()
    assert apart.resolution == f"Отказать в приёме в члены ВОИ: {third.full_name}."
    post(chair, "minutes", meeting.pk, number="7")
    meeting.refresh_from_db()
    assert (meeting.state, meeting.number, Member.objects.count()) == ("closed", "7", 2)
    assert Event.objects.filter(action="item.decided").count() == 2
    assert wrong() == []


def test_v_a5_without_quorum_the_page_says_so_and_offers_no_decision(place: Place, chair: Client) -> None:
    meeting = planned(place, chair)
    post(chair, "agenda", meeting.pk, applications=[applicants.apply(place).pk])
    came(chair, meeting, 2)
    page = text(chair.get(reverse("meetings:detail", args=[meeting.pk])))
    assert "Кворума не было" in page and "Присутствовали 2 из 5 членов органа" in page
    item = meeting.items.get()
    answer = chair.get(reverse("meetings:decide", args=[item.pk]))
    assert (answer.status_code, len(said(answer))) == (302, 1)
    post(chair, "decide_many", meeting.pk, selected=[item.pk], votes_for="2", votes_against="0", votes_abstained="0")
    assert (AgendaItem.objects.get().state, Member.objects.count()) == ("scheduled", 0)
    assert chair.get(reverse("meetings:step", args=[meeting.pk, "no-quorum"])).status_code == 200
    post(chair, "step", meeting.pk, "no-quorum")
    assert "Заседание не состоялось" in text(chair.get(reverse("meetings:detail", args=[meeting.pk])))


def test_v_a5_a_refused_agenda_keeps_its_ticks_and_a_refused_number_stays(place: Place, chair: Client) -> None:
    whole, torn = applicants.apply(place), applicants.apply(place, stated={"copies": []})
    meeting = planned(place, chair)
    page = post(chair, "agenda", meeting.pk, applications=[torn.pk], separately="1").content.decode()
    ticked = re.findall(r'name="(applications|separately)"\s+value="(\d+)" checked', page)
    assert ticked == [("applications", str(torn.pk)), ("separately", "1")]
    post(chair, "agenda", meeting.pk, applications=[whole.pk])
    came(chair, meeting)
    votes = {"votes_for": "5", "votes_against": "0", "votes_abstained": "0", "not_notified": "on"}
    post(chair, "decide_many", meeting.pk, selected=[meeting.items.get().pk], **votes)
    page = post(chair, "minutes", meeting.pk, number="№" * 40).content.decode()
    assert "№" * 40 in page and 'aria-invalid="true"' in page


def test_v_a5_items_filed_after_the_meeting_are_not_offered(place: Place, chair: Client) -> None:
    meeting = planned(place, chair)
    for number, ago in enumerate((3, 0)):
        decisions.put_forward(
            organization=place.keeper, kind="other", title=f"Вопрос {number}", filed_on=days(ago), by=place.chair
        )
    page = text(chair.get(reverse("meetings:detail", args=[meeting.pk])))
    assert "Вопрос 0" in page and "Вопрос 1" not in page


def test_v_a5_a_refused_form_keeps_the_input(place: Place, chair: Client) -> None:
    item = sessions.admission(place, [applicants.apply(place)])
    values = {
        "adopted": "yes",
        "votes_for": "2",
        "votes_against": "3",
        "votes_abstained": "0",
        "resolution": "Особое слово",
    }
    page = post(chair, "decide", item.pk, **values)
    assert page.status_code == 200
    assert "Особое слово" in page.content.decode() and 'aria-invalid="true"' in page.content.decode()
    values = {"body": sessions.body_of(place.keeper).pk, "held_on": day(2), "starts_at": "25:77", "place": "Клуб"}
    page = post(chair, "plan", **values)
    assert "Клуб" in page.content.decode() and "15:30" in text(page)


def test_v_a5_a_future_meeting_has_not_taken_place(place: Place, chair: Client) -> None:
    meeting = planned(place, chair, day(-3))
    page = came(chair, meeting)
    assert page.status_code == 200
    meeting.refresh_from_db()
    assert meeting.state == "planned"


def test_v_b16_the_form_asks_for_what_the_kind_of_item_needs(place: Place, chair: Client) -> None:
    member = place.put(joined_on=days(900))
    charge_new_year(place.keeper.pk, timezone.localdate().year - 1, by=place.chair)
    address = reverse("meetings:propose_member", args=[member.pk])
    offered = re.findall(r'href="\?kind=(\w+)"', chair.get(address).content.decode())
    assert offered == ["duplicate", "exclusion", "discipline"]
    assert chair.post(f"{address}?kind=exclusion", {}).status_code == 200
    assert chair.post(f"{address}?kind=exclusion", {"exclusion_reason": "arrears"}).status_code == 302
    item = AgendaItem.objects.get()
    assert item.title == f"Об исключении из членов ВОИ (задолженность по взносам 50,00 руб.): {member.full_name}"
    again = chair.post(f"{address}?kind=exclusion", {"exclusion_reason": "arrears"})
    assert (again.status_code, AgendaItem.objects.count()) == (200, 1)
    chair.post(f"{address}?kind=discipline", {"title": "Замечание"})
    assert AgendaItem.objects.get(kind="discipline").title == f"Замечание: {member.full_name}"
    ticket = f"{address}?kind=duplicate"
    assert chair.post(ticket, {"ticket_reason": "lost"}).status_code == 200
    assert chair.post(ticket, {"ticket_reason": "lost", "statement_on": day(-1)}).status_code == 200
    assert chair.post(ticket, {"ticket_reason": "lost", "statement_on": day(3)}).status_code == 302
    wanted = f"О выдаче нового членского билета (утрата; заявление от {day(3)}): {member.full_name}"
    assert AgendaItem.objects.get(kind="duplicate").title == wanted
    page = text(chair.get(reverse("meetings:queue")))
    assert item.title in page and "Замечание" in page
    post(chair, "item_step", item.pk, "drop")
    assert AgendaItem.objects.get(pk=item.pk).state == "dropped"


def test_v_d2_a_contribution_of_the_organisation_is_put_forward_with_sum_and_term(place: Place, chair: Client) -> None:
    address = reverse("meetings:propose")
    assert re.findall(r'href="\?kind=(\w+)"', chair.get(address).content.decode()) == ["property", "collector", "other"]
    assert chair.post(f"{address}?kind=property", {"amount": "1500"}).status_code == 200
    chair.post(f"{address}?kind=property", {"amount": "1500,50", "due_on": day(-60)})
    assert str(AgendaItem.objects.get().amount) == "1500.50"
    assert chair.post(f"{address}?kind=admission", {}).status_code == 200
    assert AgendaItem.objects.count() == 1


def test_v_a5_the_number_of_queries_does_not_grow_with_the_items(place: Place, chair: Client) -> None:
    meeting = sessions.planned(place.keeper, place.chair)
    counts: dict[str, list[int]] = {}
    for more in (1, 2, 12):
        agenda.put_on(
            meeting.pk, applications=[applicants.apply(place).pk for _n in range(more)], separately=True, by=place.chair
        )
        for _n in range(more):
            number = Member.objects.count() + 1
            given = {"snils": "", "ticket_number": f"{number:07d}", "paper_number": f"{number:06d}"}
            member = place.put(surname="Очередная" + "абвгдежзиклмнопрст"[number], confirmed_duplicate=True, **given)
            decisions.put_forward(
                organization=place.keeper, kind="discipline", title="Замечание", member=member, by=place.chair
            )
        for address in (
            reverse("meetings:detail", args=[meeting.pk]), reverse("meetings:queue"), reverse("meetings:list"),
        ):  # fmt: skip
            chair.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert chair.get(address).status_code == 200
            counts.setdefault(address, []).append(len(queries))
    assert {address: len(set(found)) for address, found in counts.items()} == dict.fromkeys(counts, 1), counts


def turned_down(place: Place, *, filed: int | None = None, held: int = 2, told: int = 1) -> Application:
    application = applicants.apply(place, stated={"filed_on": days(filed)} if filed else None)
    item = sessions.admission(place, [application], held_on=days(held))
    sessions.decided(item, place.chair, adopted=False)
    note_notified([application.pk], on=days(told), way="post", by=place.chair)
    return Application.objects.get(pk=application.pk)


def test_v_a6_the_region_is_offered_refusals_and_receives_an_appeal(place: Place, chair: Client) -> None:
    application = turned_down(place)
    region = signed_in(place.region_chair)
    address = reverse("meetings:receive_of_applicant", args=[application.pk])
    assert address in region.get(reverse("meetings:appeals")).content.decode()
    assert address in region.get(reverse("applications:detail", args=[application.pk])).content.decode()
    assert address not in chair.get(reverse("applications:detail", args=[application.pk])).content.decode()
    assert chair.get(address).status_code == 403
    answer = region.post(address, {"received_on": day(0), "text": "Справка есть"})
    appeal = Appeal.objects.get()
    assert answer["Location"] == reverse("meetings:appeal", args=[appeal.pk])
    assert "Справка есть" in text(region.get(answer["Location"]))
    assert address not in region.get(reverse("meetings:appeals")).content.decode()
    post(region, "withdraw_appeal", appeal.pk)
    assert Application.objects.get().state == "refused"
    again = reverse("meetings:restore_appeal", args=[appeal.pk])
    assert again in region.get(answer["Location"]).content.decode()
    assert chair.post(again).status_code == 403
    region.post(again)
    assert Application.objects.get().state == "appealed"


@pytest.mark.parametrize(
    ("adopted", "term", "wanted"),
    [
        ("yes", "restored", "Срок обжалования восстановить. Жалобу удовлетворить. Принять в члены ВОИ: {name}."),
        (
            "no",
            "restored",
            (
                "Срок обжалования восстановить. Жалобу оставить без удовлетворения, решение — без "
                "изменения. Заявитель: {name}."
            ),
        ),
        (
            "no",
            "not_restored",
            ("В восстановлении срока обжалования отказать. Жалобу оставить без рассмотрения. Заявитель: {name}."),
        ),
        ("yes", "not_restored", ""),
        ("no", "", ""),
    ],
)
def test_v_a6_a_late_appeal_is_decided_on_with_its_term(place: Place, adopted: str, term: str, wanted: str) -> None:
    application = turned_down(place, filed=70, held=60, told=50)
    region = signed_in(place.region_chair)
    appeal = receive_appeal(
        application.item_id or 0,
        application_id=application.pk,
        received_on=days(1),
        late_reason="Болела",
        by=place.region_chair,
    )
    meeting = sessions.planned(place.region, place.region_chair, held_on=days(0))
    (item,) = agenda.put_on(meeting.pk, items=[appeal.items.get().pk], by=place.region_chair)
    sessions.held(meeting, place.region_chair)
    votes = {"votes_for": 5, "votes_against": 0} if adopted == "yes" else {"votes_for": 0, "votes_against": 5}
    post(region, "decide", item.pk, adopted=adopted, term_restored=term, votes_abstained=0, **votes)
    item.refresh_from_db()
    assert item.resolution == wanted.format(name=application.full_name)
    assert Appeal.objects.get().state == (
        "received" if not wanted else "satisfied" if adopted == "yes" else "dismissed"
    )


def test_v_a6_decisions_that_can_be_appealed_are_offered_only_to_the_deciding_organisation() -> None:
    place = places.union()
    between = trees.below(place.region, Level.LOCAL, "Городская организация")
    school = trees.below(between, Level.PRIMARY, "ППО СОШ № 5")
    Application.objects.create(
        federation=place.head.federation, organization=school, surname="Ким", given_name="Лев", filed_on=days(9),
        state="refused", decided_on=days(2),
        item=AgendaItem.objects.create(
            organization=school, kind="admission", title="О приёме", filed_on=days(9), state="rejected",
            meeting=sessions.planned(school, trees.officer(school, Role.CHAIR, "Лось")),
            votes_for=0, votes_against=5, votes_abstained=0, decided_at=timezone.now(),
        ),
    )  # fmt: skip
    address = reverse("meetings:appeals")
    seen = [
        len(signed_in(actor).get(address).context["open_decisions"])
        for actor in (place.region_chair, trees.officer(between, Role.CHAIR, "Рысь"))
    ]
    assert seen == [1, 0]


def test_v_b14_an_exclusion_is_notified_and_appealed_on_the_screen(place: Place, chair: Client) -> None:
    member = place.put()
    item = decisions.put_forward(
        organization=place.keeper, kind="exclusion", title="Об исключении", member=member, exclusion_reason="violation",
        filed_on=days(5), by=place.chair,
    )  # fmt: skip
    meeting = sessions.planned(place.keeper, place.chair, held_on=days(0))
    agenda.put_on(meeting.pk, items=[item.pk], by=place.chair)
    sessions.held(meeting, place.chair)
    sessions.decided(item, place.chair)
    assert "Основание: Нет справки" in paper(chair, "extract", item.pk)
    assert post(chair, "notify", item.pk, on=day(0), way="post").status_code == 302
    region = signed_in(place.region_chair)
    address = reverse("meetings:receive_appeal", args=[item.pk])
    for page in (reverse("meetings:appeals"), reverse("meetings:detail", args=[meeting.pk])):
        assert address in region.get(page).content.decode()
    assert region.post(address, {"received_on": day(0)}).status_code == 302
    assert Appeal.objects.get().member == member
    assert address not in region.get(reverse("meetings:appeals")).content.decode()


def paper(client: Client, name: str, *args: Any, **data: Any) -> str:
    answer = post(client, name, *args, **data)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store, private"
    return re.sub(r"\s+", " ", text_of(answer.content))


def test_v_a5_each_paper_says_what_it_is_for_and_is_recorded(place: Place, chair: Client) -> None:
    one, two = applicants.apply(place), applicants.apply(place)
    item = sessions.admission(place, [one, two])
    invitation = paper(chair, "print_applicant", one.pk, "invitation")
    for words in (f"Ваше заявление от {day(10)}", f"Дата: {day(2)}", "Время: 15:00", "Место: ул. Садовая, 5"):
        assert words in invitation
    both = paper(chair, "print", item.meeting_id, "invitation")
    assert both.count("УВЕДОМЛЕНИЕ О ЗАСЕДАНИИ") == 2
    listed = paper(chair, "print", item.meeting_id, "agenda")
    assert "ПОВЕСТКА ДНЯ" in listed and one.full_name in listed and "Решили" not in listed
    sessions.decided(item, place.chair, resolution="Принять.")
    minutes = paper(chair, "print", item.meeting_id, "minutes")
    for words in (
        "Всего членов коллегиального органа: 5",
        "Кворум имеется",
        "«за» — 4, «против» — 1, «воздержались» — 0",
    ):
        assert words in minutes
    extract = paper(chair, "extract", item.pk, application=one.pk)
    assert (
        f"РЕШИЛИ: Принять в члены ВОИ {one.surname} Александру Владимировну." in extract
        and two.full_name not in extract
    )
    notice = paper(chair, "print_applicant", one.pk, "decision")
    assert "Решение: принять в члены ВОИ." in notice and "Членский билет Вы можете получить" in notice
    assert sorted(PrintRecord.objects.values_list("form", flat=True)) == [
        "agenda", "decision", "extract", *["invitation"] * 3, "minutes",
    ]  # fmt: skip


def test_v_a5_many_notices_of_a_meeting_are_one_paper_made_by_a_job_and_nobody_is_left_out(
    place: Place, chair: Client, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("members.meetings.views.prints.MAX_NOTICES", 4)
    monkeypatch.setattr("documents.printing.jobs.MAX_NOTICES_PER_PART", 2)
    all_of_them = [applicants.apply(place) for _number in range(6)]
    item = sessions.admission(place, all_of_them)
    answer = post(chair, "print", item.meeting_id, "invitation")
    job = Job.objects.get()
    assert answer["Location"] == reverse("jobs:detail", args=[job.pk])
    gone, told = all_of_them[0], all_of_them[1:]
    withdraw_application(gone.pk, by=place.chair)
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.summary["people"], job.result is not None) == ("done", 5, True)
    notices = re.sub(r"\s+", " ", text_of(storage.read(job.result)))
    at = [notices.index(one.surname) for one in sorted(told, key=lambda one: one.sort_key)]
    assert (at, gone.surname in notices, notices.count("УВЕДОМЛЕНИЕ О ЗАСЕДАНИИ")) == (sorted(at), False, 5)
    printed = PrintRecord.objects.order_by("pk").values_list("form", "about", "about_id", "code")
    assert [row[:3] for row in printed] == [("invitation", "application", one.pk) for one in told]
    assert [notices.count(f"Код проверки: {in_groups(code)}") for *_row, code in printed] == [1] * 5
    # The file contains an address from a card that is closed to the organisation later.
    sessions.decided(item, place.chair)
    told[0].refresh_from_db()
    deregister(told[0].member_id or 0, reason="death", on=timezone.localdate(), paper="свидетельство", by=place.chair)
    job.refresh_from_db()
    assert job.result is None


def test_v_a6_the_negative_notice_names_reason_way_and_body_of_the_appeal(place: Place, chair: Client) -> None:
    application = turned_down(place)
    notice = paper(chair, "print_applicant", application.pk, "decision")
    for words in ("Решение: отказать в приёме в члены ВОИ.", "Причина: Нет справки", "в течение одного месяца"):
        assert words in notice
    assert place.region.full_name in notice


def test_v_a5_notices_name_the_ticket_before_they_are_recorded(place: Place, chair: Client) -> None:
    one, two = applicants.apply(place), applicants.apply(place)
    item = sessions.admission(place, [one, two])
    sessions.decided(item, place.chair)
    values = {
        "noting": "1",
        "on": day(0),
        "way": "post",
        "pickup_on": day(-3),
        "pickup_at": "15:30",
        "pickup_place": "Клуб",
    }
    address = reverse("applications:notices", args=["notified"])
    answer = chair.post(address, {**values, "selected": [one.pk, two.pk], "print": "1"})
    printed = re.sub(r"\s+", " ", text_of(answer.content))
    assert printed.count("ИЗВЕЩЕНИЕ О РЕШЕНИИ") == printed.count(f"Дата: {day(-3)} Время: 15:30 Место: Клуб") == 2
    # The first due fee comes first: after a decision at the end of June, the annual fee.
    (_annual, annual_due), *_years, (_entrance, term) = applicants.charged(days(2))
    entrance = f"вступительный взнос – 50,00 руб. до {term:%d.%m.%Y}"
    first, then = ("членский взнос[^;]*", entrance) if annual_due < term else (entrance, "членский взнос")
    assert len(re.findall(rf"Просим уплатить: {first}; {then}", printed)) == 2
    assert list(Application.objects.values_list("pickup_place", "notified_on")) == [("Клуб", None)] * 2
    assert PrintRecord.objects.filter(form="decision").count() == 2
    assert "Клуб" in chair.get(address + f"?selected={one.pk}").content.decode()
    assert chair.post(address, {**values, "selected": [one.pk, two.pk]}).status_code == 302
    assert list(Application.objects.values_list("pickup_place", flat=True).exclude(notified_on=None)) == ["Клуб"] * 2


def test_v_a6_the_region_notifies_applicants_admitted_on_appeal(place: Place, chair: Client) -> None:
    application = turned_down(place)
    region = signed_in(place.region_chair)
    region.post(reverse("meetings:receive_of_applicant", args=[application.pk]), {"received_on": day(0)})
    item = AgendaItem.objects.get(kind="appeal")
    meeting = sessions.planned(place.region, place.region_chair, held_on=days(0))
    agenda.put_on(meeting.pk, items=[item.pk], by=place.region_chair)
    sessions.held(meeting, place.region_chair)
    sessions.decided(item, place.region_chair)
    close_minutes(meeting.pk, number="12-р", by=place.region_chair)
    page = chair.get(reverse("applications:detail", args=[application.pk])).content.decode()
    assert "Причина отказа" not in page and "протокол № 12-р" in page
    assert reverse("meetings:extract", args=[item.pk]) not in page
    assert f'value="{application.pk}"' in chair.get(reverse("applications:list") + "?queue=notify").content.decode()
    notice = paper(chair, "print_applicant", application.pk, "decision")
    for words in ("Решение: принять в члены ВОИ.", f"рассмотрено {day(0)}", "протокол № 12-р", place.region.full_name):
        assert words in notice
    assert "Нет справки" not in notice
    assert (
        reverse("meetings:extract", args=[item.pk])
        in region.get(reverse("applications:detail", args=[application.pk])).content.decode()
    )


def test_v_a5_papers_that_do_not_exist_yet_are_refused_with_an_explanation(place: Place, chair: Client) -> None:
    application = applicants.apply(place)
    for number, form in enumerate(("invitation", "decision"), 1):
        answer = post(chair, "print_applicant", application.pk, form)
        assert (answer.status_code, len(said(answer))) == (302, number)
    assert post(chair, "print_applicant", application.pk, "anything").status_code == 404
    assert PrintRecord.objects.count() == 0
