"""Certificate of membership, to be presented to third parties (practice D21)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Form
from documents.printing.declension import Case
from registry.checks import format_phone

from .card import card_of, chair_of, name_in

if TYPE_CHECKING:
    from members.people.models import Member


def build(member: Member | None, batch: Batch) -> Mapping[str, Any]:
    """Return the values of the certificate; number and date are written by hand, from the register of outgoing mail."""
    keeper = batch.keeper(member)
    return {
        "organization": keeper,
        "keeper_name": keeper.short_name if keeper else "",
        "phone": format_phone(keeper.phone) if keeper else "",
        "card": card_of(member, batch),
        "name_dative": name_in(member, Case.DATIVE) if member else "",
        "as_member": batch.charter.wording["as_member"],
        "chair": chair_of(keeper) if keeper else "",
    }


FORM = Form(
    code="certificate",
    title="Справка о членстве",
    build=build,
    two_sided=False,
    as_word=True,
    fields=("surname", "given_name", "sex", "birth_date", "joined_on", "ticket_number"),
    keeper_fields=("full_name", "legal_address", "inn", "ogrn", "chair_name"),
)
