"""Daily tasks take few clicks on few pages (V-A5)."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from members.admission.models import Application
from members.meetings.models import Meeting
from tests.members import places, sessions

from .conftest import OpenWindow
from .steps import ru, wrong
from .test_admission import PERSON

_COUNT = "window.name = String(Number(window.name || 0) + 1)"


def count_clicks(page: Page) -> None:
    """Count every click in the window, also from page to page."""
    page.add_init_script(f"addEventListener('click', (event) => {{ if (event.isTrusted) {_COUNT} }}, true)")


def test_v_a5_one_person_is_admitted_with_ten_clicks_on_five_pages(window: OpenWindow) -> None:
    place = places.voi()
    sessions.body_of(place.keeper)
    page = window(place.chair)
    page.goto("/applications/")
    visited = [page.url]
    page.on("framenavigated", lambda frame: visited.append(frame.url) if frame.url != visited[-1] else None)
    count_clicks(page)
    page.goto("/applications/")
    main = page.locator("main")
    main.get_by_role("link", name=ru("File an application")).first.click()
    for name, value in PERSON.items():
        field = main.locator(f"[name={name}]").first
        if field.get_attribute("type") == "radio":
            main.locator(f"[name={name}][value={value}]").check()
        else:
            field.fill(value)
    main.locator("[name=category]").first.select_option("disabled")
    for name in ("filed_on", "acquainted_on", "consent_signed_on"):
        field = main.locator(f"[name={name}]")
        if field.count():
            field.fill(f"{sessions.days(0):%d.%m.%Y}")
    for box in main.locator("[name=copies]").all()[:3]:
        box.check()
    main.get_by_role("button", name=ru("File the application")).click()
    main.get_by_role("link", name=ru("Admit"), exact=True).click()
    main.locator("[name=told][value=came]").check()
    main.locator("[name=place]").fill("ул. Садовая, 5")
    main.locator("[name=chaired_by]").fill("Громов Г. Г.")
    main.locator("[name=number]").fill("7")
    main.get_by_role("button", name=ru("Admit"), exact=True).click()
    application = Application.objects.get(organization=place.keeper)
    expect(page.get_by_text(ru("%(name)s is admitted.", name=application.full_name))).to_be_visible()
    assert (application.state, Meeting.objects.get(organization=place.keeper).state) == ("admitted", "closed")
    clicks = int(page.evaluate("Number(window.name || 0)"))
    assert (5 < clicks <= 10, 3 < len(visited) <= 5) == (True, True), (clicks, visited)
    assert wrong() == {}
