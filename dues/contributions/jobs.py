"""The job that charges or reverses a property contribution in every organisation below (V-D2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.errors import RuleViolation
from registry.jobs.kinds import job
from registry.jobs.models import Job
from registry.jobs.work import Work

from .models import PropertyContribution
from .queries import organizations_to_charge, organizations_to_reverse
from .transitions import charge_contribution, reverse_contribution

KIND = "dues.carry_out_contribution"


def _outcome(summary: Mapping[str, Any]) -> str:
    charged, reversed_ = summary.get("charged", 0), summary.get("reversed", 0)
    if summary.get("cancelled"):
        text = ngettext("Reversed for %(n)s person.", "Reversed for %(n)s people.", reversed_)
        return text % {"n": reversed_}
    return ngettext("Charged to %(n)s person.", "Charged to %(n)s people.", charged) % {"n": charged}


def _page(row: Job) -> str:
    return reverse("dues:contribution", args=[row.params["id"]])


@job(
    KIND,
    _("Charges of a property contribution"),
    page=_page,
    outcome=_outcome,
    meanwhile=_("You may leave this page and go on working."),
    rereads=True,
)
def carry_out(work: Work) -> None:
    """Charge the contribution `params["id"]` in every organisation below, or reverse it there if it is cancelled."""
    contribution = PropertyContribution.objects.visible_to(work.actor).get(pk=work.params["id"])
    cancelled = contribution.cancelled_on is not None
    step = reverse_contribution if cancelled else charge_contribution
    key = "reversed" if cancelled else "charged"
    work.note(cancelled=cancelled)

    def one(chunk: list[int]) -> None:
        try:
            count = step(contribution.pk, chunk[0], by=work.actor)
        except RuleViolation:
            # Cancelled meanwhile.
            return
        work.note(**{key: work.row.summary.get(key, 0) + count})

    # The same organisations after an interruption, because the checkpoint counts them.
    if "places" not in work.row.summary:
        places = organizations_to_reverse(contribution) if cancelled else organizations_to_charge(contribution)
        work.note(places=places)
    work.each(work.row.summary["places"], 1, one)
    work.finish()
