"""Template tags of pages about papers."""

from __future__ import annotations

from django import template

from documents.consents.enums import ConsentPurpose
from documents.consents.forms import SignForm
from documents.consents.queries import tick_of
from documents.consents.rules import lacking
from members.people.models import Member

register = template.Library()


@register.simple_tag
def sign_form(member: Member) -> SignForm | None:
    """Return an unbound form for marking a consent on the card's page; errors are shown on a separate page."""
    if member.organization is None:
        return None
    return SignForm(tick=tick_of(ConsentPurpose.PROCESSING, member.organization.charter), lacking=lacking(member))
