"""A represented person has an address and is included where people are searched for (V-A4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members.admission.models import Representation
from members.people.models import Member
from registry.access import Actor
from registry.enums import Role
from tests.members import applicants, places
from tests.registry import trees

# Rules and screens: not run on PostgreSQL, because other tests send it the same statements.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
ADDRESS = {"city": "Тула", "street": "ул. Садовая", "house": "5"}


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


def representative(voi: places.Place, **values: Any) -> Member:
    return voi.put(category="guardian", **values)


def posted(**changed: Any) -> dict[str, Any]:
    born = applicants.child_born()
    own = {"surname": "Ромашкин", "given_name": "Тимофей", "no_patronymic": "on", "birth_date": f"{born:%d.%m.%Y}"}
    return {**own, "mandate_kind": "guardianship", **changed}


def address_of(ward: Representation) -> dict[str, str]:
    return {name: getattr(ward, name) for name in ADDRESS}


def added(client: Client, address: str, **values: Any) -> Representation:
    answer = client.post(address, posted(**values))
    assert answer.status_code == 302, answer.context["form"].errors
    return Representation.objects.latest("pk")


def test_v_a4_the_address_of_a_ward_is_taken_from_the_representative(voi: places.Place) -> None:
    member = representative(voi, residence="г. Орёл, ул. Лесная, д. 9")
    client, address = places.signed_in(voi.chair), reverse("applications:add_ward_to_member", args=[member.pk])
    assert "Адрес — как у представителя" in client.get(address).content.decode()
    # The box takes precedence over the address entered next to it.
    ward = added(client, address, same_address="on", city="Москва")
    assert (address_of(ward), ward.residence) == (ADDRESS, "г. Орёл, ул. Лесная, д. 9")
    other = added(client, address, city="Москва", given_name="Пётр")
    assert address_of(other) == {"city": "Москва", "street": "", "house": ""}
    edit = reverse("applications:edit_ward", args=[other.pk])
    client.post(edit, posted(given_name="Пётр", same_address="on", version=other.version))
    other.refresh_from_db()
    assert address_of(other) == ADDRESS


def test_v_a4_applicants_share_their_address_too(voi: places.Place) -> None:
    application = applicants.apply(voi, category="guardian")
    address = reverse("applications:add_ward", args=[application.pk])
    assert address_of(added(places.signed_in(voi.chair), address, same_address="on")) == ADDRESS


def test_v_a4_without_an_address_of_the_representative_there_is_nothing_to_share(voi: places.Place) -> None:
    member = representative(voi)
    Member.objects.filter(pk=member.pk).update(city="", street="", house="")
    page = places.signed_in(voi.chair).get(reverse("applications:add_ward_to_member", args=[member.pk]))
    assert "same_address" not in page.context["form"].fields


def test_152_fz_9_the_page_of_a_ward_says_what_the_consent_lacks(voi: places.Place) -> None:
    member = representative(voi)
    client = places.signed_in(voi.chair)
    ward = added(client, reverse("applications:add_ward_to_member", args=[member.pk]))
    address = reverse("applications:ward", args=[ward.pk])
    of_mandate = "документ о полномочиях с номером и датой"
    page = client.get(address).content.decode()
    assert f"требует закон: документ, удостоверяющий личность, адрес, {of_mandate}." in page
    Representation.objects.filter(pk=ward.pk).update(**ADDRESS, mandate_kind="trusteeship")
    page = client.get(address).content.decode()
    assert "требует закон: документ, удостоверяющий личность." in page
    assert "попечитель не действует от его имени" in page


def test_represented_people_are_found_in_the_list_of_members_and_stand_on_the_card(voi: places.Place) -> None:
    member = representative(voi)
    ward = applicants.ward_of(applicants.apply(voi, category="guardian"), surname="Ромашкин")
    Representation.objects.filter(pk=ward.pk).update(member=member, application=None, search_key=" ромашкин тимофей")
    way = reverse("applications:ward", args=[ward.pk])

    def found(actor: Actor, typed: str = "ромаш") -> bool:
        return way in places.signed_in(actor).get(reverse("members:list"), {"q": typed}).content.decode()

    neighbour = trees.below(voi.region, "local", "Соседняя МО ВОИ")
    assert (found(voi.chair), found(voi.chair, "лютик"), found(voi.chair, "")) == (True, False, False)
    assert (found(voi.reviewer), found(trees.officer(neighbour, Role.CHAIR))) == (False, False)
    assert way in places.signed_in(voi.chair).get(reverse("members:detail", args=[member.pk])).content.decode()
    other = voi.put(surname="Другая", snils="", ticket_number="")
    assert way not in places.signed_in(voi.chair).get(reverse("members:detail", args=[other.pk])).content.decode()
    Representation.objects.filter(pk=ward.pk).update(ended_on=applicants.days(1))
    assert not found(voi.chair)
