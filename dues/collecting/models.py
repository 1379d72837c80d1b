"""Model of the collector appointment orders of dues (V-D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.days import day_text
from registry.enums import Permission, Role
from registry.history import HistoricalRecords

if TYPE_CHECKING:
    from registry.access import Actor


class CollectorOrderQuerySet(models.QuerySet["CollectorOrder"]):
    def visible_to(self, actor: Actor) -> CollectorOrderQuerySet:
        """Return the orders of organisations in the actor's subtree; to collectors only those that appoint them."""
        if Permission.VIEW_DUES not in actor.permissions:
            return self.none()
        found = self.filter(in_scope(actor, "organization__"))
        return found.filter(collector=actor.account) if actor.role == Role.COLLECTOR else found


class CollectorOrder(models.Model):
    """An order of the chair that appoints a collector of dues for some cells and a term (V-D4)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="collector_orders", verbose_name=_("organisation")
    )
    number = models.CharField(_("number"), max_length=20)
    issued_on = models.DateField(_("date"))
    #: Account of the collector, if they enter sums themselves.
    collector = models.ForeignKey(
        "registry.Account",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="collector_orders",
        verbose_name=_("account of the collector"),
    )
    full_name = models.CharField(_("surname, name, patronymic"), max_length=150)
    #: No cells mean the whole organisation.
    cells = models.ManyToManyField("registry.Organization", related_name="+", blank=True, verbose_name=_("cells"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    #: Day from which the order is no longer in force, and why.
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    history = HistoricalRecords()

    objects = CollectorOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("collector appointment order")
        verbose_name_plural = _("collector appointment orders")
        ordering = ["-issued_on", "-pk"]

    def __str__(self) -> str:
        return f"№ {self.number}, {day_text(self.issued_on)}"
