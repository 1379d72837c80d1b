"""Changes proposed by a cell's chair and settled by the registrar field by field (V-B8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from members.meetings.models import AgendaItem
from members.people.models import Member
from members.people.rules.fields import card_values, refuse_unreadable
from members.people.transitions.cards import edit_card
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from .. import rules
from ..enums import DECIDED_PROPOSALS, ProposalState
from ..models import ChangeProposal, Reconciliation


def propose(member_id: int, *, values: Mapping[str, Any], ground: str = "", by: Actor) -> list[ChangeProposal]:
    """Propose changes of a card; an earlier open proposal for the same field is replaced (V-B8).

    Raises `RuleViolation` for an invalid value, `NotAllowed`.
    """
    with change(by=by, rule="V-B8", event="member.change_proposed") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        unit = Organization.objects.select_related("federation").get(pk=member.unit_id or 0)
        act.require(Permission.PROPOSE_CHANGES, unit)
        made = write(act, member, unit, values, ground=ground)
        # Repeating the same proposal changes nothing.
        act.silent = all(proposal.proposed_at != act.now for proposal in made)
        act.about(member, organization=unit, fields=sorted(p.field for p in made))
    return made


def write(
    act: Act,
    member: Member,
    unit: Organization,
    values: Mapping[str, Any],
    *,
    ground: str = "",
    reconciliation: Reconciliation | None = None,
) -> list[ChangeProposal]:
    """Return proposals for the values that differ from the card, existing and new ones, within the caller's change."""
    changed = rules.check_changes(member, unit.charter, values, act.by)
    before = card_values(member)
    earlier = list(ChangeProposal.objects.filter(member=member, field__in=list(values), state=ProposalState.OPEN))
    # Saving the list again repeats proposals; those changed or no longer made are withdrawn.
    kept = [
        proposal
        for proposal in earlier
        if proposal.reconciliation_id == (reconciliation.pk if reconciliation else None)
        and proposal.field in changed
        and rules.as_meant(proposal.after) == changed[proposal.field]
        and proposal.ground == ground.strip()
    ]
    _settle(act, [proposal for proposal in earlier if proposal not in kept], ProposalState.WITHDRAWN)
    same = {proposal.field for proposal in kept}
    made = [
        ChangeProposal(
            member=member,
            field=name,
            before=rules.as_kept(before[name]),
            after=rules.as_kept(value),
            ground=ground.strip(),
            proposed_by=act.by.account,
            proposed_at=act.now,
            reconciliation=reconciliation,
        )
        for name, value in changed.items()
        if name not in same
    ]
    return [*kept, *act.create_many(ChangeProposal, made)]


def withdraw(proposal_id: int, *, by: Actor) -> ChangeProposal:
    """Withdraw a proposal before it is settled."""
    with change(by=by, rule="V-B8", event="member.proposal_withdrawn") as act:
        proposal = act.lock(ChangeProposal.objects.visible_to(by), proposal_id)
        unit = Organization.objects.get(pk=proposal.member.unit_id or 0)
        act.require(Permission.PROPOSE_CHANGES, unit)
        states.check(proposal, ProposalState.WITHDRAWN, "V-B8")
        _settle(act, [proposal], ProposalState.WITHDRAWN)
        act.about(proposal.member, organization=unit, fields=[proposal.field])
    return proposal


def settle(accepted: Sequence[int], declined: Mapping[int, str], *, by: Actor) -> tuple[int, int]:
    """Accept and decline proposals field by field; accepted values are written to the cards at once (V-B8).

    Returns the numbers of both. Raises `RuleViolation` if a card was changed since, a reason is missing, or a proposal
    belongs to a reconciliation, which waits for the body; `NotAllowed`.
    """
    with change(by=by, rule="V-B8", event="members.proposals_settled") as act:
        wanted = {*accepted, *declined}
        visible = ChangeProposal.objects.visible_to(by).filter(pk__in=wanted).values_list("pk", flat=True)
        found = _lock_with_cards(act, ChangeProposal.objects.filter(pk__in=list(visible)))
        if {proposal.pk for proposal in found} != wanted:
            raise ChangeProposal.DoesNotExist
        for proposal in found:
            to = ProposalState.ACCEPTED if proposal.pk in accepted else ProposalState.DECLINED
            states.check(proposal, to, "V-B8")
            rules.check_settled_here(proposal)
        refuse_unreadable({proposal.field for proposal in found}, by)
        organization = by.organization
        for _member_id, group in groupby(found, key=lambda p: p.member_id):
            organization = _settle_card(act, list(group), set(accepted), declined)
        act.about(None, organization=organization, accepted=len(accepted), declined=len(declined))
    return len(accepted), len(declined)


def _settle_card(
    act: Act, proposals: list[ChangeProposal], accepted: set[int], declined: Mapping[int, str]
) -> Organization:
    member = act.lock(Member, proposals[0].member_id)
    organization = Organization.objects.select_related("federation").get(members=member)
    act.require(Permission.SETTLE_CHANGES, organization)
    taken = [proposal for proposal in proposals if proposal.pk in accepted]
    apply(member, taken, by=act.by)
    _settle(act, taken, ProposalState.ACCEPTED)
    for proposal in proposals:
        if proposal.pk in declined:
            rules.check_answer(declined[proposal.pk])
            proposal.answer = declined[proposal.pk].strip()
            _settle(act, [proposal], ProposalState.DECLINED)
    return organization


def _lock_with_cards(act: Act, found: QuerySet[ChangeProposal]) -> list[ChangeProposal]:
    """Return the proposals card by card, locked after their cards."""
    act.lock_many(Member.objects.filter(pk__in=list(found.values_list("member", flat=True))).only("pk"))
    return sorted(act.lock_many(found), key=_by_card)


def _by_card(proposal: ChangeProposal) -> tuple[int, int]:
    return proposal.member_id, proposal.pk


def settle_reconciled(act: Act, reconciliation: Reconciliation) -> None:
    """Apply the changes of an accepted report; decline those whose card was changed since (V-B8)."""
    found = _lock_with_cards(act, ChangeProposal.objects.open().filter(reconciliation=reconciliation))
    for member_id, group in groupby(found, key=lambda p: p.member_id):
        member = act.lock(Member, member_id)
        changes = list(group)
        current = card_values(member)
        fresh = [p for p in changes if not rules.is_overtaken(p, current[p.field])]
        apply(member, fresh, by=act.by)
        _settle(act, fresh, ProposalState.ACCEPTED)
        stale = [p for p in changes if p not in fresh]
        for proposal in stale:
            proposal.answer = str(_("The card was changed in the meantime."))
        _settle(act, stale, ProposalState.DECLINED)


def unsettle_reconciled(act: Act, reconciliation: Reconciliation, item: AgendaItem) -> None:
    """Undo the changes of an acceptance; its proposals wait again (V-B8).

    Raises `Blocked` if a card was changed since, or is kept elsewhere.
    """
    found = ChangeProposal.objects.select_related("member").filter(
        reconciliation=reconciliation,
        state__in=DECIDED_PROPOSALS,
        decided_at__gte=item.decided_at,
    )
    ordered = _lock_with_cards(act, found)
    accepted = [proposal for proposal in ordered if proposal.state == ProposalState.ACCEPTED]
    rules.check_cards_unchanged(accepted)
    back: dict[int, dict[str, Any]] = {}
    for proposal in accepted:
        back.setdefault(proposal.member_id, {})[proposal.field] = rules.as_meant(proposal.before)
    for member_id, values in back.items():
        edit_card(member_id, values=values, version=None, by=act.by, rule="V-B8")
    for proposal in ordered:
        proposal.answer = ""
    _settle(act, ordered, ProposalState.OPEN)


def apply(member: Member, proposals: Iterable[ChangeProposal], *, by: Actor) -> None:
    """Write the proposed values to the card, as an ordinary edit with history (V-B8)."""
    values = {}
    current = card_values(member)
    for proposal in proposals:
        rules.check_not_overtaken(proposal, current[proposal.field])
        values[proposal.field] = rules.as_meant(proposal.after)
    if values:
        edit_card(member.pk, values=values, version=None, by=by, rule="V-B8")


def _settle(act: Act, proposals: list[ChangeProposal], state: str) -> None:
    settled = state != ProposalState.OPEN
    for proposal in proposals:
        proposal.state = state
        proposal.decided_by, proposal.decided_at = (act.by.account, act.now) if settled else (None, None)
    act.update_many(ChangeProposal, proposals, ["state", "decided_by", "decided_at", "answer"])
