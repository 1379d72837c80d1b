"""The page of reminders of dues, and reminding many members at once (V-D1)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from documents.printing.filters import printed_order
from dues.ledger.queries.figures import with_standing
from dues.ledger.queries.showing import standing_pill
from dues.opening.queries import found_among
from dues.payments.forms import SearchForm
from dues.payments.queries import members_of
from dues.rates.rules.rates import rates_of
from members.people.filters import MAX_FOUND, selected_ids
from members.people.models import Member, MemberQuerySet
from members.people.rules.person import cell_names
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.requests import ids_in, say_missing
from registry.searches import query_for
from registry.states import allowed
from registry.views import ActorRequest, needs, page_of, say_violation

from .queries import last_reminders, reminded
from .rules import check_chosen, check_has_address, check_reminds, term_began

#: Listed members: everybody with something to pay, or only members in arrears.
_WHO = ("arrears", "unpaid")
#: Whether they were reminded within this term: not yet, already, or both.
_SHOWN = {"": False, "reminded": True, "all": None}


class _List:
    """The members listed on the page, selected by its address."""

    def __init__(self, request: ActorRequest, values: QueryDict) -> None:
        self.request, self.values = request, values
        self.place = _place(request)
        self.today = timezone.localdate()
        self.who = values.get("who") if values.get("who") in _WHO else _WHO[0]
        self.show = values.get("show", "") if values.get("show", "") in _SHOWN else ""
        self.search = SearchForm(values, cells=cell_names(self.place))
        self.began = term_began(rates_of(self.place.federation), self.today)

    @cached_property
    def owing(self) -> MemberQuerySet:
        """The members who owe dues, filtered by the search and the cell."""
        chosen = self.search.cleaned_data if self.search.is_valid() else {}
        people = members_of(self.place, Member.objects.visible_to(self.request.actor))
        people = with_standing(people, str(self.who), self.today)
        return found_among(people, chosen.get("q", ""), chosen.get("cell", ""))

    def found(self, show: str) -> MemberQuerySet:
        """Return the members to show, by name."""
        wanted = _SHOWN[show]
        people = self.owing if wanted is None else reminded(self.owing, self.began, wanted=wanted)
        return people.order_by("sort_key", "pk")

    def address(self, **changed: str) -> str:
        """Return the address of the page with other values."""
        query = query_for(self.request)
        kept = {name: self.values.get(name, "") for name in ("q", "cell")}
        query.update({k: v for k, v in {**kept, "who": str(self.who), "show": self.show, **changed}.items() if v})
        return f"?{query.urlencode()}"


def _place(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` unless it reminds of dues, `NotAllowed`."""
    place = request.actor.organization
    if place is None or not allowed(check_reminds, place):
        raise Http404
    require(request.actor, Permission.RECORD_DUES, place)
    return place


@require_safe
@needs(Permission.RECORD_DUES)
def reminders(request: ActorRequest) -> HttpResponse:
    """List the members who owe dues and were not reminded within this term, or those who were.

    The database counts all of them and returns only the people of the page.
    """
    listed = _List(request, request.GET)
    counts = {show: listed.found(show).order_by().values("pk")[:MAX_FOUND].count() for show in ("", "reminded")}
    counts["all"] = sum(counts.values())
    rows = listed.found(listed.show).select_related("cell", "dues")
    page: Any = page_of(request, rows, count=min(counts[listed.show], MAX_FOUND))
    people = list(page.object_list)
    last = last_reminders(people)
    tabs = {"": _("Not reminded yet"), "reminded": _("Reminded"), "all": _("All")}
    who = {"arrears": _("In arrears"), "unpaid": _("Everybody with something to pay")}
    context = {
        "place": listed.place,
        "began": listed.began,
        "page": page,
        "rows": [
            (one, *standing_pill(one.dues, listed.today), allowed(check_has_address, one), last.get(one.pk))
            for one in people
        ],
        "labels": ["", _("Dues"), _("Reminded by"), _("Last reminder")],
        "show": listed.show,
        "tabs": [
            {"label": label, "url": listed.address(show=key), "current": key == listed.show, "count": counts[key]}
            for key, label in tabs.items()
        ],
        "who": [{"label": who[key], "url": listed.address(who=key), "current": key == listed.who} for key in _WHO],
        "chosen_who": listed.who,
        "search": listed.search,
        "total": counts[listed.show],
        "query": listed.address().removeprefix("?"),
    }
    return render(request, "dues/notices/reminders.html", context)


@require_POST
@needs(Permission.RECORD_DUES)
def remind(request: ActorRequest) -> HttpResponse:
    """Remind the selected members: by e-mail, without an address on paper; or all of them on paper."""
    listed = _List(request, request.GET)
    everybody = "1" in (request.POST.get("all"), request.GET.get("all"))
    again = request.POST.get("again") == "1"
    found = listed.found(listed.show if everybody else "all")
    if not everybody:
        asked = ids_in(request.POST)
        found = found.filter(pk__in=asked)
        say_missing(request, asked, found.values_list("pk", flat=True))
    return _start(request, listed, found if again else reminded(found, listed.began, wanted=False), again=again)


@require_POST
@needs(Permission.RECORD_DUES)
def remind_chosen(request: ActorRequest) -> HttpResponse:
    """Remind those of the people selected in the list of members who owe dues and were not reminded within this
    term.
    """
    listed = _List(request, QueryDict("who=unpaid"))
    chosen = selected_ids(request, request.actor)
    found = listed.found("").filter(pk__in=chosen)
    left_out = len(chosen) - found.count()
    if left_out:
        text = ngettext(
            "%(n)s selected person owes nothing, or has been reminded within this term, and is left out.",
            "%(n)s selected people owe nothing, or have been reminded within this term, and are left out.",
            left_out,
        )
        messages.info(request, text % {"n": left_out})
    return _start(request, listed, found, again=False)


def _start(request: ActorRequest, listed: _List, found: MemberQuerySet, *, again: bool) -> HttpResponse:
    ids = list(found.values_list("pk", flat=True))
    try:
        require(request.actor, Permission.PRINT, listed.place)
        check_chosen(ids)
        paper = request.POST.get("action") == "print"
        params = {"ids": printed_order(ids, request.actor), "again": again, "paper": paper}
        job = start_job("documents.remind", params, by=request.actor, organization=listed.place)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("dues:reminders")
    return redirect("jobs:detail", job.pk)
