"""The switches of the menu «Display», and dates and numbers typed by keyboard into every input mask."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from registry.accounts.models import Account
from tests.members import places

from .conftest import OpenWindow
from .steps import PASSWORD, ru


def switch(page: Page, words: str) -> None:
    """Open the menu «Display» and press one of its buttons."""
    page.locator("details.menu.view > summary").click()
    page.locator("details.menu.view").get_by_role("button", name=ru(words), exact=True).click()
    page.wait_for_load_state()


def classes(page: Page) -> str:
    """Return the classes of the page, separated by single spaces."""
    return " ".join((page.locator("html").get_attribute("class") or "").split())


@pytest.mark.parametrize("width", [1360, 390])
def test_u1_larger_type_and_contrast_are_switched_on_and_off_in_the_menu(window: OpenWindow, width: int) -> None:
    page = window(places.union().chair, width)
    page.goto("/members/")
    size = "() => parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"
    before = page.evaluate(size)
    shown = []
    for words in ("Larger type", "Higher contrast", "Larger type", "Higher contrast"):
        switch(page, words)
        shown.append((classes(page), page.evaluate(size) > before, page.url.endswith("/members/")))
    assert shown == [
        ("type-large", True, True),
        ("type-large contrast-high", True, True),
        ("contrast-high", False, True),
        ("", False, True),
    ]


def test_u1_the_switches_of_the_profile_are_those_of_the_menu(window: OpenWindow) -> None:
    chair = places.union().chair
    page = window(chair)
    page.goto("/my/")
    page.locator("main").get_by_role("button", name=ru("Larger type"), exact=True).click()
    page.wait_for_load_state()
    assert classes(page) == "type-large"
    expect(page.locator("main").get_by_role("button", name=ru("Larger type"))).to_have_attribute("aria-pressed", "true")
    page.locator("main").get_by_role("button", name="English", exact=True).click()
    expect(page.locator("h1")).to_have_text("My account")


def test_u1_larger_type_chosen_before_sign_in_stays_afterwards(window: OpenWindow) -> None:
    account = places.union().chair.account
    account.set_password(PASSWORD)
    account.save(update_fields=["password"])
    page = window()
    page.goto(reverse("login"))
    switch(page, "Larger type")
    assert classes(page) == "type-large"
    page.locator("[name=username]").fill(account.login)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: reverse("login") not in url)
    assert (classes(page), Account.objects.get(pk=account.pk).large_type) == ("type-large", True)
    switch(page, "Larger type")
    page.context.clear_cookies(name="sessionid")
    page.goto(reverse("login"))
    assert classes(page) == ""


#: Field, typed text, text while the field has the focus, and text after Tab.
TYPED = [
    ("joined_on", "1997", "1997", "1997"),
    ("joined_on", "2010", "2010", "2010"),
    ("joined_on", "07052001", "07.05.2001", "07.05.2001"),
    ("joined_on", "7.5.2001", "7.5.2001", "07.05.2001"),
    ("birth_date", "22091978", "22.09.1978", "22.09.1978"),
    ("birth_date", "31121999", "31.12.1999", "31.12.1999"),
    ("birth_date", "1.2.1950", "01.02.1950", "01.02.1950"),
    ("birth_date", "01.02.1950", "01.02.1950", "01.02.1950"),
    ("birth_date", "1.2.1950", "01.02.1950", "01.02.1950"),
    ("birth_date", "1978", "1978", "1978"),
    ("snils", "11223344595", "112-233-445 95", "112-233-445 95"),
    ("snils", "112-233-445 95", "112-233-445 95", "112-233-445 95"),
    ("phone_mobile", "89105550117", "89105550117", "+7 910 555-01-17"),
    ("phone_mobile", "+375291234567", "+375291234567", "+375291234567"),
    ("phone_mobile", "8 910 555-01-17, 8 910 555-01-18", *["8 910 555-01-17, 8 910 555-01-18"] * 2),
    ("phone_mobile", "555-01-17 доб. 3", *["555-01-17 доб. 3"] * 2),
    ("postcode", "300 012", "300 012", "300012"),
    ("postcode", "300012", "300012", "300012"),
]


def test_u1_masked_input_gives_the_intended_value(window: OpenWindow) -> None:
    page = window(places.union().chair)
    page.goto("/members/add/")
    found = []
    for name, keys, _typing, _left in TYPED:
        field = page.locator(f"main [name={name}]")
        field.focus()
        page.keyboard.press("Control+A")
        page.keyboard.press("Delete")
        page.keyboard.type(keys)
        typing = field.input_value()
        page.keyboard.press("Tab")
        found.append((name, keys, typing, field.input_value()))
    assert found == TYPED


def test_u1_inserting_or_deleting_a_digit_keeps_the_caret(window: OpenWindow) -> None:
    page = window(places.union().chair)
    page.goto("/members/add/")
    field = page.locator("main [name=birth_date]")
    field.focus()
    page.keyboard.type("22091978")
    for _step in range(4):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.type("8")
    at = field.evaluate("field => [field.value, field.selectionStart]")
    assert at == ["22.081978", 5]
