"""Loading bank statements, and matching their lines (V-D4, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dues.ledger import book as ledger
from dues.ledger.enums import AccountKind
from dues.ledger.models import LedgerEntry
from dues.ledger.rules.closing import closed_until
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.sizes import CHUNK
from registry.transitions import Act, change

from ..enums import LineState
from ..models import BankLine, BankStatement, StatementColumns
from ..queries.accounts import remembered_columns
from ..queries.matching import matches
from ..queries.repeated import known_lines
from ..rules.lines import MAX_AT_ONCE, check_days, check_keeps_bank
from .settling import OTHER, UNKNOWN, paper_of


@dataclass(frozen=True)
class Loaded:
    """A loaded statement, with its new lines; `before` is true if the same file was already loaded (N-D2)."""

    statement: BankStatement
    lines: Sequence[BankLine]
    before: bool = False


@dataclass(frozen=True)
class Columns:
    """The digest of a table's headings, and their meaning, which is remembered."""

    digest: str
    meaning: Mapping[str, str]


def load_statement(
    organization_id: int,
    lines: Sequence[BankLine],
    *,
    digest: str,
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
    columns: Columns | None = None,
    by: Actor,
) -> Loaded:
    """Post the payments of a file that no earlier file had (V-D4, N-D2).

    `lines` are the unsaved lines of the file, in its order; `columns` are those of a table. Received money is not
    identified yet; lines in the state «not dues» move to that account. Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="V-D4", event="dues.statement_loaded") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        check_keeps_bank(organization)
        before = BankStatement.objects.kept().filter(organization=organization, digest=digest).first()
        if before is not None:
            act.silent = True
            return Loaded(before, [], before=True)
        remembered = _remember_columns(act, organization, columns)
        known = known_lines(organization, lines, remembered.pk if remembered else None)
        new = [line for line in lines if line.fingerprint not in known]
        check_days(new, closed_until(organization), act.today)
        statement = BankStatement(
            organization=organization,
            columns=remembered,
            digest=digest,
            first_day=first_day,
            last_day=last_day,
            received=sum((line.amount for line in new if line.incoming), Decimal(0)),
            paid=sum((line.amount for line in new if not line.incoming), Decimal(0)),
            documents=len(lines),
            repeated=len(lines) - len(new),
            loaded_at=act.now,
            loaded_by=by.account,
        )
        act.save(statement)
        statement.overlaps.set(set(known.values()))
        for line in new:
            line.organization, line.statement = organization, statement
        taken = _keys_taken(organization, new)
        moves = [_arrival(line, statement, taken) for line in new]
        entries = ledger.post_moves(act, moves, organization=organization, rule="V-D4")
        for line, entry in zip(new, entries, strict=True):
            line.entry = entry
        set_bands(act, organization, [line for line in new if line.state == LineState.OPEN])
        act.create_many(BankLine, new)
        act.about(statement, organization=organization, count=len(new), repeated=statement.repeated)
    return Loaded(statement, new)


def _remember_columns(act: Act, organization: Organization, columns: Columns | None) -> StatementColumns | None:
    """Store the meaning of the columns for the next file with these headings; None for the 1C client bank format."""
    if columns is None:
        return None
    values = {"columns": dict(columns.meaning), "confirmed_on": act.today, "confirmed_by": act.by.account}
    found = remembered_columns(organization, columns.digest)
    if found is not None and found.columns == values["columns"]:
        return found
    return StatementColumns.objects.update_or_create(organization=organization, digest=columns.digest, defaults=values)[
        0
    ]


def _keys_taken(organization: Organization, lines: Sequence[BankLine]) -> set[str]:
    """Return the keys of movements of these payments from files that were undone."""
    if not BankStatement.objects.filter(organization=organization, unloaded_at__isnull=False).exists():
        return set()
    keys = [_key(line) for line in lines]
    taken: set[str] = set()
    for at in range(0, len(keys), CHUNK):
        taken |= set(LedgerEntry.objects.filter(key__in=keys[at : at + CHUNK]).values_list("key", flat=True))
    return taken


def _key(line: BankLine, statement: BankStatement | None = None) -> str:
    fingerprint = line.fingerprint
    if statement is not None:
        fingerprint = hashlib.sha256(f"{statement.pk}:{fingerprint}".encode()).hexdigest()
    return f"bank:{line.organization_id}:{fingerprint}"


def _arrival(line: BankLine, statement: BankStatement, taken: set[str]) -> ledger.Move:
    """Return the movement that adds the money to the account or takes it from there."""
    bank = ledger.AccountKey(AccountKind.BANK, number=line.account)
    other = UNKNOWN if line.state == LineState.OPEN else OTHER
    debit, credit = (bank, other) if line.incoming else (other, bank)
    key = _key(line)
    if key in taken:
        key = _key(line, statement)
    return ledger.Move(debit, credit, line.amount, line.made_on, paper_of(line), key)


def match_again(organization_id: int, *, by: Actor) -> int:
    """Match the open lines of the organisation with its present members; return the number of changed lines.

    Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="V-D4", event="dues.lines_matched") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        check_keeps_bank(organization)
        found = BankLine.objects.visible_to(by).unidentified().filter(organization=organization)
        ids = list(found.order_by("-made_on", "-pk").values_list("pk", flat=True)[:MAX_AT_ONCE])
        lines = act.lock_many(BankLine.objects.filter(pk__in=ids))
        changed = rematch(act, organization, lines)
        act.silent = not changed
        act.about(organization, organization=organization, count=changed)
    return changed


def rematch(act: Act, organization: Organization, lines: Sequence[BankLine]) -> int:
    """Store the bands of open lines locked by the caller; return the number of changed lines."""
    changed = set_bands(act, organization, lines)
    BankLine.objects.bulk_update(changed, ["band"], batch_size=CHUNK)
    return len(changed)


def set_bands(act: Act, organization: Organization, lines: Sequence[BankLine]) -> list[BankLine]:
    """Set the band of each open line; return those whose band has changed."""
    changed = []
    for line, found in zip(lines, matches(organization, lines, act.by), strict=True):
        if line.band != found.band:
            line.band = found.band
            changed.append(line)
    return changed
