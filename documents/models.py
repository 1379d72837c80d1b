"""The models of the app, imported for Django; our own code imports them from their packages."""

from .consents.models import Consent, ConsentText
from .exchange.models import ExchangeSettings, OutboxEntry
from .printing.models import PrintRecord
from .tickets.models import Blank, BlankMovement, BlankPaper, BlankRange, BlankStock, IssueLine

__all__ = [
    "Blank",
    "BlankMovement",
    "BlankPaper",
    "BlankRange",
    "BlankStock",
    "Consent",
    "ConsentText",
    "ExchangeSettings",
    "IssueLine",
    "OutboxEntry",
    "PrintRecord",
]
