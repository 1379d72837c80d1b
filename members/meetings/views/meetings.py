"""Meetings of governing bodies: list, plan, attendance, minutes (V-A5, V-B1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.printing.rules import check_can_be_told
from members.admission.enums import ApplicationState
from members.admission.models import Application
from members.admission.rules.applications import whole_sets
from members.admission.rules.steps import not_told_of_meeting
from registry.access import require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation, StaleVersion
from registry.organizations.models import GoverningBody, Organization
from registry.states import allowed
from registry.views import ActorRequest, add_violation, asks_again, load, needs, page_of, say_violation, seen_among

from .. import rules
from ..enums import DECIDED_ITEMS, ItemState, MeetingState
from ..forms import AttendanceForm, NumberForm, PlanForm, VotesForm
from ..models import AgendaItem, Meeting
from ..transitions import meetings as transitions

#: Maximum number of applications offered for one agenda.
_MAX_APPLICANTS = 500


@require_GET
@needs(Permission.VIEW_MEMBERS)
def meeting_list(request: ActorRequest) -> HttpResponse:
    """List the meetings of the organisation and of those below it, latest first."""
    found = Meeting.objects.visible_to(request.actor).select_related("organization", "body")
    counted = found.annotate(item_count=Count("items", filter=~Q(items__state=ItemState.DROPPED)))
    page = page_of(request, counted.order_by("-held_on", "-starts_at", "-pk"))
    context = {"page": page, "may_run": may_run(request), "wide": sees_several(request)}
    return render(request, "members/meetings/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
def plan(request: ActorRequest) -> HttpResponse:
    """Plan a meeting of the actor's organisation."""
    organization = request.actor.organization
    if organization is None:
        raise NotAllowed
    form = PlanForm(organization, request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = form.cleaned_data
        try:
            meeting = transitions.plan_meeting(organization.pk, body_id=values.pop("body"), by=request.actor, **values)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The meeting is planned. Make its agenda now."))
            return redirect("meetings:detail", meeting.pk)
    return _plan_page(request, form, organization, None)


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Change date, time or place of a planned meeting."""
    meeting = load_own_meeting(request, pk)
    initial = {name: getattr(meeting, name) for name in ("held_on", "starts_at", "place", "format")}
    data = request.POST if request.method == "POST" else None
    form = PlanForm(meeting.organization, data, initial={**initial, "body": meeting.body_id})
    if form.is_valid():
        values = form.cleaned_data
        try:
            transitions.edit_meeting(meeting.pk, body_id=values.pop("body"), by=request.actor, **values)
        except RuleViolation as violation:
            add_violation(form, violation)
        except StaleVersion:
            form.add_error(None, _("Somebody has just changed the meeting. Look at it again."))
        else:
            messages.success(request, _("The plan of the meeting is changed."))
            return redirect("meetings:detail", pk)
    return _plan_page(request, form, meeting.organization, meeting)


def _plan_page(request: ActorRequest, form: PlanForm, organization: Any, meeting: Meeting | None) -> HttpResponse:
    bodies = GoverningBody.objects.visible_to(request.actor).filter(organization=organization).exists()
    context = {"form": form, "organization": organization, "meeting": meeting, "bodies": bodies}
    return render(request, "members/meetings/plan.html", context)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the agenda with its decisions, the attendance, and what else waits."""
    meeting = load_meeting(request, pk)
    return render(request, "members/meetings/detail.html", detail_context(request, meeting))


def detail_context(
    request: ActorRequest, meeting: Meeting, *, ticked: Mapping[str, Collection[int]] | None = None, number: Any = None
) -> dict[str, Any]:
    """Return the context of a meeting's page, in a constant number of queries.

    `ticked` and `number` are refused input. Without them all items are ticked for a future meeting; for a meeting that
    took place none are.
    """
    runs = request.actor.may(Permission.RUN_MEETINGS, meeting.organization)
    items = list(
        rules.agenda_of(meeting).select_related("member__dues", "appeal").prefetch_related("applications", "appeals")
    )
    present = list(meeting.attendance.select_related("seat"))
    is_open, planned = allowed(rules.check_agenda_is_open, meeting), meeting.state == MeetingState.PLANNED
    # Items filed after the day of the meeting cannot be decided on that day.
    waiting = (
        AgendaItem.objects.visible_to(request.actor)
        .waiting()
        .filter(organization=meeting.organization, filed_on__lte=meeting.held_on)
    )
    filed = Application.objects.visible_to(request.actor).filter(
        organization=meeting.organization, state=ApplicationState.FILED, filed_on__lte=meeting.held_on
    )
    rows = [_row(request, item, meeting, runs=runs) for item in items]
    may_decide = runs and meeting.state == MeetingState.HELD and rules.has_quorum(meeting, len(present))
    undecided = [item for item in items if item.state == ItemState.SCHEDULED]
    decided = [item for item in items if item.state in DECIDED_ITEMS]
    untold = not_told_of_meeting(application for row in rows if row["together"] for application in row["applications"])
    return {
        "meeting": meeting,
        "released": _released(meeting) if not (is_open or rows) else [],
        "rows": rows,
        "applicants": any(item.applications.all() for item in items),
        "seen": seen_among(
            Application.objects.visible_to(request.actor), (each.pk for row in rows for each in row["applications"])
        ),
        "may_print": request.actor.may(Permission.PRINT, meeting.organization),
        "present": present,
        "quorum": rules.quorum_of(meeting.seats) if meeting.seats else None,
        "has_quorum": rules.has_quorum(meeting, len(present)),
        "runs": runs,
        "is_open": is_open,
        "may_record_attendance": runs and allowed(rules.check_can_be_held, meeting, (), (), timezone.localdate()),
        "may_plan_again": runs and allowed(rules.check_can_be_planned_again, meeting),
        "may_reopen": runs and allowed(rules.check_can_be_reopened, meeting),
        "may_decide": may_decide,
        "may_tick": may_decide and any(row["together"] for row in rows),
        "undecided": undecided,
        "decided": decided,
        "waiting": _waiting(waiting, ticked, everybody=planned) if runs and is_open else [],
        "filed": _filed(filed, ticked, everybody=planned) if runs and is_open else [],
        "votes_form": VotesForm(initial={"votes_for": len(present)}, untold=untold),
        "untold": untold,
        "number_form": number or NumberForm(initial={"number": meeting.number}),
    }


def _released(meeting: Meeting) -> list[tuple[int, str]]:
    """Return number and title of the items that were on the agenda of a meeting that decided nothing."""
    tracked: Any = AgendaItem.history
    was = tracked.filter(meeting=meeting).order_by("history_date", "history_id").values_list("id", "position", "title")
    return sorted({pk: (position, title) for pk, position, title in was}.values())


def _waiting(
    waiting: QuerySet[AgendaItem], ticked: Mapping[str, Collection[int]] | None, *, everybody: bool
) -> list[tuple[AgendaItem, bool]]:
    found = waiting.order_by("filed_on", "pk")[:200]
    return [(item, item.pk in ticked["items"] if ticked else everybody) for item in found]


def _filed(
    filed: QuerySet[Application], ticked: Mapping[str, Collection[int]] | None, *, everybody: bool
) -> list[tuple[Application, bool, bool]]:
    """Return applicants who can be decided on, with whether their papers are complete and whether they are ticked."""
    related = filed.select_related("organization__federation")
    applications = list(related.order_by("sort_key", "pk")[:_MAX_APPLICANTS])
    whole = whole_sets(applications)
    chosen = ticked["applications"] if ticked else whole if everybody else ()
    return [(application, application.pk in whole, application.pk in chosen) for application in applications]


def _row(request: ActorRequest, item: AgendaItem, meeting: Meeting, *, runs: bool) -> dict[str, Any]:
    decided = item.state in DECIDED_ITEMS
    applications = list(item.applications.all())
    gone = item.state == ItemState.SCHEDULED and _has_gone(item)
    return {
        "item": item,
        "applications": applications,
        "may_split": runs and all(allowed(rules.check_can_be_split_off, each, item) for each in applications),
        "may_note_speakers": runs and allowed(rules.check_minutes_are_written, item),
        "decided": decided,
        "paid": item.state == ItemState.SCHEDULED and _has_paid(item, meeting),
        "gone": gone,
        "together": item.state == ItemState.SCHEDULED and not gone and allowed(rules.check_decided_with_others, item),
        "told": allowed(check_can_be_told, item),
        "reversible": runs and rules.can_be_reversed(item),
        "may_receive": not runs and may_run(request) and allowed(rules.check_can_be_appealed, item, None),
    }


def _has_gone(item: AgendaItem) -> bool:
    """Return whether the item is about the card of a member who has been excluded or has died since."""
    about_card = item.kind in rules.ABOUT_A_CARD and item.member is not None
    return about_card and not allowed(rules.check_still_here, item, item.member)


def _has_paid(item: AgendaItem, meeting: Meeting) -> bool:
    """Return whether the item is about an exclusion for arrears and the member owes nothing overdue now."""
    if item.member is None or not rules.is_for_arrears(item.kind, item.exclusion_reason, meeting.organization):
        return False
    since = getattr(getattr(item.member, "dues", None), "unpaid_since", None)
    return since is None or since >= timezone.localdate()


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
def attendance(request: ActorRequest, pk: int) -> HttpResponse:
    """Record who was present; the quorum is based on the seats of that day."""
    meeting = load_own_meeting(request, pk)
    initial = {
        "seats": list(meeting.attendance.values_list("seat", flat=True)),
        "chaired_by": meeting.chaired_by or usual_chair(meeting.body, meeting.held_on, meeting.organization),
        "secretary": meeting.secretary,
        "guests": meeting.guests,
    }
    form = AttendanceForm(meeting, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            before = meeting.items.count()
            transitions.hold_meeting(meeting.pk, by=request.actor, **form.cleaned_data)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("It is recorded who was present."))
            if dropped := before - meeting.items.count():
                text = ngettext(
                    "%(n)s exclusion has dropped out, because the dues are paid.",
                    "%(n)s exclusions have dropped out, because the dues are paid.",
                    dropped,
                )
                messages.info(request, text % {"n": dropped})
            return redirect("meetings:detail", pk)
    seats = rules.seats_on(meeting.body, meeting.held_on).count()
    context = {"meeting": meeting, "form": form, "seats": seats, "quorum": rules.quorum_of(seats)}
    return render(request, "members/meetings/attendance.html", context)


def usual_chair(body: GoverningBody, day: dt.date, organization: Organization) -> str:
    """Return the usual chair of the body's meetings: the body's chair, or the organisation's."""
    first = rules.seats_on(body, day).filter(duty__istartswith="председатель").first()
    return first.full_name if first is not None else organization.chair_name


@require_POST
@needs(Permission.RUN_MEETINGS)
def minutes(request: ActorRequest, pk: int) -> HttpResponse:
    """Number and close the minutes."""
    meeting = load_own_meeting(request, pk)
    form = NumberForm(request.POST)
    if form.is_valid():
        try:
            transitions.close_minutes(pk, number=form.cleaned_data["number"], by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
            if not violation.field:
                say_violation(request, violation)
        else:
            messages.success(request, _("The minutes are closed."))
            return redirect("meetings:detail", pk)
    return render(request, "members/meetings/detail.html", detail_context(request, meeting, number=form))


_STEPS = {
    "reopen": (transitions.reopen_minutes, gettext_lazy("The minutes are open again.")),
    "call-off": (
        transitions.cancel_meeting,
        gettext_lazy("The meeting is called off; the items of its agenda wait again."),
    ),
    "no-quorum": (
        transitions.close_without_quorum,
        gettext_lazy("The missing quorum is recorded; the items of the agenda wait again."),
    ),
    "not-held": (transitions.unhold_meeting, gettext_lazy("The meeting is planned again.")),
}


def _reopens(request: ActorRequest, pk: int, step: str) -> bool:
    return request.method == "POST" and step == "reopen"


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
@asks_again(_reopens)
def step(request: ActorRequest, pk: int, step: str) -> HttpResponse:
    """Ask for confirmation, then reopen the minutes, call off, record the missing quorum, or plan the meeting again."""
    if step not in _STEPS:
        raise Http404
    meeting = load_own_meeting(request, pk)
    if request.method == "GET":
        asked = {"reopens": step == "reopen", "calls_off": step == "call-off", "lacks_quorum": step == "no-quorum"}
        return render(request, "members/meetings/step.html", {"meeting": meeting, **asked})
    transition, said = _STEPS[step]
    try:
        transition(pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, said)
    return redirect("meetings:detail", pk)


def load_meeting(request: ActorRequest, pk: int) -> Meeting:
    """Return the meeting in the actor's scope, or raise 404."""
    return load(Meeting.objects.visible_to(request.actor).select_related("organization__federation", "body"), pk)


def load_own_meeting(request: ActorRequest, pk: int) -> Meeting:
    """Return a meeting that the actor may run; 403 if they may only see it."""
    meeting = load_meeting(request, pk)
    require(request.actor, Permission.RUN_MEETINGS, meeting.organization)
    return meeting


def sees_several(request: ActorRequest) -> bool:
    """Return whether the actor sees meetings of more than their own organisation."""
    return request.actor.organization is None or not request.actor.organization.keeps_cards


def may_run(request: ActorRequest) -> bool:
    """Return whether the actor may run the meetings of their own organisation."""
    return request.actor.may(Permission.RUN_MEETINGS, request.actor.organization)
