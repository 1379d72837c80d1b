"""Remarks, the steps of their trail, and the members that a remark on many cards is about (N-S1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope, usable
from registry.days import day_text
from registry.enums import Permission
from registry.fields import EncryptedTextField
from registry.history import HistoricalRecords

from .enums import BY_ID, RemarkKind, RemarkState, StepKind

if TYPE_CHECKING:
    import datetime as dt

    from registry.access import Actor


class RemarkQuerySet(models.QuerySet["Remark"]):
    def visible_to(self, actor: Actor | None) -> RemarkQuerySet:
        """Return the remarks on organisations in the actor's subtree, without those on blocked cards (N-C1)."""
        if actor is None or Permission.REMARK not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "organization__"), usable("member__"))

    def open(self) -> RemarkQuerySet:
        """Return the remarks that wait for an answer."""
        return self.filter(state=RemarkState.OPEN)

    def answered(self) -> RemarkQuerySet:
        """Return the remarks whose answer waits for a decision."""
        return self.filter(state=RemarkState.ANSWERED)

    def below_the_author(self) -> RemarkQuerySet:
        """Return the remarks of superior organisations, without those of an organisation's own reviewer."""
        return self.exclude(made_by=models.F("organization"))


class Remark(models.Model):
    """A remark of an officer that an organisation answers within a term."""

    #: The organisation that has to answer.
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="remarks", verbose_name=_("organisation")
    )
    #: The organisation of the author; its officers accept or return the answer.
    made_by = models.ForeignKey("registry.Organization", models.PROTECT, related_name="+", verbose_name=_("remark of"))
    kind = models.CharField(_("about"), max_length=12, choices=RemarkKind.choices)
    #: Field of the card or passport; empty for the whole record.
    field = models.CharField(_("field"), max_length=60, blank=True)
    #: Only for a remark on one card.
    member = models.ForeignKey(
        "members.Member", models.CASCADE, null=True, related_name="remarks", verbose_name=_("member")
    )
    #: Id of the payment register or the act of reconciliation.
    about_id = models.PositiveBigIntegerField(null=True)
    text = EncryptedTextField(_("text of the remark"))
    term = models.DateField(_("answer by"))
    state = models.CharField(_("state"), max_length=9, choices=RemarkState.choices, default=RemarkState.OPEN)
    made_on = models.DateField(_("made on"))
    #: The superior that sees the remark because it is overdue.
    raised_to = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, related_name="+", verbose_name=_("shown to")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["term", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=RemarkKind.CARD, member__isnull=False)
                | (~Q(kind=RemarkKind.CARD) & Q(member__isnull=True)),
                name="remark_on_a_card_names_it",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=BY_ID, about_id__isnull=False) | (~Q(kind__in=BY_ID) & Q(about_id__isnull=True)),
                name="remark_on_a_paper_names_it",
            ),
            models.CheckConstraint(
                condition=Q(state=RemarkState.OPEN) | Q(raised_to__isnull=True), name="remark_raised_while_open"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "term"], name="remark_to_answer"),
            models.Index(fields=["made_by", "state", "term"], name="remark_written"),
            models.Index(fields=["term"], condition=Q(state=RemarkState.OPEN), name="remark_overdue"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {day_text(self.made_on)}"

    @property
    def is_open(self) -> bool:
        """Return whether the remark waits for an answer."""
        return self.state == RemarkState.OPEN

    @property
    def is_from_within(self) -> bool:
        """Return whether a reviewer of the organisation itself made it."""
        return self.made_by_id == self.organization_id

    def is_overdue(self, today: dt.date) -> bool:
        """Return whether the remark still waits for an answer after its term."""
        return self.is_open and self.term < today


class RemarkRequestQuerySet(models.QuerySet["RemarkRequest"]):
    def visible_to(self, actor: Actor | None) -> RemarkRequestQuerySet:
        """Return the actor's requests under the present appointment's organisation."""
        if actor is None or actor.account is None or Permission.REMARK not in actor.permissions:
            return self.none()
        return self.filter(account=actor.account, made_by=actor.organization)


class RemarkRequest(models.Model):
    """A request for remarks on many organisations, which a job makes; deleted when the job has ended."""

    made_by = models.ForeignKey("registry.Organization", models.CASCADE, related_name="+", verbose_name=_("remark of"))
    account = models.ForeignKey("registry.Account", models.CASCADE, related_name="+", verbose_name=_("account"))
    kind = models.CharField(_("about"), max_length=12, choices=RemarkKind.choices)
    field = models.CharField(_("field"), max_length=60, blank=True)
    text = EncryptedTextField(_("text of the remark"))
    term = models.DateField(_("answer by"))
    #: Ids of the organisations, each with the ids of the members that its remark is about.
    places = models.JSONField(_("organisations"), default=list)
    asked_at = models.DateTimeField(_("time"))

    objects = RemarkRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for remarks")
        verbose_name_plural = _("requests for remarks")

    def __str__(self) -> str:
        return str(self.pk)


class RemarkStepQuerySet(models.QuerySet["RemarkStep"]):
    def visible_to(self, actor: Actor | None) -> RemarkStepQuerySet:
        """Return the steps of the remarks that the actor may see."""
        return self.filter(remark__in=Remark.objects.visible_to(actor).order_by())


class RemarkStep(models.Model):
    """A step of a remark's trail with its text; never changed."""

    remark = models.ForeignKey(Remark, models.CASCADE, related_name="steps", verbose_name=_("remark"))
    kind = models.CharField(_("step"), max_length=9, choices=StepKind.choices)
    text = EncryptedTextField(_("text"), blank=True)
    #: The term set by the step; only when a remark is made or an answer is returned.
    term = models.DateField(_("answer by"), null=True)
    #: The organisation whose officer took the step, or which sees an overdue remark.
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    #: None for steps of the daily work.
    account = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("account")
    )
    made_at = models.DateTimeField(_("time"))

    objects = RemarkStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a remark")
        verbose_name_plural = _("steps of remarks")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class RemarkPersonQuerySet(models.QuerySet["RemarkPerson"]):
    def visible_to(self, actor: Actor | None) -> RemarkPersonQuerySet:
        """Return the members of the remarks that the actor may see, without blocked cards and those who left."""
        remarks = Remark.objects.visible_to(actor).order_by()
        return self.filter(in_scope(actor, "member__unit__"), remark__in=remarks)


class RemarkPerson(models.Model):
    """A member whose card a remark is about."""

    remark = models.ForeignKey(Remark, models.CASCADE, related_name="people", verbose_name=_("remark"))
    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+", verbose_name=_("member"))

    objects = RemarkPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a remark")
        verbose_name_plural = _("members of remarks")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["remark", "member"], name="remark_names_a_member_once")]

    def __str__(self) -> str:
        return str(self.pk)
