"""Values set by a decision or a transfer stay; a correction names its reason and its paper (V-B1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from members.book.models import BookLine, Registration
from members.people.enums import MarkKind
from members.people.models import CardMark, Member
from members.people.transitions.cards import correct_decided, edit_card
from members.people.transitions.cells import assign_cell
from registry import integrity
from registry.errors import StaleVersion
from registry.journal.models import Event
from tests.clock import at
from tests.members import applicants, places, sessions
from tests.refusals import refused

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TITLE = "What a decision of admission fixed agrees on card, registration and book"


@pytest.fixture
def place() -> places.Place:
    return sessions.place()


@pytest.fixture
def member(place: places.Place) -> Member:
    """Return a member admitted by a decision two days ago."""
    (found,) = applicants.admitted(applicants.scheduled(place.keeper, [applicants.apply(place)]), place.chair)
    return Member.objects.get(pk=found.pk)


def wrong() -> list[str]:
    return dict(integrity.run())[TITLE]


def fixed(member: Member) -> dict[str, Any]:
    """Return the values on card, registration and book."""
    registration = Registration.objects.get(member=member)
    return {
        "joined": Member.objects.get(pk=member.pk).joined_on,
        "started": registration.started_on,
        "minutes": (registration.minutes_number, registration.minutes_date),
        "book": list(BookLine.objects.filter(member=member).order_by("pk").values_list("entered_on", flat=True)),
    }


@pytest.mark.both
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"joined_on": dt.date(2001, 1, 1)}, "joined_on"),
        ({"joined_on": dt.date(2001, 1, 1), "joined_year_only": True}, "joined_on"),
        ({"registered_on": dt.date(2001, 1, 1)}, "registered_on"),
        ({"minutes_number": "99"}, "minutes_number"),
        ({"minutes_date": dt.date(2001, 1, 1)}, "minutes_date"),
        ({"surname": "Яблокова", "minutes_number": ""}, "minutes_number"),
    ],
)
def test_v_b1_the_form_of_the_card_changes_nothing_that_the_decision_of_admission_fixed(
    place: places.Place, member: Member, values: dict[str, Any], field: str
) -> None:
    before = fixed(member)
    assert wrong() == []
    with refused("V-B1", field=field):
        edit_card(member.pk, values=values, version=None, by=place.chair)
    assert (fixed(member), wrong()) == (before, [])


@pytest.mark.both
def test_v_b1_what_was_entered_by_hand_is_still_corrected_on_the_card(place: places.Place) -> None:
    other = place.put()
    values = {"registered_on": dt.date(2019, 3, 4), "joined_on": dt.date(2002, 5, 7)}
    edit_card(other.pk, values=values, version=None, by=place.chair)
    assert (fixed(other)["started"], fixed(other)["joined"]) == (dt.date(2019, 3, 4), dt.date(2002, 5, 7))


def test_v_b1_a_correction_reaches_card_registration_and_book_and_leaves_a_mark(
    place: places.Place, member: Member
) -> None:
    day, right = applicants.days(2), applicants.days(3)
    values = {"joined_on": right, "registered_on": right, "minutes_date": right}
    correct_decided(
        member.pk,
        values=values,
        reason="Описка секретаря",
        paper="Протокол № 7",
        version=member.version,
        by=place.chair,
    )
    assert fixed(member) == {"joined": right, "started": right, "minutes": ("7", right), "book": [right]}
    mark = CardMark.objects.get(member=member)
    old, new = f"{day:%d.%m.%Y}", f"{right:%d.%m.%Y}"
    assert (mark.kind, mark.made_on, mark.text) == (
        MarkKind.CORRECTION,
        timezone.localdate(),
        f"Дата вступления {new} вместо {old}; на учёте с {new} вместо {old}; "
        f"дата протокола {new} вместо {old}. Основание исправления: Описка секретаря. Документ: Протокол № 7",
    )
    assert Event.objects.filter(action="member.corrected", object_id=str(member.pk)).count() == 1
    assert wrong() == []


@pytest.mark.parametrize(
    ("values", "reason", "paper", "field"),
    [
        ({"minutes_number": "8"}, " ", "Протокол № 8", "reason"),
        ({"minutes_number": "8"}, "Описка", " ", "paper"),
        ({"minutes_number": "7"}, "Описка", "Протокол № 8", ""),
        ({"surname": "Яблокова"}, "Описка", "Паспорт", ""),
    ],
)
def test_v_b1_a_correction_needs_a_difference_in_what_is_fixed_its_reason_and_its_paper(
    place: places.Place, member: Member, values: dict[str, Any], reason: str, paper: str, field: str
) -> None:
    with refused("V-B1", field=field):
        correct_decided(member.pk, values=values, reason=reason, paper=paper, version=None, by=place.chair)
    assert CardMark.objects.filter(member=member).count() == 0


def test_v_b1_a_correction_of_a_card_that_somebody_else_saved_is_not_made(place: places.Place, member: Member) -> None:
    edit_card(member.pk, values={"surname": "Яблокова"}, version=None, by=place.chair)
    with pytest.raises(StaleVersion):
        correct_decided(
            member.pk, values={"minutes_number": "8"}, reason="Описка", paper="Протокол", version=member.version,
            by=place.chair,
        )  # fmt: skip


def test_v_b7_a_corrected_day_stands_in_the_line_with_which_the_registration_began(place: places.Place) -> None:
    other = place.put(cell=place.cells[0].pk, registered_on=dt.date(2020, 3, 4))
    with at("2021-05-06"):
        assign_cell([other.pk], cell=place.cells[1], by=place.chair)
    with refused("V-B7", field="registered_on"):
        edit_card(other.pk, values={"registered_on": dt.date(2021, 5, 7)}, version=None, by=place.chair)
    for day in (dt.date(2019, 5, 6), dt.date(2021, 5, 6)):
        edit_card(other.pk, values={"registered_on": day}, version=None, by=place.chair)
        assert fixed(other)["book"] == [day, dt.date(2021, 5, 6)]


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Member, {"joined_on": dt.date(2001, 1, 1)}),
        (Registration, {"started_on": dt.date(2001, 1, 1)}),
        (Registration, {"minutes_date": dt.date(2001, 1, 1)}),
        (Registration, {"minutes_number": "99"}),
        (BookLine, {"entered_on": dt.date(2001, 1, 1)}),
    ],
)
def test_integrity_finds_where_card_registration_and_book_differ_from_the_decision(
    member: Member, model: Any, values: dict[str, Any]
) -> None:
    model.objects.filter(**{"pk" if model is Member else "member": member.pk}).update(**values)
    assert len(wrong()) >= 1


@pytest.mark.both
def test_v_b1_the_form_shows_what_is_fixed_as_such_and_the_correction_is_a_page_of_its_own(
    place: places.Place, member: Member
) -> None:
    client = places.signed_in(place.chair)
    form = client.get(reverse("members:edit", args=[member.pk])).context["form"]
    assert {name for name in form.fields if form.fields[name].disabled} == {
        "joined_on", "registered_on", "minutes_number", "minutes_date"
    }  # fmt: skip
    address = reverse("members:correct", args=[member.pk])
    assert address in client.get(reverse("members:accounting", args=[member.pk])).content.decode()
    page = client.get(address).context["form"]
    asked = {name: page[name].value() for name in page.fields}
    assert asked["minutes_number"] == "7"
    data = {name: f"{v:%d.%m.%Y}" if isinstance(v, dt.date) else v for name, v in asked.items() if v is not None}
    answer = client.post(address, {**data, "minutes_number": "17", "reason": "Описка", "paper": "Протокол № 17"})
    assert (answer.status_code, fixed(member)["minutes"][0]) == (302, "17")


def test_v_b1_a_card_on_which_nothing_is_fixed_is_changed_by_its_own_form(place: places.Place) -> None:
    other = place.put()
    answer = places.signed_in(place.chair).get(reverse("members:correct", args=[other.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("members:edit", args=[other.pk]))
