"""Matching of lines with the members of their organisation, by a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from dues.payments.queries import members_of
from members.people.enums import MemberState
from members.people.models import Member, MemberQuerySet
from registry.access import Actor
from registry.lookups import FirstWord
from registry.organizations.models import Organization
from registry.sizes import CHUNK_READ
from registry.text import search_key

from ..models import BankLine, KnownPayer
from ..rules.matching import Match, Named, People, Person, match, named_in

#: Maximum number of words, tickets and ids for looking up people; above it, as for a whole statement, everybody is read
#: once.
MAX_LOOKED_UP = 2_000
#: Maximum number of digits of a ticket number, to which it may be padded with zeros.
_TICKET_DIGITS = 20


def matches(organization: Organization, lines: Sequence[BankLine], actor: Actor) -> list[Match]:
    """Return the match of each line with the members of the organisation that the actor sees."""
    if not lines:
        return []
    known: defaultdict[str, set[int]] = defaultdict(set)
    remembered = KnownPayer.objects.visible_to(actor).filter(organization=organization)
    accounts = {line.other_account for line in lines} - {""}
    if len(accounts) <= MAX_LOOKED_UP:
        remembered = remembered.filter(account__in=accounts)
    for account, pk in remembered.values_list("account", "member"):
        known[account].add(pk)
    named = [named_in(line) for line in lines]
    payers = {pk for line in lines for pk in known.get(line.other_account, ())}
    members = members_of(organization, Member.objects.visible_to(actor))
    people = People(_people(organization, members, named, payers))
    return [match(line, people, known) for line in lines]


def _people(
    organization: Organization, members: MemberQuerySet, named: Sequence[Named], payers: Collection[int]
) -> Iterator[Person]:
    """Yield the members named in the lines."""
    words = {word for one in named for text in one.words for word in text}
    wanted = {pk for one in named for pk in one.numbers} | set(payers)
    tickets = {ticket for one in named for ticket in one.tickets} - {""}
    rows = _looked_up(organization, members.order_by(), words, wanted, tickets)
    # Compare surnames here once more, as for everybody.
    for pk, surname, given, patronymic, number, unpaid in rows.iterator(chunk_size=CHUNK_READ):
        names, ticket = tuple(search_key(surname).split()), number.lstrip("0")
        if pk in wanted or ticket in tickets or (names and names[0] in words):
            yield Person(
                pk,
                names,
                tuple(search_key(given).split()),
                tuple(search_key(patronymic).split()),
                ticket,
                unpaid or Decimal("0.00"),
            )


def _looked_up(
    organization: Organization, members: MemberQuerySet, words: Collection[str], ids: Collection[int],
    tickets: Collection[str],
) -> QuerySet[Member, tuple[Any, ...]]:  # fmt: skip
    """Return the rows of the members with one of the surnames, ids or tickets, each found by its own index.

    For very many words return everybody.
    """
    columns = ("pk", "surname", "given_name", "patronymic", "ticket_number", "dues__unpaid")
    numbers = ["0" * noughts + one for one in tickets for noughts in range(_TICKET_DIGITS - len(one) + 1)]
    if len(words) + len(ids) + len(numbers) > MAX_LOOKED_UP:
        return members.values_list(*columns)
    named: Any = members.alias(word=FirstWord("search_key"))
    parts: list[MemberQuerySet] = [named.filter(organization=organization, word__in=words)]
    if ids:
        parts.append(members.filter(pk__among=list(ids)))
    if numbers:
        # The conditions of the index are repeated, because SQLite does not infer them.
        kept = members.exclude(ticket_number="").exclude(state=MemberState.WITHDRAWN)
        parts.append(kept.filter(federation=organization.federation_id, ticket_number__in=numbers))
    first, *others = (part.values_list(*columns) for part in parts)
    return first.union(*others)
