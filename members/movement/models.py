"""Transfers between organisations, and records of destroyed cards (V-B9 to V-B15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope, usable
from registry.enums import Permission
from registry.evidence import Attested, AttestedQuerySet
from registry.fields import EncryptedTextField
from registry.history import HistoricalRecords

from .enums import OPEN_TRANSFERS, Destroyed, PaperCard, TransferState

if TYPE_CHECKING:
    from registry.access import Actor


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, actor: Actor | None) -> TransferQuerySet:
        """Return transfers from or to the actor's subtree."""
        return self.visible_with_blocked(actor).filter(usable("member__"))

    def visible_with_blocked(self, actor: Actor | None) -> TransferQuerySet:
        """Return the visible transfers including those of blocked cards, for the printed register of mail (N-C1)."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "source__") | in_scope(actor, "target__"))

    def open(self) -> TransferQuerySet:
        """Return transfers that are not settled yet."""
        return self.filter(state__in=OPEN_TRANSFERS)


class Transfer(models.Model):
    """A transfer of a member: sealed with a code, or requested and confirmed (V-B9 to V-B12)."""

    federation = models.ForeignKey("registry.Federation", models.PROTECT, related_name="+")
    member = models.ForeignKey("members.Member", models.CASCADE, related_name="transfers", verbose_name=_("member"))
    state = models.CharField(_("state"), max_length=10, choices=TransferState.choices)
    #: The former keeper of the card, and the member's unit.
    source = models.ForeignKey("registry.Organization", models.PROTECT, related_name="+", verbose_name=_("from"))
    source_unit = models.ForeignKey("registry.Organization", models.PROTECT, related_name="+")
    target = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to")
    )
    #: The organisation that requested the transfer: the giving or the receiving one (union).
    asked_by = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("requested by")
    )
    #: The name for both organisations, because one of them has no access to the card.
    person_name = EncryptedTextField(_("member"))
    ticket_number = models.CharField(_("ticket №"), max_length=20, blank=True)
    #: Keyed digest of the code that opens the card; the code itself is only on the paper card.
    code_digest = models.CharField(max_length=64, blank=True)
    started_on = models.DateField(_("since"))
    #: Until this day the other organisation may answer; afterwards the common superior decides.
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

    @property
    def is_requested(self) -> bool:
        """Return whether the other organisation has not answered yet."""
        return self.state == TransferState.REQUESTED


class TransferAttempt(models.Model):
    """A wrong transfer code that was entered; too many of them block the organisation for a while."""

    organization = models.ForeignKey("registry.Organization", models.CASCADE, related_name="+")
    #: Keyed digest of the ticket number, empty for a card without a ticket.
    ticket_digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("attempt at a transfer code")
        verbose_name_plural = _("attempts at transfer codes")
        indexes = [models.Index(fields=["organization", "at"], name="attempt_of_organization")]

    def __str__(self) -> str:
        return str(self.pk)


class DestructionRecordQuerySet(AttestedQuerySet["DestructionRecord"]):
    def visible_to(self, actor: Actor | None) -> DestructionRecordQuerySet:
        """Return records of the organisations in the actor's subtree; they name nobody."""
        return self.filter(in_scope(actor, "organization__"))


class DestructionRecord(Attested):
    """Record of a destruction: data, time, reason and method, but no name (practice 7.4, order 179 of Roskomnadzor)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    number = models.PositiveIntegerField(_("№"))
    subject = models.CharField(_("destroyed"), max_length=11, choices=Destroyed.choices, default=Destroyed.CARD)
    #: Internal number and ticket number instead of the destroyed name.
    member_number = models.PositiveBigIntegerField(_("number of the card or of the application"))
    ticket_number = models.CharField(_("ticket №"), max_length=20, blank=True)
    categories = models.JSONField(_("categories of data"), default=list)
    reason = models.CharField(_("reason"), max_length=300)
    method = models.CharField(_("method"), max_length=300)
    system = models.CharField(_("information system"), max_length=200)
    counts = models.JSONField(_("records and files destroyed"), default=dict)
    destroyed_at = models.DateTimeField(_("destroyed at"))
    destroyed_by = models.CharField(_("destroyed by"), max_length=200)
    #: The members of a commission that took part, each with their office; they sign the act too.
    commission = models.JSONField(_("members of the commission"), default=list, blank=True)
    #: Destroyed papers as a list of `kind` (in Russian) and `sheets`; None if they were not asked for.
    carriers = models.JSONField(_("papers destroyed"), null=True, blank=True)
    #: The record itself is kept for three years.
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
