"""Application for membership: appendix 1 of the instruction (V-A4) and the union's form (practice U2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Form
from documents.printing.declension import Case

from .card import card_of, chair_of, organization_in_genitive

if TYPE_CHECKING:
    from members.people.models import Member


def values_of(member: Member | None, batch: Batch) -> dict[str, Any]:
    """Return the values of a statement to the organisation that keeps the card; the date is written by hand."""
    keeper = batch.keeper(member)
    return {
        "organization": organization_in_genitive(keeper) if keeper else "",
        "keeper_name": keeper.short_name if keeper else "",
        "chair": chair_of(keeper, Case.DATIVE) if keeper else "",
        "applicant": card_of(member, batch),
    }


def build(member: Member | None, batch: Batch) -> Mapping[str, Any]:
    """Return the values of the form; a filed application keeps the text of the day it was filed."""
    filed = getattr(member, "application", None)
    return {**values_of(member, batch), "signed_on": filed.filed_on if filed is not None else None}


FORM = Form(
    code="application",
    title="Заявление о приёме",
    build=build,
    related=("application",),
    fields=("surname", "given_name", "sex", "category", "workplace", "position", "dues_form"),
    keeper_fields=("chair_name", "chair_sex"),
    two_sided=False,
    for_applicants=True,
    as_word=True,
)
