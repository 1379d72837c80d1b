"""Parts of pages about papers."""

from __future__ import annotations

from django import template

from documents.consents.forms import SignForm
from members.people.models import Member

register = template.Library()


@register.simple_tag
def sign_form(member: Member) -> SignForm | None:
    """An empty form of the tick for the card's page; wrong input comes back on the page of the tick itself."""
    return SignForm(charter=member.organization.charter) if member.organization else None
