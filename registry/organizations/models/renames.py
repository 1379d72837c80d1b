"""Models of requests to rename an organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.history import HistoricalRecords

from ..enums import RenameState
from .tree import Organization

if TYPE_CHECKING:
    from registry.access import Actor


class RenameRequestQuerySet(models.QuerySet["RenameRequest"]):
    """Rename requests, visible to the applicant and to the superiors who decide."""

    def visible_to(self, actor: Actor | None) -> RenameRequestQuerySet:
        return self.filter(in_scope(actor, "organization__"))


class RenameRequest(models.Model):
    """A chair's report that the organisation's name is wrong, decided by the superior (U-3)."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="rename_requests", verbose_name=_("organisation")
    )
    full_name = models.CharField(_("full name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=150)
    comment = models.TextField(_("what is wrong"), blank=True, max_length=1000)
    state = models.CharField(_("state"), max_length=10, choices=RenameState.choices, default=RenameState.ASKED)
    asked_by = models.ForeignKey("registry.Account", models.PROTECT, related_name="+", verbose_name=_("requested by"))
    asked_at = models.DateTimeField(_("requested at"))
    decided_by = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=1000)
    #: Time when the chair read the answer.
    seen_at = models.DateTimeField(null=True, blank=True, editable=False)

    history = HistoricalRecords()

    objects = RenameRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("rename request")
        verbose_name_plural = _("rename requests")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(state=RenameState.ASKED), name="rename_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state=RenameState.ASKED, decided_at__isnull=True)
                | (~Q(state=RenameState.ASKED) & Q(decided_at__isnull=False)),
                name="rename_decided_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state=RenameState.DECLINED) | ~Q(reason=""), name="rename_declined_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_accepted(self) -> bool:
        """Return whether the superior organisation accepted the new name."""
        return self.state == RenameState.ACCEPTED
