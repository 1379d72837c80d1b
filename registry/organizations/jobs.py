"""Background jobs on organisations: reading large lists (N-H3), sums over many organisations (invariant 9)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.enums import Permission
from registry.jobs import uploads
from registry.jobs.kinds import daily, job, often
from registry.jobs.work import Work
from registry.spreadsheets.files import ReadBefore

from .imports import READ_LIST, read_list
from .models import Organization
from .queries import KEPT_SECONDS
from .transitions.figures import count_large_subtrees, name_large_subtrees


@job(
    READ_LIST,
    _("Reading of a list of organisations"),
    page=uploads.leads_to("organizations:load_list", "parent"),
    given_up=uploads.forget,
    remains=uploads.REMAINS,
    meanwhile=uploads.MEANWHILE,
)
def read_organizations(work: Work) -> None:
    """Read the list of organisations below `params["parent"]`; rows without a level get `params["level"]`."""
    parent = Organization.objects.visible_to(work.actor).select_related("federation").get(pk=work.params["parent"])
    level = work.params["level"]

    def look(sheets: ReadBefore) -> ReadBefore:
        read_list(sheets, parent, level)
        return sheets

    def keep(sheets: ReadBefore) -> str:
        file = uploads.keep_sheets(
            sheets, place=parent, name="organizations", permission=Permission.FOUND_ORGANIZATIONS, by=work.actor
        )
        return f"{reverse('organizations:check_list', args=[parent.pk, file.pk])}?level={level}"

    uploads.read(work, look, keep)


@daily
def find_large_subtrees(today: dt.date) -> None:
    """Find the organisations with subtrees so large that a worker counts their sums."""
    name_large_subtrees()


@often
def count_sums(now: dt.datetime) -> None:
    """Count the sums of large subtrees that are a minute old."""
    count_large_subtrees(now - dt.timedelta(seconds=KEPT_SECONDS), now)
