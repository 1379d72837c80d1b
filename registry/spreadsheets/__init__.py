"""Reading of uploaded spreadsheets as sheets of cells (`files`), and writing of workbooks (`writing`)."""

import os

# openpyxl would use lxml for XML, and then bypass defusedxml.
os.environ["OPENPYXL_LXML"] = "False"
