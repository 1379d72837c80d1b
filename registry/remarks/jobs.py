"""Remarks on many organisations, made one by one; overdue ones are shown to the superior (N-S1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.errors import NotAllowed, RuleViolation
from registry.jobs.kinds import daily_there, job
from registry.jobs.models import Job
from registry.jobs.queue import start_job
from registry.jobs.work import Work
from registry.organizations.models import Organization

from .models import Remark, RemarkRequest
from .transitions import ask_for_many, drop_request, make_asked, raise_remark

#: Kind of the job that makes remarks.
MAKE_MANY = "remarks.make_many"


def start_remarks_job(
    kind: str,
    places: Sequence[tuple[int, Sequence[int]]],
    *,
    text: str,
    term: dt.date | None,
    field: str = "",
    by: Actor,
) -> Job | None:
    """Start the job that makes the remarks; return None if the same job is already running. Call it in a transaction.

    Raises the errors of `ask_for_many`.
    """
    request = ask_for_many(kind, places, text=text, term=term, field=field, by=by)
    return start_job(MAKE_MANY, {"request": request.pk}, by=by) if request is not None else None


def _outcome(summary: Mapping[str, Any]) -> str:
    made = summary.get("made", 0)
    return ngettext("%(n)s remark is made.", "%(n)s remarks are made.", made) % {"n": made}


@job(
    MAKE_MANY,
    _("Remarks on many organisations"),
    page=lambda _row: f"{reverse('remarks:list')}?side=written",
    outcome=_outcome,
    meanwhile=_("You may leave this page and go on working; the remarks will be under «Remarks»."),
    remains=_("The remarks that were made before remain."),
    given_up=lambda row: drop_request(row.params["request"]),
)
def make_many(work: Work) -> None:
    """Make the remarks of the request `params["request"]`, each organisation in its own transaction."""
    request = RemarkRequest.objects.visible_to(work.actor).filter(pk=work.params["request"]).first()
    if request is None:
        raise NotAllowed

    def make(places: list[Any]) -> None:
        ((place, people),) = places
        try:
            made = make_asked(request, place, people, by=work.actor)
        except (RuleViolation, NotAllowed, Organization.DoesNotExist):
            # It has ended or was moved away meanwhile.
            made = False
        work.note(made=work.row.summary.get("made", 0) + made)

    work.each(request.places, 1, make)
    drop_request(request.pk)
    work.finish()


@daily_there
def raise_overdue(today: dt.date, zone: str) -> None:
    """Show each overdue remark to the superior of the organisation that has to answer."""
    by = Actor.system("remarks")
    late = Remark.objects.visible_to(by).open().filter(term__lt=today, raised_to=None).below_the_author()
    for pk in list(late.filter(organization__zone=zone).order_by("pk").values_list("pk", flat=True)):
        try:
            raise_remark(pk, by=by)
        except (RuleViolation, Remark.DoesNotExist):
            # It was answered or withdrawn meanwhile, or no organisation between it and the author is above it.
            continue
