"""Limit on duplicates in other organisations shown to an officer in a day (N-A1).

The check for duplicates searches the whole federation: without a limit it would reveal of anybody whether and where
they are a member. Beyond the limit nothing is searched, so that the refusal reveals nothing about the person either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.access import Actor
from registry.accounts.models import Account
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Organization

from ..errors import SearchesUsedUp
from ..models import ForeignHit, SearchRequest
from .duplicates import Duplicate, DuplicateKind

#: Within this time the same person counts once, and an unanswered request stays open.
KEPT = dt.timedelta(days=30)
#: Time for which a superior allows more.
ALLOWED_FOR = dt.timedelta(days=7)


def is_foreign(found: Duplicate, organization: Organization) -> bool:
    """Return whether the duplicate reveals a person of another organisation, outside the actor's scope."""
    other = found.member_id is None and found.organization_id != organization.pk
    return other and found.kind is not DuplicateKind.BLANK


def left_today(account: Account) -> int:
    """Return how many more duplicates elsewhere the account may be shown today."""
    since = timezone.now() - ALLOWED_FOR
    allowed = SearchRequest.objects.filter(account=account, allowed_at__gt=since).aggregate(n=Sum("wanted"))["n"] or 0
    return _usual_left(account) + allowed


def _usual_left(account: Account) -> int:
    """Return how much of the general limit is left today; negative where more was allowed."""
    shown = ForeignHit.objects.filter(account=account, on=timezone.localdate()).count()
    most: int = settings.FOREIGN_HITS_A_DAY
    return most - shown


def new_refs(found: Iterable[Duplicate], organization: Organization, account: Account) -> set[str]:
    """Return the duplicates elsewhere that the account has not seen before, by their opaque refs."""
    refs = {one.ref for one in found if is_foreign(one, organization)}
    return refs - set(ForeignHit.objects.filter(account=account, ref__in=refs).values_list("ref", flat=True))


def is_limited(organization: Organization, by: Actor) -> bool:
    """Return whether the actor's searches are limited: not those of the installation and of the head."""
    return by.account is not None and organization.parent_id is not None


def check_may_search(organization: Organization, *, by: Actor) -> None:
    """Raise `SearchesUsedUp` (N-A1) if the actor has seen the maximum number of duplicates elsewhere today."""
    if by.account is None or not is_limited(organization, by) or _usual_left(by.account) > 0:
        return
    if left_today(by.account) <= 0:
        raise SearchesUsedUp(
            "N-A1",
            _(
                "Many of the people that you entered today are registered in other organisations. Nobody else is "
                "looked up for you today; the superior organisation has been told and can allow more."
            ),
        )


def check_can_allow(request: SearchRequest, *, by: Actor) -> None:
    """Raise `NotAllowed` for one's own organisation, `RuleViolation` (N-A1) if the request was already allowed."""
    if by.organization is not None and by.organization.pk == request.organization_id:
        raise NotAllowed
    if request.allowed_at is not None:
        raise RuleViolation("N-A1", _("This was allowed already."))
