"""Proposed changes and the year-end reconciliation (V-B8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.enums import Permission
from registry.fields import EncryptedJSONField
from registry.history import HistoricalRecords

from .enums import DECIDED_PROPOSALS, RUNNING_RECONCILIATIONS, CheckResult, ProposalState, ReconciliationState

if TYPE_CHECKING:
    from registry.access import Actor


class ChangeProposalQuerySet(models.QuerySet["ChangeProposal"]):
    def visible_to(self, actor: Actor | None) -> ChangeProposalQuerySet:
        """Return proposals about cards that the actor may see."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "member__unit__"))

    def visible_with_blocked(self, actor: Actor | None) -> ChangeProposalQuerySet:
        """Return the changes of reconciliations in the actor's subtree, for a submitted report.

        Includes changes of cards that were blocked or left later (N-C1).
        """
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "reconciliation__unit__"))

    def open(self) -> ChangeProposalQuerySet:
        """Return proposals that wait for an answer."""
        return self.filter(state=ProposalState.OPEN)

    def to_settle(self) -> ChangeProposalQuerySet:
        """Return open proposals to settle one by one; a running reconciliation settles its proposals together."""
        return self.open().exclude(reconciliation__state__in=RUNNING_RECONCILIATIONS)

    def decided(self) -> ChangeProposalQuerySet:
        """Return proposals that were accepted or declined."""
        return self.filter(state__in=DECIDED_PROPOSALS)


class ChangeProposal(models.Model):
    """A change of one card field proposed by the cell's chair and settled by the registrar (V-B8)."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="proposals", verbose_name=_("member"))
    field = models.CharField(_("field"), max_length=40)
    #: Values of the field as JSON: at the time of the proposal, and proposed.
    before = EncryptedJSONField(default=None, null=True)
    after = EncryptedJSONField(default=None, null=True)
    ground = models.CharField(_("ground"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    proposed_by = models.ForeignKey(
        "registry.Account", models.SET_NULL, null=True, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(
        "registry.Account", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.CharField(_("reason"), max_length=300, blank=True)
    #: Proposals of a reconciliation wait for its acceptance and are applied in one step.
    reconciliation = models.ForeignKey(
        "members.Reconciliation", models.SET_NULL, null=True, blank=True, related_name="proposals"
    )

    history = HistoricalRecords()
    objects = ChangeProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "field"], condition=Q(state=ProposalState.OPEN), name="proposal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, decided_at__isnull=True)
                | (~Q(state=ProposalState.OPEN) & Q(decided_at__isnull=False)),
                name="proposal_decided_has_date",
            ),
        ]
        indexes = [models.Index(fields=["state", "proposed_at"], name="proposal_queue")]

    def __str__(self) -> str:
        return self.field


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    def visible_to(self, actor: Actor | None) -> ReconciliationQuerySet:
        """Return reconciliations of the units in the actor's subtree."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "unit__"))


class Reconciliation(models.Model):
    """The year-end reconciliation of a cell: check-list, counts, report, acceptance (V-B8)."""

    unit = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="reconciliations", verbose_name=_("primary cell")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    state = models.CharField(
        _("state"), max_length=10, choices=ReconciliationState.choices, default=ReconciliationState.OPEN
    )
    opened_on = models.DateField(_("opened on"))
    due_on = models.DateField(_("to be reported by"))
    #: Counts frozen when the report is sent: on 1 January, arrived, left, by book, questionnaires on hand.
    counts = models.JSONField(default=dict)
    note = models.CharField(_("note on a difference"), max_length=500, blank=True)
    returned = models.CharField(_("why it was sent back"), max_length=500, blank=True)
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    reported_by = models.ForeignKey("registry.Account", models.SET_NULL, null=True, blank=True, related_name="+")
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-year", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="reconciliation_once_a_year"),
            models.CheckConstraint(
                condition=Q(state=ReconciliationState.OPEN) | Q(reported_at__isnull=False),
                name="reconciliation_reported_has_date",
            ),
        ]
        indexes = [models.Index(fields=["year", "state"], name="reconciliation_laggards")]

    def __str__(self) -> str:
        return f"{self.unit} {self.year}"

    @property
    def is_draft(self) -> bool:
        """Return whether the report is not submitted yet, or was sent back."""
        return self.reported_at is None or self.state == ReconciliationState.OPEN

    @property
    def is_reported(self) -> bool:
        """Return whether the report waits for the collegial body."""
        return self.state == ReconciliationState.REPORTED

    @property
    def is_accepted(self) -> bool:
        """Return whether the report was accepted."""
        return self.state == ReconciliationState.ACCEPTED


class ReconciliationLine(models.Model):
    """One person of the check-list."""

    reconciliation = models.ForeignKey(Reconciliation, models.CASCADE, related_name="lines")
    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+")
    result = models.CharField(max_length=10, choices=CheckResult.choices, default=CheckResult.UNCHECKED)
    #: Position in the list: alphabetical at first; later members are added at the end, so that finished pages do not
    #: change.
    place = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("line of a reconciliation")
        verbose_name_plural = _("lines of reconciliations")
        constraints = [
            models.UniqueConstraint(fields=["reconciliation", "member"], name="reconciliation_member_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
