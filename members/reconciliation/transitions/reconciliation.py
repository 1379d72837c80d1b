"""The year-end reconciliation of a cell: check-list, report, acceptance (V-B8)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from members.book.enums import EndReason
from members.book.models import BookLine
from members.book.queries.on_day import lines_on
from members.meetings.enums import ItemKind, ItemState
from members.meetings.models import AgendaItem
from members.people.enums import MemberState
from members.people.models import Member
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.sizes import CHUNK, CHUNK_UPDATED
from registry.transitions import Act, change

from .. import rules
from ..enums import CheckResult, ProposalState, ReconciliationState
from ..models import ChangeProposal, Reconciliation, ReconciliationLine
from . import proposals


def open_reconciliation(unit_id: int, year: int, *, today: dt.date, by: Actor) -> bool:
    """Open the reconciliation of the year for a unit; return whether it had none (V-B8)."""
    with change(by=by, rule="V-B8", event="reconciliation.opened") as act:
        unit = act.lock(Organization.objects.visible_to(by), unit_id)
        act.at(unit)
        if Reconciliation.objects.filter(unit=unit, year=year).exists():
            act.silent = True
            return False
        reconciliation = Reconciliation(unit=unit, year=year, opened_on=today, due_on=rules.term_of(year))
        act.save(reconciliation)
        _sync(reconciliation, act.today)
        act.about(reconciliation, organization=unit, year=year)
    return True


def check(reconciliation_id: int, results: Mapping[int, str | Mapping[str, Any]], *, by: Actor) -> Reconciliation:
    """Save results of the check-list: `unchanged`, `missing`, or new values, which become proposals (V-B8).

    `ground` in the values is the basis of the change. Raises `RuleViolation` for invalid values of a member,
    `NotAllowed`.
    """
    with change(by=by, rule="V-B8", event="reconciliation.checked") as act:
        reconciliation, unit = _own(act, reconciliation_id)
        rules.check_is_open(reconciliation)
        _sync(reconciliation, act.today)
        lines = {line.member_id: line for line in reconciliation.lines.filter(member__in=list(results))}
        members = Member.objects.select_related("identity", "health", "questionnaire").in_bulk(list(lines))
        for member_id, result in results.items():
            if member_id not in lines:
                raise Member.DoesNotExist
            _check_one(act, reconciliation, unit, lines[member_id], members[member_id], result)
        ReconciliationLine.objects.bulk_update(lines.values(), ["result"], batch_size=CHUNK_UPDATED)
        act.about(reconciliation, organization=unit, checked=len(results))
    return reconciliation


def _check_one(
    act: Act,
    reconciliation: Reconciliation,
    unit: Organization,
    line: ReconciliationLine,
    member: Member,
    result: str | Mapping[str, Any],
) -> None:
    asked = [name for name in unit.charter.reconciled if name in rules.proposable(unit.charter, act.by)]
    if isinstance(result, str):
        line.result = CheckResult(result)
        open_ones = ChangeProposal.objects.filter(
            member=member, reconciliation=reconciliation, state=ProposalState.OPEN
        )
        for proposal in open_ones:
            proposals.withdraw(proposal.pk, by=act.by)
        return
    given = {name: value for name, value in result.items() if name in asked}
    ground = str(result.get("ground", ""))
    made = proposals.write(act, member, unit, given, ground=ground, reconciliation=reconciliation)
    line.result = CheckResult.CHANGED if made else CheckResult.UNCHANGED


def report(reconciliation_id: int, *, note: str = "", by: Actor) -> Reconciliation:
    """Send the report with frozen counts; it waits for the keeper's collegial body (V-B8).

    Raises `RuleViolation` if somebody is not checked or a difference is not explained.
    """
    with change(by=by, rule="V-B8", event="reconciliation.reported") as act:
        reconciliation, unit = _own(act, reconciliation_id)
        states.check_is(reconciliation, {ReconciliationState.OPEN}, "V-B8")
        _sync(reconciliation, act.today)
        counts = counts_of(reconciliation, act.today)
        rules.check_complete(unchecked_of(reconciliation), counts, note)
        reconciliation.state, reconciliation.counts, reconciliation.note = (
            ReconciliationState.REPORTED,
            counts,
            note.strip(),
        )
        reconciliation.reported_at, reconciliation.reported_by, reconciliation.returned = act.now, by.account, ""
        act.save(reconciliation)
        keeper = unit if unit.keeps_cards else Organization.objects.get(pk=unit.parent_id or 0)
        item = AgendaItem(
            organization=keeper,
            kind=ItemKind.RECONCILIATION,
            title=f"Отчёт о сверке анкет за {reconciliation.year} год: {unit.short_name}",
            reconciliation=reconciliation,
            filed_on=act.today,
        )
        act.save(item)
        act.about(reconciliation, organization=unit, **counts)
    return reconciliation


def take_back(reconciliation_id: int, *, by: Actor) -> Reconciliation:
    """Take the report back before it is on an agenda."""
    with change(by=by, rule="V-B8", event="reconciliation.taken_back") as act:
        reconciliation, unit = _own(act, reconciliation_id)
        _reopen(act, reconciliation)
        act.about(reconciliation, organization=unit)
    return reconciliation


def send_back(act: Act, item: AgendaItem) -> None:
    """Apply a rejected report: return the check-list to the cell, with the reason."""
    reconciliation = _locked_reconciliation(act, item)
    states.check(reconciliation, ReconciliationState.OPEN, "V-B8")
    reconciliation.state, reconciliation.returned = ReconciliationState.OPEN, item.reason[:500]
    act.save(reconciliation)


def accept(act: Act, item: AgendaItem) -> None:
    """Apply all proposed changes of an accepted report in one step (V-B8).

    Changes of cards that were changed since are declined with that reason and do not block the others.
    """
    reconciliation = _locked_reconciliation(act, item)
    states.check(reconciliation, ReconciliationState.ACCEPTED, "V-B8")
    reconciliation.state, reconciliation.accepted_on = ReconciliationState.ACCEPTED, act.today
    act.save(reconciliation)
    proposals.settle_reconciled(act, reconciliation)


def undo_acceptance(act: Act, item: AgendaItem) -> None:
    """Undo an acceptance entered by mistake: the cards get their previous values (V-B8).

    Raises `Blocked` with each person whose card was changed since.
    """
    reconciliation = _locked_reconciliation(act, item)
    states.check_is(reconciliation, {ReconciliationState.ACCEPTED}, "V-B8")
    proposals.unsettle_reconciled(act, reconciliation, item)
    reconciliation.state, reconciliation.accepted_on = ReconciliationState.REPORTED, None
    act.save(reconciliation)


def undo_sending_back(act: Act, item: AgendaItem) -> None:
    """Undo a rejection entered by mistake: the report is as it was sent.

    Raises `RuleViolation` if the list was changed.
    """
    reconciliation = _locked_reconciliation(act, item)
    states.check_is(reconciliation, {ReconciliationState.OPEN}, "V-B8")
    counts = counts_of(reconciliation, timezone.localdate(reconciliation.reported_at, reconciliation.unit.tz))
    rules.check_counts_unchanged(reconciliation, counts)
    reconciliation.state, reconciliation.returned = ReconciliationState.REPORTED, ""
    act.save(reconciliation)


def counts_of(reconciliation: Reconciliation, today: dt.date) -> dict[str, int]:
    """Return the counts: on 1 January, arrived, left, by the book, questionnaires on hand, changed.

    All refer to the same day, so that they add up: today, or the last day of the year if the report is late.
    """
    book = BookLine.objects.filter(unit=reconciliation.unit_id)
    new_year = dt.date(reconciliation.year, 1, 1)
    until = min(today, rules.term_of(reconciliation.year))
    sound = book.exclude(reason=EndReason.UNDONE)
    results = results_of(reconciliation)
    by_book = lines_on(book, until).count()
    # For late reports: people who have left since took their questionnaires with them.
    gone = max(by_book - sum(results.values()), 0) if until < today else 0
    return {
        "new_year": lines_on(book, new_year - dt.timedelta(days=1)).count(),
        "arrived": sound.filter(entered_on__range=(new_year, until)).count(),
        "left": sound.filter(left_on__range=(new_year, until)).count(),
        "by_book": by_book,
        "questionnaires": sum(results.get(word, 0) for word in (CheckResult.UNCHANGED, CheckResult.CHANGED)) + gone,
        "changed": results.get(CheckResult.CHANGED, 0),
    }


def results_of(reconciliation: Reconciliation) -> dict[str, int]:
    """Return the number of people by result."""
    return dict(Counter(reconciliation.lines.values_list("result", flat=True)))


def unchecked_of(reconciliation: Reconciliation) -> list[str]:
    """Return the names of the people who are not checked, in the order of the list."""
    found = reconciliation.lines.filter(result=CheckResult.UNCHECKED).select_related("member")
    return [line.member.full_name for line in found.order_by("place", "pk")]


def _sync(reconciliation: Reconciliation, today: dt.date) -> None:
    """Update the list to the people in the unit: add arrivals, remove people who left or arrived after the year."""
    found = Member.objects.filter(unit=reconciliation.unit_id, state=MemberState.REGISTERED)
    term = rules.term_of(reconciliation.year)
    if today > term:
        stood = BookLine.objects.filter(unit=reconciliation.unit_id, member=OuterRef("pk"))
        found = found.filter(Exists(lines_on(stood, term)))
    here = list(found.alphabetical().values_list("pk", flat=True))
    listed = set(reconciliation.lines.values_list("member", flat=True))
    last = reconciliation.lines.aggregate(last=Max("place"))["last"] or 0
    reconciliation.lines.filter(member__in=listed - {*here}).delete()
    arrived = [pk for pk in here if pk not in listed]
    new = [
        ReconciliationLine(reconciliation=reconciliation, member_id=pk, place=place)
        for place, pk in enumerate(arrived, start=last + 1)
    ]
    ReconciliationLine.objects.bulk_create(new, batch_size=CHUNK)


def _own(act: Act, reconciliation_id: int) -> tuple[Reconciliation, Organization]:
    reconciliation = act.lock(Reconciliation.objects.visible_to(act.by), reconciliation_id)
    unit = Organization.objects.select_related("federation").get(pk=reconciliation.unit_id)
    act.require(Permission.RECONCILE, unit)
    return reconciliation, unit


def _reopen(act: Act, reconciliation: Reconciliation) -> None:
    states.check(reconciliation, ReconciliationState.OPEN, "V-B8")
    rules.check_stands_on_no_agenda(reconciliation)
    items = list(reconciliation.items.filter(state=ItemState.WAITING))
    for item in items:
        item.state = ItemState.DROPPED
        act.save(item)
    reconciliation.state = ReconciliationState.OPEN
    act.save(reconciliation)


def _locked_reconciliation(act: Act, item: AgendaItem) -> Reconciliation:
    return act.lock(Reconciliation, item.reconciliation_id or 0)
