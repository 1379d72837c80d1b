"""Statements of members and the certificate of membership (V-B5, V-B10, V-B12, practice D20, D21)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from documents.printing.core import forms, forms_of
from members.people.models import Member
from registry import charters
from registry.organizations.models import Organization
from tests.documents import samples

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ADDRESSED = {
    "voi": "Председателю Одинцовской районной (наименование местной организации) местной организации ВОИ "
    "Сидоровой А.П. (фамилия, инициалы Председателя МО ВОИ) От Иванова Петра Сергеевича (фамилия, имя, отчество) "
    "143002, Московская область, Одинцово, улица Молодёжная, д. 15, кв. 27 (адрес) тел. +7 916 123-45-67 "
    "членский билет № 0104512 ЗАЯВЛЕНИЕ ",
    "education_union": "В профсоюзный комитет ППО МБОУ «СОШ № 7» (наименование первичной "
    "профсоюзной организации) От Иванова Петра Сергеевича (фамилия, имя, отчество) учитель математики "
    "МБОУ «СОШ № 7» (должность, место работы или учёбы) тел. +7 916 123-45-67 ЗАЯВЛЕНИЕ ",
}
ASKED = {
    ("voi", "duplicate_statement"): "Прошу выдать мне новый членский билет (дубликат) взамен прежнего в связи с "
    "изменением фамилии, имени, отчества; утерей; повреждением (нужное подчеркнуть). Обстоятельства: Прилагаю: ",
    ("voi", "departure_statement"): "Прошу снять меня с учёта в связи с переменой места регистрации, жительства, "
    "работы, учёбы (нужное подчеркнуть) и выдать мне на руки учётную карточку. Новый адрес: ",
    ("voi", "transfer_statement"): "В связи с переездом на новое место жительства прошу перевести меня на учёт по "
    "новому месту жительства и выслать туда мою учётную карточку заказным письмом. Новый адрес: ",
    ("voi", "leaving_statement"): "Прошу прекратить моё членство в Общероссийской общественной организации "
    "«Всероссийское общество инвалидов» по собственному желанию с « » 20 г. ",
    ("education_union", "departure_statement"): "Прошу снять меня с профсоюзного учёта с « » 20 г. в связи с "
    "увольнением, выходом на пенсию, окончанием учёбы (нужное подчеркнуть). Новое место работы или учёбы: ",
    ("education_union", "transfer_statement"): "Прошу перевести меня на профсоюзный учёт с « » 20 г. в первичную "
    "профсоюзную организацию ",
    ("education_union", "leaving_statement"): "Прошу прекратить моё членство в Общероссийском Профсоюзе образования "
    "по собственному желанию с « » 20 г. ",
}


def member_of(charter: str, **values: Any) -> tuple[Organization, Member]:
    organization = samples.keeper(charter)
    return organization, samples.person(charter, organization, **values)


def text_of(code: str, organization: Organization, member: Member | None) -> str:
    """Return the text of the paper, without the spaces around filled fields."""
    text = samples.text_of(samples.paper(code, organization, member))
    return text.replace("( ", "(").replace(" )", ")").replace(" ,", ",")


def test_each_charter_has_its_statements_in_the_menu_behind_the_certificate() -> None:
    menus = {key: [form.code for form in forms_of(charters.get(key))] for key in samples.CHARTERS}
    behind = {key: menu[menu.index("certificate") :] for key, menu in menus.items()}
    assert behind["voi"][:5] == [
        "certificate", "duplicate_statement", "departure_statement", "transfer_statement", "leaving_statement",
    ]  # fmt: skip
    assert behind["education_union"][:4] == [
        "certificate", "departure_statement", "transfer_statement", "leaving_statement",
    ]  # fmt: skip
    assert [forms()[code].two_sided for code in behind["voi"][:5]] == [False] * 5


@pytest.mark.parametrize("charter", samples.CHARTERS)
def test_a_statement_names_addressee_and_member_and_says_what_is_asked_for(charter: str) -> None:
    organization, member = member_of(charter)
    for key, code in (pair for pair in ASKED if pair[0] == charter):
        text = text_of(code, organization, member)
        assert text.startswith(ADDRESSED[charter] + ASKED[key, code]), (code, text)
        assert "« » 20 г. (Иванов П.С.) (подпись) (ФИО)" in text


@pytest.mark.parametrize(("sex", "word"), [("male", "ознакомлен."), ("female", "ознакомлена."), ("", "ознакомлен(а).")])
def test_who_leaves_knows_that_nothing_is_paid_back_in_their_own_gender(sex: str, word: str) -> None:
    organization, member = member_of("voi")
    Member.objects.filter(pk=member.pk).update(sex=sex)
    text = text_of("leaving_statement", organization, member)
    assert f"С тем, что уплаченные взносы не возвращаются, {word} Членский билет сдаю." in text


def certificate(member: Member | None, organization: Organization) -> str:
    return text_of("certificate", organization, member)


@pytest.mark.parametrize(
    ("charter", "words", "chair"),
    [
        ("voi", "Общероссийской общественной организации «Всероссийское общество инвалидов»", "Сидорова А.П."),
        ("education_union", "Общероссийского Профсоюза образования", "Иванов И.И."),
    ],
)
def test_the_certificate_names_member_organisation_and_first_day(charter: str, words: str, chair: str) -> None:
    organization, member = member_of(charter)
    Organization.objects.filter(pk=organization.pk).update(phone="+74952342006")
    Member.objects.filter(pk=member.pk).update(sex="female", surname="Сидорова", given_name="Анна", patronymic="")
    organization.refresh_from_db()
    assert certificate(member, organization) == (
        f"{organization.full_name} (наименование организации) {organization.legal_address} (адрес) "
        "ОГРН 1027700132195 ИНН 7707083893 тел. +7 495 234-20-06 Исх. № от « » 20 г. СПРАВКА Дана Сидоровой Анне "
        f"(фамилия, имя, отчество) дата рождения 05.03.1958, в том, что она состоит на учёте в этой организации и "
        f"является членом {words}. Дата вступления 27.04.2015, членский билет № 0104512 Справка дана для "
        f"предъявления по месту требования. Председатель ({chair}) (подпись) (ФИО) М.П."
    )


def test_a_dative_typed_on_the_card_stands_on_the_certificate() -> None:
    organization, member = member_of("voi")
    Member.objects.filter(pk=member.pk).update(name_dative="Иванову-Петровскому Петру")
    assert "Дана Иванову-Петровскому Петру (фамилия" in certificate(member, organization)


def test_an_empty_certificate_leaves_the_person_to_be_written() -> None:
    text = certificate(None, samples.keeper("voi"))
    assert re.search(r"Дана \(фамилия, имя, отчество\) дата рождения, в том, что он\(а\) состоит", text), text
