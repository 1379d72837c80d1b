"""Consent to the publication of personal data on the operator's pages (152-ФЗ art. 10.1)."""

from documents.consents.enums import ConsentPurpose

from . import consent

FORM = consent.form_for(
    ConsentPurpose.PUBLICATION, code="consent_publication", title="Согласие на распространение персональных данных"
)
