"""Helpers for tests of the list: a signed-in browser and the content of the page."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from registry.access import Actor


def browser(actor: Actor) -> Client:
    """Return a client signed in as the actor."""
    client = Client()
    assert actor.account is not None
    client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def names(answer: Any) -> list[str]:
    """Return the full names on the page, in their order."""
    return re.findall(r'<th scope="row"(?: id="r\d+")?>\s*<a href="/members/\d+/">([^<]+)</a>', text_of(answer))


def surnames(answer: Any) -> list[str]:
    return [name.split()[0] for name in names(answer)]


def errors(answer: Any) -> list[tuple[str, str]]:
    """Return label and sentence of each error of the filters."""
    return answer.context["errors"]


def ask(client: Client, **query: Any) -> Any:
    """Request the list with these filters."""
    return client.get(reverse("members:list"), query)
