"""Numbers of statistics that a job has counted, kept for the day (N-S3, N-D1)."""

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
        """Return the counts seen from the actor's own organisation, of those classes of data that they read."""
        if actor is None or Permission.VIEW_ORGANIZATIONS not in actor.permissions:
            return self.none()
        read = ["", *(each for each in (DataClass.HEALTH, DataClass.MONEY) if actor.reads(each))]
        return self.filter(in_scope(actor, "organization__"), reach=actor.organization, data_class__in=read)

    def asked(self, place: Organization, question: str, first: dt.date, last: dt.date) -> KeptCountQuerySet:
        """Return the count that was made, or asked for, today."""
        return self.filter(organization=place, question=question, first=first, last=last, counted_on=place.today)

    def being_counted(self, place: Organization) -> KeptCountQuerySet:
        """Return the counts of the organisation that a job makes now, or makes again."""
        waiting = Q(counted_at__isnull=True) | Q(again_asked_at__isnull=False)
        return self.filter(waiting, organization=place, counted_on=place.today)


class KeptCount(models.Model):
    """Numbers of an organisation and everything below it, without anybody's name, that take too long for a page.

    They are those that an officer of `reach` may see. Cards change and lines are recorded late, so that the numbers of
    a past day change too: all are deleted when the day on which they were counted is over.
    """

    organization = models.ForeignKey(
        "registry.Organization", models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    #: The organisation of who asked: it says which cards can be opened.
    reach = models.ForeignKey("registry.Organization", models.CASCADE, related_name="+", verbose_name=_("seen from"))
    #: What is counted: the name of a page, and the fields of a cross-table behind a colon.
    question = models.CharField(_("question"), max_length=80)
    #: The class of data that one has to read to see the numbers; empty for general data, whose counts all may see.
    data_class = models.CharField(_("class of data"), max_length=10, blank=True)
    #: The days of the period; the same for a day.
    first = models.DateField(_("from"))
    last = models.DateField(_("until"))
    counted_on = models.DateField(_("counted on"))
    #: None until the job has counted them.
    counted_at = models.DateTimeField(_("counted at"), null=True)
    numbers = EncryptedJSONField(_("numbers"), null=True)
    #: Since when a job counts them again; the former numbers stay until it has.
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
