"""Transitions of names: confirming at first sign-in, correcting by the chair, changing by the superior (U-3)."""

from __future__ import annotations

from registry import states
from registry.access import Actor
from registry.accounts.models import Account
from registry.enums import Permission
from registry.transitions import Act, change

from ..enums import RenameState
from ..models import Organization, OrganizationPassport, RenameRequest
from ..rules import names, passports
from ..rules import tree as rules
from .founding import update_keys


def confirm_name(organization_id: int, *, by: Actor) -> Organization:
    """Confirm that the name agrees with the papers (U-3)."""
    with change(by=by, rule="U-3", event="organization.name_confirmed") as act:
        organization = _lock_own(act, organization_id)
        _mark_checked(act, organization)
        act.save(organization)
        act.about(organization, organization=organization)
    return organization


def correct_name(
    organization_id: int,
    *,
    full_name: str,
    short_name: str,
    genitive_name: str | None = None,
    version: int | None = None,
    by: Actor,
) -> Organization:
    """Correct the spelling of the name as its chair; a different name is refused (U-3).

    Raises `RuleViolation`, `StaleVersion`, `NotAllowed`.
    """
    with change(by=by, rule="U-3", event="organization.name_corrected") as act:
        organization = _lock_own(act, organization_id, version)
        names.check_is_spelling(organization.full_name, full_name, field="full_name")
        names.check_is_spelling(organization.short_name, short_name, field="short_name")
        _mark_checked(act, organization)
        _set_names(act, organization, full_name, short_name, genitive_name)
        act.about(organization, organization=organization)
    return organization


def ask_rename(organization_id: int, *, full_name: str, short_name: str, comment: str = "", by: Actor) -> RenameRequest:
    """Ask the superior to change a wrong name; one request at a time (U-3)."""
    with change(by=by, rule="U-3", event="organization.rename_asked") as act:
        organization = _lock_own(act, organization_id)
        names.check_may_ask(organization)
        request = RenameRequest(
            organization=organization,
            full_name=names.plain_name(full_name),
            short_name=names.plain_name(short_name, 150),
            comment=comment.strip(),
            asked_by=by.account,
            asked_at=act.now,
        )
        names.check_is_other_name(organization, request)
        act.save(request)
        _mark_checked(act, organization)
        act.save(organization)
        act.about(request, organization=organization)
    return request


def decide_rename(request_id: int, *, accept: bool, reason: str = "", by: Actor) -> RenameRequest:
    """Accept a rename request, which changes the name, or decline it with a reason (U-3).

    Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="U-3", event="organization.rename_decided") as act:
        found = RenameRequest.objects.visible_to(by).get(pk=request_id)
        organization = act.lock(Organization.objects.visible_to(by), found.organization_id)
        act.require(Permission.DECIDE_RENAMES, organization)
        request = act.lock(RenameRequest.objects.visible_to(by), request_id)
        to = RenameState.ACCEPTED if accept else RenameState.DECLINED
        states.check(request, to, "U-3")
        names.check_decline_has_reason(accept, reason)
        _decide(act, request, to, reason)
        if accept:
            rules.check_name_is_free(organization.parent, request.short_name, excluding=organization.pk)
            _set_names(act, organization, request.full_name, request.short_name, "")
        act.about(request, organization=organization, state=str(to))
    return request


def rename_organization(
    organization_id: int,
    *,
    full_name: str,
    short_name: str,
    genitive_name: str = "",
    version: int | None = None,
    by: Actor,
) -> Organization:
    """Rename a subordinate organisation, which also answers an open request. An administrator renames the head (N-H3).

    Raises `RuleViolation`, `StaleVersion`, `NotAllowed`.
    """
    with change(by=by, rule="N-H3", event="organization.renamed") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id, version=version)
        needed = Permission.DECIDE_RENAMES if organization.parent_id else Permission.ADMINISTER
        act.require(needed, organization)
        rules.check_working(organization)
        rules.check_name_is_free(organization.parent, short_name, excluding=organization.pk)
        answer_open_request(act, organization, RenameState.ACCEPTED, names.answered_by_renaming())
        _set_names(act, organization, full_name, short_name, genitive_name)
        act.about(organization, organization=organization)
    return organization


def dismiss_answer(request_id: int, *, by: Actor) -> RenameRequest:
    """Mark the superior's answer as read (U-3)."""
    with change(by=by, rule="U-3", event="organization.rename_answer_read") as act:
        request = act.lock(RenameRequest.objects.visible_to(by), request_id)
        act.require(Permission.EDIT_PASSPORT, request.organization)
        if request.state == RenameState.ASKED or request.seen_at:
            act.silent = True
            return request
        request.seen_at = act.now
        act.save(request)
        act.about(request, organization=request.organization)
    return request


def answer_open_request(act: Act, organization: Organization, to: RenameState, reason: str) -> None:
    """Close the open request, if any, because of another change."""
    request = RenameRequest.objects.filter(organization=organization, state=RenameState.ASKED).first()
    if request is not None:
        _decide(act, request, to, reason)


def _decide(act: Act, request: RenameRequest, to: RenameState, reason: str) -> None:
    request.state, request.reason = to, reason.strip()
    request.decided_by, request.decided_at = act.by.account, act.now
    act.save(request)


def _lock_own(act: Act, organization_id: int, version: int | None = None) -> Organization:
    organization = act.lock(Organization.objects.visible_to(act.by), organization_id, version=version)
    act.require(Permission.EDIT_PASSPORT, organization)
    rules.check_working(organization)
    return organization


def _mark_checked(act: Act, organization: Organization) -> None:
    organization.name_checked_at = organization.name_checked_at or act.now
    if act.by.account is not None:
        account = act.lock(Account.objects.all(), act.by.account.pk)
        account.name_checked_at = act.now
        act.save(account)


def _set_names(
    act: Act, organization: Organization, full_name: str, short_name: str, genitive_name: str | None
) -> None:
    """Set names, keys and completeness. `None` keeps the genitive, which remains valid only after a spelling
    correction. An entered dative belongs to the former name.
    """
    former = organization.full_name
    organization.full_name = names.plain_name(full_name)
    if organization.full_name != former:
        organization.dative_name = ""
    organization.short_name = names.plain_name(short_name, 150)
    if genitive_name is not None:
        organization.genitive_name = names.plain_name(genitive_name)
    names.check_named(organization)
    update_keys(organization)
    act.save(organization)
    refresh_completeness(act, organization)


def refresh_completeness(act: Act, organization: Organization) -> None:
    """Update the stored completeness after a change of the organisation's own fields (U-4)."""
    (passport,) = act.lock_many(OrganizationPassport.objects.filter(organization=organization))
    share = passports.completeness(organization, passport)
    if share != passport.completeness:
        passport.completeness = share
        act.save(passport)
