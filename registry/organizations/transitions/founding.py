"""Founding federations and organisations, one by one (N-H3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.access import Actor, require
from registry.charters import get as get_charter
from registry.enums import Level, Permission
from registry.errors import NotAllowed
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.text import search_key, sort_key
from registry.transitions import Act, change, write_event

from ..enums import OrganizationStatus
from ..models import Federation, Figures, Organization, OrganizationPassport
from ..rules import names, passports
from ..rules import tree as rules

LIST_KEPT = dt.timedelta(days=1)


def lock_tree(act: Act, federation_id: int) -> Federation:
    """The federation's row is the queue of everything that changes its tree; locked before any organisation."""
    return act.lock(Federation.objects.all(), federation_id)


def found_federation(
    *, code: str, name: str, charter_key: str, full_name: str, short_name: str, by: Actor, **values: Any
) -> Organization:
    """A federation under its charter begins with its head, which is returned; only the installation itself founds one (N-H3)."""
    if not by.is_system or by.organization is not None:
        raise NotAllowed
    get_charter(charter_key)
    with change(by=by, rule="N-H3", event="federation.founded") as act:
        federation = Federation(code=code, name=names.plain_name(name, 250), charter_key=charter_key)
        act.save(federation)
        head = _write(act, federation, None, Level.FEDERAL, full_name, short_name, values)
        act.about(federation, organization=head, charter=charter_key)
    return head


def found_organization(
    *, parent: Organization, level: str, full_name: str, short_name: str, code: str = "", by: Actor, **values: Any
) -> Organization:
    """A superior founds a subordinate organisation; the code is the next free one unless given (V-H1, U-H1, N-H3).

    `values` are fields of the organisation and its passport by name; `status` may be «being founded».
    Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="N-H3", event="organization.founded") as act:
        require(by, Permission.FOUND_ORGANIZATIONS)
        federation = lock_tree(act, parent.federation_id)
        parent = act.lock(Organization.objects.visible_to(by), parent.pk)
        rules.check_place(level, parent)
        rules.check_name_is_free(parent, short_name)
        if code:
            rules.check_code(federation, code)
        organization = _write(act, federation, parent, level, full_name, short_name, values, code=code)
        act.about(organization, organization=organization, parent=parent.pk, level=str(level))
    return organization


@transaction.atomic
def found_list(rows: Sequence[Mapping[str, Any]], *, by: Actor) -> list[Organization]:
    """Found the organisations of a list, all or none; a row's `parent` is an organisation or the position of an earlier row.

    Raises `RuleViolation` of the first row that cannot be, `NotAllowed`.
    """
    founded: list[Organization] = []
    for row in rows:
        values = dict(row)
        parent = values.pop("parent")
        founded.append(
            found_organization(parent=founded[parent] if isinstance(parent, int) else parent, by=by, **values)
        )
    return founded


def keep_list(parent: Organization, data: bytes, *, by: Actor) -> StoredFile:
    """Keep an uploaded list for a day, until its rows have been looked at; only who brought it opens it."""
    require(by, Permission.FOUND_ORGANIZATIONS)
    return storage.keep(
        data,
        purpose=FilePurpose.IMPORT_SOURCE,
        name="organizations",
        content_type="application/octet-stream",
        organization=parent,
        owner=by.account,
        expires_at=timezone.now() + LIST_KEPT,
    )


def drop_list(file: StoredFile, *, by: Actor) -> None:
    """Forget an uploaded list."""
    if file.owner_id != (by.account.pk if by.account else None):
        raise NotAllowed
    storage.drop(file)


def note_structure_exported(count: int, *, by: Actor) -> None:
    """The journal says who took the structure away."""
    write_event("organization.structure_exported", by=by, rule="N-S1", organization=by.organization, count=count)


def _write(
    act: Act,
    federation: Federation,
    parent: Organization | None,
    level: str,
    full_name: str,
    short_name: str,
    values: dict[str, Any],
    *,
    code: str = "",
) -> Organization:
    rules.check_founding_status(values.get("status", OrganizationStatus.ACTIVE))
    values = passports.check_requisites(values)
    beyond = {name: value for name, value in values.items() if passports.is_passport_field(name)}
    own = {name: value for name, value in values.items() if name not in beyond}
    organization = Organization(
        federation=federation,
        parent=parent,
        level=level,
        code=code or next_code(federation),
        full_name=names.plain_name(full_name),
        short_name=names.plain_name(short_name, 150),
        **own,
    )
    names.check_named(organization)
    renew_keys(organization)
    act.save(organization)
    # The path holds the id that the row has just been given; no second history row for it.
    organization.path = f"{parent.path if parent else ''}{organization.pk}/"
    Organization.objects.filter(pk=organization.pk).update(path=organization.path)
    organization.history.update(path=organization.path)
    passport = OrganizationPassport(organization=organization, **beyond)
    passport.completeness = passports.completeness(organization, passport)
    act.save(passport)
    Figures.objects.create(organization=organization)
    return organization


def next_code(federation: Federation) -> str:
    """The next code of the federation, counted up under its lock; codes given by hand are stepped over."""
    while True:
        federation.last_code += 1
        code = f"{federation.last_code:06}"
        if not Organization.objects.filter(federation=federation, code=code).exists():
            break
    # A counter, not a value that anybody would look up in the history.
    Federation.objects.filter(pk=federation.pk).update(last_code=federation.last_code)
    return code


def renew_keys(organization: Organization) -> None:
    """The keys that lists are searched and sorted by, from what the organisation is called now."""
    parts = (organization.code, organization.inn, organization.short_name, organization.full_name)
    organization.search_key = search_key(*parts)
    organization.sort_key = sort_key(organization.short_name)
