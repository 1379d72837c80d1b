"""Models of bank statements: files, their lines, the entries of a line, accounts of known payers (V-D4, N-D2)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.access import in_scope, usable
from registry.days import day_text
from registry.enums import Permission, Role
from registry.evidence import Attested, AttestedQuerySet
from registry.fields import EncryptedTextField, KopecksField
from registry.history import HistoricalRecords

from .enums import Band, Evidence, LineState

if TYPE_CHECKING:
    from registry.access import Actor


def _reads_bank(actor: Actor) -> bool:
    return Permission.VIEW_DUES in actor.permissions and actor.role != Role.COLLECTOR


class StatementColumnsQuerySet(models.QuerySet["StatementColumns"]):
    def visible_to(self, actor: Actor) -> StatementColumnsQuerySet:
        """Return the columns of organisations in the actor's subtree; none for collectors."""
        return self.filter(in_scope(actor, "organization__")) if _reads_bank(actor) else self.none()


class StatementColumns(models.Model):
    """The meaning of the columns of a bank's tables, by their headings, as last confirmed."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="statement_columns", verbose_name=_("organisation")
    )
    #: Digest of the headings in order.
    digest = models.CharField(max_length=64)
    #: Heading → field.
    columns = models.JSONField(default=dict)
    confirmed_on = models.DateField(_("confirmed on"))
    confirmed_by = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )

    objects = StatementColumnsQuerySet.as_manager()

    class Meta:
        verbose_name = _("columns of a bank statement")
        verbose_name_plural = _("columns of bank statements")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["organization", "digest"], name="statement_columns_once")]

    def __str__(self) -> str:
        return str(self.pk)


class OwnAccountQuerySet(models.QuerySet["OwnAccount"]):
    def visible_to(self, actor: Actor) -> OwnAccountQuerySet:
        """Return the accounts of organisations in the actor's subtree; none to collectors."""
        return self.filter(in_scope(actor, "organization__")) if _reads_bank(actor) else self.none()


class OwnAccount(models.Model):
    """A settlement account of an organisation besides the one in its passport."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="own_accounts", verbose_name=_("organisation")
    )
    number = models.CharField(_("settlement account"), max_length=20)
    bik = models.CharField(_("BIC"), max_length=9)
    bank = models.CharField(_("bank"), max_length=200)
    since = models.DateField(_("since"))
    #: Its last day; None while it is open.
    until = models.DateField(_("until"), null=True, blank=True)

    history = HistoricalRecords()
    objects = OwnAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("account of the organisation")
        verbose_name_plural = _("accounts of the organisation")
        ordering = ["organization", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], condition=Q(until__isnull=True), name="own_account_open_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="own_account_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BankStatementQuerySet(models.QuerySet["BankStatement"]):
    def visible_to(self, actor: Actor) -> BankStatementQuerySet:
        """Return the statements of organisations in the actor's subtree; none to collectors."""
        return self.filter(in_scope(actor, "organization__")) if _reads_bank(actor) else self.none()

    def kept(self) -> BankStatementQuerySet:
        """Return the statements that were not undone."""
        return self.filter(unloaded_at__isnull=True)


class BankStatement(models.Model):
    """A file with a bank statement; its lines are the payments that no earlier file had (N-D2).

    A file that was undone has no lines, and can be loaded again.
    """

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="bank_statements", verbose_name=_("organisation")
    )
    #: SHA-256 of the file.
    digest = models.CharField(max_length=64)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    #: Totals of the lines, excluding payments that an earlier file had.
    received = KopecksField(_("received, roubles"), default=Decimal(0))
    paid = KopecksField(_("paid, roubles"), default=Decimal(0))
    #: Number of payments in the file, and of those that an earlier file had.
    documents = models.PositiveIntegerField(_("payments"))
    repeated = models.PositiveIntegerField(_("loaded before"), default=0)
    #: The columns of a table; empty for the 1C client bank format.
    columns = models.ForeignKey(
        StatementColumns, models.PROTECT, null=True, blank=True, related_name="statements", verbose_name=_("columns")
    )
    #: Earlier statements with the same payments.
    overlaps = models.ManyToManyField("self", symmetrical=False, related_name="+", blank=True)
    loaded_at = models.DateTimeField(_("loaded at"))
    loaded_by = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("loaded by")
    )
    unloaded_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    unloaded_by = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken back by")
    )

    history = HistoricalRecords()
    objects = BankStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "digest"], condition=Q(unloaded_at__isnull=True), name="bank_statement_once"
            ),
            models.CheckConstraint(condition=Q(repeated__lte=F("documents")), name="bank_statement_counts"),
        ]

    def __str__(self) -> str:
        return " – ".join(day_text(day) for day in dict.fromkeys((self.first_day, self.last_day)) if day)

    @property
    def new(self) -> int:
        """The number of its lines."""
        return self.documents - self.repeated


class BankLineQuerySet(models.QuerySet["BankLine"]):
    def visible_to(self, actor: Actor) -> BankLineQuerySet:
        """Return the lines of organisations in the actor's subtree; none to collectors."""
        return self.filter(in_scope(actor, "organization__")) if _reads_bank(actor) else self.none()

    def unidentified(self) -> BankLineQuerySet:
        """Return the lines with money that is not identified yet."""
        return self.filter(state=LineState.OPEN)

    def sure(self, most: int) -> BankLineQuerySet:
        """Return the oldest lines with a certain payer, at most `most` of them."""
        return self.unidentified().filter(band=Band.SURE).order_by("made_on", "pk")[:most]


class BankLine(models.Model):
    """A payment to or from an account of the organisation, as stated by the bank.

    Received money is unidentified until it is posted to members, wholly or in parts.
    """

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="bank_lines", verbose_name=_("organisation")
    )
    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines", verbose_name=_("bank statement"))
    #: Number of the line in the file at which the payment begins.
    position = models.PositiveIntegerField(_("line of the file"))
    #: Digest of the values that are equal in every file, with the number among equal payments of the day.
    fingerprint = models.CharField(max_length=64)
    #: The organisation's own account.
    account = models.CharField(_("account"), max_length=20)
    incoming = models.BooleanField(pgettext_lazy("bank payment", "received"))
    made_on = models.DateField(_("date"))
    amount = KopecksField(_("sum, roubles"))
    number = models.CharField(_("payment order №"), max_length=40, blank=True)
    kind = models.CharField(_("kind of document"), max_length=60, blank=True)
    #: The payer of money received, or the payee of money paid.
    other_name = models.CharField(_("payer or payee"), max_length=500, blank=True)
    other_account = models.CharField(_("account of the payer or payee"), max_length=40, blank=True)
    other_inn = models.CharField(_("INN of the payer or payee"), max_length=12, blank=True)
    purpose = models.CharField(_("purpose"), max_length=500, blank=True)
    raw = EncryptedTextField(_("lines of the file"), blank=True)
    #: What has to be checked before the line is posted, one sentence per line.
    remarks = models.TextField(_("remarks"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=LineState.choices, default=LineState.OPEN)
    #: Empty unless the line is open.
    band = models.CharField(_("match"), max_length=10, choices=Band.choices, blank=True)
    #: Sum of its entries that are not reversed.
    posted = KopecksField(_("posted, roubles"), default=Decimal(0))
    #: Reason why the money is not dues.
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    #: The movement that added the money to the account or took it from there.
    entry = models.OneToOneField("dues.LedgerEntry", models.PROTECT, related_name="bank_line", verbose_name=_("entry"))
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords(
        excluded_fields=["raw", "fingerprint", "other_name", "other_account", "other_inn", "purpose", "remarks"]
    )
    objects = BankLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a bank statement")
        verbose_name_plural = _("lines of bank statements")
        ordering = ["made_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "fingerprint"], name="bank_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_line_above_zero"),
            models.CheckConstraint(
                condition=Q(state=LineState.OPEN, incoming=True, posted__gte=0, posted__lt=F("amount"))
                | Q(state=LineState.POSTED, incoming=True, posted=F("amount"))
                | Q(state=LineState.OTHER, posted__gte=0, posted__lte=F("amount")),
                name="bank_line_posted_by_state",
            ),
            models.CheckConstraint(
                condition=(Q(state=LineState.OPEN) & ~Q(band="")) | (~Q(state=LineState.OPEN) & Q(band="")),
                name="bank_line_open_has_band",
            ),
            models.CheckConstraint(
                condition=~Q(state=LineState.OTHER) | ~Q(reason=""), name="bank_line_other_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["organization", "state", "band", "made_on"], name="bank_line_by_band")]

    def __str__(self) -> str:
        return f"№ {self.number}, {day_text(self.made_on)}" if self.number else day_text(self.made_on)

    @property
    def left(self) -> Decimal:
        """The money of the line that is not posted."""
        return self.amount - self.posted


class BankPartQuerySet(AttestedQuerySet["BankPart"]):
    def visible_to(self, actor: Actor) -> BankPartQuerySet:
        """Return the entries of the lines that the actor sees."""
        return self.filter(line__in=BankLine.objects.visible_to(actor).order_by())

    def valid(self) -> BankPartQuerySet:
        """Return those that are not reversed."""
        return self.filter(entry__reversed_by__isnull=True)


class BankPart(Attested):
    """An entry that identifies money of a line: a member's payment, or money that is not dues."""

    line = models.ForeignKey(BankLine, models.PROTECT, related_name="parts", verbose_name=_("line of a bank statement"))
    entry = models.OneToOneField("dues.LedgerEntry", models.PROTECT, related_name="bank_part", verbose_name=_("entry"))
    evidence = models.CharField(_("evidence"), max_length=12, choices=Evidence.choices)

    objects = BankPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a bank statement's line")
        verbose_name_plural = _("entries of bank statements' lines")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.get_evidence_display())


class KnownPayerQuerySet(models.QuerySet["KnownPayer"]):
    def visible_to(self, actor: Actor) -> KnownPayerQuerySet:
        """Return the known payers of organisations in the actor's subtree, without blocked members (N-C1)."""
        if not _reads_bank(actor):
            return self.none()
        return self.filter(usable("member__"), in_scope(actor, "organization__"))


class KnownPayer(models.Model):
    """An account from which a member has paid, confirmed by a clerk; deleted when the member leaves."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="known_payers", verbose_name=_("organisation")
    )
    account = models.CharField(_("account of the payer"), max_length=40)
    member = models.ForeignKey("members.Member", models.CASCADE, related_name="known_payers", verbose_name=_("member"))
    confirmed_on = models.DateField(_("confirmed on"))
    confirmed_by = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )

    objects = KnownPayerQuerySet.as_manager()

    class Meta:
        verbose_name = _("account of a payer")
        verbose_name_plural = _("accounts of payers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "account", "member"], name="known_payer_once"),
            models.CheckConstraint(condition=~Q(account=""), name="known_payer_has_account"),
        ]

    def __str__(self) -> str:
        return self.account
