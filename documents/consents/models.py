"""Models of consents to the processing of personal data and their text versions (appendix 2, U-6, U-7, N-C1)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.people.enums import OPEN_CONSENTS, ConsentState
from registry.access import in_scope, usable
from registry.enums import Permission
from registry.fields import EncryptedJSONField
from registry.history import HistoricalRecords

from .enums import Channel, ConsentPurpose

if TYPE_CHECKING:
    from registry.access import Actor
    from registry.organizations.models import Federation


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def in_force(
        self, federation: Federation, day: dt.date, purpose: str = ConsentPurpose.PROCESSING
    ) -> ConsentText | None:
        """Return the federation's text in force on the day, or None before the first version."""
        return self.filter(federation=federation, purpose=purpose, valid_from__lte=day).order_by("-version").first()

    def latest_of(self, federation: Federation, purpose: str) -> ConsentText | None:
        """Return the federation's latest version for the purpose, which may become valid in the future, or None."""
        return self.filter(federation=federation, purpose=purpose).order_by("-version").first()


class ConsentText(models.Model):
    """A version of the consent's text; consents keep the version that was signed."""

    federation = models.ForeignKey(
        "registry.Federation", models.PROTECT, related_name="consent_texts", verbose_name=_("federation")
    )
    purpose = models.CharField(
        _("purpose"), max_length=12, choices=ConsentPurpose.choices, default=ConsentPurpose.PROCESSING
    )
    version = models.PositiveSmallIntegerField(_("version"))
    valid_from = models.DateField(_("valid from"))
    #: Clauses of the text in Russian: purposes, data, actions, method, processors, third parties, term.
    wording = models.JSONField(_("wording"), default=dict)
    #: Whether the registry issued the version from the charter; it then follows the charter.
    of_charter = models.BooleanField(_("wording of the charter"), default=False, editable=False)

    history = HistoricalRecords()
    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        ordering = ["federation", "purpose", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["federation", "purpose", "version"], name="consent_text_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.federation}, {self.get_purpose_display()}, {self.version}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, actor: Actor | None) -> ConsentQuerySet:
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "member__unit__"))

    def open(self) -> ConsentQuerySet:
        """Return printed and signed consents."""
        return self.filter(state__in=OPEN_CONSENTS)


class Consent(models.Model):
    """A member's consent for one purpose: printed → signed → withdrawn; signed ones need a date (U-7)."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="consents", verbose_name=_("member"))
    purpose = models.CharField(
        _("purpose"), max_length=12, choices=ConsentPurpose.choices, default=ConsentPurpose.PROCESSING
    )
    text = models.ForeignKey(
        ConsentText, models.PROTECT, related_name="consents", verbose_name=_("version of the text")
    )
    state = models.CharField(_("state"), max_length=10, choices=ConsentState.choices, default=ConsentState.PRINTED)
    printed_at = models.DateTimeField(_("printed at"), null=True, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    ticked_by = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("marked by")
    )
    ticked_at = models.DateTimeField(_("marked at"), null=True, blank=True)
    scan = models.ForeignKey(
        "registry.StoredFile", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("scan")
    )
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    #: The printed data besides the wording, for the copies of a signed consent; identity data.
    paper = EncryptedJSONField(default=dict, blank=True, editable=False)

    history = HistoricalRecords(excluded_fields=["paper"])
    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "purpose"],
                condition=Q(state__in=[ConsentState.PRINTED, ConsentState.SIGNED]),
                name="consent_one_in_force",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=ConsentState.SIGNED, signed_on__isnull=False, ticked_at__isnull=False)
                    | (Q(state=ConsentState.PRINTED, signed_on__isnull=True, ticked_at__isnull=True))
                    | Q(state__in=[ConsentState.WITHDRAWN, ConsentState.EXPIRED, ConsentState.NONE])
                ),
                name="consent_tick_needs_signature",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.get_state_display()}"


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def visible_to(self, actor: Actor | None) -> WithdrawalQuerySet:
        """Return statements in the actor's subtree, including those about blocked cards only if the actor may read
        them.
        """
        if actor is None or Permission.MARK_CONSENTS not in actor.permissions:
            return self.none()
        found = self.filter(in_scope(actor, "organization__"))
        return found if actor.reads_blocked or actor.is_system else found.filter(usable("member__"))

    def to_block(self) -> WithdrawalQuerySet:
        """Return withdrawals of the consent to processing whose card is not blocked yet."""
        return self.stopping().filter(blocked_at__isnull=True)

    def stopping(self) -> WithdrawalQuerySet:
        """Return withdrawals of the consent to processing that no new consent has ended."""
        return self.filter(stops_processing=True, ended_on__isnull=True)

    def to_destroy(self) -> WithdrawalQuerySet:
        """Return withdrawals with a blocked card whose data without a ground are not destroyed yet."""
        return self.stopping().filter(blocked_at__isnull=False, destroyed_on__isnull=True)

    def destroyed(self) -> WithdrawalQuerySet:
        """Return withdrawals with destroyed data, unless a new consent has ended them since."""
        return self.stopping().filter(destroyed_on__isnull=False)

    def to_tell(self) -> WithdrawalQuerySet:
        """Return withdrawals without a written notice to the person."""
        return self.filter(told_on__isnull=True, ended_on__isnull=True)


class Withdrawal(models.Model):
    """A statement by which a member withdraws consents, with its terms (N-C1, 152-ФЗ art. 21 p. 5)."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="withdrawals", verbose_name=_("member"))
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    #: Keys of `ConsentPurpose`.
    purposes = models.JSONField(_("consents that are withdrawn"), default=list)
    #: Whether the consent to processing is withdrawn, so that the card has to be blocked.
    stops_processing = models.BooleanField(default=False, editable=False)
    received_on = models.DateField(_("received on"))
    channel = models.CharField(_("how it was received"), max_length=6, choices=Channel.choices)
    scan = models.ForeignKey(
        "registry.StoredFile", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("scan")
    )
    stop_by = models.DateField(_("processing stops by"))
    tell_by = models.DateField(_("the person is notified by"))
    destroy_by = models.DateField(_("data without another ground are destroyed by"))
    blocked_at = models.DateTimeField(_("blocked at"), null=True, blank=True)
    told_on = models.DateField(_("notified in writing on"), null=True, blank=True)
    #: The day on which the data without another ground were destroyed, in the registry and on paper.
    destroyed_on = models.DateField(_("data destroyed on"), null=True, blank=True)
    #: The day of a new consent to the processing, which unblocked the card.
    ended_on = models.DateField(_("new consent signed on"), null=True, blank=True)

    history = HistoricalRecords()
    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal of consents")
        verbose_name_plural = _("withdrawals of consents")
        ordering = ["-received_on", "-pk"]
        indexes = [
            models.Index(
                fields=["organization", "tell_by"],
                condition=Q(told_on__isnull=True, ended_on__isnull=True),
                name="withdrawal_to_tell",
            ),
            models.Index(
                fields=["organization", "stop_by"],
                condition=Q(stops_processing=True, blocked_at__isnull=True, ended_on__isnull=True),
                name="withdrawal_to_block",
            ),
            models.Index(
                fields=["organization", "destroy_by"],
                condition=Q(
                    stops_processing=True, blocked_at__isnull=False, ended_on__isnull=True, destroyed_on__isnull=True
                ),
                name="withdrawal_to_destroy",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(destroyed_on__isnull=True) | Q(stops_processing=True, blocked_at__isnull=False),
                name="withdrawal_destroyed_after_blocking",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def labels(self) -> list[str]:
        """Return the purposes in words."""
        return [str(ConsentPurpose(purpose).label) for purpose in self.purposes]
