"""Filters that an account saved under a name."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from registry.accounts.models import SavedFilter
from registry.accounts.transitions.screens import drop_filter, keep_filter
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.views import ActorRequest, needs, say_violation

from ..columns import SCREEN
from ..filters import MemberFilter, kept_values
from .member_list import clean_query, saved_of


def _address(query: str) -> str:
    return f"{reverse('members:list')}?{query}"


@require_safe
@needs(Permission.VIEW_MEMBERS)
def saved_filters(request: ActorRequest) -> HttpResponse:
    """List the account's saved filters, to open and to delete."""
    return render(request, "members/list/saved.html", {"saved": saved_of(request.actor)})


@require_POST
@needs(Permission.VIEW_MEMBERS)
def save_filter(request: ActorRequest) -> HttpResponse:
    """Save the filters of the address under the given name."""
    query = clean_query(request.GET)
    if MemberFilter(request.GET, actor=request.actor).form.is_valid():
        try:
            kept = keep_filter(SCREEN, request.POST.get("name", ""), kept_values(request.GET), by=request.actor)
        except RuleViolation as violation:
            say_violation(request, violation)
        else:
            messages.success(request, _("The filter is saved as «%(name)s».") % {"name": kept.name})
    else:
        messages.error(request, _("A filter with an error cannot be saved. Correct it first."))
    return redirect(_address(query.urlencode()))


@require_POST
@needs(Permission.VIEW_MEMBERS)
def delete_filter(request: ActorRequest, pk: int) -> HttpResponse:
    """Delete one of the account's own filters."""
    try:
        drop_filter(pk, by=request.actor)
    except SavedFilter.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("The filter is deleted."))
    return redirect("members:saved_filters")
