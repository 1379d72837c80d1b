"""Choices of consents and their allowed moves between states."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from members.people.enums import CONSENT_TONES, ConsentState
from registry.states import register


class ConsentPurpose(TextChoices):
    """Purposes; each has its own consent (156-ФЗ, practice 7.2)."""

    PROCESSING = "processing", _("processing of personal data")
    TRANSFER = "transfer", _("transfer to the bonus programme and the producer of cards")
    PUBLICATION = "publication", _("publication")


#: Code of the printed paper → purpose of the consent.
PURPOSES_OF_FORMS: dict[str, str] = {
    "consent": ConsentPurpose.PROCESSING,
    "consent_transfer": ConsentPurpose.TRANSFER,
    "consent_publication": ConsentPurpose.PUBLICATION,
}
FORMS_OF_PURPOSES = {purpose: form for form, purpose in PURPOSES_OF_FORMS.items()}


CONSENT_MOVES: dict[str, set[str]] = {
    # Back to «printed»: a tick set by mistake is undone.
    ConsentState.PRINTED: {ConsentState.SIGNED, ConsentState.NONE, ConsentState.EXPIRED},
    ConsentState.SIGNED: {ConsentState.WITHDRAWN, ConsentState.PRINTED, ConsentState.EXPIRED},
    ConsentState.WITHDRAWN: set(),
    ConsentState.EXPIRED: set(),
    ConsentState.NONE: {ConsentState.PRINTED},
}
register(
    "documents.Consent",
    CONSENT_MOVES,
    _("This consent cannot be marked now."),
    refusals={
        ConsentState.SIGNED: _("The consent is marked as signed already."),
        ConsentState.WITHDRAWN: _("The consent was withdrawn. Print a new one for signature."),
    },
    tones=CONSENT_TONES,
)


class Channel(TextChoices):
    """Channel by which the statement was delivered."""

    HAND = "hand", _("handed over in person")
    POST = "post", _("by post")
    EMAIL = "email", _("by e-mail")


class Carrier(TextChoices):
    """Kinds of paper with personal data that are destroyed with them (order 179 of Roskomnadzor)."""

    QUESTIONNAIRE = "questionnaire", _("Questionnaire, sheets")
    COPIES = "copies", _("Copies of documents, sheets")
    PHOTOGRAPHS = "photographs", _("Photographs, pieces")
    OTHER = "other", _("Other papers, sheets")


class Way(TextChoices):
    """Way in which papers with personal data were destroyed."""

    SHREDDED = "shredded", _("cut by a shredder")
    BURNED = "burned", _("burned")
    PULPED = "pulped", _("torn up and given away as waste paper")


#: Working days until the processing has to stop, and until the person has to be notified in writing (N-C1).
DAYS_TO_STOP, DAYS_TO_TELL = 3, 10
#: Days until data without another legal ground have to be destroyed (152-ФЗ art. 21 p. 5).
DAYS_TO_DESTROY = 30
