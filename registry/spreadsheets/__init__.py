"""Reading of uploaded spreadsheets (.xlsx, .xls, .csv) as sheets of cells; malicious files are refused."""

import os

# openpyxl would use lxml, which another library installs, and then bypass defusedxml.
os.environ["OPENPYXL_LXML"] = "False"

from .files import Cell, Row, Sheet, Unreadable, read_sheets

__all__ = ["Cell", "Row", "Sheet", "Unreadable", "read_sheets"]
