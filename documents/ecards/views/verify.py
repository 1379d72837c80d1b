"""The public page of the QR of a card, which shows only whether the card is valid (U-8)."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from registry.accounts.transitions.sessions import visitor_address
from registry.accounts.transitions.visits import count_visit

from ..queries.showing import find_valid_card

#: Maximum number of requests from one address within this time. It limits load; codes cannot be guessed anyway.
MAX_REQUESTS, LIMIT_WINDOW = 30, dt.timedelta(minutes=1)


@login_not_required
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Show whether the card with this code is valid, with the organisation and the owner's initials.

    The answer is the same for an unknown code, a card that was never handed out, a blocked card and the card of a
    former member.
    """
    with override("ru"):
        if count_visit("card", visitor_address(request), within=LIMIT_WINDOW) > MAX_REQUESTS:
            response = render(request, "documents/ecards/verify_later.html", status=429)
            response["Retry-After"] = str(int(LIMIT_WINDOW.total_seconds()))
        else:
            response = render(request, "documents/ecards/verify.html", {"found": find_valid_card(code)})
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
