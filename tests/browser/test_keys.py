"""Keys for people who type a lot: Enter, Ctrl+Enter, Ctrl+K and «/», arrows in the suggestions of the search."""

from __future__ import annotations

from playwright.sync_api import expect

from members.people.models import Member
from tests.members import places

from .conftest import OpenWindow

FOCUS = "document.activeElement.name || document.activeElement.id"


def test_u5_enter_goes_to_the_next_field_and_control_enter_saves(window: OpenWindow) -> None:
    place = places.union()
    member = place.put()
    page = window(place.chair)
    page.goto(f"/members/{member.pk}/edit/")
    page.locator("[name=surname]").focus()
    stops = []
    for _field in range(3):
        page.keyboard.press("Enter")
        stops.append(page.evaluate(FOCUS))
    assert stops == ["given_name", "patronymic", "no_patronymic"]
    page.locator("[name=surname]").fill("Белова")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/members/{member.pk}/")
    assert Member.objects.get(pk=member.pk).surname == "Белова"


def test_n_a1_the_search_is_reached_by_key_and_the_arrows_choose_a_suggestion(window: OpenWindow) -> None:
    place = places.union()
    member = place.put()
    page = window(place.chair)
    for key in ("/", "Control+k"):
        page.goto("/")
        page.keyboard.press(key)
        assert page.evaluate(FOCUS) == "q"
    page.keyboard.type("абрам")
    expect(page.locator(".suggestions a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".suggestions a")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/members/{member.pk}/")


def test_n_a1_a_slash_typed_into_a_field_is_a_slash_and_escape_closes_the_suggestions(window: OpenWindow) -> None:
    place = places.union()
    place.put()
    page = window(place.chair)
    page.goto("/members/add/")
    field = page.locator("[name=position]")
    field.focus()
    page.keyboard.type("5/2")
    assert field.input_value() == "5/2"
    page.locator("#search").focus()
    page.keyboard.type("абрам")
    expect(page.locator(".suggestions a")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".suggestions a")).to_have_count(0)
    expect(page.locator("#search")).to_be_focused()


def test_n_s2_completing_opens_with_the_focus_in_what_is_missing(window: OpenWindow) -> None:
    place = places.union()
    member = place.put(position="")
    page = window(place.chair)
    page.goto(f"/members/{member.pk}/")
    page.locator(".head .button.primary").click()
    page.wait_for_url("**/edit/?missing")
    expect(page.locator("[name=position]")).to_be_focused()
