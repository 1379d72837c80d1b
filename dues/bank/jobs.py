"""Background work on bank statements: reading large tables (V-D4), anonymising destroyed payers (V-B14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.enums import Permission
from registry.jobs import uploads
from registry.jobs.kinds import daily, job
from registry.jobs.work import Work
from registry.organizations.models import Organization
from registry.spreadsheets.files import ReadBefore

from . import loading
from .reading.statement import StatementRefused
from .rules.lines import refuse_statement
from .transitions.forgetting import forget_payers, forget_people_of_old_papers


def result_in_words(summary: Mapping[str, Any]) -> str:
    """Return what was loaded, as one or two sentences; empty if the columns have to be asked for first."""
    if summary.get("before"):
        return str(_("This file was loaded before. Nothing is posted again."))
    if "loaded" not in summary:
        return ""
    count, repeated = summary["loaded"], summary["repeated"]
    text = ngettext("%(n)s payment is loaded.", "%(n)s payments are loaded.", count) % {"n": count}
    if repeated:
        again = ngettext(
            "%(n)s payment was loaded before and is not posted again.",
            "%(n)s payments were loaded before and are not posted again.",
            repeated,
        )
        text = f"{text} {again % {'n': repeated}}"
    return text


def result_counts(loaded: loading.Loaded) -> dict[str, Any]:
    """Return the numbers for `result_in_words`."""
    return {"before": loaded.before, "loaded": len(loaded.lines), "repeated": loaded.statement.repeated}


@job(
    loading.READ,
    _("Reading of a table of a bank"),
    page=uploads.leads_to("dues:load_statement"),
    outcome=result_in_words,
    given_up=uploads.forget,
    remains=uploads.REMAINS,
    meanwhile=uploads.MEANWHILE,
)
def read_statement(work: Work) -> None:
    """Load the table if the meaning of its columns is known; otherwise store it until somebody enters the meaning."""
    organization = Organization.objects.visible_to(work.actor).select_related("federation").get(pk=work.params["place"])

    def look(sheets: ReadBefore) -> ReadBefore:
        try:
            loading.open_table(organization, sheets)
        except StatementRefused as refused:
            refuse_statement([(fault.line, fault.text) for fault in refused.faults])
        return sheets

    def keep(sheets: ReadBefore) -> str:
        try:
            work.note(**result_counts(loading.load_file(organization, sheets, by=work.actor)))
        except (loading.ColumnsUnknown, loading.TableRefused):
            file = uploads.keep_sheets(
                sheets, place=organization, name="bank statement", permission=Permission.RECORD_DUES, by=work.actor
            )
            return reverse("dues:check_statement", args=[file.pk])
        except StatementRefused as refused:
            refuse_statement([(fault.line, fault.text) for fault in refused.faults])
        return reverse("dues:bank")

    uploads.read(work, look, keep)


@daily
def forget_destroyed_payers(today: dt.date) -> None:
    """Remove the names of payers whose cards were destroyed."""
    forget_payers()


@daily
def forget_old_papers(today: dt.date) -> None:
    """Remove the names of payers and receivers from papers past their retention (practice 7.5)."""
    forget_people_of_old_papers(today)
