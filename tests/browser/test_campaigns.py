"""A reporting campaign over three levels: opened, filled in, late, returned, accepted, closed (N-S1, N-S2, N-S3)."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from registry.campaigns.models import Campaign, CampaignReport, ReportForm
from registry.days import day_text
from registry.organizations.models import Organization, OrganizationPassport
from tests.members import places
from tests.members.places import VOI_PERSON
from tests.registry import trees
from tests.registry.campaigns.worlds import World, day, last_year, of, total, world

from .conftest import OpenWindow
from .steps import fill, follow, message, press, ru, wrong


def _narrow(page: Page) -> None:
    """Assert that nothing on the page is wider than a telephone's screen."""
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def _from_the_task(page: Page) -> None:
    """Open the report from the tasks of the start page."""
    page.goto("/")
    page.locator("ul.tasks li", has_text=ru("Fill in the report:")).locator("a.button").click()
    page.wait_for_load_state()


def _input(page: Page, code: str) -> str:
    """Return the selector of the line's field for the own figure."""
    heading = page.locator("th[id^=l]", has_text=re.compile(rf"^\s*{code}\. "))
    return f"#v{(heading.get_attribute('id') or '')[1:]}"


def _hand_in(page: Page, trained: str) -> None:
    """Fill in the report from the registry, type the second line by keyboard, and hand it in."""
    _from_the_task(page)
    press(page, "Fill from the registry")
    message(page, "The registry has counted its lines. Look at them and add the others.")
    page.locator(_input(page, "2")).focus()
    page.keyboard.type(trained)
    # Enter goes on to the next line and sends nothing.
    page.keyboard.press("Enter")
    expect(page.locator(_input(page, "4"))).to_be_focused()
    page.keyboard.type("1 000")
    press(page, "Hand in")
    message(page, "The report is handed in.")


def _row(page: Page, place: Organization) -> object:
    return page.locator("main tbody tr", has_text=place.short_name)


def _opened(page: Page, w: World) -> Campaign:
    """Open the campaign about last year, after reading the number of organisations that report."""
    page.goto("/campaigns/")
    follow(page, "Open a campaign")
    press(page, "Next")
    fill(page, period=last_year(), term=day_text(day(10)))
    press(page, "Next")
    expect(page.locator("main")).to_contain_text("6 организациям")
    assert not Campaign.objects.filter(form=w.form).exists()
    press(page, "Open the campaign")
    message(page, "The campaign is open. Each organisation has the report among its tasks.")
    return Campaign.objects.get(form=w.form)


def test_n_s3_a_campaign_from_its_opening_to_the_frozen_total(window: OpenWindow) -> None:
    w = world()
    w.form.lines.filter(code="1").update(indicator="members.end")
    for place, number in zip(w.locals, (3, 2, 4), strict=True):
        trees.members(place, number, sex=VOI_PERSON["sex"])
    ReportForm.objects.update(state="draft")
    head = window(w.chair(w.head))
    head.goto(f"/campaigns/forms/{w.form.pk}/")
    follow(head, "Issue the form")
    press(head, "Issue the form")
    campaign = _opened(head, w)
    first, second, third = (window(w.chair(place), width=390) for place in w.locals)
    region, other = (window(w.chair(place)) for place in w.regions)

    # A chair on a telephone: the reason is asked for as soon as a different figure is typed.
    _from_the_task(first)
    _narrow(first)
    press(first, "Fill from the registry")
    reason = first.locator("[data-reason] textarea")
    expect(reason).to_be_hidden()
    first.locator(_input(first, "1")).fill("4")
    expect(reason).to_be_visible()
    press(first, "Save")
    message(first, "The registry has counted another figure. Give the reason for yours.")
    expect(first.locator(_input(first, "1"))).to_have_value("4")
    _narrow(first)
    first.locator(_input(first, "1")).fill("3")
    first.locator(_input(first, "2")).fill("5")
    press(first, "Hand in")
    expect(first.locator("main")).to_contain_text("Обученных не больше, чем членов.")
    first.locator(_input(first, "2")).fill("1")
    press(first, "Hand in")
    message(first, "The report is handed in.")
    _narrow(first)

    # The region returns it with a reason, and the chair hands it in again.
    region.goto("/")
    region.locator("ul.tasks li", has_text="Примите 1 отчёт").locator("a.button").click()
    region.locator("main").get_by_role("link", name=w.locals[0].short_name, exact=True).click()
    region.locator("#return summary").click()
    region.locator("#return [name=text]").fill("Обучено двое: см. протокол.")
    region.locator("#return [name=term]").fill(day_text(day(12)))
    press(region, "Return with the new term")
    message(region, "The report is returned with the new term.")
    _from_the_task(first)
    expect(first.locator("main")).to_contain_text("Обучено двое: см. протокол.")
    first.locator(_input(first, "2")).fill("2")
    press(first, "Hand in")
    message(first, "The report is handed in.")

    # The second chair is late and gets a reminder.
    CampaignReport.objects.filter(campaign=campaign, organization=w.locals[1]).update(term=day(-1))
    region.goto("/")
    region.locator("ul.tasks li", has_text="1 организация опаздывает").locator("a.button").click()
    expect(region.locator("main tbody tr")).to_have_count(1)
    press(region, "Remind all that are late")
    expect(region.locator("main")).to_contain_text("Напоминание отправлено 1 организации.")
    second.goto("/")
    expect(second.locator("ul.tasks li", has_text=ru("Fill in the report:"))).to_contain_text(day_text(day(0)))
    _hand_in(second, "1")
    _hand_in(third, "4")

    # Bottom up: selected reports are accepted, then the regions hand in their totals.
    for page in (region, other):
        page.goto(f"/campaigns/{campaign.pk}/")
        page.locator("thead .check-cell input").check()
        press(page, "Accept chosen")
        _hand_in(page, "0")
    head.goto(f"/campaigns/{campaign.pk}/")
    for place in w.regions:
        head.goto(f"/campaigns/reports/{of(campaign, place).pk}/")
        press(head, "Accept the report")
        message(head, "The report is accepted.")
    _hand_in(head, "0")
    head.goto(f"/campaigns/{campaign.pk}/")
    follow(head, "Close the campaign")
    press(head, "Close the campaign")
    message(head, "The campaign is closed, and its figures are frozen.")
    campaign.refresh_from_db()
    assert campaign.state == "closed"
    assert set(campaign.reports.values_list("state", flat=True)) == {"frozen"}
    assert (total(campaign, w.head)["1"], total(campaign, w.head)["2"]) == (9, 7)
    first.goto(f"/campaigns/reports/{of(campaign, w.locals[0]).pk}/")
    expect(first.locator("#figures")).to_have_count(0)
    _narrow(first)
    assert wrong() == {}


def test_n_s3_the_union_takes_an_example_and_closes_a_campaign_by_it(window: OpenWindow) -> None:
    place = places.union()
    place.put()
    OrganizationPassport.objects.update_or_create(
        organization=place.keeper, defaults={"employees": 40, "teachers": 25, "young": 9, "students": 0}
    )
    chairs = {place.keeper: place.chair, place.region: place.region_chair, place.head: trees.officer(place.head)}
    head = window(chairs[place.head])
    head.goto("/campaigns/forms/")
    head.locator("tr", has_text="Годовой статистический отчёт").get_by_role("button").click()
    head.wait_for_load_state()
    follow(head, "Issue the form")
    press(head, "Issue the form")
    follow(head, "Open a campaign")
    fill(head, period=last_year(), term=day_text(day(10)))
    press(head, "Next")
    press(head, "Open the campaign")
    campaign = Campaign.objects.get(organization=place.head)
    for organization, chair in chairs.items():
        page = head if organization == place.head else window(chair, width=390)
        _from_the_task(page)
        press(page, "Fill from the registry")
        if organization == place.keeper:
            page.locator(_input(page, "11")).fill("3")
        press(page, "Hand in")
        message(page, "The report is handed in.")
        if page != head:
            _narrow(page)
        report = of(campaign, organization)
        if report.parent is not None:
            above = window(chairs[report.parent.organization])
            above.goto(f"/campaigns/reports/{report.pk}/")
            press(above, "Accept the report")
            message(above, "The report is accepted.")
    head.goto(f"/campaigns/{campaign.pk}/")
    follow(head, "Close the campaign")
    press(head, "Close the campaign")
    message(head, "The campaign is closed, and its figures are frozen.")
    assert {code: total(campaign, place.head)[code] for code in ("1", "1.1", "11")} == {"1": 40, "1.1": 25, "11": 3}
    assert wrong() == {}
