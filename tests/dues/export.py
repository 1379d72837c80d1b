"""Exports the raw rows of the books by plain SQL, as dictionaries with dates as texts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from .recount import Rows

#: Name → table and columns. Stored standings are left out: they are compared with those computed from the rows.
TABLES = {
    "members": ("members_member", "id organization_id state"),
    "accounts": ("dues_duesaccount", "id member_id"),
    "books": ("dues_bookaccount", "id organization_id kind fee year collector_id partner_id number"),
    "entries": (
        "dues_ledgerentry",
        "id account_id organization_id debit_id credit_id kind fee year amount made_on due_on reverses_id posted_at",
    ),
    "registers": ("dues_paymentregister", "id organization_id order_id state total"),
    "register_lines": ("dues_registerline", "id register_id member_id amount paid_on entry_id"),
    "cash_orders": ("dues_cashorder", "id organization_id year number made_on register_id amount entry_id"),
    "expense_orders": ("dues_expenseorder", "id organization_id year number made_on amount entry_id"),
    "statements": ("dues_bankstatement", "id organization_id received paid documents repeated"),
    "bank_lines": (
        "dues_bankline", "id organization_id statement_id account incoming made_on amount state posted entry_id",
    ),
    "bank_parts": ("dues_bankpart", "id line_id entry_id"),
    "payroll_lists": ("dues_payrolllist", "id state total times"),
    "payroll_lines": ("dues_payrollline", "id payroll_list_id member_id amount"),
    "payroll_parts": ("dues_payrollpart", "id payroll_list_id entry_id times"),
    "shares": ("dues_distributionshare", "id decision_id position organization_id percent"),
    "distributions": (
        "dues_distribution", "id organization_id decision_id first last received corrections taken_back_on",
    ),
    "distribution_lines": ("dues_distributionline", "id distribution_id share_id amount entry_id claim_id"),
    "remittances": (
        "dues_remittance", "id organization_id receiver_id amount made_on state entry_id received_on receipt_id",
    ),
    "acts": ("dues_settlementact", "id organization_id superior_id last owed claimed drawn_at"),
}  # fmt: skip


def export() -> Rows:
    """Return the rows of all tables, ordered by id."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for name, (table, columns) in TABLES.items():
            names = columns.split()
            chosen = ", ".join(f'"{column}"' for column in names)
            cursor.execute(f'SELECT {chosen} FROM {table} ORDER BY "id"')
            found[name] = [
                {column: plain(column, value) for column, value in zip(names, row, strict=True)}
                for row in cursor.fetchall()
            ]
    return found


def plain(column: str, value: Any) -> Any:
    """Return the value with dates and times as sortable text, the same on both databases."""
    if column.endswith("_at") and value is not None:
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, dt.date) else value
