"""Sheets of address labels, for members who get the leaflet by post (U-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.fitting import CUT, LEADING, POINT, READABLE_SIZE, fit

if TYPE_CHECKING:
    from members.people.models import Member

#: Labels of 70 × 37 mm in three columns and eight rows, which fill an A4 sheet.
PER_SHEET = 24
#: Width of the text and heights of the lines on a label (mm), font size (points).
WIDTH, SIZE = 58, 10.0
HEIGHTS = {"name": 7.8, "street": 7.8, "city": 3.9, "region": 3.9}


def build(members: Sequence[Member], batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the sheets; the last sheet is padded with empty labels."""
    labels = [_label(member) for member in members]
    sheets = [labels[at : at + PER_SHEET] for at in range(0, len(labels), PER_SHEET)]
    return [{"labels": sheet + [{}] * (PER_SHEET - len(sheet))} for sheet in sheets]


def _label(member: Member) -> Mapping[str, str]:
    """Return name and address in the order of Russian Post: street and house first, region and postcode last."""
    house = f"д. {member.house}" if member.house else ""
    flat = f"кв. {member.flat}" if member.flat else ""
    lines = {
        "name": member.full_name,
        "street": ", ".join(part for part in (member.street, house, flat) if part),
        "city": member.city,
        "region": member.region,
    }
    return {**{name: _cut(name, text) for name, text in lines.items()}, "postcode": member.postcode}


def _cut(name: str, text: str) -> str:
    """Truncate the text to what fits on the label, because a longer text would run into the next label."""
    room = HEIGHTS[name] / POINT
    fitted = fit(text, (WIDTH,), room=room, size=SIZE, grows=READABLE_SIZE)
    lines, most = fitted.lines[0], max(1, int(room / (fitted.size * LEADING)))
    return " ".join(lines) if len(lines) <= most else " ".join(lines[:most])[:-2].rstrip(" ,") + CUT


LABELS = Paper(code="address_labels", title="Адресные этикетки", build=build)
