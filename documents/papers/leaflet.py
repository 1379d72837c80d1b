"""Leaflet about the bonus programme for a member, with the code of the programme's site (U-11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from documents.printing.codes import code_picture
from documents.printing.core import Batch, Form
from registry.checks import format_phone

from .card import card_of, chair_of

if TYPE_CHECKING:
    from members.people.models import Member


def build(member: Member | None, batch: Batch) -> Mapping[str, Any]:
    """Return the values of the leaflet; without a member it has no name and is otherwise the same."""
    keeper = batch.keeper(member)
    site = batch.charter.programme_site
    return {
        "programme": batch.charter.programme_name,
        "site": urlsplit(site).hostname or site,
        "code": batch.picture("programme.svg", batch.once("programme", lambda: code_picture(site))),
        "of_members": batch.charter.wording["of_members"],
        "person": member is not None,
        "card": card_of(member, batch),
        "organization": keeper.short_name if keeper else "",
        "keeper_name": keeper.short_name if keeper else "",
        "chair": chair_of(keeper) if keeper else "",
        "phone": format_phone(keeper.phone) if keeper and keeper.phone else "",
    }


FORM = Form(
    code="leaflet",
    title="Памятка о бонусной программе",
    build=build,
    two_sided=False,
    fields=("surname", "given_name", "phone_mobile", "email"),
    keeper_fields=("chair_name", "phone"),
)
