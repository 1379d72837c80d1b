"""The models of the app, imported for Django; our own code imports them from their packages."""

from .clauses.models import FormText
from .consents.models import Consent, ConsentText
from .ecards.models import (
    CardAnswer,
    CardBatch,
    CardDelivery,
    CardDeliveryLine,
    CardOrder,
    CardRequest,
    ElectronicCard,
)
from .exchange.models import ExchangeFile, ExchangeSettings, LeafletMail, OutboxEntry
from .printing.models import PrinterCalibration, PrintRecord
from .rights.models import SubjectRequest
from .tickets.models import Blank, BlankMovement, BlankPaper, BlankRange, BlankStock, IssueLine

__all__ = [
    "Blank",
    "BlankMovement",
    "BlankPaper",
    "BlankRange",
    "BlankStock",
    "CardAnswer",
    "CardBatch",
    "CardDelivery",
    "CardDeliveryLine",
    "CardOrder",
    "CardRequest",
    "Consent",
    "ConsentText",
    "ElectronicCard",
    "ExchangeFile",
    "ExchangeSettings",
    "FormText",
    "IssueLine",
    "LeafletMail",
    "OutboxEntry",
    "PrintRecord",
    "PrinterCalibration",
    "SubjectRequest",
]
