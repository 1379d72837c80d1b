"""A report form as shown to those who fill in the report or decide about it (N-S3, N-H1)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from registry.access import Actor
from registry.campaigns.models import CampaignReport
from registry.campaigns.rules.forms import MAX_LINES
from registry.enums import Role
from registry.sizes import PAGE_ROWS
from tests.members.places import signed_in
from tests.registry import trees

from .worlds import lengthen, of, world

pytestmark = pytest.mark.django_db

NAMES = ("definition", "definition_checks")


def statuses(actor: Actor, report: CampaignReport) -> list[int]:
    client = signed_in(actor)
    return [client.get(reverse(f"campaigns:{name}", args=[report.pk])).status_code for name in NAMES]


def test_n_h1_the_form_of_a_report_is_read_by_those_who_see_the_report() -> None:
    w = world()
    report = of(w.open(), w.locals[0])
    reviewer = trees.officer(w.regions[0], Role.REVIEWER, "Ревизорова")
    for reader in (w.chair(w.locals[0]), w.chair(w.regions[0]), w.chair(w.head), reviewer):
        assert statuses(reader, report) == [200, 200]
    for stranger in (w.chair(w.locals[1]), w.chair(w.regions[1])):
        assert statuses(stranger, report) == [404, 404]
    # The page of the form itself is only for the organisation that created it.
    own = reverse("campaigns:form", args=[w.form.pk])
    assert signed_in(w.chair(w.regions[0])).get(own).status_code == 404


def test_n_s3_lines_say_where_their_figures_come_from_and_nothing_can_be_changed() -> None:
    w = world()
    w.form.lines.filter(code="1").update(indicator="members.end")
    report = of(w.open(), w.locals[0])
    client = signed_in(w.chair(w.regions[0]))
    page = client.get(reverse("campaigns:report", args=[report.pk])).content.decode()
    assert f'href="{reverse("campaigns:definition", args=[report.pk])}"' in page
    lines = client.get(reverse("campaigns:definition", args=[report.pk])).content.decode()
    checks = client.get(reverse("campaigns:definition_checks", args=[report.pk])).content.decode()
    assert "<code>[2] / [1] * 100</code>" in lines
    assert "Обученных не больше, чем членов." in checks
    assert ("<code>[2]</code>" in checks, "<code>[1]</code>" in checks) == (True, True)
    for text in (lines, checks):
        assert f"/forms/{w.form.pk}/" not in text
        assert "method=" not in text.split("<main")[1].split("</main>")[0]


def test_n_s3_the_lines_of_a_long_form_have_pages() -> None:
    w = world()
    lengthen(w.form)
    report = of(w.open(), w.locals[0])
    client = signed_in(w.chair(w.locals[0]))
    pages = [client.get(reverse("campaigns:definition", args=[report.pk]), {"page": at}) for at in (1, 2, 3, 4)]
    shown = [line.code for answer in pages for _section, rows in answer.context["sections"] for line, _one in rows]
    assert (len(shown), shown) == (MAX_LINES, list(w.form.lines.values_list("code", flat=True)))
    assert all(answer.content.count(b'id="line-') == PAGE_ROWS for answer in pages)
