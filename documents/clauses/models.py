"""Versions of form texts, which administrators can change (U-6)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.history import HistoricalRecords

if TYPE_CHECKING:
    from registry.organizations.models import Federation


class FormTextQuerySet(models.QuerySet["FormText"]):
    def of_form(self, federation: Federation, form: str) -> FormTextQuerySet:
        """Return the federation's versions of the form, the latest first."""
        return self.filter(federation=federation, form=form).order_by("-version")


class FormText(models.Model):
    """A version of a form's clauses; without a version the charter's clauses are printed. Versions never change."""

    federation = models.ForeignKey(
        "registry.Federation", models.PROTECT, related_name="form_texts", verbose_name=_("federation")
    )
    form = models.CharField(_("form"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    valid_from = models.DateField(_("valid from"))
    #: Name of the clause → Russian text with placeholders in braces.
    clauses = models.JSONField(_("clauses"), default=dict)

    history = HistoricalRecords()
    objects = FormTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("form text")
        verbose_name_plural = _("form texts")
        ordering = ["federation", "form", "-version"]
        constraints = [models.UniqueConstraint(fields=["federation", "form", "version"], name="form_text_version_once")]

    def __str__(self) -> str:
        return f"{self.federation}, {self.form}, {self.version}"

    def in_force_on(self, day: dt.date) -> bool:
        """Return whether the day is the first day of the version or later."""
        return self.valid_from <= day
