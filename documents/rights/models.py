"""The register of requests about personal data (152-ФЗ art. 14, 20, 21, V-C5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from documents.consents.enums import Channel
from registry.access import in_scope, usable
from registry.enums import Permission
from registry.fields import EncryptedTextField
from registry.history import HistoricalRecords

from .enums import RequestKind, RequestState

if TYPE_CHECKING:
    from registry.access import Actor


class SubjectRequestQuerySet(models.QuerySet["SubjectRequest"]):
    def visible_to(self, actor: Actor | None) -> SubjectRequestQuerySet:
        """Return requests in the actor's subtree, with those about blocked cards only if the actor may read them."""
        if actor is None or Permission.MARK_CONSENTS not in actor.permissions:
            return self.none()
        found = self.filter(in_scope(actor, "organization__"))
        return found if actor.reads_blocked or actor.is_system else found.filter(usable("member__"))

    def open(self) -> SubjectRequestQuerySet:
        """Return the requests that are not answered, refused or recalled."""
        return self.filter(state=RequestState.RECEIVED)


class SubjectRequest(models.Model):
    """A person's request about their own data: access, correction or the end of the processing, with its term."""

    #: Null after the card is destroyed; the request stays in the register.
    member = models.ForeignKey(
        "members.Member", models.SET_NULL, null=True, related_name="own_requests", verbose_name=_("member")
    )
    #: The organisation that has to answer; `received_by` numbered the request and may have ended since.
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    received_by = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="+", verbose_name=_("received by")
    )
    number = models.PositiveIntegerField(_("request №"))
    kind = models.CharField(_("what is asked for"), max_length=10, choices=RequestKind.choices)
    state = models.CharField(_("state"), max_length=8, choices=RequestState.choices, default=RequestState.RECEIVED)
    #: The name on the day of the request; the register keeps it after the card moves to another organisation.
    person_name = EncryptedTextField(_("full name"), blank=True)
    received_on = models.DateField(_("received on"))
    channel = models.CharField(_("how it was received"), max_length=6, choices=Channel.choices)
    details = EncryptedTextField(_("what the request says"), blank=True)
    scan = models.ForeignKey(
        "registry.StoredFile", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("scan")
    )
    answer_by = models.DateField(_("answer by"))
    extended_on = models.DateField(_("term extended on"), null=True, blank=True)
    extension_reason = EncryptedTextField(_("why the term was extended"), blank=True)
    #: Time of the latest extract.
    extract_at = models.DateTimeField(_("extract made at"), null=True, blank=True)
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    reply_channel = models.CharField(_("how the answer was given"), max_length=6, choices=Channel.choices, blank=True)
    #: What was done, or the reason of the refusal; printed in the letter.
    reply = EncryptedTextField(_("answer"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["received_by", "number"], name="subject_request_number_once"),
            models.CheckConstraint(
                condition=Q(state=RequestState.RECEIVED, settled_on__isnull=True)
                | (~Q(state=RequestState.RECEIVED) & Q(settled_on__isnull=False)),
                name="subject_request_settled_on_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "answer_by"],
                condition=Q(state=RequestState.RECEIVED),
                name="subject_request_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} № {self.number}"

    @property
    def is_open(self) -> bool:
        """Return whether the request waits for its answer."""
        return self.state == RequestState.RECEIVED

    @property
    def is_about_stopping(self) -> bool:
        """Return whether the person asks to end the processing."""
        return self.kind == RequestKind.STOPPING

    @property
    def is_answered(self) -> bool:
        """Return whether the request was fulfilled."""
        return self.state == RequestState.ANSWERED

    @property
    def is_refused(self) -> bool:
        """Return whether the request was refused."""
        return self.state == RequestState.REFUSED

    @property
    def is_recalled(self) -> bool:
        """Return whether the person withdrew the request, or it was registered by mistake."""
        return self.state == RequestState.RECALLED
