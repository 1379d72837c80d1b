"""Member card: appendix 4 of the instruction (V-B2, V-B6), and the union's one (practice U4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dues.enums import EntryKind, Fee
from dues.rules import live
from registry.enums import DataClass

from .card import card_of, chair_of, photo_of, written
from .core import Batch, Form
from .russian import short_date

if TYPE_CHECKING:
    from members.models import Member


def build(member: Member | None, batch: Batch) -> Mapping[str, Any]:
    """Sections with what the registry knows of their tables; the template adds rows to be written by hand."""
    keeper = batch.keeper(member)
    registrations = [
        {
            "organization": registration.organization.short_name,
            "started_on": short_date(registration.started_on),
            "ended_on": short_date(registration.ended_on),
        }
        for registration in (member.registrations.all() if member else ())
    ]
    return {
        "card": card_of(member, batch, "health"),
        "photo": photo_of(member, batch),
        "organization": keeper,
        "filled_on": batch.today if member else None,
        "chair": chair_of(keeper) if keeper and member else "",
        "current": next((r for r in reversed(member.registrations.all()) if r.ended_on is None), None)
        if member
        else None,
        "registrations": registrations,
        "marks": [],
        **_dues(member, batch),
        **_entries(member, batch),
    }


def _dues(member: Member | None, batch: Batch) -> dict[str, Any]:
    """The day of the entrance fee, and section 4: the annual fees that were paid, for who reads dues."""
    account = getattr(member, "dues", None)
    if account is None or DataClass.MONEY not in batch.reads:
        return {"fees": []}
    payments = [entry for entry in live(account.entries.all()) if entry.kind == EntryKind.PAYMENT]
    return {
        "entrance_paid_on": account.entrance_paid_on,
        "fees": [
            {"date": short_date(entry.made_on), "amount": f"{entry.amount:.2f} руб.".replace(".", ",", 1)}
            for entry in payments
            if entry.fee == Fee.ANNUAL
        ],
    }


def _entries(member: Member | None, batch: Batch) -> dict[str, list[dict[str, str]]]:
    """Repeated entries of the card by kind; kinds of a class that the reader may not read stay empty."""
    charter = batch.charter
    readable = {entry.key: entry for entry in charter.entries if entry.data_class in batch.reads}
    rows: dict[str, list[dict[str, str]]] = defaultdict(list, {entry.key: [] for entry in charter.entries})
    for entry in member.entries.all() if member else ():
        if entry.kind in readable:
            columns = readable[entry.kind].columns
            rows[entry.kind].append({column: written(charter, column, getattr(entry, column)) for column in columns})
    return dict(rows)


FORM = Form(
    code="member_card",
    title="Учётная карточка",
    build=build,
    data_classes=frozenset({DataClass.GENERAL, DataClass.HEALTH, DataClass.MONEY}),
    related=("health", "photo"),
    prefetched=("registrations__organization", "entries", "dues__entries"),
    fields=(
        "surname", "given_name", "birth_date", "sex", "category", "city", "street", "house", "phone_mobile", "education",
        "profession", "workplace", "position", "marital_status", "disability_group", "disability_cause", "certificate_number",
        "certificate_issued_on", "joined_on", "ticket_number", "dues_form",
    ),
    keeper_fields=("chair_name",),
)  # fmt: skip
