"""Numbers of members by health data that a job has counted, kept for the day (N-S3)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.enums import DataClass
from registry.fields import EncryptedJSONField
from registry.organizations.models import Organization

if TYPE_CHECKING:
    from registry.access import Actor


class HealthCountQuerySet(models.QuerySet["HealthCount"]):
    def visible_to(self, actor: Actor | None) -> HealthCountQuerySet:
        """Return the counts of the cards that the actor can open, if they read health data."""
        if actor is None or not actor.reads(DataClass.HEALTH):
            return self.none()
        return self.filter(in_scope(actor, "organization__"), reach=actor.organization)

    def asked(self, place: Organization, day: dt.date, question: str) -> HealthCountQuerySet:
        """Return the count of the day that was made, or asked for, today."""
        return self.filter(organization=place, day=day, question=question, counted_on=place.today)


class HealthCount(models.Model):
    """Numbers of members of an organisation and everything below it by health data, without anybody's name.

    Health data are encrypted and read card by card, which takes too long for a page where people are many. The numbers
    are those that an officer of `reach` may see; they are deleted when the day is over.
    """

    organization = models.ForeignKey(
        "registry.Organization", models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    #: The organisation of who asked: it says which cards can be opened.
    reach = models.ForeignKey("registry.Organization", models.CASCADE, related_name="+", verbose_name=_("seen from"))
    day = models.DateField(_("day"))
    #: The keys of the two fields of a cross-table, joined by a comma; empty for each field by itself.
    question = models.CharField(_("fields"), max_length=60, blank=True)
    counted_on = models.DateField(_("counted on"))
    #: Lists of two values and a number; None until the job has counted them.
    numbers = EncryptedJSONField(_("numbers"), null=True)

    objects = HealthCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of health data")
        verbose_name_plural = _("counts of health data")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "reach", "day", "question", "counted_on"], name="health_count_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
