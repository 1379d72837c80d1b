"""Income shared on three levels: decided, distributed, passed on, confirmed, reconciled by both sides (V-D7)."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from dues.distribution.models import SettlementAct
from dues.distribution.queries import open_between
from dues.payments.transitions import Paid, record_payments
from registry.enums import Role
from registry.organizations.models import Organization
from tests.members import places
from tests.registry import trees

from .conftest import OpenWindow
from .steps import Papers, day, fill, follow, message, press, text_of, wrong


def decide(page: Page, superior: Organization, own: str, above: str) -> None:
    """Record shares that have been valid for a month, by keyboard."""
    page.goto("/dues/settlements/")
    follow(page, "Record the decision on the shares")
    fill(page, body="Президиум", number="7", decided_on=day(40), valid_from=day(30), own_1=own)
    page.locator(f"main [name=to_{superior.pk}]").fill(above)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def share(page: Page, *, last: int, made_on: int) -> None:
    """Distribute the income until `last` days ago."""
    page.goto("/dues/settlements/")
    follow(page, "Distribute income")
    fill(page, last=day(last), made_on=day(made_on))
    page.keyboard.press("Enter")
    message(page, "The income is distributed.")


def passed_on(page: Page, superior: Organization, *, ago: int) -> None:
    """Pass on everything that is owed."""
    page.goto(f"/dues/settlements/with/{superior.pk}/")
    follow(page, "Pass money on")
    fill(page, made_on=day(ago), source="received", paper="Платёжное поручение № 15")
    press(page, "Record the money")
    message(page, "The money is recorded. The receiver confirms it.")


def confirm(page: Page, *, ago: int) -> None:
    """Confirm the only transfer that waits."""
    page.goto("/dues/settlements/")
    follow(page, "Confirm")
    fill(page, received_on=day(ago), source="received")
    press(page, "Confirm")
    message(page, "The money is confirmed.")


def row(page: Page, name: str) -> str:
    """Return the organisation's row on the page «Settlements» as one line."""
    page.goto("/dues/settlements/")
    return " ".join(page.locator("main tr", has_text=name).first.inner_text().replace("\xa0", "").split())


@pytest.mark.parametrize("charter", ["voi", "education_union"])
def test_v_d7_income_is_shared_over_three_levels_and_reconciled(window: OpenWindow, charter: str) -> None:
    place = places.of(charter)
    region, head = place.region, place.head
    member = place.put(snils="")
    paid_on = timezone.localdate() - dt.timedelta(days=10)
    paid = Paid(member.pk, "voluntary", None, Decimal("1000.01"), paid_on, "Квитанция № 1", key="walk")
    record_payments(place.keeper.pk, [paid], by=place.chair)
    below, middle = window(place.chair), window(place.region_chair, width=390)
    above = window(trees.officer(head, Role.CHAIR))
    decide(below, region, "60", "50")
    expect(below.locator("[data-error-summary]")).to_contain_text("110,00")
    expect(below.locator("main [name=own_1]")).to_have_value("60")
    below.locator(f"main [name=to_{region.pk}]").fill("40")
    below.keyboard.press("Enter")
    message(below, "The decision is recorded.")
    share(below, last=5, made_on=4)
    # The remaining kopecks stay with the lower organisation.
    for name, percent, amount in ((place.keeper.short_name, "60,00", "600,01"), (region.short_name, "40,00", "400,00")):
        expect(below.locator("main tr", has_text=name).last).to_contain_text(re.compile(rf"{percent}\s+{amount}"))
    passed_on(below, region, ago=3)
    confirm(middle, ago=2)
    assert middle.evaluate("document.documentElement.scrollWidth") == 390
    decide(middle, head, "66,67", "33,33")
    message(middle, "The decision is recorded.")
    share(middle, last=2, made_on=1)
    passed_on(middle, head, ago=1)
    assert "133,32 133,32 133,32 0,00" in row(middle, head.short_name)
    confirm(above, ago=0)
    assert "133,32 133,32 0,00 0,00" in row(above, region.short_name)
    assert (open_between(place.keeper, region), open_between(region, head)) == (0, 0)
    _reconcile(below, middle, region, place.keeper, "400,00")
    _reconcile(above, middle, region, head, "133,32")
    drawn = SettlementAct.objects.filter(superior__in=[region, head]).order_by("pk")
    acts = drawn.values_list("state", "by_superior", "owed", "claimed")
    assert ([*acts], wrong()) == ([("agreed", False, 0, 0), ("agreed", True, 0, 0)], {})


def _reconcile(drawing: Page, answering: Page, other: Organization, drawer: Organization, turnover: str) -> None:
    """Draw up an act as one side, and confirm and print it as the other."""
    drawing.goto(f"/dues/settlements/with/{other.pk}/")
    expect(drawing.locator("main")).to_contain_text("Платёжное поручение № 15")
    follow(drawing, "Act of reconciliation")
    fill(drawing, first=day(30), last=day(0))
    press(drawing, "Draw the act")
    message(drawing, "The act is drawn. Print it; the other organisation answers it.")
    answering.goto(f"/dues/settlements/with/{drawer.pk}/")
    follow(answering, "Confirm")
    press(answering, "Confirm")
    message(answering, "The act is confirmed.")
    papers = Papers().of(answering)
    paper = text_of(papers.taken_by(answering, lambda: press(answering, "Print")))
    assert paper.replace("\xa0", " ").count(turnover) >= 4
    assert "Стороны сверили" in paper
