"""Views of printing: overview, blank forms, one member's paper, many as one PDF (U-6)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.consents.enums import PURPOSES_OF_FORMS
from documents.consents.rules import Lack, hindering
from documents.papers.calibration_sheet import moved
from documents.printing.core import Additions
from members.people.filters import selected_ids
from members.people.models import Member
from members.people.views.card_page import note_opening
from members.people.views.member_list import clean_query
from registry import answers
from registry.access import Actor, require
from registry.days import moment_text
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.indexes import by_index
from registry.jobs.models import Job
from registry.jobs.queue import start_job
from registry.organizations.queries import recent_totals
from registry.requests import asks_for_word
from registry.views import ActorRequest, add_violation, load, needs

from .codes import in_groups
from .core import Batch, Form, batch_for, blank, bundle, forms_for, forms_of, papers, title_of
from .core import render as render_sheets
from .filters import printed_order
from .forms import CodeForm
from .gaps import gaps_of
from .jobs import PAGES_OF_SHEET, carried, codes_of, sheets_of, words_of
from .models import PrinterCalibration, PrintRecord
from .packing import MAX_PAGES, pack_files
from .queries import latest_print, page_about
from .rules import MAX_PRINTERS, paper_carries, papers_about, printed_at
from .transitions import find_print, record_blank, record_prints

#: Maximum number of people printed within the request; more are printed by a job.
MAX_DIRECT_PRINTS = 5
#: Number of people in one PDF of a long print; the page announces it if there will be several.
PEOPLE_PER_PDF = MAX_PAGES // PAGES_OF_SHEET
#: Maximum number of people in one print.
MAX_PEOPLE = 2000
#: Number of names shown before printing.
MAX_NAMES = 10
#: Number of prints listed below the forms.
MAX_LATEST = 10


def form_of(actor: Actor, code: str) -> Form:
    """Return the federation's form with this code; 404 for unknown forms, 403 if the actor may not print it."""
    if actor.federation is None:
        raise NotAllowed
    form = next((form for form in forms_of(actor.federation.charter) if form.code == code), None)
    if form is None:
        raise Http404
    if form not in forms_for(actor):
        raise NotAllowed
    return form


def batch_of(actor: Actor, *, blank: bool = False) -> Batch:
    """Return a batch for the actor's organisation; without a code for blank forms and for paper that already has
    one.
    """
    if actor.organization is None:
        raise NotAllowed
    return batch_for(actor, actor.organization, blank=blank)


@require_GET
@needs(Permission.PRINT)
def overview(request: ActorRequest) -> HttpResponse:
    """Show all forms, recent prints and running jobs."""
    actor = request.actor
    own = actor.federation
    if own is None:
        raise NotAllowed
    jobs = Job.objects.visible_to(actor).filter(kind="documents.print").order_by("-created_at")[:5]
    latest = PrintRecord.objects.visible_to(actor).order_by("-printed_at", "-pk")
    with by_index():
        records = list(latest.select_related("member", "organization", "printed_by")[:MAX_LATEST])
    context = {
        "forms": forms_for(actor),
        "about": [papers()[code] for code in papers_about(actor.organization)] if actor.organization else [],
        "people": recent_totals(actor)["members"],
        "most": MAX_PEOPLE,
        "jobs": jobs,
        "records": [(record, title_of(record.form)) for record in records],
        "may_change_texts": actor.may(Permission.ADMINISTER),
    }
    return render(request, "documents/print.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.PRINT)
def look_up(request: ActorRequest) -> HttpResponse:
    """Look up a paper by its verification code: show the record, the time and the person who printed it."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        try:
            record = find_print(code, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            page = page_about(record, request.actor)
            context |= {
                "record": record,
                "title": title_of(record.form),
                "code": in_groups(code),
                "printed_at": moment_text(record.printed_at),
                "url": reverse(page[0], args=[page[1]]) if page else "",
                "latest": latest_print(record, request.actor),
            }
    return render(request, "documents/look_up.html", context)


@require_POST
@needs(Permission.PRINT)
def print_blank(request: ActorRequest, form: str) -> HttpResponse:
    """Print a blank form."""
    chosen = form_of(request.actor, form)
    data = blank(chosen, batch_of(request.actor, blank=True))
    record_blank(chosen.code, by=request.actor)
    return answers.pdf(data, f"{chosen.code}-blank")


@require_http_methods(["GET", "POST"])
@needs(Permission.PRINT)
def print_member(request: ActorRequest, form: str, pk: int) -> HttpResponse:
    """Print a paper for one member, after showing which fields will be empty."""
    actor = request.actor
    chosen = form_of(actor, form)
    members = chosen.members(Member.objects.visible_to(actor).registered())
    member = load(members, pk)
    require(actor, Permission.PRINT, printed_at(form, member))
    note_opening(request, member)
    new = _new_lines(chosen, member, actor)
    if request.method == "POST" and "new_lines" in request.POST:
        return _print_new_lines(chosen, member, new, actor, _printer(request))
    if request.method == "POST" and "onto_blank" in request.POST:
        return _print_onto_blank(chosen, member, actor, _printer(request))
    by_hand = "by_hand" in request.POST
    lacks = _lacks(chosen, member, batch_of(actor))
    if request.method == "POST" and not hindering(lacks, by_hand=by_hand):
        return _print_now(request, chosen, [member.pk], by_hand=by_hand)
    context = {
        "form": chosen,
        "lacks": _with_pages(lacks, member, actor),
        "by_hand": bool(lacks) and not hindering(lacks, by_hand=True),
        "beside": beside(chosen, actor),
        "new": new,
        "member": member,
        "gaps": gaps_of(chosen, member, batch_of(actor)),
        "may_edit": actor.may(Permission.EDIT_MEMBERS, member.organization),
        "printers": printers_of(actor),
    }
    return render(request, "documents/print_member.html", context)


def _new_lines(form: Form, member: Member, actor: Actor) -> Additions | None:
    """Return the lines missing on an existing card or ticket; None for other papers or if none was printed (V-B2)."""
    if form.additions_for is None:
        return None
    return form.additions_for(member, batch_of(actor), paper_carries(form.code, member))


def printers_of(actor: Actor) -> list[PrinterCalibration]:
    """Return the printers of the actor's organisation, as choices for printing onto existing paper."""
    found = PrinterCalibration.objects.visible_to(actor).filter(organization=actor.organization)
    return list(found[:MAX_PRINTERS])


def _printer(request: ActorRequest) -> PrinterCalibration | None:
    """Return the chosen printer, or None. Raises `Http404` if it belongs to another organisation."""
    chosen = request.POST.get("printer", "")
    if not chosen:
        return None
    return load(
        PrinterCalibration.objects.visible_to(request.actor).filter(organization=request.actor.organization), chosen
    )


def _print_new_lines(
    form: Form, member: Member, new: Additions | None, actor: Actor, printer: PrinterCalibration | None
) -> HttpResponse:
    if form.build_additions is None or new is None or not new.count or new.no_room:
        raise Http404
    batch = batch_of(actor, blank=True)
    data = render_sheets(_onto(form), [form.build_additions(member, batch, new)], batch)
    record_prints(form.code, {member.pk: new.carried}, data_classes=form.data_classes, by=actor, outdated=new.outdated)
    return answers.paper(moved(data, printer, sides=form.onto_sides), f"{form.code}-new")


def _print_onto_blank(form: Form, member: Member, actor: Actor, printer: PrinterCalibration | None) -> HttpResponse:
    """Print only the values, onto a bought blank; record it like a complete print."""
    if form.build_values is None or form.carries is None:
        raise Http404
    batch = batch_of(actor, blank=True)
    data = render_sheets(_onto(form), [form.build_values(member, batch)], batch)
    contents = {member.pk: form.carries(member, batch)}
    record_prints(form.code, contents, data_classes=form.data_classes, by=actor)
    return answers.paper(moved(data, printer, sides=form.onto_sides), f"{form.code}-values")


def _onto(form: Form) -> Form:
    """Return the form in the variant for existing paper."""
    return form if form.onto_sides else replace(form, two_sided=False)


def _lacks(form: Form, member: Member, batch: Batch) -> Sequence[Lack]:
    """Return the details required by law that the sheet would lack."""
    return form.lacks(member, batch) if form.lacks is not None else ()


def _with_pages(lacks: Sequence[Lack], member: Member, actor: Actor) -> list[tuple[Any, str]]:
    """Return the details, each with the URL of the page where it is filled in."""
    return [(lack.point, _page_of(lack, member, actor)) for lack in lacks]


def _page_of(lack: Lack, member: Member, actor: Actor) -> str:
    """Return the URL where the actor can fill in the detail, or an empty string."""
    if lack.place == "card":
        may = actor.may(Permission.EDIT_MEMBERS, member.organization)
        return f"{reverse('members:edit', args=[member.pk])}?missing" if may else ""
    if lack.place == "passport":
        operator = member.organization.operator() if member.organization is not None else None
        may = operator is not None and actor.may(Permission.EDIT_PASSPORT, operator)
        return reverse("organizations:passport", args=[operator.pk]) if may and operator is not None else ""
    if not actor.administers or actor.federation is None:
        return ""
    if lack.place == "text":
        return reverse("documents:texts")
    return reverse("admin:registry_federation_change", args=[actor.federation.pk])


def _left_out(form: Form, ids: Sequence[int], actor: Actor) -> list[tuple[Member, Sequence[Lack]]]:
    """Return the members whose sheets would lack details required by law, with these details."""
    if form.lacks is None:
        return []
    members = form.members(Member.objects.visible_to(actor).registered().filter(pk__in=ids).alphabetical())
    batch = batch_of(actor)
    return [(member, lacks) for member in members if (lacks := _lacks(form, member, batch))]


def beside(form: Form, actor: Actor) -> list[Form]:
    """Return the forms that can be printed together with this one: consents for the other purposes."""
    if form.code not in PURPOSES_OF_FORMS:
        return []
    return [other for other in forms_for(actor) if other.code in PURPOSES_OF_FORMS and other != form]


def _with_others(request: ActorRequest, form: Form) -> list[Form]:
    ticked = request.POST.getlist("also")
    return [form, *(other for other in beside(form, request.actor) if other.code in ticked)]


def _print_now(request: ActorRequest, form: Form, ids: Sequence[int], *, by_hand: bool) -> HttpResponse:
    """Return the paper and those selected with it as a PDF or a Word file; record both as a print."""
    actor, chosen, word = request.actor, _with_others(request, form), asks_for_word(request)
    if word and not form.as_word:
        raise Http404
    files = []
    with transaction.atomic():
        for one in chosen:
            data, printed = (words_of if word else sheets_of)(one, ids, actor, by_hand=by_hand)
            if printed:
                record_prints(
                    one.code, carried(printed), data_classes=one.data_classes, by=actor, codes=codes_of(printed)
                )
                files.append(data)
        if not files:
            raise Http404
    if not word:
        return answers.paper(bundle(form, files) if len(files) > 1 else files[0], form.code)
    packed, ending = pack_files(files, form.code, "docx")
    data = packed if isinstance(packed, bytes) else packed.read()
    return answers.word(data, form.code) if ending == "docx" else answers.archive(data, form.code)


@require_http_methods(["GET", "POST"])
@needs(Permission.PRINT)
def print_many(request: ActorRequest, form: str) -> HttpResponse:
    """Print for the selected members, or for all that the filter finds, after confirmation."""
    actor = request.actor
    chosen = form_of(actor, form)
    ids = selected_ids(request, actor)
    if not ids:
        messages.warning(request, _("Nobody is selected. Tick the people first."))
        return redirect(back_to_list(request))
    by_hand, word = "by_hand" in request.POST, asks_for_word(request)
    if word and not chosen.as_word:
        raise Http404
    confirmed = request.POST.get("confirmed") == "1" and len(ids) <= MAX_PEOPLE
    if confirmed and not by_hand and len(ids) <= MAX_DIRECT_PRINTS and len(_left_out(chosen, ids, actor)) == len(ids):
        messages.warning(
            request, _("Nothing was printed. Complete the cards, or tick that missing data are filled in by hand.")
        )
        confirmed = False
    if not confirmed:
        context = {
            **choice_context(request, ids),
            "form": chosen,
            "too_many": len(ids) > MAX_PEOPLE,
            "most": MAX_PEOPLE,
        }
        context["beside"] = beside(chosen, actor)
        left_out = _left_out(chosen, ids, actor) if len(ids) <= MAX_PEOPLE else []
        named = [(member, _with_pages(lacks, member, actor)) for member, lacks in left_out[:MAX_NAMES]]
        context |= {"left_out": named, "left_out_count": len(left_out)}
        context["by_hand"] = any(not hindering(lacks, by_hand=True) for _member, lacks in left_out)
        context["nobody"] = len(left_out) == len(ids) and not context["by_hand"]
        context["at_once"] = len(ids) <= MAX_DIRECT_PRINTS
        context["pdfs"], context["in_one"] = math.ceil(len(ids) / PEOPLE_PER_PDF), PEOPLE_PER_PDF
        return render(request, "documents/print_many.html", context)
    if len(ids) <= MAX_DIRECT_PRINTS:
        return _print_now(request, chosen, printed_order(ids, actor), by_hand=by_hand)
    params = {"ids": printed_order(ids, actor), "by_hand": by_hand} | ({"word": True} if word else {})
    with transaction.atomic():
        jobs = [
            start_job("documents.print", {"form": form.code, **params}, by=actor)
            for form in _with_others(request, chosen)
        ]
    return redirect("jobs:detail", jobs[0].pk) if len(jobs) == 1 else redirect("documents:print")


def back_to_list(request: HttpRequest) -> str:
    """Return the URL of the list of members or consents on which people were selected."""
    name = "documents:consents" if request.GET.get("from") == "consents" else "members:list"
    return f"{reverse(name)}?{clean_query(request.GET).urlencode()}"


def choice_context(request: ActorRequest, ids: Sequence[int]) -> dict[str, Any]:
    """Return the selection for a confirmation page: hidden fields, count and first names."""
    first = Member.objects.visible_to(request.actor).filter(pk__in=ids[:MAX_NAMES]).alphabetical()
    everything = request.method == "GET" or request.POST.get("all") == "1"
    query = clean_query(request.GET)
    # The next page asks again for PDF or Word.
    query.pop("as", None)
    return {
        "everything": everything,
        "selected": [] if everything else ids,
        "count": len(ids),
        "names": [member.full_name for member in first],
        "more": len(ids) > MAX_NAMES,
        "query": query.urlencode(),
        "back": back_to_list(request),
        "section": _("Consents") if request.GET.get("from") == "consents" else _("Members"),
    }
