"""Admin pages of members for the administrator of the installation: destruction records; cards are not shown."""

from django.contrib import admin

from members.movement.models import DestructionRecord
from registry.admin import ReadOnlyAdmin


@admin.register(DestructionRecord)
class DestructionRecordAdmin(ReadOnlyAdmin):
    """Records of destruction, which name nobody (V-B14)."""

    list_display = ("destroyed_at", "organization", "number", "member_number", "ticket_number", "reason")
    list_filter = ("destroyed_at",)
    list_select_related = ("organization",)
