"""Property contributions: set, charged, cancelled, reversed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.contributions import transitions as contributions
from dues.contributions.models import PropertyContribution
from dues.contributions.rules import Term

from .base import PLACE, SOCIETY, Asked, Scene, Table

#: Readers above and below see the contribution; the organisation that set it charges and cancels it.
SET_HERE = "+++0- - --- -0 000 +"


def _decision(s: Scene) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "organization_id": s.keeper.pk, "title": "Ремонт", "spending": "По смете", "body": "conference", "number": "4",
        "decided_on": today, "terms": [Term(today + dt.timedelta(days=30), Decimal(100))],
    }  # fmt: skip


def _set(s: Scene) -> dict[str, Any]:
    made = contributions.set_contribution(**_decision(s), by=s.chair)
    return {"contribution_id": made.pk, "organization_id": s.keeper.pk}


def _charged(s: Scene) -> dict[str, Any]:
    made = _set(s)
    contributions.charge_contribution(**made, by=s.chair)
    return made


def _cancelled(s: Scene) -> dict[str, Any]:
    made = _charged(s)
    found: PropertyContribution = contributions.cancel_contribution(
        made["contribution_id"], reason="Отменено", by=s.chair
    )
    return {**made, "contribution_id": found.pk}


TABLE: Table = {
    contributions.set_contribution: Asked(PLACE, "Organization", _decision, SOCIETY),
    contributions.charge_contribution: Asked(SET_HERE, "Organization PropertyContribution DuesAccount", _set, SOCIETY),
    contributions.cancel_contribution: Asked(
        SET_HERE,
        "Organization PropertyContribution",
        lambda s: {"contribution_id": _charged(s)["contribution_id"], "reason": "Отменено"},
        SOCIETY,
    ),
    contributions.reverse_contribution: Asked(
        SET_HERE, "Organization PropertyContribution DuesAccount", _cancelled, SOCIETY
    ),
}
