"""Model of reminders of dues (V-D1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.days import day_text
from registry.enums import MailFailure, Permission
from registry.fields import KopecksField

from .enums import ReminderState

if TYPE_CHECKING:
    from registry.access import Actor


class DuesReminderQuerySet(models.QuerySet["DuesReminder"]):
    def visible_to(self, actor: Actor | None) -> DuesReminderQuerySet:
        """Return the reminders of members in the actor's subtree."""
        if actor is not None and Permission.VIEW_DUES not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "member__unit__"))


class DuesReminder(models.Model):
    """A payment notice that reminded a member of dues, printed or sent by e-mail; the address is stored only on the
    card.
    """

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="dues_reminders", verbose_name=_("member")
    )
    #: Requested sum, due or not yet.
    amount = KopecksField(_("sum, roubles"))
    state = models.CharField(_("state"), max_length=8, choices=ReminderState.choices)
    failure = models.CharField(_("what happened"), max_length=8, choices=MailFailure.choices, blank=True)
    job = models.ForeignKey("registry.Job", models.SET_NULL, null=True, related_name="+", verbose_name=_("job"))
    sent_by = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent at"))

    objects = DuesReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder of dues")
        verbose_name_plural = _("reminders of dues")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["member", "-sent_at"], name="reminder_of_member")]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def outcome(self) -> str:
        """Return the day of the reminder, and the reason if it could not be sent."""
        day = day_text(timezone.localtime(self.sent_at))
        return f"{day}: {self.get_failure_display()}" if self.failure else day
