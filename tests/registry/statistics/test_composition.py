"""Composition of the members on a day, counted by hand for both charters; past days equal the book (N-S3)."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.utils import timezone

from members.movement.enums import PaperCard
from members.movement.transitions.leaving import deregister
from registry.access import Actor
from registry.organizations.models import Organization
from registry.statistics.columns import offered
from registry.statistics.counting import Asked, by_each
from tests.members import places
from tests.worlds import world

YEAR = timezone.localdate().year
DAY = dt.date(YEAR - 1, 1, 1)


def _born(age: int) -> dt.date:
    return dt.date(YEAR - age, 1, 1)


@world
def society() -> places.Place:
    """Six people of a society in an organisation and its cells; one of them has left this year."""
    place = places.voi()
    first, second = place.cells
    rows = [
        ("Абрамова", "female", _born(30), "disabled", "higher", "I", "war", None),
        ("Белов", "male", _born(40), "disabled", "primary", "II", "general", first),
        ("Власова", "female", _born(41), "disabled", "higher", "II", "general", first),
        ("Громова", "female", _born(70), "disabled", "higher", "III", "labour", second),
        ("Дятлов", "male", _born(50), "guardian", "secondary", "", "", second),
        ("Ершова", "female", _born(60), "disabled", "vocational", "I", "war", None),
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
        "disability_group": {"I": 1, "II": 2, "III": 1, "others": 1},
        "disability_cause": {"war": 1, "general": 2, "labour": 1, "others": 1},
        "mobility": {"none": 4, "others": 1},
        "prostheses": {"none": 4, "others": 1},
        "needs": {"none": 4, "others": 1},
    }
