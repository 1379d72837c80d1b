"""«Who can see this person»: everybody whose appointment covers the card, and who opened it recently (N-H1)."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from registry.access import Actor
from registry.enums import DataClass, Permission
from registry.navigation import safe_next
from registry.views import ActorRequest, ask, load, needs, posted

from ..forms.opening import OpeningForm
from ..models import Member
from ..queries.history import reading_text
from ..queries.watchers import openings, watchers
from ..transitions.cards import note_card_opened
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
    context["openings"] = [(event, reading_text(event)) for event in openings(member)]
    keeper = member.organization
    context["may_register"] = keeper is not None and request.actor.may(Permission.MARK_CONSENTS, keeper)
    return show(request, "access", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_MEMBERS)
def reason(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask for the reason of opening a card from above, if the charter requires it, then show the page (N-S1)."""
    members = Member.objects.visible_to(request.actor).select_related("organization__federation", "unit__federation")
    member = load(members, pk)
    page = safe_next(request, reverse("members:detail", args=[pk]))
    return ask(
        request,
        OpeningForm(posted(request), initial={"next": page}),
        partial(_open, member, request.actor),
        section=(_("Members"), reverse("members:list")),
        title=_("Why do you open the card?"),
        lead=_("The organisation that keeps the card and the person see the reason."),
        button=_("Open the card"),
        icon="eye",
        done=_("The opening is recorded."),
        to=page,
        back=reverse("members:list"),
    )


def _open(member: Member, actor: Actor, *, reason: str, **_next: str) -> None:
    note_card_opened(member, by=actor, reason=reason)
