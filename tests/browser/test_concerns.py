"""Fields that do not apply to the category are hidden while they are empty; fields with a value are always shown."""

from __future__ import annotations

from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.members import places

from .conftest import OpenWindow
from .steps import ru

_WORK, _STUDY = "[data-field=hired_on]", "[data-field=course]"


def shown(page: Page) -> tuple[bool, bool]:
    """Return whether the date of employment and the year of studies are shown."""
    return page.locator(_WORK).is_visible(), page.locator(_STUDY).is_visible()


def test_u5a_fields_of_students_and_workers_follow_the_category(window: OpenWindow) -> None:
    page = window(places.union().chair)
    page.goto(reverse("members:add"))
    seen = [shown(page)]
    for category in ("student", "employed", "pensioner", ""):
        page.locator("[name=category]").select_option(category)
        seen.append(shown(page))
    assert seen == [(True, True), (False, True), (True, False), (True, False), (True, True)]


def test_u5a_what_is_typed_stays_in_sight_and_the_rest_can_be_shown(window: OpenWindow) -> None:
    page = window(places.union().chair, 390)
    page.goto(reverse("members:add"))
    note = page.get_by_text(ru("Fields that do not concern this category are not shown."))
    expect(note).to_have_count(0)
    page.locator("[name=category]").select_option("student")
    page.locator("[name=course]").fill("3")
    page.locator("[name=category]").select_option("employed")
    assert shown(page) == (True, True)
    expect(page.locator("[data-field=study_group]")).to_be_hidden()
    expect(note).to_be_visible()
    page.get_by_role("button", name=ru("Show all fields")).click()
    expect(page.locator("[data-field=study_group]")).to_be_visible()
    expect(page.locator("[name=category]")).to_be_focused()
    expect(note).to_be_hidden()


def test_v_a1_a_representative_is_not_asked_for_a_certificate_until_one_is_entered(window: OpenWindow) -> None:
    page = window(places.voi().chair)
    page.goto(reverse("members:add"))
    part = page.locator("#part-certificate")
    seen = [part.is_visible()]
    for category in ("guardian", "disabled"):
        page.locator("[name=category]").select_option(category)
        seen.append(part.is_visible())
    page.locator("[name=disability_group]").select_option(index=1)
    page.locator("[name=category]").select_option("trustee")
    seen.append(part.is_visible())
    assert seen == [True, False, True, True]


def test_u5a_without_scripts_every_field_is_shown(window: OpenWindow) -> None:
    page = window(places.union().chair, java_script_enabled=False)
    page.goto(reverse("members:add"))
    assert shown(page) == (True, True)
