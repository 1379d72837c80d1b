"""Stored sums of the figures of large subtrees."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .tree import Organization


class SubtreeFigures(models.Model):
    """Sums of the figures of an organisation and everything below it, counted again every minute by a worker.

    Only for the few with many organisations below them: reading seventy thousand rows takes longer than the rest of a
    page (invariant 9).
    """

    organization = models.OneToOneField(
        Organization,
        models.CASCADE,
        related_name="subtree_figures",
        primary_key=True,
        verbose_name=_("organisation"),
    )
    totals = models.JSONField(_("sums"), default=dict)
    #: Sums of each child with its subtree, by the child's id.
    children = models.JSONField(_("sums of the organisations right below"), default=dict)
    #: None until they are first counted.
    counted_at = models.DateTimeField(_("counted at"), null=True)
    #: Numbers of people registered and left in each month of the year so far.
    months = models.JSONField(_("movement by month"), default=list)
    months_counted_at = models.DateTimeField(_("movement counted at"), null=True)

    class Meta:
        verbose_name = _("sums of a large subtree")
        verbose_name_plural = _("sums of large subtrees")

    def __str__(self) -> str:
        return str(self.organization)
