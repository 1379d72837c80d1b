"""Models of employers and statements of deduction (U-D1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope, usable
from registry.enums import Permission, Role
from registry.history import HistoricalRecords

from .enums import OPEN_DEDUCTIONS, DeductionState

if TYPE_CHECKING:
    import datetime as dt

    from registry.access import Actor


class EmployerQuerySet(models.QuerySet["Employer"]):
    def visible_to(self, actor: Actor) -> EmployerQuerySet:
        """Return the employers of organisations in the actor's subtree; none to collectors."""
        if Permission.VIEW_DUES not in actor.permissions or actor.role == Role.COLLECTOR:
            return self.none()
        return self.filter(in_scope(actor, "organization__"))


class Employer(models.Model):
    """An employer that deducts dues from the pay of an organisation's members (U-D1)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="employers", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=300)
    #: Name of the employer's head in the dative case, as printed above a statement: «Директору …».
    addressee = models.CharField(_("to whom statements are addressed"), max_length=200, blank=True)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    contact = models.CharField(_("contact of the accounts office"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = EmployerQuerySet.as_manager()

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="employer_once")]

    def __str__(self) -> str:
        return self.name


class DeductionQuerySet(models.QuerySet["Deduction"]):
    def visible_to(self, actor: Actor) -> DeductionQuerySet:
        """Return the statements to the employers that the actor sees, without blocked members (N-C1)."""
        return self.filter(usable("member__"), employer__in=Employer.objects.visible_to(actor).order_by())

    def open(self) -> DeductionQuerySet:
        """Return the statements that are not ended."""
        return self.filter(state__in=OPEN_DEDUCTIONS)

    def in_force(self, first: dt.date, last: dt.date) -> DeductionQuerySet:
        """Return the statements by which the employer deducts dues on a day from `first` to `last`."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=first), handed_over_on__isnull=False, begins_on__lte=last
        )


class Deduction(models.Model):
    """A member's statement to the employer to deduct dues from their pay, or to stop deducting them (U-D1)."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="deductions", verbose_name=_("employer"))
    member = models.ForeignKey(
        "members.Member", models.SET_NULL, null=True, related_name="deductions", verbose_name=_("member")
    )
    state = models.CharField(_("state"), max_length=12, choices=DeductionState.choices, default=DeductionState.PREPARED)
    # The percent sign is not a placeholder: xgettext:no-python-format
    percent = models.DecimalField(_("dues, % of pay"), max_digits=4, decimal_places=2)
    begins_on = models.DateField(_("deducted from"))
    #: Last day of the deduction; None if it goes on until the statement is withdrawn.
    ends_on = models.DateField(_("deducted until"), null=True, blank=True)
    handed_over_on = models.DateField(_("handed over to the employer on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = DeductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement of deduction")
        verbose_name_plural = _("statements of deduction")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "member"], condition=Q(state__in=OPEN_DEDUCTIONS), name="deduction_open_once"
            ),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="deduction_percent"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")), name="deduction_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state=DeductionState.HANDED_OVER) | Q(handed_over_on__isnull=False),
                name="deduction_handed_over_has_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
