"""The model of cash expense orders, form КО-2 (V-D6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.days import day_text
from registry.enums import Permission, Role
from registry.fields import KopecksField
from registry.history import HistoricalRecords

if TYPE_CHECKING:
    from registry.access import Actor


class ExpenseOrderQuerySet(models.QuerySet["ExpenseOrder"]):
    def visible_to(self, actor: Actor) -> ExpenseOrderQuerySet:
        """Return the cash expense orders of organisations in the actor's subtree; none to collectors."""
        if Permission.VIEW_DUES not in actor.permissions or actor.role == Role.COLLECTOR:
            return self.none()
        return self.filter(in_scope(actor, "organization__"))


class ExpenseOrder(models.Model):
    """A cash expense order, form КО-2, by which money leaves the cash desk. Numbers of a year have no gaps (V-D6)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="expense_orders", verbose_name=_("organisation")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    made_on = models.DateField(_("date"))
    #: Name of the receiver in the dative case, as printed after «Выдать».
    paid_to = models.CharField(_("paid to"), max_length=200)
    ground = models.CharField(_("ground"), max_length=300)
    enclosure = models.CharField(_("enclosure"), max_length=200, blank=True)
    amount = KopecksField(_("sum, roubles"))
    head_post = models.CharField(_("post of the head"), max_length=100, blank=True)
    head = models.CharField(_("head of the organisation"), max_length=100, blank=True)
    accountant = models.CharField(_("chief accountant"), max_length=100, blank=True)
    cashier = models.CharField(_("cashier"), max_length=100, blank=True)
    entry = models.OneToOneField(
        "dues.LedgerEntry", models.PROTECT, related_name="expense_order", verbose_name=_("entry")
    )

    history = HistoricalRecords()
    objects = ExpenseOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("cash expense order")
        verbose_name_plural = _("cash expense orders")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "year", "number"], name="expense_order_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="expense_order_above_zero"),
        ]

    def __str__(self) -> str:
        return f"№ {self.number}, {day_text(self.made_on)}"
