"""Job that marks many consents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.jobs.kinds import job, of_few
from registry.jobs.work import Work
from registry.sizes import CHUNK_CHANGED

from .enums import ConsentPurpose
from .transitions.consents import mark_many_signed


def _marked(summary: Mapping[str, Any]) -> str:
    count = summary.get("marked", 0)
    return ngettext("%(count)s consent is marked as signed.", "%(count)s consents are marked as signed.", count) % {
        "count": count
    }


@job("documents.mark_consents", _("Marking of signed consents"), outcome=_marked, short=of_few)
def mark_consents(work: Work) -> None:
    """Mark the consents of the members `params["ids"]` as signed on `params["signed_on"]`.

    `params["purpose"]` is the purpose of the consents; `params["by_hand"]` confirms that data missing on the cards were
    written on the papers.
    """
    signed_on = dt.date.fromisoformat(work.params["signed_on"])

    def mark(ids: list[int]) -> None:
        mark_many_signed(
            dict.fromkeys(ids, signed_on),
            purpose=work.params.get("purpose", ConsentPurpose.PROCESSING),
            by_hand=work.params.get("by_hand", False),
            by=work.actor,
        )

    work.each(work.params["ids"], CHUNK_CHANGED, mark)
    work.finish(marked=len(work.params["ids"]))
