"""«Who can see this person»: everybody whose appointment covers the card, and who opened it recently (N-H1)."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from registry.enums import DataClass, Permission
from registry.views import ActorRequest, needs

from ..queries.history import READING
from ..queries.watchers import openings, watchers
from .card_page import card_context, load_card, show

#: Names of the data classes on the screen.
CLASS_NAMES = {
    DataClass.GENERAL: _("general data"),
    DataClass.IDENTITY: _("identity paper"),
    DataClass.HEALTH: _("health data"),
    DataClass.MONEY: _("dues"),
    DataClass.SERVICE: _("service data"),
}


@require_GET
@needs(Permission.VIEW_MEMBERS)
def access(request: ActorRequest, pk: int) -> HttpResponse:
    """Show who has access, to which data and why, and who opened the card in the last 90 days."""
    member = load_card(request, pk)
    context = card_context(request, member, "access")
    context["watchers"] = [
        (w, [CLASS_NAMES[c] for c in w.classes if c is not DataClass.SERVICE]) for w in watchers(member)
    ]
    context["openings"] = [(event, READING[event.action]) for event in openings(member)]
    keeper = member.organization
    context["may_register"] = keeper is not None and request.actor.may(Permission.MARK_CONSENTS, keeper)
    return show(request, "access", context)
