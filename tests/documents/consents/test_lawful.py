"""Default consents meet the law, filled ones have no blanks, reprints do not change (152-ФЗ art. 9, 10.1; U-6)."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from documents.consents import rules
from documents.consents.models import Consent, ConsentText
from documents.consents.transitions.consents import mark_many_signed, mark_signed
from documents.consents.transitions.texts import issue_text
from documents.papers import consent
from documents.printing.core import Batch, batch_for
from documents.printing.transitions import record_prints
from members.admission.models import Application, Representation
from members.admission.transitions.applications import edit_application
from members.people.models import IdentityPaper, Member
from registry import charters
from registry.access import Actor
from registry.enums import Role
from registry.organizations.models import Organization
from tests.documents import samples
from tests.members import applicants, places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


@pytest.fixture
def administrator(voi: places.Place) -> Actor:
    return trees.officer(voi.head, Role.ADMINISTRATOR)


def member_of(pk: int) -> Member:
    return consent.FORM.members(Member.objects.all()).get(pk=pk)


def batch_of(organization: Organization) -> Batch:
    return Batch(organization, samples.ALL_CLASSES, TODAY())


def printed(place: places.Place, member: Member) -> Consent:
    """Print the consent as the screen does."""
    said = consent.carried(member_of(member.pk), batch_of(place.keeper))
    record_prints("consent", {member.pk: said}, data_classes=(), by=place.chair)
    return Consent.objects.get(member=member)


def texts(pdf: bytes) -> str:
    return " ".join(samples.text_of(pdf).split())


@pytest.mark.parametrize("key", samples.CHARTERS)
def test_152_fz_10_1_the_wording_of_a_charter_does_not_allow_distribution(key: str) -> None:
    assert not rules.distributes(charters.get(key).consent)
    assert "variants" not in charters.get(key).consent


def test_k1_the_form_of_2020_is_a_whole_wording_that_an_administrator_may_choose(
    voi: places.Place, administrator: Actor
) -> None:
    client = places.signed_in(administrator)
    form = client.get(reverse("documents:new_text"), {"start": "2020"}).context["form"]
    assert (form.initial["method"], rules.distributes(form.initial)) == ("manual", True)
    values = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    values["valid_from"] = f"{TODAY():%d.%m.%Y}"
    answer = client.post(reverse("documents:new_text") + "?start=2020", values, follow=True)
    assert "статья 10.1" in answer.content.decode()
    text = ConsentText.objects.get()
    assert text.wording == voi.keeper.charter.consent_variants("processing")["2020"]
    assert "статья 10.1" in client.get(reverse("documents:text", args=[text.pk])).content.decode()
    form = client.get(reverse("documents:new_text")).context["form"]
    assert rules.distributes(form.initial)
    form = client.get(reverse("documents:new_text"), {"start": "charter"}).context["form"]
    assert not rules.distributes(form.initial)


def test_k1_actions_and_ways_are_put_into_own_words(voi: places.Place, administrator: Actor) -> None:
    client, address = places.signed_in(administrator), reverse("documents:new_text")
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    values |= {"valid_from": f"{TODAY():%d.%m.%Y}", "actions": "Сбор, хранение", "transfer_way": "доступа"}
    refused_form = client.post(address, {**values, "method": "own"}).context["form"]
    assert sorted(refused_form.errors) == ["own_method"]
    assert client.post(address, {**values, "method": "own", "own_method": "записей в тетради"}).status_code == 302
    page = texts(samples.paper("consent", voi.keeper, voi.put(), as_given=True, printed_on=TODAY()))
    assert "Сбор, хранение будет осуществляться путем записей в тетради." in page
    assert "путем доступа" in page
    again = client.get(address).context["form"]
    assert (again["method"].value(), again["own_method"].value()) == ("own", "записей в тетради")


@pytest.mark.parametrize(
    ("processor", "address", "field"),
    [("ООО «Печать»", "", "processor_address"), ("", "г. Тула, ул. Садовая, д. 1", "processor"), ("", "", "")],
)
def test_152_fz_9_a_processor_has_name_and_address(
    voi: places.Place, administrator: Actor, processor: str, address: str, field: str
) -> None:
    wording = {**voi.keeper.charter.consent, "processor": processor, "processor_address": address}
    if not field:
        assert issue_text(wording=wording, valid_from=TODAY(), by=administrator).version == 1
        return
    with refused("V-C5", field=field):
        issue_text(wording=wording, valid_from=TODAY(), by=administrator)


@pytest.mark.both
def test_152_fz_9_the_processor_is_printed_with_its_address(voi: places.Place, administrator: Actor) -> None:
    wording = {**voi.keeper.charter.consent, "processor": "ООО «Печать»", "processor_address": "г. Тула"}
    issue_text(wording=wording, valid_from=TODAY(), by=administrator)
    assert "ООО «Печать», г. Тула" in texts(
        samples.paper("consent", voi.keeper, voi.put(), as_given=True, printed_on=TODAY())
    )


@pytest.mark.parametrize(("key", "says_of_others"), [("voi", False), ("education_union", True)])
def test_u_6_a_filled_consent_leaves_nothing_to_be_added(key: str, says_of_others: bool) -> None:
    keeper = samples.keeper(key)
    pdf = samples.paper("consent", keeper, samples.person(key, keeper))
    # Only the signature and its date remain blank.
    marks = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert len(re.findall("_+", marks)) == 4
    text = texts(pdf)
    assert "только те, которые применяются реально" not in text
    assert "распростран" not in text
    representative = text[text.index("от представителя субъекта") : text.index("Цель обработки")]
    assert representative.count("нет") == 8
    assert "обработка будет поручена такому лицу нет" in text
    assert ("иные категории: нет." in text) == says_of_others
    blank = texts(samples.paper("consent", keeper, None))
    assert " нет " not in blank[blank.index("от представителя субъекта") : blank.index("Цель обработки")]


@pytest.mark.parametrize("key", samples.CHARTERS)
def test_u_6_each_page_names_the_person_the_number_and_the_version(key: str) -> None:
    keeper = samples.keeper(key)
    member = samples.person(key, keeper)
    pages = PdfReader(io.BytesIO(samples.paper("consent", keeper, member))).pages
    line = f"Согласие № {member.pk}-1, редакция 1, {member.full_name}"
    assert [line in " ".join(page.extract_text().split()) for page in pages] == [True, True]


@pytest.mark.both
def test_u_6_the_next_consent_of_a_person_has_the_next_number(voi: places.Place) -> None:
    member = voi.put()
    assert printed(voi, member).paper["number"] == f"{member.pk}-1"
    assert printed(voi, member).paper["number"] == f"{member.pk}-1"
    Consent.objects.filter(member=member).update(state="withdrawn")
    Member.objects.filter(pk=member.pk).update(consent_state="withdrawn")
    assert consent.build(member_of(member.pk), batch_of(voi.keeper))["number"] == f"{member.pk}-2"


def test_u_6_a_reprint_of_a_signed_consent_is_what_was_signed_and_says_that_it_is_a_copy(
    voi: places.Place, administrator: Actor
) -> None:
    member = voi.put()
    before = printed(voi, member).paper
    assert before["subject"]["name"] == member.full_name
    mark_signed(member.pk, signed_on=TODAY(), by=voi.chair)
    Member.objects.filter(pk=member.pk).update(surname="Новикова", city="Орёл")
    IdentityPaper.objects.filter(member=member).delete()
    Organization.objects.filter(pk=voi.region.pk).update(full_name="Другая организация")
    issue_text(
        wording={**voi.keeper.charter.consent, "purposes": ["для новой цели;"]}, valid_from=TODAY(), by=administrator
    )
    client = places.signed_in(voi.chair)
    text = texts(client.post(reverse("documents:print_member", args=["consent", member.pk])).content)
    assert f"Копия. Подписано {TODAY():%d.%m.%Y}." in text
    assert f"№ {member.pk}-1, редакция 1, {member.full_name}, копия" in text
    assert "7005" in text
    assert not any(word in text for word in ("Новикова", "Орёл", "Другая организация", "для новой цели"))
    # Printing the copy changes nothing.
    assert Consent.objects.get(member=member).paper == before


@pytest.mark.parametrize("ago", [0, 1])
def test_u_6_the_paper_that_is_kept_was_printed_by_the_day_of_the_signature(voi: places.Place, ago: int) -> None:
    member = voi.put()
    printed(voi, member)
    mark_signed(member.pk, signed_on=TODAY() - dt.timedelta(days=ago), by=voi.chair)
    context = consent.build(member_of(member.pk), batch_of(voi.keeper))
    another = f"Копия. Сведения — на {TODAY():%d.%m.%Y}, подписан другой экземпляр."
    assert context["copy"] == (another if ago else f"Копия. Подписано {TODAY():%d.%m.%Y}.")
    assert bool(Consent.objects.get().paper) == (not ago)


@pytest.mark.both
def test_v_a4_the_consent_signed_with_the_application_becomes_the_members(voi: places.Place) -> None:
    application = applicants.apply(voi, stated={"consent_signed_on": None, "filed_on": TODAY()})
    client = places.signed_in(voi.chair)
    address = reverse("applications:print", args=[application.pk, "consent"])
    number = f"З-{application.pk}"
    assert f"Согласие № {number}, редакция 1" in texts(client.post(address).content)
    Application.objects.filter(pk=application.pk).update(consent_signed_on=TODAY())
    application.refresh_from_db()
    name = application.full_name
    edit_application(
        application.pk,
        values={**applicants.values(voi), "surname": "Новикова"},
        facts=applicants.facts(filed_on=TODAY(), consent_signed_on=TODAY()),
        version=application.version,
        by=voi.chair,
    )
    again = texts(client.post(address).content)
    assert ("Новикова" in again, name in again, f"Копия. Подписано {TODAY():%d.%m.%Y}." in again) == (False, True, True)
    (member,) = applicants.admitted(applicants.scheduled(voi.keeper, [application], held_on=TODAY()), voi.chair)
    context = consent.build(member_of(member.pk), batch_of(voi.keeper))
    assert (context["number"], context["subject"]["name"]) == (number, name)
    assert context["copy"] == f"Копия. Подписано {TODAY():%d.%m.%Y}."


@pytest.mark.parametrize(
    ("kind", "category", "signs"),
    [
        ("guardianship", "guardian", False),
        ("birth_certificate", "legal_representative", False),
        ("trusteeship", "trustee", True),
        ("trusteeship", "guardian", True),
        ("other", "trustee", True),
        ("", "trustee", True),
        ("", "guardian", False),
    ],
)
def test_gk_33_a_trustee_does_not_act_for_the_ward(voi: places.Place, kind: str, category: str, signs: bool) -> None:
    member = voi.put(category=category, residence="г. Орёл, ул. Лесная, д. 9")
    ward = Representation.objects.create(
        member=member, surname="Ромашкин", given_name="Тимофей", birth_date=applicants.child_born(), mandate_kind=kind
    )
    client = places.signed_in(voi.chair)
    text = texts(client.post(f"{reverse('applications:ward_consent', args=[ward.pk])}?by_hand=1").content)
    signature = text[text.rindex("рабочих дней") :]
    assert ("Ромашкин Т." in signature, "Константинопольская А.В." in signature) == (signs, not signs)
    block = text[text.index("от представителя субъекта") : text.index("Цель обработки")]
    # «Проживающий по адресу» uses the residence.
    assert ("г. Орёл, ул. Лесная, д. 9" in " ".join(block.split()), block.count("нет") == 8) == (not signs, signs)
    assert f"Согласие № П-{ward.pk}, редакция 1, Ромашкин Тимофей" in text


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ({}, []),
        ({"paper_number": ""}, ["документ, удостоверяющий личность"]),
        ({"paper_issued_on": None}, ["документ, удостоверяющий личность"]),
        ({"paper_issued_by": ""}, ["документ, удостоверяющий личность"]),
        ({"city": "", "street": "", "house": ""}, ["адрес"]),
    ],
)
def test_152_fz_9_a_consent_is_not_marked_while_the_card_lacks_what_it_must_say(
    voi: places.Place, without: dict[str, Any], missing: list[str]
) -> None:
    member = voi.put()
    own = {name: value for name, value in without.items() if not name.startswith("paper_")}
    Member.objects.filter(pk=member.pk).update(**own)
    if paper := {name: value or "" for name, value in without.items() if name.startswith("paper_")}:
        IdentityPaper.objects.filter(member=member).update(**paper)
    assert rules.lacking(member_of(member.pk)) == missing
    if missing:
        with refused("V-C5", field="by_hand"):
            mark_signed(member.pk, signed_on=TODAY(), by=voi.chair)
        with refused("V-C5", field="by_hand"):
            mark_many_signed({member.pk: TODAY()}, by=voi.chair)
        assert not Consent.objects.exists()
    client, address = places.signed_in(voi.chair), reverse("documents:mark_consent", args=[member.pk])
    values = {"given": "on", "signed_on": f"{TODAY():%d.%m.%Y}"}
    if missing:
        page = client.post(address, values).content.decode()
        assert f"В карточке нет того, что по закону должно быть в согласии: {missing[0]}." in page
        values["by_hand"] = "on"
    assert client.post(address, values).status_code == 302
    assert Consent.objects.get().state == "signed"


def test_many_consents_of_cards_that_lack_something_are_named_and_confirmed_once(voi: places.Place) -> None:
    whole = voi.put()
    bare = trees.members(voi.keeper, 1)[0]
    client, address = places.signed_in(voi.chair), reverse("documents:mark_many")
    ids = [str(whole.pk), str(bare.pk)]
    page = client.post(address, {"selected": ids})
    assert [row["lacking"] for row in page.context["form"].rows] == ["", "документ, удостоверяющий личность, адрес"]
    sent = {"selected": ids, "listed": ids, "marking": "1", "signed_on": f"{TODAY():%d.%m.%Y}"}
    assert sorted(client.post(address, sent).context["form"].errors) == ["by_hand"]
    assert not Consent.objects.exists()
    assert client.post(address, {**sent, "by_hand": "on"}).status_code == 302
    assert Consent.objects.filter(state="signed").count() == 2


def test_unticked_people_stay_on_the_page_after_an_error(voi: places.Place) -> None:
    rows = [voi.put(surname=name, snils="", ticket_number="") for name in ("Абрамова", "Белова", "Вольская")]
    client, address = places.signed_in(voi.chair), reverse("documents:mark_many")
    listed = [str(row.pk) for row in rows]
    sent = {"listed": listed, "selected": listed[:1], "marking": "1"}
    page = client.post(address, {**sent, "signed_on": "01.01.2001"})
    shown = [(row["member"].pk, row["chosen"]) for row in page.context["form"].rows]
    assert shown == [(rows[0].pk, True), (rows[1].pk, False), (rows[2].pk, False)]
    # With everybody unticked the page is shown again with a message.
    nobody = client.post(address, {"listed": listed, "marking": "1", "signed_on": f"{TODAY():%d.%m.%Y}"})
    assert [row["chosen"] for row in nobody.context["form"].rows] == [False] * 3
    assert "Никто не выбран" in nobody.content.decode()
    assert client.post(address, {**sent, "signed_on": f"{TODAY():%d.%m.%Y}"}).status_code == 302
    assert list(Consent.objects.values_list("member_id", flat=True)) == [rows[0].pk]


def test_k1_the_text_of_the_charter_is_issued_again_when_the_charter_changed(
    voi: places.Place, administrator: Actor
) -> None:
    federation = voi.keeper.federation
    month_ago = TODAY() - dt.timedelta(days=30)
    former = ConsentText.objects.create(
        federation=federation, version=1, valid_from=month_ago, of_charter=True, wording={"actions": "Распространение"}
    )
    assert printed(voi, voi.put()).text.version == 2
    record_prints("consent", [trees.members(voi.keeper, 1)[0].pk], data_classes=(), by=voi.chair)
    found = [(text.version, text.of_charter, text.wording == federation.charter.consent) for text in _all_texts()]
    assert found == [(1, True, False), (2, True, True)]
    # Texts issued by an administrator remain, and so do future ones.
    own = {**federation.charter.consent, "purposes": ["для учёта;"]}
    issue_text(wording=own, valid_from=TODAY(), by=administrator)
    record_prints("consent", [trees.members(voi.keeper, 1)[0].pk], data_classes=(), by=voi.chair)
    assert [text.version for text in _all_texts()] == [1, 2, 3]
    assert ConsentText.objects.in_force(federation, month_ago) == former


def _all_texts() -> list[ConsentText]:
    return list(ConsentText.objects.order_by("version"))


def test_n_h2_batches_of_actors_read_the_kept_paper_only_with_its_class(voi: places.Place) -> None:
    member = voi.put()
    printed(voi, member)
    mark_signed(member.pk, signed_on=TODAY(), by=voi.chair)
    context = consent.build(member_of(member.pk), batch_for(voi.reviewer, voi.keeper))
    assert context["subject"]["paper_number"] == ""
