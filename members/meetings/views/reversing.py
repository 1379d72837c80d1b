"""Reversing a decision; the page first lists the consequences (V-A5)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.states import refusal
from registry.views import ActorRequest, load, needs, say_violation

from ..enums import ItemKind, ItemState
from ..models import AgendaItem
from ..rules import check_can_be_reversed, check_waits_once
from ..transitions import decisions


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_MEETINGS)
def reverse_decision(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask for confirmation of the reversal, and list its consequences."""
    found = AgendaItem.objects.visible_to(request.actor).select_related("organization__federation", "meeting", "member")
    item = load(found, pk)
    require(request.actor, Permission.RUN_MEETINGS, item.organization)
    try:
        check_can_be_reversed(item)
        if waits := refusal(check_waits_once, item):
            raise waits
        if request.method == "POST":
            decisions.reverse_decision(pk, by=request.actor)
            messages.success(request, _("The decision is reversed; the item is on the agenda again."))
            return redirect("meetings:detail", item.meeting_id)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("meetings:detail", item.meeting_id) if item.meeting_id else redirect("meetings:queue")
    return render(request, "members/meetings/reverse.html", {"item": item, "taken_back": _taken_back(item)})


def _taken_back(item: AgendaItem) -> list[str]:
    """Return the consequences of the reversal, one sentence each."""
    common = [_("Votes, wording and reason of the decision are deleted; the history keeps them.")]
    if item.state == ItemState.REJECTED:
        if item.kind == ItemKind.ADMISSION:
            common.append(_("The applicants are no longer refused; their applications are on the agenda again."))
        return common
    if item.kind == ItemKind.ADMISSION:
        count = item.applications.count()
        text = ngettext(
            "%(n)s card, its line in the registration book and its charges are taken back; the application is on the "
            "agenda again.",
            "%(n)s cards, their lines in the registration book and their charges are taken back; the applications are "
            "on the agenda again.",
            count,
        )
        return [text % {"n": count}, *common]
    effects = {
        ItemKind.DUPLICATE: _("The mark about the new ticket is removed from the card."),
        ItemKind.EXCLUSION: _("The excluded member is registered again, with the card as it was."),
        ItemKind.DISCIPLINE: _("The mark about the measure is removed from the card."),
        ItemKind.DISCIPLINE_LIFTED: _("The measure is in force again."),
        ItemKind.APPEAL: _("The appeal waits for a decision again, and the first decision is in force."),
        ItemKind.RECONCILIATION: _("The cards get the values that they had before the report."),
    }
    effect = effects.get(ItemKind(item.kind))
    return [effect, *common] if effect else common
