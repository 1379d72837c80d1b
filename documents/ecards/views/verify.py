"""The public page behind the QR of a card: whether it is valid, and nothing more (U-8)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import override
from django.views.decorators.http import require_safe

from registry.accounts.transitions.sessions import visitor_address

from ..queries.showing import find_valid_card

#: How often one address may ask within so many seconds; codes cannot be guessed, so this is against load.
MAX_REQUESTS, LIMIT_SECONDS = 30, 60


@login_not_required
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether the card with this code is valid, of which organisation, and the initials of its owner.

    An unknown code, a card that was never handed out, one that is blocked and one of somebody who left get the same
    answer.
    """
    with override("ru"):
        if _exceeds_limit(request):
            response = render(request, "documents/ecards/verify_later.html", status=429)
            response["Retry-After"] = str(LIMIT_SECONDS)
        else:
            response = render(request, "documents/ecards/verify.html", {"found": find_valid_card(code)})
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _exceeds_limit(request: HttpRequest) -> bool:
    key = salted_hmac("documents.ecards.verify", visitor_address(request) or "", algorithm="sha256").hexdigest()
    name = f"card-verify-{key}"
    if cache.add(name, 1, LIMIT_SECONDS):
        return False
    try:
        return cache.incr(name) > MAX_REQUESTS
    except ValueError:
        # It has expired between the two.
        return False
