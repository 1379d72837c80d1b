"""What repeats on a card: registrations and entries such as awards or training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.fields import EncryptedTextField
from registry.history import HistoricalRecords

from ..enums import AwardKind, EndReason, PaperCard, RegistrationReason, Sex

if TYPE_CHECKING:
    from registry.access import Actor


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, actor: Actor | None) -> RegistrationQuerySet:
        """Registrations of cards that the actor reads now."""
        return self.filter(in_scope(actor, "member__unit__"))


class Registration(models.Model):
    """A stay on account in one organisation, from a day to a day: section 2 of the card (V-B1, V-B9, V-B10)."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="registrations", verbose_name=_("member"))
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="registrations", verbose_name=_("organisation")
    )
    started_on = models.DateField(_("on account since"))
    start_reason = models.CharField(_("ground"), max_length=12, choices=RegistrationReason.choices)
    minutes_number = models.CharField(_("minutes №"), max_length=30, blank=True)
    minutes_date = models.DateField(_("minutes of"), null=True, blank=True)
    ended_on = models.DateField(_("off account since"), null=True, blank=True)
    end_reason = models.CharField(_("reason of leaving"), max_length=12, choices=EndReason.choices, blank=True)
    destination = models.CharField(_("where to"), max_length=300, blank=True)
    #: The paper that the end rests on: statement, death certificate, decision.
    end_paper = models.CharField(_("paper of the end"), max_length=200, blank=True)
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


class CardEntry(models.Model):
    """A repeated entry of the card: elected work, training, award, child, benefit, aid; kinds and columns by charter."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="entries", verbose_name=_("member"))
    kind = models.CharField(_("kind"), max_length=12)
    #: Encrypted for every kind alike: a benefit or a child's name is of a special class or of a third person.
    title = EncryptedTextField(_("name or title"))
    body = models.CharField(_("body"), max_length=150, blank=True)
    award_kind = models.CharField(_("kind of award"), max_length=12, choices=AwardKind.choices, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex.choices, blank=True)
    started_on = models.DateField(_("date"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    hours = models.PositiveSmallIntegerField(_("hours"), null=True, blank=True)
    amount = models.DecimalField(_("sum, roubles"), max_digits=12, decimal_places=2, null=True, blank=True)
    document = EncryptedTextField(_("document"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("card entry")
        verbose_name_plural = _("card entries")
        ordering = ["kind", "pk"]
        indexes = [models.Index(fields=["member", "kind"], name="entry_of_member")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
