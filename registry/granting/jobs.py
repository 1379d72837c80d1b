"""Daily work on administrators' requests: expiry, and reassignment to the present chair (N-H2)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from registry.access import Actor
from registry.errors import RuleViolation
from registry.jobs.kinds import daily_there

from .models import GrantRequest
from .transitions import hand_on, lapse_grant


@daily_there
def settle_grants(today: dt.date, zone: str) -> None:
    """Expire the requests whose term is over, and assign the others to the present nearest chair."""
    by = Actor.system("grants")
    place = Q(organization__zone=zone)
    if not zone:
        # Accounts of the installation have no organisation, so the installation's date applies.
        place |= Q(organization=None)
    waiting = GrantRequest.objects.visible_to(by).waiting().filter(place)
    for pk, until in list(waiting.order_by("pk").values_list("pk", "until")):
        try:
            (lapse_grant if until < today else hand_on)(pk, by=by)
        except (RuleViolation, GrantRequest.DoesNotExist):
            # It was settled meanwhile.
            continue
