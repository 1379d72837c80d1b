"""Counts of duplicates in other organisations shown to officers, and the superior's permission for more (N-A1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from registry.access import Actor
from registry.accounts.models import Account
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import change, quietly, write_event

from ..errors import SearchesUsedUp, SomeRefused
from ..models import ForeignHit, SearchRequest
from ..rules import searches as rules
from ..rules.duplicates import Duplicate, DuplicateFound


@contextmanager
def noting(organization: Organization | None, *, by: Actor) -> Iterator[None]:
    """Count the duplicates elsewhere that a refusal within the block shows, after the rollback of the refused change.

    Ask the superior if the actor has reached the limit.
    """
    try:
        yield
    except SearchesUsedUp:
        ask_for_more(organization or by.organization, settings.FOREIGN_HITS_A_DAY, by=by)
        raise
    except DuplicateFound as refusal:
        note_shown(refusal.duplicates, organization or by.organization, by=by)
        raise
    except SomeRefused as refusal:
        note_shown(
            [one for many in refusal.refused.values() for why in many for one in getattr(why, "duplicates", ())],
            organization or by.organization, by=by,
        )  # fmt: skip
        raise


def note_shown(found: Sequence[Duplicate], organization: Organization | None, *, by: Actor) -> int:
    """Count the duplicates elsewhere shown to the actor, and tell their organisations; return their number.

    An organisation learns that somebody asked and about how many of its people, but not which.
    """
    if organization is None or not rules.is_limited(organization, by):
        return 0
    account: Account = by.account  # type: ignore[assignment]
    foreign = {one.ref: one for one in found if rules.is_foreign(one, organization)}
    fresh = rules.new_refs(foreign.values(), organization, account)
    if fresh:
        today = timezone.localdate()
        with quietly(by):
            ForeignHit.objects.bulk_create(
                [ForeignHit(account=account, ref=ref, on=today) for ref in sorted(fresh)],
                update_conflicts=True, unique_fields=["account", "ref"], update_fields=["on"],
            )  # fmt: skip
        counts = Counter(foreign[ref].organization_id for ref in fresh if foreign[ref].organization_id)
        # In separate transactions, because the journals of several organisations are never locked together.
        transaction.on_commit(lambda: _tell(counts, by))
    return len(foreign)


def _tell(counts: Counter[int | None], by: Actor) -> None:
    for there in Organization.objects.filter(pk__in=[pk for pk in counts if pk]).order_by("pk"):
        write_event("member.found_elsewhere", by=by, rule="N-A1", organization=there, count=counts[there.pk])


def hold_back(found: Sequence[Duplicate], organization: Organization, *, by: Actor) -> bool:
    """Return whether a list finds more people elsewhere than its uploader may see today, and then ask the superior.

    Otherwise the duplicates are shown and counted.
    """
    if rules.is_limited(organization, by):
        account: Account = by.account  # type: ignore[assignment]
        fresh = len(rules.new_refs(found, organization, account))
        if fresh and fresh > rules.left_today(account):
            ask_for_more(organization, fresh, by=by)
            return True
    note_shown(found, organization, by=by)
    return False


def ask_for_more(organization: Organization | None, wanted: int, *, by: Actor) -> None:
    """Ask the superior to let the actor see more people of other organisations; once, until it is answered."""
    if organization is None or not rules.is_limited(organization, by):
        return
    with change(by=by, rule="N-A1", event="member.searches_used_up") as act:
        waiting = act.lock_many(SearchRequest.objects.waiting().filter(account=by.account))
        act.silent = bool(waiting)
        request = next(
            iter(waiting),
            SearchRequest(account=by.account, organization=organization, wanted=0, asked_at=act.now),
        )
        request.wanted, request.organization = max(request.wanted, wanted), organization
        act.save(request)
        act.about(request, organization=organization, count=request.wanted)


def allow_searches(request_id: int, *, by: Actor) -> SearchRequest:
    """Allow the officer to see any number of people of other organisations for a week (N-A1)."""
    with change(by=by, rule="N-A1", event="member.searches_allowed") as act:
        request = act.lock(SearchRequest.objects.visible_to(by), request_id)
        act.require(Permission.MANAGE_ACCOUNTS, request.organization)
        rules.check_can_allow(request, by=by)
        request.allowed_at, request.allowed_by = act.now, by.account
        act.save(request)
        act.about(request, organization=request.organization, count=request.wanted)
    return request


def sweep_searches() -> int:
    """Delete counted duplicates and requests older than `KEPT`; return their number."""
    before = timezone.now() - rules.KEPT
    hits = ForeignHit.objects.filter(on__lt=timezone.localdate(before)).delete()[0]
    return hits + SearchRequest.objects.filter(asked_at__lt=before).delete()[0]
