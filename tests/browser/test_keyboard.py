"""Registering a person only by keyboard: no mouse, the focus always visible, nothing typed lost (WCAG 2.1.1, 2.4.7)."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from members.people.models import Member
from tests.members import places

from .conftest import OpenWindow
from .steps import ru

#: Texts that a chair types, by field; the other fields are prefilled or may stay empty.
TYPED = {
    "surname": "Абрамова",
    "given_name": "Марфа",
    "patronymic": "Никифоровна",
    "birth_date": "22091978",
    "position": "педагог",
    "workplace": "Школа № 15",
    "joined_on": "07052001",
    "ground": "профсоюзный билет № 17",
}
#: Keys that select in a list, or between radio buttons.
CHOSEN = {"sex": "Space", "category": "ArrowDown", "education": "ArrowDown", "dues_form": "ArrowDown"}
FOCUS = """() => {
  const field = document.activeElement, style = getComputedStyle(field), box = field.getBoundingClientRect();
  const ringed = [field, field.closest("label"), field.parentElement].some(part => part
    && getComputedStyle(part).outlineStyle !== "none" && parseFloat(getComputedStyle(part).outlineWidth) >= 2);
  return {name: field.name || "", type: field.type || "", value: field.value || "", text: field.innerText || "",
    hidden: field === document.body, ringed, inside: box.bottom > 0 && box.top < innerHeight};
}"""
#: More tab stops than any form has.
STOPS = 150


def walk(page: Page, until: str) -> list[str]:
    """Tab through the form, typing and selecting, up to the button with that text; return the places where the focus
    was not visible.
    """
    unseen, done = [], set()
    for _stop in range(STOPS):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if not (at["ringed"] and at["inside"]) and not at["hidden"]:
            unseen.append(at["name"] or at["text"])
        if at["type"] == "submit" and at["text"].strip() == until:
            return unseen
        name = at["name"]
        if name in done:
            continue
        if name in TYPED:
            page.keyboard.press("Control+A")
            page.keyboard.type(TYPED[name])
            done.add(name)
        elif name in CHOSEN:
            page.keyboard.press(CHOSEN[name])
            done.add(name)
    raise AssertionError(f"no button «{until}» is reached by Tab")


def test_u5_a_person_is_registered_by_keyboard_alone(window: OpenWindow) -> None:
    place = places.union()
    page = window(place.chair)
    page.goto("/members/add/")
    unseen = walk(page, ru("Register"))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/add/" not in url)
    member = Member.objects.get(organization=place.keeper)
    assert (unseen, member.full_name, f"{member.birth_date}", f"{member.joined_on}") == (
        [], "Абрамова Марфа Никифоровна", "1978-09-22", "2001-05-07",
    )  # fmt: skip


def test_u5_errors_get_the_focus_and_lead_to_their_fields_and_nothing_typed_is_lost(window: OpenWindow) -> None:
    page = window(places.union().chair)
    page.goto("/members/add/")
    page.locator("[name=surname]").focus()
    page.keyboard.type("Абрамова")
    page.keyboard.press("Tab")
    page.keyboard.type("Марфа")
    page.locator("[name=birth_date]").focus()
    page.keyboard.type("31.02.1978")
    page.keyboard.press("Control+Enter")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    kept = [page.input_value(f"[name={name}]") for name in ("surname", "given_name", "birth_date")]
    assert kept == ["Абрамова", "Марфа", "31.02.1978"]
    page.keyboard.press("Tab")
    href = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    assert page.evaluate("'#' + document.activeElement.id") == href
    link = summary.locator("a[href='#id_birth_date']")
    link.focus()
    page.keyboard.press("Enter")
    field = page.locator("#id_birth_date")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    described = (field.get_attribute("aria-describedby") or "").split()
    assert any(page.locator(f"#{part}").inner_text().strip() for part in described)


def test_the_first_stop_of_tab_leads_past_the_navigation(window: OpenWindow) -> None:
    page = window(places.union().chair)
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_menus_open_by_key_and_escape_gives_the_focus_back(window: OpenWindow) -> None:
    place = places.voi()
    page = window(place.chair)
    page.goto(f"/members/{place.put().pk}/")
    menu = page.locator("main details.menu summary").first
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.locator("main details.menu").first).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    assert page.locator("main details.menu[open]").count() == 0
