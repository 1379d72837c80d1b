"""Admin pages of members for the administrator of the installation: destruction records; cards are not shown."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.movement.models import DestructionRecord
from registry.access import Actor
from registry.admin import ScopedAdmin, ScopedFilter


@admin.register(DestructionRecord)
class DestructionRecordAdmin(ScopedAdmin):
    """Records of destruction, which name nobody (V-B14); organisations see their own on separate pages."""

    for_federations = False
    list_display = ("destroyed_at", "organization", "number", "member_number", "ticket_number", "reason")
    list_filter = ("destroyed_at", ScopedFilter.by("organization__federation"))
    list_select_related = ("organization",)

    def counted(self, count: int) -> str:
        return ngettext("%(n)s destruction record", "%(n)s destruction records", count) % {"n": count}

    def title_of(self, obj: DestructionRecord) -> str:
        return _("destruction record № %(number)s") % {"number": obj.number}

    def scoped(self, rows: Any, actor: Actor) -> models.QuerySet[DestructionRecord]:
        return rows if actor.is_system else rows.none()
