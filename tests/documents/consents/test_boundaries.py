"""Limits of dates of consents and of their wordings (U-7, K1, N-C1, practice R3)."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext

import pytest

from documents.consents.models import ConsentText
from documents.consents.rules import check_signature, check_signed_again
from documents.consents.transitions.consents import mark_signed
from documents.consents.transitions.texts import issue_text
from documents.printing.transitions import record_prints
from registry.enums import Role
from tests.clock import at
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = pytest.mark.once

D = dt.date
DAY = dt.timedelta(days=1)
#: Later than any real clock of the suite.
TODAY = D(2040, 3, 1)


@pytest.mark.both
@pytest.mark.parametrize(
    ("signed_on", "birth_date", "field"),
    [
        (None, None, "signed_on"),
        (D(2007, 1, 25), None, "signed_on"),
        (D(2007, 1, 26), None, None),
        (D(2015, 5, 5), D(2015, 5, 5), "signed_on"),
        (D(2015, 5, 6), D(2015, 5, 5), None),
        (TODAY, None, None),
        (TODAY + DAY, None, "signed_on"),
    ],
)
def test_u7_the_day_of_a_signature(signed_on: dt.date | None, birth_date: dt.date | None, field: str | None) -> None:
    with nullcontext() if field is None else refused("U-7", field=field):
        assert check_signature(signed_on, birth_date=birth_date, today=TODAY) == signed_on


@pytest.mark.django_db
def test_k1_a_wording_begins_today_or_on_a_later_day_than_the_last_one() -> None:
    place = places.voi()
    administrator = trees.officer(place.head, Role.ADMINISTRATOR)
    wording = place.head.federation.charter.consent
    with at(TODAY):
        for day, field in (
            (TODAY - DAY, "valid_from"),
            (TODAY, None),
            (TODAY, None),  # the one before was a mistake
            (TODAY + 5 * DAY, None),
            (TODAY + 5 * DAY, "valid_from"),
            (TODAY + 4 * DAY, "valid_from"),
            (TODAY + 6 * DAY, None),
        ):
            with nullcontext() if field is None else refused("N-C1", field=field):
                issue_text(wording=wording, valid_from=day, by=administrator)
    assert list(ConsentText.objects.order_by("version").values_list("valid_from", flat=True)) == [
        TODAY, TODAY, TODAY + 5 * DAY, TODAY + 6 * DAY,
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("signed_on", "version"), [(TODAY - DAY, 1), (TODAY, 2), (TODAY + DAY, 2)])
def test_k1_a_consent_has_the_wording_of_the_day_of_its_signature(signed_on: dt.date, version: int) -> None:
    place = places.voi()
    administrator = trees.officer(place.head, Role.ADMINISTRATOR)
    wording = place.head.federation.charter.consent
    with at(TODAY - 9 * DAY):
        issue_text(wording=wording, valid_from=TODAY - 9 * DAY, by=administrator)
        issue_text(wording=wording, valid_from=TODAY, by=administrator)
        member = place.put()
    with at(TODAY + 9 * DAY):
        assert mark_signed(member.pk, signed_on=signed_on, by=place.chair).text.version == version


@pytest.mark.django_db
@pytest.mark.parametrize(("signed_on", "version"), [(TODAY - DAY, 1), (TODAY, 2), (TODAY + DAY, 2)])
def test_k1_a_printed_consent_keeps_its_wording_unless_it_was_signed_before_that_was_in_force(
    signed_on: dt.date, version: int
) -> None:
    place = places.voi()
    administrator = trees.officer(place.head, Role.ADMINISTRATOR)
    wording = place.head.federation.charter.consent
    with at(TODAY - 9 * DAY):
        issue_text(wording=wording, valid_from=TODAY - 9 * DAY, by=administrator)
        member = place.put()
    with at(TODAY):
        issue_text(wording=wording, valid_from=TODAY, by=administrator)
        record_prints("consent", [member.pk], data_classes=(), by=place.chair)
        # A third version of the same day, which nobody has printed.
        issue_text(wording=wording, valid_from=TODAY, by=administrator)
    with at(TODAY + 5 * DAY):
        assert mark_signed(member.pk, signed_on=signed_on, by=place.chair).text.version == version


@pytest.mark.parametrize(
    ("signed_on", "withdrawn_on", "refuses"),
    [
        (D(2020, 5, 1), None, False),
        (D(2020, 4, 30), D(2020, 5, 1), True),
        (D(2020, 5, 1), D(2020, 5, 1), False),
        (D(2020, 5, 2), D(2020, 5, 1), False),
    ],
)
def test_n_c1_a_new_consent_is_signed_on_the_day_of_the_withdrawal_or_later(
    signed_on: dt.date, withdrawn_on: dt.date | None, refuses: bool
) -> None:
    with refused("N-C1", field="signed_on") if refuses else nullcontext():
        check_signed_again(signed_on, withdrawn_on)
