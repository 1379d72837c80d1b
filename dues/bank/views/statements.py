"""Pages of bank statements: loading a file, the files that were loaded (V-D4, N-D2)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from dues.money import money
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.states import allowed
from registry.views import ActorRequest, add_violation, needs, page_of, posted

from ..forms import LoadForm
from ..loading import load_file
from ..models import BankStatement
from ..queries.accounts import own_accounts
from ..reading.statement import StatementRefused
from ..rules.lines import check_keeps_bank
from ..transitions.loading import Loaded


def own_bank(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` unless it loads bank statements, `NotAllowed`."""
    organization = request.actor.organization
    if organization is None or not allowed(check_keeps_bank, organization):
        raise Http404
    require(request.actor, Permission.RECORD_DUES, organization)
    return organization


def section() -> tuple[str, str]:
    """Return the page above those of this package in the crumbs."""
    return _("Bank"), reverse("dues:bank")


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def load_one(request: ActorRequest) -> HttpResponse:
    """Load a file with a statement; a file with faults is refused as a whole, and each fault named with its line."""
    organization = own_bank(request)
    form = LoadForm(posted(request), request.FILES if request.method == "POST" else None)
    faults = []
    if form.is_valid():
        try:
            loaded = load_file(organization, form.cleaned_data["file"].read(), by=request.actor)
        except StatementRefused as refused:
            faults = refused.faults
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, said_of(loaded))
            return redirect("dues:bank")
    accounts = own_accounts(organization)
    context = {"form": form, "faults": faults, "accounts": accounts, "organization": organization}
    return render(request, "dues/bank/load.html", context)


def said_of(loaded: Loaded) -> str:
    """Return what was loaded, as a sentence or two."""
    if loaded.before:
        return _("This file was loaded before. Nothing is posted again.")
    count = len(loaded.lines)
    text = ngettext("%(n)s payment is loaded.", "%(n)s payments are loaded.", count) % {"n": count}
    if loaded.statement.repeated:
        again = ngettext(
            "%(n)s payment was loaded before and is not posted again.",
            "%(n)s payments were loaded before and are not posted again.",
            loaded.statement.repeated,
        )
        text = f"{text} {again % {'n': loaded.statement.repeated}}"
    return text


@require_GET
@needs(Permission.RECORD_DUES)
def statements(request: ActorRequest) -> HttpResponse:
    """List the files that were loaded, the newest first."""
    organization = own_bank(request)
    found = BankStatement.objects.visible_to(request.actor).filter(organization=organization)
    page = page_of(request, found.select_related("loaded_by").prefetch_related("overlaps"))
    rows = [(statement, money(statement.received), money(statement.paid)) for statement in page]
    return render(request, "dues/bank/statements.html", {"page": page, "rows": rows, "organization": organization})
