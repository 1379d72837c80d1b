"""No address in the admin contains a name or a login (152-ФЗ art. 19, ADR 21)."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from registry.access import Actor
from registry.accounts.models import Account
from registry.accounts.transitions.accounts import block_account
from registry.enums import Level, Role
from tests.members.places import signed_in
from tests.registry import trees

pytestmark = pytest.mark.django_db
SURNAME = "Константинопольская"
PASSWORD = "correct horse battery"


@pytest.fixture
def region() -> dict[str, Any]:
    """Create two officers with the same surname, so that a searched list has rows to sort and select."""
    root = trees.head()
    place = trees.below(root, Level.REGIONAL, "Тульская")
    officers = [trees.officer(place, role, SURNAME) for role in (Role.CHAIR, Role.REGISTRAR)]
    blocked = officers[1].account
    assert blocked is not None
    block_account(blocked.pk, reason="?", by=officers[0])
    return {"place": place, "officers": officers, "administrator": trees.officer(root, Role.ADMINISTRATOR, "Первая")}


def installation() -> Client:
    account = trees.account(None, "Админова", is_staff=True, is_superuser=True)
    client = Client()
    client.post(reverse("login"), {"username": account.login, "password": PASSWORD})
    return client


def links(answer: Any) -> list[str]:
    found = re.findall(r'(?:href|action|src|data-[\w-]*url)="([^"]*)"', answer.content.decode())
    return [unescape(one) for one in found]


def addresses(answer: Any) -> list[str]:
    """Return the links decoded twice, because addresses within them are encoded twice."""
    return [unquote_plus(unquote_plus(one)) for one in links(answer)]


def personal() -> list[str]:
    accounts = Account.objects.all()
    return [value.lower() for one in accounts for value in (one.surname, one.login, one.given_name) if value]


def named(found: list[str]) -> list[str]:
    return [one for one in found for value in personal() if re.search(rf"\b{re.escape(value)}\b", one.lower())]


@pytest.mark.parametrize("who", ["installation", "administrator"])
def test_no_link_of_a_list_that_was_searched_has_the_words(region: dict[str, Any], who: str) -> None:
    client = installation() if who == "installation" else signed_in(region["administrator"])
    searched = 0
    for model, page in admin.site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        if not page.search_fields or client.get(address).status_code != 200:
            continue
        moved = client.post(address, {"searching": "1", "q": SURNAME, "o": "1"})
        assert (moved.status_code, named([unquote_plus(moved.url)])) == (303, [])
        answer = client.get(moved.url)
        found = addresses(answer)
        assert named(found) == [], model
        # Sorting, filters and opened records keep the search: their links contain its token.
        kept = [one for one in links(answer) if "found=" in one]
        assert kept != [], model
        for one in kept[:4]:
            assert client.get(f"{urlsplit(one).path or address}?{urlsplit(one).query}").status_code == 200
        searched += 1
    assert searched >= 3


def test_a_link_of_a_searched_list_keeps_the_search(region: dict[str, Any]) -> None:
    client, address = installation(), reverse("admin:registry_account_changelist")
    moved = client.post(address, {"searching": "1", "q": SURNAME})
    first = client.get(moved.url)
    assert first.context["cl"].result_count == 2
    blocked = next(one for one in links(first) if "is_active__exact=0" in one)
    answer = client.get(f"{address}{blocked}")
    assert (answer.context["cl"].result_count, answer.context["cl"].query) == (1, SURNAME)


def test_suggestions_are_sent_in_the_body_and_not_by_an_address(region: dict[str, Any]) -> None:
    client, address = installation(), reverse("admin:autocomplete")
    sent = {"term": SURNAME[:7], "app_label": "registry", "model_name": "appointment", "field_name": "account"}
    assert client.get(address, sent).status_code == 405
    answer = client.post(address, sent)
    assert sorted(one["id"] for one in answer.json()["results"]) == sorted(
        str(one.account.pk) for one in region["officers"]
    )
    assert "searches" not in client.session
    assert signed_in(region["officers"][0]).post(address, sent).status_code in {302, 403}


def test_the_script_of_suggestions_is_ours_and_sends_by_post() -> None:
    from django.contrib.staticfiles import finders  # noqa: PLC0415

    found = Path(str(finders.find("admin/js/autocomplete.js")))
    assert found == Path("static/admin/js/autocomplete.js").resolve()
    assert 'type: "POST"' in found.read_text(encoding="utf-8")


def test_no_page_of_the_admin_names_a_person_in_an_address(region: dict[str, Any]) -> None:
    client, pages = installation(), 0
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        listed = client.get(reverse(f"{base}_changelist"))
        if listed.status_code != 200:
            continue
        seen = [listed]
        for row in listed.context["cl"].result_list[:2]:
            for name in ("change", "history"):
                seen.append(client.get(reverse(f"{base}_{name}", args=[row.pk])))
        for answer in seen:
            assert (answer.status_code, named(addresses(answer))) == (200, []), model
        pages += len(seen)
    assert pages > 15
    assert isinstance(region["administrator"], Actor)
