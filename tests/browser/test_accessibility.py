"""WCAG 2.2 AA on every page there is: axe's audit, no sideways scrolling on a
phone, a title of its own, a quiet console.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page as Window

from registry.accounts.models import Account
from tests.browser import pages, world

from .conftest import OpenWindow, Watch, session_of
from .pages import NO_PAGES, PAGES
from .world import World

#: The success criteria of WCAG 2.0 to 2.2, levels A and AA, and what axe's makers hold good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Nothing is loaded twice for the audit: the site's Content-Security-Policy would refuse it, and say so in the console.
AUDIT = """([without, what, off]) => {
  const message = v => `${v.id}: ${v.nodes.slice(0, 3)
    .map(n => n.target.join(" ") + " " + n.any.concat(n.all, n.none).map(c => c.message)).join("; ")}`;
  return axe.run(
    {include: [["html"]], exclude: without.map(part => [part])},
    {
      runOnly: what,
      rules: Object.fromEntries(off.map(rule => [rule, {enabled: false}])),
      resultTypes: ["violations"],
      preload: false,
    },
  ).then(found => found.violations.map(message));
}"""
#: What stands around the main part of every page; what is asked of a page as a whole, axe asks without it too.
FRAME = ["a.skip", ".shell > .topbar", ".shell > .sidenav", "#header", "#nav-sidebar"]
WIDTHS = (1360, 390)
NARROW_RULES = ["target-size", "scrollable-region-focusable", "link-in-text-block", "nested-interactive"]
#: WCAG 1.4.10: down to this width nothing is read by scrolling sideways.
NARROWEST = 320
#: Pages that between them show every part of the interface, for the other ways of showing it.
SAMPLE = (
    "start", "gallery", "members:list", "members:detail", "members:add", "members:accounting", "documents:consents",
    "organizations:passport_tab", "imports:rows", "applications:list", "accounts:list",
)  # fmt: skip


@pytest.fixture(scope="module")
def shown(db: None) -> Iterator[World]:
    """The demonstration that the pages show."""
    with pytest.MonkeyPatch.context() as patch:
        yield world.build(patch)


def sign_in(window: Window, login: str, site: str) -> None:
    """Nobody, or the person of that login, looks at the next page."""
    window.context.clear_cookies()
    if login:
        key = session_of(Account.objects.get(login=login))
        window.context.add_cookies([{"name": "sessionid", "value": key, "url": site}])


def audit(window: Window, width: int, *, whole: bool = True, colours: bool = True) -> list[str]:
    """What axe finds at this width: on a phone's what the width can change, for the rest of the page is the same.

    Not `whole`: the frame around the main part has been looked at on another page of the same person. Without
    `colours`: those of every component have been looked at on the pages of the sample, which takes as long as all other
    rules.
    """
    window.set_viewport_size({"width": width, "height": 900})
    rules = TAGS if width == WIDTHS[0] else {"type": "rule", "values": NARROW_RULES}
    return window.evaluate(AUDIT, [[] if whole else FRAME, rules, [] if colours else ["color-contrast"]])


def too_wide(window: Window, width: int) -> bool:
    """Does the page scroll sideways at this width?"""
    window.set_viewport_size({"width": width, "height": 900})
    return window.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def address(name: str, shown: World) -> str:
    return PAGES[name].address(name, shown)


def names() -> list[str]:
    return [name for name, _pattern in pages.named_addresses()]


def admin_addresses() -> list[str]:
    """The lists of the Django admin, one entry of each, and what leads there."""
    found = [reverse("admin:index")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [reverse("admin:app_list", args=[model._meta.app_label]), reverse(f"{name}_changelist")]
        first = model._default_manager.first()
        found += [reverse(f"{name}_change", args=[first.pk])] if first else []
    return list(dict.fromkeys(found))


def by_login() -> dict[str, list[str]]:
    """Return the pages of each person, so that each signs in once."""
    found: dict[str, list[str]] = {}
    for name, page in PAGES.items():
        found.setdefault(page.login, []).append(name)
    return found


def test_every_named_page_is_visited(shown: World) -> None:
    known = set(PAGES) | NO_PAGES
    chair = Client(raise_request_exception=False)
    chair.force_login(Account.objects.get(login=pages.CHAIR), backend="django.contrib.auth.backends.ModelBackend")
    unknown = [
        name
        for name, pattern in pages.named_addresses()
        if name not in known and chair.get(pages.dummy_address(name, pattern)).status_code not in {403, 405}
    ]
    assert (unknown, sorted(known - set(names()))) == ([], [])


@pytest.mark.parametrize("login", list(by_login()))
def test_pages_pass_the_audit_and_fit_a_phone(login: str, shown: World, window: OpenWindow, site: str) -> None:
    page, faults = window(), []
    page.context.add_init_script(AXE_SCRIPT)
    sign_in(page, login, site)
    for number, name in enumerate(by_login()[login]):
        answer = page.goto(address(name, shown))
        if answer is None or answer.status != 200 or page.url != site + address(name, shown):
            faults.append(f"{name} leads to {page.url} with {answer.status if answer else None}")
            continue
        for width in WIDTHS:
            found = audit(page, width, whole=not number, colours=not number or name in SAMPLE)
            faults += [f"{name} at {width}: {fault}" for fault in found]
        faults += [f"{name} is wider than {width}" for width in (390, NARROWEST) if too_wide(page, width)]
    assert "\n".join(faults) == ""


def test_the_pages_of_the_administrator_pass_the_audit_and_fit_a_phone(
    shown: World, window: OpenWindow, site: str
) -> None:
    page, faults = window(), []
    page.context.add_init_script(AXE_SCRIPT)
    sign_in(page, "admin", site)
    for number, where in enumerate(admin_addresses()):
        answer = page.goto(where)
        if answer is None or answer.status != 200 or page.url != site + where:
            faults.append(f"{where} leads to {page.url} with {answer.status if answer else None}")
            continue
        faults += [f"{where}: {found}" for found in audit(page, WIDTHS[0], whole=not number)]
        faults += [f"{where} is wider than 390"] * too_wide(page, 390)
    assert "\n".join(faults) == ""


@pytest.mark.parametrize(
    "display", [{"large_type": True, "high_contrast": True}, {"large_type": True, "language": "en"}]
)
def test_larger_type_and_higher_contrast_pass_the_audit_too(
    display: dict[str, Any], shown: World, window: OpenWindow, site: str
) -> None:
    page, faults = window(), []
    page.context.add_init_script(AXE_SCRIPT)
    usual = {"large_type": False, "high_contrast": False, "language": "ru"}
    Account.objects.update(**{**usual, **display})
    try:
        for login, of_login in by_login().items():
            chosen = [name for name in of_login if name in SAMPLE]
            if chosen:
                sign_in(page, login, site)
            for number, name in enumerate(chosen):
                page.goto(address(name, shown))
                # Large type and other words leave the colours as they are.
                found = audit(page, WIDTHS[0], whole=not number, colours="high_contrast" in display)
                faults += [f"{name}: {fault}" for fault in found]
                faults += [f"{name} is wider than {width}" for width in (390, NARROWEST) if too_wide(page, width)]
    finally:
        Account.objects.update(**usual)
    assert "\n".join(faults) == ""


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_two_pages_have_the_same_title(language: str, shown: World, site: str) -> None:
    titles: Counter[str] = Counter()
    owners: dict[str, list[str]] = {}
    Account.objects.update(language=language)
    try:
        for login, found in by_login().items():
            client = Client(HTTP_ACCEPT_LANGUAGE=language)
            if login:
                account = Account.objects.get(login=login)
                client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
            for name in found:
                html = client.get(address(name, shown)).content.decode()
                title = html.split("<title>")[1].split("</title>")[0] if "<title>" in html else html[:200]
                titles[title] += 1
                owners.setdefault(title, []).append(name)
    finally:
        Account.objects.update(language="ru")
    assert [sorted(found) for found in owners.values() if len(found) > 1] == []


def test_a_foreign_picture_or_script_would_be_noticed(window: OpenWindow, watch: Watch, site: str) -> None:
    page = window()
    page.goto("/sign-in/")
    page.evaluate("new Image().src = 'http://192.0.2.1/x.png'")
    page.wait_for_timeout(200)
    assert any("192.0.2.1" in fault for fault in watch.faults)
    watch.faults.clear()
