"""Tasks about payroll lists: waiting lists, and members missing in them (U-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider

from .enums import OPEN_LISTS, ListState
from .models import PayrollAbsence, PayrollList


def _records(actor: Actor) -> bool:
    """Return whether the actor posts the lists of employers."""
    own = actor.organization
    deducts = own is not None and own.keeps_cards and own.charter.pays_percentage
    return deducts and actor.may(Permission.RECORD_DUES, own)


def _open_lists(scope: Scope) -> QuerySet[Any, Any]:
    lists = PayrollList.objects.visible_to(scope.actor)
    return tally(lists.filter(employer__organization=scope.own, state__in=OPEN_LISTS), count=Count("pk"))


def _absent(scope: Scope, **rows: Any) -> QuerySet[Any, Any]:
    """Return the members missing in the last posted list of their employer, without an answer."""
    later = PayrollList.objects.visible_to(scope.actor).filter(
        employer=OuterRef("payroll_list__employer"), state=ListState.POSTED, month__gt=OuterRef("payroll_list__month")
    )
    absences = PayrollAbsence.objects.visible_to(scope.actor).filter(
        ~Exists(later),
        payroll_list__employer__organization=scope.own,
        payroll_list__state=ListState.POSTED,
        reason="",
        **rows,
    )
    return tally(absences, count=Count("pk"))


def _absent_once(scope: Scope) -> QuerySet[Any, Any]:
    return _absent(scope, in_a_row=1)


def _absent_again(scope: Scope) -> QuerySet[Any, Any]:
    return _absent(scope, in_a_row__gt=1)


@provider(_records, lists=_open_lists, once=_absent_once, again=_absent_again)
def payroll(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield tasks for lists to be posted, and for members missing in the last list; from the second consecutive list on
    they are due today.
    """
    if count := waiting["lists"].count:
        text = ngettext("Post %(n)s payroll list", "Post %(n)s payroll lists", count)
        detail = _("Answer its differences, and post it when the money has come.")
        yield _task(text % {"n": count}, detail)
    if count := waiting["again"].count:
        text = ngettext(
            "%(n)s member is left out of two payroll lists in a row",
            "%(n)s members are left out of two payroll lists in a row",
            count,
        )
        detail = _("Find out why no dues are deducted: the membership stays until you end it.")
        own = actor.organization
        yield _task(text % {"n": count}, detail, due=own.today if own is not None else None)
    if count := waiting["once"].count:
        text = ngettext(
            "%(n)s member is not in the last payroll list", "%(n)s members are not in the last payroll list", count
        )
        yield _task(text % {"n": count}, _("Say why, or ask the accounts office."))


def _task(text: str, detail: str, due: dt.date | None = None) -> Task:
    return Task(text=text, detail=detail, due=due, action=_("Payroll lists"), action_url=reverse("dues:payroll_lists"))
