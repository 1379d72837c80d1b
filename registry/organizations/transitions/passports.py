"""Transitions of the passport, governing bodies and seats (U-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from registry.access import Actor
from registry.enums import Permission
from registry.transitions import Act, change

from ..models import BodySeat, GoverningBody, Organization, OrganizationPassport
from ..rules import names
from ..rules import passports as rules
from ..rules import tree as organization_rules
from .founding import update_keys


def fill_passport(
    organization_id: int, *, tab: str, values: Mapping[str, Any], version: int | None = None, by: Actor
) -> OrganizationPassport:
    """Save one tab of the passport; names are ignored because they are changed elsewhere (U-4).

    `version` is the organisation's version when the page was opened. Raises `RuleViolation`, `StaleVersion`,
    `NotAllowed`.
    """
    with change(by=by, rule="U-4", event="organization.passport_filled") as act:
        organization = _lock_organization(act, organization_id, version)
        (passport,) = act.lock_many(OrganizationPassport.objects.filter(organization=organization))
        fields = rules.fields_of(organization, tab)
        kept = rules.check_requisites({name: value for name, value in values.items() if name in fields})
        rules.check_legal_entity(organization, kept)
        # A declined name belongs to the former chair once the chair's name has changed.
        if kept.get("chair_name", organization.chair_name) != organization.chair_name:
            same = kept.get("chair_dative", organization.chair_dative) == organization.chair_dative
            kept |= {"chair_dative": ""} if same else {}
        for name, value in kept.items():
            setattr(rules.holder_of(name, organization, passport), name, value)
        passport.completeness = rules.completeness(organization, passport)
        update_keys(organization)
        # The organisation's version covers both records.
        act.save(organization)
        act.save(passport)
        act.about(organization, organization=organization, tab=tab, completeness=passport.completeness)
    return passport


def add_body(organization_id: int, *, kind: str, name: str, by: Actor, name_genitive: str = "") -> GoverningBody:
    """Add a governing body (U-4); `name_genitive` is given if papers decline the name wrongly."""
    with change(by=by, rule="U-4", event="organization.body_added") as act:
        organization = _lock_organization(act, organization_id)
        rules.check_body_name(organization, name)
        body = GoverningBody(organization=organization, kind=kind, name=names.plain_name(name, 150))
        body.name_genitive = names.plain_name(name_genitive, 150)
        act.save(body)
        act.about(body, organization=organization, kind=kind)
    return body


def edit_body(body_id: int, *, kind: str, name: str, by: Actor, name_genitive: str | None = None) -> GoverningBody:
    """Change kind and name of a governing body (U-4).

    The genitive of the former name is dropped; without `name_genitive`, papers decline the new name themselves.
    """
    with change(by=by, rule="U-4", event="organization.body_changed") as act:
        body, organization = _lock_body(act, body_id)
        rules.check_body_name(organization, name, excluding=body.pk)
        former, given = (body.name, body.name_genitive), names.plain_name(name_genitive or "", 150)
        body.kind, body.name = kind, names.plain_name(name, 150)
        renamed = body.name != former[0] and given in ("", former[1])
        body.name_genitive = "" if renamed else former[1] if name_genitive is None else given
        act.save(body)
        act.about(body, organization=organization, kind=kind)
    return body


def remove_body(body_id: int, *, by: Actor) -> Organization:
    """Delete a governing body that never had a member (U-4)."""
    with change(by=by, rule="U-4", event="organization.body_removed") as act:
        body, organization = _lock_body(act, body_id)
        rules.check_body_is_empty(body)
        act.about(body, organization=organization, kind=body.kind)
        act.delete(body)
    return organization


def seat_person(
    body_id: int,
    *,
    full_name: str,
    since: dt.date,
    until: dt.date | None = None,
    duty: str = "",
    minutes: str = "",
    without_card: bool = True,
    by: Actor,
) -> BodySeat:
    """Add a person's seat in a governing body (U-4).

    Unless `without_card`, people in bodies of members only need a card in the organisation.
    """
    with change(by=by, rule="U-4", event="organization.seat_taken") as act:
        body, organization = _lock_body(act, body_id)
        rules.check_seat(since, until)
        rules.check_seat_once(body, full_name, since, until)
        if not without_card:
            rules.check_sits(body, full_name)
        seat = BodySeat(body=body, full_name=full_name, duty=duty, since=since, until=until, minutes=minutes)
        act.save(seat)
        act.about(seat, organization=organization, body=body.pk)
    return seat


def edit_seat(
    seat_id: int,
    *,
    full_name: str,
    since: dt.date,
    until: dt.date | None,
    duty: str,
    minutes: str,
    without_card: bool = True,
    by: Actor,
) -> BodySeat:
    """Correct a seat, or end it on its last day (U-4). A new name needs a card, unless `without_card`."""
    with change(by=by, rule="U-4", event="organization.seat_changed") as act:
        seat = BodySeat.objects.visible_to(by).get(pk=seat_id)
        body, organization = _lock_body(act, seat.body_id)
        seat = act.lock(BodySeat.objects.visible_to(by), seat_id)
        rules.check_seat(since, until)
        rules.check_seat_once(body, full_name, since, until, excluding=seat.pk)
        if not without_card and full_name != seat.full_name:
            rules.check_sits(body, full_name)
        seat.full_name, seat.duty, seat.minutes = full_name, duty, minutes
        seat.since, seat.until = since, until
        act.save(seat)
        act.about(seat, organization=organization, body=body.pk, ended=until is not None)
    return seat


def _lock_organization(act: Act, organization_id: int, version: int | None = None) -> Organization:
    organization = act.lock(Organization.objects.visible_to(act.by), organization_id)
    act.require(Permission.EDIT_PASSPORT, organization)
    organization_rules.check_working(organization)
    if version is not None:
        act.lock(Organization.objects.visible_to(act.by), organization_id, version=version)
    return organization


def _lock_body(act: Act, body_id: int) -> tuple[GoverningBody, Organization]:
    found = GoverningBody.objects.visible_to(act.by).get(pk=body_id)
    organization = _lock_organization(act, found.organization_id)
    return act.lock(GoverningBody.objects.visible_to(act.by), body_id), organization
