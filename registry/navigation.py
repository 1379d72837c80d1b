"""Redirect targets, limited to pages of this site, and addresses that every page has."""

from functools import lru_cache
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.http import url_has_allowed_host_and_scheme


def address_of(name: str, *args: int) -> str:
    """Return the address of the page, or nothing if there is none; each is made once for a process."""
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
    # A text without a slash could be taken for the name of a view by `redirect`.
    if "/" in wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return default or reverse("start")


def page_before(request: HttpRequest) -> str:
    """Return path and query of the page that sent the form, or the start page if the browser does not say."""
    before = request.headers.get("referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
