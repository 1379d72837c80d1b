"""Pages of leaving, transfers and arrivals, on both charters: contents, refusals and secrets (V-B9 to V-B12, U-5)."""

from __future__ import annotations

import base64
import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.consents.transitions.consents import mark_signed
from members.book.models import Registration
from members.movement.enums import TransferState
from members.movement.models import Transfer
from members.movement.transitions.organizations import merge_organizations
from members.movement.transitions.transfers import confirm, decide, request_departure
from members.people.models import CardMark, Member
from members.people.transitions.registration import register_person
from registry import integrity
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.models import Organization
from tests.members import listing
from tests.members.places import UNION_PERSON, Place, signed_in, union, voi
from tests.refusals import refused
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
DAY = f"{TODAY:%d.%m.%Y}"


@pytest.fixture
def place() -> Place:
    return voi()


@pytest.fixture
def school() -> Place:
    return union()


def leave(client: Client, member: Member, **values: str) -> str:
    given = {"reason": "departure", "on": DAY, "paper_card": "handed", "version": str(member.version), **values}
    answer = client.post(reverse("moves:leave", args=[member.pk]), given)
    return answer.content.decode()


def second_school(school: Place) -> tuple[object, Client]:
    keeper = trees.below(school.region, Level.PRIMARY, "ППО лицея № 2")
    chair = trees.officer(keeper, Role.CHAIR, "Сомов")
    return trees.again(keeper), signed_in(chair)


def test_v_b11_a_departure_shows_its_code_once_and_the_code_opens_the_card_elsewhere(place: Place) -> None:
    member = place.put()
    region = trees.below(place.head, Level.REGIONAL, "Калужская РО ВОИ")
    keeper = trees.below(region, Level.LOCAL, "Боровская МО ВОИ")
    other = signed_in(trees.officer(keeper, Role.CHAIR, "Сомов"))
    page = leave(signed_in(place.chair), member, destination="Калужская область")
    (code,) = re.findall(r"<code>([\w-]+)</code>", page)
    (slip,) = re.findall(r'href="data:application/pdf;base64,([^"]+)"', page)
    assert base64.b64decode(slip).startswith(b"%PDF-")
    detail = signed_in(place.chair).get(reverse("moves:detail", args=[Transfer.objects.get().pk]))
    assert code not in detail.content.decode()
    answer = other.post(reverse("moves:arrive"), {"ticket_number": member.ticket_number, "code": code, "on": DAY})
    assert (answer.status_code, answer.url) == (302, reverse("members:detail", args=[member.pk]))  # type: ignore[attr-defined]
    assert [c.get(reverse("members:detail", args=[member.pk])).status_code for c in (signed_in(place.chair),
    other)] == [
        404, 200,
    ]  # fmt: skip


def test_v_b11_the_second_of_two_presses_leads_to_the_departure_where_a_new_code_is_made(place: Place) -> None:
    member = place.put()
    client = signed_in(place.chair)
    leave(client, member, destination="Калужская область")
    transfer = Transfer.objects.get()
    again = client.post(reverse("moves:leave", args=[member.pk]), {"reason": "departure"}, follow=True)
    assert again.redirect_chain == [(reverse("moves:detail", args=[transfer.pk]), 302)]
    assert "Снятие с учёта уже оформлено" in again.content.decode()
    assert Transfer.objects.get() == transfer
    stranger = signed_in(trees.officer(trees.below(place.head, Level.REGIONAL, "Тульская"), Role.CHAIR, "Сомов"))
    assert stranger.post(reverse("moves:leave", args=[member.pk]), {"reason": "departure"}).status_code == 404


def test_v_b10_an_invalid_form_keeps_the_input_and_changes_nothing(place: Place) -> None:
    member = place.put()
    page = leave(signed_in(place.chair), member, on="32.13.2025", destination="Калужская область", paper_card="mailed")
    assert [text in page for text in ("32.13.2025", "Калужская область")] == [True, True]
    page = leave(signed_in(place.chair), member, version="99")
    assert "Карточку изменили" in page
    assert list(Member.objects.visible_to(place.chair)) == [member]


def test_u_5_a_transfer_is_requested_answered_and_counted_once(school: Place) -> None:
    member = school.put()
    keeper, other = second_school(school)
    client = signed_in(school.chair)
    offer = reverse("moves:offer", args=[member.pk])
    found = client.get(offer, {"q": "лице"}).content.decode()
    assert "ППО лицея № 2" in found
    client.post(offer, {"target": str(keeper.pk), "reason": "новая работа"})  # type: ignore[attr-defined]
    transfer = Transfer.objects.get()
    own = client.post(reverse("moves:confirm", args=[transfer.pk]))
    assert own.status_code == 403
    assert "Абрамова" in other.get(reverse("start")).content.decode()
    for _time in range(2):
        other.post(reverse("moves:confirm", args=[transfer.pk]))
    member.refresh_from_db()
    assert (member.organization, Transfer.objects.get().state) == (keeper, TransferState.ARRIVED)
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def test_u_5_the_receiving_organisation_asks_by_name_and_learns_only_the_organisation(school: Place) -> None:
    member = school.put(phone_mobile="+79105550117")
    _keeper, other = second_school(school)
    ask = {"surname": "Абрамова", "given_name": "Марфа", "patronymic": "Никифоровна", "birth_date": "22.09.1978"}
    wrong = other.post(reverse("moves:ask"), {**ask, "birth_date": "23.09.1978"}).content.decode()
    assert ("точно" in wrong, Transfer.objects.count()) == (True, 0)
    page = other.post(reverse("moves:ask"), ask, follow=True).content.decode()
    assert [text in page for text in ("ППО школы № 15", "910", "педагог")] == [True, False, False]
    declined = {"answer": "Не увольнялась."}
    signed_in(school.chair).post(reverse("moves:decline", args=[Transfer.objects.get().pk]), declined)
    assert (Transfer.objects.get().state, Transfer.objects.get().answer) == (TransferState.DECLINED, "Не увольнялась.")
    assert list(Member.objects.visible_to(school.chair)) == [member]


def test_u_5_after_ten_working_days_without_answer_the_common_superior_decides(school: Place) -> None:
    member = school.put()
    keeper, other = second_school(school)
    transfer = request_departure(member.pk, target=keeper, by=school.chair)  # type: ignore[arg-type]
    with refused("U-5", match="может ответить до"):
        decide(transfer.pk, carry_out=True, by=school.region_chair)
    Transfer.objects.update(answer_by=TODAY - dt.timedelta(1))
    with pytest.raises(NotAllowed):
        decide(transfer.pk, carry_out=True, by=school.chair)
    region = signed_in(school.region_chair)
    assert "Абрамова" in region.get(reverse("start")).content.decode()
    region.post(reverse("moves:decide", args=[transfer.pk]), {"carry_out": "yes", "answer": ""})
    assert [c.get(reverse("members:detail", args=[member.pk])).status_code for c in (signed_in(school.chair),
    other)] == [
        404, 200,
    ]  # fmt: skip


def test_n_h1_strangers_find_no_transfer_and_deregister_nobody(place: Place, school: Place) -> None:
    member = place.put()
    leave(signed_in(place.chair), member)
    transfer = Transfer.objects.get()
    pupil = school.put()
    stranger = signed_in(school.chair)
    asked = [
        stranger.get(reverse("moves:detail", args=[transfer.pk])).status_code,
        stranger.post(reverse("moves:renew_code", args=[transfer.pk])).status_code,
        signed_in(place.chair).get(reverse("moves:leave", args=[pupil.pk])).status_code,
        signed_in(school.region_chair).get(reverse("moves:leave", args=[pupil.pk])).status_code,
        signed_in(school.region_chair).get(reverse("moves:arrive")).status_code,
    ]
    assert asked == [404, 404, 404, 403, 403]
    assert "Константинопольская" not in stranger.get(reverse("moves:list")).content.decode()


def test_n_h3_a_request_continues_with_the_successor_and_is_void_between_merged_organisations(school: Place) -> None:
    second, _client = second_school(school)
    third = trees.again(trees.below(school.region, Level.PRIMARY, "ППО гимназии № 3"))
    third_chair = trees.officer(third, Role.CHAIR, "Орлов")
    first, other = school.put(), school.put(surname="Яшина", given_name="Ия")
    going = request_departure(first.pk, target=third, by=school.chair)
    void = request_departure(other.pk, target=second, by=school.chair)  # type: ignore[arg-type]
    merge_organizations(school.keeper.pk, second.pk, on=TODAY, by=school.region_chair)  # type: ignore[attr-defined]
    for transfer in (going, void):
        transfer.refresh_from_db()
    assert (going.source, going.asked_by, going.state) == (second, second, TransferState.REQUESTED)
    assert void.state == TransferState.CANCELLED
    confirm(going.pk, by=third_chair)
    first.refresh_from_db()
    assert first.organization == third
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def test_u_5_a_mistaken_confirmation_is_taken_back_with_consents_and_the_request_waits_again(school: Place) -> None:
    second, client = second_school(school)
    Organization.objects.update(is_legal_entity=True)
    member = school.put()
    mark_signed(member.pk, signed_on=TODAY, by_hand=True, by=school.chair)
    transfer = request_departure(member.pk, target=trees.again(second), by=school.chair)  # type: ignore[arg-type]
    client.post(reverse("moves:confirm", args=[transfer.pk]))
    member.refresh_from_db()
    assert (member.organization, member.consent_state) == (second, "expired")
    back = reverse("moves:take_back_arrival", args=[transfer.pk])
    assert back not in signed_in(school.chair).get(reverse("moves:detail", args=[transfer.pk])).content.decode()
    assert back in client.get(reverse("moves:detail", args=[transfer.pk])).content.decode()
    client.post(back)
    member.refresh_from_db()
    transfer.refresh_from_db()
    assert (member.organization, member.consent_state) == (school.keeper, "signed")
    assert (transfer.state, transfer.ended_on, transfer.target) == (TransferState.REQUESTED, None, second)
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}
    client.post(reverse("moves:confirm", args=[transfer.pk]))
    member.refresh_from_db()
    assert member.organization == second
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def test_v_b9_a_member_from_outside_the_registry_has_a_mark(school: Place) -> None:
    client, url = signed_in(school.chair), reverse("members:add")
    person = {name: value for name, value in UNION_PERSON.items() if value is not None}
    typed = {**person, "birth_date": "22.09.1978", "joined_on": "07.05.2001", "registered_on": DAY}
    client.post(url, {**typed, "arrived_from": "ППО техникума № 4, Рязань"})
    client.post(url, {**typed, "surname": "Яшина", "given_name": "Ия", "ground": "карточка"})
    arrived, stayed = Registration.objects.order_by("pk")
    assert (arrived.start_reason, stayed.start_reason) == ("arrival", "existing")
    mark = CardMark.objects.get()
    assert (mark.member_id, mark.text) == (
        arrived.member_id,
        "Прибытие из организации, не состоящей в реестре: ППО техникума № 4, Рязань",
    )
    events = Event.objects.filter(action="member.put_on_account").order_by("pk")
    assert [event.facts.get("outside") for event in events] == [True, None]


def test_v_b9_reviewers_can_filter_members_from_outside_the_registry(
    school: Place, django_assert_num_queries: Any
) -> None:
    from_outside(school, "Внешняя")
    school.put(surname="Своя", snils="", ticket_number="")
    moved = school.put(surname="Переведённая", snils="", ticket_number="")
    second = trees.again(trees.below(school.region, Level.PRIMARY, "ППО лицея № 2"))
    there = trees.officer(second)
    confirm(request_departure(moved.pk, target=second, by=school.chair).pk, by=there)
    confirm(request_departure(moved.pk, target=school.keeper, by=there).pk, by=school.chair)
    assert Registration.objects.filter(start_reason="arrival").count() == 3
    reviewer = signed_in(school.reviewer)
    found = {answer: listing.surnames(listing.ask(reviewer, outside=answer)) for answer in ("yes", "no")}
    assert found == {"yes": ["Внешняя"], "no": ["Переведённая", "Своя"]}
    assert "Прибытие из организации вне реестра" in listing.ask(reviewer).content.decode()
    with CaptureQueriesContext(connection) as few:
        listing.ask(reviewer, outside="yes")
    for letter in "абв":
        from_outside(school, f"Новая{letter}")
    with django_assert_num_queries(len(few)):
        assert len(listing.names(listing.ask(reviewer, outside="yes"))) == 4


def from_outside(school: Place, surname: str) -> None:
    values = {**UNION_PERSON, "surname": surname, "snils": "", "ticket_number": ""}
    register_person(organization=school.keeper, values=values, arrived_from="ППО № 4, Рязань", by=school.chair)
