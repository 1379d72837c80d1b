"""Breach cards, and the members whose data a breach concerns (152-ФЗ art. 21 p. 3.1)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.days import day_text
from registry.enums import Permission
from registry.fields import EncryptedTextField
from registry.history import HistoricalRecords

from .enums import SETTLED, BreachData, BreachState, Noticed

if TYPE_CHECKING:
    from registry.access import Actor

#: Hours between noticing the breach and the first and second notice.
FIRST_HOURS, SECOND_HOURS = 24, 72


class BreachQuerySet(models.QuerySet["Breach"]):
    def visible_to(self, actor: Actor | None) -> BreachQuerySet:
        """Return the cards of the actor's own organisation, for those responsible for its personal data."""
        if actor is None or Permission.ERASE not in actor.permissions:
            return self.none()
        found = self.filter(in_scope(actor, "organization__"))
        return found if actor.is_system else found.filter(organization=actor.organization)

    def open(self) -> BreachQuerySet:
        """Return the cards that are not settled."""
        return self.exclude(state__in=SETTLED)


class Breach(models.Model):
    """The card of an unlawful or accidental transfer of personal data: its facts, terms and notices."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="breaches", verbose_name=_("organisation")
    )
    state = models.CharField(_("state"), max_length=9, choices=BreachState.choices, default=BreachState.OPEN)
    #: Both terms start at this moment.
    noticed_at = models.DateTimeField(_("noticed at"))
    noticed_by = models.CharField(_("how it was noticed"), max_length=9, choices=Noticed.choices)
    happened_at = models.DateTimeField(_("happened at"), null=True, blank=True)
    what = EncryptedTextField(_("what happened"))
    causes = EncryptedTextField(_("presumed causes"), blank=True)
    #: Values of `BreachData`.
    data = models.JSONField(_("which data"), default=list)
    places = EncryptedTextField(_("organisations concerned"), blank=True)
    people = models.PositiveIntegerField(_("number of people, about"))
    harm = EncryptedTextField(_("presumed harm to the people"), blank=True)
    measures = EncryptedTextField(_("measures taken"), blank=True)
    responsible = EncryptedTextField(_("who speaks with Roskomnadzor"))
    results = EncryptedTextField(_("results of the investigation"), blank=True)
    culprits = EncryptedTextField(_("people whose acts were the cause"), blank=True)
    first_at = models.DateTimeField(_("first notice sent at"), null=True, blank=True)
    first_number = models.CharField(_("number of the first notice"), max_length=60, blank=True)
    second_at = models.DateTimeField(_("second notice sent at"), null=True, blank=True)
    second_number = models.CharField(_("number of the second notice"), max_length=60, blank=True)
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    keep_until = models.DateField(_("kept until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = BreachQuerySet.as_manager()

    class Meta:
        verbose_name = _("breach of personal data")
        verbose_name_plural = _("breaches of personal data")
        ordering = ["-noticed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=BreachState.OPEN, first_at__isnull=True)
                | Q(state=BreachState.TOLD, first_at__isnull=False, second_at__isnull=True)
                | Q(state__in=[BreachState.EXPLAINED, BreachState.CLOSED], second_at__isnull=False)
                | Q(state=BreachState.DISMISSED),
                name="breach_has_its_notices",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(SETTLED), settled_on__isnull=False, keep_until__isnull=False)
                | (~Q(state__in=sorted(SETTLED)) & Q(settled_on__isnull=True, keep_until__isnull=True)),
                name="breach_settled_on_a_day",
            ),
        ]
        indexes = [models.Index(fields=["organization", "state", "noticed_at"], name="breach_of_organization")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {day_text(self.noticed_at.astimezone(self.organization.tz).date())}"

    @property
    def is_settled(self) -> bool:
        """Return whether the card is final."""
        return self.state in SETTLED

    @property
    def first_due(self) -> dt.datetime:
        """Return the time by which the first notice has to be sent."""
        return self.noticed_at + dt.timedelta(hours=FIRST_HOURS)

    @property
    def second_due(self) -> dt.datetime:
        """Return the time by which the second notice has to be sent."""
        return self.noticed_at + dt.timedelta(hours=SECOND_HOURS)

    @property
    def data_labels(self) -> list[Any]:
        """Return the names of the classes of data that are affected."""
        return [one.label for one in BreachData if one in self.data]


class BreachPersonQuerySet(models.QuerySet["BreachPerson"]):
    def visible_to(self, actor: Actor | None) -> BreachPersonQuerySet:
        """Return the members on the cards that the actor sees, except blocked cards and members who left."""
        cards = Breach.objects.visible_to(actor).order_by()
        return self.filter(in_scope(actor, "member__unit__"), breach__in=cards)


class BreachPerson(models.Model):
    """A member affected by a breach, and the day on which they were informed."""

    breach = models.ForeignKey(Breach, models.CASCADE, related_name="named", verbose_name=_("breach of personal data"))
    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+", verbose_name=_("member"))
    told_on = models.DateField(_("told on"), null=True, blank=True)

    objects = BreachPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a breach")
        verbose_name_plural = _("members of breaches")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["breach", "member"], name="breach_names_a_member_once")]

    def __str__(self) -> str:
        return str(self.pk)
