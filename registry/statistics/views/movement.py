"""Movement of the members in a period by reason, equal to the registration books (N-S3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from registry.access import Actor
from registry.days import day_text
from registry.organizations.models import Organization

from .. import rules
from ..counting import CAME, LEFT, MOVEMENT, Asked, Question, movement_of
from ..exports import Figure, Report, Table, reason_name
from ..forms import PeriodForm, YearForm
from ..suppression import Mark, hide_list, is_small
from .counted import numbers_of


def period_form(data: Mapping[str, Any], at: Organization, actor: Actor) -> PeriodForm | YearForm:
    """Return the form with the period in the address; by default this year, or the last one that has ended."""
    this = at.today.replace(month=1, day=1)
    if rules.sees_persons(actor):
        values = data if "first" in data else {"first": day_text(this), "last": day_text(at.today)}
        return PeriodForm(values, place=at, actor=actor)
    before = day_text(this.replace(year=this.year - 1))
    return YearForm(data if "first" in data else {"first": before}, place=at, actor=actor)


def movement(actor: Actor, at: Organization, data: Mapping[str, Any]) -> Report:
    """Return the members before and after the period, and the people who came and left by reason."""
    form = period_form(data, at, actor)
    report = Report("movement", at, _("Movement of the members"), form, hides=not rules.sees_persons(actor))
    if not form.is_valid():
        return report
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    report.period = _("from %(first)s to %(last)s") % {"first": day_text(first), "last": day_text(last)}
    numbers = numbers_of(Question(MOVEMENT, Asked(at, last, actor), first), report)
    if numbers is None:
        return report
    found = movement_of(numbers)
    came, left = sum(found.came.values()), sum(found.left.values())
    # Each of the four figures follows from the others.
    if report.hides and any(is_small(value) for value in (found.before, came, left, found.after)):
        report.notes.append(_("Too few people came, left or were registered in this year to show the figures."))
        return report
    eve = first - dt.timedelta(days=1)
    report.tiles = [
        (_("Registered on %(day)s") % {"day": day_text(eve)}, Figure.of(found.before)),
        (_("Came"), Figure.of(came)),
        (_("Left"), Figure.of(left)),
        (_("Registered on %(day)s") % {"day": day_text(last)}, Figure.of(found.after)),
    ]
    if found.moved and not report.hides:
        report.notes.append(
            _("Organisations that were moved here or away changed the number of members by %(count)s.")
            % {"count": f"{found.moved:+d}"}
        )
    if not at.keeps_cards or at.charter.cell is not None:
        report.notes.append(_("Moves between organisations and cells below count both as coming and as leaving."))
    period = {"first": day_text(first), "last": day_text(last)}
    report.tables = [
        _table("came", _("Came"), CAME, found.came, report, period),
        _table("left", _("Left"), LEFT, found.left, report, period),
    ]
    return report


def _table(
    way: str, title: str, reasons: Sequence[str], found: Mapping[str, int], report: Report, period: Mapping[str, str]
) -> Table:
    shown = [reason for reason in reasons if found.get(reason)]
    marks = hide_list([found[reason] for reason in shown]) if report.hides else [Mark.SHOWN] * len(shown)
    if marks is None:
        return Table(
            way, title, _("Reason"), [_("Number of people")], [], note=_("Too few people to show their figures.")
        )
    page = reverse("statistics:moves", args=[report.at.pk])
    rows = []
    for reason, mark in zip(shown, marks, strict=True):
        url = "" if report.hides else f"{page}?{urlencode({**period, way: reason})}"
        rows.append((reason_name(way, reason), "", [Figure.of(found[reason], mark, url=url)]))
    return Table(way, title, _("Reason"), [_("Number of people")], rows, [Figure.of(sum(found.values()))])
