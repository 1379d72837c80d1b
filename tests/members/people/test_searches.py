"""The check for duplicates cannot be used to find out for many people where they are members (N-A1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import pytest
from django.urls import reverse

from members.lists import batches
from members.lists.enums import RowVerdict
from members.lists.models import ImportBatch, ImportRow
from members.people import tasks
from members.people.errors import SearchesUsedUp
from members.people.models import ForeignHit, Member, SearchRequest
from members.people.rules import searches as rules
from members.people.rules.duplicates import Duplicate, DuplicateFound, DuplicateKind
from members.people.transitions.cards import edit_card
from members.people.transitions.registration import register_person
from members.people.transitions.searches import (
    allow_searches,
    ask_for_more,
    note_shown,
    noting,
    sweep_searches,
)
from registry.access import Actor
from registry.enums import Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.models import Organization
from tests.clock import at
from tests.members import applicants, places
from tests.refusals import refused
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NOW = dt.datetime(2040, 2, 15, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
MICRO = dt.timedelta(microseconds=1)


@pytest.fixture
def place(settings: Any) -> places.Place:
    settings.FOREIGN_HITS_A_DAY = 3
    return places.voi()


@pytest.fixture
def elsewhere(place: places.Place) -> list[Member]:
    there = trees.below(place.region, "local", "Привокзальная МО ВОИ")
    return trees.members(trees.again(there), 6, city="Тула")


def values_of(member: Member, **others: Any) -> dict[str, Any]:
    names = ("surname", "given_name", "birth_date", "joined_on", "category")
    return {**{name: getattr(member, name) for name in names}, **others}


def entered(place: places.Place, member: Member, by: Actor | None = None, **others: Any) -> Member:
    return register_person(
        organization=place.keeper, values=values_of(member, **others), ground="карточка", by=by or place.chair
    )


def shown(place: places.Place, members: Sequence[Member]) -> None:
    for member in members:
        with pytest.raises(DuplicateFound):
            entered(place, member)


def uploaded(place: places.Place, members: Sequence[Member]) -> ImportBatch:
    lines = [f"{m.surname} {m.given_name};{m.birth_date:%d.%m.%Y};05.05.2005" for m in members]
    data = "\n".join(["ФИО;Дата рождения;Дата вступления", *lines, "Новиков Пётр;02.02.1981;05.05.2005", ""]).encode()
    batch = batches.upload_list(organization=place.keeper, data=data, name="list.csv", by=place.chair)
    return batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=place.chair)


def remarks(batch: ImportBatch) -> list[set[str]]:
    return [{issue["code"] for issue in row.issues} for row in ImportRow.objects.filter(batch=batch).order_by("number")]


def test_n_a1_beyond_the_limit_nobody_is_looked_up_and_the_refusal_says_nothing(
    place: places.Place, elsewhere: list[Member]
) -> None:
    with at(NOW):
        shown(place, elsewhere[:3])
        # Repeating a search is not counted.
        assert (ForeignHit.objects.count(), SearchRequest.objects.count()) == (3, 0)
        stranger = {"surname": "Небывалов", "given_name": "Яков", "birth_date": dt.date(1970, 3, 3)}
        said = []
        for member, others in ((elsewhere[3], {}), (elsewhere[0], {}), (elsewhere[4], stranger)):
            with refused("N-A1") as refusal:
                entered(place, member, **others)
            said.append((type(refusal.value), refusal.message))
        assert said == [(SearchesUsedUp, said[0][1])] * 3
        assert (ForeignHit.objects.count(), Member.objects.filter(organization=place.keeper).count()) == (3, 0)
        # Other officers of the organisation have their own limit.
        deputy = trees.officer(place.keeper, "deputy")
        with pytest.raises(DuplicateFound):
            entered(place, elsewhere[3], by=deputy)
    with at(NOW + DAY):
        with pytest.raises(DuplicateFound):
            entered(place, elsewhere[3])
        assert entered(place, elsewhere[5], **stranger).organization == place.keeper


def test_n_a1_applications_and_changed_cards_are_counted_too(place: places.Place, elsewhere: list[Member]) -> None:
    with at(NOW):
        own = entered(place, elsewhere[0], surname="Другая", birth_date=dt.date(1971, 1, 1))
        with pytest.raises(DuplicateFound):
            edit_card(own.pk, values=values_of(elsewhere[0]), version=None, by=place.chair)
        assert ForeignHit.objects.count() == 1
        shown(place, elsewhere[1:3])
        with refused("N-A1"):
            edit_card(own.pk, values={"surname": "Третья"}, version=None, by=place.chair)
        # A change that does not concern the identity needs no search.
        edit_card(own.pk, values={"city": "Орёл"}, version=None, by=place.chair)
        with pytest.raises(SearchesUsedUp):
            applicants.apply(place)
    with at(NOW + DAY):
        twin = elsewhere[4]
        with pytest.raises(DuplicateFound):
            applicants.apply(
                place, surname=twin.surname, given_name=twin.given_name, patronymic="", birth_date=twin.birth_date
            )
        assert ForeignHit.objects.count() == 4


def test_n_a1_the_other_organisation_learns_that_somebody_asked(
    place: places.Place, elsewhere: list[Member], django_capture_on_commit_callbacks: Any
) -> None:
    with at(NOW), django_capture_on_commit_callbacks(execute=True):
        shown(place, [elsewhere[0], elsewhere[0], elsewhere[1]])
    found = Event.objects.filter(action="member.found_elsewhere").order_by("pk")
    there = elsewhere[0].organization
    facts = [(event.organization, event.account, event.object_id, event.facts) for event in found]
    assert facts == [(there, place.chair.account, "", {"count": 1})] * 2


def test_n_a1_duplicates_at_home_are_not_counted(place: places.Place) -> None:
    own = trees.members(place.keeper, 5)
    with at(NOW):
        shown(place, own)
    assert ForeignHit.objects.count() == 0


def test_n_a1_the_superior_is_told_and_allows_more_for_a_week(place: places.Place, elsewhere: list[Member]) -> None:
    with at(NOW):
        shown(place, elsewhere[:3])
        for _again in range(2):
            with refused("N-A1"):
                entered(place, elsewhere[3])
        asked = SearchRequest.objects.get()
        assert (asked.account, asked.organization, asked.wanted) == (place.chair.account, place.keeper, 3)
        assert Event.objects.filter(action="member.searches_used_up").count() == 1
        (task,) = tasks.searches_to_allow(place.region_chair, NOW.date())
        assert (task.text, task.action_url) == (
            "1 сотрудник: много совпадений с другими организациями",
            "/members/searches/",
        )
        assert tasks.searches_to_allow(place.chair, NOW.date()) == []
        with pytest.raises(NotAllowed):
            allow_searches(asked.pk, by=place.chair)
        client = places.signed_in(place.region_chair)
        page = client.get(reverse("members:searches")).content.decode()
        assert (place.chair.account.full_name in page, "Разрешить" in page) == (True, True)  # type: ignore[union-attr]
        assert client.post(reverse("members:allow_searches", args=[asked.pk])).status_code == 302
        assert "Разрешить<" not in client.get(reverse("members:searches")).content.decode()
        assert tasks.searches_to_allow(place.region_chair, NOW.date()) == []
        with refused("N-A1"):
            allow_searches(asked.pk, by=place.region_chair)
        shown(place, elsewhere[3:6])
        with refused("N-A1"):
            entered(place, elsewhere[5])


@pytest.mark.parametrize(("shown_before", "left"), [(0, 3), (2, 1), (3, 0), (4, -1)])
def test_n_a1_the_limit_is_of_a_day(place: places.Place, shown_before: int, left: int) -> None:
    account = place.chair.account
    with at(NOW):
        today = NOW.date()
        ForeignHit.objects.bulk_create(
            [ForeignHit(account=account, ref=str(n), on=today) for n in range(shown_before)]
            + [ForeignHit(account=account, ref=f"y{n}", on=today - DAY) for n in range(9)]
        )
        assert rules.left_today(account) == left  # type: ignore[arg-type]
        with refused("N-A1") if left <= 0 else nullcontext():
            rules.check_may_search(place.keeper, by=place.chair)


@pytest.mark.parametrize(("since", "left"), [(7 * DAY - MICRO, 13), (7 * DAY, 3)])
def test_n_a1_what_was_allowed_is_for_a_week(place: places.Place, since: dt.timedelta, left: int) -> None:
    account = place.chair.account
    values = {"account": account, "organization": place.keeper, "asked_at": NOW}
    SearchRequest.objects.create(wanted=10, allowed_at=NOW, **values)
    SearchRequest.objects.create(wanted=100, **values)
    with at(NOW + since, tick=False):
        assert rules.left_today(account) == left  # type: ignore[arg-type]


def test_n_a1_what_was_counted_is_forgotten_after_thirty_days(place: places.Place) -> None:
    account = place.chair.account
    ForeignHit.objects.create(account=account, ref="a", on=NOW.date())
    SearchRequest.objects.create(account=account, organization=place.keeper, wanted=1, asked_at=NOW)
    for later, gone in ((30 * DAY, 0), (30 * DAY + MICRO, 1), (31 * DAY, 1), (32 * DAY, 0)):
        with at(NOW + later, tick=False):
            assert sweep_searches() == gone


@pytest.mark.parametrize("who", ["installation", "head"])
def test_n_a1_the_installation_and_the_head_are_not_limited(place: places.Place, who: str) -> None:
    by = Actor.system("test") if who == "installation" else trees.officer(place.head)
    organization = place.keeper if who == "installation" else place.head
    assert not rules.is_limited(organization, by)
    assert rules.is_limited(place.keeper, place.chair)


def test_n_a1_a_list_within_the_limit_names_the_organisations(place: places.Place, elsewhere: list[Member]) -> None:
    with at(NOW):
        batch = uploaded(place, elsewhere[:3])
        assert (ForeignHit.objects.count(), SearchRequest.objects.count()) == (3, 0)
        assert batch.counts[RowVerdict.DUPLICATE] == 3
        batches.check_batch(batch.pk, by=place.chair)
    checks = Event.objects.filter(action="import.checked").order_by("pk")
    assert [event.facts["foreign"] for event in checks] == [3, 3]
    assert ForeignHit.objects.count() == 3


def test_n_a1_a_list_beyond_the_limit_waits_as_a_whole_for_the_superior(
    place: places.Place, elsewhere: list[Member]
) -> None:
    with at(NOW):
        batch = uploaded(place, elsewhere[:4])
        # The row of an unknown person looks like those of the four.
        assert [("search_waits" in codes, "on_account" in codes) for codes in remarks(batch)] == [(True, False)] * 5
        assert batch.counts[RowVerdict.WRONG] == 5
        assert ForeignHit.objects.count() == 0
        (asked,) = SearchRequest.objects.all()
        assert asked.wanted == 4
        allow_searches(asked.pk, by=place.region_chair)
        batch = batches.check_batch(batch.pk, by=place.chair)
        assert [("search_waits" in codes, "on_account" in codes) for codes in remarks(batch)] == [
            *[(False, True)] * 4, (False, False),
        ]  # fmt: skip
        assert (batch.counts[RowVerdict.DUPLICATE], ForeignHit.objects.count()) == (4, 4)


def test_n_h1_requests_are_seen_from_above_alone(place: places.Place) -> None:
    there: Organization = trees.below(place.head, "regional", "Орловская РО ВОИ")
    SearchRequest.objects.create(account=place.chair.account, organization=place.keeper, wanted=1, asked_at=NOW)
    seen = [SearchRequest.objects.visible_to(who).count() for who in (place.region_chair, trees.officer(there), None)]
    assert seen == [1, 0, 0]


def found(**values: Any) -> Duplicate:
    return Duplicate(**{"kind": DuplicateKind.NAME, "organization_name": "?", "member_id": None, "ref": "r", **values})


def test_n_a1_a_duplicate_is_foreign_outside_the_scope_and_the_organisation(place: places.Place) -> None:
    here, there = place.keeper.pk, place.region.pk
    cases = [(None, there), (7, there), (None, here), (7, here)]
    seen = [rules.is_foreign(found(member_id=one, organization_id=at), place.keeper) for one, at in cases]
    assert seen == [True, False, False, False]


def test_n_a1_what_one_officer_was_shown_is_new_to_another(place: places.Place) -> None:
    hit, other = found(organization_id=place.region.pk), found(organization_id=place.region.pk, ref="other")
    assert note_shown([hit], place.keeper, by=place.chair) == 1
    for account, fresh in ((place.chair.account, {"other"}), (place.reviewer.account, {"r", "other"})):
        assert account is not None
        assert rules.new_refs([hit, other], place.keeper, account) == fresh


def test_n_a1_nothing_is_counted_of_those_who_are_not_limited(place: places.Place) -> None:
    head = trees.officer(place.head, Role.CHAIR, "Главная")
    hit = found(organization_id=place.region.pk)
    for organization, by in ((place.head, head), (None, place.chair), (place.keeper, trees.INSTALLATION)):
        assert note_shown([hit], organization, by=by) == 0
        ask_for_more(organization, 7, by=by)
    assert not ForeignHit.objects.exists()
    assert not SearchRequest.objects.exists()


@pytest.mark.parametrize("named", [True, False])
def test_n_a1_more_is_asked_for_in_the_organisation_of_the_search_or_the_officers_own(
    place: places.Place, named: bool
) -> None:
    by = place.region_chair
    with refused("N-A1"), noting(place.keeper if named else None, by=by):
        raise SearchesUsedUp("N-A1", "?")
    request = SearchRequest.objects.get()
    assert request.organization == (place.keeper if named else place.region)
    hit = found(organization_id=place.head.pk)
    with refused("N-A1"), noting(place.keeper if named else None, by=by):
        raise DuplicateFound("?", [hit])
    assert ForeignHit.objects.get().account == by.account


def test_n_a1_one_request_of_each_officer_waits_and_an_answered_one_does_not_count(place: places.Place) -> None:
    ask_for_more(place.keeper, 7, by=place.chair)
    ask_for_more(place.keeper, 5, by=place.chair)
    ask_for_more(place.keeper, 2, by=place.reviewer)
    mine, other = SearchRequest.objects.order_by("pk")
    assert [(mine.account, mine.wanted), (other.account, other.wanted)] == [
        (place.chair.account, 7), (place.reviewer.account, 2),
    ]  # fmt: skip
    allow_searches(mine.pk, by=place.region_chair)
    ask_for_more(place.keeper, 3, by=place.chair)
    mine.refresh_from_db()
    assert (mine.wanted, SearchRequest.objects.filter(account=place.chair.account).count()) == (7, 2)


def test_n_a1_nobody_but_those_who_manage_accounts_above_allows_more(place: places.Place) -> None:
    ask_for_more(place.keeper, 7, by=place.chair)
    request = SearchRequest.objects.get()
    for role in (Role.REGISTRAR, Role.REVIEWER, Role.COLLECTOR):
        with pytest.raises(NotAllowed):
            allow_searches(request.pk, by=trees.officer(place.region, role, "Чужая"))
    assert allow_searches(request.pk, by=trees.officer(place.region, Role.DEPUTY, "Вторая")).allowed_at is not None
