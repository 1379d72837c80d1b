"""Background work on payroll lists: reading large ones, deleting old ones."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.jobs import uploads
from registry.jobs.kinds import daily, job
from registry.jobs.work import Work
from registry.spreadsheets.columns import Stored

from . import loading
from .transitions.forgetting import forget_drafts, forget_strangers


@job(
    loading.READ,
    _("Reading of a payroll list"),
    page=uploads.leads_to("dues:load_payroll_list"),
    given_up=uploads.forget,
    remains=uploads.REMAINS,
    meanwhile=uploads.MEANWHILE,
)
def read_payroll(work: Work) -> None:
    """Read the list of the employer `params["employer"]` for the month `params["month"]`."""

    def keep(rows: list[Stored]) -> str:
        month = dt.date.fromisoformat(work.params["month"])
        made = loading.store_rows(rows, employer_id=work.params["employer"], month=month, by=work.actor)
        return reverse("dues:payroll_list", args=[made.pk])

    uploads.read(work, loading.rows_of, keep)


@daily
def forget_payroll(today: dt.date) -> None:
    """Discard lists that nobody compared, and anonymise non-members in old ones (practice 7.5)."""
    forget_drafts()
    forget_strangers(today)
