"""Registrations and the lines of the registration book (V-B7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.movement.enums import PaperCard
from registry.access import Actor, in_scope, usable
from registry.enums import Permission
from registry.history import HistoricalRecords

from .enums import EndReason, RegistrationReason

if TYPE_CHECKING:
    from registry.organizations.models import Organization


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, actor: Actor | None) -> RegistrationQuerySet:
        """Return registrations of cards that the actor may see now."""
        return self.filter(in_scope(actor, "member__unit__"))


class Registration(models.Model):
    """A period of registration in one organisation: section 2 of the card (V-B1, V-B9, V-B10)."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="registrations", verbose_name=_("member"))
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="registrations", verbose_name=_("organisation")
    )
    started_on = models.DateField(_("registered since"))
    start_reason = models.CharField(_("ground"), max_length=12, choices=RegistrationReason.choices)
    #: The paper that proves the membership of people who were registered without a decision or a ticket.
    ground = models.CharField(_("document of the ground"), max_length=200, blank=True)
    #: The former organisation, if it is not in the registry (V-B9).
    arrived_from = models.CharField(_("arrived from"), max_length=200, blank=True)
    minutes_number = models.CharField(_("minutes №"), max_length=30, blank=True)
    minutes_date = models.DateField(_("minutes of"), null=True, blank=True)
    ended_on = models.DateField(_("deregistered on"), null=True, blank=True)
    end_reason = models.CharField(_("reason for leaving"), max_length=12, choices=EndReason.choices, blank=True)
    destination = models.CharField(_("where to"), max_length=300, blank=True)
    #: The paper that documents the end: statement, death certificate, decision.
    end_paper = models.CharField(_("document of the end"), max_length=200, blank=True)
    paper_card = models.CharField(_("paper card"), max_length=8, choices=PaperCard.choices, blank=True)
    mail_number = models.CharField(_("№ of the registered letter"), max_length=30, blank=True)

    history = HistoricalRecords()
    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["started_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(ended_on__isnull=True), name="registration_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, end_reason="")
                | (Q(ended_on__gte=F("started_on")) & ~Q(end_reason="")),
                name="registration_end_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "started_on"], name="registration_book"),
            models.Index(
                fields=["member"], condition=Q(start_reason=RegistrationReason.ARRIVAL), name="registration_arrived"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.started_on}"


class BookLineQuerySet(models.QuerySet["BookLine"]):
    def visible_to(self, actor: Actor | None) -> BookLineQuerySet:
        """Return lines of the books in the actor's subtree; they stay after the card has left (V-B10)."""
        return self.visible_with_blocked(actor).filter(usable("member__"))

    def visible_with_blocked(self, actor: Actor | None) -> BookLineQuerySet:
        """Return the visible lines including those of blocked cards, for the printed book (N-C1)."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "unit__"))

    def answered_for(self, actor: Actor) -> BookLineQuerySet:
        """Return the visible lines and those of blocked cards that the actor may read (N-C1)."""
        return self.visible_with_blocked(actor) if actor.reads_blocked else self.visible_to(actor)

    def below(self, organization: Organization) -> BookLineQuerySet:
        """Return the lines of the organisation's own book and of all books below it."""
        return self.filter(in_scope(Actor.system("registration books", organization), "unit__"))


class BookLine(models.Model):
    """A line of the registration book of a cell, or of the organisation that keeps cards without cells (V-B7).

    A line is a stay in the unit, so the lines show who was registered on any day; `recorded_at` and `left_recorded_at`
    show what was known on that day.
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
    #: Earlier names and ticket numbers of the line, one per line, which a search also finds (V-B5).
    former_names = models.TextField(_("former names"), blank=True)
    former_tickets = models.TextField(_("former ticket numbers"), blank=True)
    #: Present and former names, numbers and year of birth, as in `Member.search_key`.
    search_key = models.CharField(max_length=500, editable=False, default="")
    sort_key = models.CharField(max_length=420, editable=False, default="")
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    ticket_number = models.CharField(_("ticket №"), max_length=20, blank=True)
    joined_year = models.PositiveSmallIntegerField(_("year of joining"), null=True, blank=True)
    entered_on = models.DateField(_("registered since"))
    recorded_at = models.DateTimeField(_("recorded at"))
    left_on = models.DateField(_("left on"), null=True, blank=True)
    left_recorded_at = models.DateTimeField(_("departure recorded at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=EndReason.choices, blank=True)
    destination = models.CharField(_("where to"), max_length=300, blank=True)

    history = HistoricalRecords(excluded_fields=["sort_key", "search_key"])
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
            # For changes within a year below an organisation with many units.
            models.Index(fields=["entered_on"], name="book_by_entry"),
            models.Index(fields=["left_on"], condition=Q(left_on__isnull=False), name="book_by_leaving"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def formerly(self) -> list[str]:
        """Return the former names."""
        return self.former_names.splitlines()

    @property
    def earlier_tickets(self) -> list[str]:
        """Return the numbers of former tickets."""
        return self.former_tickets.splitlines()
