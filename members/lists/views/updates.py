"""Changes of many cards: choosing field and value, former and new values, confirming, undoing (U-5)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members.people.filters import selected_ids
from members.people.transitions.cards import note_fields_shown
from members.people.views.bulk import say_nobody, selection_context
from registry.access import require
from registry.enums import Permission
from registry.errors import Blocked, RuleViolation
from registry.jobs.queue import start_job
from registry.requests import ids_in
from registry.sizes import PAGE_LONG_ROWS
from registry.views import ActorRequest, add_violation, load, needs, page_of, say_violation

from .. import updates
from ..enums import CHANGEABLE, UpdateVerdict
from ..forms import BulkForm
from ..models import CardUpdate, CardUpdateRow
from ..preview import ChangesInWords
from ..rules import what_rests_on
from ..transitions import updates as transitions


def _load(request: ActorRequest, pk: int) -> CardUpdate:
    found = CardUpdate.objects.visible_to(request.actor).select_related("organization__federation", "made_by")
    batch = load(found, pk)
    require(request.actor, Permission.EDIT_MEMBERS, batch.organization)
    return batch


@require_GET
@needs(Permission.EDIT_MEMBERS)
def update_list(request: ActorRequest) -> HttpResponse:
    """List the changes of many cards, newest first."""
    updates.keeper_of(request.actor)
    found = CardUpdate.objects.visible_to(request.actor).select_related("made_by").order_by("-made_at", "-pk")
    return render(request, "members/updates/list.html", {"page": page_of(request, found)})


@require_POST
@needs(Permission.EDIT_MEMBERS)
def choose_value(request: ActorRequest) -> HttpResponse:
    """Ask for field and value for the selected members, then prepare the change."""
    own = updates.keeper_of(request.actor)
    ids = selected_ids(request, request.actor)
    if not ids:
        return say_nobody(request)
    form = BulkForm(own, request.POST)
    if form.is_complete and form.is_valid():
        try:
            batch = updates.update_chosen(ids, name=form.field_name, value=form.value, by=request.actor)
        except RuleViolation as refusal:
            add_violation(form, refusal)
        else:
            return redirect("imports:update", batch.pk)
    context = {**selection_context(request, ids), "form": form, "most": updates.MAX_CARDS}
    return render(request, "members/updates/value.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Show former and new values of each card; save the choice, and change the cards when it is confirmed."""
    batch = _load(request, pk)
    if request.method == "POST":
        return _settle(request, batch)
    rows = CardUpdateRow.objects.visible_to(request.actor).filter(batch=batch)
    page = page_of(request, rows.select_related("member__unit").order_by("number"), PAGE_LONG_ROWS)
    shown = [row.member for row in page if row.member is not None]
    note_fields_shown(shown, {name for row in page for name in row.changes}, by=request.actor)
    words = ChangesInWords(batch)
    context = {
        "batch": batch,
        "page": page,
        "rows": [words.row(row) for row in page],
        "fields": [(name, words.label(name), name not in batch.left_out) for name in words.fields],
        "may_change": words.is_open and rows.filter(verdict__in=CHANGEABLE).exists(),
        "chosen": rows.filter(chosen=True, verdict__in=CHANGEABLE).count(),
        "figures": [(v.label, batch.counts.get(v, 0)) for v in UpdateVerdict if batch.counts.get(v, 0)],
        "unchanged": batch.counts["read"] - sum(batch.counts.get(v, 0) for v in UpdateVerdict.values),
    }
    return render(request, "members/updates/detail.html", context)


def _settle(request: ActorRequest, batch: CardUpdate) -> HttpResponse:
    """Save the choice made on the page, and change the cards if requested."""
    fields = request.POST.getlist("field")
    left_out = [name for name in batch.fields if name not in fields] if "fields" in request.POST else batch.left_out
    here = f"{reverse('imports:update', args=[batch.pk])}?page={request.GET.get('page', '1')[:6]}"
    try:
        transitions.choose(
            batch.pk, shown=ids_in(request.POST, "shown"), chosen=ids_in(request.POST, "row"), left_out=left_out,
            by=request.actor,
        )  # fmt: skip
        if "apply" not in request.POST:
            messages.success(request, _("Your choice is saved."))
            return redirect(here)
        return _apply(request, batch)
    except RuleViolation as refusal:
        say_violation(request, refusal)
    return redirect(here)


def _apply(request: ActorRequest, batch: CardUpdate) -> HttpResponse:
    chosen = CardUpdateRow.objects.visible_to(request.actor).filter(batch=batch, chosen=True, verdict__in=CHANGEABLE)
    ids = list(chosen.order_by("member_id").values_list("pk", flat=True))
    if len(ids) > updates.MAX_CARDS_AT_ONCE:
        params = {"update": batch.pk, "rows": ids}
        job = start_job("updates.apply", params, by=request.actor, organization=batch.organization)
        return redirect("jobs:detail", job.pk)
    batch = transitions.apply_update(batch.pk, by=request.actor)
    done = batch.counts[UpdateVerdict.DONE]
    messages.success(request, ngettext("%(n)s card is changed.", "%(n)s cards are changed.", done) % {"n": done})
    return redirect("imports:update", batch.pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def undo(request: ActorRequest, pk: int) -> HttpResponse:
    """Restore the former values of the changed cards; shows what depends on the change."""
    batch = _load(request, pk)
    blockers: list[Any] = []
    if not batch.is_applied:
        return redirect("imports:update", batch.pk)
    if request.method == "GET":
        blockers = what_rests_on(batch, request.actor)
    elif batch.counts.get(UpdateVerdict.DONE, 0) > updates.MAX_CARDS_AT_ONCE:
        job = start_job("updates.undo", {"update": batch.pk}, by=request.actor, organization=batch.organization)
        return redirect("jobs:detail", job.pk)
    else:
        try:
            transitions.undo_update(batch.pk, by=request.actor)
        except Blocked as refusal:
            blockers = refusal.blockers
        except RuleViolation as refusal:
            say_violation(request, refusal)
            return redirect("imports:update", batch.pk)
        else:
            messages.success(request, _("The change is undone: the cards have their former values."))
            return redirect("imports:update", batch.pk)
    until = timezone.localtime(batch.made_at + transitions.KEPT)
    context = {"batch": batch, "blockers": blockers, "done": batch.counts.get(UpdateVerdict.DONE, 0), "until": until}
    return render(request, "members/updates/undo.html", context)


@require_POST
@needs(Permission.EDIT_MEMBERS)
def discard(request: ActorRequest, pk: int) -> HttpResponse:
    """Discard a change that was not confirmed."""
    batch = _load(request, pk)
    try:
        transitions.discard_update(batch.pk, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
        return redirect("imports:update", batch.pk)
    messages.success(request, _("Nothing was changed."))
    return redirect("members:list")
