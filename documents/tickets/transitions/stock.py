"""Receiving blanks, passing them on, and their keepers (V-C1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from registry import states
from registry.access import Actor
from registry.accounts.models import Account
from registry.enums import Permission
from registry.organizations.models import Federation, Organization
from registry.transitions import Act, change

from .. import rules
from ..book import Ledger, lock_stocks
from ..enums import PaperKind, PaperState
from ..models import BlankPaper, BlankRange, BlankStock
from ..queries.numbering import next_paper_number
from ..ranges import NumberRange


@contextmanager
def posting(act: Act, paper: BlankPaper, made_on: dt.date, *others: Organization) -> Iterator[Ledger]:
    """Lock the balances of the paper's organisation and of others, and write the movements of the paper at the end of
    the block.

    Raises `RuleViolation` (V-C1) if one of the numbers moved after the day of the paper.
    """
    stocks = lock_stocks(act, paper.blank, [paper.organization, *others])
    ledger = Ledger(act, paper, stocks, made_on)
    yield ledger
    rules.check_in_order(ledger.moved_later())
    ledger.close()


def receive_blanks(
    organization_id: int,
    *,
    kind: str,
    numbers: Sequence[NumberRange],
    number: str,
    made_on: dt.date,
    source: str,
    note: str = "",
    by: Actor,
) -> BlankPaper:
    """Take blanks from outside into the stock, by the paper that came with them (V-C1)."""
    with change(by=by, rule="V-C1", event="blanks.received") as act:
        organization = Organization.objects.visible_to(by).select_related("federation").get(pk=organization_id)
        act.require(Permission.KEEP_BLANKS, organization)
        # New numbers are added to a federation one paper at a time, so that none is entered twice.
        act.lock(Federation, organization.federation_id)
        rules.check_can_receive(organization, kind)
        rules.check_numbers(numbers)
        rules.check_day(made_on, act.today)
        rules.check_source(number, source)
        paper = BlankPaper(
            organization=organization, kind=PaperKind.RECEIPT, blank=kind, state=PaperState.POSTED, number=number,
            made_on=made_on, source=source, note=note, made_by=by.account,
        )  # fmt: skip
        act.save(paper)
        with posting(act, paper, made_on) as ledger:
            for one in sorted(numbers):
                ledger.take_in(one, organization)
        act.about(paper, organization=organization, blanks=sum(one.count for one in numbers))
    return paper


def hand_down_blanks(
    organization_id: int,
    *,
    receiver_id: int,
    kind: str,
    numbers: Sequence[NumberRange],
    made_on: dt.date,
    note: str = "",
    by: Actor,
) -> BlankPaper:
    """Pass blanks down or back to the superior; they are in transit until the receiver confirms the act (V-C1)."""
    with change(by=by, rule="V-C1", event="blanks.handed_down") as act:
        visible = Organization.objects.visible_to(by).select_related("federation")
        organization = visible.get(pk=organization_id)
        act.require(Permission.KEEP_BLANKS, organization)
        above = organization.parent
        receiver = above if above is not None and above.pk == receiver_id else visible.get(pk=receiver_id)
        rules.check_receiver(organization, receiver, kind)
        rules.check_numbers(numbers)
        rules.check_day(made_on, act.today)
        paper = BlankPaper(
            organization=organization, kind=PaperKind.HAND_DOWN, blank=kind, state=PaperState.SENT, made_on=made_on,
            receiver=receiver, note=note, made_by=by.account,
        )  # fmt: skip
        with posting(act, paper, made_on) as ledger:
            paper.number = next_paper_number(paper)
            act.save(paper)
            for one in sorted(numbers):
                ledger.send(one, organization)
        act.about(paper, organization=organization, blanks=sum(one.count for one in numbers), receiver=receiver.pk)
    return paper


def confirm_blanks(
    paper_id: int, *, accepted: Sequence[NumberRange] | None = None, made_on: dt.date | None = None, by: Actor
) -> BlankPaper:
    """Confirm the act; numbers that are not accepted go back to the giver (V-C1).

    `accepted` is None for all numbers; `made_on` is the day on which the blanks arrived, None for today.
    """
    with change(by=by, rule="V-C1", event="blanks.confirmed") as act:
        paper = act.lock(BlankPaper.objects.visible_to(by), paper_id)
        rules.check_can_confirm(paper, by)
        states.check(paper, PaperState.POSTED, "V-C1")
        receiver: Organization = paper.receiver  # type: ignore[assignment]
        act.require(Permission.KEEP_BLANKS, receiver)
        # If the giver is farther east, the act may have tomorrow's date.
        latest = max(act.today, paper.made_on)
        made_on = made_on or latest
        rules.check_day(made_on, latest)
        rules.check_came_after(paper, made_on)
        sent = numbers_on_the_way(paper)
        taken = sent if accepted is None else list(accepted)
        returned = rules.check_accepted(sent, taken)
        paper.state, paper.confirmed_on = PaperState.POSTED, made_on
        act.save(paper)
        with posting(act, paper, made_on, receiver) as ledger:
            for one in sorted(taken):
                ledger.arrive(one, paper.organization, receiver)
            for one in returned:
                ledger.arrive(one, paper.organization, paper.organization)
        act.about(paper, organization=receiver, blanks=sum(one.count for one in taken))
    return paper


def take_back_blanks(paper_id: int, *, by: Actor) -> BlankPaper:
    """Undo an act before it is confirmed; all numbers return to the stock (V-C1)."""
    with change(by=by, rule="V-C1", event="blanks.taken_back") as act:
        paper = act.lock(BlankPaper.objects.visible_to(by), paper_id)
        act.require(Permission.KEEP_BLANKS, paper.organization)
        rules.check_is_sent(paper)
        states.check(paper, PaperState.POSTED, "V-C1")
        sent = numbers_on_the_way(paper)
        paper.state, paper.confirmed_on = PaperState.POSTED, act.today
        act.save(paper)
        with posting(act, paper, act.today) as ledger:
            for one in sent:
                ledger.arrive(one, paper.organization, paper.organization)
        act.about(paper, organization=paper.organization, blanks=0)
    return paper


def name_keeper(organization_id: int, *, kind: str, account_id: int, by: Actor) -> BlankStock:
    """Record the keeper of the organisation's blanks, who is responsible for them (V-C1)."""
    with change(by=by, rule="V-C1", event="blanks.keeper_named") as act:
        organization = Organization.objects.visible_to(by).select_related("federation").get(pk=organization_id)
        act.require(Permission.WRITE_OFF_BLANKS, organization)
        rules.check_has_kind(organization, kind)
        account = Account.objects.visible_to(by).get(pk=account_id)
        rules.check_can_keep(account, organization)
        stock = lock_stocks(act, kind, [organization])[organization.pk]
        stock.keeper = account
        stock.save(update_fields=["keeper"])
        act.about(stock, organization=organization, keeper=account.pk)
    return stock


def numbers_on_the_way(paper: BlankPaper) -> list[NumberRange]:
    """Return the numbers of the act that its receiver has not confirmed."""
    return _ranges(BlankRange.objects.filter(paper=paper))


def _ranges(found: Iterable[BlankRange]) -> list[NumberRange]:
    return sorted(one.range for one in found)
