"""Applicants and represented people as unsaved `Member` objects, for pages and papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from members.people.models import Member
from members.people.rules.fields import PARTS, card_fields, to_stored
from registry.charters.base import Charter
from registry.organizations.models import Organization

from ..models import Application, Representation
from ..rules.applications import values_of_application
from ..rules.representations import ADDRESS, values_of_ward


def as_member(application: Application) -> Member:
    """Return an unsaved member with the values of the application."""
    return _card(values_of_application(application), application.organization)


def ward_as_member(ward: Representation, charter: Charter, organization: Organization) -> Member:
    """Return the represented person as an unsaved member; they are not a member and must never be saved as one."""
    return _card(values_of_ward(ward, charter), organization)


def address_of(owner: Application | Member) -> dict[str, Any]:
    """Return the address of a representative by field name, to offer it for the people represented."""
    card = as_member(owner) if isinstance(owner, Application) else owner
    return {name: getattr(card, name) for name in ADDRESS}


def _card(values: Mapping[str, Any], organization: Organization) -> Member:
    places = card_fields()
    own = {n: to_stored(n, values.get(n)) for n, place in places.items() if place == "member" and n != "cell"}
    member = Member(federation=organization.federation, organization=organization, unit=organization, **own)
    member.cell_id = values.get("cell")
    for part, model in PARTS.items():
        # Also sets the reverse relation on the member.
        model(member=member, **{n: to_stored(n, values.get(n)) for n, place in places.items() if place == part})
    return member
