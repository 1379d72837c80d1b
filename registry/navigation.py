"""Redirect targets within this site, and cached addresses of pages."""

from functools import lru_cache
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.http import url_has_allowed_host_and_scheme


def address_of(name: str, *args: int) -> str:
    """Return the address of the page, or an empty string if there is none; cached in each process."""
    return _address(name, args, get_urlconf(), get_script_prefix())


@lru_cache(maxsize=4096)
def _address(name: str, args: tuple[int, ...], urlconf: str | None, prefix: str) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def safe_next(request: HttpRequest, default: str = "") -> str:
    """Return the URL in the parameter `next` if it is on this site; otherwise `default` or the start page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    # `redirect` could mistake a text without a slash for a view name.
    if "/" in wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return default or reverse("start")


def page_before(request: HttpRequest) -> str:
    """Return path and query of the page that sent the form, or the start page if the browser does not send it."""
    before = request.headers.get("referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
