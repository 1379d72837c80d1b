"""Files of reports: the report as a workbook, and files for the accountant."""
