"""Pages of the lines of bank statements: matching, posting, putting back (V-D4, N-D1)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dues.collecting.queries import offered_in
from dues.distribution.models import Remittance
from dues.ledger.queries.showing import name_of
from dues.money import money, roubles
from dues.partners.queries import linked_to, proposals
from dues.partners.rules import check_can_be_freed
from dues.partners.transitions import free_line
from dues.payments.forms import ReasonForm, SearchForm
from dues.payments.queries import members_of
from dues.payments.rules import RowsRefused
from members.people.models import Member
from members.people.search import matching
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation, StaleVersion
from registry.requests import number_in
from registry.sizes import PAGE_LONG_ROWS
from registry.states import allowed, refusal
from registry.views import ActorRequest, add_violation, ask, load, needs, page_of, posted, run_action, say_violation

from ..enums import LineState
from ..forms import LinesFilterForm, ShareForm
from ..models import BankLine, BankPart, BankStatement
from ..queries.accounts import own_accounts
from ..queries.showing import Row, by_band, parts_of, rows_of, waiting_in, with_listed
from ..rules.lines import (
    MAX_AT_ONCE,
    check_can_be_put_back,
    check_deposit,
    check_is_open,
    check_not_dues,
    check_own_transfer,
)
from ..rules.unloading import check_can_be_unloaded
from ..transitions.loading import match_again
from ..transitions.posting import mark_deposit, mark_not_dues, post_line, post_sure, put_back
from ..transitions.settling import Share, paper_of
from .statements import own_bank, section

#: Maximum number of people found by the search on the page of a line.
MAX_OFFERED = 20


@require_GET
@needs(Permission.RECORD_DUES)
def bank(request: ActorRequest) -> HttpResponse:
    """List the payments of bank statements: unidentified ones in three bands, or those in another state."""
    organization = own_bank(request)
    form = LinesFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    statement = chosen.get("statement")
    state = chosen.get("state") or ("" if statement else LineState.OPEN)
    lines = BankLine.objects.visible_to(request.actor).filter(organization=organization)
    waiting = waiting_in(lines)
    sure = waiting_in(BankLine.objects.visible_to(request.actor).filter(pk__in=lines.sure(MAX_AT_ONCE).values("pk")))
    is_open = state == LineState.OPEN
    found = lines.filter(statement=statement) if statement else lines
    found = found.filter(state=state) if state else found
    lines_of_page = by_band(found) if is_open else found.order_by("-made_on", "-pk")
    count = waiting.count if is_open and not statement else None
    own_files = BankStatement.objects.visible_to(request.actor).filter(organization=organization)
    file = own_files.filter(pk=statement).first() if statement else None
    page = page_of(request, with_listed(lines_of_page), PAGE_LONG_ROWS, count=count)
    rows = rows_of(list(page.object_list), organization, request.actor, organization.today)
    proposed = proposals(organization, [row.line for row in rows])
    for row in rows:
        row.proposal = proposed.get(row.line.pk)
    context = {
        "organization": organization, "page": page, "state": state, "is_open": is_open, "states": LineState.choices,
        "labels": ["", _("Payer and purpose"), _("Sum, ₽"), _heading(state)],
        "rows": rows,
        "waiting": waiting, "left": money(waiting.total),
        "sure": sure, "sure_total": money(sure.total),
        "file": file, "file_stays": refusal(check_can_be_unloaded, file) if file is not None else None,
    }  # fmt: skip
    return render(request, "dues/bank/lines.html", context)


def _heading(state: str) -> str:
    """Return the heading of the column with the owner or meaning of the money."""
    return {LineState.OPEN.value: _("Who it may be"), LineState.OTHER.value: _("What the money is")}.get(
        state, _("Posted for")
    )


@require_POST
@needs(Permission.RECORD_DUES)
def post_all_sure(request: ActorRequest) -> HttpResponse:
    """Post all certain lines, if they add up to the sum shown on the page."""
    organization = own_bank(request)
    count = number_in(request.POST.get("count", "")) or 0
    kopecks = number_in(request.POST.get("kopecks", ""), 15) or 0
    try:
        done = post_sure(organization.pk, seen=(count, Decimal(kopecks).scaleb(-2)), by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("dues:bank")
    text = ngettext("%(n)s payment is posted.", "%(n)s payments are posted.", done) % {"n": done}
    if done < count:
        rest = ngettext("%(n)s payment waits for you.", "%(n)s payments wait for you.", count - done)
        text = f"{text} {rest % {'n': count - done}}"
    messages.success(request, text)
    return redirect("dues:bank")


@require_POST
@needs(Permission.RECORD_DUES)
def match_all_again(request: ActorRequest) -> HttpResponse:
    """Match the open lines again, with the present members and debts."""
    organization = own_bank(request)
    done = _("The payments are matched with the members and debts of today.")
    return run_action(request, partial(match_again, organization.pk, by=request.actor), done, reverse("dues:bank"))


@require_POST
@needs(Permission.RECORD_DUES)
def confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Post the rest of a line to the offered member; the button sends the member's id and the line's version."""
    line = load(BankLine.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, line.organization)
    chosen, _colon, version = request.POST.get("member", "").partition(":")
    member = load(members_of(line.organization, Member.objects.visible_to(request.actor)), chosen)
    shares = [Share(member.pk, line.left)]
    step = partial(post_line, line.pk, shares, version=number_in(version), by=request.actor)
    done = _("%(sum)s are posted for %(name)s.") % {"sum": roubles(line.left), "name": member.full_name}
    try:
        return run_action(request, step, done, reverse("dues:bank"))
    except StaleVersion:
        messages.warning(request, _("Somebody else has worked on this payment meanwhile. Look at what is left."))
        return redirect("dues:bank_line", pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_DUES)
def line(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a line with its entries, and post money of an open one to a member."""
    lines = with_listed(BankLine.objects.visible_to(request.actor))
    found = load(lines.select_related("organization", "statement"), pk)
    organization = found.organization
    may_post = request.actor.may(Permission.RECORD_DUES, organization)
    is_open = may_post and allowed(check_is_open, found)
    (row,) = rows_of([found], organization, request.actor, organization.today)
    parts, left_off = parts_of(found, request.actor)
    search = SearchForm(request.GET, cells=[])
    people = _people(request, row, search) if is_open else []
    form = None
    if is_open:
        offered = offered_in(organization, organization.today)
        first = people[0][0].pk if row.candidates else None
        initial = {"amount": found.left, "member": first}
        form = ShareForm(posted(request), people=people, offered=offered, initial=initial)
    if request.method == "POST":
        if form is None:
            require(request.actor, Permission.RECORD_DUES, organization)
            return run_action(request, partial(check_is_open, found), "", reverse("dues:bank_line", args=[pk]))
        if form.is_valid() and _post(request, found, form):
            # The rest of the money may be somebody else's.
            is_whole = form.share.amount == found.left
            return redirect("dues:bank") if is_whole else redirect("dues:bank_line", pk)
    context = {
        "line": found, "row": row, "form": form, "people": people, "search": search,
        "searched": bool(search.is_valid() and search.cleaned_data.get("q")),
        "paper": paper_of(found),
        "parts": [(part, _what(part), money(part.entry.amount)) for part in parts],
        "left_off": left_off,
        "may_be_cash": is_open and allowed(check_deposit, found),
        "may_be_own": is_open and allowed(check_own_transfer, found, own_accounts(organization)),
        "proposal": proposals(organization, [found]).get(found.pk) if may_post else None,
        "may_mark": is_open and allowed(check_not_dues, found, "-"),
        "may_put_back": may_post
        and (allowed(check_can_be_put_back, found, "-") or allowed(check_can_be_freed, linked_to(found), "-")),
    }  # fmt: skip
    return render(request, "dues/bank/line.html", context)


def _what(part: BankPart) -> str:
    entry = part.entry
    title = entry.contribution.title if entry.contribution is not None else ""
    return name_of(entry.fee, entry.year, title) if entry.fee else ""


def _people(request: ActorRequest, row: Row, search: SearchForm) -> list[tuple[Member, str]]:
    """Return the members to choose from with the reason: those with evidence, and those found by the search."""
    offered = {candidate.member.pk: (candidate.member, candidate.evidence) for candidate in row.candidates}
    condition = matching(search.cleaned_data.get("q")) if search.is_valid() else None
    members = members_of(row.line.organization, Member.objects.visible_to(request.actor))
    if condition is not None:
        for member in members.filter(condition).order_by("sort_key", "pk")[:MAX_OFFERED]:
            offered.setdefault(member.pk, (member, ""))
    chosen = number_in(request.POST.get("member", "")) if request.method == "POST" else None
    if chosen is not None and chosen not in offered and (member_ := members.filter(pk=chosen).first()) is not None:
        offered[chosen] = (member_, "")
    return list(offered.values())


def _post(request: ActorRequest, found: BankLine, form: ShareForm) -> bool:
    """Post the part; if it is refused, add the reason to the form and return False."""
    version = number_in(request.POST.get("version", ""))
    try:
        post_line(found.pk, [form.share], version=version, by=request.actor)
    except RowsRefused as refused:
        form.add_error("amount", str(next(iter(refused.by_row.values())).message))
    except RuleViolation as violation:
        add_violation(form, violation)
    except StaleVersion:
        form.add_error(None, _("Somebody else has worked on this payment meanwhile. Look at what is left."))
    else:
        messages.success(request, _("%(sum)s are posted.") % {"sum": roubles(form.share.amount)})
        return True
    return False


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def not_dues(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that the rest of a line is not dues."""
    found = load(BankLine.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, found.organization)
    return ask(
        request,
        ReasonForm(posted(request), help_text=_("Such as: donation, money returned by a shop, grant.")),
        partial(mark_not_dues, found.pk, by=request.actor),
        section=section(),
        title=_("Not dues"),
        lead=_("%(line)s: %(sum)s leave the money not identified.") % {"line": found, "sum": roubles(found.left)},
        button=_("Record as not dues"),
        refused=refusal(check_not_dues, found, "-"),
        done=_("The money is recorded as not dues."),
        to=reverse("dues:bank"),
        back=reverse("dues:bank_line", args=[pk]),
    )


@require_POST
@needs(Permission.RECORD_DUES)
def from_cash(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that the money of a line came from the cash desk."""
    found = load(BankLine.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, found.organization)
    done = _("The money is the one that the cash desk has taken to the bank.")
    step = partial(mark_deposit, found.pk, by=request.actor)
    return run_action(request, step, done, reverse("dues:bank_line", args=[pk]))


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def back(request: ActorRequest, pk: int) -> HttpResponse:
    """Reverse the entries of a line."""
    found = load(BankLine.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, found.organization)
    linked = linked_to(found)
    if linked is not None:
        return _free(request, found, linked)
    return ask(
        request,
        ReasonForm(posted(request), help_text=_("Such as: paid by somebody else with the same name.")),
        partial(put_back, found.pk, by=request.actor),
        section=section(),
        title=_("Put the payment back"),
        lead=_("%(line)s: what is posted is reversed, and the payment waits again to be identified.") % {"line": found},
        button=_("Put it back"),
        refused=refusal(check_can_be_put_back, found, "-"),
        done=_("The entries are reversed. The payment waits to be identified."),
        to=reverse("dues:bank_line", args=[pk]),
    )


def _free(request: ActorRequest, found: BankLine, linked: Remittance) -> HttpResponse:
    """Ask for the reason why a line is not money between organisations after all."""
    if found.incoming:
        lead = _("%(line)s: what is posted is reversed, and the payment waits again to be identified.")
    else:
        lead = _("%(line)s: the payment is no longer that of the money passed on, which stays recorded.")
    return ask(
        request,
        ReasonForm(posted(request), help_text=_("Such as: the money was for something else.")),
        partial(free_line, found.pk, by=request.actor),
        section=section(),
        title=_("Put the payment back"),
        lead=lead % {"line": found},
        button=_("Put it back"),
        refused=refusal(check_can_be_freed, linked, "-"),
        done=_("The payment is free again."),
        to=reverse("dues:bank_line", args=[found.pk]),
    )
