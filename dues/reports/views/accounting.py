"""The file with receipts and payments for the accountant (N-D1, V-C5)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.states import allowed
from registry.views import ActorRequest, may_lag, needs

from ..exports.client_bank import client_bank, lines_of
from ..exports.operations import accounting_book
from ..forms import AccountingForm
from ..queries.operations import operations
from ..rules import check_keeps_books
from ..transitions import record_accounting
from .asking import form_in, place_in


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_DUES)
@may_lag
def accounting(request: ActorRequest) -> HttpResponse:
    """Show the form of the period, and download its receipts and payments."""
    place, actor = place_in(request), request.actor
    require(actor, Permission.EXPORT, place)
    if not allowed(check_keeps_books, place):
        raise Http404
    if request.method == "POST":
        form = AccountingForm(request.POST, organization=place)
        if form.is_valid():
            first, last = form.cleaned_data["first"], form.cleaned_data["last"]
            name = f"1c-{first:%Y-%m-%d}-{last:%Y-%m-%d}"
            in_bank_format = form.cleaned_data["file"] == "bank"
            if in_bank_format:
                lines = lines_of(place, first, last, actor)
                count, data = len(lines), client_bank(place, first, last, actor, lines)
            else:
                found = operations(place, first, last, actor)
                count, data = len(found), accounting_book(found, place, first, last)
            record_accounting(place.pk, first=first, last=last, form=form.cleaned_data["file"], count=count, by=actor)
            if in_bank_format:
                return answers.file(data, f"{name}.txt", "text/plain; charset=windows-1251")
            return answers.workbook(data, f"{name}.xlsx")
    else:
        form = AccountingForm(initial=dict(form_in(request, place).data.items()), organization=place)
    context = {"form": form, "organization": place, "back": f"{reverse('dues:reports')}?organization={place.pk}"}
    return render(request, "dues/reports/accounting.html", context)
