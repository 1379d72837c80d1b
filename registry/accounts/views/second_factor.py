"""Views of the second factor: set up, renewed and removed by its holder, reset by superiors (U-2)."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents.papers.recovery_codes import render_sheet
from documents.printing.codes import code_inline, in_groups_of_five
from registry.access import Actor
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.granting.rules import asking_days
from registry.granting.transitions import ask_for_factor_reset
from registry.views import ActorRequest, add_violation, asks_again, every_request, load, needs, say_violation

from ..forms.second_factor import CodeForm
from ..models import Account
from ..rules import accounts as account_rules
from ..rules import second_factor as rules
from ..tokens import SecondFactor
from ..transitions import second_factor as transitions
from .credentials import asked_for

#: Name under which the application on the telephone lists the codes.
ISSUER = "Единый реестр"


@require_safe
def overview(request: ActorRequest) -> HttpResponse:
    """Show whether the account has a second factor, and the possible steps."""
    account = _own(request)
    factor = rules.factor_of(account)
    obliged = rules.is_obliged(account, account.current_appointments())
    context = {
        "factor": factor,
        "obliged": obliged,
        "few": factor is not None and factor.codes_left <= rules.FEW_CODES,
        **_frame(factor, obliged),
    }
    return render(request, "registry/second_factor/overview.html", context)


@require_POST
@asks_again()
def begin(request: ActorRequest) -> HttpResponse:
    """Make a secret for a telephone and redirect to it."""
    transitions.begin(by=request.actor)
    return redirect("second-factor-set-up")


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code")
@asks_again(every_request)
def set_up(request: ActorRequest) -> HttpResponse:
    """Show the secret as a QR code and as letters, and confirm it by a code from the telephone."""
    account = _own(request)
    pending = SecondFactor.objects.filter(user=account, confirmed=False).first()
    if pending is None:
        return redirect("second-factor")
    # On a narrow page, focus on the field would scroll the QR code out of view.
    form = CodeForm(request.POST or None, focused=False)
    if form.is_valid():
        try:
            checked, codes = transitions.confirm(code=form.cleaned_data["code"], by=request.actor)
            rules.check_accepted(checked)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            _keep_session(request)
            return _codes_page(request, codes)
    factor = rules.factor_of(account)
    picture = code_inline(pending.address(account.login, ISSUER), _("Picture for the camera of the telephone"))
    context = {
        "form": form,
        "picture": picture,
        "secret": pending.secret,
        "issuer": ISSUER,
        "replaces": factor is not None,
        **_frame(factor, rules.is_obliged(account, account.current_appointments())),
    }
    return render(request, "registry/second_factor/set_up.html", context)


@require_POST
@asks_again()
def renew_codes(request: ActorRequest) -> HttpResponse:
    """Make a new sheet of recovery codes, shown in this response only."""
    try:
        codes = transitions.renew_codes(by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("second-factor")
    return _codes_page(request, codes)


@require_http_methods(["GET", "POST"])
@asks_again()
def remove(request: ActorRequest) -> HttpResponse:
    """Ask for confirmation, then remove the own second factor."""
    account = _own(request)
    if request.method != "POST" and rules.has_factor(account):
        return render(request, "registry/second_factor/remove.html", {})
    try:
        transitions.remove(by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        _keep_session(request)
        messages.success(request, _("The second factor is removed: from now on the password alone is asked for."))
    return redirect("second-factor")


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
@asks_again()
def reset(request: ActorRequest, pk: int) -> HttpResponse:
    """Reset the second factor of a subordinate who has lost the telephone (U-2)."""
    account = load(Account.objects.visible_to(request.actor).select_related("home__federation"), pk)
    account_rules.check_manages(account, by=request.actor)
    if request.method != "POST" and rules.has_factor(account):
        context = {"account": account, "asks": asking_days(request.actor)}
        return render(request, "registry/accounts/reset_factor.html", context)
    try:
        if request.actor.asks_others:
            return asked_for(request, ask_for_factor_reset(account.pk, by=request.actor))
        transitions.reset(account.pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, _("The second factor is reset. The person signs in with the password alone."))
    return redirect("accounts:detail", account.pk)


@sensitive_variables("codes", "pdf")
def _codes_page(request: ActorRequest, codes: list[str]) -> HttpResponse:
    """Show the recovery codes, on the page and as a sheet to print; they are shown only here."""
    shown = [in_groups_of_five(code) for code in codes]
    pdf = render_sheet(shown, by=request.actor) if request.actor.organization else b""
    context = {"codes": shown, "pdf": base64.b64encode(pdf).decode()}
    return render(request, "registry/second_factor/codes.html", context)


def _frame(factor: SecondFactor | None, obliged: bool) -> dict[str, Any]:
    """Return the frame of the page: without navigation while no other page is allowed."""
    first = obliged and factor is None
    return {"first": first, "base": "base_plain.html" if first else "base.html"}


def _own(request: ActorRequest) -> Account:
    account = request.actor.account
    if account is None:
        raise Http404
    return account


def _keep_session(request: ActorRequest) -> None:
    """Keep this session as the only one after all sessions have ended."""
    account = Account.objects.get(pk=_own(request).pk)
    update_session_auth_hash(request, account)
    request.actor = Actor(account=account, appointment=request.actor.appointment)
