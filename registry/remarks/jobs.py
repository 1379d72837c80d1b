"""Daily work of remarks: overdue ones are shown to the superior (N-S1)."""

from __future__ import annotations

import datetime as dt

from registry.access import Actor
from registry.errors import RuleViolation
from registry.jobs.kinds import daily_there

from .models import Remark
from .transitions import raise_remark


@daily_there
def raise_overdue(today: dt.date, zone: str) -> None:
    """Show each remark whose term is over to the superior of the organisation that has to answer."""
    by = Actor.system("remarks")
    late = Remark.objects.visible_to(by).open().filter(term__lt=today, raised_to=None).below_the_author()
    for pk in list(late.filter(organization__zone=zone).order_by("pk").values_list("pk", flat=True)):
        try:
            raise_remark(pk, by=by)
        except (RuleViolation, Remark.DoesNotExist):
            # It was answered or withdrawn meanwhile, or nobody below its author stands above the organisation.
            continue
