"""Matching of lines with the members of their organisation, by a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from dues.payments.queries import members_of
from members.people.models import Member, MemberQuerySet
from registry.access import Actor
from registry.organizations.models import Organization
from registry.sizes import CHUNK_READ
from registry.text import search_key

from ..models import BankLine, KnownPayer
from ..rules.matching import Match, Named, People, Person, match, named_in


def matches(organization: Organization, lines: Sequence[BankLine], actor: Actor) -> list[Match]:
    """Return the match of each line with the members of the organisation that the actor sees."""
    if not lines:
        return []
    known: defaultdict[str, set[int]] = defaultdict(set)
    remembered = KnownPayer.objects.visible_to(actor).filter(organization=organization)
    for account, pk in remembered.values_list("account", "member"):
        known[account].add(pk)
    named = [named_in(line) for line in lines]
    payers = {pk for line in lines for pk in known.get(line.other_account, ())}
    people = People(_people(members_of(organization, Member.objects.visible_to(actor)), named, payers))
    return [match(line, people, known) for line in lines]


def _people(members: MemberQuerySet, named: Sequence[Named], payers: Collection[int]) -> Iterator[Person]:
    """Yield the members that the lines name."""
    words = {word for one in named for text in one.words for word in text}
    wanted = {pk for one in named for pk in one.numbers} | set(payers)
    tickets = {ticket for one in named for ticket in one.tickets}
    rows = members.order_by().values_list("pk", "surname", "given_name", "patronymic", "ticket_number", "dues__unpaid")
    # Surnames are compared here, not by the database, which knows nothing of «ё».
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
