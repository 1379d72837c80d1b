"""Every transition with the actors who may and may not use it; `TABLE` is tested by
tests/house/test_transitions_by_role.py.
"""

from tests.house.acts import (
    bank,
    blanks_written_off,
    campaigns,
    collecting,
    contributions,
    distribution,
    documents,
    dues,
    ecards,
    exchange,
    members,
    payroll,
    registry,
    report_forms,
    tickets,
)

from .base import ACTORS, Asked, Scene, Table, scene
from .registry import PARTS

TABLE: Table = {
    **registry.TABLE,
    **campaigns.TABLE,
    **report_forms.TABLE,
    **members.TABLE,
    **dues.TABLE,
    **collecting.TABLE,
    **contributions.TABLE,
    **distribution.TABLE,
    **payroll.TABLE,
    **bank.TABLE,
    **documents.TABLE,
    **blanks_written_off.TABLE,
    **exchange.TABLE,
    **tickets.TABLE,
    **ecards.TABLE,
}

__all__ = ["ACTORS", "PARTS", "TABLE", "Asked", "Scene", "scene", "tickets"]
