"""Models of people and their accounting."""

from .accounting import CardMark, ChangeProposal, Reconciliation, ReconciliationLine, Reminder
from .applications import Application, Attachment, Representation
from .cards import HealthRecord, IdentityPaper, Member, Questionnaire
from .entries import CardEntry, Registration
from .imports import ColumnMapping, ImportBatch, ImportRow
from .meetings import AgendaItem, Appeal, Attendance, Meeting
from .moves import BookLine, DestructionRecord, Transfer, TransferAttempt

__all__ = [
    "AgendaItem",
    "Appeal",
    "Application",
    "Attachment",
    "Attendance",
    "BookLine",
    "CardEntry",
    "CardMark",
    "ChangeProposal",
    "ColumnMapping",
    "DestructionRecord",
    "HealthRecord",
    "IdentityPaper",
    "ImportBatch",
    "ImportRow",
    "Meeting",
    "Member",
    "Questionnaire",
    "Reconciliation",
    "ReconciliationLine",
    "Registration",
    "Reminder",
    "Representation",
    "Transfer",
    "TransferAttempt",
]
