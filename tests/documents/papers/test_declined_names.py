"""Names that papers decline, and the other lines in the list of gaps (V-A4, practice 9.1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from documents.printing.core import forms
from documents.printing.gaps import gaps_of
from members.people.forms.cards import CardForm
from members.people.models import Member
from members.people.transitions.cards import edit_card
from registry.organizations.forms.passports import PassportForm
from registry.organizations.models import Organization, OrganizationPassport
from registry.organizations.transitions.passports import fill_passport
from registry.organizations.transitions.renames import rename_organization
from tests.documents import samples
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def keeper(charter: str = "voi", **values: Any) -> Organization:
    made = samples.keeper(charter)
    Organization.objects.filter(pk=made.pk).update(**values)
    return trees.again(made)


def application(organization: Organization) -> str:
    return samples.text_of(samples.paper("application", organization, samples.person("voi", organization)))


@pytest.mark.parametrize(
    ("values", "printed"),
    [
        ({}, "Сидоровой А.П."),
        ({"chair_name": "Орёл Иван Ильич", "chair_sex": ""}, "Орлу И.И."),
        ({"chair_name": "Ван Ань Вагиф-оглы", "chair_sex": ""}, "Вану А.В."),
        ({"chair_name": "Ким Женя", "chair_sex": ""}, "Ким Ж."),
        ({"chair_dative": "Сидоровой-Ким А.П."}, "Сидоровой-Ким А.П."),
    ],
)
def test_v_a4_the_application_is_addressed_to_the_chair_in_the_dative(values: dict[str, str], printed: str) -> None:
    text = application(keeper(**values))
    assert f"местной организации ВОИ {printed} (фамилия, инициалы Председателя МО ВОИ)" in text


@pytest.mark.parametrize("charter", samples.CHARTERS)
def test_u_6_the_consent_names_the_operator_as_the_passport_declines_it(charter: str) -> None:
    organization = keeper(charter, dative_name="Обществу «Надежда»")
    assert "даю Обществу «Надежда» (наименование оператора)" in samples.text_of(
        samples.paper("consent", organization, None)
    )


@pytest.mark.parametrize(
    ("values", "dative"),
    [
        ({"chair_name": "Орёл Иван Ильич"}, ""),
        ({"chair_name": "Орёл Иван Ильич", "chair_dative": "Сидоровой А.П."}, ""),
        ({"chair_name": "Орёл Иван Ильич", "chair_dative": "Орлу И.И."}, "Орлу И.И."),
        ({"chair_sex": "female"}, "Сидоровой А.П."),
    ],
)
def test_u_4_a_new_chair_does_not_inherit_the_declined_name_of_the_former(values: dict[str, str], dative: str) -> None:
    organization = keeper(chair_dative="Сидоровой А.П.")
    fill_passport(organization.pk, tab="chair", values=values, by=trees.officer(organization))
    assert trees.again(organization).chair_dative == dative


def test_u_4_card_and_passport_say_beside_each_declined_name_what_papers_print_now() -> None:
    organization = keeper(dative_name="Обществу «Надежда»", genitive_name="")
    chair = trees.officer(organization)
    member = samples.person("voi", organization)
    member.name_dative = "Иванову Петру"
    passport = OrganizationPassport.objects.get(organization=organization)
    with override("ru"):
        card = CardForm(organization=organization, actor=chair, member=member)
        tabs = [PassportForm(tab, organization, passport) for tab in organization.charter.passport]
        fields = {name: str(field.help_text) for form in (card, *tabs) for name, field in form.fields.items()}
    for name, printed in (
        ("name_genitive", "Иванова Петра Сергеевича"),
        ("name_dative", "Иванову Петру"),
        ("name_accusative", "Иванова Петра Сергеевича"),
        ("genitive_name", "Одинцовской районной организации ВОИ"),
        ("dative_name", "Обществу «Надежда»"),
        ("chair_dative", "Сидоровой А.П."),
    ):
        assert fields[name].endswith(f"Сейчас в документах: {printed}."), name


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"surname": "Кюль"}, ("", "", "")),
        ({"given_name": "Павел"}, ("", "", "")),
        ({"patronymic": "Павлович"}, ("", "", "")),
        ({"surname": "Кюль", "name_dative": "Кюлю Петру"}, ("", "Кюлю Петру", "")),
        ({"city": "Рыбинск"}, ("Ивана", "Ивану", "Ивана Петра")),
    ],
)
def test_v_b2_a_new_name_of_a_member_is_declined_again(values: dict[str, str], kept: tuple[str, str, str]) -> None:
    organization = samples.keeper("voi")
    names = ("name_genitive", "name_dative", "name_accusative")
    typed = dict(zip(names, ("Ивана", "Ивану", "Ивана Петра"), strict=True))
    member = samples.person("voi", organization)
    Member.objects.filter(pk=member.pk).update(**typed)
    edit_card(member.pk, values=values, version=None, by=trees.officer(organization))
    member.refresh_from_db()
    assert tuple(getattr(member, name) for name in names) == kept


def test_u_3_a_new_name_of_an_organisation_is_declined_again() -> None:
    organization = keeper(dative_name="Обществу «Надежда»")
    assert organization.parent is not None
    superior = trees.officer(organization.parent)
    rename_organization(organization.pk, full_name="Общество «Вера»", short_name="Общество «Вера»", by=superior)
    assert trees.again(organization).dative_name == ""


@pytest.mark.parametrize(
    ("charter", "code", "values", "told"),
    [
        ("voi", "application", {"chair_name": "Ким Женя", "chair_sex": ""}, True),
        ("voi", "application", {"chair_name": "Ким Женя Ильич", "chair_sex": ""}, False),
        ("voi", "application", {"chair_name": "Ким Женя", "chair_sex": "male"}, False),
        ("voi", "application", {"chair_name": "Ким Женя", "chair_sex": "", "chair_dative": "Киму Ж."}, False),
        ("voi", "application", {"chair_name": "", "chair_sex": ""}, False),
        ("voi", "consent", {"chair_name": "Ким Женя", "chair_sex": ""}, False),
        ("education_union", "application", {"chair_name": "Ким Женя", "chair_sex": ""}, False),
    ],
)
def test_the_gaps_ask_for_the_sex_of_a_chair_whose_name_the_paper_declines(
    charter: str, code: str, values: dict[str, str], told: bool
) -> None:
    organization = keeper(charter, **values)
    member = samples.person(charter, organization)
    notes = gaps_of(forms()[code], member, samples.batch_of(organization)).notes
    assert [note.rpartition(": ")[2] for note in notes] == (["Ким Женя."] if told else [])


@pytest.mark.parametrize(
    ("street", "beginning"),
    [
        ("улица Мира", ""),
        ("улица " + "Щорса и Щусева " * 2, "In small letters"),
        ("улица " + "Щорса и Щусева " * 6, "Too long for its place"),
    ],
)
def test_the_gaps_warn_of_small_letters_and_of_what_does_not_fit(street: str, beginning: str) -> None:
    organization = keeper()
    member = samples.person("voi", organization, street=street.strip())
    form = forms()["member_card"]
    with override("en"):
        notes = gaps_of(
            form, form.members(Member.objects.filter(pk=member.pk)).get(), samples.batch_of(organization)
        ).notes
    assert [note.startswith(beginning) for note in notes] == ([True] if beginning else [])
    assert ["Street" in note for note in notes] == ([True] if beginning else [])
    text = samples.text_of(samples.paper("member_card", organization, member))
    assert ("ПРОДОЛЖЕНИЕ" in text and street.strip() in text) is beginning.startswith("Too long")
