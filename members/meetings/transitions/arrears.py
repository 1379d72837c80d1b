"""Exclusions for arrears: proposed for many members at once, and dropped once they have paid (V-B16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import Max

from dues.ledger.models import DuesAccount
from dues.ledger.rules.standing import arrears, standings_in
from members.people.models import Member
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from .. import rules
from ..enums import ExclusionReason, ItemKind, ItemState, MeetingState
from ..models import AgendaItem, Meeting
from ..queries import usual_title, with_sum

#: Reason of an item that was dropped because the member has paid, in Russian like the papers.
PAID = "Задолженность погашена до рассмотрения."


def propose_exclusions(place_id: int, member_ids: Collection[int], *, by: Actor) -> tuple[int, Meeting | None]:
    """Propose to exclude the members for arrears, and put the items on the agenda of the next planned meeting.

    Without a planned meeting they wait for one. Members already proposed are left out; all others must have been in
    arrears as long as the charter requires. Return the number of items and the meeting. Raises `RuleViolation` (V-B16),
    `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="V-B16", event="item.exclusions_proposed") as act:
        place = act.lock(Organization.objects.visible_to(by), place_id)
        act.require(Permission.RUN_MEETINGS, place)
        rules.check_excludes_for_arrears(place)
        meeting = _next_meeting(act, place)
        people = Member.objects.visible_to(by).registered().filter(organization=place, pk__in=member_ids)
        members = sorted(act.lock_many(people), key=lambda member: (member.sort_key, member.pk))
        if len(members) != len(set(member_ids)):
            raise Member.DoesNotExist
        open_ones = AgendaItem.objects.open().filter(kind=ItemKind.EXCLUSION, member__in=members)
        proposed = set(open_ones.values_list("member", flat=True))
        items = _items(place, [one for one in members if one.pk not in proposed], meeting, act.today)
        rules.check_somebody_proposed(items)
        act.create_many(AgendaItem, items)
        act.about(meeting or place, organization=place, count=len(items))
    return len(items), meeting


def _items(place: Organization, members: list[Member], meeting: Meeting | None, today: dt.date) -> list[AgendaItem]:
    standings = standings_in(place, [member.pk for member in members])
    since = dict(DuesAccount.objects.filter(member__in=members).values_list("member", "unpaid_since"))
    tail = place.charter.wording["member"].partition(" ")[2]
    last = int(meeting.items.aggregate(last=Max("position"))["last"] or 0) if meeting is not None else 0
    items = []
    for position, member in enumerate(members, last + 1):
        owed = standings[member.pk].overdue(today) if member.pk in standings else Decimal(0)
        rules.check_may_be_excluded(member, since.get(member.pk), place, today)
        title = usual_title(ItemKind.EXCLUSION, member, tail=tail, exclusion_reason=ExclusionReason.ARREARS)
        item = AgendaItem(
            organization=place, kind=ItemKind.EXCLUSION, member=member, exclusion_reason=ExclusionReason.ARREARS,
            title=with_sum(title, owed, member.full_name), amount=owed, filed_on=today,
        )  # fmt: skip
        if meeting is not None:
            item.state, item.meeting, item.position = ItemState.SCHEDULED, meeting, position
        items.append(item)
    return items


def _next_meeting(act: Act, place: Organization) -> Meeting | None:
    """Return the next planned meeting of the organisation, locked; None if none is planned."""
    planned = Meeting.objects.filter(organization=place, state=MeetingState.PLANNED, held_on__gte=act.today)
    found = planned.order_by("held_on", "starts_at", "pk").values_list("pk", flat=True).first()
    return act.lock(Meeting, found) if found is not None else None


def drop_paid(act: Act, items: Iterable[AgendaItem], on: dt.date) -> int:
    """Drop the items about the exclusion for arrears of members who owe nothing on the day; return their number.

    The caller has locked the meeting.
    """
    dropped = 0
    for item in items:
        if item.member is None or not rules.is_for_arrears(item.kind, item.exclusion_reason, item.organization):
            continue
        if arrears(item.member, on):
            continue
        states.check(item, ItemState.DROPPED, "V-B16")
        item.state, item.meeting, item.position, item.spoken, item.reason = ItemState.DROPPED, None, 0, "", PAID
        act.save(item)
        dropped += 1
    return dropped


def drop_paid_of(organization_id: int, *, by: Actor) -> int:
    """Drop the organisation's proposals to exclude members for arrears who have paid since; return their number."""
    with change(by=by, rule="V-B16", event="item.exclusions_dropped") as act:
        place = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RUN_MEETINGS, place)
        open_ones = AgendaItem.objects.open().filter(organization=place, kind=ItemKind.EXCLUSION)
        planned = open_ones.filter(meeting__state=MeetingState.PLANNED)
        act.lock_many(Meeting.objects.filter(pk__in=list(planned.values_list("meeting", flat=True))))
        # After the day of a meeting its own page drops them, because the debt on that day counts.
        ahead = open_ones.exclude(meeting__held_on__lt=act.today).order_by("pk")
        items = list(act.lock_many(ahead))
        for item in items:
            item.organization = place
        count = drop_paid(act, items, act.today)
        act.silent = not count
        act.about(place, organization=place, count=count)
    return count
