"""Numbers of statistics counted by a job, kept for the day (N-S3, N-D1)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.enums import DataClass, Permission
from registry.fields import EncryptedJSONField
from registry.organizations.models import Organization

if TYPE_CHECKING:
    from registry.access import Actor


class KeptCountQuerySet(models.QuerySet["KeptCount"]):
    def visible_to(self, actor: Actor | None) -> KeptCountQuerySet:
        """Return the counts of the actor's own organisation, of classes of data that they read."""
        if actor is None or Permission.VIEW_ORGANIZATIONS not in actor.permissions:
            return self.none()
        read = ["", *(each for each in (DataClass.HEALTH, DataClass.MONEY) if actor.reads(each))]
        return self.filter(in_scope(actor, "organization__"), reach=actor.organization, data_class__in=read)

    def asked(self, place: Organization, question: str, first: dt.date, last: dt.date) -> KeptCountQuerySet:
        """Return the count that was made or requested today."""
        return self.filter(organization=place, question=question, first=first, last=last, counted_on=place.today)

    def being_counted(self, place: Organization) -> KeptCountQuerySet:
        """Return the counts of the organisation that a job is making or repeating."""
        waiting = Q(counted_at__isnull=True) | Q(again_asked_at__isnull=False)
        return self.filter(waiting, organization=place, counted_on=place.today)


class KeptCount(models.Model):
    """Numbers of an organisation and everything below it, without names, that take too long for a page.

    They are what an officer of `reach` may see. Cards change and lines are recorded late, so numbers of past days
    change too: all are deleted at the end of the day on which they were counted.
    """

    organization = models.ForeignKey(
        "registry.Organization", models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    #: The organisation of the requesting actor, which determines the cards that can be opened.
    reach = models.ForeignKey("registry.Organization", models.CASCADE, related_name="+", verbose_name=_("seen from"))
    #: What is counted: the name of a page, and after a colon the fields of a cross-table.
    question = models.CharField(_("question"), max_length=80)
    #: The class of data needed to see the numbers; empty for general data, whose counts everybody may see.
    data_class = models.CharField(_("class of data"), max_length=10, blank=True)
    #: The first and last day of the period; equal for a single day.
    first = models.DateField(_("from"))
    last = models.DateField(_("until"))
    counted_on = models.DateField(_("counted on"))
    #: None until the job has counted them.
    counted_at = models.DateTimeField(_("counted at"), null=True)
    numbers = EncryptedJSONField(_("numbers"), null=True)
    #: Time when a job began to repeat the count; the earlier numbers stay until it ends.
    again_asked_at = models.DateTimeField(_("counted again since"), null=True)

    objects = KeptCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept count")
        verbose_name_plural = _("kept counts")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "reach", "question", "first", "last", "counted_on"], name="counted_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_being_counted(self) -> bool:
        return self.counted_at is None or self.again_asked_at is not None
