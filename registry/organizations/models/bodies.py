"""Models of governing bodies and their members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.history import HistoricalRecords

from ..enums import BodyKind

if TYPE_CHECKING:
    from registry.access import Actor


class GoverningBodyQuerySet(models.QuerySet["GoverningBody"]):
    def visible_to(self, actor: Actor | None) -> GoverningBodyQuerySet:
        return self.filter(in_scope(actor, "organization__"))


class GoverningBody(models.Model):
    """A body of an organisation: the collegial body, its presidium, the audit commission …"""

    organization = models.ForeignKey(
        "registry.Organization", models.CASCADE, related_name="bodies", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=BodyKind.choices)
    name = models.CharField(_("name"), max_length=150)
    name_genitive = models.CharField(
        _("name in the genitive case"),
        max_length=150,
        blank=True,
        default="",
        help_text=_("Only if the papers decline the name wrongly."),
    )

    history = HistoricalRecords()
    objects = GoverningBodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("governing body")
        verbose_name_plural = _("governing bodies")
        ordering = ["kind", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class BodySeatQuerySet(models.QuerySet["BodySeat"]):
    def visible_to(self, actor: Actor | None) -> BodySeatQuerySet:
        return self.filter(in_scope(actor, "body__organization__"))


class BodySeat(models.Model):
    """A person's seat in a governing body, with the minutes of the election."""

    body = models.ForeignKey(GoverningBody, models.CASCADE, related_name="seats", verbose_name=_("body"))
    full_name = models.CharField(_("surname, name, patronymic"), max_length=200)
    duty = models.CharField(_("duty"), max_length=100, blank=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    minutes = models.CharField(_("minutes № and date"), max_length=100, blank=True)

    history = HistoricalRecords()
    objects = BodySeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat in a governing body")
        verbose_name_plural = _("seats in governing bodies")
        ordering = ["full_name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="seat_until_after_since"
            )
        ]

    def __str__(self) -> str:
        return self.full_name
