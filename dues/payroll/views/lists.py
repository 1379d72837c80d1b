"""Pages of payroll lists: loading, columns, comparing, answers, posting, reversing (U-D1, N-D1, N-D2)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dues.money import money
from dues.payments.forms import ReasonForm, SearchForm
from dues.payments.rules import RowsRefused
from members.people.models import Member
from members.people.search import matching as found_by
from registry.access import require
from registry.columns import ColumnsForm
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.jobs import uploads
from registry.jobs.views import being_read
from registry.requests import number_in
from registry.states import allowed, refusal
from registry.views import ActorRequest, add_violation, ask, load, needs, page_of, posted, run_action

from .. import loading
from ..enums import REASONS, Difference, ListState, Reason
from ..forms import COLUMNS, LoadForm, PostForm, UntilForm
from ..models import Employer, PayrollAbsence, PayrollLine, PayrollList
from ..queries.matching import MAX_PROPOSED, proposed
from ..queries.showing import months_offered, open_differences, payments_offered, with_open_lines
from ..rules.files import of_line
from ..rules.lists import (
    YEARS_BACK,
    check_can_be_compared,
    check_can_be_discarded,
    check_can_be_posted,
    check_can_be_reversed,
    check_is_open,
    check_is_person,
    identified,
)
from ..transitions.lists import answer_absence, answer_line, choose_person, discard_list
from ..transitions.posting import post_list, reverse_list
from .employers import own_organization

#: Maximum number of rows of a file shown before it is compared.
MAX_LEFT_OUT = 30


def _load_list(request: ActorRequest, pk: Any, permission: Permission | None = None) -> PayrollList:
    """Return the list in the actor's scope. Raises `Http404`, `NotAllowed` without the permission there."""
    found = load(PayrollList.objects.visible_to(request.actor).select_related("employer__organization__federation"), pk)
    if permission is not None:
        require(request.actor, permission, found.employer.organization)
    return found


def section() -> tuple[str, str]:
    """Return the parent page in the breadcrumbs."""
    return _("Payroll lists"), reverse("dues:payroll_lists")


@require_GET
@needs(Permission.VIEW_DUES)
def payroll_lists(request: ActorRequest) -> HttpResponse:
    """Show the lists of employers, the newest month first."""
    lists = PayrollList.objects.visible_to(request.actor).select_related("employer__organization")
    page = page_of(request, lists.annotate(waiting=with_open_lines()).order_by("-month", "-pk"))
    own = request.actor.organization
    may_load = own is not None and request.actor.may(Permission.RECORD_DUES, own)
    employers = Employer.objects.visible_to(request.actor).filter(organization=own)
    context = {
        "page": page, "own": own, "may_load": may_load and employers.exists(),
        "rows": [
            (
                one,
                "—" if one.state == ListState.DRAFT else money(one.total),
                one.waiting if one.state == ListState.COMPARED else "—",
            )
            for one in page
        ],
    }  # fmt: skip
    return render(request, "dues/payroll/lists.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def load_one(request: ActorRequest) -> HttpResponse:
    """Load the file with an employer's list for a month."""
    organization = own_organization(request)
    employers = list(Employer.objects.visible_to(request.actor).filter(organization=organization))
    if not employers:
        return redirect("dues:employers")
    form = LoadForm(
        posted(request),
        request.FILES or None,
        employers=employers,
        months=months_offered(timezone.localdate(), YEARS_BACK),
        initial={"employer": number_in(request.GET.get("employer", ""))},
    )
    if form.is_valid():
        values = form.values
        asked = {"employer": values["employer_id"], "month": values["month"].isoformat()}
        job = uploads.begin(
            loading.READ, values["data"], asked, place=organization, name="payroll list",
            permission=Permission.RECORD_DUES, by=request.actor,
        )  # fmt: skip
        if job is not None:
            return being_read(request, job)
        try:
            made = loading.store_file_as_list(**values, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            if made.state == ListState.DRAFT:
                messages.success(request, _("The file is read. Check the columns, then compare."))
            else:
                messages.info(request, _("This file was loaded already. Nothing is changed."))
            return redirect("dues:payroll_list", made.pk)
    context = {
        "form": form, "title": _("Load a payroll list"), "button": _("Load"), "back": reverse("dues:payroll_lists"),
        "section": section(), "upload": True,
        "lead": _("The list of the accounts office for a month. It is compared before it is posted."),
    }  # fmt: skip
    return render(request, "ask.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_DUES)
def payroll_list(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a list: its columns while it is a draft, then its lines with their differences."""
    found = _load_list(request, pk)
    may_record = request.actor.may(Permission.RECORD_DUES, found.employer.organization)
    if request.method == "POST":
        require(request.actor, Permission.RECORD_DUES, found.employer.organization)
    if allowed(check_can_be_compared, found):
        return _draft(request, found, may_record=may_record)
    if request.method == "POST":
        return run_action(request, partial(check_can_be_compared, found), "", reverse("dues:payroll_list", args=[pk]))
    return _compared(request, found, may_record=may_record)


def _draft(request: ActorRequest, found: PayrollList, *, may_record: bool) -> HttpResponse:
    heading, recognised = loading.columns_of(found)
    form = ColumnsForm(posted(request), meanings=COLUMNS, headings=heading.texts, recognised=recognised)
    columns = recognised
    if form.is_valid():
        columns = form.columns
        try:
            loading.compare(found, columns, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The list is compared. Answer the differences, then post it."))
            return redirect("dues:payroll_list", found.pk)
    context: dict[str, Any] = {"list": found, "form": form, "may_record": may_record}
    try:
        read = loading.preview(found, columns)
    except RuleViolation as violation:
        context["wrong"] = violation.message
    else:
        stated = read.stated_total
        context |= {
            "count": len(read.lines), "total": money(read.total), "left_out": read.left_out[:MAX_LEFT_OUT],
            "stated": money(stated) if stated is not None else "", "differs": stated not in {None, read.total},
        }  # fmt: skip
    return render(request, "dues/payroll/draft.html", context)


def _compared(request: ActorRequest, found: PayrollList, *, may_record: bool) -> HttpResponse:
    counts = open_differences(found, request.actor)
    shown = request.GET.get("show", "")
    first = next((one for one in Difference.values if counts[one]), "all")
    shown = shown if shown in {"all", *Difference.values} else first
    is_open = may_record and allowed(check_is_open, found)
    missing = shown == Difference.MISSING
    may_answer = is_open or (missing and may_record and found.state == ListState.POSTED)
    rows: Any
    if missing:
        absences = PayrollAbsence.objects.visible_to(request.actor).filter(payroll_list=found)
        rows = absences.select_related("member").order_by("member__sort_key", "pk")
    else:
        rows = PayrollLine.objects.visible_to(request.actor).filter(payroll_list=found).select_related("member")
        rows = (
            rows.order_by("position")
            if shown == "all"
            else rows.filter(difference=shown).order_by("reason", "position")
        )
    page = page_of(request, rows)
    reasons = {one: [(reason.value, reason.label) for reason in offered] for one, offered in REASONS.items()}
    stated = found.stated_total
    context = {
        "list": found, "page": page, "shown": shown, "missing": missing, "until": UntilForm(),
        "tabs": [
            (_("all"), "?show=all", found.lines.count(), shown == "all"),
            *((one.label, f"?show={one}", counts[one], shown == one) for one in Difference),
        ],
        "lines": [] if missing else [(line, money(line.amount), reasons.get(line.difference, [])) for line in page],
        "reasons": reasons[Difference.MISSING], "total": money(found.total),
        "stated": money(stated) if stated is not None else "", "differs": stated not in {None, found.total},
        "asks_until": shown in REASONS and bool(REASONS[shown]) and may_answer,
        "waiting": sum(counts[one] for one in Difference.values if one != Difference.MISSING),
        "is_open": is_open, "may_answer": may_answer,
        "may_post": is_open and allowed(check_can_be_posted, found),
        "may_discard": may_record and allowed(check_can_be_discarded, found),
        "may_reverse": may_record and allowed(check_can_be_reversed, found),
        "paid": money(found.paid) if found.paid is not None and found.state == ListState.POSTED else "",
        "rest": money(found.paid - identified(found)) if found.paid is not None else "",
    }  # fmt: skip
    return render(request, "dues/payroll/list.html", context)


@require_POST
@needs(Permission.RECORD_DUES)
def answer(request: ActorRequest, pk: int) -> HttpResponse:
    """Store the reason of a difference: `answer` has the kind of row, its id and the reason."""
    found = _load_list(request, pk, Permission.RECORD_DUES)
    kind, _colon, rest = request.POST.get("answer", "").partition(":")
    row, _colon, reason = rest.partition(":")
    form = UntilForm(request.POST)
    if number_in(row) is None or kind not in {"line", "absence"} or reason not in Reason.values:
        raise Http404
    until = form.cleaned_data["until"] if form.is_valid() else None
    rows: Any = PayrollLine if kind == "line" else PayrollAbsence
    asked = load(rows.objects.visible_to(request.actor).filter(payroll_list=found), row)
    step = answer_line if kind == "line" else answer_absence
    shown = asked.difference if kind == "line" else Difference.MISSING
    to = f"{reverse('dues:payroll_list', args=[pk])}?show={shown}"
    return run_action(request, partial(step, asked.pk, reason=reason, until=until, by=request.actor), _("Noted."), to)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def person(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the members that a line may mean, and set the chosen one."""
    lines = PayrollLine.objects.visible_to(request.actor).select_related("payroll_list__employer__organization")
    line = load(lines, pk)
    organization = line.payroll_list.employer.organization
    require(request.actor, Permission.RECORD_DUES, organization)
    back = f"{reverse('dues:payroll_list', args=[line.payroll_list_id])}?show={Difference.PERSON}"
    people = Member.objects.visible_to(request.actor).registered().filter(organization=organization)
    if request.method == "POST":
        chosen = load(people, request.POST.get("member", ""))
        step = partial(choose_person, line.pk, chosen.pk, by=request.actor)
        return run_action(request, step, _("The employee № is remembered for the next lists."), back)
    if not allowed(check_is_open, line.payroll_list):
        return redirect(back)
    search = SearchForm(request.GET, cells=[])
    condition = found_by(search.cleaned_data.get("q")) if search.is_valid() else None
    offered = people.filter(condition) if condition is not None else proposed(line, people)
    context = {
        "line": line, "search": search, "back": back, "amount": money(line.amount),
        "offered": [
            member
            for member in offered.order_by("sort_key", "pk")[:MAX_PROPOSED]
            if allowed(check_is_person, line, member, organization)
        ],
    }  # fmt: skip
    return render(request, "dues/payroll/person.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def post(request: ActorRequest, pk: int) -> HttpResponse:
    """Post a list against the employer's payment order."""
    found = _load_list(request, pk, Permission.RECORD_DUES)

    def step(**values: Any) -> PayrollList:
        try:
            return post_list(found.pk, **values, by=request.actor)
        except RowsRefused as refused:
            line = PayrollLine.objects.visible_to(request.actor).get(pk=next(iter(refused.by_row)))
            raise of_line(line, refused) from refused

    return ask(
        request,
        PostForm(posted(request), total=found.total, offered=payments_offered(found, request.actor)),
        step,
        section=(f"{found.employer.name}, {found}", reverse("dues:payroll_list", args=[pk])),
        title=_("Post the list"),
        lead=_("All lines are posted together. The total of the list, its lines and the payment have to agree."),
        button=_("Post the list"),
        refused=refusal(check_can_be_posted, found),
        done=_("The list is posted; every member's card shows the payment."),
        to=reverse("dues:payroll_list", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def reverse_one(request: ActorRequest, pk: int) -> HttpResponse:
    """Reverse a posted list as a whole."""
    found = _load_list(request, pk, Permission.RECORD_DUES)
    return ask(
        request,
        ReasonForm(posted(request), help_text=_("Such as: the accounts office sent another list.")),
        partial(reverse_list, found.pk, by=request.actor),
        section=(f"{found.employer.name}, {found}", reverse("dues:payroll_list", args=[pk])),
        title=_("Reverse the list"),
        lead=_("All payments of the list are reversed. It can then be corrected and posted again."),
        button=_("Reverse"),
        refused=refusal(check_can_be_reversed, found),
        done=_("The list is reversed."),
        to=reverse("dues:payroll_list", args=[pk]),
    )


@require_POST
@needs(Permission.RECORD_DUES)
def discard(request: ActorRequest, pk: int) -> HttpResponse:
    """Discard a list that is not posted."""
    found = _load_list(request, pk, Permission.RECORD_DUES)
    step = partial(discard_list, found.pk, by=request.actor)
    return run_action(request, step, _("The list is discarded."), reverse("dues:payroll_lists"))
