"""Indicators equal an independent recount; the parts of a tree add up to its figures (N-S3)."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone
from django.utils.translation import override

from documents.consents.transitions.consents import mark_signed
from documents.ecards.models import CardRequest
from documents.ecards.transitions.cards import hand_out
from documents.tickets.models import BlankMovement, IssueLine
from documents.tickets.queries.balance import below
from documents.tickets.transitions.stock import confirm_blanks
from dues.ledger.models import LedgerEntry
from dues.ledger.queries.figures import CHARGES, PAYMENTS
from dues.reports.queries.asked import Asked as AskedOfDues
from dues.reports.queries.sums import Sums, by_dues, total_of
from members.book.models import BookLine
from members.movement.transitions.organizations import move_organization
from members.people.enums import MemberState
from members.people.models import Member
from members.people.transitions.cells import assign_cell
from registry import charters
from registry.campaigns.counting import count
from registry.campaigns.enums import Unit
from registry.campaigns.indicators import dimensions_of, indicators_for
from registry.charters.base import Charter
from registry.days import whole_years
from registry.enums import DataClass, Level, Role
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Figures, Organization, OrganizationPassport
from registry.statistics.counting import Asked, by_each, movement
from tests.documents.ecards.cards_world import cards_world
from tests.documents.tickets.stocks import numbers, stocks
from tests.documents.tickets.test_issuing import issue, put
from tests.dues.reports.world import reported
from tests.members import places, sessions
from tests.registry import trees
from tests.registry.statistics.test_composition import YEAR, society

TODAY = timezone.localdate()
NEW_YEAR = dt.date(YEAR, 1, 1)
#: Periods: this year so far, the year in which people joined, and single days.
PERIODS = (
    (NEW_YEAR, TODAY),
    (dt.date(YEAR - 2, 1, 1), dt.date(YEAR - 2, 12, 31)),
    (dt.date(YEAR - 2, 3, 3), dt.date(YEAR - 2, 3, 3)),
    (TODAY, TODAY),
)


def all_of(units: Iterable[Organization], first: dt.date, last: dt.date) -> dict[str, Decimal | None]:
    """Return all figures of the charter for the organisations."""
    places_ = list(units)
    return count([one.pk for one in places_], first, last, indicators_for(places_[0].charter))


def sums_of(parts: Iterable[dict[str, Decimal | None]]) -> dict[str, Decimal]:
    """Return the sum of each figure over the parts, ignoring missing figures."""
    found: Counter[str] = Counter()
    for part in parts:
        found.update({key: value for key, value in part.items() if value})  # type: ignore[misc]
    return dict(found)  # type: ignore[arg-type]


def filled(part: dict[str, Decimal | None]) -> dict[str, Decimal]:
    return {key: value for key, value in part.items() if value}


def divided(units: Sequence[Organization], seed: int) -> list[list[Organization]]:
    """Return the organisations divided at random into parts."""
    chance = random.Random(seed)
    parts: dict[int, list[Organization]] = {}
    for one in units:
        parts.setdefault(chance.randrange(3), []).append(one)
    return list(parts.values())


@pytest.fixture
def lively() -> places.Place:
    """Return a society with a blocked card, a destroyed one, a mistake, a move between cells; and its neighbour."""
    place = society()
    assign_cell([Member.objects.get(surname="Белов").pk], cell=place.cells[1], by=place.chair)
    for surname in ("Жукова", "Зуева", "Исаева"):
        place.put(snils="", ticket_number=surname, surname=surname, cell=place.cells[0], joined_on=NEW_YEAR)
    Member.objects.filter(surname="Жукова").update(blocked_on=TODAY)
    BookLine.objects.filter(full_name__startswith="Зуева").update(
        member=None, left_on=TODAY, left_recorded_at=timezone.now(), reason="death"
    )
    BookLine.objects.filter(full_name__startswith="Исаева").update(
        left_on=TODAY, left_recorded_at=timezone.now(), reason="undone"
    )
    Member.objects.filter(surname__in=["Зуева", "Исаева"]).update(
        state=MemberState.WITHDRAWN, organization=None, cell=None, unit=None
    )
    # None of them is included in the stored figures.
    Figures.objects.filter(organization=place.cells[0]).update(members=F("members") - 3)
    trees.members(trees.below(place.region, Level.LOCAL, "Веневская МО ВОИ"), 2)
    return place


def tree_of(place: places.Place) -> list[Organization]:
    return [trees.again(one) for one in Organization.objects.under(trees.again(place.head)).order_by("path")]


def by_hand(units: Sequence[Organization], first: dt.date, last: dt.date) -> dict[str, int]:
    """Count the members and those who came and left, line by line from the books."""
    ids = {one.pk for one in units}
    dimensions = dimensions_of(units[0].charter)
    found: Counter[str] = Counter()
    eve = first - dt.timedelta(days=1)
    for line in BookLine.objects.select_related("member__health"):
        member = line.member
        blocked = member is not None and member.blocked_on is not None and line.left_on is None
        if line.unit_id not in ids or line.reason == "undone" or blocked:
            continue

        def on(day: dt.date, line: BookLine = line) -> bool:
            return line.entered_on <= day and (line.left_on is None or line.left_on > day)

        found["members.begin"] += on(eve)
        found["members.end"] += on(last)
        found["came"] += first <= line.entered_on <= last
        if line.left_on is not None and first <= line.left_on <= last:
            found["left"] += 1
            found[f"left.{line.reason}"] += 1
        if not on(last):
            continue
        readable = member is not None and member.blocked_on is None
        found["members.gone"] += not readable
        if member is None or not readable:
            continue
        for key, one in dimensions.items():
            if one.of_health and member.unit_id is None:
                continue
            if one.concerns and member.category and member.category not in one.concerns:
                continue
            if key == "age":
                age = whole_years(member.birth_date, last) if member.birth_date else None
                values = [next((v for v in one.values if _within(age, v)), "not-given")]
                found["members.age.under35"] += age is not None and age < 35
            else:
                raw = getattr(getattr(member, "health", None) if one.of_health else member, key, "")
                values = (raw or [""]) if one.several else [raw]
            for value in values:
                found[f"members.{key}.{value if value in one.values else 'not-given'}"] += 1
        represents = member.category in {"legal_representative", "guardian", "trustee"}
        found["members.representatives"] += represents
    return {key: number for key, number in found.items() if number}


def _within(age: int | None, group: str) -> bool:
    low, _dash, high = group.partition("-")
    return age is not None and int(low) <= age <= int(high or 999)


def of_people(found: dict[str, Decimal]) -> dict[str, Decimal]:
    return {key: value for key, value in found.items() if key.startswith(("members.", "left")) or key == "came"}


@pytest.mark.django_db
@pytest.mark.both
@pytest.mark.parametrize(("first", "last"), PERIODS)
def test_n_s3_members_of_a_society_equal_a_recount_line_by_line(
    first: dt.date, last: dt.date, lively: places.Place
) -> None:
    units = tree_of(lively)
    for part in (units, *divided(units, 1), [trees.again(lively.keeper)]):
        assert of_people(filled(all_of(part, first, last))) == by_hand(part, first, last)


def union() -> places.Place:
    """Return a union with three members, a former member, and figures in passports."""
    place = places.union()
    rows = [("Абрамова", 30, "employed", "teaching"), ("Белов", 34, "employed", "leading"),
            ("Власова", 35, "employed", "teaching"), ("Громова", 70, "pensioner", "")]  # fmt: skip
    for surname, age, category, staff in rows:
        place.put(
            snils="", ticket_number="", surname=surname, birth_date=dt.date(YEAR - age, 1, 1), category=category,
            worker_category=staff, joined_on=dt.date(YEAR - 1, 9, 1),
        )  # fmt: skip
    for organization, employees in ((place.keeper, 20), (place.region, 3)):
        OrganizationPassport.objects.update_or_create(
            organization=organization, defaults={"employees": employees, "students": None}
        )
    return place


@pytest.mark.django_db
@pytest.mark.both
def test_n_s3_members_of_a_union_equal_a_recount_and_passports_are_added() -> None:
    place = union()
    units = tree_of(place)
    whole = all_of(units, NEW_YEAR, TODAY)
    assert of_people(filled(whole)) == by_hand(units, NEW_YEAR, TODAY)
    assert {key: value for key, value in whole.items() if key.startswith("passport")} == {
        "passport.employees": 23, "passport.teachers": None, "passport.young": None, "passport.students": None,
    }  # fmt: skip
    assert (whole["members.age.under35"], whole["members.worker_category.teaching"]) == (2, 2)
    # An ended organisation, or one that is being founded, has no employees and is not active.
    Organization.objects.filter(pk=place.region.pk).update(status=OrganizationStatus.ENDED, ended_on=TODAY)
    keys = ["passport.employees", "organizations", "organizations.regional"]
    assert list(count([one.pk for one in units], NEW_YEAR, TODAY, keys).values()) == [20, 2, 0]
    day_before = TODAY - dt.timedelta(days=1)
    assert list(count([one.pk for one in units], day_before, day_before, keys).values()) == [23, 3, 1]
    Organization.objects.filter(pk=place.region.pk).update(status=OrganizationStatus.FORMING, ended_on=None)
    assert list(count([one.pk for one in units], NEW_YEAR, TODAY, keys).values()) == [20, 2, 0]


@pytest.mark.django_db
def test_n_s3_an_organisation_counts_from_the_day_it_was_founded() -> None:
    place = places.voi()
    Organization.objects.filter(pk=place.cells[0].pk).update(founded_on=TODAY)
    ids = [one.pk for one in place.cells]
    for day, working in ((TODAY - dt.timedelta(days=1), 1), (TODAY, 2)):
        assert count(ids, day, day, ["organizations.primary"]) == {"organizations.primary": working}


@pytest.mark.django_db
@pytest.mark.both
@pytest.mark.parametrize(("first", "last"), PERIODS)
def test_n_s3_parts_of_the_tree_add_up_to_the_pages_of_statistics(
    first: dt.date, last: dt.date, lively: places.Place
) -> None:
    units = tree_of(lively)
    head = trees.again(lively.head)
    summed = sums_of(all_of(part, first, last) for part in divided(units, 2))
    assert summed == filled(all_of(units, first, last))
    chair = trees.officer(head, Role.CHAIR, "Главная")
    moved = movement(head, first, last)
    expected: dict[str, int] = {"came": sum(moved.came.values()), "left": sum(moved.left.values())}
    expected |= {f"came.{reason}": n for reason, n in moved.came.items()}
    expected |= {f"left.{reason}": n for reason, n in moved.left.items()}
    expected |= {"members.begin": moved.before, "members.end": moved.after}
    dimensions = dimensions_of(head.charter)
    for some in ([one for one in dimensions.values() if one.of_health == health] for health in (False, True)):
        for key, numbers_ in by_each(Asked(head, last, chair), some).items():
            expected |= {f"members.{key}.{value}": n for value, n in numbers_.items()}
    keys = indicators_for(head.charter).keys() & expected.keys()
    assert {key: summed.get(key, 0) for key in keys} == {key: expected[key] for key in keys}
    assert {"came", "left", "members.end", "members.sex.female", "members.disability_group.II"} <= keys | {"left"}


@pytest.mark.django_db
def test_n_h3_an_organisation_that_was_moved_is_counted_once() -> None:
    place = society()
    other = trees.below(place.head, Level.REGIONAL, "Калужская РО ВОИ")
    units = tree_of(place)
    before = all_of(units, NEW_YEAR, TODAY)
    move_organization(place.keeper.pk, other.pk, on=TODAY, by=trees.officer(place.head, Role.CHAIR, "Сомов"))
    assert sums_of(all_of([trees.again(one)], NEW_YEAR, TODAY) for one in units) == filled(before)


@pytest.mark.django_db
@pytest.mark.both
def test_n_d1_dues_are_those_of_the_report_of_dues_and_each_entry_is_of_one_organisation() -> None:
    w = reported()
    keys = ("dues.charged", "dues.paid", "dues.owed")
    end = dt.date(YEAR, 12, 31)

    def dues(*units: Organization) -> Sums:
        return Sums(*count([one.pk for one in units], NEW_YEAR, end, keys).values())  # type: ignore[arg-type]

    units = tree_of(w.collecting.place)
    head, chair = trees.again(w.head), w.head_chair
    whole = total_of(by_dues(AskedOfDues(head, NEW_YEAR, end), chair)[0])
    assert bool(whole)
    assert dues(*units) == whole
    assert total_of_sums(dues(one) for one in units) == whole
    for seed in range(3):
        assert total_of_sums(dues(*part) for part in divided(units, seed)) == whole
    keeper = total_of(by_dues(AskedOfDues(trees.again(w.keeper), NEW_YEAR, end), chair)[0])
    assert dues(w.keeper, *w.cells) == keeper
    for cell in w.cells:
        assert dues(cell) == total_of(by_dues(AskedOfDues(trees.again(cell), NEW_YEAR, end), w.chair)[0])
    # Counted entry by entry: the books of the first organisation contain nothing of the second.
    valid = LedgerEntry.objects.valid().filter(made_on__range=(NEW_YEAR, end), organization=w.keeper)
    charged, paid = (sum(one.amount for one in valid.filter(which)) for which in (CHARGES, PAYMENTS))
    assert (keeper.charged, keeper.paid) == (charged, paid)
    assert dues(w.other).paid == Decimal("20.00")


def total_of_sums(parts: Iterable[Sums]) -> Sums:
    return sum(parts, Sums())


@pytest.mark.django_db
@pytest.mark.both
def test_v_c1_tickets_are_counted_by_their_movements() -> None:
    held = stocks()
    first = put(held, "Абрамова")
    issue(held, first, put(held, "Белова"))
    units = tree_of(held.place)
    keys = ["tickets.issued", "tickets.stock"]
    yesterday, tomorrow = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
    found = {one.level: list(count([one.pk], TODAY, TODAY, keys).values()) for one in units}
    assert found == {"federal": [0, 900], "regional": [0, 0], "local": [2, 98], "primary": [0, 0]}
    assert found["local"][0] == IssueLine.objects.count() == 2
    rows = below(trees.again(held.place.head), "ticket", TODAY, TODAY)
    whole = list(count([one.pk for one in units], TODAY, TODAY, keys).values())
    assert whole == [2, sum(row.counts["in_stock"] for row in rows)]
    # Blanks in transit are in no organisation's stock; before today there were none.
    paper = held.hand_down(numbers(201, 300))
    assert [count([one.pk], TODAY, TODAY, keys)["tickets.stock"] for one in units[:2]] == [800, 0]
    confirm_blanks(paper.pk, by=held.place.region_chair)
    assert [count([one.pk], TODAY, TODAY, keys)["tickets.stock"] for one in units[:2]] == [800, 100]
    ids = [one.pk for one in units]
    assert list(count(ids, yesterday, yesterday, keys).values()) == [0, 0]
    assert list(count(ids, tomorrow, tomorrow, keys).values()) == [0, 998]
    # Only tickets, and none of them taken over from former books.
    assert BlankMovement.objects.exclude(kind="ticket").count() == 0
    held.receive(numbers(1, 50), kind="card")
    assert list(count(ids, TODAY, TODAY, keys).values()) == [2, 998]


@pytest.mark.django_db
def test_u10_electronic_cards_count_on_the_day_they_are_handed_out() -> None:
    held = cards_world()
    arrived = held.arrived("Абрамова", "Белова")
    hand_out(held.keeper.pk, requests=[arrived[0].pk], on=TODAY, by=held.chair)
    assert CardRequest.objects.filter(state="handed_out").count() == 1
    yesterday = TODAY - dt.timedelta(days=1)
    found = [count([held.keeper.pk], day, day, ["ecards.handed_out"]) for day in (yesterday, TODAY)]
    assert found == [{"ecards.handed_out": 0}, {"ecards.handed_out": 1}]
    assert count([held.region.organization.pk], TODAY, TODAY, ["ecards.handed_out"]) == {"ecards.handed_out": 0}  # type: ignore[union-attr]


@pytest.mark.django_db
def test_n_s3_meetings_count_if_they_were_held_in_the_period() -> None:
    place = places.voi()
    for days, hold in ((0, True), (1, True), (0, False)):
        day = TODAY - dt.timedelta(days=days)
        meeting = sessions.planned(place.keeper, place.chair, held_on=day, starts_at=dt.time(9 + days + 3 * hold))
        if hold:
            sessions.held(meeting, place.chair)
    keys, yesterday = ["meetings"], TODAY - dt.timedelta(days=1)
    found = [count([place.keeper.pk], first, TODAY, keys)["meetings"] for first in (TODAY, yesterday)]
    assert found == [1, 2]
    assert count([place.region.pk], yesterday, TODAY, keys) == {"meetings": 0}


@pytest.mark.django_db
def test_u7_consents_count_if_they_were_signed_by_the_last_day() -> None:
    place = society()
    yesterday = TODAY - dt.timedelta(days=1)
    for surname, day in (("Белов", TODAY), ("Власова", yesterday)):
        member = Member.objects.get(surname=surname)
        mark_signed(member.pk, purpose="processing", signed_on=day, by_hand=True, by=place.chair)
    ids = [one.pk for one in tree_of(place)]
    found = [count(ids, day, day, ["consents.signed"])["consents.signed"] for day in (yesterday, TODAY)]
    assert found == [1, 2]


@pytest.mark.django_db
@pytest.mark.parametrize("world", [places.voi, places.union])
def test_n_s3_queries_do_not_depend_on_the_organisations_or_the_people(
    world: Callable[[], places.Place], django_assert_max_num_queries: Callable[[int], object]
) -> None:
    place = world()
    units = tree_of(place)
    for more in range(2):
        with django_assert_max_num_queries(24):  # type: ignore[attr-defined]
            all_of(units, NEW_YEAR, TODAY)
        if not more:
            level = Level.LOCAL if place.cells else Level.PRIMARY
            for _n in range(4):
                units.append(trees.below(place.region, level))
                trees.members(units[-1], 2)


@pytest.mark.django_db
def test_n_s3_only_what_is_asked_for_is_counted(django_assert_num_queries: Callable[[int], object]) -> None:
    place = society()
    ids = [place.keeper.pk, *(cell.pk for cell in place.cells)]
    for keys, queries in ((["members.end"], 2), (["members.sex.female", "members.age.under35"], 2),
                          (["came", "came.existing"], 2), (["organizations"], 2), ([], 1)):  # fmt: skip
        with django_assert_num_queries(queries):  # type: ignore[attr-defined]
            assert list(count(ids, NEW_YEAR, TODAY, keys)) == list(keys)


@pytest.mark.django_db
def test_n_s3_a_key_that_the_charter_does_not_have_has_no_figure() -> None:
    place = places.voi()
    keys = ["members.worker_category.teaching", "members.sex.other", "unknown", "members.end"]
    assert count([place.keeper.pk], TODAY, TODAY, keys) == dict(zip(keys, [None, None, None, 0], strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize("world", [places.voi, places.union])
def test_n_s3_every_indicator_has_a_figure_and_a_label_of_its_own(world: Callable[[], places.Place]) -> None:
    place = world()
    for language in ("en", "ru"):
        with override(language):
            offered = indicators_for(place.head.charter)
        labels = [one.label for one in offered.values()]
        assert len(labels) == len(set(labels))
    found = all_of(tree_of(place), NEW_YEAR, TODAY)
    assert {key.split(".")[0] for key, value in found.items() if value is None} <= {"passport"}
    assert offered.keys() == found.keys()


def test_n_s3_indicators_say_their_class_of_data_unit_and_span() -> None:
    def facts(charter: Charter) -> dict[str, tuple[DataClass, Unit, bool]]:
        return {key: (one.data_class, one.unit, one.of_period) for key, one in indicators_for(charter).items()}

    voi, union_ = facts(charters.get("voi")), facts(charters.get("education_union"))
    assert voi["members.disability_group.I"] == (DataClass.HEALTH, Unit.PEOPLE, False)
    assert voi["members.sex.female"] == (DataClass.GENERAL, Unit.PEOPLE, False)
    assert voi["came.existing"] == (DataClass.GENERAL, Unit.PEOPLE, True)
    assert voi["dues.paid"] == (DataClass.MONEY, Unit.ROUBLES, True)
    assert voi["dues.owed"] == (DataClass.MONEY, Unit.ROUBLES, False)
    assert voi["organizations.primary"] == (DataClass.GENERAL, Unit.ORGANIZATIONS, False)
    only = {key.split(".")[0] for key in union_} ^ {key.split(".")[0] for key in voi}
    assert only == {"tickets", "ecards", "passport"}
    assert [key for key in union_ if "disability" in key or key == "members.representatives"] == []
