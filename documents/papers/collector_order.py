"""Order of the chair that appoints a collector of dues (V-D4, practice D16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.declension import Case, decline, sex_of, signed_name, split_name
from documents.tickets.queries.printed import as_on

from .blank_words import name_of
from .card import chair_of

if TYPE_CHECKING:
    from dues.collecting.models import CollectorOrder


def build(order: CollectorOrder | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the order, with the names of the day on which it was recorded.

    Without an order, return those of an empty form to be filled in by hand.
    """
    wording = batch.charter.wording
    common = {"of_members": wording["of_members"]}
    if order is None:
        organization = batch.keeper(None) or batch.organization
        return [{**common, "organization": name_of(organization), "chair": chair_of(organization)}]
    recorded = order.history.order_by("history_date", "history_id").values_list("history_date", flat=True).first()
    organization, name = as_on(order.organization, recorded), order.full_name
    return [
        {
            **common, "organization": name_of(organization), "chair": chair_of(organization),
            "number": order.number, "day": order.issued_on,
            "appointed": decline(*split_name(name), sex=sex_of(name), case=Case.ACCUSATIVE),
            "signed_name": signed_name(name), "made": True,
            "cells": [name_of(as_on(cell, recorded)) for cell in order.cells.order_by("sort_key", "pk")],
            "until": order.valid_until,
        }
    ]  # fmt: skip


ORDER = Paper(
    code="collector_order",
    title="Распоряжение о назначении ответственного за сбор взносов",
    build=build,
    data_classes=frozenset(),
    archived=True,
)
