"""Models of collecting dues: appointment orders, payment registers, cash receipt orders (V-D4 to V-D6)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import Fee
from registry.access import in_scope, usable
from registry.days import day_text
from registry.enums import Permission, Role
from registry.fields import KopecksField
from registry.history import HistoricalRecords

from .enums import RegisterState

if TYPE_CHECKING:
    import datetime as dt

    from registry.access import Actor
    from registry.organizations.models import Organization


class CollectorOrderQuerySet(models.QuerySet["CollectorOrder"]):
    def visible_to(self, actor: Actor) -> CollectorOrderQuerySet:
        """Return the orders of organisations in the actor's subtree, and those that appoint the actor.

        A collector sees only the latter.
        """
        if Permission.VIEW_DUES not in actor.permissions:
            return self.none()
        if actor.account is None:
            return self.filter(in_scope(actor, "organization__"))
        own = Q(collector=actor.account, organization__federation=actor.federation)
        return self.filter(own if actor.role == Role.COLLECTOR else own | in_scope(actor, "organization__"))

    def in_force(self, day: dt.date) -> CollectorOrderQuerySet:
        """Return the orders by which money can be collected on the day."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            Q(ended_on__isnull=True) | Q(ended_on__gt=day),
            issued_on__lte=day,
        )


class CollectorOrder(models.Model):
    """An order of the chair that appoints a collector of dues for some cells and a term (V-D4)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="collector_orders", verbose_name=_("organisation")
    )
    number = models.CharField(_("number"), max_length=20)
    issued_on = models.DateField(_("date"))
    #: Account of the collector, if they enter sums themselves.
    collector = models.ForeignKey(
        "registry.Account",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="collector_orders",
        verbose_name=_("account of the collector"),
    )
    full_name = models.CharField(_("surname, name, patronymic"), max_length=150)
    #: No cells mean the whole organisation.
    cells = models.ManyToManyField("registry.Organization", related_name="+", blank=True, verbose_name=_("cells"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    #: First day on which the order is no longer in force, and the reason.
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = CollectorOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("collector appointment order")
        verbose_name_plural = _("collector appointment orders")
        ordering = ["-issued_on", "-pk"]

    def __str__(self) -> str:
        return f"№ {self.number}, {day_text(self.issued_on)}"


class PaymentRegisterQuerySet(models.QuerySet["PaymentRegister"]):
    def visible_to(self, actor: Actor) -> PaymentRegisterQuerySet:
        """Return the registers of organisations in the actor's subtree.

        A collector sees those of the orders that appoint them; a cell sees its own.
        """
        if Permission.VIEW_DUES not in actor.permissions:
            return self.none()
        if actor.role == Role.COLLECTOR:
            return self.filter(order__collector=actor.account, organization__federation=actor.federation)
        return self.filter(in_scope(actor, "organization__") | in_scope(actor, "cell__"))


class PaymentRegister(models.Model):
    """A payment register (appendix 6): members of a cell and their payments for one kind of dues (V-D5)."""

    #: The organisation that keeps the cards and gets the money.
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="payment_registers", verbose_name=_("organisation")
    )
    order = models.ForeignKey(
        CollectorOrder, models.PROTECT, related_name="registers", verbose_name=_("collector appointment order")
    )
    #: None for members of the whole organisation.
    cell = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cell")
    )
    fee = models.CharField(_("kind of dues"), max_length=10, choices=Fee.choices)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    contribution = models.ForeignKey(
        "dues.PropertyContribution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registers",
        verbose_name=_("property contribution"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=RegisterState.choices, default=RegisterState.DRAFT, db_index=True
    )
    #: Number within the year of `opened_on`, assigned when collecting begins.
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    number_year = models.PositiveSmallIntegerField(_("year of the number"), null=True, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    #: Sum of the lines when the register was closed.
    total = KopecksField(_("total, roubles"), default=Decimal(0))
    reason = models.CharField(_("reason of the cancellation"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = PaymentRegisterQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment register")
        verbose_name_plural = _("payment registers")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "number_year", "number"], name="register_number_once"),
            models.CheckConstraint(
                condition=Q(number__isnull=True, number_year__isnull=True)
                | Q(number__isnull=False, number_year__isnull=False),
                name="register_number_has_year",
            ),
        ]
        indexes = [models.Index(fields=["organization", "state"], name="register_by_state")]

    def __str__(self) -> str:
        return f"№ {self.number}, {day_text(self.opened_on)}" if self.number else str(self.get_state_display())

    @property
    def title(self) -> str:
        """The title of the property contribution; empty for other dues."""
        return self.contribution.title if self.contribution is not None else ""

    @property
    def place(self) -> Organization:
        """The cell, or the organisation if the register is for all of it."""
        return self.cell or self.organization


class RegisterLineQuerySet(models.QuerySet["RegisterLine"]):
    def visible_to(self, actor: Actor) -> RegisterLineQuerySet:
        """Return the lines of the registers that the actor sees, without blocked members (N-C1)."""
        return self.filter(usable("member__"), register__in=PaymentRegister.objects.visible_to(actor).order_by())


class RegisterLine(models.Model):
    """A member in a payment register, with the sum and the day of the payment."""

    register = models.ForeignKey(PaymentRegister, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(_("№"))
    member = models.ForeignKey("members.Member", models.SET_NULL, null=True, related_name="register_lines")
    #: As on the day on which the register was closed, so that it always prints the same; emptied with the card.
    full_name = models.CharField(_("surname, name, patronymic"), max_length=200, blank=True)
    ticket_number = models.CharField(_("ticket №"), max_length=30, blank=True)
    amount = KopecksField(_("sum, roubles"), null=True, blank=True)
    paid_on = models.DateField(_("date of payment"), null=True, blank=True)
    #: The payment in the books, once the register is closed.
    entry = models.OneToOneField(
        "dues.LedgerEntry", models.PROTECT, null=True, blank=True, related_name="register_line", verbose_name=_("entry")
    )

    objects = RegisterLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a payment register")
        verbose_name_plural = _("lines of payment registers")
        ordering = ["register", "position"]
        constraints = [
            models.UniqueConstraint(fields=["register", "position"], name="register_line_once"),
            models.UniqueConstraint(fields=["register", "member"], name="register_line_of_member_once"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="register_line_above_zero"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True, paid_on__isnull=True) | Q(amount__isnull=False, paid_on__isnull=False),
                name="register_line_has_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.position)


class CashOrderQuerySet(models.QuerySet["CashOrder"]):
    def visible_to(self, actor: Actor) -> CashOrderQuerySet:
        """Return the cash receipt orders of organisations in the actor's subtree; none to collectors."""
        if Permission.VIEW_DUES not in actor.permissions or actor.role == Role.COLLECTOR:
            return self.none()
        return self.filter(in_scope(actor, "organization__"))

    def valid(self) -> CashOrderQuerySet:
        """Return the orders that are not void."""
        return self.filter(entry__reversed_by__isnull=True)


class CashOrder(models.Model):
    """A cash receipt order, form КО-1, by which a collector hands in money (V-D6). Numbers of a year have no gaps."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="cash_orders", verbose_name=_("organisation")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    made_on = models.DateField(_("date"))
    register = models.ForeignKey(
        PaymentRegister, models.PROTECT, related_name="cash_orders", verbose_name=_("payment register")
    )
    #: Name of the payer in the genitive case, as printed after «Принято от».
    received_from = models.CharField(_("received from"), max_length=200)
    ground = models.CharField(_("ground"), max_length=300)
    enclosure = models.CharField(_("enclosure"), max_length=200, blank=True)
    amount = KopecksField(_("sum, roubles"))
    #: The cashier's explanation if less was counted than had to be handed in.
    note = models.CharField(_("note on a difference"), max_length=200, blank=True)
    accountant = models.CharField(_("chief accountant"), max_length=100, blank=True)
    cashier = models.CharField(_("cashier"), max_length=100, blank=True)
    entry = models.OneToOneField("dues.LedgerEntry", models.PROTECT, related_name="cash_order", verbose_name=_("entry"))

    history = HistoricalRecords()
    objects = CashOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("cash receipt order")
        verbose_name_plural = _("cash receipt orders")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "year", "number"], name="cash_order_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cash_order_above_zero"),
        ]

    def __str__(self) -> str:
        return f"№ {self.number}, {day_text(self.made_on)}"
