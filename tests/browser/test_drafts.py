"""Input survives a closed browser, an idle session and a blocked account (U-2, U-5)."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from registry.access import Actor
from registry.accounts.models import Account
from registry.accounts.transitions.accounts import block_account, unblock_account
from registry.drafts.models import Draft
from tests.members import places

from .conftest import OpenWindow, Watch
from .steps import fill, message, press, ru

#: Milliseconds to wait: the page saves a draft three seconds after a change, and the machine may be busy.
SAVED = 15_000


def type_something(page: Page) -> None:
    """Fill in half a card, as a chair does before an interruption."""
    page.goto("/members/add/")
    fill(page, surname="Константинопольская", given_name="Александра", sex="female")


def drafted(page: Page) -> None:
    """Wait until the page shows that the draft is saved."""
    words = ru("Draft saved at {time}").split("{", maxsplit=1)[0].strip()
    expect(page.locator("[data-draft-status]")).to_contain_text(words, timeout=SAVED)


def typed(page: Page) -> list[str]:
    """Return the values of the fields."""
    return [page.input_value(f"main [name={name}]") for name in ("surname", "given_name")]


def test_u5_a_draft_survives_a_closed_browser_and_is_deleted_with_saving(window: OpenWindow) -> None:
    place = places.union()
    page = window(place.chair)
    type_something(page)
    drafted(page)
    page.context.close()
    again = window(place.chair)
    again.goto("/members/add/")
    assert typed(again) == ["Константинопольская", "Александра"]
    expect(again.locator("main [name=sex][value=female]")).to_be_checked()
    press(again, "Discard the draft")
    assert (typed(again), Draft.objects.filter(account=place.chair.account).count()) == (["", ""], 0)


def test_u5_a_page_closed_within_the_first_seconds_keeps_its_draft_too(window: OpenWindow) -> None:
    place = places.union()
    page = window(place.chair)
    type_something(page)
    page.goto("/")
    again = window(place.chair)
    again.goto("/members/add/")
    assert typed(again) == ["Константинопольская", "Александра"]


def test_u2_idle_time_is_warned_of_and_what_was_typed_is_there_after_signing_in(window: OpenWindow) -> None:
    place = places.union()
    page = window(place.chair)
    page.clock.install()
    type_something(page)
    page.clock.fast_forward(4_000)
    drafted(page)
    page.clock.fast_forward(28 * 60_000 + 30_000)
    dialog = page.locator("#idle")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-idle-continue]")).to_be_focused()
    page.clock.run_for(2_000)
    expect(dialog.locator("[data-idle-left]")).not_to_be_empty()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    page.clock.fast_forward(31 * 60_000)
    expect(dialog.locator("[data-idle-drafted]")).to_be_visible()
    assert typed(page) == ["Константинопольская", "Александра"]
    page.context.clear_cookies()
    dialog.locator("[data-idle-login]").click()
    page.fill("[name=username]", place.chair.account.login)  # type: ignore[union-attr]
    page.fill("[name=password]", "correct horse battery")
    press(page, "Sign in")
    expect(page).to_have_url(re.compile("/members/add/$"))
    assert typed(page) == ["Константинопольская", "Александра"]


def test_u2_blocking_ends_the_session_at_once_and_the_draft_is_there_after_unblocking(
    window: OpenWindow, watch: Watch
) -> None:
    place = places.union()
    account: Account = place.chair.account  # type: ignore[assignment]
    page = window(place.chair)
    type_something(page)
    drafted(page)
    block_account(account.pk, reason="Проверка", by=place.region_chair)
    watch.expected.add(401)
    page.goto("/members/")
    expect(page.locator("form.sign-in")).to_be_visible()
    page.fill("[name=username]", account.login)
    page.fill("[name=password]", "correct horse battery")
    press(page, "Sign in")
    expect(page.locator("form.sign-in")).to_be_visible()
    unblock_account(account.pk, by=place.region_chair)
    again = window(Actor(account=Account.objects.get(pk=account.pk), appointment=place.chair.appointment))
    again.goto("/members/add/")
    assert typed(again) == ["Константинопольская", "Александра"]


def sign_in_here(page: Page, account: Account) -> None:
    """Sign in on the sign-in page that the browser already shows."""
    page.fill("[name=username]", account.login)
    page.fill("[name=password]", "correct horse battery")
    press(page, "Sign in")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("ended", ["session", "cookies", "elsewhere"])
def test_u2_the_last_input_before_an_ended_session_is_in_the_form_after_signing_in(
    window: OpenWindow, watch: Watch, ended: str, scripts: bool
) -> None:
    place = places.union()
    account: Account = place.chair.account  # type: ignore[assignment]
    page = window(place.chair, java_script_enabled=scripts)
    watch.expected.add(401)
    type_something(page)
    if ended == "elsewhere":
        other = page.context.new_page()
        other.goto("/")
        other.locator("form[action='/sign-out/'] button").first.evaluate("button => button.form.submit()")
        expect(other.locator("form.sign-in")).to_be_visible()
        other.close()
    else:
        page.context.clear_cookies(**({"name": "sessionid"} if ended == "session" else {}))
    fill(page, surname="Переяславская-Залесская")
    press(page, "Register")
    expect(page.locator("form.sign-in")).to_be_visible()
    sign_in_here(page, account)
    expect(page).to_have_url(re.compile("/members/add/$"))
    assert typed(page) == ["Переяславская-Залесская", "Александра"]
    expect(page.locator("main [name=sex][value=female]")).to_be_checked()


def test_u2_a_form_without_a_draft_is_sent_only_in_a_live_session(window: OpenWindow, watch: Watch) -> None:
    place = places.union()
    watch.expected.add(403)
    account: Account = place.chair.account  # type: ignore[assignment]
    page = window(place.chair)
    page.clock.install()
    page.goto("/my/")
    fill(page, email="typed@example.org")
    page.clock.fast_forward(2 * 60_000)
    page.context.clear_cookies()
    press(page, "Save")
    dialog = page.locator("#idle")
    expect(dialog.locator("[data-idle-open]")).to_be_visible()
    with page.context.expect_page() as opened:
        dialog.locator("[data-idle-login]").click()
    sign_in_here(opened.value, account)
    expect(opened.value).to_have_url(re.compile("/my/$"))
    # The other tab notifies this one, and the form is sent with the key of the new session.
    expect(dialog).to_be_hidden()
    assert page.input_value("main [name=email]") == "typed@example.org"
    press(page, "Save")
    message(page, "Saved.")
    account.refresh_from_db()
    assert account.email == "typed@example.org"


@pytest.mark.parametrize("gone", ["key", "cookies"])
def test_u2_going_back_keeps_the_input_of_an_expired_form(window: OpenWindow, watch: Watch, gone: str) -> None:
    place = places.union()
    page = window(place.chair, java_script_enabled=False)
    watch.expected.add(403)
    page.goto("/my/")
    fill(page, email="typed@example.org")
    page.context.clear_cookies(**({"name": "csrftoken"} if gone == "key" else {}))
    press(page, "Save")
    expect(page.locator("h1")).to_have_text(ru("This form has expired"))
    if gone == "cookies":
        with page.context.expect_page() as opened:
            page.get_by_role("link", name=ru("Sign in on a new tab")).click()
        sign_in_here(opened.value, place.chair.account)  # type: ignore[arg-type]
        expect(opened.value).to_have_url(re.compile("/my/$"))
        opened.value.close()
    page.go_back()
    expect(page.locator("main [name=email]")).to_have_value("typed@example.org")
    press(page, "Save")
    message(page, "Saved.")


def test_n_s2_a_page_that_saves_too_often_comes_again_when_it_is_told(window: OpenWindow, watch: Watch) -> None:
    watch.expected.add(429)
    place = places.union()
    page = window(place.chair)
    asked: list[float] = []

    def answer(route: Route) -> None:
        asked.append(time.monotonic())
        if len(asked) == 1:
            route.fulfill(status=429, headers={"Retry-After": "5"}, json={"error": ""})
        else:
            route.continue_()

    page.route("**/drafts/**", answer)
    type_something(page)
    status = page.locator("[data-draft-status]")
    expect(status).to_have_text(ru("Changes are not in the draft yet"), timeout=SAVED)
    # Neither typing nor another window makes it start earlier.
    page.evaluate("document.dispatchEvent(new CustomEvent('registry:save-drafts'))")
    drafted(page)
    assert (len(asked), asked[1] - asked[0] >= 4.9) == (2, True)
