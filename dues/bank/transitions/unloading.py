"""Undoing a bank statement file (N-D1, N-D2)."""

from __future__ import annotations

from dues.ledger import book as ledger
from dues.ledger.models import LedgerEntry
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import change

from ..models import BankLine, BankStatement, StatementColumns
from ..rules import unloading as rules


def unload_statement(statement_id: int, *, reason: str, by: Actor) -> int:
    """Undo a file whose columns were confirmed with a wrong meaning; return the number of its payments.

    Each movement of money is reversed on its own day, so that no day counts it. The meaning of the columns is
    forgotten, so that the next table with these headings is asked about. Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="N-D1", event="dues.statement_unloaded") as act:
        visible = BankStatement.objects.visible_to(by)
        organization = act.lock(Organization, visible.get(pk=statement_id).organization_id)
        act.require(Permission.RECORD_DUES, organization)
        lines = BankLine.objects.filter(statement=statement_id)
        count = len(act.lock_many(lines))
        statement = act.lock(visible, statement_id)
        rules.check_can_be_unloaded(statement)
        rules.check_reason(reason)
        entries = LedgerEntry.objects.filter(bank_line__statement=statement).order_by("pk")
        ledger.reverse_same_day(act, list(entries), rule="N-D1", paper=reason.strip())
        act.delete_many(lines)
        statement.unloaded_at, statement.unloaded_by = act.now, by.account
        act.save(statement)
        if statement.columns_id is not None:
            StatementColumns.objects.filter(pk=statement.columns_id).update(columns={})
        act.about(statement, organization=organization, count=count)
    return count
