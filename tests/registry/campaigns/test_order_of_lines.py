"""The order of the lines of a report form is changed by buttons, which work without scripts (N-S3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from registry.campaigns.models import ReportForm, ReportLine
from registry.campaigns.transitions import forms as steps
from registry.campaigns.views.forms import FORM_ROWS
from registry.journal.models import Event
from tests.members.places import signed_in
from tests.refusals import refused

from .form_world import UNITS, WHOLE, Place, add, codes, values, voi

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def place() -> Place:
    return voi()


@pytest.fixture
def form(place: Place) -> ReportForm:
    return steps.create_form(place.head.pk, **WHOLE, by=place.chair)


def lines(place: Place, form: ReportForm, *sections: str) -> list[ReportLine]:
    """Add lines of these sections with the codes 1, 2 …"""
    made: list[ReportLine] = []
    for number, section in enumerate(sections, 1):
        after = made[-1].pk if made else None
        given = values(str(number), section=section)
        made.append(steps.save_line(form.pk, values=given, after=after, units=UNITS, by=place.chair))
    return made


def order(form: ReportForm) -> list[tuple[str, str, int]]:
    return [(line.code, line.section, line.position) for line in form.lines.all()]


def press(place: Place, form: ReportForm, line: ReportLine, way: str) -> Any:
    return signed_in(place.chair).post(reverse("campaigns:move_line", args=[form.pk, line.pk, way]))


@pytest.mark.both
def test_n_s3_a_line_goes_up_and_down_and_the_page_opens_at_its_button(place: Place, form: ReportForm) -> None:
    first, second, third = lines(place, form, "", "", "")
    page = f"{reverse('campaigns:form', args=[form.pk])}?page=1"
    assert press(place, form, third, "up").headers["Location"] == f"{page}#up-{third.pk}"
    assert codes(form) == ["1", "3", "2"]
    # At the end of the list, the page opens at the other button, because this one is gone.
    assert press(place, form, third, "up").headers["Location"] == f"{page}#down-{third.pk}"
    assert press(place, form, first, "down").headers["Location"] == f"{page}#up-{first.pk}"
    assert order(form) == [("3", "", 1), ("2", "", 2), ("1", "", 3)]
    text = signed_in(place.chair).get(page).content.decode()
    shown = [(f'id="up-{one.pk}"' in text, f'id="down-{one.pk}"' in text) for one in (third, second, first)]
    assert shown == [(False, True), (True, True), (True, False)]


def test_n_s3_past_the_end_of_its_section_a_line_goes_over_into_the_next(place: Place, form: ReportForm) -> None:
    first, second, _third = lines(place, form, "Члены", "Члены", "Взносы")
    steps.move_line(form.pk, line_id=second.pk, up=False, by=place.chair)
    assert order(form) == [("1", "Члены", 1), ("2", "Взносы", 2), ("3", "Взносы", 3)]
    steps.move_line(form.pk, line_id=second.pk, up=False, by=place.chair)
    assert order(form) == [("1", "Члены", 1), ("3", "Взносы", 2), ("2", "Взносы", 3)]
    steps.move_line(form.pk, line_id=first.pk, up=False, by=place.chair)
    assert order(form)[0] == ("1", "Взносы", 1)


def test_n_s3_a_line_at_the_end_stays_where_it_is_and_nothing_is_recorded(place: Place, form: ReportForm) -> None:
    first, second = lines(place, form, "", "")
    form.refresh_from_db()
    version, events = form.version, Event.objects.count()
    steps.move_line(form.pk, line_id=first.pk, up=True, by=place.chair)
    steps.move_line(form.pk, line_id=second.pk, up=False, by=place.chair)
    form.refresh_from_db()
    assert (codes(form), form.version, Event.objects.count()) == (["1", "2"], version, events)
    steps.move_line(form.pk, line_id=second.pk, up=True, by=place.chair)
    form.refresh_from_db()
    assert (form.version, Event.objects.latest("pk").action) == (version + 1, "report_form.line_moved")


def test_n_s3_a_line_that_comes_to_another_page_is_shown_there(place: Place, form: ReportForm) -> None:
    add(form, place.chair, "1")
    ReportLine.objects.bulk_create(
        ReportLine(form=form, position=at, **values(str(at))) for at in range(2, FORM_ROWS + 3)
    )
    last = form.lines.get(code=str(FORM_ROWS + 1))
    answer = press(place, form, last, "up")
    assert answer.headers["Location"] == f"{reverse('campaigns:form', args=[form.pk])}?page=1#up-{last.pk}"
    assert press(place, form, last, "down").headers["Location"].endswith(f"?page=2#down-{last.pk}")


def test_n_s3_lines_of_an_issued_form_keep_their_order(place: Place, form: ReportForm) -> None:
    first, second = lines(place, form, "", "")
    assert press(place, form, first, "aside").status_code == 404
    steps.issue_form(form.pk, units=UNITS, by=place.chair)
    with refused("N-S3"):
        steps.move_line(form.pk, line_id=second.pk, up=True, by=place.chair)
    assert press(place, form, second, "up").headers["Location"] == reverse("campaigns:form", args=[form.pk])
    assert codes(form) == ["1", "2"]
    assert "order" not in signed_in(place.chair).get(reverse("campaigns:form", args=[form.pk])).content.decode()
    other = steps.create_form(place.head.pk, **WHOLE, by=place.chair)
    with pytest.raises(ReportLine.DoesNotExist):
        steps.move_line(other.pk, line_id=second.pk, up=True, by=place.chair)
