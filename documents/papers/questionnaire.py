"""Questionnaire of a member, or of the person represented by a member: appendix 3 of the instruction (V-B7, V-B8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Form
from registry.days import day_text, from_iso
from registry.enums import DataClass

from .card import card_of, photo_of

if TYPE_CHECKING:
    from members.people.models import Member


#: Kinds of education that are «высшее» in item 6.
HIGHER = ("incomplete_higher", "bachelor", "specialist", "master", "higher")


def build(member: Member | None, batch: Batch) -> Mapping[str, Any]:
    """Return the values of the 23 items; unanswered ones are left to be filled in by hand."""
    card = card_of(member, batch, "health", "questionnaire")
    since = card.get("group_since", "")
    worn = card["chosen"].get("prostheses") or []
    return {
        "card": card,
        "higher": "higher" if card["chosen"].get("education") in HIGHER else "",
        # The words around «нижних, верхних» are underlined in either case.
        "limbs": "any" if {"leg", "arm"} & set(worn) else "",
        "wears_none": "none" in worn,
        # A date or a year only.
        "group_since": day_text(from_iso(since)) or since,
        "photo": photo_of(member, batch),
    }


FORM = Form(
    code="questionnaire",
    title="Анкета",
    build=build,
    data_classes=frozenset({DataClass.GENERAL, DataClass.HEALTH}),
    related=("health", "questionnaire", "photo"),
    fields=(
        "surname", "given_name", "sex", "birth_date", "city", "street", "house", "phone_mobile", "education",
        "disability_cause", "disability_group", "group_since", "diagnosis", "mobility", "prostheses", "profession",
        "workplace", "housing", "family", "family_working", "dependents", "needs",
    ),
)  # fmt: skip
