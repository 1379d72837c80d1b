"""Levels that see only counts, and reasons for opening a card, as set in the charter (N-S1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.consents.transitions.consents import mark_signed
from members.admission.transitions.attachments import attach
from members.people.models import Member
from members.people.transitions.cards import note_card_opened, put_photo
from registry.access import Actor
from registry.enums import DataClass, Permission, Role
from registry.journal.models import Event
from registry.organizations.models import Federation
from registry.supervision.queries.overview import overview_of
from tests.members import places
from tests.members.admission.test_applications import jpeg, pdf
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

from .test_overview import counted_by_hand, officer, shown, staffed

pytestmark = pytest.mark.django_db


def says(place: places.Place, **values: Any) -> None:
    Federation.objects.filter(pk=place.head.federation_id).update(charter_values=values)


def fresh(actor: Actor) -> Actor:
    assert actor.account is not None
    return Actor.of(actor.account)


def test_n_s1_a_level_with_counts_only_sees_the_figures_and_no_names() -> None:
    place = staffed()
    head = officer(place.head)
    says(place, counts_only=["federal"])
    actor = fresh(head)
    assert shown(overview_of(place.head, actor).total) == shown(counted_by_hand(place.head))
    client = signed_in(actor)
    member = place.put(snils="", ticket_number="0200044", surname="Тайнова")
    for topic in ("people", "papers", "dues", "tickets", "work"):
        page = client.get(reverse("supervision:overview", args=[place.region.pk]), {"topic": topic})
        assert (topic, page.status_code) == (topic, 200)
        assert "/members/?" not in page.content.decode()
        assert "/book/" not in page.content.decode()
    behind = client.get(reverse("supervision:behind", args=[place.head.pk, "debtors"]))
    assert (behind.status_code, "/members/" in behind.content.decode()) == (200, False)
    refusals = {
        name: client.get(reverse(name, args=args)).status_code
        for name, args in (
            ("members:list", []), ("members:detail", [member.pk]), ("cells:book", [place.keeper.pk]),
            ("meetings:appeals", []), ("applications:list", []), ("moves:list", []), ("dues:reports", []),
            ("documents:consents", []), ("dues:bank", []),
        )
    }  # fmt: skip
    assert {name: status for name, status in refusals.items() if status not in {403, 404}} == {}
    for name in ("members:export_list", "members:print_list", "organizations:structure"):
        assert client.post(reverse(name)).status_code == (403 if name != "organizations:structure" else 200)
    for name in ("supervision:download", "supervision:print"):
        assert client.post(reverse(name, args=[place.head.pk])).status_code == 403
    start = client.get(reverse("start"))
    assert (start.status_code, "Тайнова" in start.content.decode()) == (200, False)


@pytest.mark.parametrize("role", list(Role))
def test_n_s1_no_role_of_such_a_level_has_a_permission_with_names(role: Role) -> None:
    place = places.voi()
    actor = trees.officer(place.head, role, "Иная")
    before = actor.permissions
    says(place, counts_only=["federal"])
    after = fresh(actor).permissions
    assert after <= before
    assert after & {
        Permission.VIEW_MEMBERS, Permission.EDIT_MEMBERS, Permission.VIEW_DUES, Permission.RECORD_DUES,
        Permission.COLLECT_DUES, Permission.ARBITRATE, Permission.RUN_MEETINGS, Permission.MOVE_MEMBERS,
        Permission.ORDER_CARDS, Permission.ERASE,
    } == set()  # fmt: skip
    closed = (DataClass.GENERAL, DataClass.IDENTITY, DataClass.HEALTH)
    assert [fresh(actor).reads(data_class) for data_class in closed] == [False] * 3
    # The permissions of other levels do not change.
    assert Permission.VIEW_MEMBERS in fresh(place.region_chair).permissions


def test_n_s1_a_charter_hides_no_names_from_those_who_keep_the_cards() -> None:
    place = places.voi()
    says(place, counts_only=["local", "primary", "federal"], reason_to_open=["local", "regional"])
    charter = Federation.objects.get(pk=place.head.federation_id).charter
    assert (charter.counts_only, charter.reason_to_open) == ({"federal"}, {"regional"})
    assert Permission.VIEW_MEMBERS in fresh(place.chair).permissions


def test_n_s1_those_who_can_see_a_person_do_not_include_levels_with_counts() -> None:
    place = places.voi()
    member = place.put()
    trees.officer(place.head, Role.CHAIR, "Верхова")
    page = reverse("members:access", args=[member.pk])
    assert "Верхова" in signed_in(place.chair).get(page).content.decode()
    says(place, counts_only=["federal"])
    assert "Верхова" not in signed_in(fresh(place.chair)).get(page).content.decode()


@pytest.mark.parametrize("tab", ["", "dues/", "papers/", "history/", "access/"])
def test_n_s1_the_charter_asks_for_a_reason_before_any_page_of_a_card(tab: str) -> None:
    place = places.voi()
    member = place.put()
    says(place, reason_to_open=["regional"])
    client, page = signed_in(place.region_chair), f"/members/{member.pk}/{tab}"
    first = client.get(page)
    assert first.url == f"/members/{member.pk}/reason/?next={page.replace('/', '%2F')}"
    form = client.get(first.url)
    assert "Зачем вы открываете карточку?" in form.content.decode()
    assert member.surname not in form.content.decode()
    assert client.post(first.url, {"next": page, "reason": "curiosity"}).status_code == 200
    assert client.post(first.url, {"next": page}).status_code == 200
    assert Event.objects.filter(action="card.opened").count() == 0
    assert client.post(first.url, {"next": page, "reason": "member"}).url == page
    assert client.get(page).status_code in {200, 404}
    assert [event.facts for event in Event.objects.filter(action="card.opened")] == [{"reason": "member"}]


def picture(place: places.Place, member: Member) -> str:
    put_photo(member.pk, jpeg=jpeg(), by=place.chair)
    return reverse("members:photo", args=[member.pk])


def paper(place: places.Place, member: Member) -> str:
    return reverse("documents:print_member", args=["member_card", member.pk])


def scan_of_consent(place: places.Place, member: Member) -> str:
    consent = mark_signed(member.pk, signed_on=timezone.localdate(), by_hand=True, scan=pdf(), by=place.chair)
    return reverse("documents:consent_scan", args=[consent.pk])


def scan_of_card(place: places.Place, member: Member) -> str:
    scan = attach(member_id=member.pk, kind="other", data=pdf(), by=place.chair)
    return reverse("applications:scan", args=[scan.pk])


@pytest.mark.parametrize("there", [picture, paper, scan_of_consent, scan_of_card])
@pytest.mark.usefixtures("own_files")
def test_n_s1_the_charter_asks_for_a_reason_before_what_stands_beside_the_card(
    there: Callable[[places.Place, Member], str],
) -> None:
    place = places.voi()
    member = place.put()
    page = there(place, member)
    says(place, reason_to_open=["regional"])
    client = signed_in(place.region_chair)
    first = client.get(page)
    assert (first.status_code, first.url) == (302, f"/members/{member.pk}/reason/?next={page.replace('/', '%2F')}")
    assert Event.objects.filter(action="card.opened").count() == 0
    assert signed_in(place.chair).get(page).status_code == 200
    client.post(first.url, {"next": page, "reason": "member"})
    assert client.get(page).status_code == 200
    assert [event.facts for event in Event.objects.filter(action="card.opened")] == [{"reason": "member"}]


def test_n_s1_the_reason_is_asked_of_superiors_alone_and_shown_below() -> None:
    place = places.voi()
    member = place.put()
    says(place, reason_to_open=["regional"])
    assert signed_in(place.chair).get(f"/members/{member.pk}/").status_code == 200
    with refused("N-S1", field="reason"):
        note_card_opened(member, by=fresh(place.region_chair))
    with refused("N-S1", field="reason"):
        note_card_opened(member, by=fresh(place.region_chair), reason="curiosity")
    note_card_opened(member, by=fresh(place.region_chair), reason="appeal")
    for tab in ("history", "access"):
        text = signed_in(place.chair).get(f"/members/{member.pk}/{tab}/").content.decode()
        assert "Карточку открывала вышестоящая организация: жалоба или перевод" in text


def test_n_h1_the_reason_is_not_asked_for_cards_elsewhere() -> None:
    place = places.voi()
    member = place.put()
    other = trees.below(place.head, "regional", "Орловская РО ВОИ")
    says(place, reason_to_open=["regional"])
    assert signed_in(trees.officer(other)).get(f"/members/{member.pk}/reason/").status_code == 404
