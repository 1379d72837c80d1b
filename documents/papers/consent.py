"""Consent to the processing of personal data: appendix 2 of the instruction and
the union's form (U-6, 152-ФЗ art. 9).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.consents.models import ConsentText
from documents.printing.core import Batch, Form
from documents.printing.russian import MANDATES
from members.people.enums import ConsentState
from registry.days import day_text
from registry.enums import DataClass

from .card import card_of, operator_in_dative

if TYPE_CHECKING:
    from members.admission.models import Representation
    from members.people.models import Member
    from registry.charters.base import Charter
    from registry.organizations.models import Organization


def build(member: Member | None, batch: Batch) -> Mapping[str, Any]:
    """Return the values of the form: signed consents in the wording signed, others in today's."""
    return _context(member, batch)


def build_for_ward(ward: Member, representative: Member, mandate: Representation, batch: Batch) -> Mapping[str, Any]:
    """Return the values of the consent for a represented person, with data and signature of the representative."""
    block = dict(card_of(representative, batch, "identity"))
    block["authority"] = _authority(mandate)
    return {**_context(ward, batch), "representative": block, "signer": block.get("signer", "")}


def _authority(mandate: Representation) -> str:
    """Return the mandate's paper in one line, as it follows «на основании»."""
    parts = [MANDATES.get(mandate.mandate_kind, ""), mandate.mandate_number]
    if mandate.mandate_issued_on:
        parts.append(f"от {day_text(mandate.mandate_issued_on)}")
    line = " ".join(part for part in parts if part)
    return f"{line}, {mandate.mandate_issued_by}" if line and mandate.mandate_issued_by else line


def _context(member: Member | None, batch: Batch) -> dict[str, Any]:
    keeper = batch.keeper(member)
    operator = batch.operator(keeper) if keeper else None
    wording = _wording(member, batch)
    subject = card_of(member, batch, "identity")
    return {
        "text": wording,
        "method": wording["methods"][wording["method"]],
        "data": clauses(wording["data"], batch.charter),
        "other_data": clauses(wording["other_data"], batch.charter),
        "third_parties": _third_parties(wording, keeper, operator, batch),
        "subject": subject,
        "operator": {
            "name": operator_in_dative(operator),
            "ogrn": operator.ogrn,
            "inn": operator.inn,
            "address": operator.legal_address or operator.postal_address,
        }
        if operator
        else {},
        "representative": {},
        "signer": subject.get("signer", ""),
    }


def clauses(categories: Sequence[Mapping[str, Any]], charter: Charter) -> list[str]:
    """Return the categories of data that the charter's card contains (K2): no consent to data never asked for."""
    offered = {*charter.fields, "photo", *(f"entry:{entry.key}" for entry in charter.entries)}
    return [category["text"] for category in categories if offered & set(category["fields"])]


def _wording(member: Member | None, batch: Batch) -> Mapping[str, Any]:
    # Applicants and represented persons have no consent on record yet.
    given = member.consents.all() if member is not None and member.pk else ()
    signed = next((consent for consent in given if consent.state == ConsentState.SIGNED), None)
    if signed is not None:
        return signed.text.wording
    return batch.once("consent wording", lambda: _todays_wording(batch))


def _todays_wording(batch: Batch) -> Mapping[str, Any]:
    text = ConsentText.objects.in_force(batch.organization.federation, batch.today)
    return text.wording if text else batch.charter.consent


def _third_parties(
    wording: Mapping[str, Any], keeper: Organization | None, operator: Organization | None, batch: Batch
) -> str:
    """Return the third parties, including the superiors, who see the cards below them (N-H1)."""
    named = [wording["third_parties"]] if wording["third_parties"] else []
    if wording["superiors_are_third_parties"] and keeper:
        named += [o.full_name for o in reversed(batch.superiors(keeper)) if o != operator]
    return "; ".join(named)


FORM = Form(
    code="consent",
    title="Согласие на обработку персональных данных",
    build=build,
    data_classes=frozenset({DataClass.GENERAL, DataClass.IDENTITY}),
    related=("identity",),
    prefetched=("consents__text",),
    fields=(
        "surname", "given_name", "paper_kind", "paper_series", "paper_number", "paper_issued_on", "paper_issued_by",
        "city", "street", "house",
    ),
    operator_fields=("full_name", "ogrn", "inn", "legal_address"),
    for_applicants=True,
)  # fmt: skip
