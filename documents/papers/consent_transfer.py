"""Consent to the transfer of personal data to the recipients named by the charter (U-7, 156-ФЗ)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from documents.consents.enums import ConsentPurpose
from documents.printing.core import Batch, Form

from . import consent

if TYPE_CHECKING:
    from members.people.models import Member


def build(member: Member | None, batch: Batch) -> Mapping[str, Any]:
    """Return the values of the form; for a signed consent, the signed values, marked as a copy."""
    return consent.build(member, batch, ConsentPurpose.TRANSFER)


FORM = Form(
    code="consent_transfer",
    title="Согласие на передачу персональных данных",
    build=build,
    as_word=True,
    template=consent.FORM.code,
    data_classes=consent.FORM.data_classes,
    related=consent.FORM.related,
    prefetched=consent.FORM.prefetched,
    fields=consent.FORM.fields,
    operator_fields=consent.FORM.operator_fields,
    carries=partial(consent.carried, purpose=ConsentPurpose.TRANSFER),
    lacks=partial(consent.lacks, purpose=ConsentPurpose.TRANSFER),
)
