"""Section 3 of the card: measures and their lifting, replaced tickets, changes of name, absences (V-B5, V-B13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.book.transitions import lines as book
from members.meetings.models import AgendaItem, Meeting
from members.meetings.queries import mark_of
from members.meetings.rules import check_about_member
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from ..enums import MarkKind
from ..models import CardMark, Member
from ..rules.marks import (
    check_can_be_taken_back,
    check_can_end,
    check_can_lift,
    check_mark,
    check_measure_chosen,
    check_not_carried_out,
    check_not_lifted,
    check_not_noted,
    former_name_in,
)
from . import reminders
from .paper_card import ask_for_reprint
from .registration import renew_keys


def note(
    act: Act,
    member: Member,
    *,
    kind: str,
    text: str,
    on: dt.date,
    item: AgendaItem | None = None,
    until: dt.date | None = None,
    former_number: str = "",
) -> CardMark:
    """Add a mark to the card within the change that causes it."""
    mark = CardMark(
        member=member, kind=kind, text=text, made_on=on, item=item, until=until, former_number=former_number
    )
    act.save(mark)
    reminders.refresh(act, [member])
    ask_for_reprint([member])
    return mark


def add_mark(member_id: int, *, kind: str, text: str, on: dt.date, until: dt.date | None = None, by: Actor) -> CardMark:
    """Add a mark that needs no decision: an absence that keeps the person registered, or a note (V-B13)."""
    with change(by=by, rule="V-B13", event="member.mark_added") as act:
        member, organization = _card(act, member_id)
        check_mark(member, kind=kind, text=text, on=on, until=until)
        check_not_noted(member, kind=kind, text=text, on=on, until=until)
        mark = note(act, member, kind=kind, text=text.strip(), on=on, until=until)
        act.save(member)
        act.about(member, organization=organization, kind=kind, mark=mark.pk)
    return mark


def end_absence(mark_id: int, *, on: dt.date, by: Actor) -> CardMark:
    """Record that the member returned from the trip or the studies (V-B13)."""
    with change(by=by, rule="V-B13", event="member.absence_ended") as act:
        mark, organization = _mark(act, mark_id)
        check_can_end(mark, on)
        mark.lifted_on, mark.lifted_text = on, str(_("The member's return is recorded."))
        act.save(mark)
        reminders.refresh(act, [mark.member])
        ask_for_reprint([mark.member])
        act.save(mark.member)
        act.about(mark.member, organization=organization, mark=mark.pk)
    return mark


def take_back_mark(mark_id: int, *, by: Actor) -> None:
    """Remove a mark made by mistake; the history keeps it. Marks of decisions are removed by reversing the decision."""
    with change(by=by, rule="V-B13", event="member.mark_taken_back") as act:
        mark, organization = _mark(act, mark_id)
        check_can_be_taken_back(mark)
        member, pk = mark.member, mark.pk
        if former := former_name_in(mark):
            book.forget_name(act, member, former)
            renew_keys([member])
        act.delete(mark)
        reminders.refresh(act, [member])
        ask_for_reprint([member])
        act.save(member)
        act.about(member, organization=organization, mark=pk)


def measure(act: Act, item: AgendaItem) -> None:
    """Apply an adopted decision: record the disciplinary measure on the card."""
    member = _member_of(act, item)
    note(act, member, kind=MarkKind.DISCIPLINE, text=mark_of(item), on=_day(act, item), item=item)
    act.save(member)


def note_restored(act: Act, member: Member, item: AgendaItem) -> None:
    """Record on the card that the superior's body restored the membership, with its minutes (V-B14)."""
    note(act, member, kind=MarkKind.RESTORED, text=mark_of(item), on=_day(act, item), item=item)
    act.save(member)


def number_marks(act: Act, meeting: Meeting) -> None:
    """Write the number of the minutes into the marks that are based on the meeting's decisions (V-B5)."""
    related = ("member", "item__member", "lifted_item__member")
    found = CardMark.objects.filter(Q(item__meeting=meeting) | Q(lifted_item__meeting=meeting))
    for mark in act.lock_many(found.select_related(*related)):
        before = (mark.text, mark.lifted_text)
        if mark.item is not None and mark.item.meeting_id == meeting.pk:
            mark.text = mark_of(mark.item, meeting, former=mark.former_number, new=mark.new_number)
        if mark.lifted_item is not None and mark.lifted_item.meeting_id == meeting.pk:
            mark.lifted_text = mark_of(mark.lifted_item, meeting)
        if before != (mark.text, mark.lifted_text):
            act.save(mark)
            ask_for_reprint([mark.member])
            act.save(mark.member)


def note_new_tickets(act: Act, cards: Sequence[tuple[Member, str]]) -> None:
    """Write new or corrected ticket numbers into the marks of the decisions about duplicates (V-B5).

    `cards` are the members, each with the former number.
    """
    changed = {member.pk: (member, former) for member, former in cards if member.ticket_number not in {"", former}}
    if not changed:
        return
    decided = CardMark.objects.filter(member__in=changed, kind=MarkKind.TICKET, item__isnull=False)
    last: dict[int, CardMark] = {}
    for mark in decided.order_by("made_on", "pk"):
        if mark.new_number in {"", changed[mark.member_id][1]}:
            last[mark.member_id] = mark
    if not last:
        return
    chosen = CardMark.objects.filter(pk__in=[mark.pk for mark in last.values()])
    for mark in act.lock_many(chosen.select_related("item__meeting")):
        member, former = changed[mark.member_id]
        mark.former_number, mark.new_number = mark.former_number or former, member.ticket_number
        if mark.item is not None:
            mark.text = mark_of(mark.item, former=mark.former_number, new=mark.new_number)
        act.save(mark)


def undo_measure(act: Act, item: AgendaItem) -> None:
    """Remove the mark of a reversed decision.

    Raises `RuleViolation` if the measure was lifted later (V-A5), or a ticket was issued by the decision (V-B5).
    """
    for mark in act.lock_many(CardMark.objects.filter(item=item)):
        check_not_lifted(mark)
        check_not_carried_out(mark)
        member = mark.member
        act.delete(mark)
        ask_for_reprint([member])
        act.save(member)


def lift(act: Act, item: AgendaItem) -> None:
    """Apply an adopted decision: lift the measure and record the lifting."""
    mark = act.lock(CardMark, check_measure_chosen(item))
    check_can_lift(mark, _day(act, item))
    mark.lifted_on, mark.lifted_text, mark.lifted_item = _day(act, item), mark_of(item), item
    act.save(mark)
    ask_for_reprint([mark.member])
    act.save(mark.member)


def undo_lift(act: Act, item: AgendaItem) -> None:
    """Restore the measure after the decision to lift it was reversed."""
    for mark in act.lock_many(CardMark.objects.filter(lifted_item=item).select_related("member")):
        mark.lifted_on, mark.lifted_text, mark.lifted_item = None, "", None
        act.save(mark)
        ask_for_reprint([mark.member])
        act.save(mark.member)


def _day(act: Act, item: AgendaItem) -> dt.date:
    return item.meeting.held_on if item.meeting is not None else act.today


def _member_of(act: Act, item: AgendaItem) -> Member:
    return act.lock(Member, check_about_member(item, "V-A5"))


def _card(act: Act, member_id: int) -> tuple[Member, Organization]:
    member = act.lock(Member.objects.visible_to(act.by), member_id)
    organization = Organization.objects.select_related("federation").get(members=member)
    act.require(Permission.EDIT_MEMBERS, organization)
    return member, organization


def _mark(act: Act, mark_id: int) -> tuple[CardMark, Organization]:
    found = CardMark.objects.visible_to(act.by).get(pk=mark_id)
    member, organization = _card(act, found.member_id)
    mark = act.lock(CardMark.objects.visible_to(act.by), mark_id)
    mark.member = member
    return mark, organization
