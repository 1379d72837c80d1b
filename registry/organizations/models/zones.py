"""Filters for rows of organisations in several time zones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from ..enums import TimeZone


def on_its_day(condition: Callable[[dt.date], Q], prefix: str = "") -> Q:
    """Return the filter for rows that meet the condition on the present date of their organisation.

    `prefix` is a lookup to the organisation, such as `unit__`. Within Russia there are at most two dates at a time, and
    mostly only one.
    """
    days: dict[dt.date, list[str]] = {}
    for zone in ("", *TimeZone.values):
        days.setdefault(timezone.localdate(timezone=ZoneInfo(zone or settings.TIME_ZONE)), []).append(zone)
    if len(days) == 1:
        return condition(*days)
    found = Q()
    for day, zones in days.items():
        found |= condition(day) & Q(**{f"{prefix}zone__in": zones})
    return found
