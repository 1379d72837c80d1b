"""From the overview to a remark, the chair's answer and its acceptance; one remark on many cards (N-S1)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from playwright.sync_api import Page, expect

from registry.enums import Level, Role
from registry.organizations.models import OrganizationPassport
from registry.remarks.models import Remark
from tests.members import places
from tests.registry import trees

from .conftest import OpenWindow
from .steps import fill, follow, message, press, ru, wrong


def _narrow(page: Page) -> None:
    """Assert that nothing on the page is wider than a telephone's screen."""
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_n_s1_from_the_overview_to_a_remark_its_answer_and_acceptance(window: OpenWindow) -> None:
    place = places.voi()
    member = place.put(surname="Неполная", education="", snils="", ticket_number="3")
    officer, chair = window(place.region_chair), window(place.chair, width=390)
    officer.goto("/overview/?topic=papers")
    row = officer.locator("main tbody tr", has_text=place.keeper.short_name)
    row.locator("td a[href*='complete=no']").click()
    officer.locator("main").get_by_role("link", name=member.full_name).click()
    officer.locator("summary", has_text=ru("Actions")).click()
    officer.get_by_role("link", name=ru("Remark"), exact=True).click()
    fill(officer, field="education", text="Уточните образование.")
    fill(officer, term="01.01.2001")
    press(officer, "Make the remark")
    expect(officer.locator("main")).to_contain_text("Уточните образование.")
    fill(officer, term=f"{timezone.localdate() + dt.timedelta(days=9):%d.%m.%Y}")
    press(officer, "Make the remark")
    message(officer, "The remark is made. It is among the tasks of the organisation.")
    chair.goto("/")
    task = chair.locator("ul.tasks li", has_text=member.full_name)
    expect(task).to_contain_text("Образование")
    place_url = task.locator(".what a").get_attribute("href")
    assert place_url is not None
    assert place_url.startswith(f"/members/{member.pk}/")
    chair.goto(place_url)
    expect(chair.locator(f"#{place_url.partition('#')[2]}")).to_contain_text("Образование")
    chair.goto("/")
    chair.locator("ul.tasks li", has_text=member.full_name).locator("a.button").click()
    _narrow(chair)
    fill(chair, text="Внесено по диплому.")
    press(chair, "Send the answer")
    message(chair, "The answer is sent to the author of the remark.")
    _narrow(chair)
    officer.goto("/")
    officer.locator("ul.tasks li", has_text=member.full_name).locator("a.button").click()
    expect(officer.locator("main")).to_contain_text("Внесено по диплому.")
    press(officer, "Accept the answer")
    message(officer, "The answer is accepted.")
    assert Remark.objects.get(member=member).state == "accepted"
    assert wrong() == {}


def test_n_s1_a_list_of_cards_becomes_one_remark_for_each_organisation(window: OpenWindow) -> None:
    place = places.voi()
    other = trees.below(place.region, Level.LOCAL, "Соседняя МО ВОИ")
    trees.members(place.keeper, 2)
    there = trees.members(other, 3)
    officer, chair = window(place.region_chair), window(trees.officer(other, Role.CHAIR, "Соседова"), width=390)
    officer.goto("/members/?empty=education")
    officer.locator("[data-select-all], thead input[type=checkbox]").first.check()
    press(officer, "Remark")
    expect(officer.locator("dl.facts")).to_contain_text("5")
    expect(officer.locator("main")).to_contain_text(f"{other.short_name}: 3")
    fill(officer, text="Внесите образование.")
    officer.locator("main form button.primary").click()
    expect(officer.locator("main tbody tr")).to_have_count(2)
    chair.goto("/")
    chair.locator("ul.tasks li", has_text=place.region.short_name).locator("a.button").click()
    expect(chair.locator("#people tbody tr")).to_have_count(3)
    expect(chair.locator("#people")).to_contain_text(there[0].full_name)
    _narrow(chair)
    made = Remark.objects.filter(kind="people", made_by=place.region).order_by("organization")
    assert list(made.values_list("organization", flat=True)) == [place.keeper.pk, other.pk]
    assert wrong() == {}


def test_n_s1_passports_that_are_not_complete_become_a_remark_on_each(window: OpenWindow) -> None:
    place = places.voi()
    OrganizationPassport.objects.update(completeness=100)
    OrganizationPassport.objects.filter(organization__in=[place.keeper, place.cells[1]]).update(completeness=40)
    officer, chair = window(place.region_chair, width=390), window(place.chair)
    officer.goto("/overview/?topic=papers")
    officer.locator("main tfoot a", has_text="2").last.click()
    _narrow(officer)
    follow(officer, "Remark for each")
    _narrow(officer)
    expect(officer.locator("#places li")).to_have_count(2)
    fill(officer, text="Заполните паспорт.", term="01.01.2001")
    officer.locator("main form button.primary").click()
    expect(officer.locator("main textarea")).to_have_value("Заполните паспорт.")
    fill(officer, term=f"{timezone.localdate() + dt.timedelta(days=9):%d.%m.%Y}")
    officer.locator("main form button.primary").click()
    expect(officer.locator("main tbody tr")).to_have_count(2)
    chair.goto("/")
    chair.locator("ul.tasks li", has_text=place.region.short_name).locator("a.button").click()
    expect(chair.locator("main")).to_contain_text("Заполните паспорт.")
    made = Remark.objects.filter(kind="passport", made_by=place.region).order_by("organization")
    assert list(made.values_list("organization", flat=True)) == [place.keeper.pk, place.cells[1].pk]
    assert wrong() == {}
