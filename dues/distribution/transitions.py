"""Transitions of distribution: decisions, distributions, money passed on, acts of reconciliation (V-D7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from dues.bank.queries.accounts import own_accounts
from dues.bank.rules.lines import states_bank
from dues.expenses.transitions import Texts, order_key, write_order
from dues.ledger import book as ledger
from dues.ledger.enums import AccountKind
from dues.ledger.models import LedgerEntry
from dues.ledger.rules.closing import check_open, closed_until, first_open_day
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from . import rules
from .enums import ActState, RemittanceState, Source
from .models import (
    Distribution,
    DistributionDecision,
    DistributionLine,
    DistributionShare,
    Remittance,
    SettlementAct,
    corrections_before,
    received_between,
)
from .queries import balance_of, open_between, owes_all, split_into_shares, statement

_RULE = "V-D7"


def decide_shares(
    organization_id: int,
    *,
    body: str,
    number: str,
    decided_on: dt.date,
    valid_from: dt.date,
    shares: Sequence[tuple[int, str, Decimal]],
    by: Actor,
) -> DistributionDecision:
    """Record the decision of the body on the shares from a day on (V-D7); the first share gets the remaining kopecks.

    `shares` are tuples of organisation id, purpose and percentage. Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule=_RULE, event="dues.shares_decided") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        targets = Organization.objects.in_bulk([pk for pk, _purpose, _percent in shares])
        found = [(targets[pk], purpose, percent) for pk, purpose, percent in shares]
        rules.check_shares(organization, found)
        rules.check_decision(
            organization,
            body=body,
            number=number,
            decided_on=decided_on,
            valid_from=valid_from,
            until=_done_until(organization),
            today=act.today,
        )
        decision = DistributionDecision(
            organization=organization,
            body=body.strip(),
            number=number.strip(),
            decided_on=decided_on,
            valid_from=valid_from,
        )
        act.save(decision)
        DistributionShare.objects.bulk_create(
            DistributionShare(
                decision=decision, position=at, organization=target, purpose=purpose.strip(), percent=percent
            )
            for at, (target, purpose, percent) in enumerate(found, start=1)
        )
        act.about(decision, organization=organization)
    return decision


def take_decision_back(decision_id: int, *, by: Actor) -> None:
    """Delete a decision that was recorded by mistake, if nothing was distributed by it (V-D7).

    Raises `RuleViolation`, `NotAllowed`, `DistributionDecision.DoesNotExist`.
    """
    with change(by=by, rule="N-D1", event="dues.shares_taken_back") as act:
        decision = DistributionDecision.objects.visible_to(by).get(pk=decision_id)
        organization = act.lock(Organization, decision.organization_id)
        decision = act.lock(DistributionDecision.objects.visible_to(by), decision_id)
        act.require(Permission.RECORD_DUES, organization)
        rules.check_decision_unused(decision)
        act.about(decision, organization=organization)
        act.delete(decision)


def _done_until(organization: Organization) -> dt.date | None:
    done = Distribution.objects.valid().filter(organization=organization).order_by("-last")
    return done.values_list("last", flat=True).first()


def distribute(organization_id: int, *, last: dt.date, made_on: dt.date | None = None, by: Actor) -> Distribution:
    """Share the income until the day, since the last distributed day (V-D7, N-D2).

    The shares of superiors are owed from `made_on`, by default today: each is posted in the books of both. Raises
    `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule=_RULE, event="dues.income_distributed") as act:
        found = Organization.objects.visible_to(by).get(pk=organization_id)
        act.require(Permission.RECORD_DUES, found)
        places = act.lock_many(Organization.objects.filter(pk__in=[found.pk, *found.ancestor_ids]))
        organization = next(place for place in places if place.pk == found.pk)
        done_until = _done_until(organization)
        decisions = list(DistributionDecision.objects.filter(organization=organization).order_by("valid_from"))
        first = done_until + dt.timedelta(days=1) if done_until else None
        first = first or (decisions[0].valid_from if decisions else None)
        decision = next((one for one in reversed(decisions) if first and one.valid_from <= first), None)
        later = (one.valid_from for one in decisions if first and one.valid_from > first)
        first = rules.check_period(
            first=first, last=last, done_until=done_until, today=act.today, next_from=next(later, None)
        )
        rules.check_receivers(decision, organization, first)
        made_on = made_on or act.today
        rules.check_made_on(made_on, last, act.today)
        check_open(made_on, closed_until(organization))
        received = received_between(organization, first, last)
        corrections = corrections_before(organization, first)
        rules.check_something_received(received + corrections)
        distribution = Distribution(
            organization=organization, decision=decision, first=first, last=last, received=received,
            corrections=corrections, made_on=made_on,
        )  # fmt: skip
        act.save(distribution)
        _post_lines(act, distribution)
        act.about(distribution, organization=organization)
    return distribution


def _post_lines(act: Act, distribution: Distribution) -> None:
    shares = list(distribution.decision.shares.select_related("organization__federation").order_by("position"))
    paper = f"Распределение дохода за {distribution}, протокол {distribution.decision}"
    for share, amount in zip(shares, split_into_shares(distribution.amount, shares), strict=True):
        line = DistributionLine(distribution=distribution, share=share, amount=amount)
        if share.organization_id != distribution.organization_id and amount:
            line.entry, line.claim = _owe(act, line, paper)
        line.save()


def _owe(act: Act, line: DistributionLine, paper: str) -> tuple[LedgerEntry, LedgerEntry]:
    """Post the share as a debt, in the organisation's books and in those of the superior."""
    own, superior = line.distribution.organization, line.share.organization
    key = f"distribution:{line.distribution.pk}:{line.share.pk}"
    owed_to = ledger.AccountKey(AccountKind.OWED_TO, partner=superior.pk)
    owed_by = ledger.AccountKey(AccountKind.OWED_BY, partner=own.pk)
    sides = (
        (own, ledger.AccountKey(AccountKind.PASSED), owed_to, ""),
        (superior, owed_by, ledger.AccountKey(AccountKind.SHARED), ":claim"),
    )
    entry, claim = (
        ledger.post_moves(
            act,
            [
                ledger.Move(
                    debit=debit,
                    credit=credit,
                    amount=line.amount,
                    made_on=first_open_day(line.distribution.made_on, closed_until(organization)),
                    paper=paper,
                    key=key + suffix,
                )
            ],
            organization=organization,
            rule=_RULE,
        )[0]
        for organization, debit, credit, suffix in sides
    )
    return entry, claim


def take_distribution_back(distribution_id: int, *, reason: str, by: Actor) -> None:
    """Reverse the last distribution in the books of all organisations concerned (V-D7, N-D1).

    Raises `RuleViolation`, `NotAllowed`, `Distribution.DoesNotExist`.
    """
    with change(by=by, rule="N-D1", event="dues.distribution_taken_back") as act:
        found = Distribution.objects.visible_to(by).select_related("organization").get(pk=distribution_id)
        act.lock_many(Organization.objects.filter(pk__in=[found.organization_id, *found.organization.ancestor_ids]))
        distribution = act.lock(Distribution.objects.visible_to(by), distribution_id)
        organization = distribution.organization
        act.require(Permission.RECORD_DUES, organization)
        lines = list(distribution.lines.select_related("share__organization", "entry", "claim"))
        owed = [line for line in lines if line.entry is not None and line.claim is not None]
        rules.check_can_be_taken_back(
            distribution,
            is_last=_done_until(organization) == distribution.last,
            left=owes_all(organization, owed),
            reason=reason,
        )
        entries = [entry for line in owed for entry in (line.entry, line.claim) if entry is not None]
        ledger.reverse(act, entries, accounts=[], rule="N-D1", paper=reason.strip())
        distribution.taken_back_on, distribution.reason = act.today, reason.strip()
        act.save(distribution)
        act.about(distribution, organization=organization)


def pass_on(
    organization_id: int,
    receiver_id: int,
    *,
    amount: Decimal,
    made_on: dt.date,
    source: str,
    paper: str,
    paid_to: str = "",
    key: object = "",
    by: Actor,
) -> Remittance:
    """Record money that is passed on to a superior (V-D7); from the cash desk by the next cash expense order (V-D6).

    `key` identifies the form, which is recorded only once (N-D2). Raises `RuleViolation`, `NotAllowed`,
    `Organization.DoesNotExist`.
    """
    with change(by=by, rule=_RULE, event="dues.money_passed_on") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        receiver = Organization.objects.get(pk=receiver_id)
        keys = [f"remittance:{organization.pk}:{key}", order_key(organization, key)]
        before = Remittance.objects.filter(entry__key__in=keys).first()
        if before is not None:
            act.silent = True
            return before
        rules.check_passed_on(
            amount, open_between(organization, receiver), made_on=made_on, paper=paper, today=act.today
        )
        check_open(made_on, closed_until(organization))
        debit = ledger.AccountKey(AccountKind.OWED_TO, partner=receiver.pk)
        remittance = Remittance(
            organization=organization,
            receiver=receiver,
            amount=amount,
            made_on=made_on,
            source=source,
            paper=paper.strip(),
        )
        if source == Source.CASH:
            texts = Texts(paid_to=paid_to, ground=paper, head_post="", head="")
            order = write_order(act, organization, amount=amount, made_on=made_on, texts=texts, debit=debit, key=key)
            remittance.entry = order.entry
        else:
            count = Remittance.objects.filter(organization=organization).count()
            move = ledger.Move(
                debit=debit,
                credit=_money(organization, source),
                amount=amount,
                made_on=made_on,
                paper=paper.strip(),
                key=f"remittance:{organization.pk}:{key or count + 1}",
            )
            remittance.entry = ledger.post_moves(act, [move], organization=organization, rule=_RULE)[0]
        act.save(remittance)
        act.about(remittance, organization=organization)
    return remittance


def _money(organization: Organization, source: str) -> ledger.AccountKey:
    """Return the account of the money: the bank account in the passport, or the account of money recorded by papers.

    If bank statements are loaded, they take the money from the bank account. Here it is then taken from the money that
    is not dues, to which the statement adds it, so that it is counted once (N-D1).
    """
    if source != Source.BANK:
        return ledger.RECEIVED
    # The account in the passport is the first one.
    number = next(iter(own_accounts(organization)), "")
    rules.check_account(number)
    if states_bank(organization):
        return ledger.AccountKey(AccountKind.OTHER)
    return ledger.AccountKey(AccountKind.BANK, number=number)


def take_remittance_back(remittance_id: int, *, reason: str, by: Actor) -> None:
    """Reverse money passed on that the receiver has not confirmed, with its cash expense order (V-D7, N-D1).

    Raises `RuleViolation`, `NotAllowed`, `Remittance.DoesNotExist`.
    """
    with change(by=by, rule="N-D1", event="dues.remittance_taken_back") as act:
        remittance = Remittance.objects.visible_to(by).get(pk=remittance_id)
        organization = act.lock(Organization, remittance.organization_id)
        remittance = act.lock(Remittance.objects.visible_to(by), remittance_id)
        act.require(Permission.RECORD_DUES, organization)
        rules.check_remittance_can_be_taken_back(remittance, reason)
        ledger.reverse(act, [remittance.entry], accounts=[], rule="N-D1", paper=reason.strip())
        remittance.state, remittance.reason = RemittanceState.TAKEN_BACK, reason.strip()
        act.save(remittance)
        act.about(remittance, organization=organization)


def confirm_remittance(remittance_id: int, *, received_on: dt.date, source: str, by: Actor) -> None:
    """Confirm that the money was received, on the bank account or by a paper of the receiver (V-D7).

    Raises `RuleViolation`, `NotAllowed`, `Remittance.DoesNotExist`.
    """
    with change(by=by, rule=_RULE, event="dues.remittance_received") as act:
        remittance, receiver = _lock_received(act, remittance_id)
        rules.check_received_on(remittance, received_on, act.today)
        check_open(received_on, closed_until(receiver))
        # A different number after the bank payment was reversed.
        key = f"remittance received:{remittance.pk}:"
        count = LedgerEntry.objects.filter(key__startswith=key).count()
        move = ledger.Move(
            debit=_money(receiver, source),
            credit=ledger.AccountKey(AccountKind.OWED_BY, partner=remittance.organization_id),
            amount=remittance.amount,
            made_on=received_on,
            paper=remittance.paper,
            key=f"{key}{count + 1}",
        )
        remittance.receipt = ledger.post_moves(act, [move], organization=receiver, rule=_RULE)[0]
        remittance.state, remittance.received_on = RemittanceState.RECEIVED, received_on
        act.save(remittance)
        act.about(remittance, organization=receiver)


def report_not_found(remittance_id: int, *, reason: str, by: Actor) -> None:
    """Tell the sender that the money was not received (V-D7). Raises `RuleViolation`, `NotAllowed`,
    `Remittance.DoesNotExist`.
    """
    with change(by=by, rule=_RULE, event="dues.remittance_not_found") as act:
        remittance, receiver = _lock_received(act, remittance_id)
        rules.check_not_found(remittance, reason)
        remittance.state, remittance.reason = RemittanceState.NOT_FOUND, reason.strip()
        act.save(remittance)
        act.about(remittance, organization=receiver)


def _lock_received(act: Act, remittance_id: int) -> tuple[Remittance, Organization]:
    """Return the remittance and its receiver, both locked, if the actor acts for the receiver."""
    remittance = Remittance.objects.visible_to(act.by).get(pk=remittance_id)
    receiver = act.lock(Organization, remittance.receiver_id)
    remittance = act.lock(Remittance.objects.visible_to(act.by), remittance_id)
    act.require(Permission.RECORD_DUES, receiver)
    return remittance, receiver


def draw_act(
    organization_id: int, superior_id: int, *, first: dt.date, last: dt.date, by_superior: bool, by: Actor
) -> SettlementAct:
    """Draw up an act of reconciliation for the period; the drawing organisation thereby confirms its own books (V-D7).

    Raises `RuleViolation`, `NotAllowed`, `Organization.DoesNotExist`.
    """
    with change(by=by, rule=_RULE, event="dues.settlement_act_drawn") as act:
        own, partner = (superior_id, organization_id) if by_superior else (organization_id, superior_id)
        drawer = Organization.objects.visible_to(by).get(pk=own)
        act.require(Permission.RECORD_DUES, drawer)
        places = {place.pk: place for place in act.lock_many(Organization.objects.filter(pk__in=[own, partner]))}
        organization, superior = places[organization_id], places[superior_id]
        rules.check_period_of_act(first, last, act.today)
        owed, claimed = (
            balance_of(statement(organization, superior, kind, last=last, known_at=act.now))
            for kind in (AccountKind.OWED_TO, AccountKind.OWED_BY)
        )
        drawn = SettlementAct(
            organization=organization,
            superior=superior,
            first=first,
            last=last,
            by_superior=by_superior,
            drawn_on=act.today,
            drawn_at=act.now,
            owed=owed,
            claimed=claimed,
        )
        rules.check_act_is_new(drawn)
        act.save(drawn)
        act.about(drawn, organization=drawer)
    return drawn


def answer_act(act_id: int, *, differences: str, by: Actor) -> None:
    """Confirm the act for the other organisation, with the stated differences (V-D7).

    Raises `RuleViolation`, `NotAllowed`, `SettlementAct.DoesNotExist`.
    """
    with change(by=by, rule=_RULE, event="dues.settlement_act_answered") as act:
        found = SettlementAct.objects.visible_to(by).get(pk=act_id)
        answering = act.lock(Organization, found.organization_id if found.by_superior else found.superior_id)
        found = act.lock(SettlementAct.objects.visible_to(by), act_id)
        act.require(Permission.RECORD_DUES, answering)
        rules.check_answer(found, differences)
        found.state = ActState.DIFFERS if differences.strip() else ActState.AGREED
        found.differences, found.answered_on = differences.strip(), act.today
        act.save(found)
        act.about(found, organization=answering)
