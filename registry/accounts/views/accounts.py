"""Views of accounts: list, details, changes, passwords and blocking (U-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from registry.access import Actor
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.granting import transitions as granting
from registry.granting.models import GrantRequest
from registry.granting.rules import asking_days
from registry.indexes import first_by_name
from registry.organizations.models import Organization
from registry.states import allowed
from registry.views import (
    ActorRequest,
    add_violation,
    asks_again,
    load,
    needs,
    page_of,
    say_violation,
    use_time_zone_of,
)

from ..forms.accounts import AccountFilterForm, BlockForm, EditAccountForm
from ..models import Account, Appointment
from ..rules import accounts as rules
from ..rules import second_factor
from ..search import listed
from ..transitions import accounts
from .credentials import asked_for, credentials_page

#: Fields that the list needs of an account: loading whole organisations takes longer than everything else.
_LISTED = (
    "surname", "given_name", "patronymic", "login", "is_active", "last_login", "must_change_password",
    "password_given_at", "home__short_name",
)  # fmt: skip
#: Maximum number of accounts listed; the search narrows them.
MAX_LISTED = 1000


@require_safe
@needs(Permission.MANAGE_ACCOUNTS)
def account_list(request: ActorRequest) -> HttpResponse:
    """List the accounts of the actor's organisation and its subtree, with search and filters."""
    form = AccountFilterForm(request.GET)
    found, organization = _found(request, form)
    page = page_of(request, found[:MAX_LISTED])
    page.object_list = _with_appointments(request.actor, list(page.object_list))
    for account in page:
        account.state = state_of(account)
    context = {
        "form": form,
        "page": page,
        "organization": organization,
        "more": len(found) > MAX_LISTED,
        "filtered": bool(request.GET),
    }
    return render(request, "registry/accounts/list.html", context)


def _found(request: ActorRequest, form: AccountFilterForm) -> tuple[list[int], Organization | None]:
    """Return the ids of the matching accounts, at most one more than are listed; none for an invalid filter."""
    if not form.is_valid():
        return [], None
    asked = form.cleaned_data
    organization = None
    if asked["organization"]:
        organization = load(Organization.objects.visible_to(request.actor), asked["organization"])
    found = listed(request.actor, organization=organization, role=asked["role"], typed=asked["find"])
    if asked["state"]:
        found = [part.filter(_STATES[asked["state"]]()) for part in found]
    return first_by_name(found, asked["find"], MAX_LISTED + 1), organization


def _with_appointments(actor: Actor, ids: Sequence[int]) -> list[Account]:
    """Return the accounts in the order of their ids, each with the appointments that the actor sees."""
    held = Appointment.objects.visible_to(actor).not_over().select_related("organization")
    held = held.only("account", "role", "organization__short_name")
    found = Account.objects.visible_to(actor).select_related("home").filter(pk__in=ids).only(*_LISTED)
    by_id = {account.pk: account for account in found.prefetch_related(Prefetch("appointments", held, to_attr="held"))}
    return [by_id[pk] for pk in ids if pk in by_id]


def _oldest_password() -> dt.datetime:
    return timezone.now() - dt.timedelta(days=settings.ONE_TIME_PASSWORD_DAYS)


_STATES = {
    "never": lambda: Q(is_active=True, last_login__isnull=True),
    "expired": lambda: Q(is_active=True, must_change_password=True, password_given_at__lt=_oldest_password()),
    "active": lambda: Q(is_active=True, last_login__isnull=False, must_change_password=False),
    "blocked": lambda: Q(is_active=False),
    "refused": lambda: Q(is_active=True, email_refused_at__isnull=False),
}


def state_of(account: Account) -> tuple[str, str]:
    """Return the state of an account in words and its tone."""
    if not account.is_active:
        return _("blocked"), "bad"
    if rules.password_expired(account):
        return _("one-time password expired"), "warn"
    if account.last_login is None:
        return _("never signed in"), "warn"
    if account.must_change_password:
        return _("new one-time password"), "info"
    return _("in use"), "ok"


@require_safe
@needs(Permission.MANAGE_ACCOUNTS)
def detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Show one account with its state, appointments and possible steps."""
    account = _visible(request, pk)
    use_time_zone_of(account.home)
    held = Appointment.objects.visible_to(request.actor).filter(account=account)
    appointments = list(held.select_related("organization__federation", "account"))
    today = timezone.localdate()
    for appointment in appointments:
        over = appointment.ends_on is not None and appointment.ends_on < appointment.organization.today
        appointment.may_end = not over and rules.can_end(appointment, by=request.actor)  # type: ignore[attr-defined]
        appointment.may_withdraw = appointment.may_end and rules.can_withdraw(appointment)  # type: ignore[attr-defined]
    may_manage = rules.can_manage(account, by=request.actor)
    context = {
        "account": account,
        "state": state_of(account),
        "held": appointments,
        "ending": [one for one in appointments if account.is_active and one.is_last_day],
        "today": today,
        "may_manage": may_manage,
        "has_factor": second_factor.has_factor(account),
        "may_reissue": may_manage and allowed(rules.check_can_get_password, account),
        "may_block": may_manage and allowed(rules.check_can_be_blocked, account),
        "may_unblock": may_manage and allowed(rules.check_can_be_unblocked, account),
        "may_appoint": account.is_active and account.pk != request.actor.account.pk,  # type: ignore[union-attr]
        "valid_until": _valid_until(account),
        "asked": GrantRequest.objects.visible_to(request.actor).waiting().filter(account=account),
    }
    return render(request, "registry/accounts/detail.html", context)


def _valid_until(account: Account) -> dt.datetime | None:
    if not account.must_change_password or account.password_given_at is None:
        return None
    return account.password_given_at + dt.timedelta(days=settings.ONE_TIME_PASSWORD_DAYS)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Edit names and contacts of an account."""
    account = _managed(request, pk)
    form = EditAccountForm(account, request.POST or None)
    if form.is_valid():
        accounts.edit_account(account.pk, values=form.person, by=request.actor)
        messages.success(request, _("Saved."))
        return redirect("accounts:detail", account.pk)
    return render(request, "registry/accounts/edit.html", {"account": account, "form": form})


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
def block(request: ActorRequest, pk: int) -> HttpResponse:
    """Block an account with a reason; its sessions end at once."""
    account = _managed(request, pk)
    form = BlockForm(request.POST or None)
    if form.is_valid():
        try:
            accounts.block_account(account.pk, reason=form.cleaned_data["reason"], by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The account is blocked. Its open sessions have ended."))
            return redirect("accounts:detail", account.pk)
    return render(request, "registry/accounts/block.html", {"account": account, "form": form})


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
@asks_again()
def unblock(request: ActorRequest, pk: int) -> HttpResponse:
    """Unblock an account."""
    account = _managed(request, pk)
    if request.method == "POST":
        try:
            if request.actor.asks_others:
                return asked_for(request, granting.ask_for_unblocking(account.pk, by=request.actor))
            accounts.unblock_account(account.pk, by=request.actor)
        except RuleViolation as violation:
            say_violation(request, violation)
        else:
            messages.success(request, _("The account is unblocked. Its holder signs in with the former password."))
        return redirect("accounts:detail", account.pk)
    context = {"account": account, "asks": asking_days(request.actor)}
    return render(request, "registry/accounts/unblock.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
@asks_again()
def reissue(request: ActorRequest, pk: int) -> HttpResponse:
    """Issue a new one-time password, shown in this response only."""
    account = _managed(request, pk)
    if request.method == "POST":
        try:
            if request.actor.asks_others:
                return asked_for(request, granting.ask_for_password(account.pk, by=request.actor))
            seen = request.POST.get("given_at", "")
            credentials = accounts.reissue_password(account.pk, by=request.actor, seen=seen)
        except RuleViolation as violation:
            say_violation(request, violation)
            return redirect("accounts:detail", account.pk)
        return credentials_page(request, [credentials])
    context = {"account": account, "given_at": rules.issued_at(account), "asks": asking_days(request.actor)}
    return render(request, "registry/accounts/reissue.html", context)


def _visible(request: ActorRequest, pk: int) -> Account:
    return load(Account.objects.visible_to(request.actor).select_related("home__federation"), pk)


def _managed(request: ActorRequest, pk: int) -> Account:
    """Return an account that the actor manages; accounts that are only visible are refused (403)."""
    account = _visible(request, pk)
    rules.check_manages(account, by=request.actor)
    return account
