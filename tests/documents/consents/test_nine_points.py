"""A consent is printed only with the nine points that the law requires (152-ФЗ art. 9 p. 4, practice 7.1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from documents.consents.models import Consent, ConsentText
from documents.consents.rules import Lack, check_points, hindering, points_lacking
from documents.papers import consent, consent_publication, consent_transfer
from documents.printing.jobs import sheets_of
from documents.printing.models import PrintRecord
from members.people.models import IdentityPaper, Member
from registry import charters
from registry.enums import Role
from registry.organizations.models import Organization, OrganizationPassport
from tests.documents import samples
from tests.documents.consents.test_purposes import COMPLETE, name_recipients
from tests.members import applicants, places
from tests.refusals import refused
from tests.registry import trees

pytestmark = pytest.mark.django_db


@pytest.fixture
def union() -> places.Place:
    return places.union()


def lacks(form: Any, place: places.Place, member: Member) -> list[tuple[str, str]]:
    found = form.members(Member.objects.filter(pk=member.pk)).get()
    return [(str(lack.point), lack.place) for lack in form.lacks(found, samples.batch_of(trees.again(place.keeper)))]


def test_v_c5_a_complete_card_lacks_nothing_of_the_consent_to_processing(union: places.Place) -> None:
    assert lacks(consent.FORM, union, union.put(**COMPLETE)) == []


@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ({"paper_number": ""}, "документ, удостоверяющий личность"),
        ({"paper_issued_on": None}, "документ, удостоверяющий личность"),
        ({"paper_issued_by": ""}, "документ, удостоверяющий личность"),
        ({"city": ""}, "адрес"),
    ],
)
def test_v_c5_the_points_about_the_person_are_filled_in_on_the_card(
    union: places.Place, changed: dict[str, Any], label: str
) -> None:
    assert lacks(consent.FORM, union, union.put(**COMPLETE | changed)) == [(label, "card")]


def test_v_c5_the_operator_needs_an_address_in_its_passport(union: places.Place) -> None:
    member = union.put(**COMPLETE)
    Organization.objects.filter(pk=union.head.pk).update(legal_address="")
    assert lacks(consent.FORM, union, member) == [("адрес оператора", "passport")]
    Organization.objects.filter(pk=union.head.pk).update(postal_address="Москва")
    assert lacks(consent.FORM, union, member) == []


def test_v_c5_the_transfer_needs_each_recipient_and_publication_a_page(union: places.Place) -> None:
    member = union.put(**COMPLETE)
    assert lacks(consent_transfer.FORM, union, member) == [
        ("наименование и адрес: оператор бонусной программы ПРОФКАРДС", "charter"),
        ("наименование и адрес: изготовитель электронных билетов", "charter"),
    ]
    name_recipients(union)
    assert lacks(consent_transfer.FORM, union, member) == []
    assert lacks(consent_publication.FORM, union, member) == [
        ("страница в интернете, на которой данные публикуются", "passport")
    ]
    OrganizationPassport.objects.update_or_create(organization=union.head, defaults={"site": "https://example.ru"})
    assert lacks(consent_publication.FORM, union, member) == []


@pytest.mark.parametrize("name", ["purposes", "actions", "method", "term"])
def test_v_c5_each_point_of_the_text_is_needed(union: places.Place, name: str) -> None:
    charter = charters.get("education_union")
    member = Member.objects.select_related("identity").get(pk=union.put(**COMPLETE).pk)
    operator = trees.again(union.head)
    whole = points_lacking(member, charter.consent, ["имя"], operator, charter)
    without = points_lacking(member, {**charter.consent, name: ""}, ["имя"], operator, charter)
    assert (whole, [lack.place for lack in without]) == ([], ["text"])
    none_listed = points_lacking(member, charter.consent, [], operator, charter)
    by_order = points_lacking(member, {**charter.consent, "processor": "ООО"}, ["имя"], operator, charter)
    assert [[lack.place for lack in found] for found in (none_listed, by_order)] == [["text"], ["text"]]


def test_v_c5_what_is_lacking_is_named_in_the_refusal() -> None:
    check_points([])
    with refused("V-C5") as refusal:
        check_points([Lack("адрес", "card"), Lack("цель", "text")])
    assert "адрес; цель" in str(refusal.value.message)


def test_v_c5_the_page_says_what_is_missing_and_where_and_prints_nothing(union: places.Place) -> None:
    member = union.put(**COMPLETE | {"paper_number": ""})
    address = reverse("documents:print_member", args=["consent", member.pk])
    client = places.signed_in(union.chair)
    for answer in (client.get(address), client.post(address)):
        edit = f"{reverse('members:edit', args=[member.pk])}?missing"
        assert [url for _point, url in answer.context["lacks"]] == [edit]
        assert answer["Content-Type"].startswith("text/html")
    assert (Consent.objects.count(), PrintRecord.objects.count(), ConsentText.objects.count()) == (0, 0, 0)
    # The corridor's form needs nobody's data.
    blank = client.post(reverse("documents:print_blank", args=["consent"]))
    assert blank["Content-Type"] == "application/pdf"
    IdentityPaper.objects.filter(member=member).update(paper_number="123456")
    assert client.post(address)["Content-Type"] == "application/pdf"


def test_v_c5_of_many_those_who_lack_a_point_are_named_and_left_out(union: places.Place) -> None:
    whole, other = union.put(**COMPLETE), union.put(surname="Борисова", city="", ticket_number="", snils="")
    client = places.signed_in(union.chair)
    data = {"selected": [whole.pk, other.pk]}
    page = client.post(reverse("documents:print_many", args=["consent"]), data)
    assert [member.pk for member, _lacks in page.context["left_out"]] == [other.pk]
    assert (page.context["left_out_count"], page.context["nobody"]) == (1, False)
    _pdf, printed = sheets_of(consent.FORM, [whole.pk, other.pk], union.chair)
    assert list(printed) == [whole.pk]
    client.post(reverse("documents:print_many", args=["consent"]), {**data, "confirmed": "1"})
    assert list(Consent.objects.values_list("member", flat=True)) == [whole.pk]
    alone = client.post(reverse("documents:print_many", args=["consent"]), {"selected": [other.pk]})
    assert (alone.context["nobody"], alone.context["by_hand"]) == (False, True)
    nothing = client.post(reverse("documents:print_many", args=["consent"]), {"selected": [other.pk], "confirmed": "1"})
    assert nothing["Content-Type"].startswith("text/html")
    assert list(Consent.objects.values_list("member", flat=True)) == [whole.pk]
    by_hand = {"selected": [other.pk], "confirmed": "1", "by_hand": "1"}
    assert client.post(reverse("documents:print_many", args=["consent"]), by_hand)["Content-Type"] == "application/pdf"
    assert set(Consent.objects.values_list("member", flat=True)) == {whole.pk, other.pk}


def test_v_c5_what_is_not_on_the_card_is_never_written_in_by_hand(union: places.Place) -> None:
    card, text = Lack("адрес", "card"), Lack("цель", "text")
    assert [hindering([card, text], by_hand=by_hand) for by_hand in (False, True)] == [[card, text], [text]]
    member = union.put(**COMPLETE | {"city": ""})
    address = reverse("documents:print_member", args=["consent", member.pk])
    client = places.signed_in(union.chair)
    assert client.get(address).context["by_hand"] is True
    assert client.post(address, {"by_hand": "1"})["Content-Type"] == "application/pdf"
    Organization.objects.update(legal_address="", postal_address="")
    assert client.get(address).context["by_hand"] is False
    assert client.post(address, {"by_hand": "1"})["Content-Type"].startswith("text/html")


def test_v_c5_points_lead_administrators_to_the_charter_and_chairs_nowhere_above_them(union: places.Place) -> None:
    member = union.put(**COMPLETE)
    address = reverse("documents:print_member", args=["consent_transfer", member.pk])
    page = places.signed_in(union.chair).get(address)
    assert [url for _point, url in page.context["lacks"]] == ["", ""]
    assert trees.officer(union.head, Role.ADMINISTRATOR).administers


def test_v_c5_the_consent_of_an_applicant_is_not_printed_without_the_points_either() -> None:
    voi = places.voi()
    application = applicants.apply(voi, stated={"consent_signed_on": None})
    Organization.objects.filter(pk=voi.head.pk).update(legal_address="")
    address = reverse("applications:print", args=[application.pk, "consent"])
    answer = places.signed_in(voi.chair).post(address, follow=True)
    assert "адрес оператора" in answer.content.decode()
    assert PrintRecord.objects.count() == 0
    Organization.objects.filter(pk=voi.head.pk).update(legal_address="Москва")
    assert places.signed_in(voi.chair).post(address)["Content-Type"] == "application/pdf"
