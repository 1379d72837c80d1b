"""Reports with more lines than a page of the sheet: input on a page is saved on the way to another (N-S3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from registry.access import Actor
from registry.campaigns.models import CampaignReport
from registry.campaigns.transitions.reports import complete_report, enter_figures, fill_report
from registry.campaigns.views.sheets import SHEET_ROWS
from registry.enums import Role
from tests.members.places import signed_in
from tests.registry import trees

from .worlds import World, lengthen, of, world

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def long_report() -> tuple[World, CampaignReport, Actor]:
    w = world()
    lengthen(w.form)
    return w, of(w.open(), w.locals[0]), w.chair(w.locals[0])


def shown(answer: Any) -> list[str]:
    return [one.line.code for _section, lines in answer.context["sections"] for one in lines]


def codes(w: World) -> list[str]:
    return list(w.form.lines.values_list("code", flat=True))


def send(w: World, report: CampaignReport, chair: Actor, page: int = 1, **data: Any) -> Any:
    """Send the page; «a2» is the value of line 2."""
    pks = dict(w.form.lines.values_list("code", "pk"))
    figures = {f"value-{pks[name[1:]]}": value for name, value in data.items() if name[0] == "a"}
    others = {name: value for name, value in data.items() if name[0] != "a"}
    report = of(report.campaign, report.organization)
    address = f"{reverse('campaigns:report', args=[report.pk])}?page={page}"
    return signed_in(chair).post(address, {"version": report.version, **figures, **others})


def own(report: CampaignReport) -> dict[str, Decimal | None]:
    return {code: value for code, value in report.figures.values_list("line__code", "value") if value is not None}


def test_n_s3_a_long_sheet_has_pages_of_whole_lines() -> None:
    w, report, chair = long_report()
    address, client = reverse("campaigns:report", args=[report.pk]), signed_in(chair)
    pages = [client.get(address, {"page": number}) for number in range(1, 6)]
    assert [line for answer in pages for line in shown(answer)] == codes(w)
    assert {len(shown(answer)) for answer in pages} == {SHEET_ROWS}
    assert [number for number, _codes in pages[0].context["turns"]] == [1, 2, 3, 4, 5]
    for page in ("0", "x", "6", "99999999999"):
        assert shown(client.get(address, {"page": page}))[0] in {codes(w)[0], codes(w)[4 * SHEET_ROWS]}, page
    # A sheet of one page has no buttons.
    w.form.lines.filter(position__gt=SHEET_ROWS).delete()
    assert client.get(address).context["turns"] == []


def test_n_s3_what_is_typed_is_saved_on_the_way_to_another_page() -> None:
    w, report, chair = long_report()
    answer = send(w, report, chair, a2="5", turn="3")
    assert answer.headers["location"] == f"{reverse('campaigns:report', args=[report.pk])}?page=3#figures"
    assert own(report) == {"2": 5}
    # Without a change nothing is saved, so that nobody else gets a conflict.
    version = of(report.campaign, report.organization).version
    send(w, report, chair, 3, turn="1")
    assert of(report.campaign, report.organization).version == version
    # «Save» and «Fill» stay on the same page.
    line = codes(w)[2 * SHEET_ROWS]
    w.form.lines.filter(code=line).update(source="entered", indicator="")
    answer = send(w, report, chair, 3, do="save", **{f"a{line}": "8"})
    assert answer.headers["location"] == f"{reverse('campaigns:report', args=[report.pk])}?page=3"
    assert own(report) == {"2": 5, line: 8}


def test_n_s3_a_page_with_a_wrong_number_is_not_left() -> None:
    w, report, chair = long_report()
    answer = send(w, report, chair, a2="пять", turn="2")
    assert (answer.status_code, answer.context["page"].number) == (200, 1)
    assert answer.context["form"].errors.keys() == {"2"}
    assert own(report) == {}


def test_n_s3_a_note_that_is_typed_goes_with_the_pages() -> None:
    w, report, chair = long_report()
    answer = send(w, report, chair, a2="5", note="Двое болеют", turn="2")
    assert (answer.status_code, answer.context["page"].number, answer.context["form"].note) == (200, 2, "Двое болеют")
    assert own(report) == {"2": 5}
    answer = send(w, report, chair, 2, note="Двое болеют", do="save")
    assert (answer.context["page"].number, answer.context["form"].note) == (2, "Двое болеют")


def test_n_s3_pages_of_a_sheet_do_not_pass_what_somebody_else_has_saved() -> None:
    w, report, chair = long_report()
    deputy = trees.officer(w.locals[0], Role.DEPUTY, "Заместителева")
    enter_figures(report.pk, values={"2": Decimal(4)}, reasons={}, by=deputy)
    answer = send(w, report, chair, a2="5", turn="2", version="1")
    assert (answer.status_code, answer.context["form"].is_stale, answer.context["page"].number) == (200, True, 1)
    assert own(report) == {"2": 4}


def test_n_s3_readers_turn_the_pages_of_a_long_sheet() -> None:
    w, report, chair = long_report()
    w.form.lines.filter(source="computed").exclude(code="1").update(required=False)
    fill_report(report.pk, counted={"1": Decimal(9)}, by=chair)
    enter_figures(report.pk, values={"2": Decimal(4)}, reasons={}, by=chair)
    complete_report(report.pk, by=chair)
    answer = signed_in(w.chair(w.regions[0])).get(reverse("campaigns:report", args=[report.pk]), {"page": 2})
    assert shown(answer) == codes(w)[SHEET_ROWS : 2 * SHEET_ROWS]
    assert ("?page=3" in answer.content.decode(), answer.context["can_fill"]) == (True, False)
