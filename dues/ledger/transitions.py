"""Transition that charges the annual fee (V-D1, practice 4.7)."""

from __future__ import annotations

import datetime as dt

from dues.rates.rules.setting import check_year
from registry.access import Actor
from registry.enums import Permission
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from registry.transitions import change

from . import book as ledger


def charge_new_year(organization_id: int, year: int, *, by: Actor, known_before: dt.date | None = None) -> int:
    """Charge members of the organisation not charged for the year; return the number charged.

    `known_before` excludes cards entered on that day or later, whose dues of the year were paid elsewhere.
    Raises `RuleViolation` for a year that has not begun, `NotAllowed`.
    """
    with change(by=by, rule="V-D1", event="dues.year_charged") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        if not organization.keeps_cards:
            raise NotAllowed
        check_year(year, act.today)
        count = ledger.charge_year(act, organization, year, known_before=known_before)
        act.about(organization, organization=organization, year=year, count=count)
        act.silent = not count
    return count
