"""Papers of a meeting follow official style: declined names, the addressee, what was heard and decided."""

from __future__ import annotations

import re
import subprocess

import pytest

from documents.papers import meeting_papers
from documents.papers.minutes_wording import body_in_genitive, with_declined_names
from documents.templatetags.paper import stop
from members.admission.models import Application
from members.meetings.models import AgendaItem, Meeting
from members.meetings.queries import usual_resolution, usual_title
from members.meetings.transitions import decisions
from members.meetings.transitions.agenda import put_on
from members.meetings.transitions.meetings import close_minutes, reopen_minutes
from members.people.models import Member
from registry.organizations.transitions.passports import edit_body, edit_seat
from tests.documents.samples import text_of
from tests.members import applicants, places, sessions
from tests.members.applicants import days
from tests.members.places import Place
from tests.registry import trees

pytestmark = [pytest.mark.once, pytest.mark.django_db]

ANNA = Member(surname="Ковалёва", given_name="Анна", patronymic="Ильинична", sex="female")
LEV = Member(surname="Соловей", given_name="Лев", patronymic="Ильич", sex="male")
PEOPLE = {member.full_name: member for member in (ANNA, LEV)}


place = pytest.fixture(sessions.place)


@pytest.mark.parametrize(
    ("stored", "printed"),
    [
        ("О приёме в члены ВОИ: Соловей Лев Ильич", "О приёме в члены ВОИ Соловья Льва Ильича"),
        ("Принять в члены ВОИ: Ковалёва Анна Ильинична.", "Принять в члены ВОИ Ковалёву Анну Ильиничну."),
        (
            "Отказать в приёме в члены ВОИ: Ковалёва Анна Ильинична; Соловей Лев Ильич.",
            "Отказать в приёме в члены ВОИ: Ковалёвой Анне Ильиничне; Соловью Льву Ильичу.",
        ),
        (
            "О выдаче нового членского билета (утрата): Соловей Лев Ильич",
            "О выдаче нового членского билета (утрата) Соловью Льву Ильичу",
        ),
        ("О снятии взыскания: Соловей Лев Ильич", "О снятии взыскания с Соловья Льва Ильича"),
        (
            "Наложить взыскание — выговор: Ковалёва Анна Ильинична.",
            "Наложить взыскание — выговор на Ковалёву Анну Ильиничну.",
        ),
        (
            "Срок обжалования восстановить. Жалобу удовлетворить. Восстановить в членах ВОИ: Соловей Лев Ильич.",
            "Срок обжалования восстановить. Жалобу удовлетворить. Восстановить в членах ВОИ Соловья Льва Ильича.",
        ),
    ],
)
def test_v_a5_the_usual_sentences_have_their_names_in_the_case_they_want(stored: str, printed: str) -> None:
    assert with_declined_names(stored, PEOPLE) == printed


@pytest.mark.parametrize(
    "text",
    [
        "Принять в члены ВОИ: Соловей Лев.",
        "Принять в члены ВОИ: заявителей по списку (12 чел.).",
        "Замечание за пропуск собраний: Соловей Лев Ильич",
        "Жалобу оставить без удовлетворения, решение — без изменения. Заявитель: Соловей Лев Ильич.",
        "Принять.",
        "",
    ],
)
def test_v_a5_text_entered_by_hand_is_printed_unchanged(text: str) -> None:
    assert with_declined_names(text, PEOPLE) == text


def test_v_a5_a_name_whose_case_is_not_known_stays_after_the_colon() -> None:
    nobody = Member(surname="Ким", given_name="Женя")
    her = Member(surname="Кюль", given_name="Анна", sex="female", name_genitive="Кюля Анны")
    man = Member(surname="Кюль", given_name="Отто", sex="male", name_genitive="Кюля Отто")
    typed = Member(
        surname="Кюль", given_name="Анна", sex="female", name_accusative="Кюль Анну", name_genitive="Кюля Анны"
    )
    people = (nobody, her, man, typed)
    texts = [with_declined_names(f"Принять в члены ВОИ: {m.full_name}.", {m.full_name: m}) for m in people]
    assert texts == [
        "Принять в члены ВОИ: Ким Женя.",
        "Принять в члены ВОИ: Кюль Анна.",
        "Принять в члены ВОИ Кюля Отто.",
        "Принять в члены ВОИ Кюль Анну.",
    ]


@pytest.mark.parametrize(
    ("name", "genitive"),
    [
        ("Правление", "правления"),
        ("Профсоюзный комитет", "профсоюзного комитета"),
        ("Президиум Тульской организации", "президиума Тульской организации"),
        ("Бюро", "бюро"),
        ("ЦП ВОИ", "коллегиального органа (ЦП ВОИ)"),
        ("", "коллегиального органа"),
    ],
)
def test_v_a5_a_meeting_is_that_of_its_body(name: str, genitive: str) -> None:
    assert body_in_genitive(name) == genitive


def printed(data: bytes) -> str:
    return re.sub(r"\s+", " ", text_of(data))


def test_v_a5_the_minutes_say_heard_spoke_decided_and_voted_in_this_order(place: Place) -> None:
    one = applicants.apply(place, surname="Ковалёва", given_name="Анна", patronymic="Ильинична", sex="female")
    item = sessions.admission(place, [one])
    sessions.decided(item, place.chair, resolution=usual_resolution(item, adopted=True), reason="")
    item.refresh_from_db()
    minutes = printed(meeting_papers.render_meeting(meeting_papers.MINUTES, item.meeting))
    words = re.findall(r"[А-Я]{6,}:", minutes)
    assert words == ["СЛУШАЛИ:", "ВЫСТУПИЛИ:", "РЕШИЛИ:", "ГОЛОСОВАЛИ:"]
    assert "СЛУШАЛИ: О приёме в члены ВОИ Ковалёвой Анны Ильиничны" in minutes
    assert "РЕШИЛИ: Принять в члены ВОИ Ковалёву Анну Ильиничну." in minutes
    extract = printed(meeting_papers.render_extract(item, one))
    assert re.findall(r"[А-Я]{6,}:", extract) == ["СЛУШАЛИ:", "РЕШИЛИ:", "ГОЛОСОВАЛИ:"]


def test_u_4_minutes_and_notices_name_the_body_as_it_is_typed_in_the_genitive(place: Place) -> None:
    one = applicants.apply(place)
    item = sessions.decided(sessions.admission(place, [one]), place.chair)
    assert item.meeting is not None
    body = item.meeting.body
    edit_body(body.pk, kind=body.kind, name=body.name, name_genitive="Совета всех", by=place.chair)
    found = AgendaItem.objects.get(pk=item.pk)
    assert found.meeting is not None
    assert "заседания Совета всех" in printed(meeting_papers.render_meeting(meeting_papers.MINUTES, found.meeting))
    one = Application.objects.get(pk=one.pk)
    assert "на заседании Совета всех" in printed(meeting_papers.render_decisions([one]))


def test_v_b1_closed_minutes_keep_the_names_that_they_were_closed_with(place: Place) -> None:
    one = applicants.apply(place, surname="Ковалёва", given_name="Анна", patronymic="Ильинична", sex="female")
    item = sessions.decided(sessions.admission(place, [one]), place.chair)
    meeting = item.meeting
    assert meeting is not None
    seat = meeting.attendance.order_by("pk")[0].seat

    def names() -> list[bool]:
        paper = printed(meeting_papers.render_meeting(meeting_papers.MINUTES, Meeting.objects.get(pk=meeting.pk)))
        extract = printed(meeting_papers.render_extract(AgendaItem.objects.get(pk=item.pk), one))
        return [name in text for text in (paper, extract) for name in ("Переменова Ия Львовна", "нового совета")]

    def rename(name: str, body: str) -> None:
        edit_seat(
            seat.pk, full_name=name, duty=seat.duty, since=seat.since, until=seat.until, minutes=seat.minutes,
            without_card=True, by=place.chair,
        )  # fmt: skip
        edit_body(meeting.body_id, kind=meeting.body.kind, name=body, by=place.chair)

    former = seat.full_name, meeting.body.name
    rename("Переменова Ия Львовна", "Новый совет")
    assert names() == [True, True, True, True]
    rename(*former)
    close_minutes(meeting.pk, number="7", by=place.chair)
    rename("Переменова Ия Львовна", "Новый совет")
    assert names() == [False, False, False, False]
    reopen_minutes(meeting.pk, by=place.chair)
    assert names() == [True, True, True, True]
    close_minutes(meeting.pk, number="7", by=place.chair)
    rename(*former)
    assert names() == [True, True, True, True]


def test_v_a5_the_notice_has_the_address_of_the_applicant(place: Place) -> None:
    one = applicants.apply(place, surname="Ковалёва", given_name="Анна", patronymic="Ильинична", sex="female")
    item = sessions.admission(place, [one])
    one.refresh_from_db()
    notice = printed(meeting_papers.render_invitations([one]))
    assert "Ковалёвой Анне Ильиничне" in notice and "Уважаемая Анна Ильинична!" in notice
    sessions.decided(item, place.chair)
    one.refresh_from_db()
    member = one.member
    assert member is not None and member.address
    assert member.address in printed(meeting_papers.render_decisions([one]))


def test_v_b10_notices_do_not_contain_the_address_of_somebody_who_has_left(place: Place) -> None:
    one = applicants.apply(place)
    item = sessions.admission(place, [one])
    sessions.decided(item, place.chair)
    one.refresh_from_db()
    member = one.member
    assert member is not None and member.address
    elsewhere = trees.below(place.region, level="local", name="Дальняя МО ВОИ")
    Member.objects.filter(pk=member.pk).update(organization=elsewhere)
    one = type(one).objects.get(pk=one.pk)
    notice = printed(meeting_papers.render_decisions([one]))
    assert member.address not in notice and "Решение: принять в члены ВОИ." in notice


def lines_of(pdf: bytes) -> list[str]:
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return [" ".join(line.replace("_", "").split()) for line in found.stdout.decode().splitlines()]


def test_who_signs_stands_on_the_line_of_the_office(place: Place) -> None:
    item = sessions.admission(place, [applicants.apply(place)])
    sessions.decided(item, place.chair)
    found = lines_of(meeting_papers.render_extract(AgendaItem.objects.get(pk=item.pk), None))
    wanted = [
        "Председательствующий п/п Громов Г. Г.",
        "Секретарь п/п Ильина И. И.",
        "Выписка верна. Председатель (место для подписи)",
    ]
    assert [line for line in wanted if line not in found] == []


def test_v_a5_who_received_the_notice_signs_on_one_line(place: Place) -> None:
    one = applicants.apply(place)
    sessions.admission(place, [one])
    one = type(one).objects.get(pk=one.pk)
    found = lines_of(meeting_papers.render_invitations([one]))
    assert any(line.startswith("Получено лично") and line.endswith(f"{one.surname} А.В.") for line in found)


@pytest.mark.parametrize(
    ("text", "printed"),
    [("Мухин М. М.", "Мухин М. М."), ("Об исключении", "Об исключении."), ("Как быть?", "Как быть?")],
)
def test_a_sentence_has_one_full_stop(text: str, printed: str) -> None:
    assert stop(text) == printed


def test_u9_the_extract_of_the_union_names_its_federation_committee_and_members_in_its_own_words() -> None:
    union = places.union()
    member = union.put(surname="Соловей", given_name="Лев", patronymic="Ильич", sex="male")
    body = sessions.body_of(union.keeper)
    edit_body(body.pk, kind="committee", name="Профсоюзный комитет", name_genitive="", by=union.chair)
    title = usual_title("exclusion", member, tail="Профсоюза", exclusion_reason="violation")
    item = decisions.put_forward(
        organization=union.keeper, kind="exclusion", title=title, member=member, exclusion_reason="violation",
        filed_on=days(5), by=union.chair,
    )  # fmt: skip
    meeting = sessions.planned(union.keeper, union.chair, held_on=days(0))
    put_on(meeting.pk, items=[item.pk], by=union.chair)
    sessions.held(meeting, union.chair)
    item.refresh_from_db()
    sessions.decided(item, union.chair, resolution=usual_resolution(item, adopted=True), reason="")
    text = printed(meeting_papers.render_extract(AgendaItem.objects.get(pk=item.pk), None))
    assert text.startswith(f"Общероссийский Профсоюз образования {union.keeper.full_name} ВЫПИСКА ИЗ ПРОТОКОЛА № "), (
        text
    )
    assert "заседания профсоюзного комитета" in text
    assert "Соловья Льва Ильича" in text and "членов Профсоюза" in text
    assert re.findall(r"[А-Я]{6,}:", text) == ["СЛУШАЛИ:", "РЕШИЛИ:", "ГОЛОСОВАЛИ:"]
    assert "ВОИ" not in text
