"""Marks on the card and reminders (V-B5, V-B13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.enums import Permission
from registry.fields import EncryptedTextField
from registry.history import HistoricalRecords

from ..enums import MarkKind, ReminderKind

if TYPE_CHECKING:
    from registry.access import Actor


class CardMarkQuerySet(models.QuerySet["CardMark"]):
    def visible_to(self, actor: Actor | None) -> CardMarkQuerySet:
        """Return marks on cards that the actor may see."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "member__unit__"))


class CardMark(models.Model):
    """A line in section 3 of the card: measures and their lifting, duplicates, absences (V-B5, V-B13)."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="marks", verbose_name=_("member"))
    kind = models.CharField(_("kind"), max_length=12, choices=MarkKind.choices)
    made_on = models.DateField(_("date"))
    text = EncryptedTextField(_("mark"))
    until = models.DateField(_("until"), null=True, blank=True)
    #: For a replaced ticket: its number, and the new number as soon as it is known (V-B5).
    former_number = models.CharField(_("number of the former ticket"), max_length=20, blank=True)
    new_number = models.CharField(_("number of the new ticket"), max_length=20, blank=True)
    item = models.ForeignKey(
        "members.AgendaItem", models.SET_NULL, null=True, blank=True, related_name="marks", verbose_name=_("decision")
    )
    lifted_on = models.DateField(_("lifted on"), null=True, blank=True)
    lifted_text = EncryptedTextField(_("mark on the lifting"), blank=True)
    lifted_item = models.ForeignKey(
        "members.AgendaItem", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decision")
    )

    history = HistoricalRecords()
    objects = CardMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("card mark")
        verbose_name_plural = _("card marks")
        ordering = ["made_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_on__isnull=True) | Q(lifted_on__gte=F("made_on")), name="mark_lifted_after_made"
            ),
        ]
        indexes = [
            models.Index(fields=["member", "made_on"], name="mark_of_member"),
            models.Index(fields=["member"], condition=Q(kind=MarkKind.NAME), name="mark_of_name"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.made_on}"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, actor: Actor | None) -> ReminderQuerySet:
        """Return reminders of cards that the actor may see."""
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "member__unit__"))


class Reminder(models.Model):
    """A date that the keeper of the card is reminded of; updated by the transitions that change its source."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="reminders")
    kind = models.CharField(_("kind"), max_length=12, choices=ReminderKind.choices)
    due_on = models.DateField(_("day"))
    #: Id of the represented person or mark with the date; 0 for the card itself.
    source = models.PositiveBigIntegerField(default=0)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["member", "kind", "source"], name="reminder_once"),
        ]
        indexes = [models.Index(fields=["due_on", "kind"], name="reminder_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"
