"""Rates, the personal accounts of members and the append-only ledger (V-D1, N-D1). Sums are roubles, exact to the kopeck."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.days import day_text
from registry.enums import Permission
from registry.history import HistoricalRecords

from ..enums import EntryKind, Fee

if TYPE_CHECKING:
    from registry.access import Actor


class Rate(models.Model):
    """What a kind of dues costs from a day on, and the paper that set it; never changed backwards (V-D1)."""

    federation = models.ForeignKey(
        "registry.Federation", models.PROTECT, related_name="rates", verbose_name=_("federation")
    )
    fee = models.CharField(_("kind of dues"), max_length=10, choices=Fee.choices)
    #: Roubles; of the percent of pay, per cent.
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    valid_from = models.DateField(_("valid from"))
    paper = models.CharField(_("paper that set it"), max_length=300)
    #: Term of the annual fee, and days after the decision (V-B4); empty where the fee has none.
    due_month = models.PositiveSmallIntegerField(_("due by, month"), null=True, blank=True)
    due_day = models.PositiveSmallIntegerField(_("due by, day"), null=True, blank=True)
    days_after_decision = models.PositiveSmallIntegerField(_("days after the decision"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        ordering = ["federation", "fee", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["federation", "fee", "valid_from"], name="rate_once_a_day"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="rate_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.get_fee_display()}, {day_text(self.valid_from)}"


class DuesAccountQuerySet(models.QuerySet["DuesAccount"]):
    def visible_to(self, actor: Actor | None) -> DuesAccountQuerySet:
        """Personal accounts of the members in the actor's subtree."""
        if actor is not None and Permission.VIEW_DUES not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "member__unit__"))


class DuesAccount(models.Model):
    """A member's personal account; outlives the erased card without naming anybody. Its standing is kept for lists."""

    member = models.OneToOneField(
        "members.Member", models.SET_NULL, null=True, related_name="dues", verbose_name=_("member")
    )
    #: Sum of the charges that are not covered, due or not yet.
    unpaid = models.DecimalField(_("not paid, roubles"), max_digits=12, decimal_places=2, default=Decimal(0))
    #: Due day of the oldest charge that is not covered: in arrears from the day after.
    unpaid_since = models.DateField(_("not paid since"), null=True, blank=True)
    #: Last year whose annual fee is covered.
    paid_to = models.PositiveSmallIntegerField(_("paid to year"), null=True, blank=True)
    #: Paid beyond all charges.
    advance = models.DecimalField(_("paid in advance, roubles"), max_digits=12, decimal_places=2, default=Decimal(0))
    entrance_paid_on = models.DateField(_("entrance fee paid on"), null=True, blank=True)

    objects = DuesAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("personal account of dues")
        verbose_name_plural = _("personal accounts of dues")
        indexes = [models.Index(fields=["unpaid_since"], name="account_unpaid_since")]

    def __str__(self) -> str:
        return str(self.pk)


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def visible_to(self, actor: Actor | None) -> LedgerEntryQuerySet:
        """Entries of the members in the actor's subtree."""
        if actor is not None and Permission.VIEW_DUES not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "account__member__unit__"))


class LedgerEntry(models.Model):
    """One entry of the ledger; only added, never changed: the database itself refuses (N-D1)."""

    account = models.ForeignKey(DuesAccount, models.PROTECT, related_name="entries", verbose_name=_("account"))
    #: Whose books: the organisation that kept the card when the entry was made.
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="ledger", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind.choices)
    fee = models.CharField(_("kind of dues"), max_length=10, choices=Fee.choices)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    amount = models.DecimalField(_("sum, roubles"), max_digits=12, decimal_places=2)
    #: Day of the charge or of the payment.
    made_on = models.DateField(_("date"))
    due_on = models.DateField(_("due by"), null=True, blank=True)
    paper = models.CharField(_("paper"), max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("reverses")
    )
    #: What makes the entry one of its kind: the same charge or the same payment form is never posted twice (N-D2).
    key = models.CharField(max_length=80, unique=True)
    posted_at = models.DateTimeField(_("posted at"))
    posted_by = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("posted by")
    )
    rule = models.CharField(max_length=20, blank=True)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["made_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="entry_above_zero"),
            models.CheckConstraint(
                condition=(Q(kind=EntryKind.REVERSAL) & Q(reverses__isnull=False))
                | (~Q(kind=EntryKind.REVERSAL) & Q(reverses__isnull=True)),
                name="entry_reversal_names_entry",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EntryKind.CHARGE) | Q(due_on__isnull=False), name="entry_charge_has_term"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "made_on"], name="entry_of_account"),
            models.Index(fields=["organization", "made_on"], name="entry_of_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
