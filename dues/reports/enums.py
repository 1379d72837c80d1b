"""Choices of reports of dues: figures, periods, ways to group."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Figure(TextChoices):
    """Figures of a report; each links to the lines behind it."""

    CHARGED = "charged", pgettext_lazy("report of dues", "Charged")
    PAID = "paid", pgettext_lazy("report of dues", "Paid")
    #: At the end of the last day.
    OWED = "owed", pgettext_lazy("report of dues", "Owed")


class Part(TextChoices):
    """Part of the year that a report covers."""

    YEAR = "year", _("whole year")
    Q1 = "q1", _("first quarter")
    Q2 = "q2", _("second quarter")
    Q3 = "q3", _("third quarter")
    Q4 = "q4", _("fourth quarter")
    M01 = "m01", _("January")
    M02 = "m02", _("February")
    M03 = "m03", _("March")
    M04 = "m04", _("April")
    M05 = "m05", _("May")
    M06 = "m06", _("June")
    M07 = "m07", _("July")
    M08 = "m08", _("August")
    M09 = "m09", _("September")
    M10 = "m10", _("October")
    M11 = "m11", _("November")
    M12 = "m12", _("December")
    #: From one day to another.
    DAYS = "days", _("from one day to another")


class By(TextChoices):
    """Pages of a report, by the grouping of its sums."""

    FEE = "fee", _("Kinds and years")
    PLACE = "place", pgettext_lazy("report of dues", "Organisations")
    WAY = "way", pgettext_lazy("report of dues", "Collectors")
    DAY = "day", pgettext_lazy("report of dues", "Days")
    MONTH = "month", _("Year against year")
