"""Menus stay within the window at any width, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.members import places

from .conftest import OpenWindow

WIDTHS = (1360, 1024, 768, 390, 320)


def outside(page: Page) -> list[tuple[str, int, int]]:
    """Return the menus whose list leaves the window on the left or right, with its edges."""
    found = []
    for menu in page.locator("details.menu").all():
        summary = menu.locator("> summary")
        if not summary.is_visible():
            continue
        summary.click()
        box = menu.locator(".menu-list").bounding_box()
        assert box is not None
        width = page.evaluate("document.documentElement.clientWidth")
        if box["x"] < 0 or box["x"] + box["width"] > width:
            found.append((summary.inner_text(), round(box["x"]), round(box["x"] + box["width"])))
        summary.click()
    return found


@pytest.mark.parametrize("scripts", [True, False])
def test_u1_no_menu_leaves_the_window(window: OpenWindow, scripts: bool) -> None:
    place = places.voi()
    member = place.put()
    page = window(place.chair, java_script_enabled=scripts)
    query = "sex=female&age_min=18&age_max=99&category=disabled&consent=none&disability_group=II"
    paths = (
        f"/members/?{query}",
        "/members/?sex=female",
        f"/members/{member.pk}/",
        f"/organizations/{place.keeper.pk}/",
    )
    seen = {}
    for path in paths:
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            seen[path, width] = outside(page)
    assert {key: found for key, found in seen.items() if found} == {}
