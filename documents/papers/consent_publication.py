"""Consent to the publication of personal data on the operator's pages (152-ФЗ art. 10.1)."""

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
    return consent.build(member, batch, ConsentPurpose.PUBLICATION)


FORM = Form(
    code="consent_publication",
    title="Согласие на распространение персональных данных",
    build=build,
    as_word=True,
    template=consent.FORM.code,
    data_classes=consent.FORM.data_classes,
    related=consent.FORM.related,
    prefetched=consent.FORM.prefetched,
    fields=consent.FORM.fields,
    operator_fields=consent.FORM.operator_fields,
    carries=partial(consent.carried, purpose=ConsentPurpose.PUBLICATION),
    lacks=partial(consent.lacks, purpose=ConsentPurpose.PUBLICATION),
)
