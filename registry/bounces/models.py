"""Model of refused addresses, stored as digests."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RefusedAddressQuerySet(models.QuerySet["RefusedAddress"]):
    def refused(self) -> RefusedAddressQuerySet:
        """Return the addresses to which nothing is sent."""
        return self.filter(refused_at__isnull=False)

    def forgotten(self, before: dt.datetime) -> RefusedAddressQuerySet:
        """Return the addresses without a refusal since the moment."""
        return self.filter(last_at__lt=before)


class RefusedAddress(models.Model):
    """An address that refused e-mails, stored only as a digest (`queries.key_of`)."""

    key = models.CharField(max_length=64, unique=True)
    #: The status of RFC 3463 in the latest returned e-mail, such as 5.1.1.
    answer = models.CharField(_("answer of the mail server"), max_length=11)
    #: Days on which it was temporarily refused.
    failures = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField(_("came back last"))
    refused_at = models.DateTimeField(_("nothing is sent there since"), null=True)

    objects = RefusedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("refused address")
        verbose_name_plural = _("refused addresses")
        indexes = [models.Index(fields=["last_at"], name="refused_address_age")]
        constraints = [
            models.CheckConstraint(
                condition=Q(failures__gt=0) | Q(refused_at__isnull=False), name="refused_address_has_failed"
            )
        ]

    def __str__(self) -> str:
        return self.answer
