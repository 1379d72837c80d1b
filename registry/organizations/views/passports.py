"""Views of the passport's tabs, governing bodies and seats (U-4)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.access import require
from registry.charters.base import PassportTab
from registry.drafts.views import delete_draft, draft_for, fill_from_draft
from registry.enums import Permission
from registry.errors import RuleViolation, StaleVersion
from registry.states import allowed
from registry.views import ActorRequest, add_violation, load, needs, say_violation

from ..forms.passports import BodyForm, PassportForm, SeatForm, build, show
from ..models import BodySeat, GoverningBody, Organization
from ..rules import passports as rules
from ..rules.tree import check_working
from ..transitions import passports
from .naming import breadcrumbs_to
from .tree import visible

BODIES = "bodies"


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def passport(request: ActorRequest, pk: int) -> HttpResponse:
    """Redirect to the first incomplete tab (U-4)."""
    organization = load(visible(request.actor), pk)
    missing = rules.missing(organization, organization.passport)
    tabs = organization.charter.passport_tabs(organization.level)
    return redirect("organizations:passport_tab", pk, missing[0].tab.key if missing else tabs[0].key)


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_ORGANIZATIONS)
def passport_tab(request: ActorRequest, pk: int, tab: str) -> HttpResponse:
    """Show one tab: a form for those who edit the passport, facts for others."""
    organization = load(visible(request.actor), pk)
    found = next((t for t in organization.charter.passport_tabs(organization.level) if t.key == tab), None)
    if found is None:
        raise Http404
    may_edit = request.actor.may(Permission.EDIT_PASSPORT, organization) and allowed(check_working, organization)
    if request.method == "POST":
        require(request.actor, Permission.EDIT_PASSPORT, organization)
        return _save(request, organization, found)
    context = _context(request, organization, found)
    if not found.fields:
        return render(
            request,
            "registry/organizations/bodies.html",
            context | {"bodies": _bodies(organization), "may_edit": may_edit},
        )
    if not may_edit:
        return render(
            request, "registry/organizations/passport_read.html", context | {"facts": _facts(organization, found)}
        )
    draft = draft_for(request, context["draft_key"])
    form = PassportForm(found, organization, organization.passport, opened_with=draft)
    fill_from_draft(form, draft)
    return render(request, "registry/organizations/passport.html", context | {"form": form, "draft": draft})


def _save(request: ActorRequest, organization: Organization, tab: PassportTab) -> HttpResponse:
    form = PassportForm(tab, organization, organization.passport, request.POST)
    context = _context(request, organization, tab) | {"form": form}
    if form.is_valid():
        values, conflicts = form.merged()
        if conflicts:
            return render(request, "registry/organizations/passport.html", context | {"conflicts": conflicts})
        try:
            saved = passports.fill_passport(
                organization.pk, tab=tab.key, values=values, version=organization.version, by=request.actor
            )
        except RuleViolation as violation:
            add_violation(form, violation)
        except StaleVersion:
            # Somebody saved after we read the record; build the response again from the saved values.
            return _save(request, load(visible(request.actor), organization.pk), tab)
        else:
            delete_draft(request.actor.account, context["draft_key"])
            messages.success(
                request, _("Saved. %(percent)s %% of the passport is filled.") % {"percent": saved.completeness}
            )
            return redirect(_after(load(visible(request.actor), organization.pk), tab, onward="onward" in request.POST))
    return render(request, "registry/organizations/passport.html", context)


def _after(organization: Organization, tab: PassportTab, *, onward: bool) -> str:
    """Return the URL of the page after saving: the same tab or, with `onward`, the next one with gaps.

    Once nothing is missing, it is the organisation's page.
    """
    following = _next_with_gaps(organization, tab) if onward else ""
    if not following and not rules.missing(organization, organization.passport):
        return reverse("organizations:detail", args=[organization.pk])
    return reverse("organizations:passport_tab", args=[organization.pk, following or tab.key])


def _next_with_gaps(organization: Organization, tab: PassportTab) -> str:
    """Return the key of the next tab with gaps, starting again after the last; empty if there is no other."""
    missing = {m.tab.key for m in rules.missing(organization, organization.passport)} - {tab.key}
    keys = [t.key for t in organization.charter.passport_tabs(organization.level)]
    after = keys.index(tab.key) + 1
    return next((key for key in (*keys[after:], *keys[:after]) if key in missing), "")


def _context(request: ActorRequest, organization: Organization, tab: PassportTab) -> dict[str, Any]:
    missing = [m.tab.key for m in rules.missing(organization, organization.passport)]
    tabs = organization.charter.passport_tabs(organization.level)
    return {
        "organization": organization,
        "way": breadcrumbs_to(organization, request.actor),
        "tab": tab,
        "tabs": [(t, missing.count(t.key) or None, t.key == tab.key) for t in tabs],
        "draft_key": f"passport-{organization.pk}-{tab.key}",
        "named": "full_name" in tab.fields,
        "onward": bool(_next_with_gaps(organization, tab)),
    }


def _facts(organization: Organization, tab: PassportTab) -> list[tuple[Any, str]]:
    facts = []
    for name in tab.fields:
        field = build(name, organization)
        value = getattr(rules.holder_of(name, organization, organization.passport), name)
        facts.append((field.label, "" if value in ("", None) else show(field, value)))
    return facts


def _bodies(organization: Organization) -> list[GoverningBody]:
    today = timezone.localdate()
    bodies = list(organization.bodies.prefetch_related("seats"))
    for body in bodies:
        seats = list(body.seats.all())
        body.sitting = [s for s in seats if s.until is None or s.until >= today]  # type: ignore[attr-defined]
        body.former = [s for s in seats if s.until is not None and s.until < today]  # type: ignore[attr-defined]
    return bodies


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_PASSPORT)
def body_add(request: ActorRequest, pk: int) -> HttpResponse:
    """Add a governing body (U-4)."""
    organization = load(visible(request.actor), pk)
    require(request.actor, Permission.EDIT_PASSPORT, organization)
    form = BodyForm(organization, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            body = passports.add_body(organization.pk, by=request.actor, **form.cleaned_data)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("«%(name)s» is added. Now enter who sits in it.") % {"name": body.name})
            return redirect("organizations:seat_add", body.pk)
    return _body_page(request, organization, form, _("Add a governing body"))


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_PASSPORT)
def body_edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Edit kind and name of a governing body (U-4)."""
    body = _load_body(request, pk)
    data = request.POST if request.method == "POST" else None
    form = BodyForm(
        body.organization, data, initial={name: getattr(body, name) for name in ("kind", "name", "name_genitive")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            passports.edit_body(body.pk, by=request.actor, **form.cleaned_data)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("Saved."))
            return redirect("organizations:passport_tab", body.organization_id, BODIES)
    removable = allowed(rules.check_body_is_empty, body)
    return _body_page(request, body.organization, form, body.name, body=body if removable else None)


@require_POST
@needs(Permission.EDIT_PASSPORT)
def body_remove(request: ActorRequest, pk: int) -> HttpResponse:
    """Delete a governing body entered by mistake (U-4)."""
    body = _load_body(request, pk)
    try:
        passports.remove_body(body.pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, _("«%(name)s» is removed.") % {"name": body.name})
    return redirect("organizations:passport_tab", body.organization_id, BODIES)


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_PASSPORT)
def seat_add(request: ActorRequest, pk: int) -> HttpResponse:
    """Add a seat in a governing body (U-4)."""
    body = _load_body(request, pk)
    form = SeatForm(body, request.POST if request.method == "POST" else None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            passports.seat_person(body.pk, by=request.actor, **{"without_card": False, **form.cleaned_data})
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("Saved. Enter the next one, or go back to the passport."))
            return redirect("organizations:seat_add", body.pk)
    return _body_page(request, body.organization, form, _("Who sits in «%(name)s»") % {"name": body.name})


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_PASSPORT)
def seat_edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Edit a seat, or end it on its last day (U-4)."""
    seat = load(BodySeat.objects.visible_to(request.actor).select_related("body__organization__federation"), pk)
    organization = seat.body.organization
    require(request.actor, Permission.EDIT_PASSPORT, organization)
    initial = {name: getattr(seat, name) for name in ("full_name", "duty", "since", "minutes", "until")}
    data = request.POST if request.method == "POST" else None
    form = SeatForm(seat.body, data, initial=initial, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            passports.edit_seat(seat.pk, by=request.actor, **{"without_card": False, **form.cleaned_data})
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("Saved."))
            return redirect("organizations:passport_tab", organization.pk, BODIES)
    return _body_page(request, organization, form, seat.full_name)


def _load_body(request: ActorRequest, pk: int) -> GoverningBody:
    body = load(GoverningBody.objects.visible_to(request.actor).select_related("organization__federation"), pk)
    require(request.actor, Permission.EDIT_PASSPORT, body.organization)
    return body


def _body_page(
    request: ActorRequest, organization: Organization, form: Any, title: str, body: GoverningBody | None = None
) -> HttpResponse:
    # The URL contains the body or the seat; the navigation marks its organisation.
    request.stands_under = reverse("organizations:detail", args=[organization.pk])
    context = {
        "organization": organization,
        "way": breadcrumbs_to(organization, request.actor),
        "form": form,
        "page_title": title,
        "removable": body,
    }
    return render(request, "registry/organizations/body_form.html", context)
