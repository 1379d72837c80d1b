"""Payroll lists between the file and the transitions: reading, columns, lines (U-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from registry.access import Actor
from registry.spreadsheets import columns as tables
from registry.spreadsheets.files import ReadBefore, Unreadable

from . import reading
from .models import PayrollList
from .rules.files import no_list
from .transitions import lists

#: Kind of the job that reads large lists.
READ = "dues.read_payroll"


def store_file_as_list(data: bytes, *, employer_id: int, month: dt.date, by: Actor) -> PayrollList:
    """Store the rows of a file as the employer's list for the month; the same file again returns the stored list.

    Raises `RuleViolation` (U-D1) if the file is not a list, `NotAllowed`.
    """
    return store_rows(rows_of(data), employer_id=employer_id, month=month, by=by)


def rows_of(data: bytes | ReadBefore) -> list[tables.Stored]:
    """Return the rows of a file. Raises `RuleViolation` (U-D1) if it is not a list."""
    try:
        return tables.read_rows(data)
    except Unreadable as unreadable:
        raise no_list(unreadable.message) from None


def store_rows(rows: Sequence[tables.Stored], *, employer_id: int, month: dt.date, by: Actor) -> PayrollList:
    """Store the rows as the employer's list for the month, as `store_file_as_list` does."""
    return lists.load_list(employer_id, month=month, table=rows, digest=tables.digest_of(rows), by=by)


def columns_of(payroll_list: PayrollList) -> tuple[tables.Heading, dict[int, str]]:
    """Return the heading of a list that is not compared yet, and the recognised meaning of its columns."""
    heading = tables.heading_of(payroll_list.table, reading.LAYOUT)
    return heading, tables.recognised(heading.texts, reading.LAYOUT, payroll_list.employer.columns)


def preview(payroll_list: PayrollList, columns: Mapping[int, str]) -> reading.ReadList:
    """Return the people in the list under this meaning of its columns. Raises `RuleViolation` (U-D1)."""
    heading = tables.heading_of(payroll_list.table, reading.LAYOUT)
    return reading.read_lines(payroll_list.table, heading.rows, columns)


def compare(payroll_list: PayrollList, columns: Mapping[int, str], *, by: Actor) -> PayrollList:
    """Read the people of a list under the meaning of its columns, and compare them.

    Raises `RuleViolation`, `NotAllowed`.
    """
    heading = tables.heading_of(payroll_list.table, reading.LAYOUT)
    found = reading.read_lines(payroll_list.table, heading.rows, columns)
    return lists.compare_list(
        payroll_list.pk,
        lines=found.lines,
        digest=found.digest,
        stated_total=found.stated_total,
        columns=heading.meaning(columns),
        by=by,
    )
