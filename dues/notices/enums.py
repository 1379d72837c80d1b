"""States of reminders of dues."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class ReminderState(TextChoices):
    """State of a reminder of dues."""

    PRINTED = "printed", pgettext_lazy("reminder", "printed")
    SENDING = "sending", pgettext_lazy("reminder", "being sent")
    SENT = "sent", pgettext_lazy("reminder", "sent by e-mail")
    FAILED = "failed", pgettext_lazy("reminder", "e-mail could not be sent")


REMINDER_MOVES: dict[str, set[str]] = {
    ReminderState.PRINTED: set(),
    ReminderState.SENDING: {ReminderState.SENT, ReminderState.FAILED},
    ReminderState.SENT: set(),
    ReminderState.FAILED: set(),
}
register(
    "dues.DuesReminder",
    REMINDER_MOVES,
    _("This is %(state)s already."),
    tones={
        ReminderState.PRINTED: "ok", ReminderState.SENDING: "info", ReminderState.SENT: "ok",
        ReminderState.FAILED: "bad",
    },
)  # fmt: skip
#: States in which the reminder has reached the member, or may have.
REMINDED_STATES = frozenset({ReminderState.PRINTED, ReminderState.SENDING, ReminderState.SENT})
