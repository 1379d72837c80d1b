"""WCAG 2.2 AA on the pages of all other roles, and a unique title on every page."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client

from registry.accounts.models import Account

from . import pages
from .audit import address, by_login, faults_of_pages
from .conftest import OpenWindow, Watch
from .pages import CHAIR, NO_PAGES, PAGES
from .world import World


def names() -> list[str]:
    return [name for name, _pattern in pages.named_addresses()]


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


@pytest.mark.parametrize("login", [login for login in by_login() if login != CHAIR])
def test_pages_pass_the_audit_and_fit_a_phone(login: str, shown: World, window: OpenWindow, site: str) -> None:
    assert "\n".join(faults_of_pages(login, shown, window, site)) == ""


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
