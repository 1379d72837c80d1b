"""The check finds changes made with dropped and restored triggers, outside of the registry (ADR 20)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from registry.organizations.models import Organization
from registry.transitions import write_event
from tests.house.tampering import found, recompute, run
from tests.members import places

pytestmark = pytest.mark.django_db


def journal() -> places.Place:
    """Write some events of one chain as the registry does."""
    place = places.voi()
    for action in ("session.started", "card.opened", "paper.printed", "members.exported", "session.ended"):
        write_event(action, by=place.chair, about=place.chair.account, organization=place.keeper, count=1)
    assert found() == []
    return place


def everything_but(sql: str) -> Callable[[Organization], None]:
    """Return a function that changes the journal and recomputes every digest that needs no key."""

    def tamper(at: Organization) -> None:
        run(sql.format(chain=at.pk))
        recompute(at.pk)

    return tamper


def plainly(*statements: str) -> Callable[[Organization], None]:
    return lambda at: run(*(sql.format(chain=at.pk) for sql in statements))


DIGEST = "chain N: event N does not agree with its digest"
HEAD = "chain N: the head was not made by the registry"
GAP = "chain N: number N follows N"
SHORT = "chain N: the head says N, the journal ends at N"

#: Findings for what the deleted events attested.
UNATTESTED = [
    "registry_historicalorganization N is not as attested",
    "registry_historicalorganization, records N…: N rows more than attested",
    "registry_historicalorganizationpassport N is not as attested",
    "registry_historicalorganizationpassport, records N…: N rows more than attested",
]
LAST = "(SELECT number FROM registry_journalchain WHERE key = {chain})"

#: Change of a chain of some events → all findings.
JOURNAL: dict[str, tuple[Callable[[Organization], None], list[str]]] = {
    "text": (plainly("UPDATE registry_event SET action = 'x' WHERE chain = {chain} AND number = 2"), [DIGEST]),
    "facts": (plainly("UPDATE registry_event SET facts = '{{}}' WHERE chain = {chain} AND number = 2"), [DIGEST]),
    "time": (
        plainly("UPDATE registry_event SET at = '2019-05-05 05:05:05+00:00' WHERE chain = {chain} AND number = 2"),
        [DIGEST],
    ),
    "actor": (plainly("UPDATE registry_event SET account_id = NULL WHERE chain = {chain} AND number = 2"), [DIGEST]),
    "role": (plainly("UPDATE registry_event SET acting = 'system' WHERE chain = {chain} AND number = 2"), [DIGEST]),
    "scope": (
        plainly("UPDATE registry_event SET organization_id = NULL WHERE chain = {chain} AND number = 2"), [DIGEST],
    ),
    "record": (plainly("UPDATE registry_event SET object_id = '7' WHERE chain = {chain} AND number = 2"), [DIGEST]),
    "deleted in the middle": (
        plainly("DELETE FROM registry_event WHERE chain = {chain} AND number = 3"), [DIGEST, GAP],
    ),
    "deleted at the end": (plainly(f"DELETE FROM registry_event WHERE chain = {{chain}} AND number = {LAST}"), [SHORT]),
    "all events deleted": (plainly("DELETE FROM registry_event WHERE chain = {chain}"), [SHORT, *UNATTESTED]),
    "two events swapped": (
        plainly(
            "UPDATE registry_event SET number = 99 WHERE chain = {chain} AND number = 2",
            "UPDATE registry_event SET number = 2 WHERE chain = {chain} AND number = 3",
            "UPDATE registry_event SET number = 3 WHERE chain = {chain} AND number = 99",
        ),
        [DIGEST],
    ),
    "head's number": (
        plainly("UPDATE registry_journalchain SET number = number + 1 WHERE key = {chain}"), [SHORT],
    ),
    "head's seal": (plainly("UPDATE registry_journalchain SET seal = '' WHERE key = {chain}"), [HEAD]),
    "head of another chain": (
        plainly(
            "UPDATE registry_journalchain SET seal = (SELECT max(seal) FROM registry_journalchain WHERE key <> {chain})"
            " WHERE key = {chain}"
        ),
        [HEAD],
    ),
    "recomputed text": (
        everything_but("UPDATE registry_event SET action = 'x' WHERE chain = {chain} AND number = 2"), [HEAD],
    ),
    "recomputed last event": (
        everything_but(f"UPDATE registry_event SET action = 'x' WHERE chain = {{chain}} AND number = {LAST}"), [HEAD],
    ),
    "cut with the head": (everything_but("DELETE FROM registry_event WHERE chain = {chain} AND number > 3"), [HEAD]),
    "event taken out of the middle with the head": (
        everything_but("DELETE FROM registry_event WHERE chain = {chain} AND number = 3"), [HEAD],
    ),
    "event added": (
        everything_but(
            "INSERT INTO registry_event (chain, number, at, action, rule, acting, object_type, object_id, facts,"
            " previous, digest) SELECT chain, 99, at, 'added', '', '', '', '', facts, '', 'x' FROM registry_event"
            " WHERE chain = {chain} AND number = 5"
        ),
        [HEAD],
    ),
}  # fmt: skip


def test_n_s1_every_change_of_the_journal_is_named() -> None:
    place = journal()
    said = {}
    for name, (tamper, _findings) in JOURNAL.items():
        with transaction.atomic():
            tamper(place.keeper)
            said[name] = found()
            transaction.set_rollback(True)
    assert said == {name: findings for name, (_tamper, findings) in JOURNAL.items()}


def test_n_s1_later_events_do_not_make_a_changed_chain_whole_again() -> None:
    place = journal()
    everything_but("DELETE FROM registry_event WHERE chain = {chain} AND number > 3")(place.keeper)
    for _time in range(2):
        write_event("session.started", by=place.chair, organization=place.keeper)
        assert found() == [HEAD]


def test_n_s1_an_emptied_chain_does_not_begin_again() -> None:
    place = journal()
    run(
        f"DELETE FROM registry_event WHERE chain = {place.keeper.pk}",
        f"UPDATE registry_journalchain SET number = 0, digest = '', seal = '' WHERE key = {place.keeper.pk}",
    )
    assert found() == [HEAD, *UNATTESTED]
    write_event("session.started", by=place.chair, organization=place.keeper)
    assert found() == [HEAD, *UNATTESTED]
