"""Nobody is entered twice (N-A1): the search covers the federation and reveals only the organisation."""

from __future__ import annotations

import datetime as dt
import importlib
from typing import Any

import pytest
from django.apps import apps

from members.people.models import Member
from members.people.rules.duplicates import (
    Duplicate,
    DuplicateFound,
    DuplicateKind,
    confirmation,
    find_duplicates,
    find_many_duplicates,
)
from members.people.transitions.cards import edit_card
from members.people.transitions.registration import register_person
from members.people.transitions.taking_back import take_back
from tests.members import places
from tests.members.people.test_cards import typed
from tests.members.people.test_registration import batch_of
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = pytest.mark.once

PERSON = {"surname": "Чижёва", "given_name": "Анна-Мария", "patronymic": "Львовна", "birth_date": dt.date(1960, 1, 2)}


def kinds(place: places.Place, **values: Any) -> list[str]:
    found = find_duplicates(place.keeper.federation, values, actor=place.chair, organization=place.keeper)
    return [duplicate.kind for duplicate in found]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ["person"]),
        ({"surname": "ЧИЖЕВА", "given_name": "анна мария"}, ["person"]),
        ({"patronymic": ""}, ["person"]),
        ({"patronymic": "Ивановна"}, []),
        ({"birth_date": dt.date(1960, 2, 1)}, []),
        ({"birth_date": None}, ["name"]),
        ({"given_name": "Анна"}, []),
        ({"surname": "Другая", "snils": places.SNILS[0]}, ["snils"]),
        ({"surname": "Другая", "ticket_number": "0104512"}, ["ticket"]),
        ({"snils": places.SNILS[0], "ticket_number": "0104512"}, ["snils"]),
    ],
)
def test_n_a1_the_same_person_is_known_by_numbers_or_by_name_and_birth(
    changed: dict[str, Any], expected: list[str]
) -> None:
    place = places.voi()
    place.put(**PERSON, snils=places.SNILS[0], ticket_number="0104512")
    assert kinds(place, **{**PERSON, **changed}) == expected


@pytest.mark.django_db
def test_n_a1_a_name_without_a_date_of_birth_counts_only_in_the_same_organisation() -> None:
    place = places.voi()
    neighbour = trees.below(place.region, "local", "Речная МО ВОИ")
    trees.members(neighbour, **{**PERSON, "birth_date": None})
    assert kinds(place, **{**PERSON, "birth_date": None}) == []


@pytest.mark.django_db
def test_n_a1_only_the_organisation_of_a_card_elsewhere_is_revealed() -> None:
    place = places.voi()
    neighbour = trees.below(place.region, "local", "Речная МО ВОИ")
    strange = trees.members(neighbour, **PERSON)[0]
    [found] = find_duplicates(place.keeper.federation, PERSON, actor=place.chair)
    assert (found.kind, found.organization_name, found.member_id) == (DuplicateKind.PERSON, "Речная МО ВОИ", None)
    assert found.ref != str(strange.pk)
    [seen] = find_duplicates(place.keeper.federation, PERSON, actor=place.region_chair)
    assert seen.member_id == strange.pk


@pytest.mark.both
@pytest.mark.django_db
def test_n_a1_other_federations_are_not_searched() -> None:
    place, other = places.voi(), places.voi()
    other.put(**PERSON, ticket_number="7")
    assert kinds(place, **PERSON, snils=places.SNILS[0], ticket_number="7") == []
    place.put(**PERSON, ticket_number="7")


@pytest.mark.django_db
def test_n_a1_people_entered_by_mistake_are_not_duplicates() -> None:
    place = places.voi()
    batch = batch_of(place, 1)
    person = {"surname": "Иванов", "given_name": "Пётр", "birth_date": dt.date(1960, 1, 1), "ticket_number": "1"}
    assert kinds(place, **person) == ["ticket"]
    take_back(batch, by=place.chair)
    assert kinds(place, **person) == []


@pytest.mark.both
@pytest.mark.django_db
def test_n_a1_searching_for_many_takes_as_many_queries_as_for_one(django_assert_num_queries: Any) -> None:
    place = places.voi()
    place.put(**PERSON)
    given = [
        {**PERSON, "surname": f"Чижёв{letter}", "snils": str(n), "ticket_number": str(n)}
        for n, letter in enumerate("абвгдеж")
    ]
    for count in (1, 7):
        with django_assert_num_queries(5):
            find_many_duplicates(place.keeper.federation, given[:count], actor=place.chair)


@pytest.mark.django_db
def test_n_a1_a_probable_duplicate_is_accepted_after_confirmation() -> None:
    place = places.voi()
    place.put(**PERSON, snils="", ticket_number="")
    with pytest.raises(DuplicateFound) as refusal:
        place.put(**PERSON, snils="", ticket_number="")
    assert [d.kind for d in refusal.value.duplicates] == [DuplicateKind.PERSON]
    word = confirmation(refusal.value.duplicates)
    place.put(**PERSON, snils="", ticket_number="", confirmed_duplicate=word)
    assert Member.objects.count() == 2
    # The confirmation applies to the duplicate that was shown, not to one added meanwhile.
    with pytest.raises(DuplicateFound):
        place.put(**PERSON, snils="", ticket_number="", confirmed_duplicate=word)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [{"snils": places.SNILS[0]}, {"ticket_number": "0104512"}])
def test_n_a1_the_same_number_is_refused_despite_confirmation(number: dict[str, str]) -> None:
    place = places.voi()
    numbers = {"snils": "", "ticket_number": "", **number}
    place.put(**PERSON, **numbers)
    person = {**places.VOI_PERSON, "surname": "Другая", **numbers, "confirmed_duplicate": True}
    with pytest.raises(DuplicateFound) as refusal:
        register_person(organization=place.keeper, values=person, by=place.chair, ground="карточка")
    assert (refusal.value.rule, refusal.value.field) == ("N-A1", next(iter(number)))


@pytest.mark.both
@pytest.mark.django_db
def test_n_a1_a_changed_card_is_compared_with_others_but_not_with_itself() -> None:
    place = places.voi()
    place.put(**PERSON, snils=places.SNILS[0], ticket_number="1")
    other = place.put(surname="Другая", snils=places.SNILS[1], ticket_number="2")
    edit_card(other.pk, values={"phone_home": "4-99-52", "surname": "Иная"}, version=1, by=place.chair)
    for values in (PERSON, {"snils": places.SNILS[0]}, {"ticket_number": "1"}):
        with pytest.raises(DuplicateFound):
            edit_card(other.pk, values=values, version=2, by=place.chair)
    edit_card(other.pk, values={**PERSON, "confirmed_duplicate": True}, version=2, by=place.chair)


@pytest.mark.django_db
def test_n_a1_the_form_shows_the_duplicate_and_keeps_the_input() -> None:
    place = places.voi()
    place.put(snils="", ticket_number="")
    neighbour = trees.below(place.region, "local", "Речная МО ВОИ")
    client = places.signed_in(trees.officer(neighbour))
    sent = typed(snils="", ticket_number="", profession="вязальщица", ground="карточка")
    page = client.post("/members/add/", sent)
    [shown] = page.context["form"].duplicates
    assert isinstance(shown, Duplicate) and shown.member_id is None
    text = page.content.decode()
    assert "Заречная МО ВОИ" in text and 'value="вязальщица"' in text and "/members/1/" not in text
    page = client.post("/members/add/", {**sent, "confirmed_duplicate": page.context["form"].confirmation})
    assert page.status_code == 302
    assert sorted(Member.objects.values_list("organization__short_name", flat=True)) == [
        "Заречная МО ВОИ",
        "Речная МО ВОИ",
    ]


@pytest.mark.both
@pytest.mark.django_db
def test_n_a1_keys_of_before_are_renewed_and_put_back() -> None:
    module = importlib.import_module("members.migrations.0011_hyphens_and_apostrophes_do_not_count")
    school = trees.below(trees.head())
    born = dt.date(1962, 2, 3)
    [marked] = trees.members(school, surname="О’Коннор", given_name="Анна-Мария", birth_date=born, ticket_number="17")
    [plain] = trees.members(school, surname="Петров Водкин", given_name="Пётр", birth_date=born)

    def keys() -> list[tuple[str, str]]:
        return [
            (member.search_key, member.name_key)
            for member in Member.objects.filter(pk__in=[marked.pk, plain.pk]).order_by("pk")
        ]

    now = [
        (" о коннор анна мария оконнор аннамария 17 03021962 1962", "оконноранна" + "мария"),
        (" петров водкин петр 03021962 1962", "петровводкинпетр"),
    ]
    before = [
        (" о коннор анна мария 17 03021962 1962", "о коннор анна мария"),
        (" петров водкин петр 03021962 1962", "петров водкин петр"),
    ]
    assert keys() == now
    module.without_whole_words(apps, None)
    assert keys() == before
    module.with_whole_words(apps, None)
    assert keys() == now
