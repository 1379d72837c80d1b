"""Views for opening, moving, merging and liquidating organisations, each with a confirmation page (N-H3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.movement.rules.organizations import (
    consents_to_renew,
    liquidation_blockers,
    merge_blockers,
    move_blockers,
    people_of,
    waiting_at,
)
from members.movement.transitions.organizations import liquidate_organization, merge_organizations, move_organization
from registry.access import Actor, require
from registry.accounts.models import Account, Appointment
from registry.enums import Permission
from registry.errors import Blocked, RuleViolation
from registry.requests import id_in
from registry.views import ActorRequest, add_violation, asks_again, load, needs, use_time_zone_of

from ..enums import OrganizationStatus
from ..forms.tree import DayForm, TargetForm, TimeZoneForm
from ..models import Organization
from ..rules import tree as rules
from ..transitions import lifecycle
from ..transitions.zones import set_time_zone
from .naming import breadcrumbs_to
from .tree import decorate, matching, visible

#: Maximum number of organisations offered; a longer search term narrows the choice.
MAX_OFFERED = 20


@require_http_methods(["GET", "POST"])
@needs(Permission.FOUND_ORGANIZATIONS)
def open_view(request: ActorRequest, pk: int) -> HttpResponse:
    """Open an organisation that was being founded."""

    def act(organization: Organization, on: dt.date) -> str:
        lifecycle.open_organization(organization.pk, on=on, by=request.actor)
        return _("The organisation is open.")

    return _confirm(
        request,
        pk,
        act,
        title=_("Open: it starts work"),
        button=_("Open"),
        effects=lambda o: [
            _("People can be registered there."),
            _("The date becomes the day of founding in the passport."),
        ],
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.FOUND_ORGANIZATIONS)
def time_zone(request: ActorRequest, pk: int) -> HttpResponse:
    """Set the time zone of an organisation; an administrator sets that of the head."""
    organization = load(visible(request.actor), pk)
    needed = Permission.FOUND_ORGANIZATIONS if organization.parent_id else Permission.ADMINISTER
    require(request.actor, needed, organization)
    form = TimeZoneForm(organization, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            set_time_zone(organization.pk, **form.cleaned_data, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The time zone is set."))
            return redirect("organizations:detail", organization.pk)
    context = {"organization": organization, "form": form, "way": breadcrumbs_to(organization, request.actor)}
    return render(request, "registry/organizations/time_zone.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.FOUND_ORGANIZATIONS)
def begin_liquidation(request: ActorRequest, pk: int) -> HttpResponse:
    """Begin the liquidation."""

    def act(organization: Organization, _on: dt.date) -> str:
        lifecycle.begin_liquidation(organization.pk, by=request.actor)
        return _("The liquidation has begun.")

    return _confirm(
        request,
        pk,
        act,
        title=_("Begin the liquidation"),
        button=_("Begin the liquidation"),
        dated=False,
        effects=lambda o: [
            _("Nobody can be registered there any more, and nothing can be founded below it."),
            _("People and papers stay where they are until the liquidation is finished."),
            _("It can be called off."),
        ],
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.FOUND_ORGANIZATIONS)
def stop_liquidation(request: ActorRequest, pk: int) -> HttpResponse:
    """Call off the liquidation."""

    def act(organization: Organization, _on: dt.date) -> str:
        lifecycle.stop_liquidation(organization.pk, by=request.actor)
        return _("The liquidation is called off.")

    return _confirm(
        request,
        pk,
        act,
        title=_("Call off the liquidation"),
        button=_("Call off the liquidation"),
        dated=False,
        effects=lambda o: [_("The organisation works as before.")],
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.FOUND_ORGANIZATIONS)
@asks_again()
def liquidate(request: ActorRequest, pk: int) -> HttpResponse:
    """Liquidate an organisation without a successor."""

    def act(organization: Organization, on: dt.date) -> str:
        liquidate_organization(organization.pk, on=on, by=request.actor)
        return _("The organisation is liquidated.")

    return _confirm(
        request,
        pk,
        act,
        title=_("Liquidate"),
        button=_("Liquidate"),
        danger=True,
        blockers=lambda o: liquidation_blockers(o, request.actor),
        effects=lambda o: [
            _("The organisation is closed for good; this cannot be undone."),
            _("Its record, passport and history stay readable for the superior organisations."),
        ],
    )


def _confirm(
    request: ActorRequest,
    pk: int,
    act: Callable[[Organization, dt.date], str],
    *,
    title: str,
    button: str,
    effects: Callable[[Organization], list[str]],
    blockers: Callable[[Organization], list[Any]] = lambda organization: [],
    dated: bool = True,
    danger: bool = False,
) -> HttpResponse:
    """Show the effects and ask for confirmation, or show what blocks the step."""
    organization = load(visible(request.actor), pk)
    require(request.actor, Permission.FOUND_ORGANIZATIONS, organization)
    use_time_zone_of(organization)
    form = DayForm(request.POST if request.method == "POST" else None)
    blocking = blockers(organization)
    if request.method == "POST" and (form.is_valid() or not dated):
        try:
            done = act(organization, form.cleaned_data.get("on") or timezone.localdate())
        except Blocked as violation:
            blocking = violation.blockers
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, done)
            return redirect("organizations:detail", organization.pk)
    context = {
        "organization": organization,
        "way": breadcrumbs_to(organization, request.actor),
        "page_title": title,
        "button_label": button,
        "danger": danger,
        "dated": dated,
        "form": form,
        "effects": effects(organization),
        "blockers": blocking,
    }
    return render(request, "registry/organizations/confirm.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.FOUND_ORGANIZATIONS)
def move(request: ActorRequest, pk: int) -> HttpResponse:
    """Move the organisation with its subtree below another superior."""
    organization = load(visible(request.actor), pk)
    require(request.actor, Permission.FOUND_ORGANIZATIONS, organization)

    def is_suitable(found: Organization) -> bool:
        return organization.level in rules.levels_below(found) and found.pk != organization.parent_id

    return _with_target(
        request,
        organization,
        is_suitable=is_suitable,
        check=lambda target, _on: rules.check_can_move(organization, target),
        blockers=lambda target: move_blockers(organization, target, request.actor),
        effects=lambda target: _move_effects(organization, target, request.actor),
        act=lambda target, on: move_organization(organization.pk, target.pk, on=on, by=request.actor),
        words={
            "page_title": _("Move under another superior"),
            "choose": _("Choose the new superior organisation"),
            "button_label": _("Move"),
            "done": _("The organisation is moved."),
        },
    )


def _move_effects(organization: Organization, target: Organization, actor: Actor) -> list[str]:
    below = Organization.objects.visible_to(actor).under(organization).exclude(pk=organization.pk).working().count()
    lines = [_("It will be placed below «%(name)s».") % {"name": target.short_name}]
    if below:
        lines.append(_("Organisations below it that move along: %(count)s.") % {"count": below})
    if organization.level == organization.charter.cell and (count := people_of(organization).count()):
        lines.append(
            _("Members whose cards go to the new superior, with a note in their registrations: %(count)s.")
            % {"count": count}
        )
    if again := consents_to_renew(organization, target).count():
        lines.append(
            _("Consents to be signed again, because the operator of personal data is another one: %(count)s.")
            % {"count": again}
        )
    lines.append(_("The former superior organisation no longer sees it and its people."))
    return lines


@require_http_methods(["GET", "POST"])
@needs(Permission.FOUND_ORGANIZATIONS)
@asks_again()
def merge(request: ActorRequest, pk: int) -> HttpResponse:
    """Merge the organisation into another one, which takes over its members and books."""
    source = load(visible(request.actor), pk)
    require(request.actor, Permission.FOUND_ORGANIZATIONS, source)

    def is_suitable(found: Organization) -> bool:
        return found.status == OrganizationStatus.ACTIVE and not found.path.startswith(source.path)

    return _with_target(
        request,
        source,
        is_suitable=is_suitable,
        check=lambda target, on: rules.check_can_merge(source, target, on),
        blockers=lambda target: merge_blockers(source, target, request.actor),
        effects=lambda target: _merge_effects(source, target, request.actor),
        act=lambda target, on: merge_organizations(source.pk, target.pk, on=on, by=request.actor),
        words={
            "page_title": _("Merge into another organisation"),
            "choose": _("Choose the organisation that takes it in"),
            "button_label": _("Merge"),
            "done": _("The organisations are merged."),
        },
        to_target=True,
    )


def _merge_effects(source: Organization, target: Organization, actor: Actor) -> list[str]:
    names = {"source": source.short_name, "target": target.short_name}
    children = Organization.objects.visible_to(actor).filter(parent=source).working()
    below = children.count()
    renamed = [rules.name_after_merger(child, source, target) for child in children]
    renamed = [name for name in renamed if name.endswith(f"({source.short_name})")]
    accounts = Account.objects.visible_to(actor).filter(home=source).count()
    held = Appointment.objects.visible_to(actor).filter(organization=source).current().count()
    counted = [
        (
            _(
                "Members who go from «%(source)s» to «%(target)s» with their cards, photographs and consents: "
                "%(count)s."
            ),
            people_of(source).count(),
        ),
        (
            _("Applications and other matters waiting for a decision that go to «%(target)s»: %(count)s."),
            waiting_at(source),
        ),
        (_("Subordinate organisations that go below «%(target)s»: %(count)s."), below),
        (_("Accounts that belong to «%(target)s» from then on: %(count)s."), accounts),
        (
            _(
                "Appointments in «%(source)s» that end: %(count)s. Officers who will work in "
                "«%(target)s» have to be appointed there again."
            ),
            held,
        ),
    ]
    lines = [text % {**names, "count": count} for text, count in counted if count]
    if renamed:
        lines.append(
            _("Short names that «%(target)s» has already get an addition: %(names)s.")
            % {**names, "names": "; ".join(renamed[: rules.MAX_NAMED]) + ("; …" if renamed[rules.MAX_NAMED :] else "")}
        )
    lines.append(_("«%(source)s» ends for good; its record and history stay readable. This cannot be undone.") % names)
    return lines


def _with_target(
    request: ActorRequest,
    organization: Organization,
    *,
    is_suitable: Callable[[Organization], bool],
    check: Callable[[Organization, dt.date], None],
    blockers: Callable[[Organization], list[Any]],
    effects: Callable[[Organization], list[str]],
    act: Callable[[Organization, dt.date], Any],
    words: dict[str, str],
    to_target: bool = False,
) -> HttpResponse:
    """Let the user choose the other organisation, then show the effects and ask for confirmation."""
    use_time_zone_of(organization)
    target = _target(request)
    context: dict[str, Any] = {
        "organization": organization,
        "way": breadcrumbs_to(organization, request.actor),
        **words,
    }
    if target is None:
        search = TargetForm(request.GET)
        context |= {"search": search, "offered": _offered(request, organization, search, is_suitable)}
        return render(request, "registry/organizations/target.html", context)
    form = DayForm(request.POST if request.method == "POST" else None)
    blocking: list[Any] = []
    try:
        check(target, timezone.localdate())
        blocking = blockers(target)
    except RuleViolation as violation:
        blocking = [violation.message]
    if request.method == "POST" and form.is_valid() and not blocking:
        try:
            act(target, form.cleaned_data["on"])
        except Blocked as violation:
            blocking = violation.blockers
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, words["done"])
            return redirect("organizations:detail", target.pk if to_target else organization.pk)
    decorate([target])
    context |= {
        "target": target,
        "form": form,
        "dated": True,
        "danger": to_target,
        "blockers": blocking,
        "effects": [] if blocking else effects(target),
        "back": reverse(request.resolver_match.view_name, args=[organization.pk]),  # type: ignore[union-attr]
    }
    return render(request, "registry/organizations/confirm.html", context)


def _target(request: ActorRequest) -> Organization | None:
    asked = request.POST.get("target") or request.GET.get("target") or ""
    if not asked:
        return None
    return load(visible(request.actor), id_in(asked))


def _offered(
    request: ActorRequest, organization: Organization, search: TargetForm, is_suitable: Callable[[Organization], bool]
) -> list[Organization]:
    """Return the organisations that match the search, or without one the neighbours; unsuitable ones are left out."""
    found = visible(request.actor).working().exclude(pk=organization.pk).order_by("sort_key", "pk")
    if search.is_valid() and search.cleaned_data["q"]:
        found = found.filter(matching(search.cleaned_data["q"]))
    elif not search.errors:
        above = organization.ancestor_ids
        found = found.filter(Q(parent__in=above[-2:]) | Q(pk__in=above))
    else:
        found = found.none()
    offered = [candidate for candidate in found[: MAX_OFFERED * 5] if is_suitable(candidate)][:MAX_OFFERED]
    decorate(offered)
    return offered
