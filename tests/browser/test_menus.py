"""Menus stay within the window at any width, with scripts and without."""

from __future__ import annotations

import pytest

from tests.members import places

from .conftest import OpenWindow

WIDTHS = (1360, 1024, 768, 390, 320)


# The toggle event of a menu places it; without scripts there is no such event.
OPEN = """async (scripts) => {
  const menus = [...document.querySelectorAll("details.menu")]
    .filter((menu) => menu.querySelector(":scope > summary").checkVisibility({visibilityProperty: true}));
  await Promise.all(menus.map((menu) => {
    const told = scripts && new Promise((done) => menu.addEventListener("toggle", done, {once: true}));
    menu.open = true;
    return told;
  }));
  return menus.length;
}"""
#: Closes the menus; returns those that left the window, with their edges.
CLOSE = """() => [...document.querySelectorAll("details.menu[open]")].map((menu) => {
  const box = menu.querySelector(".menu-list").getBoundingClientRect();
  menu.open = false;
  return [menu.querySelector("summary").innerText, Math.round(box.left), Math.round(box.right)];
}).filter(([, left, right]) => left < 0 || right > document.documentElement.clientWidth)"""


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
    seen, outside = {}, {}
    for path in paths:
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            seen[path, width] = page.evaluate(OPEN, scripts)
            outside[path, width] = page.evaluate(CLOSE)
    assert {key: found for key, found in outside.items() if found} == {}
    assert all(seen.values())
