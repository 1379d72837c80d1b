"""The list of applications, filing, and the page of one application (V-A1 to V-A5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.printing.core import forms_of
from documents.printing.rules import check_is_decided, check_is_invited
from members.meetings.enums import HELD_MEETINGS
from members.meetings.models import AgendaItem, Appeal
from members.meetings.rules import (
    check_attendance_is_open,
    check_can_be_admitted_at_once,
    check_can_be_appealed,
    decided_by,
    decided_on_appeal,
    deciding_organization,
)
from members.people.queries.history import CLOSED
from members.people.rules.duplicates import DuplicateFound
from members.people.rules.searches import check_may_search
from members.people.views.card_page import readable
from members.people.views.facts import boxes
from registry.access import require
from registry.drafts.views import delete_draft, draft_for, fill_from_draft
from registry.enums import DataClass, Permission
from registry.errors import NotAllowed, RuleViolation, StaleVersion
from registry.requests import number_in
from registry.states import allowed, refusal
from registry.views import ActorRequest, add_violation, load, needs

from ..enums import ApplicationState, CopyKind
from ..forms.applications import ApplicationForm
from ..models import Application, Representation
from ..queries.applicants import as_member
from ..queries.belongings import scans_of
from ..rules.applications import (
    OF_THE_DECISION,
    OF_WARD,
    Point,
    check_open,
    points_of,
    represents,
    values_of_application,
)
from ..rules.routing import is_misrouted
from ..rules.steps import check_can_be_restored
from ..transitions.applications import edit_application, file_application, note_application_opened
from .application_list import next_meeting


@require_http_methods(["GET", "POST"])
@needs(Permission.FILE_APPLICATIONS)
def add(request: ActorRequest) -> HttpResponse:
    """File an application; duplicates are shown before saving (N-A1)."""
    organization = request.actor.organization
    if organization is None or not organization.keeps_cards:
        level = organization.charter.levels[organization.charter.keeper] if organization else ""
        return render(request, "members/card/not_here.html", {"level": level}, status=403)
    require(request.actor, Permission.FILE_APPLICATIONS, organization)
    key = f"applications-add-{organization.pk}"
    if request.method == "GET":
        if stopped := refusal(check_may_search, organization, by=request.actor):
            messages.warning(request, str(stopped.message))
        passport = getattr(organization, "passport", None)
        beginning = {
            "citizenship": next(iter(organization.charter.terms.get("citizenship", ())), ""),
            "workplace": getattr(passport, "employer_name", ""),
            "acquainted_by": request.actor.account.full_name if request.actor.account else "",
        }
        form = ApplicationForm(organization=organization, actor=request.actor, initial=beginning)
        draft = draft_for(request, key)
        fill_from_draft(form, draft)
        return _form_page(request, form, key, draft=draft)
    form = ApplicationForm(request.POST, organization=organization, actor=request.actor)
    application = _file(form, request) if form.is_valid() else None
    if application is None:
        return _form_page(request, form, key)
    delete_draft(request.actor.account, key)
    messages.success(request, _("The application of %(name)s is filed.") % {"name": application.full_name})
    if represents(application.category, organization.charter):
        messages.info(request, _("Now enter the person that the applicant represents."))
        return redirect("applications:add_ward", application.pk)
    return redirect("applications:detail", application.pk)


def _file(form: ApplicationForm, request: ActorRequest) -> Application | None:
    try:
        return file_application(
            organization=form.organization, values=form.submitted(), facts=form.facts(), by=request.actor
        )
    except RuleViolation as violation:
        _add_refusal(form, violation)
    return None


@require_http_methods(["GET", "POST"])
@needs(Permission.FILE_APPLICATIONS)
def edit(request: ActorRequest, pk: int, tab: str = "general") -> HttpResponse:
    """Edit an application that is not decided yet; the questionnaire has a separate page."""
    application = load_application(request, pk)
    require(request.actor, Permission.FILE_APPLICATIONS, application.organization)
    if not allowed(check_open, application):
        raise NotAllowed
    key = f"applications-edit-{pk}-{tab}"
    options: dict[str, Any] = {
        "organization": application.organization, "actor": request.actor, "application": application, "tabs": (tab,),
    }  # fmt: skip
    if request.method == "GET":
        for data_class in readable(request.actor, set(CLOSED)):
            note_application_opened(application, data_class, by=request.actor)
        form = ApplicationForm(**options)
        draft = draft_for(request, key)
        fill_from_draft(form, draft)
        return _form_page(request, form, key, draft=draft, tab=tab)
    form = ApplicationForm(request.POST, **options)
    if form.is_valid():
        facts = form.facts() if tab == "general" else {}
        try:
            edit_application(
                pk, values=form.submitted(), facts=facts, version=form.cleaned_data["version"], by=request.actor
            )
        except RuleViolation as violation:
            _add_refusal(form, violation)
        except StaleVersion:
            fresh = load_application(request, pk)
            form.add_error(
                None, _("Somebody else changed this application in the meantime. Compare and save once more.")
            )
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = str(fresh.version)  # type: ignore[index]
        else:
            delete_draft(request.actor.account, key)
            messages.success(request, _("The application is saved."))
            return redirect("applications:detail", pk)
    return _form_page(request, form, key, tab=tab)


def _add_refusal(form: ApplicationForm, violation: RuleViolation) -> None:
    form.duplicates = violation.duplicates if isinstance(violation, DuplicateFound) else []
    add_violation(form, violation)


def _form_page(
    request: ActorRequest, form: ApplicationForm, key: str, *, draft: Any = None, tab: str = "general"
) -> HttpResponse:
    application = form.application
    back = reverse("applications:detail", args=[application.pk]) if application else reverse("applications:list")
    context = {"form": form, "application": application, "key": key, "draft": draft, "back": back}
    context["questionnaire"] = tab == "questionnaire"
    return render(request, "members/applications/form.html", context)


def load_application(request: ActorRequest, pk: int) -> Application:
    """Return the application in the actor's scope."""
    found = Application.objects.visible_to(request.actor)
    return load(found.select_related("organization__federation", "received_by", "item__meeting", "member"), pk)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the application, missing papers and data, the decision and its notices."""
    return _page(request, load_application(request, pk))


@require_POST
@needs(Permission.VIEW_MEMBERS)
def show_closed(request: ActorRequest, pk: int, part: str) -> HttpResponse:
    """Show the identity paper or the health data once; the opening is recorded (V-C5)."""
    if part not in {str(data_class) for data_class in CLOSED}:
        raise Http404
    application = load_application(request, pk)
    opened = readable(request.actor, {DataClass(part)})
    if not opened:
        raise NotAllowed
    for data_class in opened:
        note_application_opened(application, data_class, by=request.actor)
    return _page(request, application, opened)


def _page(request: ActorRequest, application: Application, opened: Iterable[DataClass] = ()) -> HttpResponse:
    actor, charter = request.actor, application.organization.charter
    wards = list(Representation.objects.visible_to(actor).filter(application=application))
    values = values_of_application(application)
    undecided = allowed(check_open, application)
    context: dict[str, Any] = {
        "application": application,
        "charter": charter,
        "points": points_of(application, charter, wards, named=actor.reads(DataClass.HEALTH)) if undecided else [],
        "may_edit": undecided and actor.may(Permission.FILE_APPLICATIONS, application.organization),
        "may_note": actor.may(Permission.FILE_APPLICATIONS, application.organization),
        "may_restore": allowed(check_can_be_restored, application)
        and actor.may(Permission.FILE_APPLICATIONS, application.organization),
        "may_print": actor.may(Permission.PRINT, application.organization),
        "may_invite": allowed(check_is_invited, application),
        "may_tell": allowed(check_is_decided, application),
        "forms": [form for form in forms_of(application.organization.charter) if form.for_applicants],
        "reads_all": all(actor.reads(data_class) for data_class in CLOSED),
        "misrouted": undecided and not application.routing and is_misrouted(application.organization, values),
        "represents": represents(application.category, charter),
        "wards": wards,
        "reads_wards": actor.reads(DataClass.HEALTH),
        "scans": scans_of(request.actor, application=application),
        "copies": [capfirst(str(CopyKind(kind).label)) for kind in application.copies],
        "may_note_attendance": application.item is not None
        and application.item.meeting is not None
        and application.item.meeting.state in HELD_MEETINGS
        and allowed(check_attendance_is_open, application.item.meeting, timezone.localdate()),
    }
    decided = decided_by(application)
    context["on_appeal"] = decided if decided is not None and decided != application.item else None
    if decided is not None and AgendaItem.objects.visible_to(actor).filter(pk=decided.pk).exists():
        context["extract_item"] = decided.pk
    found = Appeal.objects.visible_to(actor).filter(application=application).select_related("organization")
    context["appeals"] = [(appeal, decided_on_appeal(appeal)) for appeal in found.order_by("received_on", "pk")]
    context["may_receive_appeal"] = (
        application.item is not None
        and allowed(check_can_be_appealed, application.item, application)
        and _decides_on_appeal(request, application)
    )
    for name, kind in (("invite_url", "invited"), ("notify_url", "notified")):
        context[name] = reverse("applications:notices", args=[kind]) + f"?selected={application.pk}"
    writes_wards = context["may_edit"] and context["reads_all"]
    documents = (charter.document_of(point.rule) for point in context["points"])
    context["grounds"] = [document for document in dict.fromkeys(documents) if document]
    context["points"] = [
        (point, _place_of(application, point, writes_wards) if context["may_edit"] and not point.done else "")
        for point in context["points"]
    ]
    context["missing"] = [point for point, _url in context["points"] if point.holds and not point.done]
    context["may_decide"] = (
        allowed(check_can_be_admitted_at_once, application)
        and not context["missing"]
        and actor.may(Permission.RUN_MEETINGS, application.organization)
    )
    if context["may_decide"]:
        context["next_meeting"] = next_meeting(request.actor, application.organization)
    if undecided or application.state != ApplicationState.ADMITTED:
        context |= {"boxes": _boxes(request, application, values, opened)}
    return render(request, "members/applications/detail.html", context)


def _place_of(application: Application, point: Point, writes_wards: bool) -> str:
    """Return the page where the missing part is filled in; empty for actors who may not edit it."""
    if point.part == "wards" or point.part.startswith(OF_WARD):
        if not writes_wards:
            return ""
        ward = point.part.removeprefix(OF_WARD)
        number = number_in(ward)
        name, key = ("add_ward", application.pk) if number is None else ("edit_ward", number)
        return reverse(f"applications:{name}", args=[key])
    return reverse("applications:edit", args=[application.pk]) + f"#id_{point.part}"


def _decides_on_appeal(request: ActorRequest, application: Application) -> bool:
    if not request.actor.may(Permission.RUN_MEETINGS) or application.item is None:
        return False
    return allowed(
        lambda item: require(request.actor, Permission.RUN_MEETINGS, deciding_organization(item)), application.item
    )


def _boxes(
    request: ActorRequest, application: Application, values: dict[str, Any], opened: Iterable[DataClass]
) -> list[Any]:
    member, charter = as_member(application), application.organization.charter
    common: dict[str, Any] = {
        "actor": request.actor, "charter": charter, "opened": set(opened), "missing": [], "today": timezone.localdate(),
    }  # fmt: skip
    shown = {name: value for name, value in values.items() if name not in OF_THE_DECISION}
    found = [*boxes(member, shown, tab="general", **common), *boxes(member, shown, tab="questionnaire", **common)]
    return [box for box in found if box.facts or box.closed]
