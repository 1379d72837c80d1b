"""Models of the member's card."""

from .cards import HealthRecord, IdentityPaper, Member, MemberQuerySet, Person, Questionnaire
from .entries import CardEntry
from .marks import CardMark, CardMarkQuerySet, Reminder, ReminderQuerySet

__all__ = [
    "CardEntry",
    "CardMark",
    "CardMarkQuerySet",
    "HealthRecord",
    "IdentityPaper",
    "Member",
    "MemberQuerySet",
    "Person",
    "Questionnaire",
    "Reminder",
    "ReminderQuerySet",
]
