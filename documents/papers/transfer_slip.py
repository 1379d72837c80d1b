"""Slip with the transfer code, kept with the paper card on its way to the new organisation (V-B10, V-B11).

Printed when the code is made, like the credentials slip; the code itself is not stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.printing.codes import code_picture
from documents.printing.core import Batch, Paper, bundle, render
from members.movement.models import Transfer
from registry.days import day_text


def render_slip(transfer: Transfer, code: str) -> bytes:
    """Return the PDF of the slip; its QR code contains the code as well."""
    batch = Batch(transfer.source, frozenset(), transfer.source.today)
    return bundle(SLIP, [render(SLIP, build(transfer, code, batch), batch)])


def build(transfer: Transfer, code: str, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the slip."""
    sheet = {
        "name": transfer.person_name,
        "ticket_number": transfer.ticket_number,
        "left_on": day_text(transfer.started_on),
        "source": transfer.source.full_name,
        "destination": transfer.reason,
        "mail_number": transfer.mail_number,
        "code": code,
        "picture": batch.picture("code.svg", code_picture(code)),
        "printed": day_text(batch.today),
    }
    return [sheet]


SLIP = Paper(code="transfer_slip", title="Листок с кодом перевода", build=build)
