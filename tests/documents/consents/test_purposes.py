"""A consent for each purpose: its own sheet, text, record and mark (practice 7.2, 156-ФЗ)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.consents.enums import FORMS_OF_PURPOSES, ConsentPurpose
from documents.consents.models import Consent, ConsentText
from documents.consents.queries import signed_for
from documents.consents.transitions.consents import mark_many_signed, mark_signed, take_back_tick
from documents.consents.transitions.texts import issue_text
from documents.printing.models import PrintRecord
from documents.printing.transitions import record_prints
from members.people.enums import ConsentState
from members.people.filters import MemberFilter
from members.people.models import Member
from registry import charters, integrity
from registry.enums import DataClass, Role
from registry.jobs.models import Job
from registry.organizations.models import Federation, OrganizationPassport
from registry.organizations.transitions.charters import change_charter
from tests.documents import samples
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

TODAY = timezone.localdate()
OTHERS = (ConsentPurpose.TRANSFER, ConsentPurpose.PUBLICATION)
COMPLETE: dict[str, Any] = {
    "paper_kind": "passport", "paper_number": "123456", "paper_issued_on": dt.date(2006, 4, 27),
    "paper_issued_by": "ОВД", "city": "Тула",
}  # fmt: skip
RECIPIENTS = {
    "bonus_programme": {"name": "ООО «Бонус»", "address": "г. Тула, ул. Мира, д. 1"},
    "card_producer": {"name": "ООО «Карты»", "address": "г. Орёл, ул. Садовая, д. 2"},
}


@pytest.fixture
def union() -> places.Place:
    return places.union()


@pytest.fixture
def client(union: places.Place) -> Client:
    return places.signed_in(union.chair)


def states(member: Member) -> dict[str, str]:
    return {one.purpose: one.state for one in Consent.objects.filter(member=member)}


def on_card(member: Member) -> str:
    return Member.objects.values_list("consent_state", flat=True).get(pk=member.pk)


def of_purpose(name: str, purpose: str, *args: Any) -> str:
    return f"{reverse(f'documents:{name}', args=args)}?purpose={purpose}"


def name_recipients(place: places.Place) -> None:
    admin = trees.officer(place.head, Role.ADMINISTRATOR)
    change_charter(place.head.federation_id, values={"recipients": RECIPIENTS}, by=admin)


@pytest.mark.parametrize("purpose", OTHERS)
def test_u7_a_consent_for_another_purpose_is_a_record_of_its_own_and_leaves_the_tick_of_processing(
    union: places.Place, purpose: str
) -> None:
    member = union.put()
    code = FORMS_OF_PURPOSES[purpose]
    record_prints(code, [member.pk], data_classes={DataClass.IDENTITY}, by=union.chair)
    assert (states(member), on_card(member)) == ({purpose: ConsentState.PRINTED}, ConsentState.NONE)
    consent = mark_signed(member.pk, purpose=purpose, signed_on=TODAY, by_hand=True, by=union.chair)
    assert (consent.text.purpose, consent.text.version, consent.purpose) == (purpose, 1, purpose)
    assert (states(member), on_card(member)) == ({purpose: ConsentState.SIGNED}, ConsentState.NONE)
    assert list(signed_for(Member.objects.all(), purpose)) == [member]
    assert [list(signed_for(Member.objects.all(), other)) for other in ConsentPurpose if other != purpose] == [[], []]
    take_back_tick(member.pk, purpose=purpose, by=union.chair)
    assert (states(member), on_card(member)) == ({purpose: ConsentState.PRINTED}, ConsentState.NONE)
    assert list(signed_for(Member.objects.all(), purpose)) == []
    assert [found for _title, found in integrity.run() if found] == []


def test_u7_the_tick_of_processing_means_processing_alone(union: places.Place) -> None:
    member = union.put()
    mark_signed(member.pk, signed_on=TODAY, by_hand=True, by=union.chair)
    assert (states(member), on_card(member)) == ({"processing": "signed"}, "signed")
    assert [list(signed_for(Member.objects.all(), purpose)) for purpose in ConsentPurpose] == [[member], [], []]


def test_n_c1_a_purpose_that_the_charter_does_not_have_is_refused() -> None:
    voi = places.voi()
    member = voi.put()
    with refused("N-C1"):
        mark_signed(member.pk, purpose=ConsentPurpose.TRANSFER, signed_on=TODAY, by=voi.chair)
    with refused("N-C1"):
        mark_many_signed({member.pk: TODAY}, purpose=ConsentPurpose.PUBLICATION, by=voi.chair)
    with refused("N-C1"):
        issue_text(
            purpose=ConsentPurpose.TRANSFER,
            wording=charters.get("education_union").consent_for("transfer"),
            valid_from=TODAY,
            by=trees.officer(voi.head, Role.ADMINISTRATOR),
        )
    assert (Consent.objects.count(), ConsentText.objects.count()) == (0, 0)
    chair = places.signed_in(voi.chair)
    for address in (of_purpose("consents", "transfer"), of_purpose("mark_consent", "transfer", member.pk)):
        assert chair.get(address).status_code == 404


def test_u7_many_are_marked_for_a_purpose_and_each_keeps_its_other_consents(
    union: places.Place, client: Client
) -> None:
    first, second = trees.members(union.keeper, 2)
    mark_signed(first.pk, purpose="transfer", signed_on=TODAY, by_hand=True, by=union.chair)
    answer = client.post(
        of_purpose("mark_many", "transfer"),
        {"marking": "1", "selected": [first.pk, second.pk], "signed_on": f"{TODAY:%d.%m.%Y}", "by_hand": "1"},
    )
    assert answer.status_code == 302
    assert states(first) == states(second) == {"transfer": "signed"}
    assert [on_card(first), on_card(second)] == ["none", "none"]


def test_k1_each_purpose_counts_its_own_versions(union: places.Place) -> None:
    admin = trees.officer(union.head, Role.ADMINISTRATOR)
    own = charters.get("education_union")
    for purpose in own.consents:
        wording = {**own.consent_for(purpose), "term": "до прекращения членства"}
        text = issue_text(purpose=purpose, wording=wording, valid_from=TODAY, by=admin)
        assert (text.purpose, text.version) == (purpose, 1)
        assert ConsentText.objects.in_force(union.head.federation, TODAY, purpose) == text
    page = places.signed_in(admin).get(of_purpose("texts", "publication"))
    assert [text.purpose for text, _first, _own in page.context["texts"]] == ["publication"]


def test_u7_the_sheet_of_the_transfer_names_the_recipients_of_the_charter_and_the_copy_those_that_were_signed(
    union: places.Place, client: Client
) -> None:
    name_recipients(union)
    member = union.put(**COMPLETE)
    address = reverse("documents:print_member", args=["consent_transfer", member.pk])
    text = samples.text_of(client.post(address).content)
    said = "ООО «Бонус», г. Тула, ул. Мира, д. 1; ООО «Карты», г. Орёл, ул. Садовая, д. 2"
    assert (said in text, "СОГЛАСИЕ НА ПЕРЕДАЧУ" in text, f"ПД-{member.pk}-1" in text) == (True, True, True)
    mark_signed(member.pk, purpose="transfer", signed_on=TODAY, by_hand=True, by=union.chair)
    admin = trees.officer(union.head, Role.ADMINISTRATOR)
    change_charter(union.head.federation_id, values={"recipients": {}}, by=admin)
    assert Federation.objects.get(pk=union.head.federation_id).charter_values == {}
    copy = samples.text_of(client.post(address).content)
    assert (said in copy, "Копия. Подписано" in copy) == (True, True)


def test_u7_recipients_are_those_of_the_charter(union: places.Place) -> None:
    admin = trees.officer(union.head, Role.ADMINISTRATOR)
    for value in ({"other": {"name": "А"}}, {"card_producer": {"inn": "1"}}, {"card_producer": {"name": "А" * 251}}):
        with refused("U-5a"):
            change_charter(union.head.federation_id, values={"recipients": value}, by=admin)
    edge = {"card_producer": {"name": "А" * 250, "address": ""}}
    changed = change_charter(union.head.federation_id, values={"recipients": edge}, by=admin)
    assert {one.key: one.name for one in changed.charter.recipients} == {
        "bonus_programme": "",
        "card_producer": "А" * 250,
    }


def test_u6_chosen_purposes_are_printed_together_each_on_a_sheet_and_with_a_record_of_its_own(
    union: places.Place, client: Client
) -> None:
    member = union.put(**COMPLETE)
    OrganizationPassport.objects.update_or_create(organization=union.head, defaults={"site": "https://example.ru"})
    answer = client.post(
        reverse("documents:print_member", args=["consent", member.pk]), {"also": ["consent_publication", "member_card"]}
    )
    text = samples.text_of(answer.content)
    assert ("НА ОБРАБОТКУ ПЕРСОНАЛЬНЫХ" in text, "НА РАСПРОСТРАНЕНИЕ" in text) == (True, True)
    assert states(member) == {"processing": "printed", "publication": "printed"}
    assert sorted(PrintRecord.objects.values_list("form", flat=True)) == ["consent", "consent_publication"]


@pytest.mark.both
def test_u6_many_sheets_of_chosen_purposes_are_printed_by_a_job_each(union: places.Place, client: Client) -> None:
    ids = [member.pk for member in trees.members(union.keeper, 6)]
    answer = client.post(
        reverse("documents:print_many", args=["consent_transfer"]),
        {"confirmed": "1", "selected": ids, "also": ["consent"]},
    )
    assert (answer.status_code, answer["Location"]) == (302, reverse("documents:print"))
    assert sorted(job.params["form"] for job in Job.objects.all()) == ["consent", "consent_transfer"]


@pytest.mark.both
def test_n_c1_the_register_and_the_list_filter_by_the_state_of_each_purpose(
    union: places.Place, client: Client
) -> None:
    first, second, third = trees.members(union.keeper, 3)
    mark_signed(first.pk, purpose="transfer", signed_on=TODAY, by_hand=True, by=union.chair)
    record_prints("consent_transfer", [second.pk], data_classes=(), by=union.chair)
    mark_signed(third.pk, signed_on=TODAY - dt.timedelta(days=1), by_hand=True, by=union.chair)
    found = {
        state: sorted(MemberFilter({"transfer": state}, actor=union.chair).found.values_list("pk", flat=True))
        for state in ("signed", "printed", "none", "wanted")
    }
    assert found == {"signed": [first.pk], "printed": [second.pk], "none": [third.pk], "wanted": [third.pk]}
    page = client.get(of_purpose("consents", "transfer"))
    counts = {state["label"]: state["count"] for state in page.context["states"]}
    assert list(counts.values()) == [3, 1, 1, 1]
    assert "transfer" not in MemberFilter({}, actor=places.voi().chair).filters
