"""Redirect targets, limited to pages of this site."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


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
