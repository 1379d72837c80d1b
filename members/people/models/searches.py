"""Duplicates that officers were shown in other organisations, and requests for more (N-A1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope

if TYPE_CHECKING:
    from registry.access import Actor


class ForeignHit(models.Model):
    """A duplicate in another organisation shown to an account, stored as a digest that names nobody."""

    account = models.ForeignKey("registry.Account", models.CASCADE, related_name="+", verbose_name=_("account"))
    ref = models.CharField(max_length=16)
    on = models.DateField(_("first shown on"))

    class Meta:
        verbose_name = _("duplicate found elsewhere")
        verbose_name_plural = _("duplicates found elsewhere")
        constraints = [models.UniqueConstraint(fields=["account", "ref"], name="foreign_hit_once")]
        indexes = [
            models.Index(fields=["account", "on"], name="foreign_hit_of_day"),
            models.Index(fields=["on"], name="foreign_hit_age"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SearchRequestQuerySet(models.QuerySet["SearchRequest"]):
    def visible_to(self, actor: Actor | None) -> SearchRequestQuerySet:
        """Return the requests of organisations within the actor's scope."""
        return self.filter(in_scope(actor, "organization__"))

    def waiting(self) -> SearchRequestQuerySet:
        """Return requests that the superior has not allowed."""
        return self.filter(allowed_at=None)


class SearchRequest(models.Model):
    """An officer has found the maximum number of people elsewhere in a day; the superior allows more, or does not."""

    account = models.ForeignKey("registry.Account", models.CASCADE, related_name="+", verbose_name=_("officer"))
    organization = models.ForeignKey(
        "registry.Organization", models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    wanted = models.PositiveIntegerField(_("people to be shown"))
    asked_at = models.DateTimeField(_("asked at"))
    allowed_at = models.DateTimeField(_("allowed at"), null=True)
    allowed_by = models.ForeignKey(
        "registry.Account", models.SET_NULL, null=True, related_name="+", verbose_name=_("allowed by")
    )

    objects = SearchRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for more searches")
        verbose_name_plural = _("requests for more searches")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(allowed_at=None), name="search_request_waits_once")
        ]
        indexes = [models.Index(fields=["asked_at"], name="search_request_age")]

    def __str__(self) -> str:
        return str(self.pk)
