"""The calendar of date fields: by mouse and keyboard, within its limits and the window, at any width."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.members import places

from .conftest import OpenWindow
from .steps import ru


def form(window: OpenWindow, width: int = 1360) -> Page:
    """Open the form of a new card."""
    page = window(places.union().chair, width)
    page.goto(reverse("members:add"))
    return page


def button(page: Page, name: str) -> None:
    """Press the button of the calendar of a field."""
    page.locator(f".date-control:has([name={name}]) [data-calendar]").click()


def focus_is_on(page: Page, day: dt.date) -> None:
    """Wait until the day has the focus, because earlier key presses are lost."""
    expect(page.locator(":focus")).to_have_attribute("data-day", day.isoformat())


def test_u5_a_day_is_chosen_by_keyboard(window: OpenWindow) -> None:
    page = form(window)
    page.locator("[name=hired_on]").fill("31.01.2024")
    page.keyboard.press("Alt+ArrowDown")
    focus_is_on(page, dt.date(2024, 1, 31))
    for key, day in (
        ("PageDown", (2024, 2, 29)), ("ArrowRight", (2024, 3, 1)), ("Home", (2024, 2, 26)), ("End", (2024, 3, 3)),
        ("ArrowUp", (2024, 2, 25)), ("ArrowLeft", (2024, 2, 24)), ("ArrowDown", (2024, 3, 2)),
        ("PageUp", (2024, 2, 2)), ("Shift+PageUp", (2023, 2, 2)),
    ):  # fmt: skip
        page.keyboard.press(key)
        focus_is_on(page, dt.date(*day))
    page.keyboard.press("Enter")
    expect(page.locator("[name=hired_on]")).to_have_value("02.02.2023")
    expect(page.locator("[name=hired_on]")).to_be_focused()
    expect(page.locator("dialog.calendar")).to_be_hidden()


def test_u5_escape_keeps_the_date_and_returns_to_the_button(window: OpenWindow) -> None:
    page = form(window)
    page.locator("[name=hired_on]").fill("05.03.2020")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.calendar")).to_be_hidden()
    expect(page.locator("[name=hired_on]")).to_have_value("05.03.2020")
    expect(page.locator(".date-control:has([name=hired_on]) [data-calendar]")).to_be_focused()


def test_u5_a_birth_date_begins_with_the_year_and_ends_today(window: OpenWindow) -> None:
    page = form(window)
    button(page, "birth_date")
    today = timezone.localdate()
    years = page.locator("dialog.calendar [data-part=year]")
    expect(years).to_be_focused()
    assert years.locator("option").first.inner_text() == str(today.year)
    years.select_option("1958")
    page.locator("dialog.calendar [data-part=month]").select_option(label="ноябрь")
    page.locator("dialog.calendar [data-day='1958-11-05']").click()
    expect(page.locator("[name=birth_date]")).to_have_value("05.11.1958")
    expect(page.locator(".draft-status")).to_contain_text(ru("Draft saved at {time}").partition(" {")[0])


def test_u5_days_after_today_are_not_offered_where_the_rule_refuses_them(window: OpenWindow) -> None:
    page = form(window)
    today = timezone.localdate()
    page.locator("[name=hired_on]").fill(f"{today:%d.%m.%Y}")
    page.keyboard.press("Alt+ArrowDown")
    focus_is_on(page, today)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageDown")
    focus_is_on(page, today)
    expect(page.locator("dialog.calendar [data-part=later]")).to_be_disabled()
    following = today + dt.timedelta(days=1)
    if following.month == today.month:
        expect(page.locator(f"dialog.calendar [data-day='{following.isoformat()}']")).to_be_disabled()
    page.keyboard.press("Escape")
    page.locator("[name=study_until]").fill(f"{today:%d.%m.%Y}")
    page.keyboard.press("Alt+ArrowDown")
    focus_is_on(page, today)
    page.keyboard.press("ArrowRight")
    focus_is_on(page, following)


def test_u5_the_year_alone_is_chosen_where_it_is_enough(window: OpenWindow) -> None:
    page = form(window)
    page.locator("[name=joined_on]").fill("1997")
    button(page, "joined_on")
    whole = page.locator("dialog.calendar [data-part=whole]")
    expect(whole).to_have_text(ru("Only the year {year}").replace("{year}", "1997"))
    page.locator("dialog.calendar [data-part=year]").select_option("1998")
    whole.click()
    expect(page.locator("[name=joined_on]")).to_have_value("1998")
    button(page, "birth_date")
    expect(whole).to_be_hidden()


@pytest.mark.parametrize("width", [1360, 390, 320])
def test_u5_the_calendar_is_in_the_window_and_its_days_are_large_enough(window: OpenWindow, width: int) -> None:
    page = form(window, width)
    for name in ("birth_date", "hired_on", "joined_on"):
        button(page, name)
        box = page.locator("dialog.calendar").bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, name
        assert box["y"] >= 0 and box["y"] + box["height"] <= 900, name
        day = page.locator("dialog.calendar [data-day]:not(:disabled)").first.bounding_box()
        assert day is not None and day["height"] >= 44 and day["width"] >= (44 if width > 320 else 40)
        page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_u5_weeks_begin_on_monday_and_months_are_named_in_the_language_of_the_page(window: OpenWindow) -> None:
    page = form(window)
    page.locator("[name=hired_on]").fill("01.05.2024")
    button(page, "hired_on")
    calendar = page.locator("dialog.calendar")
    assert calendar.locator("thead th").all_inner_texts() == ["пн", "вт", "ср", "чт", "пт", "сб", "вс"]
    assert calendar.locator("table").get_attribute("aria-label") == "май 2024 г."
    first = calendar.locator("tbody tr").first.locator("td")
    assert first.all_inner_texts() == ["", "", "1", "2", "3", "4", "5"]
    expect(calendar.locator("[aria-selected=true] button")).to_have_attribute("aria-label", "среда, 1 мая 2024 г.")


def test_u5_without_scripts_dates_are_typed(window: OpenWindow) -> None:
    page = window(places.union().chair, java_script_enabled=False)
    page.goto(reverse("members:add"))
    expect(page.locator("[data-calendar]").first).to_be_hidden()
    expect(page.locator("[name=birth_date]")).to_be_editable()
