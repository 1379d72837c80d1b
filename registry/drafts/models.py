"""Model of drafts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.fields import EncryptedJSONField

if TYPE_CHECKING:
    from registry.access import Actor

LIFETIME = dt.timedelta(days=30)


class DraftQuerySet(models.QuerySet["Draft"]):
    """Drafts; each is visible to its owner only."""

    def visible_to(self, actor: Actor | None) -> DraftQuerySet:
        """Return the actor's own drafts, whatever their appointment."""
        return self.filter(account=actor.account) if actor is not None and actor.account is not None else self.none()


class Draft(models.Model):
    """Unsaved contents of a form: encrypted, visible to the owner only, deleted when the form is saved."""

    account = models.ForeignKey("registry.Account", models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=80)
    values = EncryptedJSONField(default=dict)
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="draft_once")]
        indexes = [models.Index(fields=["saved_at"], name="draft_age")]

    def __str__(self) -> str:
        return self.key
