"""Continuous membership is counted across transfers and restorations (V-B9, V-B14)."""

from __future__ import annotations

import datetime as dt

import pytest

from members.book.enums import EndReason
from members.book.models import Registration
from members.people.models import Member
from members.people.rules.seniority import member_since
from registry.days import whole_years

JOINED = dt.date(2001, 3, 1)


def stays(*endings: str) -> list[Registration]:
    """Return consecutive registrations of five years each with these endings; an empty ending means that it is open."""
    return [
        Registration(
            started_on=dt.date(2001 + 5 * at, 3, 1),
            ended_on=dt.date(2006 + 5 * at, 2, 1) if ending else None,
            end_reason=ending,
        )
        for at, ending in enumerate(endings)
    ]


@pytest.mark.parametrize(
    ("endings", "year"),
    [
        ((), 2001),
        (("",), 2001),
        ((EndReason.DEPARTURE, ""), 2001),
        ((EndReason.DEPARTURE, EndReason.MERGER, ""), 2001),
        ((EndReason.OWN_WISH, ""), 2006),
        ((EndReason.EXCLUSION, EndReason.DEPARTURE, ""), 2006),
        ((EndReason.DEPARTURE, EndReason.OWN_WISH, ""), 2011),
    ],
)
def test_v_b9_membership_lasts_across_transfers_and_restarts_after_a_break(endings: tuple[str, ...], year: int) -> None:
    assert member_since(Member(joined_on=JOINED), stays(*endings)) == dt.date(year, 3, 1)


def test_v_b9_only_whole_years_count() -> None:
    assert [whole_years(dt.date(2001, 3, 1), dt.date(2016, m, d)) for m, d in ((2, 28), (3, 1))] == [14, 15]
