"""Waiting items, the agenda, and decisions (V-A5, practice 4.9)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.printing.rules import check_can_be_told
from members.admission.enums import ApplicationState
from members.admission.models import Application
from members.admission.rules.steps import not_told_of_meeting
from members.people.enums import MarkKind
from members.people.models import CardMark, Member
from registry.access import require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Organization
from registry.requests import ids_in
from registry.states import allowed
from registry.views import ActorRequest, add_violation, load, needs, page_of, say_violation

from ..enums import ItemKind
from ..forms import DecisionForm, ItemForm, NoticeForm, SpokenForm, VotesForm, kinds_to_put_forward
from ..models import AgendaItem
from ..queries import usual_resolution, usual_title
from ..rules import (
    check_can_be_dropped,
    check_can_decide,
    check_decided_with_others,
    check_minutes_are_written,
    kind_name,
)
from ..transitions import agenda, decisions
from .meetings import detail_context, load_own_meeting, may_run

_MAX_TICKED = 1000


@require_GET
@needs(Permission.VIEW_MEMBERS)
def queue(request: ActorRequest) -> HttpResponse:
    """List the items that wait for a decision of the organisation's body, by kind; items of subordinates are a separate
    list.

    Applications are listed elsewhere.
    """
    organization = request.actor.organization
    waiting = AgendaItem.objects.visible_to(request.actor).waiting()
    applications = Application.objects.visible_to(request.actor).filter(state=ApplicationState.FILED)
    below = organization is not None and request.GET.get("whose") == "below"
    ours = _own_or_below(organization, below)
    found, filed = waiting.filter(ours), applications.filter(ours).count()
    counts = dict(found.order_by().values_list("kind").annotate(count=Count("pk")))
    chosen = request.GET.get("kind", "")
    if chosen in ItemKind.values:
        found = found.filter(kind=chosen)
    page = page_of(request, found.select_related("organization", "member").order_by("filed_on", "pk"))
    kinds = [(kind, kind_name(kind), counts[kind], kind == chosen) for kind in ItemKind.values if counts.get(kind)]
    context = {
        "page": page, "below": below, "whose": _whose(waiting, organization), "kinds": kinds, "filed": filed,
        "chosen": chosen, "all": sum(counts.values()),
        "may_run": may_run(request), "own": organization, "wide": organization is None or below,
        "droppable": {item.pk for item in page if allowed(check_can_be_dropped, item)},
    }  # fmt: skip
    return render(request, "members/meetings/queue.html", context)


def _whose(waiting: QuerySet[AgendaItem], own: Organization | None) -> tuple[int, int] | None:
    """Return how many items wait for the own body and for the bodies below."""
    if own is None:
        return None
    counts = waiting.order_by().aggregate(all=Count("pk"), own=Count("pk", filter=_own_or_below(own, below=False)))
    return counts["own"], counts["all"] - counts["own"]


def _own_or_below(own: Organization | None, below: bool) -> Q:
    """Return a filter for items of the organisation, or with `below` of all others; without one, for all items."""
    if own is None:
        return Q()
    return ~Q(organization=own) if below else Q(organization=own)


@require_POST
@needs(Permission.RUN_MEETINGS)
def extend(request: ActorRequest, pk: int) -> HttpResponse:
    """Put the ticked applications and items on the agenda."""
    meeting = load_own_meeting(request, pk)
    separately = request.POST.get("separately") == "1"
    ticked = {name: _ids(request, name) for name in ("applications", "items")}
    try:
        made = agenda.put_on(pk, separately=separately, by=request.actor, **ticked)
    except RuleViolation as violation:
        say_violation(request, violation)
        context = detail_context(request, meeting, ticked=ticked) | {"separately": separately}
        return render(request, "members/meetings/detail.html", context)
    except (Application.DoesNotExist, AgendaItem.DoesNotExist) as error:
        raise Http404 from error
    else:
        messages.success(request, _("On the agenda: %(n)s more.") % {"n": len(made)})
    return redirect("meetings:detail", pk)


@require_POST
@needs(Permission.RUN_MEETINGS)
def step(request: ActorRequest, pk: int, step: str) -> HttpResponse:
    """Move an item up, down or off the agenda, or drop it."""
    item = _own_item(request, pk)
    steps: dict[str, Any] = {
        "up": lambda: agenda.move(pk, up=True, by=request.actor),
        "down": lambda: agenda.move(pk, up=False, by=request.actor),
        "off": lambda: agenda.take_off(pk, by=request.actor),
        "drop": lambda: decisions.drop_item(pk, by=request.actor),
    }
    if step not in steps:
        raise Http404
    said = {
        "off": _("The item is off the agenda and waits again."),
        "drop": _("The item is dropped."),
    }
    try:
        steps[step]()
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        if step in said:
            messages.success(request, said[step])
    return redirect("meetings:detail", item.meeting_id) if item.meeting_id else redirect("meetings:queue")


@require_POST
@needs(Permission.RUN_MEETINGS)
def split(request: ActorRequest, pk: int) -> HttpResponse:
    """Give the applicant a separate item."""
    application = load(Application.objects.visible_to(request.actor).select_related("item"), pk)
    require(request.actor, Permission.RUN_MEETINGS, application.organization)
    try:
        agenda.split_off(pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, _("%(name)s has a separate item now.") % {"name": application.full_name})
    if application.item is None or application.item.meeting_id is None:
        return redirect("applications:detail", pk)
    return redirect("meetings:detail", application.item.meeting_id)


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
def decide(request: ActorRequest, pk: int) -> HttpResponse:
    """Enter votes and resolution of one item."""
    item = _own_item(request, pk)
    if item.meeting is None:
        return redirect("meetings:queue")
    present = item.meeting.attendance.count()
    try:
        check_can_decide(item, present)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("meetings:detail", item.meeting_id)
    initial = {"votes_for": present, "spoken": item.spoken}
    applications = list(item.applications.order_by("sort_key"))
    untold = not_told_of_meeting(applications)
    form = DecisionForm(item, request.POST if request.method == "POST" else None, initial=initial, untold=untold)
    if form.is_valid():
        values = form.cleaned_data
        restored = values.get("term_restored")
        values["resolution"] = values["resolution"] or usual_resolution(
            item, adopted=values["adopted"], term_restored=restored
        )
        try:
            decisions.decide(pk, by=request.actor, **values)
        except RuleViolation as violation:
            add_violation(form, violation)
            for blocker in getattr(violation, "blockers", []):
                form.add_error(None, str(blocker))
        else:
            messages.success(request, _("The decision is entered."))
            return redirect("meetings:detail", item.meeting_id)
    late = "term_restored" in form.fields
    kinds = [(True, True), (False, True), (False, False)] if late else [(True, None), (False, None)]
    wordings = [usual_resolution(item, adopted=adopted, term_restored=restored) for adopted, restored in kinds]
    context = {
        "item": item, "form": form, "present": present, "applications": applications,
        "wordings": wordings, "untold": untold,
    }  # fmt: skip
    return render(request, "members/meetings/decide.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
def spoken(request: ActorRequest, pk: int) -> HttpResponse:
    """Record the speakers on an item and their words, before or after its decision."""
    item = _own_item(request, pk)
    if item.meeting is None:
        return redirect("meetings:queue")
    form = SpokenForm(request.POST if request.method == "POST" else None, initial={"spoken": item.spoken})
    try:
        check_minutes_are_written(item)
        if form.is_valid():
            decisions.note_spoken(pk, by=request.actor, **form.cleaned_data)
            messages.success(request, _("The speakers were recorded."))
            return redirect("meetings:detail", item.meeting_id)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("meetings:detail", item.meeting_id)
    return render(request, "members/meetings/spoken.html", {"item": item, "form": form})


@require_POST
@needs(Permission.RUN_MEETINGS)
def decide_many(request: ActorRequest, pk: int) -> HttpResponse:
    """Adopt the ticked items with the same votes and their default wording, one by one.

    Late appeals are left out and listed, because the body decides on their terms too (V-A6).
    """
    meeting = load_own_meeting(request, pk)
    chosen = meeting.items.filter(pk__in=_ids(request, "selected")).select_related(
        "organization__federation", "member", "appeal"
    )
    applications = Application.objects.visible_to(request.actor).filter(item__in=chosen)
    form = VotesForm(request.POST, untold=not_told_of_meeting(applications))
    if not form.is_valid():
        messages.error(request, _("Enter how many voted for and against."))
        return redirect("meetings:detail", pk)
    count = 0
    for item in chosen.order_by("position", "pk"):
        try:
            check_decided_with_others(item)
            resolution = usual_resolution(item, adopted=True)
            decisions.decide(item.pk, adopted=True, resolution=resolution, by=request.actor, **form.cleaned_data)
        except RuleViolation as violation:
            lines = [str(violation.message), *(str(blocker) for blocker in getattr(violation, "blockers", []))]
            messages.error(request, "\n".join([f"№ {item.position}. {item.title}", *lines]))
        else:
            count += 1
    if count:
        messages.success(request, _("Decisions entered: %(n)s.") % {"n": count})
    elif not chosen:
        messages.warning(request, _("Nothing is chosen. Tick what the meeting is to decide."))
    return redirect("meetings:detail", pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
def propose(request: ActorRequest) -> HttpResponse:
    """Put forward an item of the organisation: a contribution, a collector, anything else."""
    organization = request.actor.organization
    if organization is None:
        raise NotAllowed
    return _propose(request, organization, None, [])


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
def propose_member(request: ActorRequest, pk: int) -> HttpResponse:
    """Put forward an item about a member: a new ticket, a measure, an exclusion."""
    member = load(Member.objects.visible_to(request.actor).select_related("organization__federation"), pk)
    if member.organization is None:
        raise Http404
    require(request.actor, Permission.RUN_MEETINGS, member.organization)
    measures = CardMark.objects.visible_to(request.actor).filter(
        member=member, kind=MarkKind.DISCIPLINE, lifted_on__isnull=True
    )
    return _propose(request, member.organization, member, list(measures))


def _propose(
    request: ActorRequest, organization: Organization, member: Member | None, measures: list[CardMark]
) -> HttpResponse:
    """Ask for the kind first, then for the fields that it needs."""
    kinds = kinds_to_put_forward(about_member=member is not None, measures=bool(measures))
    chosen = request.GET.get("kind", "")
    context: dict[str, Any] = {
        "member": member,
        "kinds": [(kind.value, kind_name(kind)) for kind in kinds],
        "back": reverse("members:detail", args=[member.pk]) if member is not None else reverse("meetings:queue"),
    }
    if chosen in kinds:
        kind = ItemKind(chosen)
        data = request.POST if request.method == "POST" else None
        initial = {name: request.GET.get(name, "") for name in ("ticket_reason", "exclusion_reason")}
        form = ItemForm(kind, data, measures=measures, initial=initial)
        if form.is_valid() and _put_forward(request, form, organization, member):
            return redirect("meetings:queue")
        context |= {"form": form, "kind": kind_name(kind)}
    return render(request, "members/meetings/propose.html", context)


def _put_forward(request: ActorRequest, form: ItemForm, organization: Organization, member: Member | None) -> bool:
    values = dict(form.cleaned_data)
    if "mark" in values:
        values["mark"] = load(CardMark.objects.visible_to(request.actor), values["mark"])
    if not values["title"]:
        reasons = {
            name: values[name] for name in ("ticket_reason", "exclusion_reason", "statement_on") if name in values
        }
        tail = organization.charter.wording["member"].partition(" ")[2]
        values["title"] = usual_title(form.kind, member, tail=tail, **reasons)
    try:
        decisions.put_forward(organization=organization, kind=form.kind, member=member, by=request.actor, **values)
    except RuleViolation as violation:
        add_violation(form, violation)
        return False
    messages.success(request, _("It waits for the next meeting."))
    return True


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
def notify(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that the person concerned was notified; the month for an appeal starts with the notice of an exclusion."""
    item = _own_item(request, pk)
    form = NoticeForm(request.POST if request.method == "POST" and "take_back" not in request.POST else None)
    values = {"on": None, "way": ""} if "take_back" in request.POST else form.cleaned_data if form.is_valid() else None
    if values is not None:
        try:
            decisions.note_item_notified(pk, by=request.actor, **values)
        except RuleViolation as violation:
            say_violation(request, violation)
        else:
            messages.success(request, _("The notice is recorded.") if values["on"] else _("The notice is taken back."))
            return redirect("meetings:detail", item.meeting_id) if item.meeting_id else redirect("meetings:queue")
    may_print = allowed(check_can_be_told, item) and request.actor.may(Permission.PRINT, item.organization)
    return render(request, "members/meetings/notify.html", {"item": item, "form": form, "may_print": may_print})


def _own_item(request: ActorRequest, pk: int) -> AgendaItem:
    related = ("organization__federation", "meeting__body", "member", "appeal")
    item = load(AgendaItem.objects.visible_to(request.actor).select_related(*related), pk)
    require(request.actor, Permission.RUN_MEETINGS, item.organization)
    return item


def _ids(request: ActorRequest, name: str) -> list[int]:
    return ids_in(request.POST, name, _MAX_TICKED)
