"""Models of the member's card."""

from .cards import HealthRecord, IdentityPaper, Member, MemberQuerySet, Person, Questionnaire
from .entries import CardEntry
from .marks import CardMark, CardMarkQuerySet, Reminder, ReminderQuerySet
from .searches import ForeignHit, SearchRequest, SearchRequestQuerySet

__all__ = [
    "CardEntry",
    "CardMark",
    "CardMarkQuerySet",
    "ForeignHit",
    "HealthRecord",
    "IdentityPaper",
    "Member",
    "MemberQuerySet",
    "Person",
    "Questionnaire",
    "Reminder",
    "ReminderQuerySet",
    "SearchRequest",
    "SearchRequestQuerySet",
]
