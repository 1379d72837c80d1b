"""Limits of ages and dates of people, their papers, mandates and marks (V-A1, V-A4, V-B1, V-B5, V-B10, V-B13, U-5a)."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from members.admission.enums import CopyKind
from members.admission.models import Representation
from members.admission.rules.applications import check_copies, check_eligible
from members.admission.rules.representations import check_can_end, check_ward, ends_on, holds_on
from members.admission.transitions.representations import add_representation
from members.book.enums import EndReason
from members.book.models import Registration
from members.movement.enums import PaperCard
from members.movement.rules.erasing import due_for_erasing
from members.movement.rules.leaving import check_day as check_day_of_leaving
from members.movement.rules.leaving import erase_after
from members.movement.transitions.erasing import erase, forget_records
from members.movement.transitions.leaving import deregister
from members.people.enums import MarkKind
from members.people.models import Member
from members.people.rules.duplicates import same_in_list
from members.people.rules.entries import check_entry
from members.people.rules.fields import length_of, normalise
from members.people.rules.marks import check_mark
from members.people.rules.person import (
    decided_here,
    grown_up,
    kept_since,
    outlived_at,
    person_violations,
    undecided_joining,
    years_after,
)
from members.people.transitions.marks import add_mark, end_absence
from members.reconciliation.tasks import days_ahead
from registry.charters import get as charter_of
from registry.days import whole_years
from registry.organizations.models import Organization
from tests.clock import at, moment
from tests.members import places
from tests.refusals import refused

D = dt.date
DAY = dt.timedelta(days=1)
#: Later than the real date of any run of the suite.
TODAY = D(2040, 3, 1)
VOI, UNION = charter_of("voi"), charter_of("education_union")


def outcome(rule: str, field: str | None) -> AbstractContextManager[Any]:
    """Expect a refusal by the rule at the field, or none if no rule is given."""
    return nullcontext() if field is None else refused(rule, field=field)


def wrong(charter: Any = VOI, **values: Any) -> list[tuple[str, str]]:
    """Return rule and field of every violation by this person today."""
    known = {"surname": "Ким", "given_name": "Лев", "birth_date": D(1980, 5, 5), **values}
    return [(violation.rule, violation.field) for violation in person_violations(known, charter, TODAY)[1]]


# Ages


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (D(2000, 3, 1), D(2018, 2, 28), 17),
        (D(2000, 3, 1), D(2018, 3, 1), 18),
        (D(2000, 3, 1), D(2018, 3, 2), 18),
        (D(2000, 2, 29), D(2018, 2, 28), 17),
        (D(2000, 2, 29), D(2018, 3, 1), 18),
        (D(2000, 2, 29), D(2020, 2, 28), 19),
        (D(2000, 2, 29), D(2020, 2, 29), 20),
        (D(2000, 12, 31), D(2001, 1, 1), 0),
        (D(2000, 12, 31), D(2001, 12, 31), 1),
    ],
)
def test_full_years_on_a_day(born: dt.date, day: dt.date, age: int) -> None:
    assert whole_years(born, day) == age
    assert whole_years(born, day) == age
    # The age is reached on the birthday itself, not before.
    assert (years_after(born, age) <= day, years_after(born, age + 1) <= day) == (True, False)


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (D(2000, 2, 29), 4, D(2004, 2, 29)),
        (D(2000, 2, 29), 18, D(2018, 3, 1)),
        (D(2000, 2, 28), 18, D(2018, 2, 28)),
        (D(9981, 5, 5), 18, D(9999, 5, 5)),
        (D(9982, 5, 5), 18, dt.date.max),
    ],
)
def test_the_same_day_years_later(day: dt.date, years: int, expected: dt.date) -> None:
    assert years_after(day, years) == expected


@pytest.mark.parametrize(("charter", "age"), [(VOI, 18), (UNION, 14)], ids=["society", "union"])
def test_v_a1_members_have_the_minimum_age_of_the_charter(charter: Any, age: int) -> None:
    birthday = TODAY.replace(year=TODAY.year - age)
    found = {days: wrong(charter, birth_date=birthday + days * DAY) for days in (-1, 0, 1)}
    assert found == {-1: [], 0: [], 1: [("V-A1", "birth_date")]}
    values = {"category": "disabled", "citizenship": "РФ"}
    for days, field in ((0, None), (1, "birth_date")):
        with outcome("V-A1", field):
            check_eligible({**values, "birth_date": birthday + days * DAY}, charter, TODAY)
    # Also on the day of joining.
    for days, expected in ((-1, [("V-A1", "joined_on")]), (0, [])):
        joined_on = D(2039, 12, 1)
        born = joined_on.replace(year=joined_on.year - age)
        assert wrong(charter, birth_date=born, joined_on=joined_on + days * DAY) == expected


@pytest.mark.parametrize(
    ("joined_on", "born", "expected"),
    [
        # For joining within the last 366 days, the age on that day counts; earlier dates are accepted …
        (TODAY - 366 * DAY, D(2021, 6, 1), ["joined_on"]),
        (TODAY - 367 * DAY, D(2021, 6, 1), []),
        # … unless the person is still too young today.
        (TODAY - 800 * DAY, TODAY.replace(year=2022), []),
        (TODAY - 800 * DAY, TODAY.replace(year=2022) + DAY, ["joined_on"]),
        (TODAY, D(1980, 5, 5), []),
        (TODAY + DAY, D(1980, 5, 5), ["joined_on"]),
        (D(1980, 5, 5), D(1980, 5, 5), []),
        (D(1980, 5, 4), D(1980, 5, 5), ["joined_on"]),
    ],
)
def test_v_a1_the_day_of_joining(joined_on: dt.date, born: dt.date, expected: list[str]) -> None:
    found = wrong(birth_date=born, joined_on=joined_on)
    assert found == [("V-A1", field) for field in expected]


def test_v_a1_of_a_joining_known_by_its_year_the_last_day_counts() -> None:
    known = {"birth_date": D(1980, 12, 31), "joined_on": D(1980, 1, 1)}
    assert wrong(**known, joined_year_only=True) == []
    assert wrong(**known) == [("V-A1", "joined_on")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"birth_date": TODAY}, [("V-A1", "birth_date")]),
        ({"birth_date": TODAY + DAY}, [("U-5a", "birth_date")]),
        # An age of 120 is accepted up to the day before the next birthday.
        ({"birth_date": D(1919, 3, 2)}, []),
        ({"birth_date": D(1919, 3, 1)}, [("U-5a", "birth_date")]),
        ({"registered_on": TODAY}, []),
        ({"registered_on": TODAY + DAY}, [("V-B1", "registered_on")]),
        ({"joined_on": D(2020, 5, 5), "registered_on": D(2020, 5, 5)}, []),
        ({"joined_on": D(2020, 5, 5), "registered_on": D(2020, 5, 4)}, [("V-B1", "registered_on")]),
        ({"joined_on": D(2020, 5, 5), "registered_on": D(2020, 1, 1), "joined_year_only": True}, []),
        (
            {"joined_on": D(2020, 5, 5), "registered_on": D(2019, 12, 31), "joined_year_only": True},
            [("V-B1", "registered_on")],
        ),
        ({"registered_on": D(2020, 5, 5), "minutes_date": D(2020, 5, 5)}, []),
        ({"registered_on": D(2020, 5, 4), "minutes_date": D(2020, 5, 5)}, [("V-B1", "minutes_date")]),
        ({"minutes_date": TODAY}, []),
        ({"minutes_date": TODAY + DAY}, [("V-B1", "minutes_date")]),
        ({"hired_on": TODAY}, []),
        ({"hired_on": TODAY + DAY}, [("U-5a", "hired_on")]),
        ({"hired_on": D(1980, 5, 5)}, []),
        ({"hired_on": D(1980, 5, 4)}, [("U-5a", "hired_on")]),
        ({"paper_issued_on": TODAY}, []),
        ({"paper_issued_on": TODAY + DAY}, [("U-5a", "paper_issued_on")]),
        ({"paper_issued_on": D(1980, 5, 5)}, []),
        ({"paper_issued_on": D(1980, 5, 4)}, [("U-5a", "paper_issued_on")]),
        # Passports are issued from the fourteenth birthday.
        ({"paper_kind": "passport", "paper_issued_on": D(1994, 5, 4)}, [("U-5a", "paper_issued_on")]),
        ({"paper_kind": "passport", "paper_issued_on": D(1994, 5, 5)}, []),
        ({"paper_kind": "passport", "paper_issued_on": D(1980, 5, 5)}, [("U-5a", "paper_issued_on")]),
        ({"paper_kind": "passport", "paper_issued_on": D(1980, 5, 4)}, [("U-5a", "paper_issued_on")]),
        ({"certificate_issued_on": D(2039, 5, 5), "certificate_expires_on": D(2039, 5, 5)}, []),
        (
            {"certificate_issued_on": D(2039, 5, 5), "certificate_expires_on": D(2039, 5, 4)},
            [("V-B2", "certificate_expires_on")],
        ),
        ({"experience": -1}, [("U-5a", "experience")]),
        ({"experience": 0}, []),
        ({"experience": 80}, []),
        ({"experience": 81}, [("U-5a", "experience")]),
        ({"experience": 20, "teaching_experience": 20}, []),
        ({"experience": 20, "teaching_experience": 21}, [("U-5a", "teaching_experience")]),
    ],
)
def test_days_and_numbers_of_a_card(values: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert wrong(**values) == expected


def test_u_5a_texts_have_a_maximum_length() -> None:
    longest = length_of("surname") or 0
    for length, expected in ((longest, []), (longest + 1, ["U-5a"])):
        values = {"surname": "К" * length}
        assert [violation.rule for violation in normalise(values, VOI)[1]] == expected


def test_practice_9_a_passport_is_outdated_ninety_days_after_the_birthdays_of_20_and_45() -> None:
    born = D(2020, 2, 29)
    for age in (20, 45):
        birthday = years_after(born, age)
        values = {"birth_date": born, "paper_kind": "passport"}
        for issued, days, expected in (
            (birthday - DAY, 90, None),
            (birthday - DAY, 91, age),
            (birthday, 91, None),
        ):
            found = outlived_at({**values, "paper_issued_on": issued}, birthday + days * DAY)
            assert (age, issued, days, found) == (age, issued, days, expected)


def test_v_a1_the_group_disabled_child_ends_the_day_before_the_eighteenth_birthday() -> None:
    child = {"disability_group": "child", "category": "disabled", "birth_date": D(2022, 3, 1)}
    assert grown_up(child, D(2040, 2, 29)) == []
    assert [(v.rule, v.field) for v in grown_up(child, D(2040, 3, 1))] == [("V-A1", "disability_group")]


def test_patronymics_distinguish_people_of_one_list() -> None:
    one = {"surname": "Ким", "given_name": "Лев", "birth_date": D(1980, 5, 5)}
    pairs = {("Ильич", "Ильич"): True, ("Ильич", ""): True, ("", ""): True, ("Ильич", "Иванович"): False}
    for (first, second), same in pairs.items():
        found = same_in_list([{**one, "patronymic": first}, {**one, "patronymic": second}])
        assert bool(found) == same


def test_v_b1_no_decision_is_needed_for_joining_up_to_the_first_day_of_the_registry() -> None:
    place = Organization(created_at=moment("2040-01-10T00:30"))
    assert kept_since(place) == D(2040, 1, 10)
    for day, expected in ((D(2040, 1, 10), []), (D(2040, 1, 11), ["minutes_number"])):
        assert [v.field for v in undecided_joining({"joined_on": day}, place)] == expected
        decision = {"minutes_number": "1", "minutes_date": day}
        assert decided_here(decision, place) == bool(expected)
        assert undecided_joining({"joined_on": day, **decision}, place) == []
        assert [v.field for v in undecided_joining({"joined_on": day + DAY, **decision}, place)] == ["minutes_date"]


def test_v_a4_all_papers_may_be_seen_and_no_others() -> None:
    assert check_copies(reversed(CopyKind.values)) == CopyKind.values
    with refused("V-A4", field="copies"):
        check_copies([*CopyKind.values, "passport"])


# Mandates


def ward(**values: Any) -> Representation:
    return Representation(
        **{"birth_date": D(2022, 3, 1), "mandate_kind": "guardianship", "mandate_issued_on": D(2025, 1, 1), **values}
    )


@pytest.mark.parametrize(
    ("values", "last_day", "ends"),
    [
        ({"mandate_until": D(2039, 5, 5)}, D(2039, 5, 5), D(2039, 5, 5)),
        # A birth certificate is no proof after the child comes of age.
        ({"mandate_kind": "birth_certificate"}, D(2040, 2, 29), D(2040, 3, 1)),
        ({"mandate_kind": "birth_certificate", "birth_date": D(2024, 2, 29)}, D(2042, 2, 28), D(2042, 3, 1)),
        ({"mandate_kind": "birth_certificate", "mandate_until": D(2040, 3, 1)}, D(2040, 2, 29), D(2040, 3, 1)),
        # Trusteeship of a child ends then, that of an adult continues.
        ({"mandate_kind": "trusteeship", "mandate_issued_on": D(2040, 2, 29)}, D(2040, 2, 29), D(2040, 3, 1)),
        ({"mandate_kind": "trusteeship", "mandate_issued_on": D(2040, 3, 1)}, None, None),
        ({}, None, None),
    ],
)
def test_v_a1_a_mandate_holds_to_its_last_day(
    values: dict[str, Any], last_day: dt.date | None, ends: dt.date | None
) -> None:
    one = ward(**values)
    assert ends_on(one) == ends
    if last_day is None:
        assert holds_on(one, D(2090, 1, 1))
    else:
        assert (holds_on(one, last_day), holds_on(one, last_day + DAY)) == (True, False)


@pytest.mark.parametrize(
    ("values", "rule", "field"),
    [
        ({"mandate_issued_on": D(2029, 12, 31)}, "V-A4", "mandate_issued_on"),
        ({"mandate_issued_on": D(2030, 1, 1)}, "", None),
        ({"mandate_issued_on": TODAY}, "", None),
        ({"mandate_issued_on": TODAY + DAY}, "V-A4", "mandate_issued_on"),
        ({"consent_signed_on": D(2029, 12, 31)}, "V-A4", "consent_signed_on"),
        ({"consent_signed_on": D(2030, 1, 1)}, "", None),
        ({"consent_signed_on": TODAY}, "", None),
        ({"consent_signed_on": TODAY + DAY}, "V-A4", "consent_signed_on"),
        ({"mandate_until": TODAY - DAY}, "V-A1", "mandate_until"),
        ({"mandate_until": TODAY}, "", None),
        ({"mandate_issued_on": TODAY, "mandate_until": TODAY}, "", None),
        ({"birth_date": D(2022, 3, 2), "mandate_kind": "birth_certificate"}, "", None),
        ({"birth_date": D(2022, 3, 1), "mandate_kind": "birth_certificate"}, "V-A1", "mandate_kind"),
        ({"mandate_number": "1" * 300}, "", None),
        ({"mandate_number": "1" * 301}, "V-A4", "mandate_number"),
    ],
)
def test_v_a4_days_of_a_mandate(values: dict[str, Any], rule: str, field: str | None) -> None:
    known = {"surname": "Ромашкин", "given_name": "Тимофей", "birth_date": D(2030, 1, 1), **values}
    with outcome(rule, field):
        check_ward(known, VOI, TODAY, representative={"surname": "Ким", "given_name": "Лев"})


@pytest.mark.parametrize(
    ("on", "issued", "field"),
    [
        (D(2029, 12, 31), D(2030, 1, 1), "on"),
        (D(2030, 1, 1), D(2030, 1, 1), None),
        (D(2022, 2, 28), None, "on"),
        (D(2022, 3, 1), None, None),
        (TODAY, D(2030, 1, 1), None),
        (TODAY + DAY, D(2030, 1, 1), "on"),
        (None, D(2030, 1, 1), "on"),
    ],
)
def test_v_a1_the_ground_of_a_mandate_ends_between_its_paper_and_today(
    on: dt.date | None, issued: dt.date | None, field: str | None
) -> None:
    with outcome("V-A1", field):
        check_can_end(ward(mandate_issued_on=issued), on, TODAY)


@pytest.mark.django_db
def test_practice_4_7_dates_are_announced_sixty_and_thirty_days_ahead_and_as_passed_on_the_next_day() -> None:
    place, last_day = places.voi(), D(2040, 4, 30)
    with at(TODAY - 60 * DAY):
        member = place.put(certificate_expires_on=last_day)
        add_mark(member.pk, kind=MarkKind.TRIP, text="в пути", on=D(2039, 12, 31), until=last_day, by=place.chair)
        values = {
            "surname": "Ромашкин", "given_name": "Тимофей", "birth_date": D(2022, 4, 30),
            "mandate_kind": "guardianship", "mandate_until": last_day,
        }  # fmt: skip
        guardian = place.put(
            surname="Опекун", snils="", ticket_number="2", category="guardian", disability_group="", disability_cause=""
        )
        add_representation(member_id=guardian.pk, values=values, by=place.chair)
    texts = {}
    for day in (D(2040, 2, 29), D(2040, 3, 1), D(2040, 4, 30), D(2040, 5, 1)):
        found = list(days_ahead(place.chair, day))
        assert {task.due for task in found} <= {last_day}
        texts[day] = sorted(task.text for task in found)
    assert [len(found) for found in texts.values()] == [0, 4, 4, 4]
    # Once more thirty days ahead: the days left are shown with a number of people, but not with one person.
    with at(TODAY):
        place.put(surname="Вторая", snils="", ticket_number="3", certificate_expires_on=last_day)
    with translation.override("en"):
        said = {
            day: [task.detail for task in days_ahead(place.chair, day) if task.detail]
            for day in (D(2040, 3, 30), D(2040, 3, 31), D(2040, 4, 30))
        }
    assert said == {
        D(2040, 3, 30): ["2 members, in the next 60 days"],
        D(2040, 3, 31): ["2 members, in the next 30 days"],
        D(2040, 4, 30): ["2 members, in the next 30 days"],
    }
    assert texts[D(2040, 3, 1)] == texts[D(2040, 4, 30)]
    assert set(texts[D(2040, 4, 30)]) & set(texts[D(2040, 5, 1)]) == set()


# Entries and marks


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("award", {"year": 1919}, "year"),
        ("award", {"year": 1920}, None),
        ("award", {"year": 2041}, None),
        ("award", {"year": 2042}, "year"),
        ("aid", {"amount": Decimal("-0.01")}, "amount"),
        ("aid", {"amount": Decimal(0)}, None),
        ("office", {"started_on": D(2039, 5, 5), "ended_on": D(2039, 5, 5)}, None),
        ("office", {"started_on": D(2039, 5, 5), "ended_on": D(2039, 5, 4)}, "ended_on"),
        ("award", {"title": "Г" * 300}, None),
        ("award", {"title": "Г" * 301}, "title"),
    ],
)
def test_u_5a_numbers_and_days_of_an_entry(kind: str, values: dict[str, Any], field: str | None) -> None:
    columns = ("title", *(name for name in values if name != "title"))
    entry = next(iter(UNION.entries))
    own = type(entry)(key=kind, title="", columns=columns)
    with outcome("U-5a", field):
        check_entry(own, {"title": "Грамота", **values}, TODAY)


@pytest.mark.parametrize(
    ("changed", "rule", "field"),
    [
        ({"text": "м" * 1000}, "", None),
        ({"text": "м" * 1001}, "V-B13", "text"),
        ({"on": TODAY}, "", None),
        ({"on": TODAY + DAY}, "V-B13", "on"),
        ({"on": D(1980, 5, 5)}, "", None),
        ({"on": D(1980, 5, 4)}, "V-B13", "on"),
        ({"kind": MarkKind.TRIP, "on": D(2019, 3, 12)}, "", None),
        ({"kind": MarkKind.TRIP, "on": D(2019, 3, 11)}, "V-B13", "on"),
        ({"on": D(2039, 5, 5), "until": D(2039, 5, 5)}, "", None),
        ({"on": D(2039, 5, 5), "until": D(2039, 5, 4)}, "V-B13", "until"),
    ],
)
def test_v_b13_days_of_a_mark(changed: dict[str, Any], rule: str, field: str | None) -> None:
    values = {"kind": MarkKind.OTHER, "text": "отметка", "on": TODAY, "until": None, **changed}
    with at(TODAY), outcome(rule, field):
        check_mark(Member(birth_date=D(1980, 5, 5), joined_on=D(2019, 3, 12)), **values)


@pytest.mark.django_db
def test_v_b5_an_absence_ends_between_its_beginning_and_today() -> None:
    place = places.voi()
    with at(TODAY):
        member = place.put()
        for number, (on, field) in enumerate(
            [(D(2040, 2, 9), "on"), (D(2040, 2, 10), None), (TODAY, None), (TODAY + DAY, "on")]
        ):
            mark = add_mark(member.pk, kind=MarkKind.STUDY, text=f"курс {number}", on=D(2040, 2, 10), by=place.chair)
            with outcome("V-B5", field):
                end_absence(mark.pk, on=on, by=place.chair)


# Leaving, and the retention of a card


@pytest.mark.parametrize(
    ("on", "field"),
    [
        (D(2020, 5, 4), "on"),
        (D(2020, 5, 5), None),
        (TODAY, None),
        (TODAY + DAY, "on"),
    ],
)
def test_v_b10_the_day_of_leaving(on: dt.date, field: str | None) -> None:
    with at(TODAY), outcome("V-B10", field):
        check_day_of_leaving(Member(birth_date=D(1980, 5, 5)), Registration(started_on=D(2020, 5, 5)), on)


def test_v_b10_nobody_leaves_before_the_birth() -> None:
    registration = Registration(started_on=D(1980, 5, 4))
    for on, field in ((D(1980, 5, 4), "on"), (D(1980, 5, 5), None)):
        with at(TODAY), outcome("V-B10", field):
            check_day_of_leaving(Member(birth_date=D(1980, 5, 5)), registration, on)


@pytest.mark.parametrize(
    ("on", "left", "excluded"),
    [
        (D(2040, 2, 29), D(2043, 2, 28), D(2043, 3, 29)),
        (D(2040, 1, 31), D(2043, 1, 31), D(2043, 2, 28)),
        (D(2040, 12, 31), D(2043, 12, 31), D(2044, 1, 31)),
    ],
)
@pytest.mark.parametrize("charter", [VOI, UNION], ids=["society", "union"])
def test_v_b14_a_card_is_kept_for_three_years_and_the_month_of_appeal_where_there_is_one(
    charter: Any, on: dt.date, left: dt.date, excluded: dt.date
) -> None:
    assert [erase_after(charter, state, on) for state in ("left", "deceased", "excluded")] == [left, left, excluded]


@pytest.mark.django_db
@pytest.mark.parametrize("reason", [EndReason.DEATH, EndReason.OWN_WISH])
def test_v_b14_a_card_is_destroyed_from_the_day_after_its_term_and_the_record_three_years_later(reason: str) -> None:
    place = places.voi()
    with at("2040-02-29"):
        member = place.put()
        deregister(
            member.pk,
            reason=reason,
            on=D(2040, 2, 29),
            paper="свидетельство",
            paper_card=PaperCard.TAKEN,
            by=place.chair,
        )
    days = (D(2043, 2, 27), D(2043, 2, 28))
    assert [due_for_erasing(place.keeper, day).count() for day in days] == [0, 1]
    with at("2043-02-27T23:59"), refused("V-B14"):
        erase(member.pk, by=place.chair)
    with at("2043-02-28T00:00"):
        record = erase(member.pk, by=place.chair)
    assert record.keep_until == D(2046, 2, 28)
    for day, gone in (("2046-02-28T23:59", 0), ("2046-03-01T00:00", 1)):
        with at(day):
            assert forget_records() == gone
