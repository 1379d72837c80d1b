"""The agenda of a meeting, made from waiting items and applications (V-A5, practice 4.9)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max, Q

from members.admission.models import Application
from members.admission.transitions.applications import put_on_agenda, take_off_agenda
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from .. import rules
from ..enums import ItemKind, ItemState
from ..models import AgendaItem, Meeting


def put_on(
    meeting_id: int,
    *,
    applications: Sequence[int] = (),
    separately: bool = False,
    items: Sequence[int] = (),
    by: Actor,
) -> list[AgendaItem]:
    """Put waiting applications and items on the agenda: applications as one item, or `separately` (V-A5).

    Raises `Blocked` for an incomplete set of papers, `RuleViolation` for items that no longer wait, `NotAllowed`.
    """
    with change(by=by, rule="V-A5", event="agenda.extended") as act:
        meeting, chosen = _open(act, meeting_id, applications)
        position = _last(meeting)
        made: list[AgendaItem] = []
        groups = [[application] for application in chosen] if separately else [chosen] if chosen else []
        for group in groups:
            position += 1
            made.append(_admission(act, meeting, group, position))
        waiting = sorted(
            act.lock_many(AgendaItem.objects.filter(pk__in=items)), key=lambda item: (item.filed_on, item.pk)
        )
        if len(waiting) != len(set(items)):
            raise AgendaItem.DoesNotExist
        for item in waiting:
            rules.check_can_be_put_on(item, meeting)
            position += 1
            item.state, item.meeting, item.position = ItemState.SCHEDULED, meeting, position
            act.save(item)
            made.append(item)
        rules.check_something_chosen(made)
        act.about(meeting, organization=meeting.organization, items=len(made), applications=len(chosen))
    return made


def take_off(item_id: int, *, by: Actor) -> Meeting:
    """Take the item off the agenda, so that it waits again. Raises `RuleViolation` once it is decided."""
    with change(by=by, rule="V-A5", event="agenda.reduced") as act:
        item, meeting = _on_agenda(act, item_id)
        release(act, item)
        _renumber(act, meeting)
        act.about(meeting, organization=meeting.organization, item=item_id)
    return meeting


def split_off(application_id: int, *, by: Actor) -> AgendaItem:
    """Give one applicant a separate item right after the common one, to decide on them separately."""
    with change(by=by, rule="V-A5", event="agenda.split") as act:
        found = Application.objects.visible_to(by).values_list("item", flat=True).get(pk=application_id)
        item, meeting = _on_agenda(act, rules.check_has_item(found))
        application = act.lock(Application.objects.visible_to(by), application_id)
        rules.check_can_be_split_off(application, item)
        for later in rules.agenda_of(meeting).filter(position__gt=item.position):
            later.position += 1
            act.save(later)
        own = _item(meeting, [application], item.position + 1)
        act.save(own)
        application.item = own
        act.save(application)
        item.title = rules.admission_title(meeting.organization, list(item.applications.order_by("sort_key", "pk")))
        act.save(item)
        act.about(meeting, organization=meeting.organization, item=own.pk)
    return own


def move(item_id: int, *, up: bool, by: Actor) -> Meeting:
    """Move the item one place up or down."""
    with change(by=by, rule="V-A5", event="agenda.ordered") as act:
        item, meeting = _on_agenda(act, item_id)
        items = list(rules.agenda_of(meeting))
        at = next(index for index, other in enumerate(items) if other.pk == item.pk)
        to = at - 1 if up else at + 1
        act.silent = not 0 <= to < len(items)
        if not act.silent:
            items[at], items[to] = items[to], items[at]
            _renumber(act, meeting, items)
        act.about(meeting, organization=meeting.organization, item=item.pk)
    return meeting


def release(act: Act, item: AgendaItem) -> None:
    """Return the item to waiting; an admission item is deleted, because its applications wait by themselves."""
    if item.kind == ItemKind.ADMISSION:
        states.check(item, ItemState.DROPPED, "V-A5")
        take_off_agenda(act, item)
        item.state = ItemState.DROPPED
    else:
        states.check(item, ItemState.WAITING, "V-A5")
        item.state = ItemState.WAITING
    # The speeches belong to this meeting.
    item.meeting, item.position, item.spoken = None, 0, ""
    act.save(item)


def _open(
    act: Act, meeting_id: int, applications: Sequence[int], *, item_id: int | None = None
) -> tuple[Meeting, list[Application]]:
    """Return the meeting and the applications; the item's applications are locked before the meeting."""
    found = Meeting.objects.visible_to(act.by).values_list("organization", flat=True).get(pk=meeting_id)
    act.lock(Organization, found)
    of_item = Q(item=item_id) if item_id is not None else Q()
    locked = act.lock_many(Application.objects.filter(Q(pk__in=applications) | of_item))
    waiting = [application for application in locked if application.pk in set(applications)]
    chosen = sorted(waiting, key=lambda application: (application.sort_key, application.pk))
    if len(chosen) != len(set(applications)):
        raise Application.DoesNotExist
    meeting = act.lock(Meeting.objects.visible_to(act.by), meeting_id)
    meeting.organization = Organization.objects.select_related("federation").get(pk=found)
    act.require(Permission.RUN_MEETINGS, meeting.organization)
    rules.check_agenda_is_open(meeting)
    return meeting, chosen


def _on_agenda(act: Act, item_id: int) -> tuple[AgendaItem, Meeting]:
    place = AgendaItem.objects.visible_to(act.by).values_list("meeting", flat=True).get(pk=item_id)
    meeting, _none = _open(act, rules.check_has_meeting(place), [], item_id=item_id)
    item = act.lock(AgendaItem.objects.visible_to(act.by), item_id)
    rules.check_on_agenda(item, meeting)
    item.organization, item.meeting = meeting.organization, meeting
    return item, meeting


def _admission(act: Act, meeting: Meeting, applications: list[Application], position: int) -> AgendaItem:
    for application in applications:
        rules.check_applied_before(application, meeting)
    item = _item(meeting, applications, position)
    act.save(item)
    put_on_agenda(act, item, applications)
    return item


def _item(meeting: Meeting, applications: list[Application], position: int) -> AgendaItem:
    return AgendaItem(
        organization=meeting.organization, kind=ItemKind.ADMISSION, state=ItemState.SCHEDULED, meeting=meeting,
        position=position, title=rules.admission_title(meeting.organization, applications),
        filed_on=min(application.filed_on for application in applications),
    )  # fmt: skip


def _last(meeting: Meeting) -> int:
    return int(meeting.items.aggregate(last=Max("position"))["last"] or 0)


def _renumber(act: Act, meeting: Meeting, items: Sequence[AgendaItem] | None = None) -> None:
    """Number the items of the agenda from 1 in their order, or in the given one."""
    for position, item in enumerate(items or rules.agenda_of(meeting), 1):
        if item.position != position:
            item.position = position
            act.save(item)
