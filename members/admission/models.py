"""Applications for admission, represented people, and scans (V-A1 to V-A6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.people.enums import Category, MemberState
from members.people.models import Person
from registry.access import in_scope
from registry.enums import DataClass, Permission
from registry.fields import EncryptedJSONField, EncryptedTextField
from registry.history import HistoricalRecords

from .enums import DECIDED_APPLICATIONS, OPEN_APPLICATIONS, ApplicationState, CopyKind, MandateKind, NoticeWay

if TYPE_CHECKING:
    from members.meetings.models import Meeting
    from registry.access import Actor


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, actor: Actor | None) -> ApplicationQuerySet:
        """Return applications in the actor's subtree, except those of members whose card has left it."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        here, card = in_scope(actor, "organization__"), in_scope(actor, "member__unit__")
        # For an actor without an organisation the condition is empty, and «or» would drop it.
        return self.filter(here, Q(member__isnull=True) | card) if card else self.filter(here)

    def open(self) -> ApplicationQuerySet:
        """Return applications that are not decided yet."""
        return self.filter(state__in=OPEN_APPLICATIONS)

    def to_notify(self) -> ApplicationQuerySet:
        """Return decided applications whose applicants have not been notified."""
        return self.filter(state__in=DECIDED_APPLICATIONS, notified_on__isnull=True)

    def invited_to(self, meeting: Meeting) -> ApplicationQuerySet:
        """Return applications that the meeting has to decide on, with the records printed in their notices."""
        related = ("item__meeting__body", "item__meeting__organization__federation")
        found = self.filter(item__meeting=meeting, state=ApplicationState.SCHEDULED)
        return found.select_related(*related, "organization__federation", "member")


class Application(models.Model):
    """An application for admission, from filing to the decision (V-A4, V-A5)."""

    federation = models.ForeignKey("registry.Federation", models.PROTECT, related_name="+")
    #: The organisation whose collegial body decides.
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="applications", verbose_name=_("organisation")
    )
    #: The organisation that received the application and forwarded it (V-A2).
    received_by = models.ForeignKey(
        "registry.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("received by"),
    )
    routing = models.CharField(_("why this organisation decides"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ApplicationState.choices, default=ApplicationState.FILED
    )
    filed_on = models.DateField(_("filed on"))
    surname = models.CharField(_("surname"), max_length=100)
    given_name = models.CharField(_("given name"), max_length=100)
    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    category = models.CharField(_("category"), max_length=20, choices=Category.choices, blank=True)
    sort_key = models.CharField(max_length=420, editable=False, default="")
    search_key = models.CharField(max_length=500, editable=False, default="")
    #: Fields of the future card by name; emptied at admission, when the card takes them over.
    values = EncryptedJSONField(default=dict)
    #: Papers inspected: keys of `CopyKind`.
    copies = models.JSONField(_("copies seen"), default=list, blank=True)
    acquainted_on = models.DateField(_("acquainted with the statutes on"), null=True, blank=True)
    acquainted_by = models.CharField(_("who acquainted the applicant"), max_length=200, blank=True)
    consent_signed_on = models.DateField(_("consent signed on"), null=True, blank=True)
    #: The printed data of the consent besides its wording, for copies of a signed one; identity data.
    consent_paper = EncryptedJSONField(default=dict, blank=True, editable=False)
    item = models.ForeignKey(
        "members.AgendaItem",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("agenda item"),
    )
    #: The notice of the meeting, and whether the applicant attended.
    invited_on = models.DateField(_("notified of the meeting on"), null=True, blank=True)
    invited_by = models.CharField(_("method of notice"), max_length=10, choices=NoticeWay.choices, blank=True)
    #: Decided without a notice of the meeting; the officer who recorded the decision has confirmed this (V-A5).
    uninvited = models.BooleanField(_("not notified of the meeting"), default=False)
    attended = models.BooleanField(_("came to the meeting"), null=True, blank=True)
    #: The notice of the decision; the month for an appeal starts here (K7).
    notified_on = models.DateField(_("notified of the decision on"), null=True, blank=True)
    notified_by = models.CharField(_("method of notice"), max_length=10, choices=NoticeWay.choices, blank=True)
    pickup_on = models.DateField(_("ticket can be collected on"), null=True, blank=True)
    pickup_at = models.TimeField(_("at"), null=True, blank=True)
    pickup_place = models.CharField(_("place where the ticket is collected"), max_length=300, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    refusal = EncryptedTextField(_("reason for the refusal"), blank=True)
    member = models.OneToOneField(
        "members.Member", models.SET_NULL, null=True, blank=True, related_name="application", verbose_name=_("member")
    )
    #: An unsuccessful application may be destroyed from this day: after the term of appeal and the charter's retention.
    erase_after = models.DateField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    history = HistoricalRecords(excluded_fields=["search_key", "sort_key", "created_at", "consent_paper"])
    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-filed_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(surname="") & ~Q(given_name=""), name="application_has_a_name"),
            # Only a decision makes a member, and only once.
            models.CheckConstraint(
                condition=~Q(state__in=[ApplicationState.ADMITTED, ApplicationState.REFUSED, ApplicationState.APPEALED])
                | Q(decided_on__isnull=False),
                name="application_decided_has_day",
            ),
            # Waiting or appealed applications, and those that led to a membership, are not destroyed.
            models.CheckConstraint(
                condition=Q(erase_after__isnull=True)
                | Q(state__in=[ApplicationState.REFUSED, ApplicationState.WITHDRAWN]),
                name="application_erased_when_over",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "filed_on"], name="application_queue"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_filed(self) -> bool:
        """Return whether the application is not on an agenda yet."""
        return self.state == ApplicationState.FILED

    @property
    def is_scheduled(self) -> bool:
        """Return whether the application is on an agenda and not decided yet."""
        return self.state == ApplicationState.SCHEDULED

    @property
    def is_decided(self) -> bool:
        """Return whether the body decided on the application and no appeal is open."""
        return self.state in DECIDED_APPLICATIONS

    @property
    def is_withdrawn(self) -> bool:
        """Return whether the application was withdrawn."""
        return self.state == ApplicationState.WITHDRAWN

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)

    @property
    def short_name(self) -> str:
        """Return the surname with initials."""
        initials = "".join(f" {part[0]}." for part in (self.given_name, self.patronymic) if part)
        return f"{self.surname}{initials}"


class RepresentationQuerySet(models.QuerySet["Representation"]):
    def visible_to(self, actor: Actor | None) -> RepresentationQuerySet:
        """Return people represented in applications and by members that the actor may see."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        of_member = in_scope(actor, "member__unit__")
        of_application = Q(member__isnull=True) & in_scope(actor, "application__organization__")
        # For an actor without an organisation the condition is empty, and «or» would drop it.
        return self.filter(of_member | of_application) if of_member else self.all()


class Representation(Person):
    """A disabled person represented by a member, with the mandate; never counted as a member (V-A1, V-A4)."""

    application = models.ForeignKey(
        Application, models.CASCADE, null=True, blank=True, related_name="represented", verbose_name=_("application")
    )
    member = models.ForeignKey(
        "members.Member", models.CASCADE, null=True, blank=True, related_name="represented", verbose_name=_("member")
    )
    mandate_kind = models.CharField(_("paper of the mandate"), max_length=20, choices=MandateKind.choices, blank=True)
    mandate_number = EncryptedTextField(_("№ of the paper"), blank=True)
    mandate_issued_on = models.DateField(_("issued on"), null=True, blank=True)
    mandate_issued_by = EncryptedTextField(_("issued by"), blank=True)
    mandate_until = models.DateField(_("mandate valid until"), null=True, blank=True)
    #: Answers of the person's questionnaire that are not fields of `Person`, by field name.
    answers = EncryptedJSONField(default=dict, blank=True)
    consent_signed_on = models.DateField(_("consent signed on"), null=True, blank=True)
    #: The printed data of the consent besides its wording, for copies of a signed one; identity data.
    consent_paper = EncryptedJSONField(default=dict, blank=True, editable=False)
    #: Set when the ground of the mandate is lost: came of age, mandate ended, died.
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_note = models.CharField(_("why it ended"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    DATA_CLASS = DataClass.HEALTH

    history = HistoricalRecords(excluded_fields=["search_key", "sort_key", "name_key", "consent_paper"])
    objects = RepresentationQuerySet.as_manager()

    class Meta:
        verbose_name = _("represented person")
        verbose_name_plural = _("represented people")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False) | Q(member__isnull=False), name="represented_by_somebody"
            ),
        ]
        # Partial index: few rows match, and tasks on every page look for lost grounds of membership.
        indexes = [models.Index(fields=["member"], condition=Q(ended_on__isnull=False), name="representation_ended")]


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, actor: Actor | None) -> AttachmentQuerySet:
        """Return scans of the applications and cards that the actor may see."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        of_member = Q(member__state=MemberState.REGISTERED) & in_scope(actor, "member__unit__")
        of_application = Q(member__isnull=True) & in_scope(actor, "application__organization__")
        return self.filter(of_member | of_application)


class Attachment(models.Model):
    """A scan of an application or a card; stored outside the web root and served after a permission check."""

    application = models.ForeignKey(
        Application, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("application")
    )
    member = models.ForeignKey(
        "members.Member", models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("member")
    )
    kind = models.CharField(_("kind of paper"), max_length=12, choices=CopyKind.choices)
    file = models.OneToOneField("registry.StoredFile", models.CASCADE, related_name="+", verbose_name=_("file"))
    added_on = models.DateField(_("added on"))
    added_by = models.ForeignKey("registry.Account", models.SET_NULL, null=True, related_name="+")

    history = HistoricalRecords()
    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False) | Q(member__isnull=False), name="attachment_of_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
