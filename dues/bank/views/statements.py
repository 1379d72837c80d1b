"""Pages of bank statements: loading a file, the loaded files (V-D4, N-D2)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dues.money import money
from dues.payments.forms import ReasonForm
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.jobs import uploads
from registry.jobs.views import being_read
from registry.organizations.models import Organization
from registry.organizations.transitions.founding import drop_list, keep_list
from registry.states import allowed, refusal
from registry.views import ActorRequest, add_violation, ask, load, needs, page_of, posted

from ..forms import LoadForm, StatementForm
from ..jobs import result_counts, result_in_words
from ..loading import READ, ColumnsUnknown, Opened, TableRefused, load_file, open_table
from ..models import BankStatement
from ..queries.accounts import own_accounts
from ..reading.client_bank import is_client_bank
from ..reading.statement import StatementRefused
from ..rules.lines import check_keeps_bank
from ..rules.unloading import check_can_be_unloaded
from ..transitions.unloading import unload_statement

#: Payments of a table shown before it is loaded, and maximum number of its other rows.
MAX_SHOWN, MAX_LEFT_OUT = 10, 30


def own_bank(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` unless it loads bank statements, `NotAllowed`."""
    organization = request.actor.organization
    if organization is None or not allowed(check_keeps_bank, organization):
        raise Http404
    require(request.actor, Permission.RECORD_DUES, organization)
    return organization


def section() -> tuple[str, str]:
    """Return the parent page in the breadcrumbs."""
    return _("Bank"), reverse("dues:bank")


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def load_one(request: ActorRequest) -> HttpResponse:
    """Load a file with a statement; a file with faults is refused as a whole, listing each fault with its line."""
    organization = own_bank(request)
    form = LoadForm(posted(request), request.FILES if request.method == "POST" else None)
    faults = []
    if form.is_valid():
        data = form.cleaned_data["file"].read()
        job = None if is_client_bank(data) else uploads.begin(
            READ, data, {"place": organization.pk}, place=organization, name="bank statement",
            permission=Permission.RECORD_DUES, by=request.actor,
        )  # fmt: skip
        if job is not None:
            return being_read(request, job)
        try:
            loaded = load_file(organization, data, by=request.actor)
        except (ColumnsUnknown, TableRefused):
            file = keep_list(
                organization, data, name="bank statement", permission=Permission.RECORD_DUES, by=request.actor
            )
            return redirect("dues:check_statement", file.pk)
        except StatementRefused as refused:
            faults = refused.faults
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, result_in_words(result_counts(loaded)))
            return redirect("dues:bank")
    accounts = own_accounts(organization)
    context = {"form": form, "faults": faults, "accounts": accounts, "organization": organization}
    return render(request, "dues/bank/load.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def check_one(request: ActorRequest, file: uuid.UUID) -> HttpResponse:
    """Ask for the meaning of a table's columns, and preview the result; then load it."""
    organization = own_bank(request)
    own = StoredFile.objects.visible_to(request.actor).filter(
        owner=request.actor.account, organization=organization, purpose=FilePurpose.IMPORT_SOURCE
    )
    kept = load(own, file)
    data = uploads.contents(kept)
    try:
        opened = open_table(organization, data)
    except StatementRefused as refused:
        # It was read when it was uploaded; later errors are shown where the file can be uploaded again.
        for fault in refused.faults:
            messages.error(request, str(fault.text))
        return redirect("dues:load_statement")
    form = StatementForm(
        posted(request),
        accounts=opened.accounts,
        headings=opened.heading.texts,
        recognised=opened.columns,
        examples=opened.examples,
    )
    columns, account, faults = opened.columns, opened.account, []
    if form.is_valid():
        columns, account = form.columns, form.cleaned_data["account"] or opened.account
        if "show" not in request.POST:
            try:
                loaded = load_file(organization, data, columns=columns, account=account, by=request.actor)
            except StatementRefused as refused:
                faults = refused.faults
            except RuleViolation as violation:
                add_violation(form, violation)
            else:
                drop_list(kept, by=request.actor)
                messages.success(request, result_in_words(result_counts(loaded)))
                return redirect("dues:bank")
    context = {"form": form, "organization": organization, "faults": faults}
    if not faults:
        context |= _previewed(opened, organization, columns, account)
    return render(request, "dues/bank/check.html", context)


def _previewed(opened: Opened, organization: Organization, columns: Mapping[int, str], account: str) -> dict[str, Any]:
    """Return the first payments of a table under this meaning of its columns, with their sums, or its faults."""
    own = own_accounts(organization)
    try:
        table = opened.read(own, columns, account or opened.accounts[0])
    except StatementRefused as refused:
        return {"faults": refused.faults[:MAX_SHOWN]}
    documents = table.statement.documents
    came = [one.amount for one in documents if one.incoming]
    went = [one.amount for one in documents if not one.incoming]
    return {
        "count": len(documents),
        "received": money(sum(came, Decimal(0))),
        "paid": money(sum(went, Decimal(0))),
        "shown": [(one, money(one.amount)) for one in documents[:MAX_SHOWN]],
        "odd": [(one.line, remark) for one in documents for remark in one.remarks][:MAX_LEFT_OUT],
        "left_out": table.left_out[:MAX_LEFT_OUT],
        "left_out_count": len(table.left_out),
    }


@require_GET
@needs(Permission.RECORD_DUES)
def statements(request: ActorRequest) -> HttpResponse:
    """List the loaded files, the newest first."""
    organization = own_bank(request)
    found = BankStatement.objects.visible_to(request.actor).filter(organization=organization)
    page = page_of(request, found.select_related("loaded_by", "unloaded_by").prefetch_related("overlaps"))
    rows = [(statement, money(statement.received), money(statement.paid)) for statement in page]
    return render(request, "dues/bank/statements.html", {"page": page, "rows": rows, "organization": organization})


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def unload(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo a file that was read wrongly."""
    found = load(BankStatement.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, found.organization)
    facts = [
        (_("Days"), str(found)),
        (_("New payments"), str(found.new)),
        (_("Received, ₽"), money(found.received)),
        (_("Paid, ₽"), money(found.paid)),
    ]
    return ask(
        request,
        ReasonForm(posted(request), help_text=_("Such as: the columns were confirmed wrongly.")),
        partial(unload_statement, found.pk, by=request.actor),
        section=(_("Bank statements"), reverse("dues:bank_statements")),
        title=_("Take the file back"),
        lead=_(
            "Its payments leave the list and the books, and the meaning of its columns is forgotten. "
            "The same file can be loaded again."
        ),
        button=_("Take the file back"),
        refused=refusal(check_can_be_unloaded, found),
        done=_("The file is taken back. It can be loaded again."),
        to=reverse("dues:bank_statements"),
        facts=facts,
        icon="rotate-ccw",
    )
