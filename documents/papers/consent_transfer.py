"""Consent to the transfer of personal data to the recipients named by the charter (U-7, 156-ФЗ)."""

from documents.consents.enums import ConsentPurpose

from . import consent

FORM = consent.form_for(
    ConsentPurpose.TRANSFER, code="consent_transfer", title="Согласие на передачу персональных данных"
)
