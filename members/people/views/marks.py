"""Marks that need no decision: trips, studies, notes (V-B13)."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members.reconciliation.tasks import EARLY, KINDS
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.views import ActorRequest, add_violation, load, needs, page_of, say_violation

from ..enums import REMINDER_WORDS
from ..forms.marks import BackForm, MarkForm
from ..models import CardMark, Member, Reminder
from ..transitions import marks as transitions


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def add(request: ActorRequest, pk: int) -> HttpResponse:
    """Add a line to section 3 of the card."""
    member = load(Member.objects.visible_to(request.actor).select_related("organization__federation"), pk)
    require(request.actor, Permission.EDIT_MEMBERS, member.organization)
    form = MarkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            transitions.add_mark(member.pk, by=request.actor, **form.cleaned_data)
        except RuleViolation as refusal:
            add_violation(form, refusal)
        else:
            messages.success(request, _("The mark is on the card."))
            return redirect("members:accounting", member.pk)
    return render(request, "members/card/mark.html", {"member": member, "form": form, "heading": _("New mark")})


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def back(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that the member returned from the trip or the studies."""
    mark = load(CardMark.objects.visible_to(request.actor).select_related("member__organization__federation"), pk)
    require(request.actor, Permission.EDIT_MEMBERS, mark.member.organization)
    form = BackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            transitions.end_absence(mark.pk, by=request.actor, **form.cleaned_data)
        except RuleViolation as refusal:
            add_violation(form, refusal)
        else:
            messages.success(request, _("The absence has ended."))
            return redirect("members:accounting", mark.member_id)
    context = {"member": mark.member, "form": form, "heading": _("Back from the trip or the studies")}
    return render(request, "members/card/mark.html", context)


@require_POST
@needs(Permission.EDIT_MEMBERS)
def take_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Remove a mark made by mistake."""
    mark = load(CardMark.objects.visible_to(request.actor), pk)
    try:
        transitions.take_back_mark(mark.pk, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
    else:
        messages.success(request, _("The mark was removed from the card; the history keeps it."))
    return redirect("members:accounting", mark.member_id)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def reminders(request: ActorRequest) -> HttpResponse:
    """List upcoming dates of people in the scope, nearest first, of data classes that the actor may read."""
    actor = request.actor
    kinds = [kind for kind, data_class in KINDS.items() if actor.reads(data_class)]
    until = timezone.localdate() + dt.timedelta(days=EARLY)
    found = Reminder.objects.visible_to(actor).filter(kind__in=kinds, due_on__lte=until).select_related("member__unit")
    page = page_of(request, found.order_by("due_on", "pk"))
    today = timezone.localdate()
    rows = [(reminder, REMINDER_WORDS[reminder.kind][reminder.due_on < today]) for reminder in page]
    return render(request, "members/book/reminders.html", {"page": page, "rows": rows, "today": today})
