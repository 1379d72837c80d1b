"""Search for a card by name, for pages of organisations, which do not use the models of cards."""

from __future__ import annotations

from registry.organizations.models import Organization
from registry.organizations.rules.passports import card_lookup
from registry.text import name_letters

from ..models import Member
from ..search import matching

#: Maximum number of namesakes compared.
_MOST = 50


@card_lookup
def has_card(organization: Organization, full_name: str) -> bool:
    """Return whether a person with this name is registered in the organisation or below it (U-4)."""
    condition = matching(full_name)
    if condition is None:
        return False
    below = {"federation": organization.federation_id, "unit__path__startswith": organization.path}
    found = Member.objects.registered().filter(condition, **below).only("surname", "given_name", "patronymic")[:_MOST]
    return name_letters(full_name) in {name_letters(card.full_name) for card in found}
