"""Template tag for forms with a draft."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from registry.accounts.models import Account
from registry.drafts.tokens import ticket
from registry.drafts.views import TICKET

register = template.Library()


@register.simple_tag(takes_context=True)
def draft_ticket(context: Context, key: str) -> SafeString:
    """Return the hidden field that preserves a form's contents after the end of the session (U-2)."""
    user = context.get("user")
    if not key or not isinstance(user, Account):
        return mark_safe("")
    return format_html('<input type="hidden" name="{}" value="{}">', TICKET, ticket(user, key))
