"""Meetings of governing bodies, their agenda items and decisions, and appeals (V-A5, V-A6, practice 4.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.admission.enums import NoticeWay
from registry.access import in_scope, usable
from registry.days import day_text
from registry.enums import Permission
from registry.fields import EncryptedTextField
from registry.history import HistoricalRecords

from .enums import (
    DECIDED_ITEMS,
    OPEN_ITEMS,
    OPEN_MEETINGS,
    AppealState,
    ExclusionReason,
    ItemKind,
    ItemState,
    MeetingFormat,
    MeetingState,
    TicketReason,
)

if TYPE_CHECKING:
    from registry.access import Actor


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, actor: Actor | None) -> MeetingQuerySet:
        """Return meetings of the bodies in the actor's subtree."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "organization__"))

    def open(self) -> MeetingQuerySet:
        """Return meetings whose agenda may still change."""
        return self.filter(state__in=OPEN_MEETINGS)


class Meeting(models.Model):
    """A meeting of a governing body, from the plan to the closed minutes (V-A5)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="meetings", verbose_name=_("organisation")
    )
    body = models.ForeignKey(
        "registry.GoverningBody", models.PROTECT, related_name="meetings", verbose_name=_("governing body")
    )
    state = models.CharField(_("state"), max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    held_on = models.DateField(_("date"))
    starts_at = models.TimeField(_("time"))
    place = models.CharField(_("place"), max_length=300)
    format = models.CharField(_("form"), max_length=10, choices=MeetingFormat.choices, default=MeetingFormat.IN_PERSON)
    #: Number of seats on the day, recorded when the meeting is held; the base of the quorum.
    seats = models.PositiveSmallIntegerField(_("members of the body"), null=True, blank=True)
    chaired_by = models.CharField(_("chaired by"), max_length=200, blank=True)
    secretary = models.CharField(_("secretary"), max_length=200, blank=True)
    guests = models.CharField(_("invited"), max_length=500, blank=True)
    number = models.CharField(_("minutes №"), max_length=30, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-held_on", "-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=MeetingState.CLOSED) | ~Q(number=""), name="meeting_closed_has_number"
            ),
        ]
        indexes = [models.Index(fields=["organization", "-held_on"], name="meeting_of_organization")]

    def __str__(self) -> str:
        return f"{self.body}, {day_text(self.held_on)}"

    @property
    def is_planned(self) -> bool:
        """Return whether the meeting has not been held yet."""
        return self.state == MeetingState.PLANNED

    @property
    def is_held(self) -> bool:
        """Return whether the meeting was held and its minutes are still open."""
        return self.state == MeetingState.HELD

    @property
    def is_cancelled(self) -> bool:
        """Return whether the meeting was called off."""
        return self.state == MeetingState.CANCELLED

    @property
    def lacked_quorum(self) -> bool:
        """Return whether the meeting ended without a quorum."""
        return self.state == MeetingState.NO_QUORUM

    @property
    def has_attendance(self) -> bool:
        """Return whether attendance is recorded."""
        return not (self.is_planned or self.is_cancelled)


class Attendance(models.Model):
    """A seat of the body whose holder was present at the meeting."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    seat = models.ForeignKey("registry.BodySeat", models.PROTECT, related_name="+")

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [models.UniqueConstraint(fields=["meeting", "seat"], name="attendance_once")]

    def __str__(self) -> str:
        return str(self.seat_id)


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, actor: Actor | None) -> AgendaItemQuerySet:
        """Return items of the bodies in the actor's subtree."""
        return self.visible_with_blocked(actor).filter(usable("member__"))

    def visible_with_blocked(self, actor: Actor | None) -> AgendaItemQuerySet:
        """Return the visible items including those about blocked cards, for counts of a past year (N-C1)."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "organization__"))

    def waiting(self) -> AgendaItemQuerySet:
        return self.filter(state=ItemState.WAITING)

    def open(self) -> AgendaItemQuerySet:
        """Return items that are not decided yet, on an agenda or not."""
        return self.filter(state__in=OPEN_ITEMS)

    def decided(self) -> AgendaItemQuerySet:
        """Return items that were adopted or rejected."""
        return self.filter(state__in=DECIDED_ITEMS)


class AgendaItem(models.Model):
    """A matter that a governing body decides on, and its decision: votes, resolution, effect (V-A5, V-B5, V-B16).

    An item of admission has one or more applications; other items are about one member or none.
    """

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="agenda_items", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=15, choices=ItemKind.choices)
    state = models.CharField(_("state"), max_length=10, choices=ItemState.choices, default=ItemState.WAITING)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("meeting")
    )
    position = models.PositiveSmallIntegerField(_("№"), default=0)
    #: The subject as printed in the agenda and the minutes; it contains names, so it is encrypted.
    title = EncryptedTextField(_("subject"))
    speaker = models.CharField(_("speaker"), max_length=200, blank=True)
    member = models.ForeignKey(
        "members.Member",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="agenda_items",
        verbose_name=_("member"),
    )
    mark = models.ForeignKey(
        "members.CardMark", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("card mark")
    )
    appeal = models.ForeignKey(
        "members.Appeal", models.CASCADE, null=True, blank=True, related_name="items", verbose_name=_("appeal")
    )
    reconciliation = models.ForeignKey(
        "members.Reconciliation",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="items",
        verbose_name=_("reconciliation"),
    )
    ticket_reason = models.CharField(_("why a new ticket"), max_length=10, choices=TicketReason.choices, blank=True)
    #: The day of the member's own statement, without which no ticket is replaced (V-B5).
    statement_on = models.DateField(_("the member's statement of"), null=True, blank=True)
    exclusion_reason = models.CharField(_("why exclusion"), max_length=10, choices=ExclusionReason.choices, blank=True)
    #: Property contribution: sum and term (V-D2).
    amount = models.DecimalField(_("sum, roubles"), max_digits=12, decimal_places=2, null=True, blank=True)
    due_on = models.DateField(_("term"), null=True, blank=True)
    filed_on = models.DateField(_("filed on"))
    votes_for = models.PositiveSmallIntegerField(_("for"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("against"), null=True, blank=True)
    votes_abstained = models.PositiveSmallIntegerField(_("abstained"), null=True, blank=True)
    #: Speakers and their words, one speaker per line; printed in the minutes.
    spoken = EncryptedTextField(_("who spoke"), blank=True)
    resolution = EncryptedTextField(_("decided"), blank=True)
    reason = EncryptedTextField(_("reason"), blank=True)
    decided_at = models.DateTimeField(_("decision entered at"), null=True, blank=True)
    #: Day on which the member was notified; the month for an appeal starts here (K7).
    notified_on = models.DateField(_("notified of the decision on"), null=True, blank=True)
    notified_by = models.CharField(_("method of notice"), max_length=10, choices=NoticeWay.choices, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[ItemState.WAITING, ItemState.DROPPED]) | Q(meeting__isnull=False),
                name="item_scheduled_has_meeting",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ItemState.ADOPTED, ItemState.REJECTED])
                | Q(decided_at__isnull=False, votes_for__isnull=False),
                name="item_decided_has_votes",
            ),
            # The same matter waits for a decision only once.
            models.UniqueConstraint(
                fields=["organization", "kind", "member"],
                condition=Q(state__in=[ItemState.WAITING, ItemState.SCHEDULED], member__isnull=False)
                & ~Q(kind__in=[ItemKind.DISCIPLINE, ItemKind.DISCIPLINE_LIFTED, ItemKind.OTHER]),
                name="item_open_once",
            ),
        ]
        indexes = [models.Index(fields=["organization", "state", "kind"], name="item_queue")]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_scheduled(self) -> bool:
        """Return whether the item is on an agenda and not decided yet."""
        return self.state == ItemState.SCHEDULED

    @property
    def is_exclusion(self) -> bool:
        """Return whether the item is about the exclusion of a member."""
        return self.kind == ItemKind.EXCLUSION


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, actor: Actor | None) -> AppealQuerySet:
        """Return appeals to the bodies in the actor's subtree, and those against its decisions."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        here = in_scope(actor, "organization__") | in_scope(actor, "against__organization__")
        return self.filter(here).filter(usable("member__"))

    def open(self) -> AppealQuerySet:
        """Return appeals that are not decided yet."""
        return self.filter(state=AppealState.RECEIVED)


class Appeal(models.Model):
    """A written appeal against a refusal or an exclusion; the decision of the superior's body is binding (V-A6)."""

    #: The organisation whose collegial body decides: the regional one.
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="appeals", verbose_name=_("organisation that decides")
    )
    against = models.ForeignKey(
        AgendaItem, models.PROTECT, related_name="appeals", verbose_name=_("decision appealed against")
    )
    application = models.ForeignKey(
        "members.Application",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="appeals",
        verbose_name=_("application"),
    )
    member = models.ForeignKey(
        "members.Member", models.CASCADE, null=True, blank=True, related_name="appeals", verbose_name=_("member")
    )
    state = models.CharField(_("state"), max_length=10, choices=AppealState.choices, default=AppealState.RECEIVED)
    received_on = models.DateField(_("received on"))
    #: Last day of the month for the appeal; later ones are received with the mark «пропущен срок».
    term_on = models.DateField(_("term of the appeal"))
    late = models.BooleanField(_("term missed"), default=False)
    late_reason = EncryptedTextField(_("why the term was missed"), blank=True)
    text = EncryptedTextField(_("what the appeal says"), blank=True)
    #: The name for the papers, because the organisation has no access to the card in the meantime.
    person_name = EncryptedTextField(_("who appeals"))
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False, member__isnull=True)
                | Q(application__isnull=True, member__isnull=False),
                name="appeal_of_one",
            ),
            models.UniqueConstraint(
                fields=["against", "application"], condition=Q(state=AppealState.RECEIVED), name="appeal_open_once"
            ),
            models.UniqueConstraint(
                fields=["against", "member"], condition=Q(state=AppealState.RECEIVED), name="appeal_of_member_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[AppealState.SATISFIED, AppealState.DISMISSED]) | Q(decided_on__isnull=False),
                name="appeal_decided_has_day",
            ),
        ]
        indexes = [models.Index(fields=["organization", "state"], name="appeal_queue")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_received(self) -> bool:
        """Return whether the appeal waits for a decision."""
        return self.state == AppealState.RECEIVED
