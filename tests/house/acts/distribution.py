"""Distribution of income, money passed on, acts of reconciliation."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.distribution import transitions as distribution
from dues.distribution.models import Distribution, DistributionDecision, Remittance, SettlementAct
from dues.payments.transitions import Paid, record_payments

from .base import KEPT, PLACE, Asked, Scene, Table

#: The superior that receives the money confirms it; the sender sees it but may not confirm.
RECEIVER = "---0- 0 ++- -0 000 +"


def _yesterday() -> dt.date:
    return timezone.localdate() - dt.timedelta(days=1)


def _decision(s: Scene) -> dict[str, Any]:
    shares = [(s.keeper.pk, "Устав", Decimal(60)), (s.keeper.parent_id, "", Decimal(40))]
    return {
        "organization_id": s.keeper.pk, "body": "Правление", "number": "3", "decided_on": _yesterday(),
        "valid_from": _yesterday(), "shares": shares,
    }  # fmt: skip


def _decided(s: Scene) -> DistributionDecision:
    return distribution.decide_shares(**_decision(s), by=s.chair)


def _received(s: Scene) -> dict[str, Any]:
    _decided(s)
    paid = Paid(s.member.pk, "voluntary", None, Decimal(100), _yesterday(), "Квитанция", key="acts")
    record_payments(s.keeper.pk, [paid], by=s.chair)
    return {"organization_id": s.keeper.pk, "last": _yesterday()}


def _distributed(s: Scene) -> Distribution:
    return distribution.distribute(**_received(s), by=s.chair)


def _owed(s: Scene) -> dict[str, Any]:
    _distributed(s)
    return {
        "organization_id": s.keeper.pk, "receiver_id": s.keeper.parent_id, "amount": Decimal(10),
        "made_on": timezone.localdate(), "source": "received", "paper": "Платёжное поручение № 5",
    }  # fmt: skip


def _sent(s: Scene) -> Remittance:
    return distribution.pass_on(**_owed(s), by=s.chair)


def _pair(s: Scene) -> dict[str, Any]:
    today = timezone.localdate()
    pair = {"organization_id": s.keeper.pk, "superior_id": s.keeper.parent_id, "by_superior": False}
    return {**pair, "first": today, "last": today}


def _drawn(s: Scene) -> SettlementAct:
    return distribution.draw_act(**_pair(s), by=s.chair)


TABLE: Table = {
    distribution.decide_shares: Asked(PLACE, "Organization", _decision),
    distribution.take_decision_back: Asked(
        KEPT, "Organization DistributionDecision", lambda s: {"decision_id": _decided(s).pk}
    ),
    distribution.distribute: Asked(PLACE, "Organization", _received),
    distribution.take_distribution_back: Asked(
        KEPT, "Organization Distribution", lambda s: {"distribution_id": _distributed(s).pk, "reason": "Ошибка"}
    ),
    distribution.pass_on: Asked(PLACE, "Organization", _owed),
    distribution.take_remittance_back: Asked(
        KEPT, "Organization Remittance", lambda s: {"remittance_id": _sent(s).pk, "reason": "Ошибка"}
    ),
    distribution.confirm_remittance: Asked(
        RECEIVER,
        "Organization Remittance",
        lambda s: {"remittance_id": _sent(s).pk, "received_on": timezone.localdate(), "source": "received"},
    ),
    distribution.report_not_found: Asked(
        RECEIVER, "Organization Remittance", lambda s: {"remittance_id": _sent(s).pk, "reason": "Нет"}
    ),
    distribution.draw_act: Asked(PLACE, "Organization", _pair),
    distribution.answer_act: Asked(
        RECEIVER, "Organization SettlementAct", lambda s: {"act_id": _drawn(s).pk, "differences": ""}
    ),
}
