"""Visibility of remarks outside of an organisation, and constraints of the database (N-S1, N-H1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from dues.collecting.models import PaymentRegister
from dues.distribution.models import SettlementAct
from dues.distribution.transitions import draw_act
from members.people.models import Member
from registry.access import Actor
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.organizations.models import Federation
from registry.remarks.jobs import raise_overdue
from registry.remarks.models import Remark, RemarkPerson, RemarkStep
from registry.remarks.queries import places_of
from registry.remarks.transitions import answer_remark, make_remark, make_remarks, raise_remark
from registry.tasks import tasks_for
from tests.dues.collecting.world import Collecting, collecting
from tests.members import places
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

from .test_remarks import ask, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> places.Place:
    return places.voi()


@pytest.fixture
def world() -> Collecting:
    return collecting()


def on_register(world: Collecting) -> tuple[str, int, str, type[Exception]]:
    register = world.open()
    return "register", register.pk, reverse("dues:register", args=[register.pk]), PaymentRegister.DoesNotExist


def on_act(world: Collecting) -> tuple[str, int, str, type[Exception]]:
    today, keeper, region = timezone.localdate(), world.place.keeper.pk, world.place.region.pk
    act = draw_act(keeper, region, first=today, last=today, by_superior=False, by=world.chair)
    return "act", act.pk, reverse("dues:settlement", args=[keeper]), SettlementAct.DoesNotExist


@pytest.mark.parametrize("paper", [on_register, on_act])
def test_n_s1_a_register_and_an_act_are_asked_about_with_their_id_and_from_above_alone(
    world: Collecting, paper: Any
) -> None:
    kind, pk, url, missing = paper(world)
    above, given = world.place.region_chair, {"text": "Сверьте.", "term": day(7)}
    remark = make_remark(kind, pk, **given, by=above)
    assert (remark.organization, remark.about_id, remark.member) == (world.keeper, pk, None)
    found = places_of([remark], above)[remark.pk]
    assert (found.url, found.field) == (url, "")
    with refused("N-S1", match="уже есть"):
        make_remark(kind, pk, **given, by=above)
    with refused("N-S1", field="field"):
        make_remark(kind, pk, **given, field="education", by=above)
    with refused("N-S1", match="Свои записи"):
        make_remark(kind, pk, **given, by=world.chair)
    elsewhere = trees.officer(trees.below(world.place.head, Level.REGIONAL, "Орловская РО ВОИ"), Role.CHAIR, "Орлова")
    for stranger in (elsewhere, trees.officer(trees.below(world.place.region, Level.LOCAL, "Соседняя"))):
        with pytest.raises(missing):
            make_remark(kind, pk, **given, by=stranger)
        assert places_of([remark], stranger)[remark.pk].url == ""
        page = signed_in(stranger).get(reverse("remarks:add", args=[kind, pk]))
        assert page.status_code == 404
    assert signed_in(above).get(reverse("remarks:detail", args=[remark.pk])).status_code == 200


def test_v_c5_dues_are_named_to_those_who_may_see_them(world: Collecting) -> None:
    kind, pk, _url, _missing = on_register(world)
    remark = make_remark(kind, pk, text="Сверьте.", term=day(7), by=world.place.region_chair)
    system = Actor.system("remarks", world.place.head)
    assert places_of([remark], system)[remark.pk].url != ""
    administrator = trees.officer(world.place.head, Role.ADMINISTRATOR, "Админова")
    assert places_of([remark], administrator)[remark.pk].url == ""
    with pytest.raises(PaymentRegister.DoesNotExist):
        make_remark(kind, pk, text="Ещё.", term=day(7), by=administrator)


def test_n_h1_a_card_that_has_gone_elsewhere_is_not_named_where_it_was_asked_about(place: places.Place) -> None:
    member = place.put()
    one = ask(place, kind="card", pk=member.pk)
    (many,) = make_remarks([member.pk], text="Проверьте.", term=day(7), by=place.region_chair)
    there = trees.below(place.head, Level.REGIONAL, "Орловская РО ВОИ")
    receiver = trees.below(there, Level.LOCAL, "Орловская МО ВОИ")
    Member.objects.filter(pk=member.pk).update(organization=receiver, unit=receiver)
    card = reverse("members:detail", args=[member.pk])
    for reader in (place.chair, place.region_chair):
        client = signed_in(reader)
        for address in ("remarks:detail", "remarks:list"):
            for pk in (one.pk, many.pk):
                page = client.get(reverse(address, args=[pk] if address.endswith("detail") else [])).content.decode()
                assert (member.surname in page, card in page) == (False, False)
        assert list(RemarkPerson.objects.visible_to(reader)) == []
    assert [task.link_url for task in tasks_for(place.chair) if task.link.startswith("Карточка")] == [""]
    for stranger in (trees.officer(receiver, Role.CHAIR, "Новая"), trees.officer(there, Role.CHAIR, "Орлова")):
        assert list(Remark.objects.visible_to(stranger)) == list(RemarkStep.objects.visible_to(stranger)) == []
        assert list(RemarkPerson.objects.visible_to(stranger)) == []
    # The organisation can still answer.
    answer_remark(one.pk, text="Карточка передана.", by=place.chair)


def test_n_s1_a_level_with_counts_alone_neither_makes_nor_reads_remarks_and_is_shown_none(place: places.Place) -> None:
    head = trees.officer(place.head, Role.CHAIR, "Главная")
    late, member = ask(place, head), place.put()
    Remark.objects.filter(pk=late.pk).update(term=day(-1))
    Federation.objects.filter(pk=place.head.federation_id).update(charter_values={"counts_only": ["regional"]})
    assert place.region_chair.account is not None
    above = Actor.of(place.region_chair.account)
    with pytest.raises(NotAllowed):
        make_remark("organization", place.keeper.pk, text="Нет.", term=day(1), by=above)
    with pytest.raises(Member.DoesNotExist):
        make_remark("card", member.pk, text="Нет.", term=day(1), by=above)
    with pytest.raises(NotAllowed):
        make_remarks([member.pk], text="Нет.", term=day(1), by=above)
    assert list(Remark.objects.visible_to(above)) == []
    for address in ("remarks:list", "remarks:detail"):
        page = signed_in(above).get(reverse(address, args=[late.pk] if address.endswith("detail") else []))
        assert page.status_code == 403
    with refused("N-S1", match="нет вышестоящей"):
        raise_remark(late.pk, by=Actor.system("remarks"))
    raise_overdue(timezone.localdate(), "")
    assert Remark.objects.get(pk=late.pk).raised_to is None


@pytest.mark.parametrize(
    ("kind", "changed", "name"),
    [
        ("card", {"member": None}, "remark_on_a_card_names_it"),
        ("organization", {"member": "one"}, "remark_on_a_card_names_it"),
        ("organization", {"about_id": 1}, "remark_on_a_paper_names_it"),
        ("organization", {"kind": "register"}, "remark_on_a_paper_names_it"),
        ("organization", {"kind": "act"}, "remark_on_a_paper_names_it"),
        ("organization", {"state": "answered", "raised_to": "region"}, "remark_raised_while_open"),
        ("organization", {"state": "withdrawn", "raised_to": "region"}, "remark_raised_while_open"),
    ],
)
def test_n_s1_the_database_refuses_a_remark_that_contradicts_itself(
    place: places.Place, kind: str, changed: dict[str, Any], name: str
) -> None:
    member = place.put()
    remark = ask(place, kind=kind, pk=member.pk if kind == "card" else place.keeper.pk)
    values = {key: {"one": member, "region": place.region}.get(value, value) for key, value in changed.items()}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Remark.objects.filter(pk=remark.pk).update(**values)
    Remark.objects.filter(pk=remark.pk).update(raised_to=place.region)


def test_n_s1_the_database_refuses_a_member_twice_in_one_remark(place: places.Place) -> None:
    member = place.put()
    (remark,) = make_remarks([member.pk, member.pk], text="Проверьте.", term=day(7), by=place.region_chair)
    with pytest.raises(IntegrityError), transaction.atomic():
        RemarkPerson.objects.create(remark=remark, member=member)
    assert RemarkPerson.objects.get().member == member
