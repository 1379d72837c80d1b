"""Payments, rates, the charge of the year."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.ledger import transitions as years
from dues.notices import transitions as reminders
from dues.opening import transitions as openings
from dues.payments import transitions as payments
from dues.payments.transitions import Paid
from dues.rates import transitions as rates
from dues.reports import transitions as reports
from members.people.models import Member

from .base import CARD, CELL, PLACE, SOCIETY, Asked, Scene, Table

#: Files of figures are available to those who may download lists of the whole subtree.
FILES = "+++-- 0 ++- +- 000 +"
#: Rates belong to the federation: its chair, deputy and administrator set them.
FEDERAL = "----- - --- ++ --- +"
#: Reductions for categories are visible above and below; the organisation that set one ends it.
REDUCED = "+++0- - --- -0 000 +"


def _paid(s: Scene) -> dict[str, Any]:
    return {
        "member_id": s.member.pk, "fee": "voluntary", "year": None, "amount": Decimal("100"),
        "made_on": timezone.localdate(), "paper": "Ведомость № 1", "key": "one",
    }  # fmt: skip


def _entry(s: Scene) -> int:
    return payments.record_payment(**_paid(s), by=s.chair).entry.pk


def _opened(s: Scene) -> int:
    year = timezone.localdate().year
    openings.record_openings(s.keeper.pk, {s.member.pk: year}, paper="Книга взносов", by=s.chair)
    return s.member.pk


def _owing(s: Scene) -> int:
    """Return a member who owes the fee of the year and has an e-mail address."""
    years.charge_new_year(s.keeper.pk, timezone.localdate().year, by=s.chair)
    Member.objects.filter(pk=s.member.pk).update(email="member@example.org")
    return s.member.pk


def _rate(s: Scene) -> dict[str, Any]:
    day = timezone.localdate() + dt.timedelta(days=1)
    return {"fee": "annual", "amount": Decimal("77"), "valid_from": day, "paper": "Постановление № 7"}


def _last_month() -> dt.date:
    return timezone.localdate().replace(day=1) - dt.timedelta(days=1)


def _closed(s: Scene) -> int:
    return years.close_books(s.keeper.pk, _last_month(), by=s.chair).organization_id


def _downloaded(s: Scene) -> dict[str, Any]:
    return {"organization_id": s.keeper.pk, "first": timezone.localdate(), "last": timezone.localdate()}


def _set_rate(s: Scene) -> int:
    return rates.set_rate(s.keeper.federation, **_rate(s), by=s.actors["head"]).pk


def _reduction() -> dict[str, Any]:
    day = timezone.localdate() + dt.timedelta(days=1)
    return {"fee": "annual", "percent": 50, "valid_from": day, "paper": "Постановление № 8"}


def _reduced(s: Scene) -> int:
    return rates.reduce_for_category(s.keeper.pk, category="trustee", **_reduction(), by=s.chair).pk


TABLE: Table = {
    payments.record_payment: Asked(CELL, "Organization Member DuesAccount", _paid),
    payments.record_payments: Asked(
        PLACE, "Organization Member DuesAccount", lambda s: {"place_id": s.keeper.pk, "payments": [Paid(**_paid(s))]}
    ),
    payments.reverse_payment: Asked(CELL, "Member DuesAccount", lambda s: {"entry_id": _entry(s), "reason": "Ошибка"}),
    openings.record_openings: Asked(
        PLACE,
        "Organization Member DuesAccount",
        lambda s: {
            "place_id": s.keeper.pk,
            "paid_to": {s.member.pk: timezone.localdate().year},
            "paper": "Книга взносов",
        },
        SOCIETY,
    ),
    openings.take_opening_back: Asked(
        CELL, "Member DuesAccount", lambda s: {"member_id": _opened(s), "reason": "Ошибка"}, SOCIETY
    ),
    reminders.start_reminder: Asked("+++0- - --- -0 000 +", "Member", lambda s: {"member_id": _owing(s)}, SOCIETY),
    reminders.record_printed: Asked(
        PLACE, "Organization Member", lambda s: {"place_id": s.keeper.pk, "member_ids": [_owing(s)]}, SOCIETY
    ),
    rates.load_rates: Asked(FEDERAL, "Federation", lambda s: {"federation": s.keeper.federation}),
    rates.set_rate: Asked(FEDERAL, "Federation", lambda s: {"federation": s.keeper.federation, **_rate(s)}, SOCIETY),
    rates.take_rate_back: Asked(
        FEDERAL, "Federation Rate", lambda s: {"rate_id": _set_rate(s), "federation": s.keeper.federation}, SOCIETY
    ),
    reports.ask_for_report: Asked("+++-+ 0 +++ +- 000 +", "Organization", _downloaded),
    reports.record_report: Asked(FILES, "", _downloaded),
    reports.record_accounting: Asked(FILES, "", lambda s: {**_downloaded(s), "form": "xlsx", "count": 3}),
    rates.reduce_for_category: Asked(
        PLACE,
        "Organization",
        lambda s: {"organization_id": s.keeper.pk, "category": "trustee", **_reduction()},
        SOCIETY,
    ),
    rates.reduce_for_member: Asked(
        CARD, "Organization Member DuesAccount", lambda s: {"member_id": s.member.pk, **_reduction()}, SOCIETY
    ),
    rates.end_reduction: Asked(
        REDUCED,
        "Organization Reduction",
        lambda s: {"reduction_id": _reduced(s), "valid_until": timezone.localdate() + dt.timedelta(days=9)},
        SOCIETY,
    ),
    rates.take_reduction_back: Asked(
        REDUCED, "Organization Reduction", lambda s: {"reduction_id": _reduced(s)}, SOCIETY
    ),
    years.charge_new_year: Asked(
        PLACE,
        "Organization DuesAccount",
        lambda s: {"organization_id": s.keeper.pk, "year": timezone.localdate().year},
        SOCIETY,
    ),
    years.close_books: Asked(PLACE, "Organization", lambda s: {"organization_id": s.keeper.pk, "until": _last_month()}),
    years.reopen_books: Asked(
        PLACE,
        "Organization ClosedBooks",
        lambda s: {
            "organization_id": years.close_books(s.keeper.pk, _last_month(), by=s.chair).organization_id,
            "until": _last_month(),
            "reason": "Ошибка",
        },
    ),
}
