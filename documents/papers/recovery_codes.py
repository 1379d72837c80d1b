"""Sheet with the recovery codes of one's own second factor (U-2).

It is not a form about a member, so the printing pages do not offer it; it is printed when the codes are made. It names
nobody, so that a lost sheet does not reveal what it opens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from documents.printing.core import Batch, Paper, bundle, render
from registry.access import Actor
from registry.days import day_text
from registry.errors import NotAllowed


def render_sheet(codes: Sequence[str], *, by: Actor) -> bytes:
    """Return the PDF of the sheet with the actor's codes. Raises `NotAllowed` without an organisation."""
    if by.organization is None:
        raise NotAllowed
    batch = Batch(by.organization, frozenset(), by.organization.today)
    return bundle(SHEET, [render(SHEET, build(codes, batch), batch)])


def build(codes: Sequence[str], batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the sheet."""
    return [{"codes": list(codes), "made_on": day_text(batch.organization.today)}]


SHEET = Paper(
    code="recovery_codes",
    title="Запасные коды",
    build=build,
    data_classes=frozenset(),
)
