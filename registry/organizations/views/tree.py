"""Views of the tree, of one organisation, and of founding a new one (V-H1, N-H1, N-H3)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from registry.access import Actor, require
from registry.accounts.models import Appointment
from registry.accounts.search import chairs_of, organizations_found
from registry.checks import format_phone
from registry.drafts.views import delete_draft, draft_for, fill_from_draft
from registry.enums import Level, Permission
from registry.errors import NotAllowed, RuleViolation
from registry.indexes import first_by_name
from registry.remarks.rules import check_may_remark
from registry.requests import id_in
from registry.states import allowed
from registry.text import search_terms
from registry.views import ActorRequest, add_violation, addresses, load, needs, page_of, use_time_zone_of

from ..enums import OrganizationStatus, RenameState
from ..forms.tree import AddForm, SearchForm
from ..models import Organization, OrganizationQuerySet, RenameRequest
from ..queries import recent_totals_of_children, recent_totals_under
from ..rules import passports
from ..rules import tree as rules
from ..transitions.founding import found_organization
from .naming import breadcrumbs_to

#: Fields shown in a line of the tree.
_OF_NODE = ("short_name", "code", "level", "status", "path", "federation", "passport__completeness")
#: Maximum number of search results; a longer term narrows them.
MAX_FOUND = 1000


def visible(actor: Actor) -> OrganizationQuerySet:
    """Return the organisations in the actor's scope with the related records that every page shows."""
    return Organization.objects.visible_to(actor).select_related("federation", "parent", "passport", "figures")


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def tree(request: ActorRequest) -> HttpResponse:
    """Show one level below the actor's organisation or the one in `at`, or the results of a search."""
    at = _at(request)
    form = SearchForm(at, request.GET)
    form.is_valid()
    context: dict[str, Any] = {
        "at": at,
        "form": form,
        "way": [step for step in breadcrumbs_to(at, request.actor, "organizations:branch") if step.url],
        "may_add": request.actor.may(Permission.FOUND_ORGANIZATIONS) and rules.can_take_subordinates(at),
        "search": form.is_search,
    }
    if form.is_search:
        typed = form.cleaned_data.get("q", "")
        found = first_by_name(organizations_found(_found(at, form, request.actor), typed), typed, MAX_FOUND + 1)
        page = page_of(request, found[:MAX_FOUND])
        by_id = visible(request.actor).in_bulk(list(page.object_list))
        page.object_list = [by_id[pk] for pk in page.object_list if pk in by_id]
        chairs = chairs_of(by_id)
        for organization in page.object_list:
            organization.led_by = chairs.get(organization.pk, organization.chair_name)
        decorate(page.object_list)
        context |= {"page": page, "more": len(found) > MAX_FOUND}
    else:
        children = _children(at, request.actor)
        page = page_of(request, children)
        context |= {"page": page, "nodes": _nodes(at, list(page))}
    return render(request, "registry/organizations/tree.html", context)


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def branch(request: ActorRequest, pk: int) -> HttpResponse:
    """Return the organisations directly below one, for an opened branch; without htmx redirect to its page."""
    at = load(visible(request.actor), pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('organizations:tree')}?at={pk}")
    page = page_of(request, _children(at, request.actor))
    response = render(
        request, "registry/organizations/branch.html", {"at": at, "page": page, "nodes": _nodes(at, list(page))}
    )
    patch_vary_headers(response, ["HX-Request"])
    return response


def _at(request: ActorRequest) -> Organization:
    asked = request.GET.get("at", "")
    if not asked:
        return load(visible(request.actor), request.actor.organization.pk)  # type: ignore[union-attr]
    return load(visible(request.actor), id_in(asked))


def _children(at: Organization, actor: Actor) -> OrganizationQuerySet:
    found = Organization.objects.visible_to(actor).filter(parent=at).working().order_by("sort_key", "pk")
    return found.select_related("passport").only(*_OF_NODE)


def _nodes(at: Organization, children: list[Organization]) -> list[dict[str, Any]]:
    totals = recent_totals_of_children(at, children)
    for child in children:
        child.federation = at.federation
    decorate(children)
    page, below = addresses("organizations:detail"), addresses("organizations:branch")
    return [
        {
            "organization": child,
            "url": page(child.pk),
            "branch_url": below(child.pk),
            "members": totals[child.pk]["members"],
            "below": totals[child.pk]["organizations"] - (child.status != OrganizationStatus.ENDED),
        }
        for child in children
    ]


def decorate(organizations: list[Organization]) -> None:
    """Set the federation's term for the level, for templates."""
    for organization in organizations:
        organization.level_title = organization.charter.levels[Level(organization.level)]  # type: ignore[attr-defined]


def _found(at: Organization, form: SearchForm, actor: Actor) -> OrganizationQuerySet:
    below = Organization.objects.visible_to(actor).under(at).exclude(pk=at.pk)
    if form.errors:
        return below.none()
    asked = form.cleaned_data
    status = asked["status"]
    if status == "":
        below = below.working()
    elif status != "all":
        below = below.filter(status=status)
    if asked["level"]:
        below = below.filter(level=asked["level"])
    return below


def matching(query: str) -> Q:
    """Return a filter for organisations with words in name, code or INN that begin with the typed ones."""
    found = Q()
    for alternatives in search_terms(query):
        word = Q()
        for text in alternatives:
            word |= Q(search_key__contains=f" {text}")
        found &= word
    return found


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Show one organisation: passport in brief, people, figures, subordinates, possible steps."""
    actor = request.actor
    organization = load(visible(actor).select_related("successor"), pk)
    decorate([organization])
    missing = passports.missing(organization, organization.passport)
    own_editor = actor.may(Permission.EDIT_PASSPORT, organization) and allowed(rules.check_working, organization)
    requests = RenameRequest.objects.visible_to(actor).filter(organization=organization).select_related("organization")
    context = {
        "organization": organization,
        "way": breadcrumbs_to(organization, actor),
        "tabs": organization.charter.passport_tabs(organization.level),
        "missing": _missing_items(organization, missing, linked=own_editor),
        "phone": ", ".join(format_phone(number) for number in organization.phone.split(", ")),
        "operator": organization.operator(),
        "totals": recent_totals_under(organization),
        "below": visible(actor).filter(parent=organization).working().count(),
        "chairs": Appointment.objects.visible_to(actor)
        .filter(organization=organization, role="chair")
        .current()
        .select_related("account"),
        "may_edit": own_editor,
        "may_manage_accounts": actor.may(Permission.MANAGE_ACCOUNTS, organization),
        "may_add": actor.may(Permission.FOUND_ORGANIZATIONS) and rules.can_take_subordinates(organization),
        "may_see_members": actor.may(Permission.VIEW_MEMBERS, organization),
        "members_url": f"{reverse('members:list')}?organization={organization.pk}",
        "may_see_journal": actor.may(Permission.VIEW_JOURNAL, organization),
        "asked": next((r for r in requests if r.state == RenameState.ASKED), None),
        "answer": next((r for r in requests if r.state != RenameState.ASKED and r.seen_at is None), None)
        if own_editor
        else None,
        "may_decide": actor.may(Permission.DECIDE_RENAMES, organization),
        "may_remark": actor.may(Permission.REMARK, organization) and allowed(check_may_remark, organization, actor),
        **possible_steps(organization, actor),
    }
    return render(request, "registry/organizations/detail.html", context)


def possible_steps(organization: Organization, actor: Actor) -> dict[str, bool]:
    """Return the steps of the life cycle that the page offers (N-H3)."""
    lead = actor.may(Permission.FOUND_ORGANIZATIONS, organization)
    root = organization.parent_id is None
    return {
        "may_rename": allowed(rules.check_working, organization)
        and actor.may(Permission.ADMINISTER if root else Permission.DECIDE_RENAMES, organization),
        "may_set_time_zone": allowed(rules.check_working, organization)
        and actor.may(Permission.ADMINISTER if root else Permission.FOUND_ORGANIZATIONS, organization),
        "may_open": lead and allowed(rules.check_is_forming, organization),
        "may_move": lead and allowed(rules.check_moves, organization),
        "may_merge": lead and allowed(rules.check_merges, organization),
        "may_begin_liquidation": lead and allowed(rules.check_liquidation_can_begin, organization),
        "may_stop_liquidation": lead and allowed(rules.check_is_liquidating, organization),
        "may_liquidate": lead and allowed(rules.check_ends, organization),
    }


def _missing_items(
    organization: Organization, missing: list[passports.Missing], *, linked: bool
) -> list[dict[str, Any]]:
    items = []
    for name in missing:
        url = reverse("organizations:passport_tab", args=[organization.pk, name.tab.key]) if linked else ""
        items.append({"text": name.label, "done": False, "url": f"{url}#id_{name.field}" if url else ""})
    return items


@require_http_methods(["GET", "POST"])
@needs(Permission.FOUND_ORGANIZATIONS)
def add(request: ActorRequest, pk: int) -> HttpResponse:
    """Found an organisation below this one (N-H3)."""
    parent = load(visible(request.actor), pk)
    require(request.actor, Permission.FOUND_ORGANIZATIONS)
    if not rules.can_take_subordinates(parent):
        raise NotAllowed
    use_time_zone_of(parent)
    key = f"organization-{parent.pk}"
    form = AddForm(parent, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = {
            name: value
            for name, value in form.cleaned_data.items()
            if name not in {"level", "full_name", "short_name", "code"}
        }
        try:
            organization = found_organization(
                parent=parent,
                level=form.cleaned_data["level"],
                full_name=form.cleaned_data["full_name"],
                short_name=form.cleaned_data["short_name"],
                code=form.cleaned_data["code"],
                by=request.actor,
                **values,
            )
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            delete_draft(request.actor.account, key)
            messages.success(
                request,
                _("«%(name)s» is founded, code %(code)s. Now create an account for its chair.")
                % {"name": organization.short_name, "code": organization.code},
            )
            return redirect("organizations:detail", organization.pk)
    draft = draft_for(request, key) if request.method == "GET" else None
    fill_from_draft(form, draft)
    context = {
        "parent": parent,
        "form": form,
        "way": breadcrumbs_to(parent, request.actor),
        "draft": draft,
        "draft_key": key,
    }
    return render(request, "registry/organizations/add.html", context)
