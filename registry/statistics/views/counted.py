"""Figures that take too long for a page, counted by a job once a day (N-S3)."""

from __future__ import annotations

from collections import Counter

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registry.access import Actor
from registry.jobs.models import Job
from registry.organizations.models import Organization
from registry.states import allowed

from .. import rules
from ..counting import Numbers, Question
from ..exports import Counting, Report
from ..models import KeptCount
from ..transitions import COUNT


def numbers_of(question: Question, report: Report) -> Numbers | None:
    """Return the numbers, counted now or today by a job; None if there are none yet.

    The report then says what to do.
    """
    if question.is_quick:
        return question.numbers()
    asked = question.asked
    kept = KeptCount.objects.visible_to(asked.actor)
    row = kept.asked(asked.at, question.code, question.first, asked.day).first()
    if row is not None and row.counted_at is not None:
        at = date_format(timezone.localtime(row.counted_at), "H:i")
        report.notes.append(
            _("Counted today at %(time)s. The numbers are deleted when the day is over.") % {"time": at}
        )
        if row.is_being_counted:
            report.notes.append(_("The figures are being counted again. Until then you see those of that time."))
        job = job_of(row, COUNT, asked.actor) if row.is_being_counted else None
        offered = can_count_again(row, asked.at, asked.actor)
        report.again = Counting(question, row.is_being_counted, job, has_numbers=True, offered=offered)
        return Counter({tuple(key): number for *key, number in row.numbers or ()})
    report.counting = Counting(question, row is not None, job_of(row, COUNT, asked.actor))
    report.notes = [
        _("So many cards and books take longer to read than a page can wait: a job counts the figures once, and they "
          "are here until the day ends.")
        if row is None
        else _("The figures are being counted. They will be on this page.")
    ]  # fmt: skip
    return None


def can_count_again(row: KeptCount, place: Organization, actor: Actor) -> bool:
    """Return whether the actor can have the numbers of the row counted again now."""
    busy = KeptCount.objects.visible_to(actor).being_counted(place).exists()
    return allowed(rules.check_count_again, row, timezone.now(), busy)


def job_of(row: KeptCount | None, kind: str, actor: Actor) -> Job | None:
    """Return the actor's own job that counts the row."""
    own = Job.objects.visible_to(actor).open().filter(kind=kind) if row is not None else []
    return next((job for job in own if row is not None and job.params["count"] == row.pk), None)
