"""Models of employers, statements of deduction and payroll lists (U-D1, N-D2)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope, usable
from registry.enums import Permission, Role
from registry.fields import EncryptedJSONField, EncryptedTextField, KopecksField
from registry.history import HistoricalRecords

from .enums import OPEN_DEDUCTIONS, DeductionState, Difference, Evidence, ListState, Reason

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
    addressee = models.CharField(_("addressee of statements"), max_length=200, blank=True)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    contact = models.CharField(_("contact of the accounts office"), max_length=200, blank=True)
    #: Heading of a column of its lists → field, as last confirmed.
    columns = models.JSONField(default=dict, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords(excluded_fields=["columns"])
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
        """Return the statements that have not ended."""
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
    #: Last day of the deduction; None if it continues until the statement is withdrawn.
    ends_on = models.DateField(_("deducted until"), null=True, blank=True)
    handed_over_on = models.DateField(_("handed over to the employer on"), null=True, blank=True)
    #: The registration that ended it, if the member left, and its last day before that; it continues together with the
    #: registration.
    ended_with = models.ForeignKey(
        "members.Registration", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    stated_end = models.DateField(null=True, blank=True, editable=False)
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


class EmployeeNumber(models.Model):
    """An employee number that identifies a member in the employer's lists, once confirmed (U-D1)."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="numbers", verbose_name=_("employer"))
    number = models.CharField(_("employee №"), max_length=30)
    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="employee_numbers", verbose_name=_("member")
    )

    class Meta:
        verbose_name = _("employee number")
        verbose_name_plural = _("employee numbers")
        constraints = [models.UniqueConstraint(fields=["employer", "number"], name="employee_number_once")]

    def __str__(self) -> str:
        return self.number


class PayrollListQuerySet(models.QuerySet["PayrollList"]):
    def visible_to(self, actor: Actor) -> PayrollListQuerySet:
        """Return the lists of the employers that the actor sees."""
        return self.filter(employer__in=Employer.objects.visible_to(actor).order_by())

    def kept(self) -> PayrollListQuerySet:
        """Return the lists that are not discarded."""
        return self.exclude(state=ListState.DISCARDED)


class PayrollList(models.Model):
    """A month's list of dues deducted by an employer, compared with the registry and posted as a whole (U-D1)."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="lists", verbose_name=_("employer"))
    #: First day of the month.
    month = models.DateField(_("month"))
    state = models.CharField(_("state"), max_length=10, choices=ListState.choices, default=ListState.DRAFT)
    #: Rows of the file until they are compared: lists of the row's number and its cells as text.
    table = EncryptedJSONField(default=list)
    #: Digest of the rows, and of the lines once they are read, to recognise a repeated list (N-D2).
    digest = models.CharField(max_length=64)
    lines_digest = models.CharField(max_length=64, blank=True)
    total = KopecksField(_("sum of the lines, roubles"), default=Decimal(0))
    #: As stated in the list; None if it has no total.
    stated_total = KopecksField(_("total of the list, roubles"), null=True, blank=True)
    #: The employer's payment order, once the list is posted.
    paid = KopecksField(_("paid by the employer, roubles"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    paper = models.CharField(_("payment order"), max_length=200, blank=True)
    #: Reason why money stays unidentified, if it does.
    note = models.CharField(_("note on a difference"), max_length=200, blank=True)
    #: Number of times that the list was posted; a reversed list can be posted again.
    times = models.PositiveSmallIntegerField(default=0, editable=False)
    loaded_at = models.DateTimeField(_("loaded at"))
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords(excluded_fields=["table"])
    objects = PayrollListQuerySet.as_manager()

    class Meta:
        verbose_name = _("payroll list")
        verbose_name_plural = _("payroll lists")
        ordering = ["-month", "-pk"]
        indexes = [models.Index(fields=["employer", "month"], name="payroll_list_of_month")]

    def __str__(self) -> str:
        return f"{self.month:%m.%Y}"


class PayrollLineQuerySet(models.QuerySet["PayrollLine"]):
    def visible_to(self, actor: Actor) -> PayrollLineQuerySet:
        """Return the lines of the lists that the actor sees, without blocked members (N-C1)."""
        return self.filter(usable("member__"), payroll_list__in=PayrollList.objects.visible_to(actor).order_by())

    def unanswered(self) -> PayrollLineQuerySet:
        """Return the lines with a difference that nobody has explained."""
        return self.exclude(difference="").filter(reason="")


class PayrollLine(models.Model):
    """A line of a payroll list: a person as named by the employer, and the deducted sum."""

    payroll_list = models.ForeignKey(PayrollList, models.CASCADE, related_name="lines")
    #: Number of the row in the file.
    position = models.PositiveIntegerField(_("row of the file"))
    full_name = EncryptedTextField(_("surname, name, patronymic"), blank=True)
    employee_number = models.CharField(_("employee №"), max_length=30, blank=True)
    #: Digest of the number and the name, to remember an answer about a non-member.
    who = models.CharField(max_length=64)
    base = KopecksField(_("pay, roubles"), null=True, blank=True)
    percent = models.DecimalField(_("percentage"), max_digits=5, decimal_places=2, null=True, blank=True)
    #: Negative if it corrects an earlier month.
    amount = KopecksField(_("sum, roubles"))
    member = models.ForeignKey("members.Member", models.SET_NULL, null=True, related_name="payroll_lines")
    evidence = models.CharField(_("matched by"), max_length=10, choices=Evidence.choices, blank=True)
    difference = models.CharField(_("difference"), max_length=10, choices=Difference.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason.choices, blank=True)
    #: Last day of the months for which the reason holds; None if only for this list.
    until = models.DateField(_("until"), null=True, blank=True)

    objects = PayrollLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a payroll list")
        verbose_name_plural = _("lines of payroll lists")
        ordering = ["payroll_list", "position"]
        constraints = [
            models.UniqueConstraint(fields=["payroll_list", "position"], name="payroll_line_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="payroll_line_has_sum"),
        ]
        indexes = [models.Index(fields=["payroll_list", "difference"], name="payroll_line_difference")]

    def __str__(self) -> str:
        return str(self.position)


class PayrollAbsenceQuerySet(models.QuerySet["PayrollAbsence"]):
    def visible_to(self, actor: Actor) -> PayrollAbsenceQuerySet:
        """Return the absences from the lists that the actor sees, without blocked members (N-C1)."""
        return self.filter(usable("member__"), payroll_list__in=PayrollList.objects.visible_to(actor).order_by())


class PayrollAbsence(models.Model):
    """A member who pays through the employer and is missing in its list; their membership is not affected."""

    payroll_list = models.ForeignKey(PayrollList, models.CASCADE, related_name="absences")
    member = models.ForeignKey("members.Member", models.CASCADE, related_name="payroll_absences")
    #: Number of consecutive lists without the member, including this one.
    in_a_row = models.PositiveSmallIntegerField(_("lists in a row"))
    reason = models.CharField(_("reason"), max_length=16, choices=Reason.choices, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = PayrollAbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence from a payroll list")
        verbose_name_plural = _("absences from payroll lists")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["payroll_list", "member"], name="payroll_absence_once")]

    def __str__(self) -> str:
        return str(self.pk)


class PayrollPart(models.Model):
    """A ledger entry created by posting a payroll list."""

    payroll_list = models.ForeignKey(PayrollList, models.PROTECT, related_name="parts")
    entry = models.OneToOneField("dues.LedgerEntry", models.PROTECT, related_name="payroll_part")
    #: Number of the posting of the list.
    times = models.PositiveSmallIntegerField()
    #: The payment of an earlier month that the entry reverses or replaces.
    corrects = models.ForeignKey("dues.LedgerEntry", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("entry of a payroll list")
        verbose_name_plural = _("entries of payroll lists")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.pk)
