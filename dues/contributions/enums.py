"""Choices of property contributions."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DecidedBy(TextChoices):
    """Bodies that may set a property contribution (V-D2)."""

    CONFERENCE = "conference", _("conference")
    GENERAL_MEETING = "meeting", _("general meeting")


#: Kind of paper in ledger entries for a decision.
PAPERS: dict[str, str] = {
    DecidedBy.CONFERENCE: "Постановление конференции",
    DecidedBy.GENERAL_MEETING: "Решение общего собрания",
}
