"""Models of the distribution of income: decisions, distributions, money passed on, acts (V-D7)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Max, Min, Q, Sum
from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import MONEY, AccountKind, EntryKind
from dues.ledger.models import LedgerEntry
from registry.access import in_scope
from registry.days import day_text
from registry.enums import Permission, Role
from registry.fields import KopecksField
from registry.history import HistoricalRecords

from .enums import ActState, RemittanceState, Source

if TYPE_CHECKING:
    from registry.access import Actor
    from registry.organizations.models import Organization

_NOTHING = Decimal("0.00")


def _seen(actor: Actor, *prefixes: str) -> Q:
    """Return the condition for rows of an organisation in the actor's subtree; nothing for collectors (V-D4)."""
    if Permission.VIEW_DUES not in actor.permissions or actor.role == Role.COLLECTOR:
        return Q(pk__in=[])
    return reduce(or_, (in_scope(actor, prefix) for prefix in prefixes))


class DistributionDecisionQuerySet(models.QuerySet["DistributionDecision"]):
    def visible_to(self, actor: Actor) -> DistributionDecisionQuerySet:
        """Return the decisions of organisations in the actor's subtree."""
        return self.filter(_seen(actor, "organization__"))


class DistributionDecision(models.Model):
    """A decision of the collegial body on the shares of the organisation's income, from a day on (V-D7)."""

    organization = models.ForeignKey(
        "registry.Organization",
        models.PROTECT,
        related_name="distribution_decisions",
        verbose_name=_("organisation"),
    )
    body = models.CharField(_("body"), max_length=150)
    number = models.CharField(_("minutes №"), max_length=20)
    decided_on = models.DateField(_("date of the decision"))
    valid_from = models.DateField(_("valid from"))

    history = HistoricalRecords()
    objects = DistributionDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision on the distribution of income")
        verbose_name_plural = _("decisions on the distribution of income")
        ordering = ["-valid_from", "-pk"]
        constraints = [models.UniqueConstraint(fields=["organization", "valid_from"], name="distribution_decided_once")]

    def __str__(self) -> str:
        return f"№ {self.number}, {day_text(self.decided_on)}"


class DistributionShare(models.Model):
    """A share of the decision: a percentage for a purpose of the organisation itself, or for a superior."""

    decision = models.ForeignKey(DistributionDecision, models.CASCADE, related_name="shares")
    #: The first share stays with the organisation, and gets the remaining kopecks (ADR 17).
    position = models.PositiveSmallIntegerField()
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    purpose = models.CharField(_("purpose"), max_length=150, blank=True)
    #: Percentage with two decimals, exact.
    percent = KopecksField(_("percent"))

    class Meta:
        verbose_name = _("share of a distribution")
        verbose_name_plural = _("shares of a distribution")
        ordering = ["decision", "position"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "position"], name="distribution_share_once"),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=Decimal(100)), name="distribution_share_of_hundred"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"


class DistributionQuerySet(models.QuerySet["Distribution"]):
    def visible_to(self, actor: Actor) -> DistributionQuerySet:
        """Return the distributions of organisations in the actor's subtree."""
        return self.filter(_seen(actor, "organization__"))

    def valid(self) -> DistributionQuerySet:
        """Return the distributions that were not undone."""
        return self.filter(taken_back_on__isnull=True)


class Distribution(models.Model):
    """The income of a period, shared according to the decision in force, and posted once (V-D7, N-D2)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="distributions", verbose_name=_("organisation")
    )
    decision = models.ForeignKey(
        DistributionDecision, models.PROTECT, related_name="distributions", verbose_name=_("decision")
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    #: Income of the period, less what was reversed in it.
    received = KopecksField(_("received, roubles"))
    #: Amounts recorded or reversed in earlier periods after they were distributed; may be negative.
    corrections = KopecksField(_("corrections of earlier periods, roubles"), default=Decimal(0))
    made_on = models.DateField(_("date"))
    taken_back_on = models.DateField(_("taken back on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    history = HistoricalRecords()
    objects = DistributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("distribution of income")
        verbose_name_plural = _("distributions of income")
        ordering = ["-last", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "first"], condition=Q(taken_back_on__isnull=True), name="distributed_once"
            ),
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="distribution_has_days"),
        ]

    def __str__(self) -> str:
        return f"{day_text(self.first)} – {day_text(self.last)}"

    @property
    def amount(self) -> Decimal:
        """The sum that was shared."""
        return self.received + self.corrections


class DistributionLine(models.Model):
    """A share in roubles. What another organisation gets is in the books of both; the rest stays."""

    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="lines")
    share = models.ForeignKey(DistributionShare, models.PROTECT, related_name="lines", verbose_name=_("share"))
    amount = KopecksField(_("sum, roubles"))
    #: In the books of the organisation that shares, and of the receiver of the share.
    entry = models.OneToOneField(
        "dues.LedgerEntry", models.PROTECT, null=True, blank=True, related_name="distribution_line"
    )
    claim = models.OneToOneField(
        "dues.LedgerEntry", models.PROTECT, null=True, blank=True, related_name="distribution_claim"
    )

    class Meta:
        verbose_name = _("line of a distribution")
        verbose_name_plural = _("lines of distributions")
        ordering = ["distribution", "share__position"]
        constraints = [
            models.UniqueConstraint(fields=["distribution", "share"], name="distribution_line_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="distribution_line_not_below_zero"),
        ]

    def __str__(self) -> str:
        return str(self.amount)


#: Payments of members, and money that organisations below have passed on.
_PAID = Q(kind=EntryKind.PAYMENT, debit__kind__in=MONEY)
_CAME = Q(kind=EntryKind.MOVE, credit__kind=AccountKind.OWED_BY)
_UNDONE = Q(kind=EntryKind.REVERSAL) & (
    Q(reverses__kind=EntryKind.PAYMENT, credit__kind__in=MONEY) | Q(reverses__credit__kind=AccountKind.OWED_BY)
)


def received_between(organization: Organization, first: dt.date, last: dt.date) -> Decimal:
    """Return the income of the organisation in the period, less what was reversed in it; may be negative."""
    sums = LedgerEntry.objects.filter(organization=organization, made_on__range=(first, last)).aggregate(
        came=Sum("amount", filter=_PAID | _CAME), undone=Sum("amount", filter=_UNDONE)
    )
    return (sums["came"] or _NOTHING) - (sums["undone"] or _NOTHING)


def corrections_before(organization: Organization, first: dt.date) -> Decimal:
    """Return the income of periods before the day, less what was distributed of it."""
    earlier = Distribution.objects.valid().filter(organization=organization, last__lt=first).order_by("first")
    done = earlier.aggregate(received=Sum("received"), corrections=Sum("corrections"))
    begin = earlier.values_list("first", flat=True).first()
    if begin is None:
        return _NOTHING
    return received_between(organization, begin, first - dt.timedelta(days=1)) - done["received"] - done["corrections"]


def not_distributed(organization: Organization, today: dt.date) -> tuple[dt.date, Decimal] | None:
    """Return the income until yesterday that superiors still have shares of, and its first day, or None if there is
    nothing to share.
    """
    others = DistributionShare.objects.filter(decision__organization=organization).exclude(organization=organization)
    if not others.exists():
        return None
    day = dt.timedelta(days=1)
    done = Distribution.objects.valid().filter(organization=organization).aggregate(last=Max("last"))["last"]
    first = done + day if done else organization.distribution_decisions.aggregate(day=Min("valid_from"))["day"]
    if first >= today:
        return None
    amount = received_between(organization, first, today - day) + corrections_before(organization, first)
    return (first, amount) if amount > _NOTHING else None


class RemittanceQuerySet(models.QuerySet["Remittance"]):
    def visible_to(self, actor: Actor) -> RemittanceQuerySet:
        """Return the money passed on or received by organisations in the actor's subtree."""
        return self.filter(_seen(actor, "organization__", "receiver__"))


class Remittance(models.Model):
    """Money that an organisation passed on to another by a paper; the receiver confirms it (V-D7)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="remittances", verbose_name=_("organisation")
    )
    receiver = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="remittances_to_it", verbose_name=_("receiver")
    )
    amount = KopecksField(_("sum, roubles"))
    made_on = models.DateField(_("date"))
    source = models.CharField(_("paid from"), max_length=10, choices=Source.choices)
    paper = models.CharField(_("paper"), max_length=150)
    state = models.CharField(
        _("state"), max_length=10, choices=RemittanceState.choices, default=RemittanceState.SENT, db_index=True
    )
    #: In the books of the sender.
    entry = models.OneToOneField("dues.LedgerEntry", models.PROTECT, related_name="remittance")
    received_on = models.DateField(_("received on"), null=True, blank=True)
    #: In the books of the receiver, once it has confirmed.
    receipt = models.OneToOneField(
        "dues.LedgerEntry", models.PROTECT, null=True, blank=True, related_name="remittance_received"
    )
    #: The payments in bank statements of the sender and of the receiver.
    sent_line = models.OneToOneField("dues.BankLine", models.PROTECT, null=True, blank=True, related_name="sent_as")
    received_line = models.OneToOneField(
        "dues.BankLine", models.PROTECT, null=True, blank=True, related_name="received_as"
    )
    #: Reason why it was not found, or was undone.
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = RemittanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("money passed on")
        verbose_name_plural = _("money passed on")
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="remittance_above_zero"),
            models.CheckConstraint(
                condition=Q(state=RemittanceState.RECEIVED, receipt__isnull=False, received_on__isnull=False)
                | (~Q(state=RemittanceState.RECEIVED) & Q(receipt__isnull=True, received_on__isnull=True)),
                name="remittance_received_is_booked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper}, {day_text(self.made_on)}"


class SettlementActQuerySet(models.QuerySet["SettlementAct"]):
    def visible_to(self, actor: Actor) -> SettlementActQuerySet:
        """Return the acts of organisations in the actor's subtree, on either side."""
        return self.filter(_seen(actor, "organization__", "superior__"))


class SettlementAct(models.Model):
    """An act of reconciliation of what an organisation owes to a superior one, by the books of both (V-D7)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="settlement_acts", verbose_name=_("organisation")
    )
    superior = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="settlement_acts_of_lower", verbose_name=_("superior")
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    #: The one of the two that drew it up.
    by_superior = models.BooleanField(_("drawn by the superior"), default=False)
    drawn_on = models.DateField(_("date"))
    #: The act always shows the state of the books at this moment.
    drawn_at = models.DateTimeField(_("drawn at"))
    #: Debt at the end of the last day by the books of each.
    owed = KopecksField(_("owed by the books of the organisation, roubles"))
    claimed = KopecksField(_("owed by the books of the superior, roubles"))
    state = models.CharField(_("state"), max_length=10, choices=ActState.choices, default=ActState.DRAWN, db_index=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    differences = models.CharField(_("differences"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = SettlementActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act of reconciliation")
        verbose_name_plural = _("acts of reconciliation")
        ordering = ["-drawn_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ActState.DRAWN, answered_on__isnull=True)
                | (~Q(state=ActState.DRAWN) & Q(answered_on__isnull=False)),
                name="settlement_act_answered",
            )
        ]

    def __str__(self) -> str:
        return f"{day_text(self.first)} – {day_text(self.last)}"
