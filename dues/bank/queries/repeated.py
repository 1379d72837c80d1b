"""Payments that an earlier file already had, in the same format or another one (N-D2, anchors 1.3)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from registry.organizations.models import Organization
from registry.sizes import CHUNK, CHUNK_READ

from ..models import BankLine


def known_lines(organization: Organization, lines: Sequence[BankLine], columns_id: int | None) -> dict[str, int]:
    """Return the statements of the unsaved lines that an earlier file had, by their fingerprints.

    `columns_id` are the columns with which the lines were read. A payment that another format states with fewer values
    is recognised by its account, day and sum, if nothing else contradicts; each stored line matches only one of the
    file.
    """
    known: dict[str, int] = {}
    taken: set[int] = set()
    for at in range(0, len(lines), CHUNK):
        some = [line.fingerprint for line in lines[at : at + CHUNK]]
        found = BankLine.objects.filter(organization=organization, fingerprint__in=some)
        for pk, fingerprint, statement in found.values_list("pk", "fingerprint", "statement"):
            known[fingerprint] = statement
            taken.add(pk)
    left = [line for line in lines if line.fingerprint not in known]
    if not left:
        return known
    days = [line.made_on for line in left]
    stored = BankLine.objects.filter(organization=organization, made_on__range=(min(days), max(days)))
    others: defaultdict[tuple[object, ...], list[BankLine]] = defaultdict(list)
    other_formats = (
        stored.exclude(statement__columns=columns_id) if columns_id else stored.exclude(statement__columns=None)
    )
    fields = ("account", "incoming", "made_on", "amount", "number", "other_account", "purpose", "statement")
    for line in other_formats.only(*fields).order_by("pk").iterator(chunk_size=CHUNK_READ):
        if line.pk not in taken:
            others[_place(line)].append(line)
    for line in left:
        same = next((one for one in others.get(_place(line), ()) if _may_be_same(one, line)), None)
        if same is not None:
            others[_place(line)].remove(same)
            known[line.fingerprint] = same.statement_id
    return known


def _place(line: BankLine) -> tuple[object, ...]:
    return line.account, line.incoming, line.made_on, line.amount


def _may_be_same(one: BankLine, other: BankLine) -> bool:
    """Return whether numbers, accounts and purposes are equal, as far as both lines have them."""
    numbers = {line.number.lstrip("0") for line in (one, other)} - {""}
    accounts = {line.other_account for line in (one, other) if line.other_account.isdigit()}
    short, long = sorted((_letters(one.purpose), _letters(other.purpose)), key=len)
    return len(numbers) < 2 and len(accounts) < 2 and long.startswith(short)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower().replace("ё", "е"))
