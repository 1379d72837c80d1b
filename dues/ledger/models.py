"""Models of personal accounts, the accounts of the books and the append-only ledger (V-D1, N-D1).

Amounts are roubles, exact to the kopeck.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope, usable
from registry.days import day_text
from registry.enums import Permission
from registry.evidence import Attested, AttestedQuerySet
from registry.fields import KopecksField
from registry.history import HistoricalRecords

from .enums import PARTNERS, AccountKind, EntryKind, Fee

if TYPE_CHECKING:
    from registry.access import Actor


class DuesAccountQuerySet(AttestedQuerySet["DuesAccount"]):
    def visible_to(self, actor: Actor | None) -> DuesAccountQuerySet:
        """Return the personal accounts of members in the actor's subtree."""
        if actor is not None and Permission.VIEW_DUES not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "member__unit__"))


class DuesAccount(Attested):
    """A member's personal account, which stores its standing for lists and remains, anonymous, after the card is
    erased.
    """

    #: The owner; the standing is computed from the entries.
    ATTESTED = ("id", "member_id")

    member = models.OneToOneField(
        "members.Member", models.SET_NULL, null=True, related_name="dues", verbose_name=_("member")
    )
    #: Sum of the uncovered charges, due or not yet.
    unpaid = KopecksField(_("not paid, roubles"), default=Decimal(0))
    #: Due date of the oldest uncovered charge; arrears begin on the next day.
    unpaid_since = models.DateField(_("not paid since"), null=True, blank=True)
    #: Last year whose annual fee is covered.
    paid_to = models.PositiveSmallIntegerField(_("paid to year"), null=True, blank=True)
    #: Amount paid beyond all charges.
    advance = KopecksField(_("paid in advance, roubles"), default=Decimal(0))
    entrance_paid_on = models.DateField(_("entrance fee paid on"), null=True, blank=True)

    objects = DuesAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("personal account of dues")
        verbose_name_plural = _("personal accounts of dues")
        # So that an erased card that leaves its account anonymous is attested.
        base_manager_name = "objects"
        indexes = [models.Index(fields=["unpaid_since"], name="account_unpaid_since")]

    def __str__(self) -> str:
        return str(self.pk)


class BookAccount(Attested):
    """An account in the books of an organisation (N-D1, ADR 15)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="book_accounts", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=AccountKind.choices)
    #: For income: the kind of dues, and the year or 0.
    fee = models.CharField(_("kind of dues"), max_length=10, choices=Fee.choices, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), default=0)
    #: For money held by a collector: the order that appointed them.
    collector = models.ForeignKey(
        "dues.CollectorOrder",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="book_accounts",
        verbose_name=_("collector appointment order"),
    )
    #: For what organisations owe each other: the other one.
    partner = models.ForeignKey(
        "registry.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("other organisation"),
    )
    #: For a bank account: its number.
    number = models.CharField(_("account number"), max_length=20, blank=True)

    objects = AttestedQuerySet["BookAccount"].as_manager()

    class Meta:
        verbose_name = _("account of the books")
        verbose_name_plural = _("accounts of the books")
        constraints = [
            models.UniqueConstraint(
                "organization",
                "kind",
                "fee",
                "year",
                "number",
                Coalesce("collector", 0),
                Coalesce("partner", 0),
                name="book_account_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PARTNERS, partner__isnull=False)
                | (~Q(kind__in=PARTNERS) & Q(partner__isnull=True)),
                name="book_account_of_settlements_has_partner",
            ),
            models.CheckConstraint(
                condition=(Q(kind=AccountKind.INCOME) & ~Q(fee="")) | (~Q(kind=AccountKind.INCOME) & Q(fee="", year=0)),
                name="book_account_of_income_has_fee",
            ),
            models.CheckConstraint(
                condition=(Q(kind=AccountKind.COLLECTOR) & Q(collector__isnull=False))
                | (~Q(kind=AccountKind.COLLECTOR) & Q(collector__isnull=True)),
                name="book_account_of_collector_has_order",
            ),
            models.CheckConstraint(
                condition=(Q(kind=AccountKind.BANK) & ~Q(number="")) | (~Q(kind=AccountKind.BANK) & Q(number="")),
                name="book_account_of_bank_has_number",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class LedgerEntryQuerySet(AttestedQuerySet["LedgerEntry"]):
    def visible_to(self, actor: Actor | None) -> LedgerEntryQuerySet:
        """Return the entries of members in the actor's subtree."""
        if actor is not None and Permission.VIEW_DUES not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "account__member__unit__"), account__isnull=False)

    def in_books_of(self, actor: Actor) -> LedgerEntryQuerySet:
        """Return all entries in the books of organisations in the actor's subtree, including movements of money."""
        if Permission.VIEW_DUES not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "organization__"))

    def of_members(self) -> LedgerEntryQuerySet:
        """Return the entries of members, also of those who have left, without blocked ones (N-C1)."""
        return self.filter(usable("account__member__"), account__isnull=False)

    def valid(self) -> LedgerEntryQuerySet:
        """Return the entries that no later one reverses, including reversals.

        With an outer join, as in `reversed_by__isnull`, PostgreSQL expects hardly any rows, and then looks up the
        account, member and organisation of each entry one by one.
        """
        return self.filter(~Exists(LedgerEntry.objects.filter(reverses__isnull=False, reverses=OuterRef("pk"))))


class LedgerEntry(Attested):
    """An entry of the ledger: a sum for the debit of one account and the credit of another (N-D1, ADR 15).

    The database refuses changes and deletions of entries, and new entries in a closed period.
    """

    #: The personal account of the member; None for a movement of money.
    account = models.ForeignKey(
        DuesAccount,
        models.PROTECT,
        null=True,
        blank=True,
        # `entry_of_account` begins with it.
        db_index=False,
        related_name="entries",
        verbose_name=_("account"),
    )
    #: The organisation that kept the card at the time of the entry, whose books have both accounts (`registry.guards`).
    organization = models.ForeignKey(
        "registry.Organization",
        models.PROTECT,
        db_constraint=False,
        # `entry_of_organization` begins with it.
        db_index=False,
        related_name="ledger",
        verbose_name=_("organisation"),
    )
    debit = models.ForeignKey(
        BookAccount, models.PROTECT, db_constraint=False, related_name="debits", verbose_name=_("debit")
    )
    credit = models.ForeignKey(
        BookAccount, models.PROTECT, db_constraint=False, related_name="credits", verbose_name=_("credit")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind.choices)
    #: Empty for a movement of money.
    fee = models.CharField(_("kind of dues"), max_length=10, choices=Fee.choices, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    amount = KopecksField(_("sum, roubles"))
    #: Date of the charge or of the payment.
    made_on = models.DateField(_("date"))
    due_on = models.DateField(_("due by"), null=True, blank=True)
    #: For a property contribution: the decision that set it (V-D2).
    contribution = models.ForeignKey(
        "dues.PropertyContribution",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="entries",
        verbose_name=_("property contribution"),
    )
    paper = models.CharField(_("paper"), max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("reverses")
    )
    #: Unique key that prevents posting the same charge or payment form twice (N-D2).
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
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="entry_has_two_sides"),
            models.CheckConstraint(
                condition=(Q(kind=EntryKind.REVERSAL) & Q(reverses__isnull=False))
                | (~Q(kind=EntryKind.REVERSAL) & Q(reverses__isnull=True)),
                name="entry_reversal_names_entry",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=[EntryKind.CHARGE, EntryKind.PAYMENT]) & Q(account__isnull=False) & ~Q(fee=""))
                | (Q(kind=EntryKind.MOVE) & Q(account__isnull=True, fee=""))
                | (
                    Q(kind=EntryKind.REVERSAL)
                    & (Q(account__isnull=False) & ~Q(fee="") | Q(account__isnull=True, fee=""))
                ),
                name="entry_of_member_has_fee",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EntryKind.CHARGE) | Q(due_on__isnull=False), name="entry_charge_has_term"
            ),
            models.CheckConstraint(
                condition=Q(fee=Fee.PROPERTY, contribution__isnull=False)
                | (~Q(fee=Fee.PROPERTY) & Q(contribution__isnull=True)),
                name="entry_of_property_names_contribution",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "made_on"], name="entry_of_account"),
            models.Index(fields=["organization", "made_on"], name="entry_of_organization"),
            models.Index(
                fields=["contribution", "organization"],
                condition=Q(contribution__isnull=False),
                name="entry_of_contribution",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"

    @property
    def what(self) -> tuple[str, int | None, int | None]:
        """The kind of dues, its year, and the id of the property contribution."""
        return str(self.fee), self.year, self.contribution_id

    @property
    def member_id(self) -> int | None:
        """The member of the personal account; None for a movement of money, and after the card is erased."""
        return self.account.member_id if self.account is not None else None

    @property
    def is_opening(self) -> bool:
        """Return whether the entry was taken over from former books, which have its day and receipt."""
        return self.key.startswith("opening:")


class ClosedBooks(models.Model):
    """The last day of an organisation's closed books; no entry up to this day can be added (N-D1)."""

    organization = models.OneToOneField(
        "registry.Organization", models.PROTECT, related_name="closed_books", verbose_name=_("organisation")
    )
    until = models.DateField(_("closed until"))
    #: Reason of the last reopening; empty if the last change closed a month.
    reason = models.CharField(_("reason for reopening"), max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("closed books")
        verbose_name_plural = _("closed books")

    def __str__(self) -> str:
        return day_text(self.until)
