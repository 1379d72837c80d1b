"""Periods of reports: stored texts, first and last days, names, and the previous period (N-S3)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from registry.campaigns.enums import PeriodKind
from registry.campaigns.periods import Period, PeriodError

DAY = dt.date
YEAR, HALF, QUARTER, MONTH = PeriodKind.YEAR, PeriodKind.HALF, PeriodKind.QUARTER, PeriodKind.MONTH


@pytest.mark.parametrize(
    ("kind", "text", "first", "last", "previous", "words"),
    [
        (YEAR, "2004", DAY(2004, 1, 1), DAY(2004, 12, 31), "2003", "2004 год"),
        (HALF, "2004H1", DAY(2004, 1, 1), DAY(2004, 6, 30), "2003H2", "первое полугодие 2004 года"),
        (HALF, "2004H2", DAY(2004, 7, 1), DAY(2004, 12, 31), "2004H1", "второе полугодие 2004 года"),
        (QUARTER, "2004Q1", DAY(2004, 1, 1), DAY(2004, 3, 31), "2003Q4", "1-й квартал 2004 года"),
        (QUARTER, "2004Q4", DAY(2004, 10, 1), DAY(2004, 12, 31), "2004Q3", "4-й квартал 2004 года"),
        (MONTH, "2004-01", DAY(2004, 1, 1), DAY(2004, 1, 31), "2003-12", "Январь 2004"),
        (MONTH, "2004-02", DAY(2004, 2, 1), DAY(2004, 2, 29), "2004-01", "Февраль 2004"),
        (MONTH, "2003-02", DAY(2003, 2, 1), DAY(2003, 2, 28), "2003-01", "Февраль 2003"),
        (PeriodKind.DAY, "2004-01-01", DAY(2004, 1, 1), DAY(2004, 1, 1), "2003-01-01", "1 января 2004 г."),
        (PeriodKind.DAY, "2004-02-29", DAY(2004, 2, 29), DAY(2004, 2, 29), "2003-03-01", "29 февраля 2004 г."),
    ],
)
def test_n_s3_periods_have_their_days_and_words(
    kind: PeriodKind, text: str, first: dt.date, last: dt.date, previous: str, words: str
) -> None:
    period = Period.parse(text, kind)
    assert (period.first, period.last, period.kind, period.key) == (first, last, kind, text)
    assert period.previous.key == previous
    with translation.override("ru"):
        assert period.label == words


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (YEAR, ""),
        (YEAR, "44"),
        (YEAR, "2004Q1"),
        (YEAR, "2004 "),
        (YEAR, "٢٠٤٤"),
        (YEAR, "1899"),
        (YEAR, "2101"),
        (HALF, "2004"),
        (HALF, "2004H0"),
        (HALF, "2004H3"),
        (HALF, "2004h1"),
        (QUARTER, "2004Q0"),
        (QUARTER, "2004Q5"),
        (QUARTER, "2004H1"),
        (QUARTER, "0000Q1"),
        (MONTH, "2004-00"),
        (MONTH, "2004-13"),
        (MONTH, "2004-1"),
        (MONTH, "2004-01-01"),
        (PeriodKind.DAY, "2003-02-29"),
        (PeriodKind.DAY, "2004-01"),
        (PeriodKind.DAY, "20040101"),
        (PeriodKind.DAY, "1899-12-31"),
        (PeriodKind.DAY, "2101-01-01"),
    ],
)
def test_n_s3_texts_that_are_no_period_of_the_kind_are_refused(kind: PeriodKind, text: str) -> None:
    with pytest.raises(PeriodError) as caught:
        Period.parse(text, kind)
    assert caught.value.kind == kind
    assert "2100" in str(caught.value)


@pytest.mark.parametrize("text", ["1900", "2100"])
def test_n_s3_the_first_and_the_last_year_are_taken(text: str) -> None:
    assert Period.parse(text, YEAR).key == text


@given(st.sampled_from(list(PeriodKind)), st.dates(DAY(1901, 1, 1), DAY(2100, 12, 31)))
def test_n_s3_periods_follow_each_other_without_gap_and_overlap(kind: PeriodKind, day: dt.date) -> None:
    period = Period.of(day, kind)
    assert period.first <= day <= period.last
    assert Period.parse(period.key, kind) == period
    if kind != PeriodKind.DAY:
        assert period.previous.last + dt.timedelta(days=1) == period.first
        assert period.previous == Period.of(period.previous.first, kind)
