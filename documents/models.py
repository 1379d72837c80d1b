"""The models of the app, imported for Django; our own code imports them from their packages."""

from .consents.models import Consent, ConsentText
from .printing.models import PrintRecord

__all__ = [
    "Consent",
    "ConsentText",
    "PrintRecord",
]
