"""Models of the papers."""

from .consents import Consent, ConsentText
from .printing import PrintRecord

__all__ = ["Consent", "ConsentText", "PrintRecord"]
