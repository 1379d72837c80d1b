"""Views for sign-in and sign-out, first steps, the user's own account and keeping a session alive (U-2, U-3, N-H2)."""

from __future__ import annotations

import datetime as dt
from copy import copy
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from registry import guides
from registry.access import Actor
from registry.bounces.transitions import confirm_own_email
from registry.display import remember
from registry.drafts.carried import carried_in
from registry.errors import RuleViolation, ServerBusy
from registry.navigation import safe_next
from registry.organizations.models import Organization
from registry.states import refusal
from registry.views import APPOINTMENT_KEY, ActorRequest, add_violation, busy_if, seconds_left

from ..forms.session import ChangePasswordForm, ContactsForm, DisplayForm, NewPasswordForm, SignInForm
from ..models import Account
from ..rules import attempts
from ..rules.second_factor import has_factor
from ..transitions import accounts, sessions
from ..transitions.visits import window_end
from . import entering


@login_not_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password", "carried")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with login and password (U-2)."""
    if isinstance(request.user, Account):
        return entering.redirect_to_requested_page(request, request.user)
    if getattr(request, "htmx", False):
        # A partial page was requested after the session had ended: redirect the whole page.
        return HttpResponseClientRedirect(reverse("login"))
    address = sessions.visitor_address(request)
    if request.method == "POST" and refusal(attempts.check_address_may_sign_in, sessions.failed_from(address)):
        return _closed(request, window_end(attempts.WINDOW))
    form = SignInForm(request, request.POST or None)
    if form.is_valid() and form.account is not None:
        if has_factor(form.account):
            return entering.ask_for_code(request, form.account)
        return entering.begin_session(request, form.account)
    closed = bool(getattr(request, "axes_locked_out", False))
    if form.refusal == "wrong":
        sessions.note_failed_from(address)
    # Attempts during a lockout are neither counted nor recorded, so that nobody can flood the journal.
    if form.refusal and not (closed and getattr(request, "axes_failures_since_start", None) is None):
        sessions.refused(form.cleaned_data.get("username", ""), reason=form.refusal, closed=closed)
    context = {"form": form, "next": safe_next(request, "/"), "carried": carried_in(request)}
    return busy_if(form.busy, render(request, "registry/session/sign_in.html", context))


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None) -> HttpResponse:
    """429: too many failed attempts, with the end of the lockout; the same whether or not the login exists."""
    return _closed(request, sessions.closed_until(request, credentials))


def _closed(request: HttpRequest, until: dt.datetime) -> HttpResponse:
    minutes = max(1, -int((timezone.now() - until).total_seconds() // 60))
    # The organisation is not known yet.
    context = {"until": until, "zone": Organization().time_zone_name, "minutes": minutes}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(minutes * 60)
    return response


@require_POST
def sign_out(request: ActorRequest) -> HttpResponse:
    """Sign out; typed text remains in the drafts."""
    sessions.signed_out(by=request.actor)
    logout(request)
    messages.success(request, _("You have signed out."))
    return redirect("login")


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def first_password(request: ActorRequest) -> HttpResponse:
    """Replace the one-time password at the first sign-in (U-2)."""
    account = _account(request)
    if not account.must_change_password:
        return redirect("start")
    form = NewPasswordForm(account, request.POST or None)
    if form.is_valid() and _is_set(request, form):
        return redirect("start")
    return busy_if(form.busy, render(request, "registry/session/first_password.html", {"form": form}))


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def change_password(request: ActorRequest) -> HttpResponse:
    """Change the user's own password; all other sessions end (U-2)."""
    form = ChangePasswordForm(_account(request), request.POST or None, by=request.actor)
    if form.is_valid() and _is_set(request, form):
        messages.success(request, _("The new password is set. On other computers you have to sign in again."))
        return redirect("profile")
    return busy_if(form.busy, render(request, "registry/session/change_password.html", {"form": form}))


@require_http_methods(["GET", "POST"])
def profile(request: ActorRequest) -> HttpResponse:
    """Show the user's own account: name, contacts, appointments, display, sessions."""
    account = _account(request)
    form = ContactsForm(request.POST or None, instance=copy(account))
    if form.is_valid():
        try:
            accounts.edit_own_contacts(values=form.cleaned_data, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
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
    """End all other sessions of the user (U-2)."""
    account = accounts.end_own_sessions(by=request.actor)
    update_session_auth_hash(request, account)
    messages.success(request, _("On all other computers you have been signed out."))
    return redirect("profile")


@require_POST
def confirm_email(request: ActorRequest) -> HttpResponse:
    """Confirm the user's own address after e-mails to it were stopped (N-S2)."""
    confirm_own_email(by=request.actor)
    messages.success(request, _("E-mails are sent to your address again."))
    return redirect("profile")


@require_POST
def switch_appointment(request: ActorRequest) -> HttpResponse:
    """Switch to another current appointment of the user (N-H2)."""
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
    """Change type size, contrast and language; before sign-in they are stored in cookies.

    Raises `SuspiciousOperation` (400) for values that no page sends.
    """
    form = DisplayForm(request.POST)
    if not form.is_valid():
        raise SuspiciousOperation("unknown display values")
    response = redirect(safe_next(request))
    chosen = form.chosen()
    remember(request, response, chosen)
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None and actor.account is not None:
        accounts.set_display(values=chosen, by=actor)
    elif "language" in chosen:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen["language"], samesite="Lax", secure=request.is_secure()
        )
    return response


@require_POST
def session_ping(request: ActorRequest) -> HttpResponse:
    """Prolong the session; return its length in seconds."""
    return JsonResponse({"seconds": min(settings.SESSION_COOKIE_AGE, seconds_left(request))})


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the first steps and where to ask for help, also without sign-in."""
    days = settings.ONE_TIME_PASSWORD_DAYS
    context = {"days": days, "minutes": settings.SESSION_COOKIE_AGE // 60}
    return render(request, "registry/session/help.html", _help_context(request) | context)


@login_not_required
@require_safe
def guide_page(request: HttpRequest, name: str) -> HttpResponse:
    """Show one of the guides, also without sign-in, because it names nobody."""
    if name not in guides.TITLES:
        raise Http404
    context = _help_context(request, name) | {"guide": guides.read(name)}
    return render(request, "registry/session/guide.html", context)


def _help_context(request: HttpRequest, shown: str = "") -> dict[str, Any]:
    """Return the context shared by the help pages: the frame, and the tabs with the current guide."""
    inside = request.user.is_authenticated and not request.user.must_change_password
    base = "base.html" if inside else "base_plain.html"
    tabs = [(_("In short"), reverse("help"), not shown)]
    tabs += [(str(title), guides.address(name), name == shown) for name, title in guides.TITLES.items()]
    return {"base": base, "inside": inside, "help_tabs": tabs}


def _account(request: ActorRequest) -> Account:
    account = request.actor.account
    if account is None:
        raise Http404
    return account


def _is_set(request: ActorRequest, form: NewPasswordForm) -> bool:
    """Set the form's password; return False if the server was too busy."""
    try:
        account = accounts.change_own_password(password=form.cleaned_data["password"], by=request.actor)
    except ServerBusy:
        form.say_busy()
        return False
    update_session_auth_hash(request, account)
    return True
