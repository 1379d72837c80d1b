"""Models of the exchange with the bonus programme: its settings and the outbox (U-7, ADR 13)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.enums import MailFailure, Permission
from registry.fields import EncryptedTextField
from registry.history import HistoricalRecords

from .enums import SEND_WITHIN, Channel, LeafletState, MessageKind, OutboxState, Outcome

if TYPE_CHECKING:
    from registry.access import Actor


class ExchangeSettingsQuerySet(models.QuerySet["ExchangeSettings"]):
    def visible_to(self, actor: Actor | None) -> ExchangeSettingsQuerySet:
        """Return the settings of the administrator's federation."""
        if actor is None or Permission.ADMINISTER not in actor.permissions:
            return self.none()
        own = actor.organization
        return self.filter(federation=own.federation_id) if own is not None else self

    def sending(self, now: dt.datetime) -> ExchangeSettingsQuerySet:
        """Return the settings that allow sending now: switched on and not paused."""
        return self.filter(Q(paused_until=None) | Q(paused_until__lte=now), channel=Channel.WEB)


class ExchangeSettings(models.Model):
    """Settings of a federation's exchange with its bonus programme; without a row nothing is sent."""

    federation = models.OneToOneField(
        "registry.Federation", models.PROTECT, related_name="exchange", verbose_name=_("federation")
    )
    channel = models.CharField(_("exchange"), max_length=5, choices=Channel.choices, default=Channel.OFF)
    address = models.CharField(_("address of the programme"), max_length=300, blank=True)
    secret = EncryptedTextField(_("secret"), blank=True)
    #: The replaced secret; it signs together with the new one until `former_until`.
    former_secret = EncryptedTextField(blank=True, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    signed_answers = models.BooleanField(_("the programme signs its answers"), default=False)
    #: Time of the answer that the programme accepts no more messages, which switched the exchange off.
    gone_at = models.DateTimeField(_("switched off by the programme"), null=True, editable=False)
    #: Nothing is sent before this time, because the programme asked to wait or cannot be reached.
    paused_until = models.DateTimeField(null=True, editable=False)
    #: Start of the time during which the site cannot be reached or is overloaded.
    away_since = models.DateTimeField(_("cannot be reached since"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords(excluded_fields=["secret", "former_secret"])
    objects = ExchangeSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange with the bonus programme")
        verbose_name_plural = _("exchange with the bonus programme")
        constraints = [
            models.CheckConstraint(condition=~Q(channel=Channel.WEB) | ~Q(address=""), name="exchange_has_an_address"),
        ]

    def __str__(self) -> str:
        return str(self.federation)

    @property
    def sends(self) -> bool:
        """Return whether the exchange is switched on."""
        return self.channel != Channel.OFF

    @property
    def writes_files(self) -> bool:
        """Return whether messages are written into files for download."""
        return self.channel == Channel.FILE

    def secrets_at(self, now: dt.datetime) -> list[str]:
        """Return the secrets that sign messages at this time, the newest first."""
        former = self.former_secret if self.former_until is not None and now < self.former_until else ""
        return [secret for secret in (self.secret, former) if secret]


class OutboxQuerySet(models.QuerySet["OutboxEntry"]):
    def visible_to(self, actor: Actor | None) -> OutboxQuerySet:
        """Return the entries of organisations in the actor's subtree."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "organization__"))

    def due(self, now: dt.datetime) -> OutboxQuerySet:
        """Return the entries whose next attempt is due."""
        return self.filter(state=OutboxState.WAITING, next_at__lte=now)

    def unconfirmed(self) -> OutboxQuerySet:
        """Return the entries whose newest message is not confirmed."""
        return self.exclude(state=OutboxState.CONFIRMED)

    def overdue(self, now: dt.datetime) -> OutboxQuerySet:
        """Return the unconfirmed entries that have waited longer than the rule allows (U-7)."""
        return self.unconfirmed().filter(since__lte=now - SEND_WITHIN)


class OutboxEntry(models.Model):
    """The newest message about one person; holds ids, versions and times, but no data of the card."""

    #: Identifies the person to the programme, also after the card is destroyed.
    subject = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    federation = models.ForeignKey("registry.Federation", models.PROTECT, related_name="+", editable=False)
    #: The organisation that keeps the card, or kept it last.
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    member = models.OneToOneField(
        "members.Member", models.SET_NULL, null=True, related_name="outbox", verbose_name=_("member")
    )
    kind = models.CharField(_("kind of message"), max_length=8, choices=MessageKind.choices)
    #: Increases with each message; the programme ignores a version that is lower than one it has received.
    version = models.PositiveIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=OutboxState.choices, default=OutboxState.WAITING)
    #: Digest of the sent fields, keyed by the subject; shows whether a change of the card has to be sent.
    digest = models.CharField(max_length=64, blank=True, editable=False)
    #: Start of the 24 hours within which the message has to be confirmed.
    since = models.DateTimeField(_("waiting since"))
    #: Time of the next attempt, or the end of a worker's claim; null if there is nothing to send.
    next_at = models.DateTimeField(_("next attempt"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    outcome = models.CharField(_("what happened"), max_length=12, choices=Outcome.choices, blank=True)
    code = models.PositiveSmallIntegerField(_("status of the answer"), null=True)
    #: The newest version that a worker has tried to send; 0 if the programme cannot know the person.
    offered_version = models.PositiveIntegerField(default=0, editable=False)
    #: The newest version that the programme has confirmed, and when.
    confirmed_version = models.PositiveIntegerField(default=0, editable=False)
    confirmed_at = models.DateTimeField(_("sent at"), null=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to the bonus programme")
        verbose_name_plural = _("messages to the bonus programme")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_version__lte=F("offered_version"), offered_version__lte=F("version")),
                name="outbox_versions_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state=OutboxState.WAITING, next_at__isnull=False)
                | (~Q(state=OutboxState.WAITING) & Q(next_at__isnull=True)),
                name="outbox_waiting_has_an_attempt",
            ),
        ]
        indexes = [
            models.Index(fields=["federation", "next_at"], condition=Q(state=OutboxState.WAITING), name="outbox_due"),
            models.Index(
                fields=["federation", "since"], condition=~Q(state=OutboxState.CONFIRMED), name="outbox_unconfirmed"
            ),
            models.Index(fields=["organization", "-confirmed_at"], name="outbox_of_organization"),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def is_confirmed(self) -> bool:
        """Return whether the programme has confirmed the newest message."""
        return self.state == OutboxState.CONFIRMED

    @property
    def has_failed(self) -> bool:
        """Return whether all automatic attempts have failed."""
        return self.state == OutboxState.FAILED

    @property
    def is_revoked(self) -> bool:
        """Return whether the person no longer takes part."""
        return self.kind == MessageKind.REVOKED

    @property
    def reason(self) -> str:
        """Return the outcome of the last attempt in words, with the HTTP status; empty before the first attempt."""
        words = str(self.get_outcome_display()) if self.outcome else ""
        return f"{words} ({self.code})" if self.code else words

    @property
    def due_at(self) -> dt.datetime:
        """Return the time by which the message has to be confirmed (U-7)."""
        return self.since + SEND_WITHIN

    @property
    def is_overdue(self) -> bool:
        """Return whether the message is unconfirmed after `due_at`."""
        return not self.is_confirmed and self.due_at <= timezone.now()


class ExchangeFileQuerySet(models.QuerySet["ExchangeFile"]):
    def visible_to(self, actor: Actor | None) -> ExchangeFileQuerySet:
        """Return the federation's files if the actor may export data at its head; otherwise none."""
        if actor is not None and Permission.EXPORT not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "organization__"))

    def waiting(self) -> ExchangeFileQuerySet:
        """Return the files that nobody has downloaded yet."""
        return self.filter(file__isnull=False, picked_up_at=None)


class ExchangeFile(models.Model):
    """A file of messages, which an officer downloads and gives to the programme (U-7).

    The record stays; the file is deleted after `FILE_KEPT`, and at once if one of its messages is outdated.
    """

    #: The head of the federation.
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    number = models.PositiveIntegerField(_("file №"))
    made_at = models.DateTimeField(_("written at"))
    #: For each message: the id of its entry and the version.
    lines = models.JSONField(default=list)
    file = models.ForeignKey("registry.StoredFile", models.SET_NULL, null=True, related_name="+")
    picked_up_at = models.DateTimeField(_("downloaded at"), null=True)
    picked_up_by = models.ForeignKey(
        "registry.Account", models.SET_NULL, null=True, related_name="+", verbose_name=_("downloaded by")
    )

    objects = ExchangeFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file for the bonus programme")
        verbose_name_plural = _("files for the bonus programme")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["organization", "number"], name="exchange_file_once")]

    def __str__(self) -> str:
        return f"№ {self.number}"

    @property
    def messages(self) -> int:
        """Return the number of messages in the file."""
        return len(self.lines)


class LeafletMailQuerySet(models.QuerySet["LeafletMail"]):
    def visible_to(self, actor: Actor | None) -> LeafletMailQuerySet:
        """Return the e-mails to members in the actor's subtree."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "member__unit__"))


class LeafletMail(models.Model):
    """A leaflet that was sent to a member by e-mail (U-11); the address is stored only on the card."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="leaflets", verbose_name=_("member"))
    job = models.ForeignKey("registry.Job", models.SET_NULL, null=True, related_name="+", verbose_name=_("job"))
    sent_by = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent at"))
    state = models.CharField(_("state"), max_length=8, choices=LeafletState.choices, default=LeafletState.SENDING)
    failure = models.CharField(_("what happened"), max_length=8, choices=MailFailure.choices, blank=True)

    objects = LeafletMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("leaflet sent by e-mail")
        verbose_name_plural = _("leaflets sent by e-mail")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def has_failed(self) -> bool:
        """Return whether the mail server did not accept it."""
        return self.state == LeafletState.FAILED
