"""Choices of the ledger."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Fee(TextChoices):
    """Kinds of dues (V-D1 to V-D3, U-D1)."""

    ENTRANCE = "entrance", _("entrance fee")
    ANNUAL = "annual", _("annual fee")
    PROPERTY = "property", _("property contribution")
    VOLUNTARY = "voluntary", _("voluntary contribution")
    PERCENT = "percent", _("percentage of pay")


class EntryKind(TextChoices):
    """Kinds of ledger entries; mistakes are corrected by reversals (N-D1)."""

    CHARGE = "charge", _("charge")
    PAYMENT = "payment", _("payment")
    REVERSAL = "reversal", _("reversal")


#: Kinds of dues that are charged; payments beyond the charges are advances. Other kinds are only received.
CHARGED = (Fee.ENTRANCE, Fee.ANNUAL, Fee.PROPERTY)
