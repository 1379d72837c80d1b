"""Pages of the Django admin: organisations and their time zones."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registry.enums import Level
from registry.organizations.models import Organization
from registry.organizations.rules.zones import of_region
from registry.organizations.transitions.zones import set_time_zone

from ..admin_site import actor_of, is_installation
from .base import Link, ScopedFilter, SearchedByKey, do_each


@admin.register(Organization)
class OrganizationAdmin(SearchedByKey):
    """The organisations; officers found and change them on their own pages."""

    list_display = ("short_name", "code", "level", "status", "parent", "days")
    list_filter = (ScopedFilter, "level", "status")
    keys = ("search_key", "code")
    search_help_text = _("Words of the name, or the code.")
    fields = ("full_name", "short_name", "code", "level", "status", "parent", "time_zone", "days", "federation")
    readonly_fields = ("days",)
    actions = ("zone_by_name", "zone_of_superior")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Organization]:
        return super().get_queryset(request).select_related("parent")

    def suggested(self, obj: Organization) -> str:
        above = f", {obj.parent}" if obj.parent is not None else ""
        return f"{obj}{above} ({obj.code})"

    def counted(self, count: int) -> str:
        return ngettext("%(n)s organisation", "%(n)s organisations", count) % {"n": count}

    def links_of_list(self, request: HttpRequest) -> list[Link]:
        if is_installation(request):
            return []
        return [(gettext("Organisations in the registry"), reverse("organizations:tree"))]

    def links_of(self, obj: Organization, request: HttpRequest) -> list[Link]:
        if is_installation(request):
            return []
        return [(gettext("Open in the registry"), reverse("organizations:detail", args=[obj.pk]))]

    @admin.display(description=_("time"), ordering="zone")
    def days(self, organization: Organization) -> str:
        return organization.time_zone_name

    @admin.action(description=_("Set the time zone by the name of the region"), permissions=["view"])
    def zone_by_name(self, request: HttpRequest, chosen: models.QuerySet[Organization]) -> None:
        """Set the time zone of regions that have none from their name (N-H3)."""
        regions = chosen.filter(level=Level.REGIONAL, time_zone="")
        told = {row: of_region(row.short_name, row.full_name) for row in regions}
        self._set(request, {row: zone for row, zone in told.items() if zone})

    @admin.action(description=_("Take the time zone of the superior organisation"), permissions=["view"])
    def zone_of_superior(self, request: HttpRequest, chosen: models.QuerySet[Organization]) -> None:
        """Clear the time zones of the chosen organisations, so that their superior's applies (N-H3)."""
        self._set(request, dict.fromkeys(chosen.exclude(time_zone=""), ""))

    def _set(self, request: HttpRequest, zones: dict[Organization, str]) -> None:
        by, told = actor_of(request), {row.pk: zone for row, zone in zones.items()}
        if not told:
            self.message_user(
                request,
                _("Nothing to change: the time zone is set already, or the name does not tell it."),
                messages.WARNING,
            )
        do_each(self, request, zones, lambda pk: set_time_zone(pk, time_zone=told[pk], by=by))
