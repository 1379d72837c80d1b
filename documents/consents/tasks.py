"""Tasks for printing consents and collecting signatures."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Figures
from registry.tallies import tally
from registry.tasks import Task, Waiting, keeps, provider

from .models import Withdrawal


@provider(keeps(Permission.MARK_CONSENTS), never_late=True)
def consents(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield tasks for consents to print and consents to mark as signed (U-6, U-7)."""
    # Includes cards of the cells, whose figures are stored with the cells.
    figures = Figures(**waiting.sums)
    unprinted = figures.members - figures.consents_printed - figures.consents_signed
    if unprinted > 0:
        yield Task(
            text=ngettext("Print %(n)s consent", "Print %(n)s consents", unprinted) % {"n": unprinted},
            detail=_("Members sign them by hand; signed ones stay with the organisation."),
            action=_("Print"),
            action_url=reverse("documents:consents") + "?consent=wanted",
        )
    if figures.consents_printed:
        yield Task(
            text=ngettext(
                "%(n)s consent is printed and not signed",
                "%(n)s consents are printed and not signed",
                figures.consents_printed,
            )
            % {"n": figures.consents_printed},
            detail=_("Collect the signatures and mark them with their date."),
            action=_("Mark them"),
            action_url=reverse("documents:consents") + "?consent=printed",
        )


@provider(
    keeps(Permission.MARK_CONSENTS),
    block=lambda scope: tally(
        Withdrawal.objects.visible_to(scope.actor).to_block(), first=Min("stop_by"), one=Min("pk")
    ),
    destroy=lambda scope: tally(
        Withdrawal.objects.visible_to(scope.actor).to_destroy(), first=Min("destroy_by"), one=Min("pk")
    ),
    tell=lambda scope: tally(Withdrawal.objects.visible_to(scope.actor).to_tell(), first=Min("tell_by"), one=Min("pk")),
)
def withdrawals(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield tasks after withdrawals: cards to block, people to notify, data to destroy, each with its term (N-C1)."""
    block, tell, destroy = waiting["block"], waiting["tell"], waiting["destroy"]
    if block.count:
        yield Task(
            text=ngettext("Block %(n)s card", "Block %(n)s cards", block.count) % {"n": block.count},
            detail=_("The consent to the processing was withdrawn; the processing stops within 3 working days."),
            due=block.first,
            action=_("Open"),
            action_url=_page_of(block.count, block.one),
        )
    if tell.count:
        yield Task(
            text=ngettext(
                "Notify %(n)s person about the withdrawn consent",
                "Notify %(n)s people about withdrawn consents",
                tell.count,
            )
            % {"n": tell.count},
            detail=_("In writing, within 10 working days of the statement."),
            due=tell.first,
            action=_("Open"),
            action_url=_page_of(tell.count, tell.one),
        )
    if destroy.count:
        yield Task(
            text=ngettext(
                "Destroy data of %(n)s card whose consent was withdrawn",
                "Destroy data of %(n)s cards whose consents were withdrawn",
                destroy.count,
            )
            % {"n": destroy.count},
            detail=_("What no other ground keeps, within 30 days of the statement."),
            due=destroy.first,
            action=_("Open"),
            action_url=_page_of(destroy.count, destroy.one),
        )


def _page_of(count: int, one: int | None) -> str:
    return reverse("documents:withdrawal", args=[one]) if count == 1 else reverse("documents:withdrawals")
