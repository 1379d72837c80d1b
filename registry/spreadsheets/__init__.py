"""Spreadsheets that people bring: sheets of cells out of .xlsx, .xls and .csv, hostile files refused."""

import os

# openpyxl reads with lxml where that is installed, as it is for another library; defusedxml would then stand aside.
os.environ["OPENPYXL_LXML"] = "False"

from .files import Cell, Row, Sheet, Unreadable, read_sheets

__all__ = ["Cell", "Row", "Sheet", "Unreadable", "read_sheets"]
