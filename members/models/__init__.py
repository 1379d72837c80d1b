"""Models of people and their accounting."""

from .cards import HealthRecord, IdentityPaper, Member, Questionnaire
from .entries import CardEntry, Registration
from .imports import ColumnMapping, ImportBatch, ImportRow

__all__ = [
    "CardEntry",
    "ColumnMapping",
    "HealthRecord",
    "IdentityPaper",
    "ImportBatch",
    "ImportRow",
    "Member",
    "Questionnaire",
    "Registration",
]
