"""Choices of the papers."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from members.enums import ConsentState


class ConsentPurpose(TextChoices):
    """One consent per purpose (156-ФЗ, practice 7.2)."""

    PROCESSING = "processing", _("processing of personal data")


CONSENT_MOVES: dict[str, set[str]] = {
    # Back to «printed»: a tick set by mistake is taken back as a recorded reversal.
    ConsentState.PRINTED: {ConsentState.SIGNED, ConsentState.NONE, ConsentState.EXPIRED},
    ConsentState.SIGNED: {ConsentState.WITHDRAWN, ConsentState.PRINTED, ConsentState.EXPIRED},
    ConsentState.WITHDRAWN: set(),
    ConsentState.EXPIRED: set(),
    ConsentState.NONE: {ConsentState.PRINTED},
}

#: A member has at most one consent in these states for a purpose.
OPEN_CONSENTS = (ConsentState.PRINTED, ConsentState.SIGNED)
