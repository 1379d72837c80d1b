"""Files of reports: the report as a workbook, and what the accountant takes over."""
