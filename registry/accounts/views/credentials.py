"""Views for new accounts, and the response that shows their one-time passwords once (U-2)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from documents.papers.credentials_slip import render_slips
from registry.access import Actor
from registry.drafts.views import delete_draft, draft_for, fill_from_draft
from registry.enums import Permission, Role
from registry.errors import RuleViolation
from registry.granting import transitions as granting
from registry.granting.models import GrantRequest
from registry.granting.rules import asking_days
from registry.indexes import first_by_name
from registry.organizations.models import Organization, OrganizationQuerySet
from registry.requests import ids_in, number_in, say_missing
from registry.text import search_terms
from registry.views import ActorRequest, add_violation, asks_again, load, needs, page_of, use_time_zone_of

from ..forms.accounts import AccountForm, ChairForm, ChairsTermForm, OrganizationSearchForm, split_name
from ..models import Account
from ..rules import accounts as rules
from ..search import without_chair
from ..transitions import accounts
from ..transitions.accounts import Credentials

#: Maximum number of chairs on one page, whose slips form one PDF; hashing passwords takes time.
MAX_CHAIRS = 30
#: Maximum number of listed organisations without a chair.
MAX_WITHOUT_CHAIR = 1000
#: Maximum number of organisations offered.
MAX_OFFERED = 50
DRAFT = "account-new"


def credentials_page(
    request: ActorRequest,
    given: Sequence[Credentials],
    refused: Sequence[Any] = (),
    *,
    by: Actor | None = None,
    back: str = "",
) -> HttpResponse:
    """Show logins and one-time passwords, on the page and as slips to print; they are shown only here.

    The passwords are stored neither in the session nor in a file; if the page is lost, new ones must be issued. `by` is
    the issuer if it is not the acting officer; `back` is the URL of the next page.
    """
    issuer = by or request.actor
    pdf = render_slips(given, by=issuer) if given and issuer.organization else b""
    context = {
        "given": given,
        "refused": refused,
        "back": back,
        "pdf": base64.b64encode(pdf).decode(),
        "file_name": f"{given[0].account.login}.pdf" if len(given) == 1 else "logins.pdf",
    }
    return render(request, "registry/accounts/credentials.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
@asks_again()
def add(request: ActorRequest) -> HttpResponse:
    """Create an account for one person in the actor's organisation or below it."""
    organization = chosen_organization(request)
    if organization is None:
        return choose_organization(request, _("New account: for which organisation?"))
    use_time_zone_of(organization)
    roles = rules.grantable_roles(request.actor, organization)
    draft = draft_for(request, DRAFT) if request.method == "GET" else None
    form = AccountForm(request.POST or None, roles=roles, initial=_initial(request.actor, organization))
    fill_from_draft(form, draft)
    if form.is_valid():
        person = {"person": form.person, "namesake": form.cleaned_data["namesake"], **form.term}
        try:
            answer = _create(request, organization, **person)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            delete_draft(request.actor.account, DRAFT)
            return answer
    context = {
        "form": form,
        "organization": organization,
        "draft": draft,
        "draft_key": DRAFT,
        "asks": asking_days(request.actor),
    }
    return render(request, "registry/accounts/add.html", context)


def _create(request: ActorRequest, organization: Organization, **person: Any) -> HttpResponse:
    """Create the account and show its password; for an administrator, request its role instead."""
    given = {"organization_id": organization.pk, "by": request.actor, **person}
    if request.actor.asks_others:
        return asked_for(request, granting.ask_for_account(**given))
    return credentials_page(request, [accounts.create_account(**given)])


def asked_for(request: ActorRequest, asked: GrantRequest) -> HttpResponse:
    """Redirect to the request that an administrator has made."""
    messages.success(request, _("The request is made. It gives no rights until it is confirmed."))
    return redirect("granting:detail", asked.pk)


def _initial(actor: Actor, organization: Organization) -> dict[str, Any]:
    """Suggest the chair's account for a subordinate organisation without a chair."""
    if rules.has_chair(organization) or not rules.is_above(actor, Role.CHAIR, organization):
        return {}
    surname, given_name, patronymic = split_name(organization.chair_name)
    return {"role": Role.CHAIR, "surname": surname, "given_name": given_name, "patronymic": patronymic}


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@needs(Permission.MANAGE_ACCOUNTS)
@asks_again()
def add_many(request: ActorRequest) -> HttpResponse:
    """Create accounts for the chairs of subordinate organisations without one, with all slips as one PDF."""
    search = _search_form(request)
    page = page_of(request, _without_chair(request.actor, search), MAX_CHAIRS)
    if request.method == "POST":
        wanted = ids_in(request.POST, "organization", MAX_CHAIRS)
        rows = [
            ChairForm(organization, request.POST) for organization in _subordinates(request.actor).filter(pk__in=wanted)
        ]
        say_missing(request, wanted, [row.organization.pk for row in rows])
        term = ChairsTermForm(request.POST)
        # Validate all forms first, so that all errors are shown at once.
        valid = sum(not form.is_valid() for form in (term, *rows)) == 0
        chosen = [row for row in rows if valid and row.cleaned_data["chosen"]]
        if chosen and request.actor.asks_others:
            return _ask_for_all(request, chosen, term)
        if chosen:
            return credentials_page(request, *_create_all(chosen, term, request.actor))
        if valid:
            term.add_error(
                None, ValidationError(_("Nobody is selected. Tick the organisations whose chairs get an account."))
            )
    else:
        rows, term = [ChairForm(organization) for organization in _in_order(request.actor, page)], ChairsTermForm()
    context = {
        "search": search,
        "rows": rows,
        "term": term,
        "page": page,
        "filtered": bool(request.GET),
        "asks": asking_days(request.actor),
    }
    return render(request, "registry/accounts/add_many.html", context)


def _ask_for_all(request: ActorRequest, rows: Sequence[ChairForm], term: ChairsTermForm) -> HttpResponse:
    """Request the role of each chair, each in its own transaction."""
    count = 0
    for row in rows:
        person = {name: row.cleaned_data[name] for name in ("surname", "given_name", "patronymic")}
        try:
            granting.ask_for_account(
                organization_id=row.organization.pk,
                person=person,
                role=Role.CHAIR,
                by=request.actor,
                **term.cleaned_data,
            )
        except RuleViolation as violation:
            messages.error(request, f"{row.organization.short_name}: {violation.message}")
        else:
            count += 1
    if count:
        said = ngettext("%(n)s request is made.", "%(n)s requests are made.", count) % {"n": count}
        messages.success(request, said)
    return redirect("granting:list")


def _create_all(
    rows: Sequence[ChairForm], term: ChairsTermForm, actor: Actor
) -> tuple[list[Credentials], list[tuple[Organization, Any]]]:
    """Create each account in its own transaction, so that one refusal does not lose the passwords of the others."""
    given, refused = [], []
    for row in rows:
        person = {name: row.cleaned_data[name] for name in ("surname", "given_name", "patronymic")}
        try:
            given.append(
                accounts.create_account(
                    organization_id=row.organization.pk, person=person, role=Role.CHAIR, by=actor, **term.cleaned_data
                )
            )
        except RuleViolation as violation:
            refused.append((row.organization, violation.message))
    return given, refused


def _subordinates(actor: Actor) -> OrganizationQuerySet:
    """Return the working organisations below the actor, with their superiors."""
    found = (
        Organization.objects.editable_by(actor, Permission.MANAGE_ACCOUNTS)
        .working()
        .select_related("parent", "federation")
    )
    return found.exclude(pk=actor.organization.pk) if actor.organization else found


def _without_chair(actor: Actor, search: OrganizationSearchForm) -> list[int]:
    """Return ids of at most `MAX_WITHOUT_CHAIR` organisations below the actor without a chair's account, by name."""
    found = without_chair(
        searched(Organization.objects.editable_by(actor, Permission.MANAGE_ACCOUNTS).working(), search)
    )
    if actor.organization is not None:
        found = found.exclude(pk=actor.organization.pk)
    return first_by_name(found, search.cleaned_data.get("find"), MAX_WITHOUT_CHAIR)


def _in_order(actor: Actor, ids: Iterable[int]) -> list[Organization]:
    found = _subordinates(actor).in_bulk(list(ids))
    return [found[pk] for pk in ids if pk in found]


def _search_form(request: ActorRequest) -> OrganizationSearchForm:
    form = OrganizationSearchForm(request.GET)
    organization = request.actor.organization
    if organization is not None:
        levels = [(level, title) for level, title in organization.charter.levels.items() if level.depth > 0]
        form.fields["level"].choices = [("", _("any")), *levels]  # type: ignore[attr-defined]
    return form


def searched(organizations: OrganizationQuerySet, form: OrganizationSearchForm) -> OrganizationQuerySet:
    """Return the organisations that match the form, none for an invalid search."""
    if not form.is_valid():
        return organizations.none()
    for alternatives in search_terms(form.cleaned_data["find"]):
        word = Q()
        for text in alternatives:
            word |= Q(search_key__contains=f" {text}")
        organizations = organizations.filter(word)
    if form.cleaned_data["level"]:
        organizations = organizations.filter(level=form.cleaned_data["level"])
    return organizations


def chosen_organization(request: ActorRequest) -> Organization | None:
    """Return the organisation in `?organization=`, 404 outside the scope; the actor's own if there is no other."""
    asked = request.GET.get("organization", "")
    visible = Organization.objects.editable_by(request.actor, Permission.MANAGE_ACCOUNTS).select_related("federation")
    if asked:
        return load(visible, number_in(asked))
    own = request.actor.organization
    return own if own is not None and not own.children.exists() else None


def choose_organization(request: ActorRequest, heading: str, account: Account | None = None) -> HttpResponse:
    """Let the user choose an organisation by name or from those directly below."""
    search = _search_form(request)
    own = request.actor.organization
    found = (
        Organization.objects.editable_by(request.actor, Permission.MANAGE_ACCOUNTS).working().select_related("parent")
    )
    asked = search.is_valid() and any(search.cleaned_data.values())
    found = searched(found, search) if asked else found.filter(parent=own)
    offered = list(found[: MAX_OFFERED + 1])
    context = {
        "heading": heading,
        "search": search,
        "own": own,
        "offered": offered[:MAX_OFFERED],
        "more": len(offered) > MAX_OFFERED,
        "asked": asked,
        "account": account,
    }
    return render(request, "registry/accounts/choose_organization.html", context)


__all__ = ["add", "add_many", "asked_for", "choose_organization", "chosen_organization", "credentials_page"]
