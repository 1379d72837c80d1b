"""Conditions of planning meetings, of agendas and of items put forward (V-A5, practice 4.9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.admission.enums import ApplicationState, NoticeWay
from members.admission.models import Application
from members.people.enums import MemberState
from members.people.models import CardMark, Member
from registry import states
from registry.days import after_months, day_text
from registry.errors import Blocked, RuleViolation
from registry.organizations.models import GoverningBody, Organization

from ..enums import (
    CLOSED_MEETINGS,
    OPEN_MEETINGS,
    AppealState,
    ItemKind,
    ItemState,
    MeetingFormat,
    MeetingState,
)
from ..models import AgendaItem, Appeal, Meeting
from .deciding import FROM_ELSEWHERE, can_be_told, check_body, check_day, has_quorum

#: Maximum number of exclusions that are proposed at once.
MAX_PROPOSED = 200
#: Maximum number of notices printed within a request; for more notices of a meeting a job creates the PDF.
MAX_NOTICES = 200

# Meetings


def check_can_be_admitted_at_once(application: Application) -> None:
    """Raise `RuleViolation` (V-A5) unless the application waits and is on no agenda yet."""
    states.check_is(application, {ApplicationState.FILED}, "V-A5")


def check_plan(
    meeting: Meeting, body_id: int, *, held_on: dt.date, starts_at: dt.time, place: str, format: str, today: dt.date
) -> GoverningBody:
    """Return the body that is to meet. Raises `RuleViolation` (V-A5) for an invalid plan."""
    check_day(held_on, today)
    body = GoverningBody.objects.filter(pk=body_id).first()
    if body is None or format not in MeetingFormat.values:
        raise RuleViolation("V-A5", _("Choose one of the values offered."), field="format" if body else "body")
    check_body(body, meeting.organization)
    if not place.strip():
        raise RuleViolation("V-A5", _("Fill it in."), field="place")
    twins = Meeting.objects.filter(body=body, held_on=held_on, starts_at=starts_at, state=MeetingState.PLANNED)
    if twins.exclude(pk=meeting.pk).exists():
        message = _("A meeting of this body is planned for that day and hour already.")
        raise RuleViolation("V-A5", message, field="starts_at")
    later = AgendaItem.objects.filter(meeting=meeting.pk, state=ItemState.SCHEDULED, filed_on__gt=held_on)
    if meeting.pk and later.exclude(kind=ItemKind.ADMISSION).exists():
        raise RuleViolation("V-A5", _("An item on the agenda was filed after this date."), field="held_on")
    return body


def check_can_be_held(meeting: Meeting, seats: Collection[int], current: Collection[int], today: dt.date) -> None:
    """Raise `RuleViolation` (V-A5) if the attendance of these seats cannot be recorded.

    `current` are the seats of the body on the day of the meeting. Once something is decided, those recorded as present
    cannot be removed.
    """
    states.check_is(meeting, OPEN_MEETINGS, "V-A5")
    if meeting.items.decided().exists():
        raise RuleViolation("V-A5", _("Something is decided already; who was present stays as it is."))
    check_took_place(meeting, today)
    if not set(seats) <= set(current):
        raise RuleViolation("V-A5", _("Somebody named here does not sit in the body on the day of the meeting."))


def check_took_place(meeting: Meeting | None, today: dt.date) -> None:
    """Raise `RuleViolation` (V-A5) for a meeting in the future."""
    if meeting is None or meeting.held_on > today:
        raise RuleViolation("V-A5", _("The meeting has not taken place yet."))


def check_attendance_is_open(meeting: Meeting | None, today: dt.date) -> None:
    """Raise `RuleViolation` (V-A5) if the meeting is in the future or its minutes are closed.

    The attendance of applicants cannot be recorded then.
    """
    check_took_place(meeting, today)
    if meeting is not None and meeting.state in CLOSED_MEETINGS:
        raise RuleViolation("V-A5", _("The minutes are closed: open them again first."))


def check_can_be_planned_again(meeting: Meeting) -> None:
    """Raise `RuleViolation` (V-A5) if something was decided, so that the meeting cannot be planned again."""
    states.check(meeting, MeetingState.PLANNED, "V-A5")
    if meeting.items.decided().exists():
        raise RuleViolation("V-A5", _("Something is decided already; reverse the decisions first."))


def check_lacks_quorum(meeting: Meeting, present: int) -> None:
    """Raise `RuleViolation` (V-A5) if there was a quorum, so the meeting cannot be finished without one."""
    states.check(meeting, MeetingState.NO_QUORUM, "V-A5")
    if has_quorum(meeting, present):
        raise RuleViolation("V-A5", _("There was a quorum. Enter what was decided."))


def check_can_be_reopened(meeting: Meeting) -> None:
    """Raise `RuleViolation` (V-B1) if there are no closed minutes to open again."""
    if meeting.state not in CLOSED_MEETINGS:
        raise RuleViolation("V-B1", _("The minutes are not closed."))
    states.check(meeting, MeetingState.HELD, "V-A5")


# The agenda


def check_can_be_put_on(item: AgendaItem, meeting: Meeting) -> None:
    """Raise `RuleViolation` (V-A5) if the meeting cannot decide on the waiting items."""
    if item.organization_id != meeting.organization_id:
        raise RuleViolation("V-A5", _("Another organisation decides on this."))
    # A reversal leads to the same state, from a decision.
    states.check_is(item, {ItemState.WAITING}, "V-A5")
    if item.filed_on > meeting.held_on:
        text = _("The item came up on %(day)s, after the meeting. Compare both dates.")
        raise RuleViolation("V-A5", text % {"day": day_text(item.filed_on)})


def check_applied_before(application: Application, meeting: Meeting) -> None:
    """Raise `RuleViolation` (V-A5) for an application that was filed after the meeting."""
    if application.filed_on > meeting.held_on:
        text = _("%(name)s applied on %(day)s, after the meeting. Compare both dates.")
        day = day_text(application.filed_on)
        raise RuleViolation("V-A5", text % {"name": application.full_name, "day": day})


def check_something_chosen(items: Sequence[AgendaItem]) -> None:
    """Raise `RuleViolation` (V-A5) if nothing was chosen for the agenda."""
    if not items:
        raise RuleViolation("V-A5", _("Nothing is chosen. Tick what the meeting is to decide."))


def check_excludes_for_arrears(place: Organization) -> None:
    """Raise `RuleViolation` (V-B16) unless the organisation keeps cards and charges dues."""
    if not place.keeps_cards or not place.charter.charges_dues:
        message = _("Members are excluded for arrears by the organisation that keeps the cards and charges dues.")
        raise RuleViolation("V-B16", message)


def excludable_before(place: Organization, today: dt.date) -> dt.date:
    """Return the day before which a term must have passed unpaid, so that an exclusion may be proposed (V-B16)."""
    return after_months(today, -int(place.charter.terms.get("exclude_after_months", 0)))


def check_may_be_excluded(member: Member, since: dt.date | None, place: Organization, today: dt.date) -> None:
    """Raise `RuleViolation` (V-B16) unless dues with the term `since` have been in arrears as long as the charter
    requires.

    The body may decide on a single member earlier.
    """
    if since is None or since >= excludable_before(place, today):
        message = _("%(name)s has not been in arrears long enough for an exclusion.")
        raise RuleViolation("V-B16", message % {"name": member.full_name})


def check_somebody_proposed(items: Sequence[AgendaItem]) -> None:
    """Raise `RuleViolation` (V-B16) if nobody is left to propose, or more than `MAX_PROPOSED` people are."""
    if not items:
        raise RuleViolation("V-B16", _("Nobody is chosen who is not proposed already. Tick the people first."))
    if len(items) > MAX_PROPOSED:
        message = _("At most %(most)s people at once. Choose fewer.")
        raise RuleViolation("V-B16", message % {"most": MAX_PROPOSED})


def check_on_agenda(item: AgendaItem, meeting: Meeting) -> None:
    """Raise `RuleViolation` (V-A5) if the item is no longer on the agenda of the meeting."""
    if item.meeting_id != meeting.pk:
        raise RuleViolation("V-A5", _("The item is not on an agenda."))


def check_has_meeting(meeting_id: int | None) -> int:
    """Return the id of the item's meeting. Raises `RuleViolation` (V-A5) for an item without one."""
    if meeting_id is None:
        raise RuleViolation("V-A5", _("The item is not on an agenda."))
    return meeting_id


def check_has_item(item_id: int | None) -> int:
    """Return the id of the application's item. Raises `RuleViolation` (V-A5) for an application not on an agenda."""
    if item_id is None:
        raise RuleViolation("V-A5", _("The application is not on an agenda yet."))
    return item_id


def check_can_be_split_off(application: Application, item: AgendaItem) -> None:
    """Raise `RuleViolation` (V-A5) if the applicant cannot be split off into a separate item."""
    if application.item_id != item.pk or application.state != ApplicationState.SCHEDULED:
        raise RuleViolation("V-A5", _("The application is not on an agenda yet."))
    if item.applications.count() < 2:
        raise RuleViolation("V-A5", _("This applicant has a separate item already."))


# Putting forward and deciding


def check_subject(title: str, filed_on: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-A5) if an item to be put forward has no subject or is dated in the future."""
    if filed_on > today:
        raise RuleViolation("V-A5", _("The date is in the future."), field="filed_on")
    if not title.strip():
        raise RuleViolation("V-A5", _("Enter what is to be decided."), field="title")


def open_alike(organization_id: int, kind: str, member_id: int | None, mark_id: int | None) -> QuerySet[AgendaItem]:
    """Return the open items about the same matter of a member; none for kinds that may wait several times."""
    if member_id is None or kind in {ItemKind.DISCIPLINE, ItemKind.OTHER}:
        return AgendaItem.objects.none()
    same = AgendaItem.objects.open().filter(organization=organization_id, kind=kind, member=member_id)
    return same.filter(mark=mark_id) if kind == ItemKind.DISCIPLINE_LIFTED else same


def check_waits_once(item: AgendaItem) -> None:
    """Raise `Blocked` (V-A5) if the matter of a decision to be reversed waits again: it would be open twice."""
    if open_alike(item.organization_id, item.kind, item.member_id, item.mark_id).exists():
        waits = _("The same matter waits for a decision again: drop that item, or decide on it.")
        raise Blocked("V-A5", _("The decision cannot be reversed now:"), [waits])


def check_still_here(item: AgendaItem, member: Member) -> None:
    """Raise `RuleViolation` (V-A5) if the member is no longer registered here: nothing is decided about their card.

    An exclusion earlier on the agenda, for example, leaves what the meeting was to decide about the member as well.
    """
    if member.state != MemberState.REGISTERED or member.organization_id != item.organization_id:
        message = _("This member is not registered here any more: %(state)s. Drop the item.")
        raise RuleViolation("V-A5", message % {"state": member.get_state_display()})


def check_put_forward_about(member: Member, organization: Organization, kind: str, mark: CardMark | None) -> None:
    """Raise `RuleViolation` (V-A5) if the same item is already waiting, or another organisation keeps the member's
    card.
    """
    if open_alike(organization.pk, kind, member.pk, mark.pk if mark is not None else None).exists():
        raise RuleViolation("V-A5", _("This waits for a decision already."))
    if member.organization_id != organization.pk:
        raise RuleViolation("V-A5", _("Another organisation keeps the card of this member."))


def check_can_be_dropped(item: AgendaItem) -> None:
    """Raise `RuleViolation` (V-A5) for items that are withdrawn elsewhere or already decided."""
    if item.kind in FROM_ELSEWHERE:
        raise RuleViolation("V-A5", _("This can only be withdrawn on its own page."))
    states.check(item, ItemState.DROPPED, "V-A5")


def check_resolution(resolution: str) -> None:
    """Raise `RuleViolation` (V-A5) for a decision without wording."""
    if not resolution.strip():
        raise RuleViolation("V-A5", _("Enter what was decided."), field="resolution")


def check_notice(item: AgendaItem, *, on: dt.date | None, way: str, today: dt.date) -> None:
    """Raise `RuleViolation` (V-A5, V-A6) if notice of the decision on this day cannot be recorded or removed."""
    if not can_be_told(item) or item.meeting is None:
        raise RuleViolation("V-A5", _("There is no decision to notify a member of."))
    if on is not None:
        if way not in NoticeWay.values:
            raise RuleViolation("V-A5", _("Choose how the member was notified."), field="way")
        if on > today:
            raise RuleViolation("V-A5", _("The date of the notice is in the future."), field="on")
        if on < item.meeting.held_on:
            raise RuleViolation("V-A5", _("The notice is dated earlier than the event that it is about."), field="on")
    if item.appeals.exclude(state="withdrawn").exists():
        raise RuleViolation("V-A6", _("An appeal was received; the day of the notice stays."))


def check_about_member(item: AgendaItem, rule: str) -> int:
    """Return the id of the member that the item is about. Raises `RuleViolation` with `rule` if it names nobody."""
    if item.member_id is None:
        raise RuleViolation(rule, _("Choose the member that the decision is about."))
    return item.member_id


# Appeals


def check_appeal_can_be_restored(appeal: Appeal) -> None:
    """Raise `RuleViolation` (V-A6) for an appeal that was not withdrawn, or that was followed by another one."""
    states.check(appeal, AppealState.RECEIVED, "V-A6")
    if appeal.state != AppealState.WITHDRAWN:
        raise RuleViolation("V-A6", _("Only a withdrawal can be taken back here."))
    check_is_last_appeal(appeal)


def check_is_last_appeal(appeal: Appeal) -> None:
    """Raise `RuleViolation` (V-A6) if a later appeal against the same decision was received."""
    later = Appeal.objects.filter(against=appeal.against_id, application=appeal.application_id, pk__gt=appeal.pk)
    if later.exists():
        raise RuleViolation("V-A6", _("A later appeal was received since."))


def check_card_is_kept(against: AgendaItem) -> int:
    """Return the id of the excluded member. Raises `RuleViolation` (V-A6) if the card has been erased."""
    if against.member_id is None:
        raise RuleViolation("V-A6", _("The card has been erased; nothing can be taken back."))
    return against.member_id


def check_about_appeal(item: AgendaItem) -> int:
    """Return the id of the appeal that the item decides on. Raises `RuleViolation` (V-A6) if it names none."""
    if item.appeal_id is None:
        raise RuleViolation("V-A6", _("Choose the appeal that the decision is about."))
    return item.appeal_id


def check_appeal_came_before(appeal: Appeal, held_on: dt.date) -> None:
    """Raise `RuleViolation` (V-A6) if the appeal was received after the meeting that decides on it."""
    if held_on < appeal.received_on:
        raise RuleViolation("V-A6", _("The appeal was received after the meeting. Compare both dates."))


def check_number_of_notices(count: int) -> None:
    """Raise `RuleViolation` (V-A5) for more than `MAX_NOTICES` notices of a decision at once."""
    if count > MAX_NOTICES:
        text = ngettext(
            "At most %(n)s notice is printed at once.", "At most %(n)s notices are printed at once.", MAX_NOTICES
        )
        raise RuleViolation("V-A5", text % {"n": MAX_NOTICES})
