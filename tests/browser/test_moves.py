"""A move between regions with the code, the yearly reconciliation of a cell, transfers of the union (V-B8 to V-B12,
U-5).
"""

from __future__ import annotations

import base64
import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from members.movement.models import Transfer
from members.people.models import Member
from registry.access import Actor
from registry.enums import Level, Role
from registry.organizations.models import Organization
from tests.members import places, sessions
from tests.members.reconciliations import open_year
from tests.registry import trees

from .conftest import OpenWindow, Watch
from .steps import act, adopt_all, day, figure, fill, follow, meet, message, press, ru, text_of, wrong


def search(page: Page, words: str) -> None:
    page.goto("/members/")
    page.locator("main [name=q]").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_v_b9_v_b11_from_region_to_region_with_ticket_and_code(window: OpenWindow, watch: Watch) -> None:
    place = places.voi()
    region = trees.below(place.head, Level.REGIONAL, "Калужская РО ВОИ")
    keeper = trees.below(region, Level.LOCAL, "Боровская МО ВОИ")
    member = place.put(registered_on=dt.date(2020, 2, 3))
    page, there = window(place.chair), window(trees.officer(keeper, Role.CHAIR, "Сомов"))
    above = window(trees.officer(place.head, Role.CHAIR, "Высокова"))

    page.goto(f"/members/{member.pk}/")
    act(page, "Deregister")
    fill(page, reason="departure", on=day(), destination="Калужская область", paper_card="handed")
    press(page, "Deregister")
    code = page.locator(".credentials code").inner_text()
    paper = base64.b64decode((page.locator("a[download]").get_attribute("href") or "").partition(",")[2])
    assert code in text_of(paper)

    above.goto("/")
    assert [figure(above, label) for label in ("Registered members", "In transit")] == ["0", "1"]
    watch.expected.add(404)
    page.goto(f"/members/{member.pk}/")
    expect(page.locator("main")).not_to_contain_text(member.surname)
    search(page, member.surname)
    expect(page.locator("main")).not_to_contain_text(member.given_name)

    there.goto("/moves/")
    follow(there, "Register by ticket and code")
    fill(there, ticket_number=member.ticket_number, code="AAAA-BBBB-CCCC", on=day())
    press(there, "Register the member")
    expect(there.locator("main")).not_to_contain_text(member.surname)
    fill(there, ticket_number=member.ticket_number, code=code, on=day())
    press(there, "Register the member")
    expect(there.locator("main h1")).to_contain_text(member.surname)
    there.goto(f"/members/{member.pk}/accounting/")
    expect(there.locator("main")).to_contain_text(place.keeper.short_name)
    expect(there.locator("main")).to_contain_text("03.02.2020")

    above.goto("/")
    assert figure(above, "Registered members") == "1"
    expect(above.locator("dl.figures")).not_to_contain_text(ru("In transit"))
    assert wrong() == {}


def test_v_b8_a_cell_reconciles_and_the_accepted_values_are_on_the_cards(window: OpenWindow) -> None:
    place = places.voi()
    sessions.body_of(place.keeper)
    last = timezone.localdate().year - 1
    given = {"registered_on": dt.date(last - 3, 2, 3), "confirmed_duplicate": True, "snils": ""}
    first, second, _late = (
        place.put(surname=surname, ticket_number=number, paper_number=f"10000{number}", cell=cell.pk, **given)
        for surname, number, cell in (
            ("Агеева", "1", place.cells[0]), ("Борисова", "2", place.cells[0]), ("Вдовина", "3", place.cells[1]),
        )
    )  # fmt: skip
    open_year(last, today=dt.date(last, 12, 1), by=Actor.system("year"))
    page, cell = window(place.chair), window(trees.officer(place.cells[0], Role.CHAIR, "Ячейкина"))
    above = window(place.region_chair)

    cell.goto("/")
    cell.get_by_role("link", name=ru("Reconciliation")).first.click()
    follow(cell, place.cells[0].short_name)
    fill(cell, **{f"m{first.pk}-result": "unchanged", f"m{second.pk}-workplace": "Почта России"})
    press(cell, "Save and go on")
    message(cell, "The page is saved.")
    press(cell, "Send the report")
    message(cell, "The report is sent. The collegial body decides on it at its next meeting.")

    meet(page)
    adopt_all(page)
    page.goto(f"/members/{second.pk}/")
    expect(page.locator("main")).to_contain_text("Почта России")
    assert Member.objects.get(pk=first.pk).workplace == ""
    above.goto("/cells/reconciliations/?show=lagging")
    shown = above.locator("main tbody th").all_inner_texts()
    assert shown == [place.cells[1].short_name]
    assert wrong() == {}


@pytest.fixture
def schools() -> tuple[places.Place, Organization, Actor]:
    """Create two schools of one region."""
    place = places.union()
    other = trees.below(place.region, Level.PRIMARY, "ППО лицея № 2")
    return place, trees.again(other), trees.officer(other, Role.CHAIR, "Сомов")


def offer(page: Page, member: Member, other: Organization) -> None:
    page.goto(f"/members/{member.pk}/")
    act(page, "Transfer to another organisation")
    fill(page, q="лицея")
    press(page, "Find")
    page.locator("main tbody a", has_text=other.short_name).click()
    fill(page, reason="Работает в лицее с сентября")
    press(page, "Send the request")


def test_u5_the_other_school_agrees_and_the_teacher_is_transferred(
    window: OpenWindow, schools: tuple[places.Place, Organization, Actor]
) -> None:
    place, other, chair = schools
    member = place.put()
    page, there = window(place.chair), window(chair)
    offer(page, member, other)
    there.goto("/moves/")
    follow(there, member.full_name)
    press(there, "Agree")
    assert Member.objects.get(pk=member.pk).organization == other
    there.goto(f"/members/{member.pk}/")
    expect(there.locator("main h1")).to_contain_text(member.surname)
    search(page, member.surname)
    expect(page.locator("main")).not_to_contain_text(member.given_name)
    assert wrong() == {}


def test_u5_after_ten_working_days_without_answer_the_region_decides(
    window: OpenWindow, schools: tuple[places.Place, Organization, Actor]
) -> None:
    place, other, _chair = schools
    member = place.put()
    page, above = window(place.chair), window(place.region_chair)
    offer(page, member, other)
    asked = Transfer.objects.get(member=member)
    above.goto(f"/moves/{asked.pk}/")
    expect(above.locator("main")).not_to_contain_text(ru("Decide as the common superior"))
    long_ago = timezone.localdate() - dt.timedelta(days=20)
    Transfer.objects.filter(pk=asked.pk).update(started_on=long_ago, answer_by=long_ago + dt.timedelta(days=14))
    above.goto("/")
    above.locator("ul.tasks li", has_text=member.full_name).get_by_role(
        "link", name=re.compile(ru("Decide"))
    ).first.click()
    fill(above, carry_out="yes")
    press(above, "Decide")
    assert Member.objects.get(pk=member.pk).organization == other
    assert wrong() == {}
