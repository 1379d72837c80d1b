"""What the worker does about dues by itself: the annual fees of a new year (V-D1, practice 4.7)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from members.models import Member
from registry.access import Actor
from registry.jobs import daily
from registry.models import Federation

from .enums import Fee
from .rules import rate_on, rates_of
from .rules.figures import not_charged
from .transitions import charge_new_year


@daily
def charge_years(today: dt.date) -> None:
    """Everybody who was on account on 1 January is charged for the year; what is charged already stays as it is."""
    new_year = dt.date(today.year, 1, 1)
    for pk in uncharged_organizations(today.year, known_before=new_year):
        charge_new_year(pk, today.year, by=Actor.system("new year"), known_before=new_year)


def uncharged_organizations(year: int, *, known_before: dt.date | None = None, code: str = "") -> list[int]:
    """Ids of the organisations that keep cards of people not charged for the year; `code` narrows to one."""
    new_year = dt.date(year, 1, 1)
    charging = [f.pk for f in Federation.objects.all() if rate_on(rates_of(f), Fee.ANNUAL, new_year) is not None]
    members = Member.objects.on_account().filter(federation__in=charging)
    if known_before is not None:
        members = members.filter(created_at__lt=timezone.make_aware(dt.datetime.combine(known_before, dt.time())))
    if code:
        members = members.filter(organization__code=code)
    found = not_charged(members, year).order_by("organization").values_list("organization", flat=True).distinct()
    return [pk for pk in found if pk is not None]
