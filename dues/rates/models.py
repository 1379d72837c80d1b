"""Model of rates of dues (V-D1)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import Fee
from registry.days import day_text
from registry.history import HistoricalRecords


class Rate(models.Model):
    """The amount of a kind of dues from a day on, with the paper that set it; never changed retroactively (V-D1)."""

    federation = models.ForeignKey(
        "registry.Federation", models.PROTECT, related_name="rates", verbose_name=_("federation")
    )
    fee = models.CharField(_("kind of dues"), max_length=10, choices=Fee.choices)
    #: Roubles, or per cent of pay.
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
