"""Display of pages: type size and contrast of an account, or of a browser before sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse

from .requests import cookie_name

#: The switches, each a field of the account and a word in the cookie, with the class of the page that they set.
SWITCHES = {"large_type": "type-large", "high_contrast": "contrast-high"}
COOKIE = "display"
#: One year, in seconds.
COOKIE_AGE = 365 * 24 * 3600


def switched_on(request: HttpRequest) -> set[str]:
    """Return the active switches of this page: the account's, or before sign-in the browser's."""
    user: Any = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return {name for name in SWITCHES if getattr(user, name, False)}
    return switched_on_here(request)


def switched_on_here(request: HttpRequest) -> set[str]:
    """Return the switches that were turned on in this browser."""
    return set(request.COOKIES.get(cookie_name(request, COOKIE), "").split(".")) & set(SWITCHES)


def page_classes(request: HttpRequest) -> str:
    """Return the classes of `<html>` for the switches that are on."""
    on = switched_on(request)
    return " ".join(css for name, css in SWITCHES.items() if name in on)


def remember(request: HttpRequest, response: HttpResponse, chosen: Mapping[str, Any]) -> None:
    """Store the chosen switches in this browser, for the pages before sign-in."""
    kept = switched_on_here(request)
    for name in SWITCHES:
        if name in chosen:
            kept = kept | {name} if chosen[name] else kept - {name}
    response.set_cookie(
        cookie_name(request, COOKIE),
        ".".join(sorted(kept)),
        max_age=COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


class _HostCookie(CookieStorage):
    cookie_name = "__Host-messages"


class HostMessages(FallbackStorage):
    """Messages in a cookie that only this host can set."""

    storage_classes = (_HostCookie, SessionStorage)
