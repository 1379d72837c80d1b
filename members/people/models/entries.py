"""Repeated entries of a card, such as awards or training."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.fields import EncryptedTextField
from registry.history import HistoricalRecords

from ..enums import AwardKind, Sex


class CardEntry(models.Model):
    """A repeated entry: elected office, training, award, child, benefit, aid.

    The charter determines kinds and columns.
    """

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="entries", verbose_name=_("member"))
    kind = models.CharField(_("kind"), max_length=12)
    #: Encrypted for every kind: a benefit belongs to a special data class, a child's name to a third person.
    title = EncryptedTextField(_("name or title"))
    body = models.CharField(_("body"), max_length=150, blank=True)
    award_kind = models.CharField(_("kind of award"), max_length=12, choices=AwardKind.choices, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex.choices, blank=True)
    started_on = models.DateField(_("date"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    hours = models.PositiveSmallIntegerField(_("hours"), null=True, blank=True)
    amount = models.DecimalField(_("sum, roubles"), max_digits=12, decimal_places=2, null=True, blank=True)
    document = EncryptedTextField(_("document"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("card entry")
        verbose_name_plural = _("card entries")
        ordering = ["kind", "pk"]
        indexes = [models.Index(fields=["member", "kind"], name="entry_of_member")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
