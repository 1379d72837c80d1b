"""The last steps of sign-in: code of the second factor, session, restoring typed text (U-2, ADR 6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from registry.access import Actor
from registry.display import switched_on_here
from registry.drafts.carried import carried_in, restore_draft
from registry.errors import RuleViolation
from registry.navigation import safe_next
from registry.views import add_violation

from ..forms.second_factor import CodeForm
from ..forms.session import SignInForm
from ..models import Account
from ..queries import demonstration_code
from ..rules import second_factor as rules
from ..transitions import accounts, second_factor, sessions
from .again import tell_left

#: Key of a session without rights: the account whose password was right, the time, and the requested page.
HALF_KEY = "half_signed"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def begin_session(request: HttpRequest, account: Account) -> HttpResponse:
    """Begin the session of the account and redirect to the requested page."""
    login(request, account, backend=_BACKEND)
    actor = Actor.of(account)
    sessions.signed_in(by=actor, address=sessions.visitor_address(request))
    # Officers who chose larger type before sign-in need it afterwards too.
    if wanted := switched_on_here(request):
        accounts.set_display(values=dict.fromkeys(wanted, True), by=actor)
    return redirect_to_requested_page(request, account)


def redirect_to_requested_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Redirect to the requested page; text typed before the session ended becomes a draft again."""
    restored = restore_draft(request, account)
    if restored:
        messages.success(request, _("What you typed is in the form again. Check it and press the button."))
    elif restored is False:
        messages.warning(
            request, _("What was typed before belongs to another account and is not shown. Its owner has to sign in.")
        )
    return redirect(safe_next(request))


def ask_for_code(request: HttpRequest, account: Account) -> HttpResponse:
    """Remember that the password was right, which grants no rights yet, and show the page for the code."""
    request.session[HALF_KEY] = {
        "account": account.pk,
        "at": timezone.now().timestamp(),
        "hash": account.get_session_auth_hash(),
        "next": safe_next(request, "/"),
    }
    return _page(request, CodeForm(), account, safe_next(request, "/"))


@login_not_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code", "carried")
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the second factor after the password, and only then begin the session (U-2)."""
    if isinstance(request.user, Account):
        return redirect_to_requested_page(request, request.user)
    half = request.session.get(HALF_KEY) or {}
    account = _account(half)
    if account is None:
        request.session.pop(HALF_KEY, None)
        return _sign_in_page_again(request, expired=bool(half))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            checked = second_factor.check_code(code=form.cleaned_data["code"], by=Actor.of(account))
            rules.check_accepted(checked)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            del request.session[HALF_KEY]
            response = begin_session(request, account)
            tell_left(request, checked)
            return response
    return _page(request, form, account, safe_next(request, half.get("next", "/")))


def _account(half: dict[str, Any]) -> Account | None:
    """Return the account whose password was right, unless that was too long ago or its password has changed since."""
    if not half or not rules.is_within(dt.datetime.fromtimestamp(half["at"], dt.UTC), rules.CODE_WITHIN):
        return None
    account = Account.objects.filter(pk=half["account"], is_active=True).first()
    if account is None or not constant_time_compare(half["hash"], account.get_session_auth_hash()):
        return None
    return account if rules.has_factor(account) else None


def _sign_in_page_again(request: HttpRequest, *, expired: bool) -> HttpResponse:
    """Show the sign-in page again, keeping the text typed before."""
    if expired:
        messages.warning(request, _("The time for the code is over. Enter login and password once more."))
    context = {"form": SignInForm(request), "next": safe_next(request, "/"), "carried": carried_in(request)}
    return render(request, "registry/session/sign_in.html", context)


def _page(request: HttpRequest, form: CodeForm, account: Account, next_url: str) -> HttpResponse:
    context = {
        "form": form,
        "next": next_url,
        "carried": carried_in(request),
        "minutes": int(rules.CODE_WITHIN.total_seconds() // 60),
        "demonstration": demonstration_code(account) if settings.DEMO else "",
    }
    return render(request, "registry/session/code.html", context)
