"""Models of property contributions: decision and terms of payment (V-D2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.enums import Permission, Role
from registry.fields import KopecksField
from registry.history import HistoricalRecords

if TYPE_CHECKING:
    from registry.access import Actor


class PropertyContributionQuerySet(models.QuerySet["PropertyContribution"]):
    def visible_to(self, actor: Actor) -> PropertyContributionQuerySet:
        """Return the contributions of organisations in the actor's subtree and of those above it, whose members pay.

        A collector sees none: registers name their purpose (V-D4).
        """
        if Permission.VIEW_DUES not in actor.permissions or actor.role == Role.COLLECTOR:
            return self.none()
        own = in_scope(actor, "organization__")
        return self.filter(own | Q(organization__in=actor.organization.ancestor_ids) if actor.organization else own)

    def valid(self) -> PropertyContributionQuerySet:
        """Return the contributions that are not cancelled."""
        return self.filter(cancelled_on__isnull=True)


class PropertyContribution(models.Model):
    """A contribution that each member of an organisation and of those below it owes, by a decision (V-D2).

    The decision is never changed; a mistaken one is cancelled and recorded again.
    """

    organization = models.ForeignKey(
        "registry.Organization",
        models.PROTECT,
        related_name="property_contributions",
        verbose_name=_("organisation"),
    )
    #: Id of the decided item of an agenda; None if the decision was entered from its paper. Not a foreign key, because
    #: items may be about a person, and this record would then have to be destroyed with the card.
    agenda_item = models.PositiveBigIntegerField(_("agenda item"), null=True, blank=True)
    title = models.CharField(_("what it is for"), max_length=120)
    spending = models.CharField(_("order of spending"), max_length=500)
    #: People registered on this day owe the contribution.
    decided_on = models.DateField(_("date of the decision"))
    paper = models.CharField(_("decision"), max_length=200)
    #: Sum of the terms, for one member.
    amount = KopecksField(_("sum, roubles"))
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    reason = models.CharField(_("reason of the cancellation"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = PropertyContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("property contribution")
        verbose_name_plural = _("property contributions")
        ordering = ["-decided_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="contribution_above_zero"),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True, reason="") | (Q(cancelled_on__isnull=False) & ~Q(reason="")),
                name="contribution_cancelled_has_reason",
            ),
            models.UniqueConstraint(
                fields=["agenda_item"], condition=Q(cancelled_on__isnull=True), name="contribution_of_item_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "decided_on", "paper", "title"],
                condition=Q(cancelled_on__isnull=True),
                name="contribution_decided_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ContributionTerm(models.Model):
    """A sum of the contribution and the day by which it is due: all of it, or an instalment."""

    contribution = models.ForeignKey(PropertyContribution, models.CASCADE, related_name="terms")
    due_on = models.DateField(_("due by"))
    amount = KopecksField(_("sum, roubles"))

    class Meta:
        verbose_name = _("term of a property contribution")
        verbose_name_plural = _("terms of property contributions")
        ordering = ["contribution", "due_on"]
        constraints = [
            models.UniqueConstraint(fields=["contribution", "due_on"], name="contribution_term_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="contribution_term_above_zero"),
        ]

    def __str__(self) -> str:
        return str(self.due_on)
