"""Tasks for printing consents and collecting signatures."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Figures
from registry.tasks import Task, Waiting, keeps, provider


@provider(keeps(Permission.MARK_CONSENTS))
def consents(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield tasks for consents to print and consents to mark as signed (U-6, U-7)."""
    # Cards of the cells too: their figures stand with the cells.
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
