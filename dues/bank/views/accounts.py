"""Pages of an organisation's own bank accounts (V-D4)."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from registry.access import require
from registry.enums import Permission
from registry.states import allowed, refusal
from registry.views import ActorRequest, ask, load, needs, posted

from ..forms import AccountForm, EndAccountForm
from ..models import OwnAccount
from ..queries.accounts import passport_with_account
from ..rules.accounts import check_not_ended
from ..transitions.accounts import add_account, end_account
from .statements import own_bank


def _section() -> tuple[str, str]:
    """Return the parent page in the breadcrumbs."""
    return _("Our accounts"), reverse("dues:own_accounts")


@require_GET
@needs(Permission.RECORD_DUES)
def accounts(request: ActorRequest) -> HttpResponse:
    """List the organisation's own accounts, that of the passport first."""
    organization = own_bank(request)
    found = OwnAccount.objects.visible_to(request.actor).filter(organization=organization)
    context = {
        "organization": organization,
        "passport": passport_with_account(organization),
        "rows": [(account, allowed(check_not_ended, account)) for account in found],
    }
    return render(request, "dues/bank/accounts.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def add(request: ActorRequest) -> HttpResponse:
    """Enter an account as the organisation's own."""
    organization = own_bank(request)
    return ask(
        request,
        AccountForm(posted(request)),
        partial(add_account, organization.pk, by=request.actor),
        section=_section(),
        title=_("Add an account"),
        lead=_("Statements of this account are loaded as well. Money moved between your accounts is not dues."),
        button=_("Add an account"),
        done=_("The account is in the list. Its statements can be loaded."),
        to=reverse("dues:own_accounts"),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def end(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that an account was closed."""
    account = load(OwnAccount.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, account.organization)
    return ask(
        request,
        EndAccountForm(posted(request), initial={"until": timezone.localdate()}),
        partial(end_account, account.pk, by=request.actor),
        section=_section(),
        title=_("Close the account"),
        lead=f"{account.number}, {account.bank}",
        button=_("Close the account"),
        refused=refusal(check_not_ended, account),
        done=_("The account is closed. Later payments on it are flagged."),
        to=reverse("dues:own_accounts"),
    )
