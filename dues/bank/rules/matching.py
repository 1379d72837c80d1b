"""Matching payments with members by classes of evidence (anchors 3), and the resulting certainty."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dues.numbers import MAX_PAYER_DIGITS, PAYER_DIGITS, payer_of
from registry.text import search_key

from ..enums import LIKELY, SURE, Band, Evidence
from ..models import BankLine

#: Maximum number of members shown for an open line.
MAX_CANDIDATES = 5
_NUMBER = re.compile(rf"(?<!\d)[0-9]{{{PAYER_DIGITS + 1},{MAX_PAYER_DIGITS}}}(?!\d)")
_TICKET = re.compile(r"(?:билет|чл\.? ?бил|ч/б|удост)\w*\.?\s*(?:№|n|no)?\.?\s*([0-9]{1,12})(?![0-9])", re.IGNORECASE)
#: Accounts of people and sole traders. Others may be transit accounts, used by a bank for payments of many people.
_PERSONAL = ("40802", "40817", "40820", "423", "426")


@dataclass(frozen=True)
class Person:
    """Data of a member for matching; names are words in lower case with ё as е."""

    pk: int
    surname: tuple[str, ...]
    given: tuple[str, ...]
    patronymic: tuple[str, ...]
    ticket: str
    #: The sum of the debts.
    owes: Decimal


@dataclass(frozen=True)
class Match:
    """Members with the evidence for each, the strongest first; in the bands certain and likely there is one member."""

    band: Band = Band.OPEN
    candidates: tuple[tuple[int, Evidence], ...] = ()
    #: Whether a payer's number is named that does not belong to a member here.
    not_here: bool = False

    def evidence_for(self, member_id: int) -> Evidence:
        """Return the evidence for the member, or that they are chosen by hand."""
        return dict(self.candidates).get(member_id, Evidence.BY_HAND)


@dataclass(frozen=True)
class Named:
    """Contents of a line's texts: words, ids of cards from payers' numbers, tickets."""

    words: tuple[tuple[str, ...], ...]
    numbers: frozenset[int]
    tickets: frozenset[str]
    #: Whether one of the numbers is a payer's number of the usual length.
    has_number: bool = False


def named_in(line: BankLine) -> Named:
    """Return what the line names; an address after «//» is left out."""
    name = line.other_name.split("//")[0]
    found = [(digits, pk) for digits in _NUMBER.findall(line.purpose) if (pk := payer_of(digits)) is not None]
    return Named(
        words=tuple(tuple(search_key(text).split()) for text in (name, line.purpose)),
        numbers=frozenset(pk for _digits, pk in found),
        tickets=frozenset(number.lstrip("0") for number in _TICKET.findall(line.purpose)),
        has_number=any(len(digits) == PAYER_DIGITS + 1 for digits, _pk in found),
    )


def is_personal(account: str) -> bool:
    """Return whether the account belongs to a person, so that it may be remembered."""
    return account.startswith(_PERSONAL)


class People:
    """The members that lines can be matched with, by number, ticket and surname."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.by_id: dict[int, Person] = {}
        self._by_ticket: dict[str, int] = {}
        self._by_surname: defaultdict[str, list[Person]] = defaultdict(list)
        for person in people:
            self.by_id[person.pk] = person
            if person.ticket:
                self._by_ticket[person.ticket] = person.pk
            if person.surname:
                self._by_surname[person.surname[0]].append(person)

    def with_tickets(self, tickets: Iterable[str]) -> set[int]:
        """Return the ids of the members with these tickets."""
        return {self._by_ticket[ticket] for ticket in tickets if ticket in self._by_ticket}

    def with_names(self, words: Sequence[Sequence[str]]) -> tuple[set[int], set[int]]:
        """Return the ids of the members whose full name occurs, and of those with a part of the name or initials."""
        full: set[int] = set()
        partly: set[int] = set()
        for text in words:
            for at, word in enumerate(text):
                for person in self._by_surname.get(word, ()):
                    level = _level(person, text, at)
                    if level is not None:
                        (full if level else partly).add(person.pk)
        return full, partly - full


def _level(person: Person, text: Sequence[str], at: int) -> bool | None:
    """Return True if the text has the person's full name at the position of the surname, False for a part of it, else
    None.
    """
    end = at + len(person.surname)
    if tuple(text[at:end]) != person.surname:
        return None
    rest = person.given + person.patronymic
    if tuple(text[end : end + len(rest)]) == rest or tuple(text[max(at - len(rest), 0) : at]) == rest:
        return True
    before = text[max(at - 2, 0) : at]
    if any(_may_be(person, names) for names in (text[end : end + 2], before, before[-1:])):
        return False
    return None


def _may_be(person: Person, names: Sequence[str]) -> bool:
    """Return whether the words are the given name and, if there is a second one, the patronymic, or their initials."""
    if not names or not person.given or not _same(person.given[0], names[0]):
        return False
    if len(names) == 1 or not person.patronymic:
        return True
    return _same(person.patronymic[0], names[1]) or (len(names[0]) > 1 and not _is_name(names[1]))


def _same(name: str, word: str) -> bool:
    return word == name or (len(word) == 1 and name.startswith(word))


def _is_name(word: str) -> bool:
    """Return whether the word can be a patronymic or its initial."""
    return len(word) == 1 or word.endswith(("вич", "вна", "ич", "чна", "оглы", "кызы"))


def match(line: BankLine, people: People, known: Mapping[str, set[int]]) -> Match:
    """Return the band of the line, and the members that it names (anchors 3).

    `known` maps accounts to the ids of members who have paid from them. A line with remarks is never certain, and a sum
    alone is no evidence.
    """
    named = named_in(line)
    numbers = {pk for pk in named.numbers if pk in people.by_id}
    full, partly = people.with_names(named.words)
    tickets = people.with_tickets(named.tickets)
    payers = known.get(line.other_account, set()) & people.by_id.keys()
    evidence = dict(_evidence(line, people, numbers, full, partly, tickets, payers))
    band = _band(numbers, full | partly, tickets, payers, evidence)
    if band == Band.SURE and line.remarks:
        band = Band.LIKELY
    order = list(Evidence)
    ranked = sorted(evidence.items(), key=lambda found: (order.index(found[1]), found[0]))
    if band != Band.OPEN:
        ranked = ranked[:1]
    return Match(band, tuple(ranked[:MAX_CANDIDATES]), not_here=named.has_number and not numbers)


def _evidence(
    line: BankLine, people: People, numbers: set[int], full: set[int], partly: set[int], tickets: set[int],
    payers: set[int],
) -> Iterator[tuple[int, Evidence]]:  # fmt: skip
    """Yield the strongest evidence for each member."""
    for pk in numbers | full | partly | tickets | payers:
        is_named = pk in full or pk in partly
        if pk in numbers:
            yield pk, Evidence.NUMBER_NAME if is_named else Evidence.NUMBER
        elif pk in tickets and is_named:
            yield pk, Evidence.TICKET_NAME
        elif pk in payers:
            yield pk, Evidence.ACCOUNT
        elif pk in full:
            owes = people.by_id[pk].owes
            yield pk, Evidence.NAME_SUM if owes and owes == line.amount else Evidence.NAME
        else:
            yield pk, Evidence.TICKET if pk in tickets else Evidence.INITIALS


def _band(
    numbers: set[int], names: set[int], tickets: set[int], payers: set[int], evidence: Mapping[int, Evidence]
) -> Band:
    """Return the band: the strongest kind of evidence must name one member, and no other may be named.

    A number overrides an account, because somebody may pay for their family.
    """
    best = next((found for found in (numbers, tickets & names, payers, names) if found), set())
    if len(best) != 1:
        return Band.OPEN
    (one,) = best
    if names and one not in names:
        return Band.OPEN
    if not numbers and (tickets | names) - {one}:
        return Band.OPEN
    if evidence[one] in SURE:
        return Band.SURE
    return Band.LIKELY if evidence[one] in LIKELY else Band.OPEN
