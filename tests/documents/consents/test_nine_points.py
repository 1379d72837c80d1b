"""A consent is printed only with the nine details that the law requires (152-ФЗ art. 9 p. 4, practice 7.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from documents.consents.models import Consent, ConsentText
from documents.consents.rules import Lack, check_points, hindering, points_lacking
from documents.papers import consent, consent_publication, consent_transfer
from documents.printing.jobs import sheets_of
from documents.printing.models import PrintRecord
from members.admission.models import Representation
from members.admission.queries.applicants import ward_as_member
from members.lists.models import encode
from members.people.models import IdentityPaper, Member
from registry import charters
from registry.enums import Role
from registry.organizations.models import Organization, OrganizationPassport
from tests.documents import samples
from tests.documents.consents.test_purposes import COMPLETE, name_recipients
from tests.members import applicants, places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


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


@pytest.mark.both
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
    # The blank form needs nobody's data.
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


@pytest.fixture
def ward() -> Representation:
    """Return a represented child of a guardian, both with every detail required by law."""
    place = places.voi()
    member = place.put(category="guardian", **COMPLETE)
    return Representation.objects.create(
        member=member, surname="Ромашкин", given_name="Тимофей", birth_date=applicants.child_born(), city="Тула",
        mandate_kind="guardianship", mandate_number="7", mandate_issued_on=dt.date(2024, 2, 1),
        answers={"paper_number": "1", "paper_issued_on": encode(dt.date(2020, 2, 1)), "paper_issued_by": "ЗАГС"},
    )  # fmt: skip


def lacks_of(ward: Representation) -> list[tuple[str, str]]:
    """Return the details missing in the consent for the represented person."""
    ward = Representation.objects.get(pk=ward.pk)
    assert ward.member is not None
    keeper = ward.member.organization
    assert keeper is not None
    subject = ward_as_member(ward, keeper.charter, keeper)
    found = consent.lacks_of_ward(subject, ward.member, ward, samples.batch_of(trees.again(keeper)))
    return [(str(lack.point), lack.place) for lack in found]


OF_PARENT = ("документ, удостоверяющий личность представителя", "card")
OF_MANDATE = ("документ о полномочиях с номером и датой", "card")


def test_v_c5_a_consent_for_a_represented_person_lacks_nothing_where_all_is_known(ward: Representation) -> None:
    assert lacks_of(ward) == []


@pytest.mark.parametrize(
    ("model", "changed", "expected"),
    [
        (Representation, {"city": ""}, [("адрес", "card")]),
        (Representation, {"answers": {}}, [("документ, удостоверяющий личность", "card")]),
        (Member, {"city": "", "street": "", "house": ""}, [("адрес представителя", "card")]),
        (IdentityPaper, {"paper_number": ""}, [OF_PARENT]),
        (Representation, {"mandate_kind": ""}, [OF_MANDATE]),
        (Representation, {"mandate_number": ""}, [OF_MANDATE]),
        (Representation, {"mandate_issued_on": None}, [OF_MANDATE]),
        # A person under trusteeship signs for themselves, so nothing is required of the trustee.
        (Representation, {"mandate_kind": "trusteeship", "mandate_number": ""}, []),
        # Signed on a sheet that the registry did not print.
        (Representation, {"mandate_number": "", "consent_signed_on": dt.date(2024, 3, 1)}, [OF_MANDATE]),
    ],
)
def test_v_c5_points_about_representative_and_mandate_are_required_if_they_sign(
    ward: Representation, model: Any, changed: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    rows = model.objects.filter(pk=ward.pk) if model is Representation else model.objects.all()
    for row in rows:
        for name, value in changed.items():
            setattr(row, name, value)
        row.save()
    assert lacks_of(ward) == expected


def test_v_c5_a_copy_of_a_signed_consent_lacks_nothing(ward: Representation) -> None:
    day = dt.date(2024, 3, 1)
    paper = {"printed_on": "2024-03-01", "version": 1}
    Representation.objects.filter(pk=ward.pk).update(mandate_number="", consent_signed_on=day, consent_paper=paper)
    ConsentText.objects.create(
        federation=ward.member.federation,
        version=1,
        valid_from=day,
        wording=charters.get("voi").consent,  # type: ignore[union-attr]
    )
    copied = {**consent.kept({**{name: {} for name in consent._KEPT}, "copy": ""}), **paper}
    Representation.objects.filter(pk=ward.pk).update(consent_paper=copied)
    assert lacks_of(ward) == []


@pytest.mark.both
def test_v_c5_an_incomplete_consent_for_a_represented_person_is_printed_by_hand_only_when_asked(
    ward: Representation,
) -> None:
    ward.mandate_number = ""
    ward.save()
    assert ward.member is not None
    client = places.signed_in(trees.officer(ward.member.organization, Role.DEPUTY))  # type: ignore[arg-type]
    address, page = reverse("applications:ward_consent", args=[ward.pk]), reverse("applications:ward", args=[ward.pk])
    for sent in (address, f"{address}?as=word"):
        answer = client.post(sent, follow=True)
        assert (answer.redirect_chain, OF_MANDATE[0] in answer.content.decode()) == ([(page, 302)], True)
        assert not PrintRecord.objects.exists()
    shown = client.get(page).content.decode()
    assert (f'action="{address}"' in shown, f'action="{address}?by_hand=1"' in shown) == (False, True)
    assert client.post(f"{address}?by_hand=1")["Content-Type"] == "application/pdf"
    assert PrintRecord.objects.count() == 1
    # Details missing in the operator's passport always prevent printing.
    Organization.objects.filter(pk=ward.member.organization.operator().pk).update(legal_address="", postal_address="")  # type: ignore[union-attr]
    assert client.post(f"{address}?by_hand=1").status_code == 302
    assert PrintRecord.objects.count() == 1
    assert f'action="{address}?by_hand=1"' not in client.get(page).content.decode()
