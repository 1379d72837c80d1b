"""People represented by applicants and members: adding, changing, ending (V-A1, V-A4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from members.lists.models import encode
from members.people.models import Member
from members.people.rules.duplicates import name_key
from members.people.rules.fields import is_empty, to_stored
from members.people.transitions import reminders
from registry.access import Actor, require_reading
from registry.enums import DataClass, Permission
from registry.organizations.models import Organization
from registry.text import names_search_key, sort_key
from registry.transitions import Act, change, write_event

from ..models import Application, Representation
from ..rules.applications import check_open, check_represents, values_of_application
from ..rules.representations import (
    MANDATE,
    changed_names,
    check_can_be_removed,
    check_can_end,
    check_end_note,
    check_not_written,
    check_ward,
    is_of_person,
    values_of_ward,
)


def add_representation(
    *, application_id: int | None = None, member_id: int | None = None, values: Mapping[str, Any], by: Actor
) -> Representation:
    """Add a person represented by the applicant or member, with questionnaire, mandate and consent (V-A4)."""
    with change(by=by, rule="V-A4", event="representation.added") as act:
        ward = Representation(
            application=_application(act, application_id) if application_id else None,
            member=_member(act, member_id) if member_id else None,
        )
        organization = _settle(act, ward, values)
        act.about(ward, organization=organization)
    return ward


def edit_representation(ward_id: int, *, values: Mapping[str, Any], version: int | None, by: Actor) -> Representation:
    """Change the questionnaire, the mandate or the consent of a represented person."""
    with change(by=by, rule="V-A4", event="representation.changed") as act:
        ward = _ward(act, ward_id, version)
        organization = _settle(act, ward, values)
        act.about(ward, organization=organization)
    return ward


def end_representation(ward_id: int, *, on: dt.date | None, note: str, by: Actor) -> Representation:
    """End the representation: the person came of age or died, or the mandate ended.

    The body decides the rest (V-A1).
    """
    with change(by=by, rule="V-A1", event="representation.ended") as act:
        ward = _ward(act, ward_id)
        check_can_end(ward, on, act.today)
        check_end_note(note)
        ward.ended_on, ward.end_note = on, note.strip()[:200]
        organization = _save(act, ward)
        act.about(ward, organization=organization)
    return ward


def reopen_representation(ward_id: int, *, by: Actor) -> Representation:
    """Undo an end entered by mistake."""
    with change(by=by, rule="V-A1", event="representation.end_taken_back") as act:
        ward = _ward(act, ward_id)
        act.silent = ward.ended_on is None
        ward.ended_on, ward.end_note = None, ""
        organization = _save(act, ward)
        act.about(ward, organization=organization)
    return ward


def remove_representation(ward_id: int, *, by: Actor) -> None:
    """Remove a person entered by mistake from an application that is not decided yet."""
    with change(by=by, rule="V-A4", event="representation.removed") as act:
        ward = _ward(act, ward_id)
        check_can_be_removed(ward)
        act.about(ward.application, organization=_organization(ward), ward=ward.pk)
        act.delete(ward)


def _application(act: Act, pk: int) -> Application:
    application = act.lock(Application.objects.visible_to(act.by), pk)
    organization = Organization.objects.select_related("federation").get(pk=application.organization_id)
    act.require(Permission.FILE_APPLICATIONS, organization)
    check_open(application)
    check_represents(application.category, organization.charter)
    application.organization = organization
    return application


def _member(act: Act, pk: int) -> Member:
    member = act.lock(Member.objects.visible_to(act.by), pk)
    organization = Organization.objects.select_related("federation").get(members=member)
    act.require(Permission.EDIT_MEMBERS, organization)
    check_represents(member.category, organization.charter)
    member.organization = organization
    return member


def _ward(act: Act, ward_id: int, version: int | None = None) -> Representation:
    # The owner's row is always locked first, then that of the represented person.
    found = Representation.objects.visible_to(act.by).get(pk=ward_id)
    if found.member_id is not None:
        member, application = _member(act, found.member_id), None
    else:
        member, application = None, _application(act, found.application_id or 0)
    ward = act.lock(Representation.objects.visible_to(act.by), ward_id, version=version)
    if member is not None:
        ward.member = member
    else:
        ward.application = application
    return ward


def _organization(ward: Representation) -> Organization:
    owner = ward.member or ward.application
    assert owner is not None  # noqa: S101 — the database holds it
    assert owner.organization is not None  # noqa: S101 — visible cards have one
    return owner.organization


def _settle(act: Act, ward: Representation, values: Mapping[str, Any]) -> Organization:
    require_reading(act.by, DataClass.HEALTH, DataClass.IDENTITY)
    organization = _organization(ward)
    charter = organization.charter
    before = values_of_ward(ward, charter)
    done = check_ward({**before, **values}, charter, act.today, representative=_representative(ward))
    if ward.pk is None:
        check_not_written(ward, done)
    changed = changed_names(before, done)
    if ward.pk and not changed:
        act.silent = True
        return organization
    for name, value in done.items():
        if is_of_person(name):
            setattr(ward, name, to_stored(name, value))
        elif name in MANDATE:
            setattr(ward, name, value)
    answers = {n: v for n, v in done.items() if not is_of_person(n) and n not in MANDATE}
    ward.answers = {n: encode(v) for n, v in answers.items() if not is_empty(v) and v is not False}
    names = (ward.surname, ward.given_name, ward.patronymic)
    ward.sort_key, ward.search_key = sort_key(*names)[:420], names_search_key(*names)
    ward.name_key = name_key(ward.surname, ward.given_name)
    return _save(act, ward)


def _save(act: Act, ward: Representation) -> Organization:
    act.save(ward)
    if ward.member is not None:
        reminders.refresh(act, [ward.member])
        act.save(ward.member)
    return _organization(ward)


def _representative(ward: Representation) -> dict[str, Any]:
    owner = ward.member or ward.application
    if isinstance(owner, Application):
        return values_of_application(owner)
    return {name: getattr(owner, name, None) for name in ("surname", "given_name", "birth_date")}


def note_ward_opened(ward: Representation, *, by: Actor) -> None:
    """Record that health data of a represented person were opened (V-C5).

    Raises `NotAllowed` if the actor may not read them.
    """
    require_reading(by, DataClass.HEALTH)
    write_event("representation.opened", by=by, rule="V-C5", about=ward, organization=_organization(ward))
