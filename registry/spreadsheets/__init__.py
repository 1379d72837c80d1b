"""Spreadsheets that people bring: sheets of cells out of .xlsx, .xls and .csv, hostile files refused."""

from .files import Cell, Row, Sheet, Unreadable, read_sheets

__all__ = ["Cell", "Row", "Sheet", "Unreadable", "read_sheets"]
