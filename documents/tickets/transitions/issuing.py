"""Issuing blanks to members against signature, and taking over the tickets that they had before (V-B3, V-B5, V-C3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from members.people.models import Member
from members.people.rules.duplicates import refusing_taken_numbers
from members.people.transitions.cards import put_ticket_numbers
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Federation, Organization
from registry.sizes import CHUNK_UPDATED
from registry.transitions import change

from .. import rules
from ..book import Ledger, next_numbers
from ..enums import BlankKind, IssueReason, PaperKind, PaperState, Place
from ..models import Blank, BlankPaper, IssueLine
from ..queries.issuing import is_prepared, receivers, standing_elsewhere, typed_numbers
from ..queries.numbering import next_paper_number
from ..ranges import count_of
from .stock import posting


def prepare_issue(
    organization_id: int, *, kind: str, members: Collection[int], made_on: dt.date, by: Actor
) -> BlankPaper:
    """Prepare an issue sheet for these members in alphabetical order; numbers are chosen when it is posted (V-C3).

    Raises `Blocked` (V-C3) with the people who need no blank and the reasons.
    """
    with change(by=by, rule="V-C3", event="blanks.issue_prepared") as act:
        # The lock makes a form that is sent twice wait, so that it finds the first sheet.
        organization = act.lock(Organization.objects.visible_to(by).select_related("federation"), organization_id)
        act.require(Permission.KEEP_BLANKS, organization)
        rules.check_has_kind(organization, kind)
        rules.check_day(made_on, act.today)
        chosen = Member.objects.visible_to(by).registered().filter(organization=organization, pk__in=members)
        found = receivers(chosen, kind)
        rules.check_receivers(found, wanted=len(set(members)))
        rules.check_not_prepared(is_prepared(organization, kind, {one.member.pk for one in found}))
        paper = BlankPaper(
            organization=organization, kind=PaperKind.ISSUE, blank=kind, state=PaperState.DRAFT, made_on=made_on,
            made_by=by.account,
        )  # fmt: skip
        act.save(paper)
        IssueLine.objects.bulk_create([_line(paper, position, one) for position, one in enumerate(found, 1)])
        act.about(paper, organization=organization, lines=len(found))
    return paper


def drop_issue(paper_id: int, *, by: Actor) -> BlankPaper:
    """Drop an unposted issue sheet; it has no number yet, so none will be missing."""
    with change(by=by, rule="V-C3", event="blanks.issue_dropped") as act:
        paper = act.lock(BlankPaper.objects.visible_to(by), paper_id)
        act.require(Permission.KEEP_BLANKS, paper.organization)
        rules.check_is_issue(paper)
        states.check(paper, PaperState.DROPPED, "V-C3")
        paper.state = PaperState.DROPPED
        act.save(paper)
        act.about(paper, organization=paper.organization)
    return paper


def post_issue(paper_id: int, *, made_on: dt.date, by: Actor) -> BlankPaper:
    """Choose the next numbers of the stock for the lines of the sheet and issue them (V-C1, V-C3).

    The former ticket of a member becomes void at this moment (V-B5). Raises `RuleViolation` if the stock is too small,
    or somebody on the sheet left or received a ticket meanwhile; then nothing is issued.
    """
    with refusing_taken_numbers(), change(by=by, rule="V-C3", event="blanks.issued") as act:
        visible = BlankPaper.objects.visible_to(by)
        on_sheet = visible.filter(pk=paper_id).values_list("lines__member", flat=True)
        locked = act.lock_many(Member.objects.filter(pk__in=[pk for pk in on_sheet if pk is not None]))
        paper = act.lock(visible.select_related("organization__federation"), paper_id)
        act.require(Permission.KEEP_BLANKS, paper.organization)
        rules.check_is_issue(paper)
        states.check(paper, PaperState.POSTED, "V-C3")
        rules.check_day(made_on, act.today)
        lines = list(paper.lines.order_by("position"))
        people = {member.pk: member for member in locked}
        here = Member.objects.registered().filter(organization=paper.organization, pk__in=people)
        found = {one.member.pk: one for one in receivers(here, paper.blank)}
        rules.check_still_receive(lines, found)
        paper.made_on = made_on
        with posting(act, paper, made_on, *_holders(people, paper.blank)) as ledger:
            numbers = next_numbers(paper.organization, paper.blank, len(lines))
            rules.check_enough(count_of(numbers), len(lines))
            if paper.blank == BlankKind.TICKET:
                rules.check_not_on_cards(standing_elsewhere(paper.organization.federation_id, numbers))
            paper.number, paper.state = next_paper_number(paper), PaperState.POSTED
            act.save(paper)
            members = [people[line.member_id] for line in lines if line.member_id is not None]
            _void_former(ledger, members, paper.organization, found)
            blanks: list[Blank] = []
            for one in numbers:
                taking = members[len(blanks) : len(blanks) + one.count]
                blanks += ledger.take_out(one, paper.organization, Place.ISSUED, members=taking)
        for line, member, blank in zip(lines, members, blanks, strict=True):
            receiver = found[member.pk]
            line.blank, line.full_name, line.joined_on = blank, member.full_name, member.joined_on
            line.reason, line.ground, line.replaces = receiver.reason, receiver.ground, receiver.former
        written = ["blank", "full_name", "joined_on", "reason", "ground", "replaces"]
        IssueLine.objects.bulk_update(lines, written, batch_size=CHUNK_UPDATED)
        if paper.blank == BlankKind.TICKET:
            issued = [(member, blank.number_text) for member, blank in zip(members, blanks, strict=True)]
            put_ticket_numbers(act, issued, paper.organization.charter)
        act.about(paper, organization=paper.organization, blanks=len(blanks))
    return paper


def take_over_tickets(organization_id: int, *, made_on: dt.date, by: Actor) -> BlankPaper:
    """Take over tickets whose numbers were typed on cards as issued, by an opening act (V-C1).

    Numbers that cannot be taken over are left out; `queries.issuing.typed_numbers` returns them with the reason.
    """
    with change(by=by, rule="V-C1", event="blanks.taken_over") as act:
        organization = Organization.objects.visible_to(by).select_related("federation").get(pk=organization_id)
        act.require(Permission.KEEP_BLANKS, organization)
        # New numbers are added to a federation one paper at a time, so that none is entered twice.
        act.lock(Federation, organization.federation_id)
        rules.check_has_kind(organization, BlankKind.TICKET)
        rules.check_day(made_on, act.today)
        typed = typed_numbers(organization, by)
        locked = act.lock_many(Member.objects.filter(pk__in=[one.member_id for one in typed.whole]))
        paper = BlankPaper(
            organization=organization, kind=PaperKind.OPENING, blank=BlankKind.TICKET, state=PaperState.POSTED,
            made_on=made_on, made_by=by.account,
        )  # fmt: skip
        with posting(act, paper, made_on) as ledger:
            paper.number = next_paper_number(paper)
            act.save(paper)
            # The cards were read without a lock.
            typed = typed_numbers(organization, by)
            known = {member.pk: member for member in locked}
            whole = [(one.numbers, known[one.member_id]) for one in typed.whole if one.member_id in known]
            rules.check_some_taken_over(len(whole))
            blanks = ledger.take_over(whole, organization)
        IssueLine.objects.bulk_create(
            [
                IssueLine(
                    paper=paper, position=position, member=blank.member, blank=blank,
                    full_name=blank.member.full_name if blank.member else "",
                    joined_on=blank.member.joined_on if blank.member else None,
                )
                for position, blank in enumerate(blanks, 1)
            ]
        )  # fmt: skip
        act.about(paper, organization=organization, blanks=len(blanks))
    return paper


def _line(paper: BlankPaper, position: int, one: rules.Receiver) -> IssueLine:
    return IssueLine(
        paper=paper, position=position, member=one.member, full_name=one.member.full_name,
        joined_on=one.member.joined_on, reason=one.reason, ground=one.ground, replaces=one.former,
    )  # fmt: skip


def _holders(people: Mapping[int, Member], kind: str) -> list[Organization]:
    """Return the organisations whose balances contain former tickets of the members."""
    former = Blank.objects.filter(member__in=people, kind=kind, state=Place.ISSUED)
    return list(Organization.objects.filter(pk__in=former.values("organization")))


def _void_former(
    ledger: Ledger, members: Sequence[Member], here: Organization, found: Mapping[int, rules.Receiver]
) -> None:
    """Move the former tickets of the members: a lost one is lost, others are cancelled and wait for destruction."""
    former = Blank.objects.filter(member__in=members, kind=ledger.paper.blank, state=Place.ISSUED)
    void = []
    for blank in ledger.act.lock_many(former.select_related("organization")):
        one = found[blank.member_id]  # type: ignore[index]
        void.append((blank, Place.LOST if one.reason == IssueReason.LOST else Place.CANCELLED, one.reason_text))
    ledger.move(void, taker=here)
