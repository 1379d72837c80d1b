"""Limits of days, terms and sizes in the kernel: the day before, the day, the day after (N-H2, N-H3, U-2 to U-4)."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from registry import checks
from registry.access import Actor
from registry.accounts.models import Appointment, SavedFilter
from registry.accounts.rules.accounts import check_can_end, check_can_withdraw, check_manages, check_term, is_above
from registry.accounts.rules.filters import MAX_FILTERS
from registry.accounts.transitions import accounts
from registry.accounts.transitions.screens import drop_filter, keep_filter
from registry.days import after_months, after_working_days, is_working
from registry.enums import Level, Role
from registry.errors import NotAllowed, Obstacle
from registry.organizations.enums import BodyKind
from registry.organizations.models import BodySeat, GoverningBody, Organization, OrganizationPassport
from registry.organizations.rules.names import check_is_spelling
from registry.organizations.rules.passports import check_requisites
from registry.organizations.rules.tree import (
    appointment_blockers,
    check_can_merge,
    check_day,
    check_place,
    levels_below,
    with_rest,
)
from registry.organizations.tasks import ending_appointments, ending_seats, passport
from registry.organizations.transitions.charters import change_charter
from registry.organizations.transitions.lifecycle import end
from registry.organizations.transitions.passports import add_body, edit_seat, seat_person
from registry.tasks import Task
from registry.transitions import change
from tests.clock import at
from tests.refusals import refused
from tests.registry import trees

D = dt.date
DAY = dt.timedelta(days=1)
#: Later than the real date of any run; in a leap year, a term of 366 days ends on the same day of the next year.
TODAY = D(2040, 1, 31)
PERSON = {"surname": "Щербаков", "given_name": "Юрий", "patronymic": "Ильич", "email": "", "phone": ""}


def outcome(rule: str, field: str | None) -> AbstractContextManager[Any]:
    """Expect a refusal by the rule at the field, or none if no rule is given."""
    return nullcontext() if field is None else refused(rule, field=field)


@pytest.fixture
def school() -> Organization:
    with at(TODAY):
        return trees.below(trees.below(trees.head(), Level.REGIONAL), Level.PRIMARY)


@pytest.fixture
def chief(school: Organization) -> Actor:
    with at(TODAY):
        assert school.parent is not None
        return trees.officer(school.parent)


# Working days and months


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (D(2040, 3, 1), 1, D(2040, 3, 2)),  # a Thursday, so Friday counts
        (D(2040, 3, 2), 1, D(2040, 3, 5)),  # from Friday to Monday
        (D(2040, 3, 3), 1, D(2040, 3, 5)),
        (D(2040, 3, 5), 10, D(2040, 3, 20)),  # over 8 March, a Thursday
        (D(2024, 12, 28), 1, D(2025, 1, 9)),  # a working Saturday, then days off moved to the New Year holidays
        (D(2025, 4, 30), 1, D(2025, 5, 5)),
        (D(2040, 3, 1), 0, D(2040, 3, 1)),
    ],
)
def test_u5_working_days_begin_with_the_day_after(day: dt.date, count: int, expected: dt.date) -> None:
    assert after_working_days(day, count) == expected


def test_u5_monday_to_friday_are_working_days() -> None:
    week = [D(2040, 3, 12) + n * DAY for n in range(7)]
    assert [is_working(day) for day in week] == [True] * 5 + [False] * 2
    assert [is_working(day) for day in (D(2040, 6, 11), D(2040, 6, 12), D(2040, 6, 13))] == [True, False, True]


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (D(2039, 1, 28), 1, D(2039, 2, 28)),
        (D(2039, 1, 29), 1, D(2039, 2, 28)),
        (D(2040, 1, 29), 1, D(2040, 2, 29)),
        (D(2040, 1, 31), 1, D(2040, 2, 29)),
        (D(2040, 2, 29), 1, D(2040, 3, 29)),
        (D(2040, 2, 29), 12, D(2041, 2, 28)),
        (D(2040, 2, 29), 48, D(2044, 2, 29)),
        (D(2040, 3, 31), 1, D(2040, 4, 30)),
        (D(2040, 11, 30), 1, D(2040, 12, 30)),
        (D(2040, 12, 1), 1, D(2041, 1, 1)),
        (D(2040, 12, 31), 2, D(2041, 2, 28)),
        (D(2040, 12, 31), 0, D(2040, 12, 31)),
    ],
)
def test_k7_a_month_ends_on_the_same_day_or_the_last_one(day: dt.date, count: int, expected: dt.date) -> None:
    assert after_months(day, count) == expected


# Appointments


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        (D(1949, 12, 31), None, "starts_on"),
        (D(1950, 1, 1), None, None),
        (D(2041, 1, 31), None, None),
        (D(2041, 2, 1), None, "starts_on"),
        (TODAY - DAY, TODAY - DAY, "ends_on"),
        (TODAY - DAY, TODAY, None),
        (TODAY, TODAY, None),
        (TODAY + DAY, TODAY, "ends_on"),
        (TODAY + DAY, TODAY + DAY, None),
    ],
)
def test_n_h2_days_of_an_appointment(starts_on: dt.date, ends_on: dt.date | None, field: str | None) -> None:
    with at(TODAY), outcome("N-H2", field):
        check_term(starts_on, ends_on)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        # Another chair is in office from the 10th to the 20th.
        (D(2040, 2, 5), D(2040, 2, 9), None),
        (D(2040, 2, 5), D(2040, 2, 10), "starts_on"),
        (D(2040, 2, 12), D(2040, 2, 14), "starts_on"),
        (D(2040, 2, 20), None, "starts_on"),
        (D(2040, 2, 21), None, None),
    ],
)
def test_n_h2_a_chair_begins_after_the_last_day_of_the_other_and_ends_before_the_first(
    school: Organization, chief: Actor, starts_on: dt.date, ends_on: dt.date | None, field: str | None
) -> None:
    given = {"organization_id": school.pk, "role": Role.CHAIR, "by": chief}
    with at(TODAY):
        accounts.create_account(person=PERSON, starts_on=D(2040, 2, 10), ends_on=D(2040, 2, 20), **given)
        with outcome("N-H2", field):
            accounts.create_account(person={**PERSON, "surname": "Иная"}, starts_on=starts_on, ends_on=ends_on, **given)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("last_day", "field"),
    [
        (D(2040, 1, 9), "last_day"),
        (D(2040, 1, 10), None),
        (TODAY - DAY, None),
        (TODAY + dt.timedelta(days=366 * 6), None),
        (TODAY + dt.timedelta(days=366 * 6 + 1), "last_day"),
    ],
)
def test_n_h2_an_appointment_ends_on_a_day_of_its_own(
    school: Organization, last_day: dt.date, field: str | None
) -> None:
    with at(TODAY), outcome("N-H2", field):
        check_can_end(trees.officer(school, since=D(2040, 1, 10)).appointment, last_day)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_n_h2_an_appointment_is_changed_on_its_last_day_and_not_on_the_next(school: Organization, chief: Actor) -> None:
    with at(TODAY):
        held = trees.officer(school, Role.DEPUTY).appointment
        accounts.dismiss(held.pk, last_day=D(2040, 2, 28), by=chief)  # type: ignore[union-attr]
    with at("2040-02-28T23:59"):
        accounts.dismiss(held.pk, last_day=D(2040, 2, 29), by=chief)  # type: ignore[union-attr]
    with at("2040-03-01T00:00"), refused("N-H2", field=""):
        accounts.dismiss(held.pk, last_day=D(2040, 3, 5), by=chief)  # type: ignore[union-attr]


@pytest.mark.django_db
def test_n_h2_an_appointment_is_withdrawn_on_its_first_day_at_the_latest(school: Organization, chief: Actor) -> None:
    with at(TODAY):
        account = trees.account(school)
        held = accounts.appoint(
            account.pk, organization_id=school.pk, role=Role.REGISTRAR, starts_on=D(2040, 2, 1), by=chief
        )
    with at("2040-02-01T23:59"):
        check_can_withdraw(held)
    with at("2040-02-02T00:00"), refused("N-H2"):
        accounts.withdraw_appointment(held.pk, by=chief)


@pytest.mark.django_db
def test_n_h2_rights_begin_with_the_first_day_and_end_with_the_last(school: Organization, chief: Actor) -> None:
    with at(TODAY):
        account = trees.account(school)
        accounts.appoint(
            account.pk, organization_id=school.pk, role=Role.CHAIR, starts_on=D(2040, 2, 28), ends_on=D(2040, 2, 29),
            by=chief,
        )  # fmt: skip
    days = {
        "2040-02-27T23:59": None,
        "2040-02-28T00:00": Role.CHAIR,
        "2040-02-29T23:59": Role.CHAIR,
        "2040-03-01T00:00": None,
    }
    found = {}
    for moment in days:
        with at(moment):
            found[moment] = Actor.of(account).role
            # Future appointments count as not over.
            not_over = Appointment.objects.not_over().filter(account=account).exists()
            assert not_over == (moment < "2040-03")
    assert found == days


@pytest.mark.django_db
def test_n_h2_the_end_of_an_appointment_is_announced_thirty_days_ahead_and_until_its_day(
    school: Organization, chief: Actor
) -> None:
    with at(TODAY):
        chair = trees.officer(school)
        accounts.create_account(
            organization_id=school.pk, person=PERSON, role=Role.REGISTRAR, starts_on=TODAY, ends_on=D(2040, 4, 30),
            by=chief,
        )  # fmt: skip
        days = [D(2040, 3, 30), D(2040, 3, 31), D(2040, 4, 30), D(2040, 5, 1)]
        assert [len(list(ending_appointments(chair, day))) for day in days] == [0, 1, 1, 0]


@pytest.mark.django_db
def test_n_h2_only_lower_roles_are_given_in_the_own_organisation(school: Organization) -> None:
    with at(TODAY):
        actors = {own: trees.officer(school, own) for own in (Role.CHAIR, Role.DEPUTY, Role.REGISTRAR)}
        found = {own: [role for role in Role if is_above(actor, role, school)] for own, actor in actors.items()}
    workers = [Role.REGISTRAR, Role.COLLECTOR, Role.REVIEWER]
    assert {own: set(roles) for own, roles in found.items()} == {
        Role.CHAIR: {Role.DEPUTY, *workers},
        Role.DEPUTY: set(workers),
        Role.REGISTRAR: set(),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("flag", ["is_superuser", "is_staff"])
@pytest.mark.parametrize(("own", "other", "allowed"), [(0, 0, True), (1, 1, True), (1, 0, True), (0, 1, False)])
def test_n_h2_nobody_manages_an_account_with_more_power(
    school: Organization, flag: str, own: int, other: int, allowed: bool
) -> None:
    with at(TODAY):
        by = trees.officer(school)
        setattr(by.account, flag, bool(own))
        account = trees.account(school, **{flag: bool(other)})
        with nullcontext() if allowed else pytest.raises(NotAllowed):
            check_manages(account, by=by)


# Organisations


@pytest.mark.parametrize(
    ("on", "field"),
    [(D(2040, 1, 9), "on"), (D(2040, 1, 10), None), (TODAY, None), (TODAY + DAY, "on")],
)
def test_n_h3_events_of_an_organisation_are_between_its_founding_and_today(on: dt.date, field: str | None) -> None:
    with at(TODAY), outcome("N-H3", field):
        check_day(Organization(founded_on=D(2040, 1, 10)), on)


@pytest.mark.django_db
def test_n_h3_an_organisation_is_merged_into_one_of_the_same_level_or_a_higher_one(school: Organization) -> None:
    with at(TODAY):
        region = school.parent
        assert region is not None
        other_region = trees.below(region.parent, Level.REGIONAL)  # type: ignore[arg-type]
        other_school = trees.below(other_region, Level.PRIMARY)
        for source, target in ((school, other_school), (school, other_region), (region, other_region)):
            check_can_merge(trees.again(source), trees.again(target), TODAY)
        with refused("N-H3", field="target"):
            check_can_merge(trees.again(region), trees.again(other_school), TODAY)


@pytest.mark.django_db
def test_v_h1_a_subordinate_is_of_a_lower_level(school: Organization) -> None:
    region = school.parent
    assert region is not None
    for parent in (region.parent, region, school):
        assert parent is not None
        known = [level for level in Level if level in parent.charter.levels]
        assert levels_below(parent) == known[known.index(Level(parent.level)) + 1 :]
    with refused("V-H1", field="level"):
        check_place(Level.REGIONAL, region)
    check_place(Level.PRIMARY, region)


@pytest.mark.django_db
@pytest.mark.parametrize(("ends_on", "waits"), [(None, True), (TODAY + DAY, True), (TODAY, True), (TODAY - DAY, False)])
def test_n_h3_an_appointment_blocks_the_end_until_its_last_day_is_over(
    school: Organization, chief: Actor, ends_on: dt.date | None, waits: bool
) -> None:
    with at(TODAY):
        held = trees.officer(school).appointment
        if ends_on is not None:
            accounts.dismiss(held.pk, last_day=ends_on, by=chief)  # type: ignore[union-attr]
        assert len(appointment_blockers(school, chief)) == waits


def test_n_h3_ten_blocking_records_are_named_and_the_rest_counted() -> None:
    lines = [Obstacle(str(number)) for number in range(10)]
    assert with_rest(lines, 10) == lines
    assert len(with_rest(lines, 11)) == 11


@pytest.mark.django_db
def test_n_h3_the_end_of_an_organisation_ends_current_appointments(school: Organization, chief: Actor) -> None:
    on = D(2040, 1, 20)
    with at(TODAY):
        body = GoverningBody.objects.create(organization=school, kind=BodyKind.COMMITTEE, name="Профком")
        seats = {
            "before": (on - DAY, None, on),
            "on the day": (on, None, on),
            "later": (on + DAY, None, None),
            "over": (on - 9 * DAY, on - DAY, on - DAY),
            "ends that day": (on - 9 * DAY, on, on),
            "ends later": (on - 9 * DAY, on + DAY, on),
        }
        for name, (since, until, _expected) in seats.items():
            BodySeat.objects.create(body=body, full_name=name, since=since, until=until)
        roles = {
            Role.CHAIR: (on - 9 * DAY, None, on - DAY),
            Role.DEPUTY: (on - DAY, None, on - DAY),
            Role.REGISTRAR: (on, None, on),
            Role.COLLECTOR: (on - 9 * DAY, on, on - DAY),
            Role.REVIEWER: (on - 9 * DAY, on - 2 * DAY, on - 2 * DAY),
        }
        for role, (starts_on, ends_on, _expected) in roles.items():
            Appointment.objects.create(
                account=trees.account(school), organization=school, role=role, starts_on=starts_on, ends_on=ends_on
            )
        later = trees.officer(school, Role.ADMINISTRATOR, since=on + DAY).appointment
        with change(by=chief, rule="N-H3", event="organization.liquidated") as act:
            end(act, trees.again(school), on=on)
            act.about(school, organization=school)
    assert dict(body.seats.values_list("full_name", "until")) == {name: row[2] for name, row in seats.items()}
    found = Appointment.objects.filter(organization=school)
    assert dict(found.values_list("role", "ends_on")) == {role: row[2] for role, row in roles.items()}
    assert not found.filter(pk=later.pk).exists()  # type: ignore[union-attr]


# Bodies


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (TODAY, None, None),
        (TODAY + DAY, None, "since"),
        (TODAY, TODAY, None),
        (TODAY, TODAY - DAY, "until"),
        # The same person already has a seat from the 10th to the 20th.
        (D(2040, 1, 5), D(2040, 1, 9), None),
        (D(2040, 1, 5), D(2040, 1, 10), "full_name"),
        (D(2040, 1, 20), None, "full_name"),
        (D(2040, 1, 21), None, None),
    ],
)
def test_u4_days_of_a_seat(school: Organization, since: dt.date, until: dt.date | None, field: str | None) -> None:
    name = "Ким Л. В."
    with at(TODAY):
        chair = trees.officer(school)
        body = add_body(school.pk, kind=BodyKind.COMMITTEE, name="Профком", by=chair)
        seat_person(body.pk, full_name=name, since=D(2040, 1, 10), until=D(2040, 1, 20), by=chair)
        with outcome("U-4", field):
            seat_person(body.pk, full_name=name, since=since, until=until, by=chair)
        other = seat_person(body.pk, full_name="Иная", since=D(2039, 1, 1), by=chair)
        with outcome("U-4", field):
            # Delete the seat of the first attempt, if it was allowed.
            body.seats.filter(full_name=name, since=since).exclude(since=D(2040, 1, 10)).delete()
            edit_seat(other.pk, full_name=name, since=since, until=until, duty="", minutes="", by=chair)


@pytest.mark.django_db
def test_n_s2_an_election_is_due_from_sixty_days_before_the_last_day_of_a_seat(school: Organization) -> None:
    with at(TODAY):
        chair = trees.officer(school)
        body = add_body(school.pk, kind=BodyKind.COMMITTEE, name="Профком", by=chair)
        seat_person(body.pk, full_name="Ким Л. В.", since=TODAY, until=D(2040, 4, 30), by=chair)
        days = {
            TODAY - DAY: [],  # elected, but not yet in office
            D(2040, 2, 29): [],
            D(2040, 3, 1): [D(2040, 4, 30)],
            D(2040, 4, 30): [D(2040, 4, 30)],
            D(2040, 5, 1): [D(2040, 4, 30)],
        }
        assert {day: [task.due for task in ending_seats(chair, day)] for day in days} == days
        # A successor ends the task, but only from the first day of the new term.
        seat_person(body.pk, full_name="Иная", since=TODAY, by=chair)
        edit_seat(
            body.seats.get(full_name="Иная").pk,
            full_name="Иная",
            since=TODAY,
            until=None,
            duty="",
            minutes="",
            by=chair,
        )
        assert [len(list(ending_seats(chair, day))) for day in (D(2040, 4, 30), D(2040, 5, 1))] == [1, 0]


@pytest.mark.django_db
def test_n_s2_a_body_is_without_people_before_the_first_day_of_the_next_term(school: Organization) -> None:
    with at(D(2040, 5, 10)):
        chair = trees.officer(school)
        body = add_body(school.pk, kind=BodyKind.COMMITTEE, name="Профком", by=chair)
        seat_person(body.pk, full_name="Ким Л. В.", since=TODAY, until=D(2040, 4, 30), by=chair)
        seat_person(body.pk, full_name="Иная", since=D(2040, 5, 5), by=chair)
        days = {D(2040, 5, 4): 1, D(2040, 5, 5): 0}
        assert {day: len(list(ending_seats(chair, day))) for day in days} == days


# Requisites, names, sizes


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"founded_on": TODAY}, None),
        ({"founded_on": TODAY + DAY}, "founded_on"),
        ({"founded_on": D(1900, 1, 1)}, None),
        ({"founded_on": D(1899, 12, 31)}, "founded_on"),
        ({"chair_elected_on": TODAY, "chair_until": TODAY}, None),
        ({"chair_elected_on": TODAY, "chair_until": TODAY - DAY}, "chair_until"),
        ({"agreement_on": TODAY, "agreement_until": TODAY}, None),
        ({"agreement_on": TODAY, "agreement_until": TODAY - DAY}, "agreement_until"),
        ({"inn": "7707083893"}, None),
        ({"inn": "500100732259"}, "inn"),
    ],
)
def test_u4_days_and_requisites_of_a_passport(values: dict[str, Any], field: str | None) -> None:
    with at(TODAY), outcome("U-4", field):
        check_requisites(values)


@pytest.mark.django_db
def test_u4_the_passport_is_asked_for_below_a_hundred_percent(school: Organization) -> None:
    with at(TODAY):
        chair = trees.officer(school)
        row = OrganizationPassport.objects.get_or_create(organization=school)[0]
        found = {}
        for percent in (0, 99, 100):
            row.completeness = percent
            row.save()
            actor = Actor(chair.account, Appointment.objects.get(pk=chair.appointment.pk))  # type: ignore[union-attr]
            found[percent] = len(list(passport(actor, TODAY)))
    assert found == {0: 1, 99: 1, 100: 0}


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        # Allowed errors in a word: none up to two letters, one up to five, two up to ten, three in longer words.
        ("на", "не", False),
        ("сад", "сат", True),
        ("школа", "шкала", True),
        ("школа", "шкалы", False),
        ("гимназ", "гемназ", True),
        ("гимназ", "гемнас", True),
        ("гимназ", "гемнос", False),
        ("профсоюзов", "прафсаюзов", True),
        ("профсоюзов", "прафсаюзав", False),
        ("организация", "арганезацея", True),
        ("организация", "арганезоцея", False),
        # Two swapped neighbouring letters count as one error.
        ("сад", "асд", True),
        ("сад", "сда", True),
        ("дсад", "дасд", True),
        ("сад", "дса", False),
        ("садсдад", "сад", False),
        # One of two or three words may be misspelt, and two of four.
        ("школа города", "шкала города", True),
        ("школа города", "шкала горада", False),
        ("школа города тулы", "шкала горада тулы", False),
        ("школа города тулы южная", "шкала горада тулы южная", True),
        ("школа города тулы южная", "шкала горада тула южная", False),
        ("школа № 14", "школа № 15", False),
    ],
)
def test_u3_what_counts_as_a_misspelling(old: str, new: str, allowed: bool) -> None:
    with outcome("U-3", None if allowed else "full_name"):
        check_is_spelling(old, new)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"minimum_age": -1}, "minimum_age"),
        ({"minimum_age": 0}, None),
        ({"minimum_age": 99}, None),
        ({"minimum_age": 100}, "minimum_age"),
        ({"retention_years": 0}, "retention_years"),
        ({"retention_years": 1}, None),
        ({"retention_years": 75}, None),
        ({"retention_years": 76}, "retention_years"),
    ],
)
def test_u5a_numbers_of_a_charter_have_bounds(school: Organization, values: dict[str, int], field: str | None) -> None:
    with outcome("U-5a", field):
        changed = change_charter(school.federation_id, values=values, by=trees.INSTALLATION)
        assert {name: getattr(changed.charter, name) for name in values} == values


@pytest.mark.django_db
def test_n_s2_the_number_of_saved_filters_is_limited(school: Organization) -> None:
    with at(TODAY):
        chair = trees.officer(school)
        for number in range(MAX_FILTERS):
            keep_filter("members", f"Отбор {number}", {"q": "а"}, by=chair)
        with refused("N-S2", field="name"):
            keep_filter("members", "Ещё один", {"q": "а"}, by=chair)
        # Saving under the same name replaces it.
        keep_filter("members", "Отбор 0", {"q": "б"}, by=chair)
        drop_filter(SavedFilter.objects.get(name="Отбор 1").pk, by=chair)
        left = SavedFilter.objects.order_by("pk").values_list("name", flat=True)
        assert list(left) == [f"Отбор {number}" for number in range(MAX_FILTERS) if number != 1]


def test_n_s2_the_tone_of_a_term_changes_on_its_day() -> None:
    with at(TODAY):
        tones = {days: Task("", due=TODAY + days * DAY).tone for days in (-1, 0, 1, 10, 11)}
        assert tones == {-1: "bad", 0: "bad", 1: "warn", 10: "warn", 11: "info"}
        terms = [Task("", due=TODAY + days * DAY).term for days in (-2, -1, 0, 1)]
        assert terms == ["просрочено на 2 дня", "просрочено на 1 день", "сегодня", "1 день"]


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        # Numbers up to 001-001-998 have no check digits.
        (checks.parse_snils, "00100199800", None),
        (checks.parse_snils, "00100199900", "snils_check"),
        (checks.parse_snils, "001001999" + checks.snils_check_digits("001001999"), None),
        (checks.parse_snils, "00000000100", None),
        (checks.parse_snils, "00000000000", "snils_check"),
        (checks.parse_phone, "4995", "phone_form"),
        (checks.parse_phone, "49952", None),
        (checks.parse_phone, "2349952", None),
        (checks.parse_phone, "22349952", "phone_form"),
        (checks.parse_phone, "+79952342006", None),
        (checks.parse_phone, "++79952342006", "phone_form"),
        # If the remainder is ten, it is computed again with other weights.
        (checks.parse_okpo, "00000035", None),
    ],
)
def test_numbers_at_the_limits_of_their_fields(parse: Any, text: str, code: str | None) -> None:
    if code is None:
        parse(text)
        return
    with pytest.raises(checks.CheckFailed) as failed:
        parse(text)
    assert failed.value.code == code
