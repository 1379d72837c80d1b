"""The start page in a browser: groups of tasks unfold, and a new chair finds the next step by keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from members.people.models import Member
from registry.accounts.models import Account
from tests.members import places

from .conftest import OpenWindow
from .steps import PASSWORD, ru
from .test_keyboard import walk


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the link or button with this text has the focus."""
    for _stop in range(150):
        page.keyboard.press("Tab")
        text = page.evaluate("(document.activeElement.innerText || '').trim()")
        if text.startswith(ru(words)):
            return
    raise AssertionError(f"«{words}» is not reached by Tab")


def test_u1_a_new_chair_gets_from_the_slip_to_the_first_member_by_keyboard_alone(window: OpenWindow) -> None:
    place = places.union()
    account = Account.objects.get(pk=place.chair.account.pk)  # type: ignore[union-attr]
    account.set_password("listok-s-parolem")
    account.must_change_password = True
    account.save(update_fields=["password", "must_change_password"])
    page = window()
    page.goto("/")
    page.locator("[name=username]").focus()
    page.keyboard.type(account.login)
    page.keyboard.press("Tab")
    page.keyboard.type("listok-s-parolem")
    page.keyboard.press("Enter")
    page.wait_for_url("**/first-password/")
    for field in page.locator("main input[type=password]").all():
        field.focus()
        page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/first-password/" not in url)
    page.goto("/")
    expect(page.locator(".next-step")).to_be_visible()
    tab_to(page, "Register")
    page.keyboard.press("Enter")
    page.wait_for_url("**/members/add/")
    unseen = walk(page, ru("Register"))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/add/" not in url)
    assert (unseen, Member.objects.filter(organization=place.keeper).count()) == ([], 1)


def test_n_s2_a_number_at_the_top_unfolds_its_group(window: OpenWindow) -> None:
    place = places.voi()
    place.put()
    page = window(place.chair, 390)
    page.goto("/")
    page.evaluate("document.querySelectorAll('details.fold').forEach(part => { part.open = false })")
    key = page.locator("details.fold").last.get_attribute("id")
    page.evaluate("key => { location.hash = key }", key)
    expect(page.locator(f"#{key}")).to_have_attribute("open", "")
