"""The registration book, moves between organisations, and what is left of an erased card (V-B7 to V-B15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.enums import Permission
from registry.fields import EncryptedTextField
from registry.history import HistoricalRecords

from ..enums import OPEN_TRANSFERS, Destroyed, EndReason, PaperCard, TransferState

if TYPE_CHECKING:
    from registry.access import Actor


class BookLineQuerySet(models.QuerySet["BookLine"]):
    def visible_to(self, actor: Actor | None) -> BookLineQuerySet:
        """Lines of the books in the actor's subtree; they stay after the card has gone (V-B10)."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "unit__"))


class BookLine(models.Model):
    """A line of the registration book of a cell, or of the organisation that keeps cards without cells (V-B7).

    A line is a stay in the unit, so the lines tell who stood there on any day; `recorded_at` and
    `left_recorded_at` tell what was known on that day.
    """

    unit = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="book_lines", verbose_name=_("organisation")
    )
    number = models.PositiveIntegerField(_("№"))
    member = models.ForeignKey(
        "members.Member",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="book_lines",
        verbose_name=_("member"),
    )
    full_name = models.CharField(_("surname, name, patronymic"), max_length=302)
    sort_key = models.CharField(max_length=420, editable=False, default="")
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    ticket_number = models.CharField(_("ticket №"), max_length=20, blank=True)
    joined_year = models.PositiveSmallIntegerField(_("year of joining"), null=True, blank=True)
    entered_on = models.DateField(_("on account since"))
    recorded_at = models.DateTimeField(_("recorded at"))
    left_on = models.DateField(_("left on"), null=True, blank=True)
    left_recorded_at = models.DateTimeField(_("leaving recorded at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=EndReason.choices, blank=True)
    destination = models.CharField(_("where to"), max_length=300, blank=True)

    history = HistoricalRecords(excluded_fields=["sort_key"])
    objects = BookLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the registration book")
        verbose_name_plural = _("registration book")
        ordering = ["unit", "number"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="book_number_once"),
            models.UniqueConstraint(
                fields=["member"], condition=Q(left_on__isnull=True, member__isnull=False), name="book_one_open_line"
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True, left_recorded_at__isnull=True, reason="")
                | (Q(left_on__gte=F("entered_on"), left_recorded_at__isnull=False) & ~Q(reason="")),
                name="book_leaving_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "entered_on", "left_on"], name="book_on_a_day"),
            models.Index(fields=["unit", "sort_key"], name="book_by_name"),
            models.Index(fields=["sort_key", "id"], name="book_of_all_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, actor: Actor | None) -> TransferQuerySet:
        """Transfers that leave or reach the actor's subtree."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "source__") | in_scope(actor, "target__"))

    def open(self) -> TransferQuerySet:
        """Transfers that are not settled yet."""
        return self.filter(state__in=OPEN_TRANSFERS)


class Transfer(models.Model):
    """A member's way from one organisation to another: sealed with a code, or asked for and confirmed (V-B9 to V-B12)."""

    federation = models.ForeignKey("registry.Federation", models.PROTECT, related_name="+")
    member = models.ForeignKey("members.Member", models.CASCADE, related_name="transfers", verbose_name=_("member"))
    state = models.CharField(_("state"), max_length=10, choices=TransferState.choices)
    #: Where the card was kept, and the unit that it stood in.
    source = models.ForeignKey("registry.Organization", models.PROTECT, related_name="+", verbose_name=_("from"))
    source_unit = models.ForeignKey("registry.Organization", models.PROTECT, related_name="+")
    target = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to")
    )
    #: Who asked: the giving or the receiving organisation (union).
    asked_by = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    #: The name for the two sides' screens while the card is closed to one of them.
    person_name = EncryptedTextField(_("member"))
    ticket_number = models.CharField(_("ticket №"), max_length=20, blank=True)
    #: Keyed digest of the code that opens the card; the code itself stands on the paper card alone.
    code_digest = models.CharField(max_length=64, blank=True)
    started_on = models.DateField(_("since"))
    #: The other side's answer is awaited until then; afterwards the common superior decides.
    answer_by = models.DateField(_("answer until"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    paper_card = models.CharField(_("paper card"), max_length=8, choices=PaperCard.choices, blank=True)
    mail_number = models.CharField(_("№ of the registered letter"), max_length=30, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords(excluded_fields=["code_digest"])
    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(state__in=[TransferState.REQUESTED, TransferState.IN_TRANSIT]),
                name="transfer_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state=TransferState.ARRIVED) | Q(target__isnull=False, ended_on__isnull=False),
                name="transfer_arrived_somewhere",
            ),
            models.CheckConstraint(condition=~Q(target=F("source")), name="transfer_not_to_itself"),
        ]
        indexes = [
            models.Index(fields=["source", "state"], name="transfer_from"),
            models.Index(fields=["target", "state"], name="transfer_to"),
            models.Index(fields=["federation", "ticket_number"], name="transfer_by_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class TransferAttempt(models.Model):
    """A wrong code that somebody tried; too many of them close the door for a while."""

    organization = models.ForeignKey("registry.Organization", models.CASCADE, related_name="+")
    ticket_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("attempt at a transfer code")
        verbose_name_plural = _("attempts at transfer codes")
        indexes = [
            models.Index(fields=["organization", "at"], name="attempt_of_organization"),
            models.Index(fields=["ticket_digest", "at"], name="attempt_at_ticket"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DestructionRecordQuerySet(models.QuerySet["DestructionRecord"]):
    def visible_to(self, actor: Actor | None) -> DestructionRecordQuerySet:
        """Records of the organisations in the actor's subtree; they name nobody."""
        return self.filter(in_scope(actor, "organization__"))


class DestructionRecord(models.Model):
    """What was destroyed of a person, when, why and how; names nobody (practice 7.4, order 179 of Roskomnadzor)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    number = models.PositiveIntegerField(_("№"))
    subject = models.CharField(_("destroyed"), max_length=11, choices=Destroyed.choices, default=Destroyed.CARD)
    #: Internal number and ticket, instead of the name that was destroyed.
    member_number = models.PositiveBigIntegerField(_("number of the card or of the application"))
    ticket_number = models.CharField(_("ticket №"), max_length=20, blank=True)
    categories = models.JSONField(_("categories of data"), default=list)
    reason = models.CharField(_("reason"), max_length=300)
    method = models.CharField(_("method"), max_length=300)
    system = models.CharField(_("information system"), max_length=200)
    counts = models.JSONField(_("records and files destroyed"), default=dict)
    destroyed_at = models.DateTimeField(_("destroyed at"))
    destroyed_by = models.CharField(_("destroyed by"), max_length=200)
    #: The record itself is kept three years.
    keep_until = models.DateField(_("kept until"))

    objects = DestructionRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("destruction record")
        verbose_name_plural = _("destruction records")
        ordering = ["-destroyed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="destruction_number_once"),
        ]

    def __str__(self) -> str:
        return str(self.number)
