"""Readers of the passport see that it should have been replaced at 20 or 45; no step is refused for that reason
(practice 9).
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from members.people.enums import PaperKind
from members.people.rules.person import outlived_at
from registry.enums import Role
from tests.members.places import signed_in, voi
from tests.registry import trees

BORN = dt.date(1980, 2, 29)
AT_20, AT_45 = dt.date(2000, 2, 29), dt.date(2025, 3, 1)
LATER = dt.timedelta(days=90)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("issued", "today", "age"),
    [
        (AT_20 - DAY, AT_20 + LATER, None),
        (AT_20 - DAY, AT_20 + LATER + DAY, 20),
        (AT_20, AT_45 + LATER, None),
        (AT_20, AT_45 + LATER + DAY, 45),
        (AT_20 - DAY, AT_45 + LATER + DAY, 45),
        (AT_45 - DAY, AT_45 + LATER + DAY, 45),
        (AT_45, AT_45 + LATER + DAY, None),
    ],
)
def test_v_b2_a_passport_is_outdated_90_days_after_20_and_45(issued: dt.date, today: dt.date, age: int | None) -> None:
    values = {"birth_date": BORN, "paper_kind": PaperKind.PASSPORT, "paper_issued_on": issued}
    assert outlived_at(values, today) == age
    assert outlived_at({**values, "paper_kind": PaperKind.FOREIGN}, today) is None
    assert outlived_at({**values, "birth_date": None}, today) is None
    assert outlived_at({**values, "paper_issued_on": None}, today) is None


def born(years: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=366 * years)


@pytest.mark.django_db
def test_v_c5_the_card_shows_it_only_to_readers_of_identity_papers() -> None:
    place = voi()
    paper = {"paper_kind": "passport", "paper_series": "4508", "paper_number": "123456"}
    member = place.put(birth_date=born(46), paper_issued_on=born(46) + dt.timedelta(days=366 * 21), **paper)
    url, told = reverse("members:detail", args=[member.pk]), "Паспорт подлежал замене в 45 лет. Попросите новый."
    reviewer = trees.officer(place.keeper, Role.REVIEWER, "Орлов")
    seen = [signed_in(actor).get(url).content.decode().count(told) for actor in (place.chair, reviewer)]
    assert seen == [1, 0]
    opened = signed_in(place.chair).post(reverse("members:show", args=[member.pk, "general", "identity"]))
    assert (opened.content.decode().count(told), "123456" in opened.content.decode()) == (1, True)
    other = place.put(
        surname="Ким", birth_date=born(44), paper_issued_on=born(44) + dt.timedelta(days=366 * 21), snils="",
        ticket_number="7", **paper,
    )  # fmt: skip
    assert told not in signed_in(place.chair).get(reverse("members:detail", args=[other.pk])).content.decode()
