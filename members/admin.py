"""Journals of members for the installation's administrator: what was destroyed; no card stands here."""

from django.contrib import admin

from members.movement.models import DestructionRecord
from registry.admin import ReadOnlyAdmin


@admin.register(DestructionRecord)
class DestructionRecordAdmin(ReadOnlyAdmin):
    """Records of destruction; they name nobody (V-B14)."""

    list_display = ("destroyed_at", "organization", "number", "member_number", "ticket_number", "reason")
    list_filter = ("destroyed_at",)
    list_select_related = ("organization",)
