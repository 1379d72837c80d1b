"""Setting up a telephone in a browser, signing in with codes, and the question before a dangerous act (U-2)."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from registry.accounts.models import Account
from registry.accounts.tokens import SecondFactor
from registry.enums import Level, Role
from tests.registry import trees
from tests.registry.accounts import factors

from .conftest import OpenWindow, Watch
from .steps import fill, follow, message, press, ru, sign_in

PASSWORD = "correct horse battery"


def recovery_codes(page: Page) -> list[str]:
    return [code.inner_text() for code in page.locator(".recovery-codes code").all()]


@pytest.mark.parametrize("width", [1360, 390])
def test_u2_a_telephone_is_connected_and_asked_for_at_the_sign_in_and_before_an_act(
    window: OpenWindow, watch: Watch, width: int
) -> None:
    region = trees.below(trees.head(), Level.REGIONAL, "Тульская организация")
    chair = trees.officer(region)
    officer = trees.officer(region, Role.REGISTRAR, "Сомова")
    assert chair.account is not None and officer.account is not None
    page = window(chair, width=width)

    page.goto("/my/")
    follow(page, "Second factor")
    press(page, "Set up the second factor")
    expect(page).to_have_url(re.compile("/my/second-factor/telephone/$"))
    expect(page.locator(".code-picture svg")).to_be_visible()
    letters = page.locator(".code-letters code").inner_text()
    pending = SecondFactor.objects.get(user=chair.account)
    assert letters == pending.secret
    # Half a minute earlier, so that the present code can still be used for the sign-in.
    shown = factors.shown(pending.key, -1)
    fill(page, code=f"{shown[:3]} {shown[3:]}")
    press(page, "Connect")
    codes = recovery_codes(page)
    assert len(set(codes)) == 10
    expect(page.locator("a[download]")).to_have_attribute("href", re.compile("^data:application/pdf;base64,"))
    follow(page, "I have kept the codes")

    page.context.clear_cookies()
    sign_in(page, chair.account.login, PASSWORD)
    expect(page.locator("[name=code]")).to_be_focused()
    fill(page, code="000 000")
    press(page, "Go on")
    expect(page.locator("main")).to_contain_text("проверьте время на телефоне")
    fill(page, code=factors.shown(pending.key))
    press(page, "Go on")
    expect(page).to_have_url(re.compile("/$"))

    page.context.clear_cookies()
    sign_in(page, chair.account.login, PASSWORD)
    fill(page, code=codes[4])
    press(page, "Go on")
    message(page, "A recovery code was used: cross it out on the sheet, it is not valid any more.")

    _asked_before_an_appointment(page, watch, chair.account, officer.account, codes[5])


def _asked_before_an_appointment(page: Page, watch: Watch, chair: Account, officer: Account, code: str) -> None:
    """Let the proof of the sign-in expire; after the question, the act is done with the typed text."""
    _forget_proof(page)
    page.goto(f"/accounts/{officer.pk}/appoint/?organization={officer.home_id}")
    fill(page, basis="Приказ «№ 5»")
    page.locator("[name=role][value=reviewer]").check()
    watch.expected.add(401)
    press(page, "Appoint")
    expect(page.locator("main h1")).to_have_text(ru("Confirm that it is you"))
    page.locator("[name=again-password]").fill(PASSWORD)
    page.locator("[name=again-code]").fill(code)
    press(page, "Confirm and go on")
    message(page, "The appointment is made.")
    assert officer.appointments.get(role="reviewer").basis == "Приказ «№ 5»"
    assert chair.pk != officer.pk


def _forget_proof(page: Page) -> None:

    key = next(one["value"] for one in page.context.cookies() if one["name"] == "sessionid")
    store = SessionStore(key)
    store["proven_at"] = 0
    store.save()
