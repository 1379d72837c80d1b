"""Requests of people about their own data: the register, terms, answers, screens (152-ФЗ art. 14, 20, 21)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.consents.models import Withdrawal
from documents.consents.transitions.consents import mark_signed
from documents.consents.transitions.withdrawals import block_card, register_withdrawal
from documents.printing.models import PrintRecord
from documents.rights.models import SubjectRequest
from documents.rights.rules import MAX_OPEN, check_can_be_answered, check_extract
from documents.rights.transitions import (
    answer_request,
    extend_term,
    note_extract,
    recall_request,
    refuse_request,
    register_request,
    reopen_request,
)
from members.movement.transitions import erasing
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry.access import Actor
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.transitions.charters import change_charter
from registry.tasks import tasks_for
from tests.clock import at
from tests.documents import samples
from tests.house.cast import picture
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def place() -> places.Place:
    return places.union()


def today() -> dt.date:
    return timezone.localdate()


def asked(place: places.Place, member: Member | None = None, **changed: Any) -> SubjectRequest:
    given: dict[str, Any] = {"kind": "access", "received_on": today(), "channel": "hand", "by": place.chair, **changed}
    return register_request((member or place.put()).pk, **given)


def settled(found: SubjectRequest, by: Actor, **changed: Any) -> dict[str, Any]:
    return {"request_id": found.pk, "settled_on": today(), "channel": "post", "by": by, **changed}


@pytest.mark.parametrize(
    ("kind", "term", "extended"),
    [
        ("access", dt.date(2040, 5, 15), dt.date(2040, 5, 22)),
        ("correction", dt.date(2040, 5, 10), None),
        ("stopping", dt.date(2040, 5, 15), dt.date(2040, 5, 22)),
    ],
)
def test_v_c5_terms_are_working_days_of_the_calendar_and_of_the_administrator(
    place: places.Place, kind: str, term: dt.date, extended: dt.date | None
) -> None:
    with at("2040-04-27"):
        # A Friday; 30 April, 1 and 9 May are days off, Saturday 28 April is a working day.
        admin = trees.officer(place.head, Role.ADMINISTRATOR)
        days = {"days_off": ["2040-04-30"], "days_worked": ["2040-04-28"]}
        change_charter(place.head.federation_id, values=days, by=admin)
        found = asked(place, kind=kind, details="Исправить отчество")
        assert found.answer_by == term
        if extended is None:
            with refused("V-C5"):
                extend_term(found.pk, reason="Архив в другом городе", by=place.chair)
        else:
            longer = extend_term(found.pk, reason=" Архив в другом городе ", by=place.chair)
            assert (longer.answer_by, longer.extension_reason) == (extended, "Архив в другом городе")
            with refused("V-C5"):
                extend_term(found.pk, reason="Ещё раз", by=place.chair)


def test_v_c5_a_term_is_extended_until_its_last_day_and_with_a_reason(place: places.Place) -> None:
    with at("2040-04-27"):
        found = asked(place)
        with refused("V-C5", field="reason"):
            extend_term(found.pk, reason=" ", by=place.chair)
    with at(f"{found.answer_by + dt.timedelta(days=1)}"), refused("V-C5"):
        extend_term(found.pk, reason="Поздно", by=place.chair)
    with at(f"{found.answer_by}"):
        assert extend_term(found.pk, reason="Вовремя", by=place.chair).extended_on == found.answer_by


def test_v_c5_the_register_numbers_the_requests_of_each_organisation(place: places.Place) -> None:
    member = place.put()
    found = [asked(place, member), asked(place, member, details="Ещё"), asked(place, member, kind="stopping")]
    assert [one.number for one in found] == [1, 2, 3]
    events = Event.objects.filter(action="request.received").order_by("pk")
    assert [event.facts for event in events] == [
        {"request": one.pk, "kind": one.kind} for one in found
    ]  # the name is not among them
    assert {event.object_id for event in events} == {str(member.pk)}
    for more in range(MAX_OPEN - 3):
        asked(place, member, details=str(more))
    with refused("V-C5", match="много обращений"):
        asked(place, member, details="Последнее")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"received_on": None}, "received_on"),
        ({"received_on": dt.date(2007, 1, 25)}, "received_on"),
        ({"kind": "correction", "details": " "}, "details"),
        ({"scan": b"no scan"}, "scan"),
    ],
)
def test_v_c5_an_impossible_request_is_refused(place: places.Place, changed: dict[str, Any], field: str) -> None:
    rule = "U-6" if field == "scan" else "V-C5"
    with refused(rule, field=field):
        asked(place, **changed)
    assert SubjectRequest.objects.count() == 0


def test_v_c5_a_request_may_be_received_today_but_not_tomorrow(place: places.Place) -> None:
    member = place.put()
    with refused("V-C5", field="received_on"):
        asked(place, member, received_on=today() + dt.timedelta(days=1))
    assert asked(place, member, received_on=today()).received_on == today()
    assert asked(place, member, received_on=dt.date(2007, 1, 26)).number == 2


def test_v_c5_access_is_answered_with_the_extract(place: places.Place) -> None:
    found = asked(place)
    with refused("V-C5"):
        answer_request(**settled(found, place.chair))
    note_extract(found.pk, form="pdf", by=place.chair)
    for day in (None, today() - dt.timedelta(days=1), today() + dt.timedelta(days=1)):
        with refused("V-C5", field="settled_on"):
            answer_request(**settled(found, place.chair, settled_on=day))
    done = answer_request(**settled(found, place.chair, reply=" Вручено "))
    assert (done.state, done.settled_on, done.reply_channel, done.reply) == ("answered", today(), "post", "Вручено")
    with refused("V-C5"):
        answer_request(**settled(found, place.chair))
    made = Event.objects.get(action="request.extract_made")
    assert (made.facts, made.object_id) == ({"request": found.pk, "form": "pdf"}, str(found.member_id))


@pytest.mark.both
def test_v_c5_the_processing_has_ended_once_the_consents_are_withdrawn_and_the_card_is_blocked(
    place: places.Place,
) -> None:
    member = place.put()
    mark_signed(member.pk, signed_on=today(), by_hand=True, by=place.chair)
    found = asked(place, member, kind="stopping")
    with refused("V-C5"):
        answer_request(**settled(found, place.chair))
    withdrawal = register_withdrawal(
        member.pk, purposes=["processing"], received_on=today(), channel="hand", by=place.chair
    )
    with refused("V-C5"):
        answer_request(**settled(found, place.chair))
    block_card(withdrawal.pk, by=place.chair)
    assert answer_request(**settled(found, place.chair)).state == "answered"


def test_v_c5_a_refusal_and_a_recall_have_a_reason_and_can_be_taken_back(place: places.Place) -> None:
    found = asked(place, kind="correction", details="Отчество")
    for act in (
        lambda reason: refuse_request(**settled(found, place.chair, reason=reason)),
        lambda reason: recall_request(found.pk, reason=reason, by=place.chair),
    ):
        with refused("V-C5", field="reason"):
            act(" ")
        assert act("Документ не представлен").reply == "Документ не представлен"
        with refused("V-C5"):
            act("Ещё раз")
        again = reopen_request(found.pk, by=place.chair)
        assert (again.state, again.settled_on, again.reply, again.reply_channel) == ("received", None, "", "")
        assert again.answer_by == found.answer_by
    with refused("V-C5"):
        reopen_request(found.pk, by=place.chair)
    assert [row.state for row in found.history.order_by("history_id")] == [
        "received", "refused", "received", "recalled", "received",
    ]  # fmt: skip


@pytest.mark.both
@pytest.mark.parametrize("act", [refuse_request, recall_request])
def test_v_c5_a_refused_or_recalled_request_has_no_extract(place: places.Place, act: Any) -> None:
    found = asked(place)
    page, extract = reverse("documents:request", args=[found.pk]), reverse("documents:print_extract", args=[found.pk])
    browser = places.signed_in(place.chair)
    assert extract in browser.get(page).content.decode()
    given = settled(found, place.chair) if act is refuse_request else {"request_id": found.pk, "by": place.chair}
    found = act(**given, reason="Повтор")
    with refused("V-C5"):
        check_extract(found)
    with refused("V-C5"):
        note_extract(found.pk, form="pdf", by=place.chair)
    assert extract not in browser.get(page).content.decode()
    assert (browser.post(extract).status_code, SubjectRequest.objects.get().extract_at) == (302, None)
    reopen_request(found.pk, by=place.chair)
    assert extract in browser.get(page).content.decode()


def test_v_c5_a_refusal_is_not_recorded_for_tomorrow(place: places.Place) -> None:
    found = asked(place)
    with refused("V-C5", field="settled_on"):
        refuse_request(**settled(found, place.chair, reason="Нет", settled_on=today() + dt.timedelta(days=1)))


def test_v_c5_requests_are_tasks_with_their_terms(place: places.Place) -> None:
    mine = reverse("documents:requests")

    def waiting() -> list[tuple[dt.date | None, str]]:
        return [(task.due, task.action_url) for task in tasks_for(place.chair) if task.action_url.startswith(mine)]

    member = place.put()
    first, other = asked(place, member), asked(place, member, kind="correction", details="Отчество")
    pages = {one.pk: reverse("documents:request", args=[one.pk]) for one in (first, other)}
    assert waiting() == [(other.answer_by, pages[other.pk]), (first.answer_by, pages[first.pk])]
    second = asked(place, member, details="Ещё раз")
    assert waiting()[1:] == [(first.answer_by, f"{mine}?state=received&kind=access")]
    for one in (first, second, other):
        refuse_request(**settled(one, place.chair, reason="Нет"))
    assert waiting() == []


@pytest.mark.both
def test_v_c5_only_the_two_chairs_read_requests_about_blocked_cards(place: places.Place) -> None:
    member = place.put()
    mark_signed(member.pk, signed_on=today(), by_hand=True, by=place.chair)
    withdrawal = register_withdrawal(
        member.pk, purposes=["processing"], received_on=today(), channel="hand", by=place.chair
    )
    block_card(withdrawal.pk, by=place.chair)
    found = asked(place, member)
    deputy = trees.officer(place.keeper, Role.DEPUTY)
    readers = (place.chair, place.region_chair, deputy, trees.officer(place.head, Role.CHAIR))
    assert [SubjectRequest.objects.visible_to(reader).exists() for reader in readers] == [True, True, False, False]
    with pytest.raises(Member.DoesNotExist):
        asked(place, member, by=deputy)
    assert note_extract(found.pk, form="json", by=place.chair).extract_at is not None


@pytest.mark.both
def test_v_c5_only_actors_who_read_all_classes_of_data_make_the_extract(place: places.Place) -> None:
    found = asked(place)
    with pytest.raises(NotAllowed):
        note_extract(found.pk, form="pdf", by=trees.officer(place.keeper, Role.REGISTRAR))
    with refused("V-C5"):
        note_extract(asked(place, found.member, kind="stopping").pk, form="pdf", by=place.chair)
    recall_request(found.pk, reason="Ошибка", by=place.chair)
    with refused("V-C5"):
        note_extract(found.pk, form="pdf", by=place.chair)
    assert SubjectRequest.objects.filter(extract_at__isnull=False).count() == 0


@pytest.mark.both
def test_v_c5_the_register_outlives_the_card_without_naming_the_person(place: places.Place) -> None:
    found = asked(place, kind="correction", details="Отчество Тайное", scan=picture())
    member, scan = found.member, found.scan
    assert member is not None
    assert scan is not None
    deregister(member.pk, reason="death", on=today(), paper="Свидетельство", by=place.chair)
    with refused("V-C5"):
        note_extract(asked_before(place, found), form="pdf", by=place.chair)
    refuse_request(**settled(found, place.chair, reason="Смерть"))
    Member.objects.filter(pk=member.pk).update(erase_after=today())
    erasing.erase(member.pk, by=place.chair)
    kept = SubjectRequest.objects.visible_to(place.chair).get()
    assert (kept.number, kept.member, kept.person_name, kept.details, kept.reply) == (1, None, "", "", "")
    assert kept.scan is None
    said = {row.person_name + row.details + row.reply for row in found.history.all()}
    assert said == {""}


def asked_before(place: places.Place, found: SubjectRequest) -> int:
    """Turn the request into one for access, registered while the organisation kept the card."""
    SubjectRequest.objects.filter(pk=found.pk).update(kind="access")
    return found.pk


def test_v_c5_the_screens_lead_from_the_card_to_the_extract_and_the_letter(place: places.Place) -> None:
    client, member = places.signed_in(place.chair), place.put(paper_kind="passport", paper_number="123456")
    add = reverse("documents:add_request", args=[member.pk])
    assert add in client.get(reverse("members:access", args=[member.pk])).content.decode()
    day = f"{today():%d.%m.%Y}"
    answer = client.post(add, {"kind": "access", "received_on": day, "channel": "post", "scan": _file()})
    found = SubjectRequest.objects.get()
    mine = reverse("documents:request", args=[found.pk])
    assert (answer.status_code, answer["Location"]) == (302, mine)
    shown = client.get(mine)
    assert [bool(shown.context[name]) for name in ("answer", "extend", "refuse", "recall")] == [False, *[True] * 3]
    assert client.get(reverse("documents:request_scan", args=[found.pk])).status_code == 200
    assert Event.objects.filter(action="request.scan_opened").count() == 1
    paper = client.post(reverse("documents:print_extract", args=[found.pk]))
    text = samples.text_of(paper.content)
    assert (member.surname in text, "123456" in text, "статьёй 14" in text) == (True, True, True)
    assert PrintRecord.objects.get(about="subjectrequest").form == "subject_answer"
    data = client.post(reverse("documents:download_extract", args=[found.pk]))
    assert (data["Cache-Control"], data["Content-Type"]) == ("no-store", "application/json")
    assert client.get(mine).context["answer"] is not None
    _refuses_and_prints(client, found, day)
    listed = client.get(reverse("documents:requests"), {"state": "refused", "kind": "access"})
    assert [one.pk for one in listed.context["page"].object_list] == [found.pk]
    assert list(client.get(reverse("documents:requests"), {"overdue": "on"}).context["page"].object_list) == []


def _refuses_and_prints(client: Client, found: SubjectRequest, day: str) -> None:
    letter = reverse("documents:print_request_letter", args=[found.pk])
    assert client.post(letter)["Location"] == reverse("documents:request", args=[found.pk])
    client.post(reverse("documents:extend_request", args=[found.pk]), {"reason": "Архив на ремонте"})
    assert "Архив на ремонте" in samples.text_of(client.post(letter).content)
    refuse = reverse("documents:refuse_request", args=[found.pk])
    again = client.post(refuse, {"reason": "", "settled_on": day, "channel": "post"})
    assert (again.status_code, bool(again.context["refuse"].errors)) == (200, True)
    client.post(refuse, {"reason": "часть 8 статьи 14", "settled_on": day, "channel": "post"})
    text = " ".join(samples.text_of(client.post(letter).content).split())
    assert ("отказано" in text, "часть 8 статьи 14" in text, "Роскомнадзор" in text) == (True, True, True)
    client.post(reverse("documents:reopen_request", args=[found.pk]))
    client.post(refuse, {"reason": "часть 8 статьи 14", "settled_on": day, "channel": "post"})


def _file() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    return SimpleUploadedFile("scan.png", picture(), "image/png")


def test_n_c1_the_scan_of_a_statement_is_opened_and_recorded(place: places.Place) -> None:
    member = place.put()
    mark_signed(member.pk, signed_on=today(), by_hand=True, by=place.chair)
    given: dict[str, Any] = {"purposes": ["processing"], "received_on": today(), "channel": "hand", "by": place.chair}
    withdrawal = register_withdrawal(member.pk, **given, scan=picture())
    client = places.signed_in(place.chair)
    address = reverse("documents:withdrawal_scan", args=[withdrawal.pk])
    assert address in client.get(reverse("documents:withdrawal", args=[withdrawal.pk])).content.decode()
    assert client.get(address).status_code == 200
    assert Event.objects.get(action="consent.withdrawal_scan_opened").object_id == str(member.pk)
    Withdrawal.objects.update(scan=None)
    assert client.get(address).status_code == 404


@pytest.mark.both
@pytest.mark.parametrize("kind", ["access", "stopping"])
def test_v_c5_nothing_is_required_once_the_card_is_kept_elsewhere(place: places.Place, kind: str) -> None:
    request = asked(place, kind=kind)
    assert request.member is not None
    mark_signed(request.member.pk, signed_on=today(), by_hand=True, by=place.chair)
    with refused("V-C5"):
        check_can_be_answered(request)
    request.member.organization = trees.below(place.region, Level.PRIMARY, "Соседняя ППО")
    check_can_be_answered(request)


@pytest.mark.both
def test_v_c5_an_equal_request_is_registered_once_while_it_waits(place: places.Place) -> None:
    member = place.put()
    given = {"kind": "correction", "details": "Исправить отчество"}
    first = asked(place, member, **given)
    with refused("V-C5", match=f"уже зарегистрировано: № {first.number}"):
        asked(place, member, **given)
    others = [
        {**given, "details": "Исправить имя"}, {**given, "received_on": today() - dt.timedelta(days=1)},
        {"kind": "access", "details": given["details"]},
    ]  # fmt: skip
    numbers = [asked(place, member, **other).number for other in others]
    recall_request(first.pk, reason="Передумал", by=place.chair)
    assert [*numbers, asked(place, member, **given).number] == [2, 3, 4, 5]
