"""Print and download a list of members as shown on the screen: its columns, filters and order (V-C5)."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from documents.papers import screen_list
from documents.printing.codes import new_code
from documents.printing.core import batch_for
from documents.printing.transitions import record_list_print
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.errors import NotAllowed
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.sizes import LIST_ROWS, LIST_ROWS_AT_ONCE
from registry.views import ActorRequest, may_lag, needs

from .. import exports
from ..columns import Column, chosen, of_consents
from ..filters import MemberFilter, kept_values
from ..transitions.exports import record_export
from .member_list import clean_query, purpose_in

#: Value of `from` in addresses of the register of consents, which has its own columns.
CONSENTS = "consents"


@dataclass(frozen=True)
class _Shown:
    listing: MemberFilter
    place: Organization
    columns: list[Column]
    ids: list[int]

    @property
    def keys(self) -> list[str]:
        return [column.key for column in self.columns]


def _shown(request: ActorRequest) -> _Shown | HttpResponseRedirect:
    """Return the list on the screen, or a redirect to it if it is empty or too long."""
    actor = request.actor
    listing = MemberFilter(request.GET, actor=actor)
    place = listing.place or actor.organization
    if place is None:
        raise NotAllowed
    of_register = request.GET.get("from") == CONSENTS
    ids = listing.first(LIST_ROWS + 1)
    if 0 < len(ids) <= LIST_ROWS:
        columns = of_consents(place, purpose_in(request)) if of_register else chosen(actor)
        return _Shown(listing, place, columns, ids)
    if ids:
        text = _("A list has at most %(count)s people. Narrow it by filters, then print or download it.")
        messages.error(request, text % {"count": number_format(LIST_ROWS, force_grouping=True)})
    else:
        messages.error(request, _("Nobody is found, so there is no list."))
    query = clean_query(request.GET)
    query.pop("from", None)
    page = reverse("documents:consents" if of_register else "members:list")
    return redirect(f"{page}?{query.urlencode()}")


@require_POST
@needs(Permission.EXPORT)
@may_lag
def export_list(request: ActorRequest) -> HttpResponse:
    """Download the list as a workbook with the columns on the screen."""
    shown = _shown(request)
    if isinstance(shown, HttpResponseRedirect):
        return shown
    record_export(shown.ids, classes=[], columns=shown.keys, by=request.actor)
    return answers.workbook(exports.list_as_shown(shown.ids, shown.columns, request.actor), exports.list_name())


@require_POST
@needs(Permission.PRINT)
def print_list(request: ActorRequest) -> HttpResponse:
    """Print the list with the columns on the screen: short ones at once, long ones in a job."""
    actor = request.actor
    shown = _shown(request)
    if isinstance(shown, HttpResponseRedirect):
        return shown
    require(actor, Permission.PRINT, shown.place)
    if len(shown.ids) > LIST_ROWS_AT_ONCE:
        # The search text is personal data, so it is not a parameter of a job.
        filters = {**kept_values(request.GET), "sort": shown.listing.sort}
        params = {
            "place": shown.place.pk,
            "ids": shown.ids,
            "columns": shown.keys,
            "filters": filters,
            "code": new_code(),
        }
        return redirect("jobs:detail", start_job("documents.print_list", params, by=actor).pk)
    batch = batch_for(actor, shown.place)
    listed = exports.paper_list(shown.ids, shown.columns, shown.listing)
    data = screen_list.render_list(screen_list.build(shown.place, listed, batch), batch)
    record_list_print(shown.place, shown.keys, members=shown.ids, code=batch.code, by=actor)
    return answers.paper(data, screen_list.LIST.code)
