"""Reductions of members whose organisation is merged (V-D1, N-H3).

The merger calls it; it has locked the members and the organisations, and checks permissions and rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .models import Reduction

if TYPE_CHECKING:
    from registry.organizations.models import Organization
    from registry.transitions import Act


def pass_on_reductions(act: Act, ended: Organization, successor: Organization) -> None:
    """Let the decisions about single members of the ended organisation hold in its successor.

    Those about categories were of the members of the ended organisation only, and do not.
    """
    own = Reduction.objects.of_members().filter(organization=ended, member__organization=successor)
    act.set_all(Reduction, act.lock_many(own), organization=successor)
