"""Composition of the members on a day, counted by hand for both charters; past days agree with the book (N-S3)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from django.http import Http404
from django.utils import timezone
from django.utils.translation import override

from members.book.models import BookLine
from members.book.queries.on_day import OnDay, count_on, counts_of_children
from members.movement.enums import PaperCard
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry.access import Actor
from registry.days import whole_years
from registry.enums import DataClass, Role
from registry.organizations.models import Figures, Organization, OrganizationPassport
from registry.statistics.columns import (
    AGES,
    FIVE_YEARS,
    GONE,
    NOT_CONCERNED,
    NOT_GIVEN,
    SPECIAL,
    Dimension,
    born_until,
    group_key,
    offered,
)
from registry.statistics.counting import (
    Asked,
    by_each,
    by_organization,
    counts,
    first_days,
    movement,
    people,
    pyramid,
    trend,
)
from registry.statistics.views.composition import composition, health
from tests.members import places
from tests.registry import trees
from tests.worlds import world

YEAR = timezone.localdate().year
DAY = dt.date(YEAR - 1, 1, 1)


def aged(age: int) -> dt.date:
    return dt.date(YEAR - age, 1, 1)


@world
def society() -> places.Place:
    """Return a society with six people in an organisation and its cells; one of them has left this year."""
    place = places.voi()
    first, second = place.cells
    rows = [
        ("Абрамова", "female", aged(30), "disabled", "higher", "I", "war", None),
        ("Белов", "male", aged(40), "disabled", "primary", "II", "general", first),
        ("Власова", "female", aged(41), "disabled", "higher", "II", "general", first),
        ("Громова", "female", aged(70), "disabled", "higher", "III", "labour", second),
        ("Дятлов", "male", aged(50), "guardian", "secondary", "", "", second),
        ("Ершова", "female", aged(60), "disabled", "vocational", "I", "war", None),
    ]
    for at_, (surname, sex, born, category, education, group, cause, cell) in enumerate(rows):
        member = place.put(
            snils="", ticket_number=f"02000{at_:02}", surname=surname, sex=sex, birth_date=born, category=category,
            education=education, disability_group=group, disability_cause=cause, cell=cell,
            joined_on=dt.date(YEAR - 3, 2, 1), registered_on=dt.date(YEAR - 2, 3, 1 + at_),
        )  # fmt: skip
    deregister(
        member.pk, reason="death", on=timezone.localdate(), paper="свидетельство", paper_card=PaperCard.TAKEN,
        by=place.chair,
    )  # fmt: skip
    return place


def counted(place: Organization, actor: Actor, day: dt.date) -> dict[str, dict[str, int]]:
    asked = Asked(place, day, actor)
    found: dict[str, Counter[str]] = {}
    for of_health in (False, True):
        dimensions = [one for one in offered(actor, place.charter).values() if one.of_health == of_health]
        found |= by_each(asked, dimensions) if dimensions else {}
    return {key: {value: number for value, number in values.items() if number} for key, values in found.items()}


@pytest.mark.django_db
@pytest.mark.both
def test_n_s3_members_of_the_society_are_counted_as_by_hand() -> None:
    place = society()
    assert counted(place.region, place.region_chair, timezone.localdate()) == {
        "sex": {"female": 3, "male": 2},
        "age": {"25-34": 1, "35-44": 2, "45-54": 1, "65-74": 1},
        "category": {"disabled": 4, "guardian": 1},
        "education": {"higher": 3, "primary": 1, "secondary": 1},
        "disability_group": {"I": 1, "II": 2, "III": 1, NOT_CONCERNED: 1},
        "disability_cause": {"war": 1, "general": 2, "labour": 1, NOT_CONCERNED: 1},
        "mobility": {NOT_GIVEN: 4, NOT_CONCERNED: 1},
        "prostheses": {NOT_GIVEN: 4, NOT_CONCERNED: 1},
        "needs": {NOT_GIVEN: 4, NOT_CONCERNED: 1},
    }


@pytest.mark.django_db
def test_n_s3_sums_agree_level_by_level() -> None:
    place = society()
    today = timezone.localdate()
    whole = counted(place.region, place.region_chair, today)
    parts = Counter[tuple[str, str]]()
    for below in (place.keeper, *place.cells):
        # The figures of the organisation that keeps the cards include its cells.
        sign = 1 if below == place.keeper else 0
        for key, values in counted(below, place.region_chair, today).items():
            for value, number in values.items():
                parts[key, value] += sign * number
    assert +parts == {(key, value): number for key, values in whole.items() for value, number in values.items()}
    in_cells = [counted(cell, place.region_chair, today)["sex"] for cell in place.cells]
    assert in_cells == [{"male": 1, "female": 1}, {"female": 1, "male": 1}]


@pytest.mark.django_db
@pytest.mark.both
def test_n_s3_a_past_day_equals_the_registration_book() -> None:
    place = society()
    for day in (DAY, dt.date(YEAR - 2, 3, 3), dt.date(YEAR - 2, 1, 1), timezone.localdate()):
        for below in (place.head, place.region, place.keeper, *place.cells):
            found = by_each(Asked(below, day, place.region_chair), list(_general(place)))
            assert {sum(values.values()) for values in found.values()} == {count_on(below, day).now}


@pytest.mark.django_db
@pytest.mark.both
def test_n_s3_cards_counted_today_are_the_open_lines_of_the_books(monkeypatch: pytest.MonkeyPatch) -> None:
    """Includes a blocked card, a cell merged into another organisation, and a cell by itself."""
    place = society()
    blocked = Member.objects.get(surname="Белов")
    today = timezone.localdate()
    Member.objects.filter(pk=blocked.pk).update(blocked_on=today)
    Figures.objects.filter(organization=blocked.unit_id).update(members=F("members") - 1)
    asked = [
        Asked(at, today, place.region_chair, units)
        for at in (place.region, place.keeper, *place.cells)
        for units in (None, [place.cells[1].pk], [])
    ]
    dimensions = list(offered(place.region_chair, place.keeper.charter).values())

    def figures() -> list[Any]:
        return [
            (
                by_each(one, dimensions), counts(one, dimensions[:2]), pyramid(one, FIVE_YEARS), by_organization(one)
            )
            for one in asked
        ]  # fmt: skip

    by_cards = figures()
    assert {one.people[1] for one in asked} == {""}
    monkeypatch.setattr(Asked, "is_today", False)
    assert {one.people[1] for one in asked} == {"member__"}
    assert figures() == by_cards
    assert sum(by_cards[0][0]["sex"].values()) == 4


@pytest.mark.django_db
@pytest.mark.both
def test_n_s3_a_trend_equals_a_count_by_hand_on_each_day() -> None:
    place = society()
    line = BookLine.objects.get(full_name__startswith="Абрамова")
    BookLine.objects.filter(pk=line.pk).update(entered_on=dt.date(YEAR - 1, 1, 1))
    BookLine.objects.filter(full_name__startswith="Белов").update(
        left_on=dt.date(YEAR, 1, 1), left_recorded_at=timezone.now(), reason="left"
    )
    BookLine.objects.filter(full_name__startswith="Власова").update(
        left_on=dt.date(YEAR - 1, 12, 31), left_recorded_at=timezone.now(), reason="undone"
    )
    days = first_days(timezone.localdate(), 4)
    by_hand = [
        sum(
            one.entered_on <= day and (one.left_on is None or one.left_on > day) and one.reason != "undone"
            for one in BookLine.objects.all()
        )
        for day in days
    ]
    assert trend(place.region, days) == by_hand
    assert len(set(by_hand)) == 3


def _general(place: places.Place) -> list[Dimension]:
    return [one for one in offered(place.region_chair, place.keeper.charter).values() if not one.of_health]


@pytest.mark.django_db
def test_n_s3_who_has_left_counts_on_the_day_without_health_data() -> None:
    place = society()
    found = counted(place.region, place.region_chair, DAY)
    # Ершова has left since then; her card was kept here last, so its general data are counted.
    assert found["education"] == {"higher": 3, "primary": 1, "secondary": 1, "vocational": 1}
    assert found["disability_group"] == {"I": 1, "II": 2, "III": 1, NOT_CONCERNED: 1, GONE: 1}


@pytest.mark.django_db
def test_n_s3_general_data_of_cards_beyond_ones_scope_are_not_counted() -> None:
    place = society()
    chair = trees.officer(place.cells[0], Role.CHAIR, "Ячейкина")
    moved = Member.objects.get(surname="Белов")
    Member.objects.filter(pk=moved.pk).update(cell=place.cells[1], unit=place.cells[1])
    assert counted(place.cells[0], chair, DAY)["education"] == {"higher": 1, GONE: 1}
    assert counted(place.region, place.region_chair, DAY)["education"]["primary"] == 1


@pytest.mark.django_db
def test_n_c1_a_blocked_card_is_not_counted_as_in_the_stored_figures() -> None:
    place = society()
    Member.objects.filter(surname="Белов").update(blocked_on=timezone.localdate())
    Figures.objects.filter(organization=place.cells[0]).update(members=1)
    found = counted(place.region, place.region_chair, timezone.localdate())
    assert found["education"] == {"higher": 3, "secondary": 1}
    assert sum(found["sex"].values()) == count_on(place.region, timezone.localdate()).now
    # Белов came on the second day; before it, figures do not include the card, so it is not subtracted.
    first, second = dt.date(YEAR - 2, 3, 1), dt.date(YEAR - 2, 3, 2)
    assert [count_on(place.region, day).now for day in (first, second, DAY)] == [1, 1, 5]
    assert counts_of_children(place.region, [place.keeper], first) == {place.keeper.pk: 1}
    moved = movement(place.region, second, timezone.localdate())
    assert (moved.before, sum(moved.came.values()), moved.after, moved.moved) == (1, 4, 4, 0)
    # Nor is it included in the figures reported on a day before it was recorded.
    BookLine.objects.filter(member__surname="Белов").update(recorded_at=timezone.now())
    BookLine.objects.exclude(member__surname="Белов").update(recorded_at=timezone.now() - dt.timedelta(days=1200))
    assert count_on(place.cells[0], DAY) == OnDay(now=1, then=1)


@pytest.mark.django_db
def test_n_s3_members_of_the_union_are_counted_as_by_hand() -> None:
    place = places.union()
    rows: list[tuple[str, str, dt.date, str, str, str]] = [
        ("Абрамова", "female", aged(30), "employed", "teaching", "cashless"),
        ("Белов", "male", aged(34), "employed", "leading", "cash"),
        ("Власова", "female", aged(35), "employed", "teaching", "cashless"),
        ("Громова", "female", aged(70), "pensioner", "", "exempt"),
        ("Дятлов", "male", aged(19), "student", "", "cash"),
    ]
    for surname, sex, born, category, staff, form in rows:
        place.put(
            snils="", ticket_number="", surname=surname, sex=sex, birth_date=born, category=category,
            worker_category=staff, dues_form=form, joined_on=dt.date(YEAR - 1, 9, 1),
        )  # fmt: skip
    OrganizationPassport.objects.update_or_create(organization=place.keeper, defaults={"employees": 20})
    assert counted(place.region, place.region_chair, timezone.localdate()) == {
        "sex": {"female": 3, "male": 2},
        "age": {"18-24": 1, "25-34": 2, "35-44": 1, "65-74": 1},
        "category": {"employed": 3, "student": 1, "pensioner": 1},
        "education": {"specialist": 5},
        "worker_category": {"teaching": 2, "leading": 1, NOT_GIVEN: 1, NOT_CONCERNED: 1},
        "dues_form": {"cashless": 2, "cash": 2, "exempt": 1},
    }
    with override("en"):
        report = composition(place.region_chair, place.region, {})
    assert [(str(label), figure.text) for label, figure in report.tiles] == [
        ("Registered members", "5"), ("Coverage of employees", "25 %"), ("Teaching staff", "2"), ("Under 35", "3"),
        ("Students", "1"), ("Pensioners, not employed", "1"), ("Territorial organisations", "0"),
        ("Primary organisations", "1"),
    ]  # fmt: skip
    assert report.tiles[-2][1].url == ""


@pytest.mark.parametrize("day", [dt.date(2013, 2, 28), dt.date(2012, 2, 29), dt.date(2013, 3, 1)])
@pytest.mark.parametrize("born", [dt.date(2004, 2, 28), dt.date(2004, 2, 29), dt.date(2004, 3, 1)])
def test_n_s3_an_age_is_reached_on_the_day_that_the_card_says(day: dt.date, born: dt.date) -> None:
    age = whole_years(born, day)
    assert [n for n in (age, age + 1) if born <= born_until(day, n)] == [age]


def test_n_s3_groups_of_ages_leave_no_age_out() -> None:
    assert [group_key(n, AGES) for n in range(len(AGES))] == [
        "0-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75-84", "85-",
    ]  # fmt: skip


@pytest.mark.django_db
def test_n_s3_health_data_are_offered_to_those_who_may_read_them() -> None:
    place = society()
    health_data = {"disability_group", "disability_cause", "mobility", "prostheses", "needs"}
    assert health_data <= set(offered(place.region_chair, place.keeper.charter))
    assert not health_data & set(offered(place.reviewer, place.keeper.charter))
    assert not place.reviewer.reads(DataClass.HEALTH)
    with pytest.raises(Http404):
        health(place.reviewer, place.keeper, {})


@pytest.mark.django_db
@pytest.mark.parametrize("place", [places.voi, places.union])
def test_n_s3_no_choice_of_a_field_is_taken_for_a_missing_value(place: Callable[[], places.Place]) -> None:
    chair = place().chair
    assert chair.organization is not None
    found = offered(chair, chair.organization.charter)
    assert len(found) > 3
    assert [(key, one) for key, dimension in found.items() for one in dimension.values if one in SPECIAL] == []


@pytest.mark.django_db
def test_n_s3_the_people_behind_a_figure_are_those_whose_cards_are_seen() -> None:
    place = society()
    asked = Asked(place.region, DAY, place.region_chair)
    dimensions = offered(place.region_chair, place.keeper.charter)
    for chosen, names in (
        ({"education": "higher"}, ["Абрамова", "Власова", "Громова"]),
        ({"education": "vocational"}, []),
        ({"age": "35-44", "sex": "male"}, ["Белов"]),
        ({"disability_group": "II", "sex": "female"}, ["Власова"]),
        ({"disability_group": NOT_CONCERNED}, ["Дятлов"]),
        ({"needs": NOT_GIVEN}, ["Абрамова", "Белов", "Власова", "Громова"]),
    ):
        found = people(asked, {dimensions[key]: value for key, value in chosen.items()})
        assert [line.full_name.split()[0] for line in found] == names, chosen
