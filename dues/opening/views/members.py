"""Pages for recording and undoing opening balances (V-D1, N-D1)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dues.ledger.models import DuesAccount
from dues.ledger.queries.showing import lines
from dues.payments.forms import ReasonForm, SearchForm
from dues.payments.rules import RowsRefused
from members.people.filters import MAX_FOUND
from members.people.models import Member
from members.people.rules.person import cell_names
from members.people.views.card_page import load_card
from registry.access import require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.sizes import PAGE_ROWS
from registry.states import allowed, refusal
from registry.views import ActorRequest, CountedPaginator, add_violation, ask, needs, posted

from ..forms import OpeningsForm
from ..queries import found_among, without_opening
from ..rules import check_can_be_taken_back, check_takes_over, taken_over
from ..transitions import record_openings, take_opening_back


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def openings(request: ActorRequest) -> HttpResponse:
    """List the members without a recorded opening balance, and record the entered years."""
    place = request.actor.organization
    if place is None or not allowed(check_takes_over, place):
        raise NotAllowed
    require(request.actor, Permission.RECORD_DUES, place)
    search = SearchForm(request.GET, cells=cell_names(place))
    chosen = search.cleaned_data if search.is_valid() else {}
    people = found_among(without_opening(request.actor, place), chosen.get("q", ""), chosen.get("cell", ""))
    rows = people.select_related("cell").order_by("sort_key", "pk")
    paginator = CountedPaginator(rows, PAGE_ROWS, count=min(people.count(), MAX_FOUND))
    page: Any = paginator.get_page(request.GET.get("page"))
    members = list(page.object_list)
    form = _form(request, members)
    if form.is_bound and form.is_valid():
        try:
            count = record_openings(place.pk, form.paid_to, paper=form.cleaned_data["paper"], by=request.actor)
        except RowsRefused as refused:
            form.add_refusals(refused.by_row)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            text = ngettext("%(n)s opening balance is recorded.", "%(n)s opening balances are recorded.", count)
            messages.success(request, text % {"n": count})
            return redirect(f"{reverse('dues:openings')}?{request.GET.urlencode()}")
    context = {"form": form, "search": search, "page": page, "place": place, "query": request.GET.urlencode()}
    return render(request, "dues/opening/openings.html", context)


def _form(request: ActorRequest, members: list[Member]) -> OpeningsForm:
    """Return the form: bound if the years are to be recorded, otherwise with the values entered so far."""
    sent = request.POST
    if request.method != "POST":
        return OpeningsForm(members=members)
    if sent.get("action") != "fill":
        return OpeningsForm(sent, members=members)
    year = sent.get("year", "").strip()
    names = (f"year_{member.pk}" for member in members)
    typed = {name: sent.get(name, "").strip() or year for name in names}
    return OpeningsForm(members=members, initial={"paper": sent.get("paper", ""), "year": year, **typed})


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def take_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo the opening balance of a member, after confirmation."""
    member = load_card(request, pk)
    require(request.actor, Permission.RECORD_DUES, member.unit)
    entries = taken_over(DuesAccount.objects.visible_to(request.actor).filter(member=member))
    return ask(
        request,
        ReasonForm(posted(request), help_text=_("Such as: the year was read from another person's line.")),
        partial(take_opening_back, member.pk, by=request.actor),
        title=_("Take back the opening balance"),
        button=_("Take it back"),
        done=_("The opening balance is taken back. The record of it stays readable."),
        to=reverse("members:dues", args=[member.pk]),
        refused=refusal(check_can_be_taken_back, entries, member, reason="-"),
        template="dues/opening/take_back.html",
        member=member,
        lines=lines(entries),
    )
