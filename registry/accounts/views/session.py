"""Signing in and out, the first steps, the own account, and what keeps a session alive (U-2, U-3, N-H2)."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from registry.access import Actor
from registry.drafts.carried import bring, carried_in
from registry.navigation import safe_next
from registry.views import APPOINTMENT_KEY, ActorRequest

from ..forms.session import ChangePasswordForm, ContactsForm, DisplayForm, NewPasswordForm, SignInForm
from ..models import Account
from ..transitions import accounts, sessions


@login_not_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password", "carried")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The first page: login and password (U-2)."""
    if isinstance(request.user, Account):
        return _onward(request, request.user)
    if getattr(request, "htmx", False):
        # A part of a page asked for after the session had ended: the whole page goes to the sign-in.
        return HttpResponseClientRedirect(reverse("login"))
    form = SignInForm(request, request.POST or None)
    if form.is_valid() and form.account is not None:
        login(request, form.account)
        sessions.signed_in(by=Actor.of(form.account))
        return _onward(request, form.account)
    closed = bool(getattr(request, "axes_locked_out", False))
    # Attempts made while the sign-in is closed are not counted, nor written: nobody fills the journal by trying.
    if form.refusal and not (closed and getattr(request, "axes_failures_since_start", None) is None):
        sessions.refused(form.cleaned_data.get("username", ""), reason=form.refusal, closed=closed)
    context = {"form": form, "next": safe_next(request, "/"), "carried": carried_in(request)}
    return render(request, "registry/session/sign_in.html", context)


def _onward(request: HttpRequest, account: Account) -> HttpResponse:
    """To the page that was wanted; what was typed there when the session had ended is its owner's draft again."""
    brought = bring(request, account)
    if brought:
        messages.success(request, _("What you had typed stands in the form again. Look it over and press the button."))
    elif brought is False:
        messages.warning(
            request, _("What was typed before belongs to another account and is not shown. Its owner has to sign in.")
        )
    return redirect(safe_next(request))


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None) -> HttpResponse:
    """429: too many wrong attempts; says when the sign-in opens again. The same whether the login exists or not."""
    until = sessions.closed_until(request, credentials)
    minutes = max(1, -int((timezone.now() - until).total_seconds() // 60))
    answer = render(request, "429.html", {"until": until, "minutes": minutes}, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer


@require_POST
def sign_out(request: ActorRequest) -> HttpResponse:
    """Sign out; what was typed stays in the drafts."""
    sessions.signed_out(by=request.actor)
    logout(request)
    messages.success(request, _("You have signed out."))
    return redirect("login")


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def first_password(request: ActorRequest) -> HttpResponse:
    """At the first sign-in the one-time password gives way to a password of one's own (U-2)."""
    account = _account(request)
    if not account.must_change_password:
        return redirect("start")
    form = NewPasswordForm(account, request.POST or None)
    if form.is_valid():
        _set_password(request, form.cleaned_data["password"])
        return redirect("start")
    return render(request, "registry/session/first_password.html", {"form": form})


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def change_password(request: ActorRequest) -> HttpResponse:
    """Change one's own password; all other sessions of the account end (U-2)."""
    form = ChangePasswordForm(_account(request), request.POST or None)
    if form.is_valid():
        _set_password(request, form.cleaned_data["password"])
        messages.success(request, _("The new password is set. On other computers you have to sign in anew."))
        return redirect("profile")
    return render(request, "registry/session/change_password.html", {"form": form})


@require_http_methods(["GET", "POST"])
def profile(request: ActorRequest) -> HttpResponse:
    """The own account: name, contacts, appointments, display, sessions."""
    account = _account(request)
    form = ContactsForm(request.POST or None, instance=copy(account))
    if form.is_valid():
        accounts.edit_own_contacts(values=form.cleaned_data, by=request.actor)
        messages.success(request, _("Saved."))
        return redirect("profile")
    context = {
        "form": form,
        "held": account.appointments.select_related("organization"),
        "today": timezone.localdate(),
        "idle_minutes": settings.SESSION_COOKIE_AGE // 60,
    }
    return render(request, "registry/session/profile.html", context)


@require_POST
def end_sessions(request: ActorRequest) -> HttpResponse:
    """End the sessions on all other computers, keep this one (U-2)."""
    account = accounts.end_own_sessions(by=request.actor)
    update_session_auth_hash(request, account)
    messages.success(request, _("On all other computers you have been signed out."))
    return redirect("profile")


@require_POST
def switch_appointment(request: ActorRequest) -> HttpResponse:
    """Go on under another of one's own current appointments (N-H2)."""
    wanted = request.POST.get("appointment", "")
    chosen = next((a for a in getattr(request, "appointments", []) if str(a.pk) == wanted), None)
    if chosen is None:
        raise Http404
    request.session[APPOINTMENT_KEY] = chosen.pk
    sessions.chosen(chosen, by=Actor(account=_account(request), appointment=chosen))
    message = _("You now work as %(role)s of %(organization)s.")
    messages.success(
        request, message % {"role": chosen.get_role_display(), "organization": chosen.organization.short_name}
    )
    return redirect("start")


@login_not_required
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Larger type, higher contrast, language; before signing in the language alone, in a cookie."""
    form = DisplayForm(request.POST)
    answer = redirect(safe_next(request))
    if not form.is_valid():
        return answer
    chosen = form.chosen()
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None and actor.account is not None:
        accounts.set_display(values=chosen, by=actor)
    elif "language" in chosen:
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen["language"], samesite="Lax", secure=request.is_secure())
    return answer


@require_POST
def session_ping(request: ActorRequest) -> HttpResponse:
    """A sign of life that puts the end of the idle session off; answers for how many seconds."""
    return JsonResponse({"seconds": settings.SESSION_COOKIE_AGE})


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to begin and whom to ask; for who cannot sign in too."""
    inside = request.user.is_authenticated and not request.user.must_change_password
    base = "base.html" if inside else "base_plain.html"
    days = settings.ONE_TIME_PASSWORD_DAYS
    return render(
        request,
        "registry/session/help.html",
        {"base": base, "days": days, "minutes": settings.SESSION_COOKIE_AGE // 60},
    )


def _account(request: ActorRequest) -> Account:
    account = request.actor.account
    if account is None:
        raise Http404
    return account


def _set_password(request: ActorRequest, password: str) -> None:
    account = accounts.change_own_password(password=password, by=request.actor)
    update_session_auth_hash(request, account)
