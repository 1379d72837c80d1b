"""Blanks that are spoiled, lost, returned, cancelled, missing at a stock-taking, or destroyed (V-C1, V-B15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from .. import rules
from ..enums import PaperKind, PaperState, Place
from ..models import Blank, BlankPaper
from ..queries.counting import differences
from ..queries.numbering import last_paper, next_paper_number
from ..ranges import NumberRange, count_of
from .stock import posting

#: Paper of the write-off → the place of the numbers afterwards.
_WRITTEN_OFF = {PaperKind.SPOILED: Place.SPOILED, PaperKind.LOST: Place.LOST}

#: Places from which no blank comes back to its owner.
_ENDS = {Place.CANCELLED, Place.DESTROYED}


def write_off_blanks(
    organization_id: int,
    *,
    kind: str,
    paper_kind: PaperKind,
    numbers: Sequence[NumberRange],
    made_on: dt.date,
    note: str,
    signed_by: Sequence[str] = (),
    by: Actor,
) -> BlankPaper:
    """Write off blanks of the stock as spoiled or lost, by an act that describes the reason (V-C1)."""
    with change(by=by, rule="V-C1", event="blanks.written_off") as act:
        organization = _organization(act, organization_id)
        rules.check_has_kind(organization, kind)
        rules.check_is_write_off(paper_kind)
        rules.check_numbers(numbers, rules.MAX_LINES)
        rules.check_day(made_on, act.today)
        rules.check_says_how(note)
        paper = _paper(act, organization, paper_kind, kind, made_on, note, signed_by)
        with posting(act, paper, made_on) as ledger:
            rules.check_may_write_off(ledger.stocks[organization.pk], by)
            paper.number = next_paper_number(paper)
            act.save(paper)
            for one in sorted(numbers):
                ledger.take_out(one, organization, _WRITTEN_OFF[paper_kind], reason=note)
        act.about(paper, organization=organization, blanks=sum(one.count for one in numbers))
    return paper


def move_issued(
    organization_id: int,
    *,
    paper_kind: PaperKind,
    blanks: Collection[int],
    made_on: dt.date,
    note: str,
    signed_by: Sequence[str] = (),
    by: Actor,
) -> BlankPaper:
    """Record that issued blanks were returned or lost by their members or handed back to them, or cancel void ones
    (V-C1).

    `paper_kind` is `RETURN`, `HANDED_BACK`, `LOST` or `CANCELLATION`. Blanks issued by another organisation move into
    the balance of this one.
    """
    with change(by=by, rule="V-C1", event="blanks.moved") as act:
        organization = _organization(act, organization_id)
        rules.check_day(made_on, act.today)
        rules.check_says_how(note)
        to = rules.place_after(paper_kind)
        chosen = Blank.objects.answered_for_by(organization).filter(pk__in=blanks)
        found = list(chosen.select_related("organization"))
        rules.check_blanks(found, wanted=len(set(blanks)))
        paper = _paper(act, organization, paper_kind, found[0].kind, made_on, note, signed_by)
        with posting(act, paper, made_on, *(blank.organization for blank in found)) as ledger:
            paper.number = next_paper_number(paper)
            act.save(paper)
            locked = _locked(act, chosen.filter(organization__in=ledger.stocks), blanks, to)
            if to == Place.ISSUED:
                rules.check_handed_back(locked, organization)
            ledger.move([(blank, to, note) for blank in locked], taker=organization)
        act.about(paper, organization=organization, blanks=len(found))
    return paper


def take_stock(
    organization_id: int,
    *,
    kind: str,
    counted: Sequence[NumberRange],
    made_on: dt.date,
    note: str,
    signed_by: Sequence[str],
    agreed: str | None = None,
    by: Actor,
) -> BlankPaper:
    """Post a stock-taking: missing numbers are lost, lost ones that were found are in stock again (V-C1).

    `agreed` is the fingerprint of the differences shown before. Raises `RuleViolation` (V-C1) if they have changed, and
    for counted numbers that never were in this stock.
    """
    with change(by=by, rule="V-C1", event="blanks.counted") as act:
        organization = _organization(act, organization_id)
        rules.check_has_kind(organization, kind)
        rules.check_day(made_on, act.today)
        rules.check_commission(signed_by)
        # An empty stock has nothing to count.
        if counted:
            rules.check_numbers(counted, most_ranges=rules.MAX_COUNTED_RANGES)
        paper = _paper(act, organization, PaperKind.STOCK_TAKING, kind, made_on, note, signed_by)
        with posting(act, paper, made_on) as ledger:
            rules.check_may_write_off(ledger.stocks[organization.pk], by)
            paper.number = next_paper_number(paper)
            act.save(paper)
            found = differences(organization, kind, counted)
            rules.check_counted(found.unknown, found.missing, found.found)
            rules.check_same_differences(found.fingerprint, agreed)
            rules.check_says_how(note, needed=bool(found.count))
            if not found.count:
                rules.check_not_posted(last_paper(paper), paper)
            for one in found.missing:
                ledger.take_out(one, organization, Place.LOST, reason=note)
            for blank in found.found:
                ledger.bring_back(blank)
        act.about(paper, organization=organization, missing=count_of(found.missing), found=len(found.found))
    return paper


def destroy_blanks(
    organization_id: int, *, kind: str, blanks: Collection[int], made_on: dt.date, way: str, signed_by: Sequence[str],
    by: Actor,
) -> BlankPaper:  # fmt: skip
    """Post the act on destroying void blanks, with their owners and reasons (V-B15)."""
    with change(by=by, rule="V-B15", event="blanks.destroyed") as act:
        organization = _organization(act, organization_id)
        rules.check_has_kind(organization, kind)
        rules.check_day(made_on, act.today)
        rules.check_commission(signed_by)
        rules.check_says_how(way)
        paper = _paper(act, organization, PaperKind.DESTRUCTION, kind, made_on, way, signed_by)
        with posting(act, paper, made_on) as ledger:
            rules.check_may_write_off(ledger.stocks[organization.pk], by)
            paper.number = next_paper_number(paper)
            act.save(paper)
            chosen = Blank.objects.filter(pk__in=blanks, organization=organization, kind=kind)
            locked = _locked(act, chosen, blanks, Place.DESTROYED)
            ledger.move([(blank, Place.DESTROYED, "") for blank in locked], taker=organization)
        act.about(paper, organization=organization, blanks=len(locked))
    return paper


def _organization(act: Act, organization_id: int) -> Organization:
    found = Organization.objects.visible_to(act.by).select_related("federation").get(pk=organization_id)
    act.require(Permission.WRITE_OFF_BLANKS, found)
    return found


def _locked(act: Act, chosen: QuerySet[Blank], blanks: Collection[int], to: Place) -> list[Blank]:
    """Lock the chosen blanks, always after the balances, and check that each of them exists and can move."""
    locked = act.lock_many(chosen.select_related("organization", "issue_line"))
    rules.check_blanks(locked, wanted=len(set(blanks)))
    for blank in locked:
        rules.check_moves(blank, to)
    if to in _ENDS:
        rules.check_no_appeal(locked)
    return locked


def _paper(
    act: Act, organization: Organization, paper_kind: PaperKind, kind: str, made_on: dt.date, note: str,
    signed_by: Sequence[str],
) -> BlankPaper:  # fmt: skip
    return BlankPaper(
        organization=organization, kind=paper_kind, blank=kind, state=PaperState.POSTED, made_on=made_on,
        note=note.strip(), signed_by=list(signed_by), made_by=act.by.account,
    )  # fmt: skip
