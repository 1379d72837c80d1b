"""Background jobs on organisations: reading of large lists (N-H3)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.enums import Permission
from registry.jobs import uploads
from registry.jobs.kinds import job
from registry.jobs.work import Work
from registry.spreadsheets.files import ReadBefore

from .imports import READ_LIST, read_list
from .models import Organization


@job(
    READ_LIST,
    _("Reading of a list of organisations"),
    page=uploads.leads_to("organizations:load_list", "parent"),
    given_up=uploads.forget,
    remains=uploads.REMAINS,
    meanwhile=uploads.MEANWHILE,
)
def read_organizations(work: Work) -> None:
    """Read the list of organisations below `params["parent"]`; rows without a level are of `params["level"]`."""
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
