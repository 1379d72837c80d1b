"""Printers of the organisation: their shifts and the test sheet that measures them (V-B2)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.papers.calibration_sheet import SHEET, moved
from documents.printing.core import batch_for
from documents.printing.core import render as render_sheets
from documents.printing.models import SHIFTS, PrinterCalibration
from documents.printing.rules import MAX_PRINTERS
from documents.printing.transitions import record_other_print, remove_printer, save_printer
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation, StaleVersion
from registry.organizations.models import Organization
from registry.views import ActorRequest, add_violation, load, needs

from ..forms import PrinterForm


def _own(request: ActorRequest) -> Organization:
    own = request.actor.organization
    if own is None:
        raise NotAllowed
    require(request.actor, Permission.PRINT, own)
    return own


def _load(request: ActorRequest, pk: int) -> PrinterCalibration:
    found = PrinterCalibration.objects.visible_to(request.actor).filter(organization=_own(request))
    return load(found.select_related("organization__federation"), pk)


@require_GET
@needs(Permission.PRINT)
def printer_list(request: ActorRequest) -> HttpResponse:
    """List the printers of the actor's organisation with their shifts."""
    found = PrinterCalibration.objects.visible_to(request.actor).filter(organization=_own(request))
    printers = list(found[:MAX_PRINTERS])
    context = {"printers": printers, "may_add": len(printers) < MAX_PRINTERS}
    return render(request, "documents/printers.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.PRINT)
def edit(request: ActorRequest, pk: int | None = None) -> HttpResponse:
    """Enter a printer, or change it."""
    own = _own(request)
    printer = PrinterCalibration(organization=own) if pk is None else _load(request, pk)
    form = PrinterForm(request.POST if request.method == "POST" else None, instance=printer)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        shifts = {name: values[name] for name in SHIFTS}
        try:
            save_printer(
                own.pk,
                name=values["name"],
                shifts=shifts,
                printer_id=pk,
                version=values["version"] if pk else None,
                by=request.actor,
            )
        except RuleViolation as violation:
            add_violation(form, violation)
        except StaleVersion:
            text = _("Somebody else has changed the printer meanwhile. Look at its values, then change them.")
            messages.warning(request, text)
            return redirect("documents:edit_printer", printer.pk)
        else:
            messages.success(request, _("The printer is saved. Its test sheet shows whether the cross is right."))
            return redirect("documents:printers")
    return render(request, "documents/printer.html", {"form": form, "printer": printer if pk else None})


@require_POST
@needs(Permission.PRINT)
def remove(request: ActorRequest, pk: int) -> HttpResponse:
    """Delete a printer."""
    _load(request, pk)
    remove_printer(pk, by=request.actor)
    messages.success(request, _("The printer is deleted."))
    return redirect("documents:printers")


@require_POST
@needs(Permission.PRINT)
def print_test(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the test sheet as the printer is set."""
    printer = _load(request, pk)
    batch = batch_for(request.actor, printer.organization)
    data = moved(render_sheets(SHEET, SHEET.build(printer, batch), batch), printer)
    record_other_print(
        SHEET.code, printer, organization=printer.organization, code=batch.code, by=request.actor, rule="V-B2"
    )
    return answers.paper(data, SHEET.code)
