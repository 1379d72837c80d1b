"""The registration book and the members on a past day (V-B7)."""

from __future__ import annotations

import datetime as dt
import importlib
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from members.book.enums import EndReason
from members.book.models import BookLine
from members.book.queries.on_day import OnDay, count_on, counts_of_children, lines_on
from members.movement.enums import PaperCard
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.movement.transitions.organizations import merge_organizations, move_organization
from members.people.models import CardMark, Member
from members.people.search import matching
from members.people.transitions.cards import edit_card
from members.people.transitions.cells import assign_cell
from members.people.transitions.marks import take_back_mark
from registry import integrity
from registry.enums import Level, Role
from registry.organizations.models import Organization
from tests.conftest import examples
from tests.members.places import Place, signed_in, union, voi
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = pytest.mark.once

TODAY = timezone.localdate()
NAMES = ("Абрамова", "Бородин", "Ёлкина", "Жуков", "Яшин")


def days(count: int) -> dt.date:
    return TODAY - dt.timedelta(days=count)


def lines_known_on(lines: QuerySet[BookLine], day: dt.date) -> QuerySet[BookLine]:
    """Return the lines that were open on the day, as far as known at its end."""
    until = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    unknown = Q(left_recorded_at__isnull=True) | Q(left_recorded_at__gte=until)
    return lines.filter(recorded_at__lt=until, entered_on__lte=day).filter(unknown | Q(left_on__gt=day))


def person(place: Place, number: int, since: dt.date) -> Member:
    return place.put(
        surname=NAMES[number], snils="", ticket_number=f"01045{number:02}", registered_on=since, joined_on=since
    )


@pytest.fixture
def place(db: None) -> Place:
    return voi()


def test_v_b7_lines_are_numbered_in_each_unit_and_say_what_the_card_says(place: Place) -> None:
    first = place.put(cell=place.cells[0].pk)
    line = BookLine.objects.get()
    assert (line.unit, line.number, line.birth_year, line.joined_year) == (place.cells[0], 1, 1968, 2019)
    edit_card(first.pk, values={"surname": "Яблокова"}, version=None, by=place.chair)
    assign_cell([first.pk], cell=place.cells[1], by=place.chair)
    lines = list(BookLine.objects.order_by("pk").values_list("unit", "number", "full_name", "reason"))
    name = "Яблокова Александра Владимировна"
    assert lines == [(place.cells[0].pk, 1, name, "other_cell"), (place.cells[1].pk, 1, name, "")]


def test_v_b7_a_line_does_not_change_any_more_once_the_member_has_left(place: Place) -> None:
    member = place.put()
    deregister(member.pk, reason=EndReason.OWN_WISH, on=TODAY, paper_card=PaperCard.HANDED, by=place.chair)
    page = signed_in(place.chair).get(reverse("cells:own_book"), follow=True).content.decode()
    assert [text in page for text in (member.full_name, "0104512", reverse("members:detail", args=[member.pk]))] == [
        True, True, False,
    ]  # fmt: skip


@pytest.mark.both
def test_v_b7_a_line_is_found_by_the_beginnings_of_its_names(place: Place) -> None:
    for number, _name in enumerate(NAMES):
        person(place, number, days(400))
    address, browser = reverse("cells:book", args=[place.keeper.pk]), signed_in(place.chair)
    for asked, found in {
        "абрамова": ["Абрамова"], "Елк": ["Ёлкина"], "жуков алекс": ["Жуков"], "алекс жук": ["Жуков"],
        "Абрамова Алексей": [], "яшин Александра влад": ["Яшин"], "0104502": ["Ёлкина"], "?": [], "Щ": [],
    }.items():  # fmt: skip
        lines = browser.get(address, {"q": asked}).context["page"]
        assert (asked, [line.full_name.split()[0] for line in lines]) == (asked, found)


def words_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def named(page: Any) -> list[tuple[str, str]]:
    return [(line.unit.short_name, line.full_name.split()[0]) for line in page.context["page"]]


@pytest.mark.both
def test_v_b7_all_books_of_an_organisation_are_searched_at_once_by_former_names_too(place: Place) -> None:
    """Former and excluded members are found in the book of their former cell."""
    one, two = place.cells[0], place.cells[1]
    married = place.put(cell=one.pk)
    left = place.put(surname="Бородина", snils="", ticket_number="2", cell=two.pk)
    place.put(surname="Абрамова", snils="", ticket_number="3")
    edit_card(married.pk, values={"surname": "Яблокова"}, version=None, by=place.chair)
    assign_cell([married.pk], cell=two, by=place.chair)
    deregister(left.pk, reason=EndReason.OWN_WISH, on=TODAY, paper_card=PaperCard.HANDED, by=place.chair)
    address, browser = reverse("cells:book", args=[place.keeper.pk]), signed_in(place.chair)
    keeper = place.keeper.short_name
    assert named(browser.get(address)) == [
        (keeper, "Абрамова"), (two.short_name, "Бородина"), (one.short_name, "Яблокова"), (two.short_name, "Яблокова"),
    ]  # fmt: skip
    assert named(browser.get(address, {"q": "констант"})) == [
        (one.short_name, "Яблокова"),
        (two.short_name, "Яблокова"),
    ]
    assert named(browser.get(address, {"show": "left", "q": "бородина"})) == [(two.short_name, "Бородина")]
    assert named(browser.get(address, {"show": "excluded"})) == []
    assert named(browser.get(address, {"of": place.keeper.pk})) == [(keeper, "Абрамова")]
    assert named(browser.get(address, {"of": two.pk})) == [(two.short_name, "Бородина"), (two.short_name, "Яблокова")]
    region = signed_in(place.region_chair)
    above = reverse("cells:book", args=[place.region.pk])
    assert named(region.get(above)) == []
    assert named(region.get(above, {"q": "бородина"})) == [(two.short_name, "Бородина")]
    page = region.get(above, {"q": "константинопольская"})
    assert (len(named(page)), "прежде: Константинопольская Александра Владимировна" in words_of(page)) == (2, True)


def test_v_b5_a_former_ticket_is_known_to_the_book_and_a_misspelt_name_is_forgotten(place: Place) -> None:
    member = place.put()
    edit_card(member.pk, values={"ticket_number": "0209999", "surname": "Яблакова"}, version=None, by=place.chair)
    edit_card(member.pk, values={"surname": "Яблокова"}, version=None, by=place.chair)
    line = BookLine.objects.get()
    former = "Константинопольская Александра Владимировна"
    assert (line.earlier_tickets, line.formerly) == (["0104512"], [former, "Яблакова Александра Владимировна"])
    take_back_mark(CardMark.objects.latest("pk").pk, by=place.chair)
    assert BookLine.objects.get().formerly == [former]
    address, browser = reverse("cells:book", args=[place.keeper.pk]), signed_in(place.chair)
    assert [len(named(browser.get(address, {"q": asked}))) for asked in ("0104512", "0209999", "яблакова")] == [1, 1, 0]


@pytest.mark.both
def test_v_b5_the_search_of_members_finds_former_tickets_and_names_also_after_the_migration(place: Place) -> None:
    module = importlib.import_module("members.migrations.0023_members_are_found_by_former_tickets")
    member = place.put()
    other = place.put(surname="Иванова", snils="", ticket_number="0104513")
    edit_card(member.pk, values={"ticket_number": "А-0209999", "surname": "Яблокова"}, version=None, by=place.chair)
    edit_card(member.pk, values={"ticket_number": "0300001"}, version=None, by=place.chair)
    asked = ("0104512", "№ 104512", "А-0209999", "0300001", "Константинопольская", "Яблокова", "0104513")

    def at_present() -> list[list[int]]:
        return [list(Member.objects.filter(matching(query)).values_list("pk", flat=True)) for query in asked]

    def keys() -> list[str]:
        return list(Member.objects.order_by("pk").values_list("search_key", flat=True))

    assert at_present() == [[member.pk]] * 6 + [[other.pk]]
    now = keys()
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}
    module.without_former(apps, None)
    assert at_present() == [[], [], [], [member.pk], [], [member.pk], [other.pk]]
    assert [wrong for _title, wrong in integrity.run() if wrong] == [
        [f"member {member.pk} is not found by a former ticket number"]
    ]
    module.with_former(apps, None)
    assert keys() == now
    # A merely misspelt name is no former name here either.
    edit_card(member.pk, values={"surname": "Яблакова"}, version=None, by=place.chair)
    edit_card(member.pk, values={"surname": "Яблокова"}, version=None, by=place.chair)
    assert " яблакова" in keys()[0]
    take_back_mark(CardMark.objects.latest("pk").pk, by=place.chair)
    assert keys()[0] == now[0]


def test_v_b7_the_book_and_the_page_of_a_day_highlight_the_book_in_the_navigation(place: Place) -> None:
    client = signed_in(place.chair)
    pages = [reverse(name, args=[place.keeper.pk]) for name in ("cells:book", "cells:on_day")]
    lit = [[entry["url"] for entry in client.get(page).context["nav"] if entry["current"]] for page in pages]
    assert lit == [[reverse("cells:own_book")]] * 2


def test_v_b7_strangers_cannot_open_the_book_or_a_day(place: Place) -> None:
    place.put()
    stranger = signed_in(union().chair)
    for name in ("cells:book", "cells:on_day"):
        assert stranger.get(reverse(name, args=[place.keeper.pk])).status_code == 404
        seen = signed_in(place.region_chair).get(reverse(name, args=[place.keeper.pk]), {"day": f"{TODAY:%d.%m.%Y}"})
        assert "Константинопольская" in seen.content.decode()


@pytest.mark.both
@pytest.mark.parametrize("name", ["cells:book", "cells:on_day"])
def test_v_b7_the_number_of_queries_does_not_grow_with_the_lines(place: Place, name: str) -> None:
    client, url = signed_in(place.chair), reverse(name, args=[place.keeper.pk])
    counts = []
    for number in range(3):
        person(place, number, days(30))
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(url, {"day": f"{TODAY:%d.%m.%Y}"})
        counts.append(len(asked))
    assert counts == [counts[0]] * 3


def test_v_b7_entries_recorded_later_are_shown_beside_what_was_reported(place: Place) -> None:
    person(place, 0, days(400))
    leaver = person(place, 1, days(400))
    # Both were recorded on the day of the event.
    for line in BookLine.objects.all():
        BookLine.objects.filter(pk=line.pk).update(recorded_at=timezone.now() - dt.timedelta(days=400))
    person(place, 2, days(300))
    deregister(
        leaver.pk,
        reason=EndReason.DEATH,
        on=days(350),
        paper="свидетельство",
        paper_card=PaperCard.TAKEN,
        by=place.chair,
    )
    # Now two members of that day are known, one of them recorded today; then two were known, one of them dead.
    assert count_on(place.keeper, days(200)) == OnDay(now=2, then=2)
    assert count_on(place.keeper, days(360)) == OnDay(now=2, then=2)
    assert count_on(place.keeper, days(340)) == OnDay(now=1, then=2)
    assert count_on(place.keeper, TODAY) == OnDay(now=2, then=2)


def backdate() -> None:
    """Change the time of recording of everything so far to 400 days ago."""
    past = timezone.now() - dt.timedelta(days=400)
    BookLine.objects.update(recorded_at=past)
    Organization.history.update(history_date=past)  # type: ignore[attr-defined]


@pytest.mark.both
def test_n_h3_a_region_counts_the_organisations_that_were_below_it_on_that_day(place: Place) -> None:
    place.put(cell=place.cells[0].pk, registered_on=days(300))
    other = trees.below(place.head, Level.REGIONAL, "Калужская РО ВОИ")
    backdate()
    move_organization(place.keeper.pk, other.pk, on=TODAY, by=trees.officer(place.head, Role.CHAIR, "Сомов"))
    region, other, head = (trees.again(o) for o in (place.region, other, place.head))
    asked = [(o, day) for o in (region, other, head) for day in (days(10), TODAY)]
    assert [count_on(o, day).now for o, day in asked] == [1, 0, 0, 1, 1, 1]
    assert [count_on(o, day).then for o, day in asked] == [1, 0, 0, 1, 1, 1]
    assert count_on(trees.again(place.cells[0]), days(10)) == OnDay(now=1, then=1)
    for day, counts in ((days(10), {region.pk: 1, other.pk: 0}), (TODAY, {region.pk: 0, other.pk: 1})):
        assert counts_of_children(head, [region, other], day) == counts
    was, now = signed_in(place.region_chair), signed_in(trees.officer(other, Role.CHAIR, "Орлов"))
    asking = {"day": f"{days(10):%d.%m.%Y}"}
    then = was.get(reverse("cells:on_day", args=[region.pk]), asking)
    assert [(part.pk, count) for part, count in then.context["moved_parts"]] == [(place.keeper.pk, 1)]
    # The former superior sees the count, but no names any more.
    assert (then.context["total"].now, "Константинопольская" in then.content.decode()) == (1, False)
    since = now.get(reverse("cells:on_day", args=[other.pk]), asking)
    assert (since.context["parts"], since.context["total"].now, list(since.context["page"])) == ([], 0, [])


def test_n_h3_a_merged_organisation_has_its_people_and_cells_on_a_past_day(place: Place) -> None:
    place.put(cell=place.cells[0].pk, registered_on=days(300))
    place.put(surname="Яшина", snils="", ticket_number="2", registered_on=days(300))
    target = trees.below(place.region, Level.LOCAL, "Приокская МО ВОИ")
    backdate()
    merge_organizations(place.keeper.pk, target.pk, on=TODAY, by=place.region_chair)
    source, target, region = (trees.again(o) for o in (place.keeper, target, place.region))
    for day, counts in ((days(10), [2, 0, 2]), (TODAY, [0, 2, 2])):
        assert [count_on(o, day).now for o in (source, target, region)] == counts
        assert list(counts_of_children(region, [source, target], day).values()) == counts[:2]
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def test_v_b7_the_list_of_a_day_names_everybody_below_with_their_organisation(place: Place) -> None:
    place.put(cell=place.cells[0].pk, registered_on=days(300))
    place.put(surname="Яшина", snils="", ticket_number="2", registered_on=days(300))
    page = signed_in(place.chair).get(reverse("cells:on_day", args=[place.keeper.pk]), {"day": f"{days(10):%d.%m.%Y}"})
    assert [(line.full_name.split()[0], line.unit) for line in page.context["page"]] == [
        ("Константинопольская", place.cells[0]),
        ("Яшина", place.keeper),
    ]
    # Nobody could see counts then, so there is nothing to compare with.
    assert (page.context["total"], "+2" in page.content.decode()) == (OnDay(now=2, then=0), False)


class Days(TestCase):
    """After any sequence of entries, departures and reversals, the counts of each day agree with the lines."""

    @settings(max_examples=examples(15))
    @given(
        st.lists(
            st.tuples(st.sampled_from(["enter", "leave", "back", "cell"]), st.integers(0, 4), st.integers(0, 60)),
            max_size=12,
        )
    )
    def test_v_b7_the_count_of_any_day_is_that_of_its_lines(self, steps: list[tuple[str, int, int]]) -> None:
        place = voi()
        people: dict[int, Member] = {}
        for verb, who, ago in steps:
            if verb == "enter" and who not in people:
                people[who] = person(place, who, days(ago))
            elif who in people:
                member = Member.objects.get(pk=people[who].pk)
                line = BookLine.objects.filter(member=member).latest("pk")
                if verb == "leave" and member.unit_id and days(ago) >= line.entered_on:
                    deregister(
                        member.pk,
                        reason=EndReason.DEATH,
                        on=days(ago),
                        paper="свидетельство",
                        paper_card=PaperCard.TAKEN,
                        by=place.chair,
                    )
                elif verb == "back" and line.left_on:
                    take_back_leaving(line.pk, by=place.chair)
                elif verb == "cell" and member.unit_id:
                    assign_cell([member.pk], cell=place.cells[ago % 2], by=place.chair)
        children = list(Organization.objects.filter(parent=place.keeper))
        for ago in (0, 1, 30, 61):
            day = days(ago)
            in_tree = BookLine.objects.filter(unit__path__startswith=place.keeper.path)
            now, then = lines_on(in_tree, day).count(), lines_known_on(in_tree, day).count()
            self.assertEqual(count_on(place.keeper, day), OnDay(now, then))
            by_child = {c.pk: lines_on(BookLine.objects.filter(unit=c), day).count() for c in children}
            self.assertEqual(counts_of_children(place.keeper, children, day), by_child)
        self.assertEqual({title: wrong for title, wrong in integrity.run() if wrong}, {})
