"""Transitions that found federations and organisations, singly or from a list (N-H3)."""

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
from registry.text import names_search_key, search_key, sort_key
from registry.transitions import Act, change, write_event

from ..enums import OrganizationStatus
from ..models import Federation, Figures, Organization, OrganizationPassport
from ..rules import names, passports, zones
from ..rules import tree as rules

LIST_LIFETIME = dt.timedelta(days=1)


def lock_tree(act: Act, federation_id: int) -> Federation:
    """Lock the federation's row, which serialises all changes of its tree; lock it before any organisation."""
    return act.lock(Federation.objects.all(), federation_id)


def found_federation(
    *, code: str, name: str, charter_key: str, full_name: str, short_name: str, by: Actor, **values: Any
) -> Organization:
    """Found a federation with its head, which is returned (N-H3).

    Raises `NotAllowed` for anybody but the installation.
    """
    if not by.is_system or by.organization is not None:
        raise NotAllowed
    get_charter(charter_key)
    with change(by=by, rule="N-H3", event="federation.founded") as act:
        federation = Federation(code=code, name=names.plain_name(name, 250), charter_key=charter_key)
        act.save(federation)
        head = _create(act, federation, None, Level.FEDERAL, full_name, short_name, values)
        act.about(federation, organization=head, charter=charter_key)
    return head


def found_organization(
    *, parent: Organization, level: str, full_name: str, short_name: str, code: str = "", by: Actor, **values: Any
) -> Organization:
    """Found a subordinate organisation; the code is the next free one unless given (V-H1, U-H1, N-H3).

    `values` are fields of the organisation and its passport by name; `status` may be «being founded». A region without
    a `time_zone` gets the one of its name, all others inherit their superior's. Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="N-H3", event="organization.founded") as act:
        act.require(Permission.FOUND_ORGANIZATIONS)
        federation = lock_tree(act, parent.federation_id)
        parent = act.lock(Organization.objects.visible_to(by), parent.pk)
        act.at(parent)
        rules.check_place(level, parent)
        rules.check_name_is_free(parent, short_name)
        if code:
            rules.check_code(federation, code)
        organization = _create(act, federation, parent, level, full_name, short_name, values, code=code)
        act.about(organization, organization=organization, parent=parent.pk, level=str(level))
    return organization


@transaction.atomic
def found_list(rows: Sequence[Mapping[str, Any]], *, by: Actor) -> list[Organization]:
    """Found all organisations of a list, or none.

    `parent` of a row is an organisation or the index of an earlier row. Raises `RuleViolation` for the first row that
    cannot be founded, `NotAllowed`.
    """
    founded: list[Organization] = []
    for row in rows:
        values = dict(row)
        parent = values.pop("parent")
        founded.append(
            found_organization(parent=founded[parent] if isinstance(parent, int) else parent, by=by, **values)
        )
    return founded


def keep_list(
    place: Organization,
    data: bytes,
    *,
    by: Actor,
    name: str = "organizations",
    permission: Permission = Permission.FOUND_ORGANIZATIONS,
    content_type: str = "application/octet-stream",
) -> StoredFile:
    """Store an uploaded list for a day, until it is checked; only its owner may open it."""
    require(by, permission)
    return storage.store_file(
        data,
        purpose=FilePurpose.IMPORT_SOURCE,
        name=name,
        content_type=content_type,
        organization=place,
        owner=by.account,
        expires_at=timezone.now() + LIST_LIFETIME,
    )


def drop_list(file: StoredFile, *, by: Actor) -> None:
    """Delete an uploaded list. Raises `NotAllowed` for anybody but its owner."""
    if file.owner_id != (by.account.pk if by.account else None):
        raise NotAllowed
    storage.delete_file(file)


def note_structure_exported(count: int, *, by: Actor) -> None:
    """Record in the journal who exported the structure."""
    write_event("organization.structure_exported", by=by, rule="N-S1", organization=by.organization, count=count)


def _create(
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
    time_zone = zones.check_known(values.get("time_zone", ""))
    if not time_zone and level == Level.REGIONAL:
        time_zone = zones.of_region(short_name, full_name)
    values |= {"time_zone": time_zone, "zone": time_zone or (parent.zone if parent is not None else "")}
    act.at(Organization(zone=values["zone"]))
    values = passports.check_requisites(values)
    passport_values = {name: value for name, value in values.items() if passports.is_passport_field(name)}
    own_values = {name: value for name, value in values.items() if name not in passport_values}
    organization = Organization(
        federation=federation,
        parent=parent,
        level=level,
        code=code or next_code(federation),
        full_name=names.plain_name(full_name),
        short_name=names.plain_name(short_name, 150),
        **own_values,
    )
    names.check_named(organization)
    update_keys(organization)
    act.save(organization)
    # The path contains the new id, so it is set after saving; this needs no second history row.
    organization.path = f"{parent.path if parent else ''}{organization.pk}/"
    Organization.objects.filter(pk=organization.pk).update(path=organization.path)
    organization.history.update(path=organization.path)
    passport = OrganizationPassport(organization=organization, **passport_values)
    passport.completeness = passports.completeness(organization, passport)
    act.save(passport)
    Figures.objects.create(organization=organization)
    return organization


def next_code(federation: Federation) -> str:
    """Return the federation's next free code; the caller holds the federation's lock."""
    while True:
        federation.last_code += 1
        code = f"{federation.last_code:06}"
        if not Organization.objects.filter(federation=federation, code=code).exists():
            break
    # A counter needs no history.
    Federation.objects.filter(pk=federation.pk).update(last_code=federation.last_code)
    return code


def update_keys(organization: Organization) -> None:
    """Set the organisation's search and sort keys from its names, code, INN and chair."""
    parts = (organization.code, organization.inn, organization.short_name, organization.full_name)
    organization.search_key = search_key(*parts)
    organization.sort_key = sort_key(organization.short_name)
    organization.chair_key = names_search_key(organization.chair_name)
