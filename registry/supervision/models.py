"""Stored figures of each organisation for the overview, and notes of organisations that have changed (N-S1)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.fields import KopecksField


class OverviewFigures(models.Model):
    """Figures of one organisation's own people and records on the day they were counted.

    Figures of a subtree are sums of its rows. They are recounted after changes (`ChangedOrganization`) and when a day
    begins, because terms pass.
    """

    organization = models.OneToOneField(
        "registry.Organization",
        models.CASCADE,
        related_name="overview",
        primary_key=True,
        verbose_name=_("organisation"),
    )
    #: The date at the organisation; figures of a year are those of this date's year.
    counted_on = models.DateField(_("counted on"))
    #: Lines of the registration book begun and ended this year.
    came = models.PositiveIntegerField(_("registered this year"), default=0)
    left = models.PositiveIntegerField(_("left this year"), default=0)
    passport_complete = models.PositiveSmallIntegerField(_("passport complete"), default=0)
    charged = KopecksField(_("charged this year, roubles"), default=Decimal(0))
    paid = KopecksField(_("paid this year, roubles"), default=Decimal(0))
    owed = KopecksField(_("arrears, roubles"), default=Decimal(0))
    debtors = models.PositiveIntegerField(_("members in arrears"), default=0)
    tickets_in_stock = models.PositiveIntegerField(_("tickets in stock"), default=0)
    without_ticket = models.PositiveIntegerField(_("members without a ticket"), default=0)
    #: Members by the status of their electronic card (`CardStatus`).
    card_none = models.PositiveIntegerField(_("electronic cards not ordered"), default=0)
    card_ordered = models.PositiveIntegerField(_("electronic cards in an order"), default=0)
    card_refused = models.PositiveIntegerField(_("electronic cards not accepted or not made"), default=0)
    card_production = models.PositiveIntegerField(_("electronic cards being made"), default=0)
    card_above = models.PositiveIntegerField(_("electronic cards at the superior organisation"), default=0)
    card_here = models.PositiveIntegerField(_("electronic cards to be handed out"), default=0)
    card_issued = models.PositiveIntegerField(_("electronic cards handed out"), default=0)
    card_blocked = models.PositiveIntegerField(_("electronic cards blocked"), default=0)
    tasks_overdue = models.PositiveIntegerField(_("overdue tasks"), default=0)
    without_chair = models.PositiveSmallIntegerField(_("without a chair"), default=0)
    #: Whether no chair has signed in for `MAX_DAYS_AWAY` days.
    chair_away = models.PositiveSmallIntegerField(_("chair has not signed in"), default=0)
    reconciliation_due = models.PositiveSmallIntegerField(_("reconciliation not sent"), default=0)
    reconciliation_sent = models.PositiveSmallIntegerField(_("reconciliation sent"), default=0)

    class Meta:
        verbose_name = _("figures of the overview")
        verbose_name_plural = _("figures of the overview")

    def __str__(self) -> str:
        return str(self.pk)


class ChangedOrganizationQuerySet(models.QuerySet["ChangedOrganization"]):
    def note(self, ids: Iterable[int]) -> None:
        """Note that something about the organisations has changed, in the transaction of the change."""
        self.bulk_create([self.model(organization_id=pk) for pk in sorted(ids)])


class ChangedOrganization(models.Model):
    """A note that something about an organisation has changed since its figures were counted.

    Every transition adds its own row instead of marking the figures, so that transitions do not wait for each other.
    """

    organization = models.ForeignKey("registry.Organization", models.CASCADE, related_name="+")

    objects = ChangedOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("changed organisation")
        verbose_name_plural = _("changed organisations")

    def __str__(self) -> str:
        return str(self.pk)
