"""Background jobs on opening balances: reading large lists (V-D1)."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.jobs import uploads
from registry.jobs.kinds import job
from registry.jobs.work import Work
from registry.organizations.models import Organization
from registry.spreadsheets.files import ReadBefore

from .imports import READ, Planned, read_openings
from .preview import keep_plan


@job(
    READ,
    _("Reading of opening balances"),
    page=uploads.leads_to("dues:load_openings"),
    given_up=uploads.forget,
    remains=uploads.REMAINS,
    meanwhile=uploads.MEANWHILE,
)
def read_opening_list(work: Work) -> None:
    """Read the opening balances of the organisation `params["place"]`, and store the plan."""
    place = Organization.objects.visible_to(work.actor).select_related("federation").get(pk=work.params["place"])

    def look(sheets: ReadBefore) -> list[Planned]:
        return read_openings(sheets, place, work.actor, timezone.localdate())

    def keep(rows: list[Planned]) -> str:
        return reverse("dues:check_openings", args=[keep_plan(rows, place, by=work.actor).pk])

    uploads.read(work, look, keep)
