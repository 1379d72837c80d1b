"""Rules for meetings, votes, decisions and appeals (V-A5, V-A6, practice 4.9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dues.contributions.models import PropertyContribution
from members.admission.enums import ApplicationState
from members.admission.models import Application
from registry import states
from registry.days import after_months, day_text
from registry.enums import Level
from registry.errors import Blocked, RuleViolation
from registry.organizations.models import BodySeat, GoverningBody, Organization
from registry.states import allowed

from ..enums import (
    DECIDED_APPEALS,
    DECIDED_ITEMS,
    OPEN_MEETINGS,
    AppealState,
    ExclusionReason,
    ItemKind,
    ItemState,
    MeetingState,
)
from ..models import AgendaItem, Appeal, Meeting

#: Maximum days between a meeting and its entry, and between its planning and the meeting.
LONGEST_AGO, LONGEST_AHEAD = 3 * 366, 366
#: Kinds created from an application, an appeal or a report, never by hand.
FROM_ELSEWHERE = frozenset({ItemKind.ADMISSION, ItemKind.APPEAL, ItemKind.RECONCILIATION})
#: Kinds about a member, who has to be notified of the decision.
ABOUT_A_MEMBER = frozenset({ItemKind.DUPLICATE, ItemKind.EXCLUSION, ItemKind.DISCIPLINE, ItemKind.DISCIPLINE_LIFTED})
#: Those that write on the card of a registered member; an exclusion ends the registration and has a rule of its own.
ABOUT_A_CARD = ABOUT_A_MEMBER - {ItemKind.EXCLUSION}
#: Kinds of decisions about one person, who is notified; applicants have separate notices.
TOLD = ABOUT_A_MEMBER | {ItemKind.APPEAL}


def seats_on(body: GoverningBody, day: dt.date) -> QuerySet[BodySeat]:
    """Return the seats of the body that are occupied on the day."""
    return body.seats.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


def quorum_of(seats: int) -> int:
    """Return the quorum: more than half of the seats."""
    return seats // 2 + 1


def check_quorum(meeting: Meeting, present: int) -> None:
    """Raise `RuleViolation` (V-A5) without a quorum; the message says how many members are missing."""
    seats = meeting.seats or 0
    if seats == 0:
        raise RuleViolation(
            "V-A5", _("Nobody sits in the body on the day of the meeting. Fill in its composition in the passport.")
        )
    missing = quorum_of(seats) - present
    if missing > 0:
        text = ngettext(
            "There is no quorum: %(present)s of %(seats)s members were present, %(n)s more is needed.",
            "There is no quorum: %(present)s of %(seats)s members were present, %(n)s more are needed.",
            missing,
        )
        raise RuleViolation("V-A5", text % {"present": present, "seats": seats, "n": missing})


def has_quorum(meeting: Meeting, present: int) -> bool:
    """Return whether `check_quorum` passes."""
    return present >= quorum_of(meeting.seats or 0) and bool(meeting.seats)


def carries(votes_for: int, present: int) -> bool:
    """Return whether more than half of those present voted in favour."""
    return 2 * votes_for > present


def check_votes(present: int, *, adopted: bool, votes_for: int, votes_against: int, votes_abstained: int) -> None:
    """Raise `RuleViolation` (V-A5) if the votes exceed those present or contradict the decision."""
    if min(votes_for, votes_against, votes_abstained) < 0:
        raise RuleViolation("V-A5", _("The number of votes cannot be negative."), field="votes_for")
    total = votes_for + votes_against + votes_abstained
    if total > present:
        raise RuleViolation(
            "V-A5",
            _("%(total)s votes were given, but %(present)s members were present. Count again.")
            % {"total": total, "present": present},
            field="votes_for",
        )
    if total == 0:
        raise RuleViolation("V-A5", _("Enter how many voted for and against."), field="votes_for")
    if adopted and not carries(votes_for, present):
        message = _("Not adopted: %(votes)s of %(present)s present voted for it, more than half is needed.")
        raise RuleViolation("V-A5", message % {"votes": votes_for, "present": present}, field="votes_for")
    if not adopted and carries(votes_for, present):
        message = _(
            "%(votes)s of %(present)s present voted for it, so it is adopted. Votes are counted for the proposal."
        )
        raise RuleViolation("V-A5", message % {"votes": votes_for, "present": present}, field="votes_for")


def check_day(held_on: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (V-A5) if the day is too long ago or too far ahead."""
    earliest = today - dt.timedelta(days=LONGEST_AGO)
    if held_on < earliest:
        message = _("Days before %(day)s are not accepted. Look at the paper again.")
        raise RuleViolation("V-A5", message % {"day": day_text(earliest)}, field="held_on")
    if held_on > today + dt.timedelta(days=LONGEST_AHEAD):
        raise RuleViolation("V-A5", _("Meetings are planned at most a year ahead."), field="held_on")


def check_body(body: GoverningBody, organization: Organization) -> None:
    """Raise `RuleViolation` (V-A5) unless the body belongs to the organisation."""
    if body.organization_id != organization.pk:
        raise RuleViolation("V-A5", _("Choose a body of this organisation."), field="body")


def check_agenda_is_open(meeting: Meeting) -> None:
    """Raise `RuleViolation` (V-A5) if the meeting was called off or its minutes are closed."""
    if meeting.state not in OPEN_MEETINGS:
        text = _("This cannot be done now: the meeting is %(state)s.")
        raise RuleViolation("V-A5", text % {"state": meeting.get_state_display()})


def check_can_decide(item: AgendaItem, present: int) -> Meeting:
    """Return the meeting at which the item can be decided. Raises `RuleViolation` (V-A5)."""
    states.check(item, ItemState.ADOPTED, "V-A5")
    meeting = item.meeting
    if meeting is None or meeting.state != MeetingState.HELD:
        raise RuleViolation("V-A5", _("First record who was present at the meeting."))
    check_quorum(meeting, present)
    if item.kind != ItemKind.ADMISSION and meeting.held_on < item.filed_on:
        text = _("The item came up on %(day)s, after the meeting. Compare both dates.")
        raise RuleViolation("V-A5", text % {"day": day_text(item.filed_on)})
    return meeting


def check_minutes_are_written(item: AgendaItem) -> None:
    """Raise `RuleViolation` (V-A5) before the meeting was held or after its minutes are closed."""
    if item.meeting is not None and item.meeting.state == MeetingState.CLOSED:
        raise RuleViolation("V-A5", _("The minutes are closed: open them again first."))
    if item.meeting is None or item.meeting.state != MeetingState.HELD:
        raise RuleViolation("V-A5", _("First record who was present at the meeting."))


def can_be_told(item: AgendaItem) -> bool:
    """Return whether the item is decided and one person has to be notified."""
    return item.kind in TOLD and item.state in DECIDED_ITEMS and item.meeting is not None


def check_can_be_reversed(item: AgendaItem) -> None:
    """Raise `Blocked` (V-A5) if the minutes are closed, somebody was notified or appealed, or a property contribution
    is charged by the decision (V-D2).
    """
    states.check_is(item, DECIDED_ITEMS, "V-A5")
    blockers: list[object] = []
    if item.meeting is not None and item.meeting.state == MeetingState.CLOSED:
        blockers.append(_("The minutes are closed: open them again first."))
    if item.notified_on is not None and item.kind == ItemKind.APPEAL:
        blockers.append(_("The person who appealed was notified of the decision; take the notice back first."))
    elif item.notified_on is not None:
        blockers.append(_("The member was notified of the decision; take the notice back first."))
    if any(appeal.state != AppealState.WITHDRAWN for appeal in item.appeals.all()):
        blockers.append(_("An appeal against it was received."))
    if is_charged(item):
        blockers.append(_("The contribution is charged by it; cancel the contribution first."))
    if blockers:
        raise Blocked("V-A5", _("The decision can no longer be reversed, because something depends on it:"), blockers)


def is_charged(item: AgendaItem) -> bool:
    """Return whether a property contribution is charged by the decision (V-D2)."""
    charged = PropertyContribution.objects.valid().filter(agenda_item=item.pk)
    return item.kind == ItemKind.PROPERTY and charged.exists()


def can_be_reversed(item: AgendaItem) -> bool:
    """Return whether `check_can_be_reversed` passes."""
    return allowed(check_can_be_reversed, item)


def check_can_be_closed(meeting: Meeting, number: str, present: int) -> None:
    """Raise `RuleViolation` (V-A5, V-B1) unless everything is decided and the number is unique in the year."""
    states.check(meeting, MeetingState.CLOSED, "V-A5")
    check_quorum(meeting, present)
    if not number.strip():
        raise RuleViolation("V-B1", _("Enter the number of the minutes."), field="number")
    if not meeting.items.decided().exists():
        raise RuleViolation("V-A5", _("Nothing has been decided yet, so there are no minutes to close."))
    undecided = list(meeting.items.filter(state=ItemState.SCHEDULED).values_list("position", "kind"))
    if undecided:
        text = _("№ %(number)s: %(kind)s")
        lines = [text % {"number": place, "kind": ItemKind(kind).label} for place, kind in undecided]
        raise Blocked("V-A5", _("Decide these items, or take them off the agenda:"), lines)
    twin = Meeting.objects.filter(body=meeting.body_id, number=number.strip(), held_on__year=meeting.held_on.year)
    if twin.exclude(pk=meeting.pk).exists():
        raise RuleViolation("V-B1", _("The body has minutes with this number in this year already."), field="number")


def agenda_of(meeting: Meeting) -> QuerySet[AgendaItem]:
    """Return the items of the meeting in order, without those dropped since."""
    return meeting.items.exclude(state=ItemState.DROPPED).order_by("position", "pk")


def admission_title(organization: Organization, applications: Sequence[Application]) -> str:
    """Return the subject of an admission for the agenda, in Russian like the papers."""
    members = organization.charter.wording["members"]
    if len(applications) == 1:
        return f"О приёме в {members}: {applications[0].full_name}"
    return f"О приёме в {members}: {len(applications)} чел."


def check_put_forward(
    kind: str,
    *,
    about_member: bool,
    about_mark: bool,
    ticket_reason: str,
    exclusion_reason: str,
    with_sum: bool,
    statement_on: dt.date | None,
    today: dt.date,
) -> None:
    """Raise `RuleViolation` (V-A5, V-B5, V-B16, V-D2) if something that the kind requires is missing."""
    if kind in FROM_ELSEWHERE:
        raise RuleViolation("V-A5", _("This is put on the agenda automatically."), field="kind")
    if kind in ABOUT_A_MEMBER and not about_member:
        raise RuleViolation("V-A5", _("Choose the member that the decision is about."), field="kind")
    if kind == ItemKind.DISCIPLINE_LIFTED and not about_mark:
        raise RuleViolation("V-A5", _("Choose the measure to be lifted."), field="mark")
    if kind == ItemKind.DUPLICATE and not ticket_reason:
        raise RuleViolation("V-B5", _("Choose why a new ticket is needed."), field="ticket_reason")
    if kind == ItemKind.DUPLICATE and statement_on is None:
        raise RuleViolation("V-B5", _("Enter the day of the member's statement."), field="statement_on")
    if statement_on is not None and statement_on > today:
        raise RuleViolation("V-B5", _("The date of the statement is in the future."), field="statement_on")
    if kind == ItemKind.EXCLUSION and not exclusion_reason:
        raise RuleViolation("V-B16", _("Choose why the exclusion is proposed."), field="exclusion_reason")
    if kind == ItemKind.PROPERTY and not with_sum:
        raise RuleViolation("V-D2", _("Enter the sum of the contribution and its term."), field="amount")


def is_for_arrears(kind: str, exclusion_reason: str, organization: Organization) -> bool:
    """Return whether dues determine the decision: an exclusion for arrears where the registry charges them (V-B16)."""
    arrears = kind == ItemKind.EXCLUSION and exclusion_reason == ExclusionReason.ARREARS
    return arrears and organization.charter.charges_dues


def check_arrears(owed: Decimal, on: dt.date) -> None:
    """Raise `RuleViolation` (V-B16) if nothing was overdue on the day, so that an exclusion for arrears has no
    ground.
    """
    if not owed:
        text = _("Nothing was overdue on %(day)s, so arrears are no reason for an exclusion.")
        raise RuleViolation("V-B16", text % {"day": day_text(on)}, field="exclusion_reason")


def deciding_organization(against: AgendaItem) -> Organization:
    """Return the organisation whose body decides on an appeal: the regional one, or the next superior (V-A6).

    Raises `RuleViolation` if there is no superior.
    """
    above = against.organization.ancestors()
    regional = [organization for organization in above if organization.level == Level.REGIONAL]
    if not above:
        raise RuleViolation("V-A6", _("There is no superior organisation that could decide on an appeal."))
    return (regional or above)[-1]


def appeal_term(against: AgendaItem, application: Application | None) -> dt.date:
    """Return the last day for an appeal.

    A month from the notice, or from the decision if no notice is recorded (K7).
    """
    told = application.notified_on if application is not None else against.notified_on
    decided = against.meeting.held_on if against.meeting is not None else against.filed_on
    months = int(against.organization.charter.terms.get("appeal_months", 1))
    return after_months(told or decided, months)


def appeal_due(appeal: Appeal) -> dt.date | None:
    """Return the last day for the decision on an open appeal by the term of the charter; None without one (V-A6)."""
    days = appeal.organization.charter.terms.get("appeal_decision_days")
    return appeal.received_on + dt.timedelta(days=int(days)) if days is not None else None


def decided_by(application: Application) -> AgendaItem | None:
    """Return the item that decided on the application.

    That of the appeal, if it admitted a refused applicant (V-A6).
    """
    item = application.item
    if application.state != ApplicationState.ADMITTED or item is None or item.state != ItemState.REJECTED:
        return item
    related = ("meeting__body", "meeting__organization__federation", "organization__federation")
    found = AgendaItem.objects.filter(appeal__application=application, state=ItemState.ADOPTED).select_related(*related)
    return found.order_by("-pk").first() or item


def decided_on_appeal(appeal: Appeal) -> AgendaItem | None:
    """Return the item by which the superior's body decided on the appeal (V-A6)."""
    related = ("meeting__body", "meeting__organization__federation", "organization__federation")
    return appeal.items.decided().select_related(*related).order_by("-pk").first()


def last_appeal(appeals: QuerySet[Appeal]) -> Appeal | None:
    """Return the last of a person's appeals that was not withdrawn (V-A6)."""
    found = appeals.exclude(state=AppealState.WITHDRAWN).select_related("organization")
    return found.order_by("-received_on", "-pk").first()


def check_can_be_appealed(against: AgendaItem, application: Application | None) -> None:
    """Raise `RuleViolation` (V-A6) unless it is a refusal or an exclusion without a pending or decided appeal."""
    refused = application is not None and application.item_id == against.pk and against.state == ItemState.REJECTED
    excluded = against.kind == ItemKind.EXCLUSION and against.state == ItemState.ADOPTED
    if not (refused or (excluded and against.member_id is not None)):
        raise RuleViolation("V-A6", _("Only a refusal or an exclusion can be appealed against."))
    of_whom = application.pk if application is not None else None
    states = {appeal.state for appeal in against.appeals.all() if appeal.application_id == of_whom}
    if AppealState.RECEIVED in states:
        raise RuleViolation("V-A6", _("This appeal was received already."))
    if states & DECIDED_APPEALS:
        raise RuleViolation("V-A6", _("An appeal against it was decided on already, and that decision is binding."))


def check_appeal_days(
    received_on: dt.date, *, decided_on: dt.date | None, late: bool, late_reason: str, today: dt.date
) -> None:
    """Raise `RuleViolation` (V-A6) for an appeal before the decision, in the future, or late without a reason."""
    if received_on > today:
        raise RuleViolation("V-A6", _("The date is in the future."), field="received_on")
    if decided_on is not None and received_on < decided_on:
        raise RuleViolation("V-A6", _("The appeal would be earlier than the decision."), field="received_on")
    if late and not late_reason.strip():
        message = _("The month for an appeal is over. Enter why the term was missed; the body decides on that too.")
        raise RuleViolation("V-A6", message, field="late_reason")


def check_term_decided(item: AgendaItem, *, adopted: bool, restored: bool | None) -> None:
    """Raise `RuleViolation` (V-A6) unless a late appeal is decided together with its term, and no other item decides a
    term.

    This includes a late appeal that is satisfied without restoring its term.
    """
    if not is_late_appeal(item):
        if restored is not None:
            raise RuleViolation("V-A6", _("No term was missed, so none can be restored."), field="term_restored")
        return
    if restored is None:
        raise RuleViolation("V-A6", _("Choose whether the missed term is restored."), field="term_restored")
    if adopted and not restored:
        message = _("Without restoring the term the appeal cannot be satisfied.")
        raise RuleViolation("V-A6", message, field="term_restored")


def check_decided_with_others(item: AgendaItem) -> None:
    """Raise `RuleViolation` (V-A6) for a late appeal: it needs a separate decision, because its term is decided too."""
    if is_late_appeal(item):
        message = _(
            "The term of this appeal was missed. Decide on it separately and choose whether the term is restored."
        )
        raise RuleViolation("V-A6", message)


def is_late_appeal(item: AgendaItem) -> bool:
    """Return whether the item is an appeal whose term was missed."""
    return item.appeal is not None and item.appeal.late


def kind_name(kind: str) -> str:
    """Return the kind as a heading."""
    return str(capfirst(str(ItemKind(kind).label)))
