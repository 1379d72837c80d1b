"""The models of the app, gathered for Django; our own code imports them from their packages."""

from .admission.models import Application, Attachment, Representation
from .book.models import BookLine, Registration
from .lists.models import CardUpdate, CardUpdateRow, ColumnMapping, ImportBatch, ImportRow
from .meetings.models import AgendaItem, Appeal, Attendance, Meeting
from .movement.models import DestructionRecord, Transfer, TransferAttempt
from .people.models import CardEntry, CardMark, HealthRecord, IdentityPaper, Member, Questionnaire, Reminder
from .reconciliation.models import ChangeProposal, Reconciliation, ReconciliationLine

__all__ = [
    "AgendaItem",
    "Appeal",
    "Application",
    "Attachment",
    "Attendance",
    "BookLine",
    "CardEntry",
    "CardMark",
    "CardUpdate",
    "CardUpdateRow",
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
