"""Models of the journal, append-only and chained by hash."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import evidence
from registry.access import in_scope

if TYPE_CHECKING:
    from registry.access import Actor


#: Actions that export a list of people; their facts have the `people` as `registry.idsets`.
LISTS = ["book.day_exported", "members.exported", "members.list_printed"]

#: Purpose of the key that seals heads.
HEAD = "head of a chain"
#: Purpose of the key that seals attestations.
ATTESTATION = "attestation"


class JournalChain(models.Model):
    """Head of an organisation's chain; its row lock serialises new events."""

    #: The existence of the chain is attested, so that it cannot be removed with all its events.
    ATTESTED = ("key",)

    #: 0 is the chain of the installation itself (such as sign-ins with unknown logins).
    key = models.BigIntegerField(primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")
    #: Keyed digest of the other fields: without the key a head cannot be forged (ADR 20).
    seal = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = _("journal chain")
        verbose_name_plural = _("journal chains")

    def __str__(self) -> str:
        return str(self.key)

    @property
    def is_sealed(self) -> bool:
        """Return whether the head is unchanged since the registry wrote it."""
        return evidence.is_sealed(HEAD, [self.key, self.number, self.digest], self.seal)

    def move_to(self, number: int, digest: str) -> None:
        """Move the head to an event and seal it. A head that was changed outside the registry stays unsealed."""
        whole = self.is_sealed
        self.number, self.digest = number, digest
        self.seal = evidence.seal(HEAD, [self.key, number, digest]) if whole else ""

    @classmethod
    def opened(cls, key: int) -> JournalChain:
        """Return the locked head of the chain, created if it is missing."""
        locked = cls.objects.select_for_update().filter(key=key)
        if there := locked.first():
            return there
        # Sealed before its first event, so that an emptied chain cannot be continued.
        head, new = cls.objects.get_or_create(key=key, defaults={"seal": evidence.seal(HEAD, [key, 0, ""])})
        if new:
            evidence.attest(evidence.sums_of(cls, [{"key": head.key}], settings.EVIDENCE_KEYS))
        return locked.get()


class Attestation(models.Model):
    """Sums of rows written without an event, within a change or outside of any (ADR 20)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("at"))
    sums = models.JSONField(default=dict)
    seal = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("attestation")
        verbose_name_plural = _("attestations")

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def make(cls, sums: dict[str, Any]) -> Attestation:
        """Store the sums with their seal."""
        made = cls(at=timezone.now(), sums=sums)
        made.seal_again()
        made.save(force_insert=True)
        return made

    def seal_again(self) -> None:
        """Seal it again with the present key."""
        self.seal = evidence.seal(ATTESTATION, [str(self.pk), self.sums])

    @property
    def is_sealed(self) -> bool:
        """Return whether the registry made it."""
        return evidence.is_sealed(ATTESTATION, [str(self.pk), self.sums], self.seal)


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, actor: Actor | None) -> EventQuerySet:
        return self.filter(in_scope(actor, "organization__"))


class Event(models.Model):
    """One action with ids, codes and rule ids, never personal data. The database refuses to change or delete it."""

    chain = models.BigIntegerField(_("chain"))
    number = models.PositiveBigIntegerField(_("number in the chain"))
    at = models.DateTimeField(_("at"))
    action = models.CharField(_("action"), max_length=60)
    rule = models.CharField(_("rule"), max_length=20, blank=True)
    account = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("who"), db_constraint=False
    )
    #: Role and organisation of the actor, or the name of the system actor.
    acting = models.CharField(_("acting as"), max_length=80, blank=True)
    organization = models.ForeignKey(
        "registry.Organization",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("organisation"),
        db_constraint=False,
    )
    object_type = models.CharField(_("record"), max_length=40, blank=True)
    object_id = models.CharField(_("record id"), max_length=40, blank=True)
    #: Counts, codes and ids that describe the action.
    facts = models.JSONField(_("facts"), default=dict)
    #: Sums of the rows written by the change that must not be changed outside the registry (ADR 20).
    sums = models.JSONField(null=True, editable=False)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal event")
        verbose_name_plural = _("journal")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="event_number_once")]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-at"], name="event_of_object"),
            models.Index(fields=["organization", "-at"], name="event_of_organization"),
            # For actors with many organisations, who read the newest events of all.
            models.Index(fields=["-at", "-id"], name="event_by_time"),
            models.Index(fields=["action", "-at"], name="event_by_action"),
            models.Index(fields=["organization", "-at"], condition=models.Q(action__in=LISTS), name="event_of_list"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}".strip()

    def compute_digest(self) -> str:
        """Return the SHA-256 digest of the previous digest and all values of the event."""
        values: list[Any] = [
            self.previous, self.chain, self.number, self.at.isoformat(timespec="microseconds"), self.action, self.rule,
            self.account_id, self.acting, self.organization_id, self.object_type, self.object_id, self.facts,
        ]  # fmt: skip
        if self.sums:
            values.append(self.sums)
        return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
