"""Models of rates of dues, reductions and exemptions (V-D1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import Fee
from members.people.enums import Category
from registry.access import in_scope, usable
from registry.days import day_text
from registry.enums import Permission, Role
from registry.fields import KopecksField
from registry.history import HistoricalRecords

if TYPE_CHECKING:
    import datetime as dt

    from registry.access import Actor
    from registry.organizations.models import Organization


class Rate(models.Model):
    """The amount of a kind of dues from a day on, with the paper that set it; never changed retroactively (V-D1)."""

    federation = models.ForeignKey(
        "registry.Federation", models.PROTECT, related_name="rates", verbose_name=_("federation")
    )
    fee = models.CharField(_("kind of dues"), max_length=10, choices=Fee.choices)
    #: Roubles, or percentage of pay.
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    valid_from = models.DateField(_("valid from"))
    paper = models.CharField(_("document that sets the rate"), max_length=300)
    #: Due date of the annual fee, and days after the decision (V-B4); empty if the fee has none.
    due_month = models.PositiveSmallIntegerField(_("due by, month"), null=True, blank=True)
    due_day = models.PositiveSmallIntegerField(_("due by, day"), null=True, blank=True)
    days_after_decision = models.PositiveSmallIntegerField(_("days after the decision"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        ordering = ["federation", "fee", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["federation", "fee", "valid_from"], name="rate_once_a_day"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="rate_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.get_fee_display()}, {day_text(self.valid_from)}"


class ReductionQuerySet(models.QuerySet["Reduction"]):
    def visible_to(self, actor: Actor) -> ReductionQuerySet:
        """Return the reductions set in the actor's subtree, and those for categories that hold there from above.

        Collectors see none (V-D4). Reductions of blocked members are left out (N-C1).
        """
        if Permission.VIEW_DUES not in actor.permissions or actor.role == Role.COLLECTOR:
            return self.none()
        own = in_scope(actor, "organization__") & usable("member__")
        if actor.organization is None:
            return self.filter(own)
        return self.filter(own | Q(organization__in=actor.organization.ancestor_ids, member__isnull=True))

    def holding_in(self, organization: Organization) -> ReductionQuerySet:
        """Return the reductions set by the organisation or one above it, which apply to its members."""
        return self.filter(organization__in=[*organization.ancestor_ids, organization.pk])

    def of_categories(self) -> ReductionQuerySet:
        return self.filter(member__isnull=True)

    def of_members(self) -> ReductionQuerySet:
        return self.filter(member__isnull=False)


class Reduction(models.Model):
    """A decision that a category of members, or one member, pays less than the rate or nothing (V-D1).

    It applies in the organisation and below it to charges of its days; existing charges are not changed.
    """

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="dues_reductions", verbose_name=_("organisation")
    )
    fee = models.CharField(_("kind of dues"), max_length=10, choices=Fee.choices)
    category = models.CharField(_("category"), max_length=20, choices=Category.choices, blank=True)
    member = models.ForeignKey(
        "members.Member",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="dues_reductions",
        verbose_name=_("member"),
    )
    #: Percentage of the rate that is paid; 0 means exempt.
    percent = models.PositiveSmallIntegerField(_("per cent of the rate"), null=True, blank=True)
    #: Roubles that are paid, if it is not a percentage.
    amount = KopecksField(_("sum, roubles"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    paper = models.CharField(_("document that sets the reduction"), max_length=200)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = ReductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("reduction of dues")
        verbose_name_plural = _("reductions of dues")
        ordering = ["fee", "-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(category="", member__isnull=False) | (~Q(category="") & Q(member__isnull=True))),
                name="reduction_of_category_or_member",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, percent__lt=100, amount__isnull=True)
                | Q(percent__isnull=True, amount__gt=0),
                name="reduction_by_percent_or_sum",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="reduction_ends_after_begin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_fee_display()}, {day_text(self.valid_from)}"

    @property
    def is_exemption(self) -> bool:
        """Return whether nothing is paid."""
        return self.percent == 0

    def holds_on(self, day: dt.date) -> bool:
        """Return whether the day is within the reduction's days, both included."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def visible_to(self, actor: Actor) -> ExemptionQuerySet:
        """Return the exemptions of members in the actor's subtree."""
        if Permission.VIEW_DUES not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "account__member__unit__"))


class Exemption(models.Model):
    """A fee of a year that was not charged to a member, because they were exempt on the day of the charge (V-D1)."""

    account = models.ForeignKey(
        "dues.DuesAccount", models.CASCADE, related_name="exemptions", verbose_name=_("account")
    )
    fee = models.CharField(_("kind of dues"), max_length=10, choices=Fee.choices)
    #: None for the entrance fee.
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    #: None after the person's own reduction is destroyed with the card.
    reduction = models.ForeignKey(
        Reduction, models.SET_NULL, null=True, related_name="exemptions", verbose_name=_("reduction")
    )
    made_on = models.DateField(_("date"))

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exemption from dues")
        verbose_name_plural = _("exemptions from dues")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("account", "fee", Coalesce("year", 0), name="exemption_once"),
        ]

    def __str__(self) -> str:
        return f"{self.fee} {self.year or ''}"
